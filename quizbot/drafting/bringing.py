"""Bringing questions in as drafts, from a folder of banks or a file; and out as they are."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from questions.bank import Bank, read_banks
from questions.brought import over
from questions.exchange.formats import FORMATS, read
from questions.exchange.losses import Written, write
from questions.exchange.model import Content, Note, NotRead
from questions.exchange.model import Draft as ReadDraft
from questions.exchange.toml import to_add
from questions.kinds import Question
from questions.made_here import HEAD, Act, Sheet, head_of, plain_head, unfitted
from questions.module import Module
from questions.place import Place
from questions.writing import write_bank
from quizbot.access import must_write
from quizbot.clock import Clock, london_day
from quizbot.drafting.asked import (
    BankAsked,
    asked_now,
    asked_or_none,
    taken_ids,
)
from quizbot.drafting.drafts import OPEN, Drafts, free_id
from quizbot.editions.editions import Editions
from quizbot.errors import BadFile, BadReply, Refused
from quizbot.store.audit import OPERATOR, Audit
from quizbot.store.database import Database
from quizbot.store.tables import draft
from quizbot.words import is_showable, tidy

AT_ONCE = 50  # drafts in one transaction


@dataclass(frozen=True)
class BroughtLine:
    """A question that came over: as which draft, and what an author has to add to it."""

    draft_id: UUID
    question_id: str
    ask: str
    act: Act
    to_add: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True)
class BroughtIn:
    """What came of a file or a folder."""

    kind: str
    lines: tuple[BroughtLine, ...]
    notes: tuple[Note, ...]
    same: int = 0  # questions that are asked here as they are in the file

    @property
    def left_out(self) -> tuple[Note, ...]:
        """What did not come over."""
        return tuple(note for note in self.notes if note.is_left_out)

    @property
    def told(self) -> tuple[Note, ...]:
        """What came over otherwise than it was."""
        return tuple(note for note in self.notes if not note.is_left_out)

    @property
    def needed(self) -> tuple[tuple[str, int], ...]:
        """What authors have to add, and to how many questions."""
        counts: dict[str, int] = {}
        for line in self.lines:
            for name in line.to_add:
                counts[name] = counts.get(name, 0) + 1
        return tuple(counts.items())


@dataclass
class _Bringing:
    """What has been brought so far, inside of one transaction."""

    connection: Connection
    by: UUID | None
    name: str
    lines: list[BroughtLine] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    same: int = 0

    def note(self, question: str, words: str, *, is_left_out: bool = False, line: int = 0) -> None:
        self.notes.append(Note(line, question, words, is_left_out=is_left_out))


@dataclass(frozen=True)
class Bringing:
    """In as drafts, by authors and by the operator; out as files, as they are asked."""

    database: Database
    editions: Editions
    drafts: Drafts
    audit: Audit
    place: Place
    now: Clock

    # A file of another system

    def bring_file(
        self,
        by: UUID | None,
        data: bytes,
        name: str,
        module: str,
        objective: str,
        for_all: Content | None = None,
    ) -> BroughtIn:
        """The questions of a file as drafts of one module; BadFile where it is no such file.

        By an author of the module, or by the operator. `for_all` is what every new question gets
        that the file says nothing of.
        """
        asked = asked_now(self.editions, module)
        if objective not in asked.module.objectives:
            raise BadReply("Choose the objective for what the file says nothing of")
        try:
            found = read(data, name)
        except NotRead as error:
            what = str(error) if str(error).startswith("line ") else f"it {error}"
            raise BadFile(f"This file was not read: {what}.") from None
        with self.database.reading() as connection:
            if by is not None:
                must_write(connection, by, module, london_day(self.now()))
            bringing = _Bringing(connection, by, _plain_name(name), notes=list(found.notes))
            known = self._open(connection, module)
            taken = set(taken_ids(self.editions)) | self._drafted(connection)
        for at in range(0, len(found.drafts), AT_ONCE):
            # In portions: whoever answers a question meanwhile does not wait for all of them.
            with self.database.writing(queue="drafts") as connection:
                bringing.connection = connection
                before = len(bringing.lines)
                for one in found.drafts[at : at + AT_ONCE]:
                    filled = replace(one, content={**(for_all or {}), **one.content})
                    self._bring_one(bringing, asked, one, filled, objective, known, taken)
                self._tell(connection, by, module, bringing.lines[before:])
        return BroughtIn(found.kind, tuple(bringing.lines), tuple(bringing.notes), bringing.same)

    def _bring_one(
        self,
        bringing: _Bringing,
        asked: BankAsked,
        as_read: ReadDraft,
        one: ReadDraft,
        otherwise: str,
        known: Mapping[str, Mapping[str, Any]],
        taken: set[str],
    ) -> None:
        id_ = str(one.content["id"])
        objective = one.objective if one.objective in asked.module.objectives else otherwise
        ours = next((q for q in asked.module.questions if q.id == id_), None)
        if ours is not None and ours.kind == one.content.get("kind"):
            self._bring_change(bringing, asked.module.id, ours, as_read)
            return
        again = known.get(_mark(one.content, bringing.name))
        if again is not None:  # the same file once more
            line = BroughtLine(again["id"], again["question_id"], _ask(one), Act.NEW)
            bringing.lines.append(replace(line, to_add=to_add(one), doubts=one.doubts))
            return
        free = free_id(id_, taken)
        if free != id_:
            words = f"its id is another question’s here: it is called {free}"
            bringing.note(id_, words, line=one.line)
        taken.add(free)
        content = {**one.content, "id": free}
        content.setdefault("since", asked.module.edition)
        sheet = Sheet(content, objective)
        self._keep(bringing, asked.module.id, free, Act.NEW, sheet, None, one)

    def _bring_change(
        self, bringing: _Bringing, module: str, ours: Question, one: ReadDraft
    ) -> None:
        began = Sheet.of(ours)
        if ours.withdrawn:
            words = "is withdrawn here, and a withdrawn question does not come back"
            bringing.note(ours.id, words, is_left_out=True, line=one.line)
            return
        content = over(began.question, one.content)
        sheet = replace(began, question=content)
        if sheet == began:
            bringing.same += 1
            return
        self._keep(bringing, module, ours.id, Act.EDIT, sheet, began, one)

    def _keep(
        self,
        bringing: _Bringing,
        module: str,
        question_id: str,
        act: Act,
        sheet: Sheet,
        began: Sheet | None,
        one: ReadDraft | None = None,
    ) -> None:
        doubts = one.doubts if one else ()
        try:
            draft_id = self.drafts.bring(
                bringing.connection,
                bringing.by,
                module,
                question_id,
                act,
                sheet,
                began,
                brought_from=bringing.name,
                doubts=doubts,
                position=len(bringing.lines),
                tell=False,
            )
        except BadReply as refusal:
            line = one.line if one else 0
            bringing.note(question_id, str(refusal), is_left_out=True, line=line)
            return
        needed = to_add(ReadDraft(sheet.fitting(), sheet.objective)) if act is not Act.HEAD else ()
        bringing.lines.append(
            BroughtLine(draft_id, question_id, sheet.ask, act, needed, tuple(doubts))
        )

    # A folder of banks

    def bring_folder(self, folder: Path, by: UUID | None = None) -> list[BroughtIn]:
        """Every bank below a folder as drafts of what is otherwise in it; one report a bank."""
        today = london_day(self.now())
        banks = read_banks(folder, self.place, today, register=self.editions.register())
        reports = []
        for bank in banks:
            with self.database.writing(queue="drafts") as connection:
                reports.append(self._bring_bank(connection, by, bank, folder.name))
        return reports

    def _bring_bank(
        self, connection: Connection, by: UUID | None, bank: Bank, name: str
    ) -> BroughtIn:
        bringing = _Bringing(connection, by, name)
        for finding in bank.findings:
            if finding.level == "fault":
                is_left_out = bank.module is None
                words = f"{finding.words} [{finding.rule}]"
                bringing.note(finding.question or finding.file, words, is_left_out=is_left_out)
        if bank.module is not None:
            if by is not None:
                must_write(connection, by, bank.id, london_day(self.now()))
            theirs = unfitted(bank.module, self.editions.register())
            self._bring_module(bringing, theirs, asked_or_none(self.editions, bank.id))
            self._tell(connection, by, bank.id, bringing.lines)
        return BroughtIn(bank.id, tuple(bringing.lines), tuple(bringing.notes), bringing.same)

    def _bring_module(self, bringing: _Bringing, theirs: Module, asked: BankAsked | None) -> None:
        ours = {q.id: q for q in asked.module.questions} if asked else {}
        elsewhere = taken_ids(self.editions) - ours.keys()
        head = plain_head(theirs)
        if asked is None or head != plain_head(asked.module):
            began = Sheet(head_of(asked.module, self.editions.register())) if asked else None
            self._keep(bringing, theirs.id, HEAD, Act.HEAD, Sheet(head), began)
        for question in theirs.questions:
            mine = ours.get(question.id)
            if question.id in elsewhere:
                words = "its id is a question’s of another questionnaire: give it one of its own"
                bringing.note(question.id, words, is_left_out=True)
            elif mine is None:
                sheet = self._with_names(Sheet.of(question), question, theirs, asked)
                self._keep(bringing, theirs.id, question.id, Act.NEW, sheet, None)
            elif mine.withdrawn and not question.withdrawn:
                words = "is withdrawn here, and a withdrawn question does not come back"
                bringing.note(question.id, words, is_left_out=True)
            else:
                began, sheet = Sheet.of(mine), Sheet.of(question)
                if sheet == began:
                    bringing.same += 1
                    continue
                sheet = self._with_names(sheet, question, theirs, asked)
                self._keep(bringing, theirs.id, question.id, Act.EDIT, sheet, began)
        for id_ in ours.keys() - {question.id for question in theirs.questions}:
            if not ours[id_].withdrawn:
                bringing.note(id_, "is not in the folder: here it stays as it is")

    def _with_names(
        self, sheet: Sheet, question: Question, theirs: Module, asked: BankAsked | None
    ) -> Sheet:
        """The sheet with the beliefs and sources that we do not have yet."""
        if asked is None:
            return sheet
        beliefs = {
            name: theirs.misconceptions[name]
            for name in question.beliefs()
            if name in theirs.misconceptions and name not in asked.module.misconceptions
        }
        sources = {
            cited.id: theirs.sources[cited.id].model_dump(mode="json", exclude_none=True)
            for cited in question.sources
            if cited.id in theirs.sources and cited.id not in asked.module.sources
        }
        return replace(sheet, beliefs=beliefs, sources=sources)

    # Out

    def write_folder(self, folder: Path, folders: Iterable[Path]) -> list[tuple[str, str]]:
        """Every current edition as bank files below a folder: module and edition of each."""
        done = []
        for current in self.editions.all_current():
            module = unfitted(self.editions.written(current), self.editions.register())
            list(write_bank(module, folder, folders))
            done.append((module.id, module.edition))
        return done

    def as_file(self, by: UUID, module: str, format_: str) -> tuple[str, Written]:
        """A module in a format of others, with this place's words, and what is lost; its name."""
        with self.database.reading() as connection:
            must_write(connection, by, module, london_day(self.now()))
        if format_ not in FORMATS:
            raise Refused("There is no such format.")
        current = self.editions.current(module)
        chosen = [question for question in current.module.asked if not question.held]
        return f"{module}{FORMATS[format_].ending}", write(current.module, FORMATS[format_], chosen)

    # Inside

    def _open(self, connection: Connection, module: str) -> dict[str, Mapping[str, Any]]:
        """The drafts that were brought in before and are open, by what they were then."""
        rows = connection.execute(
            select(draft.c.id, draft.c.question_id, draft.c.brought_from, draft.c.content).where(
                draft.c.module == module, draft.c.state == OPEN, draft.c.brought_from != ""
            )
        )
        return {
            _mark(Sheet.read(row.content).question, row.brought_from): {
                "id": row.id,
                "question_id": row.question_id,
            }
            for row in rows
        }

    def _drafted(self, connection: Connection) -> set[str]:
        return set(connection.execute(select(draft.c.question_id)).scalars())

    def _tell(
        self,
        connection: Connection,
        by: UUID | None,
        module: str,
        lines: Sequence[BroughtLine],
    ) -> None:
        if lines:
            self.audit.add(
                connection, by or OPERATOR, "draft.bring", module=module, drafts=len(lines)
            )


def _mark(content: Mapping[str, Any], name: str) -> str:
    """What a question of a file is known by when the file comes once more."""
    rest = {n: value for n, value in content.items() if n not in ("id", "since")}
    return json.dumps([name, rest], sort_keys=True, ensure_ascii=False, default=str)


def _ask(one: ReadDraft) -> str:
    return str(one.content.get("ask", ""))


def _plain_name(name: str) -> str:
    """A file's name as it is shown: its last part, without what no page can show."""
    last = tidy(name.replace("\\", "/").rpartition("/")[2])[:200]
    return last if last and is_showable(last) else "a file"
