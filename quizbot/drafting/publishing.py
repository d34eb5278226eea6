"""Publishing drafts: what the edition would be, told before the button; and what is kept of it."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from pathlib import Path
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import Connection, select, update

from questions.bank import Bank, weighed
from questions.findings import Finding, fault, faults, sentences
from questions.made_here import (
    BROWSER,
    HEAD,
    Act,
    ChangeHere,
    EditionHere,
    MadeHere,
    Sheet,
    module_of,
    published_here,
    what_of,
)
from questions.module import Module
from questions.place import Place
from quizbot.access import must_lead
from quizbot.clock import Clock, london_day
from quizbot.drafting.asked import BankAsked, asked_or_none
from quizbot.drafting.drafts import OPEN, PUBLISHED, DraftLine, Drafts
from quizbot.drafting.folder import folder_files
from quizbot.editions.comparing import Difference, differences
from quizbot.editions.editions import Editions, resolve
from quizbot.editions.ids import used_again
from quizbot.editions.robots import MOST, passes
from quizbot.errors import NotFound, OutOfDate, Refused
from quizbot.rules.pick import Mode, why_not
from quizbot.store.audit import Audit
from quizbot.store.database import Database
from quizbot.store.tables import draft, problem_report

LONGEST_LABEL = 20
MENDED = "Thank you. The question was corrected, and a colleague has read it."


@dataclass(frozen=True)
class Proposal:
    """What would be published: which drafts, what changes, and what speaks against it."""

    module: str
    title: str
    label: str
    before: UUID | None
    drafts: tuple[DraftLine, ...]
    waiting: tuple[DraftLine, ...]
    differences: tuple[Difference, ...]
    wrong: tuple[Finding, ...]
    warnings: tuple[Finding, ...]
    practice_only: str
    robots: Mapping[str, float]
    seen: str

    @property
    def may_publish(self) -> bool:
        """Whether the button is there."""
        return bool(self.drafts) and not self.wrong

    @property
    def best_robot(self) -> tuple[str, float] | None:
        """The guesser that would pass most often, and how often."""
        return max(self.robots.items(), key=lambda one: one[1], default=None)

    @property
    def is_guessable(self) -> bool:
        """Whether somebody who knows nothing would pass too often."""
        best = self.best_robot
        return best is not None and best[1] > MOST


@dataclass(frozen=True)
class _Made:
    """A module with drafts in it, and how each is kept."""

    bank: Bank
    kept: tuple[ChangeHere, ...]
    base: BankAsked | None


@dataclass(frozen=True)
class Publishing:
    """Only leads publish, and only what somebody else has read as it stands."""

    database: Database
    editions: Editions
    drafts: Drafts
    audit: Audit
    place: Place
    local_banks: Path | None
    now: Clock

    def propose(self, by: UUID, module: str, chosen: Sequence[UUID] | None = None) -> Proposal:
        """What publishing these drafts of a module would do; all that are read, unless chosen."""
        proposal, made = self._weighed(by, module, chosen)
        if made is None or made.bank.module is None or proposal.wrong:
            return proposal
        today = london_day(self.now())
        new = resolve(made.bank.module, self.place)
        return replace(
            proposal,
            practice_only=why_not(new, Mode.ASSURED, today),
            robots=passes(new, today),
        )

    def publish(self, by: UUID, module: str, chosen: Sequence[UUID], seen: str) -> str:
        """Publish what was shown, as a new edition; its label. OutOfDate where it is not so now."""
        proposal, made = self._weighed(by, module, chosen)
        if proposal.seen != seen:
            raise OutOfDate("Something was changed meanwhile: look at it again, then publish.")
        if made is None or not proposal.may_publish:
            raise Refused("This cannot be published yet: mend what is told here first.")
        lines = {line.question_id: line for line in proposal.drafts}
        at = self.now()

        def keep(connection: Connection, edition_id: UUID) -> None:
            must_lead(connection, by, london_day(at))
            for change in made.kept:
                self._keep(connection, lines[change.question_id], change, edition_id, at)
            self._mend(connection, by, [line.draft_id for line in proposal.drafts], proposal.label)

        self.editions.publish_after(made.bank, self.place, by, proposal.before, keep)
        return proposal.label

    def _weighed(
        self, by: UUID, module: str, chosen: Sequence[UUID] | None
    ) -> tuple[Proposal, _Made | None]:
        """What publishing would do but for what takes long to work out, and the module itself."""
        lines = self._lines(by, module)
        taken = [
            line for line in lines if line.is_read and (chosen is None or line.draft_id in chosen)
        ]
        with self.database.reading() as connection:
            sheets = self._sheets(connection, [line.draft_id for line in taken])
        made, wrong = self._made(module, taken, sheets)
        base = asked_or_none(self.editions, module)
        found: tuple[Finding, ...] = ()
        told: list[Difference] = []
        label = ""
        if made is not None and made.bank.module is not None:
            new = resolve(made.bank.module, self.place)
            label, found = new.edition, made.bank.findings
            wrong += faults(found)
            wrong += self._more_wrong(made.bank, new)
            before = base.edition.module if base else new.model_copy(update={"questions": ()})
            told = list(differences(before, new))
        proposal = Proposal(
            module=module,
            title=base.module.title if base else module,
            label=label,
            before=base.edition.id if base else None,
            drafts=tuple(taken),
            waiting=tuple(line for line in lines if not line.is_read),
            differences=tuple(told),
            wrong=tuple(dict.fromkeys(wrong)),
            warnings=tuple(_new_warnings(found, taken)),
            practice_only="",
            robots={},
            seen=_seen(base, taken, made),
        )
        return proposal, made

    def made_here(self) -> dict[str, MadeHere]:
        """What was published from the browser, module by module, as reading banks takes it."""
        return made_here(self.database)

    # Inside

    def _lines(self, by: UUID, module: str) -> list[DraftLine]:
        with self.database.reading() as connection:
            must_lead(connection, by, london_day(self.now()))
        lines = [line for line in self.drafts.all(by) if line.module == module]
        return sorted(
            lines,
            key=lambda line: (line.act is not Act.HEAD, line.made_at, line.position, line.draft_id),
        )

    def _sheets(self, connection: Connection, ids: Sequence[UUID]) -> dict[UUID, Sheet]:
        rows: list[tuple[UUID, str]] = []
        for at in range(0, len(ids), 500):
            query = select(draft.c.id, draft.c.content).where(draft.c.id.in_(ids[at : at + 500]))
            rows += [(row.id, row.content) for row in connection.execute(query)]
        return {id_: Sheet.read(content) for id_, content in rows}

    def _made(
        self, module_id: str, lines: Sequence[DraftLine], sheets: Mapping[UUID, Sheet]
    ) -> tuple[_Made | None, list[Finding]]:
        """The module with these drafts, or what keeps it from being one."""
        if not lines:
            return None, []
        base = asked_or_none(self.editions, module_id)
        here = self.made_here().get(module_id, MadeHere())
        changes = [ChangeHere(line.act, line.question_id, sheets[line.draft_id]) for line in lines]
        wrong = [
            fault(file, change.question_id, "local", f"is changed in {file}: change it there")
            for change in changes
            if (file := self._files().get(change.question_id))
        ]
        wrong += _gone(base, changes)
        try:
            asked = base.module if base else _begun(module_id, changes)
            if base is None:
                changes = [change for change in changes if change.act is not Act.HEAD]
            today = london_day(self.now())
            edition = EditionHere(today, what_of(change.act for change in changes))
            made, after, found = published_here(asked, here, changes, edition)
            if base is None:
                made = _first(made, asked)
        except ValidationError as error:
            return None, [fault(BROWSER, "", "format", w) for w in sentences(error, Module)]
        except NotFound as refusal:
            return None, [*wrong, fault(BROWSER, "", "format", str(refusal))]
        if len(made.edition) > LONGEST_LABEL:
            wrong.append(fault(BROWSER, "", "edition", f"{made.edition!r} is too long for a label"))
        known = {change.question_id: change for change in after.changes}
        kept = tuple(known.get(change.question_id, change) for change in changes)
        if base is None:
            kept += tuple(
                ChangeHere(Act.HEAD, HEAD, sheets[line.draft_id])
                for line in lines
                if line.act is Act.HEAD
            )
        return _Made(weighed(made, self.place, today, self.editions.register()), kept, base), [
            *wrong,
            *faults(found),
        ]

    def _files(self) -> Mapping[str, str]:
        return folder_files(self.local_banks)

    def _more_wrong(self, bank: Bank, new: Module) -> list[Finding]:
        """A module that nobody could take, and ids that come back as another question."""
        wrong = list(used_again(self.editions, bank, self.place))
        today = london_day(self.now())
        if not bank.has_faults and (why := why_not(new, Mode.PRACTICE, today)):
            wrong.append(fault(BROWSER, "", "plan", f"no attempt can be made from it. {why}"))
        return wrong

    def _keep(
        self,
        connection: Connection,
        line: DraftLine,
        change: ChangeHere,
        edition_id: UUID,
        at: datetime,
    ) -> None:
        values = {
            "state": PUBLISHED,
            "act": change.act.value,
            "content": change.sheet.packed,
            "base": change.base,
            "edition_id": edition_id,
            "published_at": at,
        }
        done = connection.execute(
            update(draft)
            .where(
                draft.c.id == line.draft_id,
                draft.c.state == OPEN,
                draft.c.version == line.version,
            )
            .values(**values)
        ).rowcount
        if not done:
            raise OutOfDate("Somebody changed a draft meanwhile: look at it again, then publish.")

    def _mend(
        self, connection: Connection, by: UUID, draft_ids: Sequence[UUID], label: str
    ) -> None:
        """The reports that these drafts were begun from are mended."""
        for draft_id in draft_ids:
            problem_id = connection.execute(
                select(draft.c.problem_id).where(draft.c.id == draft_id)
            ).scalar()
            if problem_id is None:
                continue
            done = connection.execute(
                update(problem_report)
                .where(problem_report.c.id == problem_id, problem_report.c.state == "new")
                .values(
                    state="mended",
                    answer=MENDED,
                    mended_in=label,
                    answered_by=by,
                    answered_at=self.now(),
                )
            ).rowcount
            if done:
                self.audit.add(connection, by, "problem.answer", problem_id, mended_in=label)


def made_here(database: Database) -> dict[str, MadeHere]:
    """What was published from the browser, module by module, as reading banks takes it."""
    query = (
        select(draft)
        .where(draft.c.state == PUBLISHED)
        .order_by(
            draft.c.module,
            draft.c.published_at,
            draft.c.edition_id,
            draft.c.made_at,
            draft.c.position,
            draft.c.id,
        )
    )
    with database.reading() as connection:
        rows = connection.execute(query).all()
    found: dict[str, MadeHere] = {}
    for (module, at, _), group in groupby(
        rows, key=lambda row: (row.module, row.published_at, row.edition_id)
    ):
        changes = [
            ChangeHere(Act(row.act), row.question_id, Sheet.read(row.content), row.base)
            for row in group
        ]
        edition = EditionHere(london_day(at), what_of(change.act for change in changes))
        found[module] = found.get(module, MadeHere()).after(changes, edition)
    return found


def _begun(module_id: str, changes: Sequence[ChangeHere]) -> Module:
    """A module that is not published yet, from the draft of its head."""
    head = next((change for change in changes if change.act is Act.HEAD), None)
    if head is None:
        raise NotFound("Its title, rules and objectives are no draft yet that somebody has read.")
    return module_of(module_id, head.sheet.question)


def _first(made: Module, begun: Module) -> Module:
    """The first edition of a module is called as its head says, and changed nothing here."""
    return made.model_copy(update={"edition": begun.edition, "changes": begun.changes})


def _gone(base: BankAsked | None, changes: Sequence[ChangeHere]) -> list[Finding]:
    """Drafts of questions that were withdrawn meanwhile."""
    withdrawn = {q.id for q in base.module.questions if q.withdrawn} if base else set()
    words = "was withdrawn: a withdrawn question does not come back. Copy it under an id of its own"
    return [
        fault(BROWSER, change.question_id, "withdrawn", words)
        for change in changes
        if change.act is Act.EDIT
        and change.question_id in withdrawn
        and not change.sheet.question.get("withdrawn")
    ]


def _new_warnings(found: Sequence[Finding], lines: Sequence[DraftLine]) -> list[Finding]:
    """Warnings about the questions that would be published, or about the whole."""
    mine = {line.question_id for line in lines}
    return [one for one in found if one.level == "warning" and one.question in ("", *mine)]


def _seen(base: BankAsked | None, lines: Sequence[DraftLine], made: _Made | None) -> str:
    """A mark of all that was shown: other drafts, versions or editions make another."""
    parts = [
        str(base.edition.id) if base else "",
        made.bank.module.edition if made and made.bank.module else "",
    ]
    parts += [f"{line.draft_id}:{line.version}" for line in lines]
    return hashlib.sha256(" ".join(parts).encode()).hexdigest()[:32]
