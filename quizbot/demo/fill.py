"""A fictional partnership with two years of history, for a throw-away database only."""

import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, insert, select

import questions
from questions.bank import SHIPPED, Bank, read_banks
from questions.kinds import Question
from questions.made_here import Sheet
from questions.module import Change, Module
from quizbot.access import Role, has_address
from quizbot.clock import LONDON, Clock, london_day
from quizbot.demo.elsewhere import Elsewhere
from quizbot.demo.guidance import ASKED, DemoGuidance, without_new_rules
from quizbot.demo.roles import ROLES
from quizbot.editions.editions import Edition
from quizbot.errors import Misconfigured
from quizbot.evidence.attestations import DISCUSSION, QUIZ, STATEMENT, AttestationDraft
from quizbot.rules.due import DispensationKind
from quizbot.rules.outcome import Marked, judge
from quizbot.rules.pick import Mode, make_plan
from quizbot.service import Service, open_service
from quizbot.standing.requirements import Draft
from quizbot.store.tables import (
    answer,
    attempt,
    attempt_misconception,
    attempt_objective,
    new_id,
    person,
    post,
    unit,
)

TOP = "Northmoor"
AGENCIES = {
    "Council": ("Front Door", "Assessment", "Family Help", "Children in Care", "Housing"),
    "Police": ("Child Protection", "Neighbourhood", "Domestic Abuse"),
    "Health": ("Health Visiting", "School Nursing", "Midwifery", "Urgent Care"),
}
JOBS = {
    "Council": ("Social worker", "Family worker", "Housing officer"),
    "Police": ("Detective", "Constable", "Police staff"),
    "Health": ("Nurse", "Midwife", "Doctor"),
}
SURNAMES = (
    "Abara Achterberg Adeyemi Alder Amsel Ashgrove Bancroft Barrow Bhatt Birchwood "
    "Blackwood Bloom Brightwell Calloway Chadha Coldbrook Cresswell Dale Danso Devlin Drum "
    "Eastwood Elmhurst Ferrow Finch Foxley Garside Gill Greenhalgh Hadley Hale Hart "
    "Heatherton Holloway Ibori Ingram Jessop Kaur Kendrick Kingsley Lark Linden Lockhart "
    "Marsh Mensah Merriman Moorcroft Nash Northcott Oakley Okoro Osei Parrish Patel "
    "Pembroke Quill Rahman Ravenhill Rowntree Sahota Shaw Silverton Stanhope Sutcliffe "
    "Tamber Thorne Underhill Vance Wainwright Westbrook Whitlock Yarrow"
).split()
PEOPLE = 200
OURS = f"{TOP}/Council/Assessment"  # the team of the people whom the buttons sign in
YEARS_BACK = timedelta(days=730)
RENEWED = timedelta(days=200)  # when today's editions took the place of the older ones
AGAIN = timedelta(days=20)  # more time than was given first
MONTHS = 7
OLD_LABEL = "2024.1"


@dataclass(frozen=True)
class Demo:
    """Fills a service; everything follows from the seed."""

    service: Service
    rng: Random
    today: date

    def fill(self) -> None:
        """People, rules, two years of attempts, requests and dispensations; then today's cache."""
        if self.service.people.are_there_any():
            raise Misconfigured("A demonstration is never put into a database that has people.")
        old, current = self._publish()
        with self.service.database.writing() as connection:
            staff = self._people(connection)
            self.service.audit.add(connection, "demo", "demo.fill", people=len(staff))
        for role, email in ((Role.LEAD, ROLES["lead"]), (Role.MANAGER, ROLES["manager"])):
            where = TOP if role is Role.LEAD else OURS
            self.service.people.grant(email, role, where, self.today - YEARS_BACK)
        self._rules()
        with self.service.database.writing() as connection:
            self._history(connection, staff, old, current)
        self._asks()
        self._confirm()
        self._report(old, current)
        self._draft(current)
        self._guidance()
        self._elsewhere()
        self.service.standings.renew_cache()
        self._count()

    def _publish(self) -> tuple[dict[str, Edition], dict[str, Edition]]:
        """The shipped banks, and before them a fictional older edition of each."""
        place = self.service.place
        banks = [b.module for b in read_banks(SHIPPED, place, self.today) if b.module]
        found = []
        for ago, modules in ((YEARS_BACK, list(map(_older, banks))), (RENEWED, banks)):
            past = datetime.combine(self.today - ago, time(9), LONDON)
            editions = replace(self.service.editions, now=_stopped(past))
            editions.publish([Bank(module.id, module, ()) for module in modules], place)
            found.append({e.module.id: e for e in editions.all_current()})
        return found[0], found[1]

    def _people(self, connection: Connection) -> list["DemoPerson"]:
        """A tree of agencies and teams, each team with a manager."""
        names = self._names()
        made: list[DemoPerson] = []
        top = self._unit(connection, None, TOP, "partnership")
        lead = self._person(connection, top, TOP, "Safeguarding lead", next(names), None, "lead")
        made.append(lead)
        teams = [(agency, team) for agency, teams in AGENCIES.items() for team in teams]
        agency_ids = {
            agency: self._unit(connection, top, f"{TOP}/{agency}", "agency") for agency in AGENCIES
        }
        size = (PEOPLE - 1) // len(teams)
        for at, (agency, team) in enumerate(teams):
            path = f"{TOP}/{agency}/{team}"
            team_id = self._unit(connection, agency_ids[agency], path, "team")
            is_ours = path == OURS
            manager = self._person(
                connection,
                team_id,
                path,
                "Team manager",
                next(names),
                lead.person_id,
                "manager" if is_ours else "",
            )
            made.append(manager)
            extra = at < (PEOPLE - 1) % len(teams)
            for number in range(size - 1 + extra):
                key = "practitioner" if is_ours and number == 0 else ""
                job = self.rng.choice(JOBS[agency])
                made.append(
                    self._person(
                        connection, team_id, path, job, next(names), manager.person_id, key
                    )
                )
        return made

    def _names(self) -> Iterator[str]:
        path = Path(questions.__file__).with_name("names.toml")
        groups = tomllib.loads(path.read_text())["groups"].values()
        firsts = sorted({name for group in groups for names in group.values() for name in names})
        pairs = [f"{first} {last}" for first in firsts for last in SURNAMES]
        return iter(self.rng.sample(pairs, PEOPLE + 5))

    def _unit(self, connection: Connection, parent: UUID | None, path: str, kind: str) -> UUID:
        unit_id = new_id()
        connection.execute(
            insert(unit).values(
                id=unit_id, parent_id=parent, path=path, kind=kind, name=path.rpartition("/")[2]
            )
        )
        return unit_id

    def _person(
        self,
        connection: Connection,
        unit_id: UUID,
        path: str,
        job: str,
        name: str,
        manager_id: UUID | None,
        key: str,
    ) -> "DemoPerson":
        person_id = new_id()
        days = 700 if key else self.rng.choice((self.rng.randrange(150), self.rng.randrange(2500)))
        starts_on = self.today - timedelta(days=days)
        email = ROLES[key] if key else f"{name.lower().replace(' ', '.')}@northmoor.example"
        if not key and self.rng.random() < 0.03:
            email = ""
        connection.execute(
            insert(person).values(
                id=person_id,
                name=name,
                email=email or None,
                staff_ref=f"N{len(name)}{person_id.hex[-6:]}",
                started_on=starts_on,
                is_guest=False,
                sign_in_epoch=0,
            )
        )
        connection.execute(
            insert(post).values(
                id=new_id(),
                person_id=person_id,
                unit_id=unit_id,
                job=job,
                manager_id=manager_id,
                starts_on=starts_on,
                recorded_on=starts_on,
            )
        )
        skill = self.rng.betavariate(6, 2)
        return DemoPerson(person_id, starts_on, path, skill, key == "practitioner")

    def _rules(self) -> None:
        """Induction and refreshers, saved two years ago, so that some are late by now."""
        past = datetime.combine(self.today - YEARS_BACK, time(10), LONDON)
        then = open_service(self.service.settings, lambda: past)
        modules = [e.module.id for e in then.editions.all_current()]
        drafts = [
            Draft(
                unit=TOP,
                modules=tuple(modules[:1]),
                in_force_from=london_day(past),
                within_months=6,
                every_months=12,
                window_days=60,
                grace_days=28,
                reason="Part of induction, and kept fresh every year.",
            ),
            Draft(
                unit=f"{TOP}/Council",
                modules=tuple(modules[1:4]),
                in_force_from=london_day(past),
                within_months=6,
                every_months=18,
                window_days=60,
                grace_days=28,
                reason="Everybody here takes part in enquiries.",
            ),
        ]
        for draft in drafts:
            if draft.modules:
                then.rules.save(draft, draft.fingerprint)
        then.close()

    def _history(
        self,
        connection: Connection,
        staff: list["DemoPerson"],
        old: dict[str, Edition],
        current: dict[str, Edition],
    ) -> None:
        """Attempts on days spread over the two years; what was taken long ago is an old edition."""
        rows = DemoRows()
        changed = self.service.changes.weighed(ASKED)[0].asked_in
        for one in staff:
            for at, module in enumerate(current):
                if one.is_practitioner and module == changed:  # rests on what changed since
                    day = self.today - RENEWED - timedelta(days=60)
                    self._attempt(rows, replace(one, skill=1.0), old[module], day)
                    continue
                chance = 0.85 if at == 0 else 0.7 if at < 4 and "Council" in one.path else 0.3
                if self.rng.random() > chance:
                    continue
                first = max(one.starts_on, self.today - YEARS_BACK)
                days = max((self.today - first).days, 1)
                taken = sorted(
                    self.rng.randrange(days) for _ in range(self.rng.choice((1, 1, 2, 3)))
                )
                if one.is_practitioner:  # has met no rule that came since
                    taken = [max(back, RENEWED.days + 5) for back in taken]
                for back in reversed(taken):
                    edition = current[module] if back < RENEWED.days else old[module]
                    self._attempt(rows, one, edition, self.today - timedelta(days=back))
        rows.write(connection)
        for given in rows.passed:
            self.service.certificates.issue(connection, *given)

    def _attempt(self, rows: "DemoRows", one: "DemoPerson", edition: Edition, day: date) -> None:
        at = datetime.combine(day, time(9, self.rng.randrange(60)), LONDON)
        at = min(at, self.service.now())  # before nine, today's would be ahead of its confirmation
        # As on the day of the edition: its questions fall due for review, and history stays.
        drawn_on = edition.module.changes[-1].date
        plan = make_plan(edition.module, Mode.ASSURED, drawn_on, {}, self.rng)
        if plan is None:
            return
        attempt_id = new_id()
        marked = []
        met: dict[tuple[str, str], None] = {}
        for number, planned in enumerate(plan, 1):
            question = edition.questions[planned.question_id]
            reply = self._reply(question, one.skill)
            mark = question.mark(reply)
            marked.append(Marked(question.objective, mark.is_right, question.must_know))
            met |= {(question.id, belief): None for belief in mark.misconceptions}
            rows.answers.append(
                {
                    "attempt_id": attempt_id,
                    "number": number,
                    "question_id": question.id,
                    "objective": question.objective,
                    "reply": reply,
                    "is_right": mark.is_right,
                    "flagged": False,
                    "answered_at": at,
                }
            )
        outcome = judge(edition.module, marked)
        rows.attempts.append(
            {
                "id": attempt_id,
                "person_id": one.person_id,
                "module": edition.module.id,
                "edition_id": edition.id,
                "mode": Mode.ASSURED.value,
                "plan": json.dumps([(p.question_id, p.order) for p in plan]),
                "started_at": at - timedelta(minutes=12),
                "submitted_at": at,
                "passed": outcome.passed,
                "share": outcome.share,
            }
        )
        if outcome.passed and one.path == OURS:
            rows.passed.append((attempt_id, one.person_id, edition, day))
        rows.objectives += [
            {
                "attempt_id": attempt_id,
                "objective": result.objective,
                "asked": result.asked,
                "right_count": result.right,
            }
            for result in outcome.objectives
            if result.asked
        ]
        rows.misconceptions += [
            {"attempt_id": attempt_id, "question_id": q, "misconception": m} for q, m in met
        ]

    def _reply(self, question: Question, skill: float) -> str:
        """Right as often as this person is good, else a wrong reply of the right shape."""
        key = question.key
        if self.rng.random() < skill + 0.15:
            return key
        letters = list(question.letters)
        for _ in range(8):
            if question.input == "one":
                reply = str(self.rng.choice(letters))
            elif question.input == "several":
                reply = "".join(sorted(self.rng.sample(letters, self.rng.randint(1, len(letters)))))
            else:
                reply = "".join(self.rng.sample(letters, len(letters)))
            if reply != key:
                return reply
        return key

    def _asks(self) -> None:
        """Requests of every kind, and a pause, an exemption, an extension, learning recognised."""
        service, kinds = self.service, DispensationKind
        people = {role: self._whose(email) for role, email in ROLES.items()}
        team = [line.person_id for line in service.reports.team(people["manager"]).lines]
        modules = [e.module.id for e in service.editions.all_current()]
        asked = modules[-1]
        soon, later = self.today + timedelta(days=9), self.today + timedelta(days=40)
        service.requests.ask(
            people["manager"],
            [people["practitioner"], *team[:3]],
            [asked],
            soon,
            "Before the audit.",
        )
        service.requests.ask(people["manager"], team[3:6], modules[:1], later, "Back from leave.")
        lead, late = people["lead"], team[-6:]
        ago = self.today - timedelta(days=30)
        grants = (
            (late[0], kinds.PAUSE, None, self.today, None, "Parental leave."),
            (late[1], kinds.EXEMPTION, modules[0], ago, later, "Seconded elsewhere."),
            (team[3], kinds.EXTENSION, modules[0], self.today, later + AGAIN, "Long illness."),
            (late[3], kinds.LEARNING, modules[0], ago, None, "Passed with a neighbouring area."),
        )
        for person_id, kind, module, starts, ends, reason in grants:
            service.dispensations.grant(lead, person_id, kind, module, starts, ends, reason)

    def _elsewhere(self) -> None:
        """Certificates that two of our team passed in another partnership wait for the lead."""
        lead, manager = self._whose(ROLES["lead"]), self._whose(ROLES["manager"])
        mine = self._whose(ROLES["practitioner"])
        team = {one.person_id: one.name for one in self.service.reports.team(manager).lines}
        other = next(whose for whose in team if whose != mine)
        Elsewhere(self.service, lead, self.today).bring(mine, team[mine], other)

    def _count(self) -> None:
        """The board's figures of some months gone by, and of this one."""
        last, days = self.today, [self.today]
        while len(days) < MONTHS:
            last = last.replace(day=1) - timedelta(days=1)
            days.append(last)
        for day in reversed(days):
            self.service.counting.month(day)

    def _confirm(self) -> None:
        """What the manager confirmed: one by what the questionnaire showed, two after a talk."""
        attestations, manager = self.service.attestations, self._whose(ROLES["manager"])
        module = self.service.editions.all_current()[0].module
        blank = attestations.blank(manager, module.id)
        shown = [c.person_id for c in blank.candidates if c.results and all(c.results.values())]
        some = tuple(list(module.objectives)[:2])
        for people, evidence in ((shown[:1], QUIZ), (shown[1:3], DISCUSSION)):
            if people:
                draft = AttestationDraft(module.id, tuple(people), some, (evidence,), STATEMENT)
                attestations.make(manager, draft)

    def _report(self, old: dict[str, Edition], current: dict[str, Edition]) -> None:
        """Problems with a question: one mended since, one answered, one new."""
        before, now = next(iter(old.values())), next(iter(current.values()))
        practitioner, lead = self._whose(ROLES["practitioner"]), self._whose(ROLES["lead"])
        problems = self.service.problems
        first, second, third = (question.id for question in now.module.asked[:3])
        said = (
            (
                before,
                first,
                "The reason stops too early: it does not say what to do.",
                practitioner,
            ),
            (now, second, "Is this the same at weekends?", practitioner),
            (now, third, "I read it twice before I saw what was asked.", None),
        )
        for edition, question_id, words, reporter in said:
            problems.report(edition.id, question_id, words, reporter)
        found = {problem.words: problem.problem_id for problem in problems.mine(practitioner)}
        answers = (
            (said[0][2], "Thank you. The reason now goes on to say it.", now.label),
            (said[1][2], "Yes: at any hour and on any day. The numbers are below every page.", ""),
        )
        for words, answered, mended_in in answers:
            problems.answer(lead, found[words], answered, mended_in)

    def _draft(self, current: dict[str, Edition]) -> None:
        """Questions on their way: one changed and read, one begun, one to be withdrawn."""
        module = next(iter(current.values())).module
        lead, drafts = self._whose(ROLES["lead"]), self.service.drafts
        with self.service.database.reading() as connection:
            found = connection.execute(
                select(person.c.id, person.c.email)
                .where(person.c.email.is_not(None), person.c.email.not_in(ROLES.values()))
                .order_by(person.c.email)
            ).first()
        assert found is not None
        self.service.authors.give(lead, found.email, module.id, None)
        changed, gone = module.asked[2], module.asked[9]
        drafts.new(lead, module.id, changed.objective, "one-of")
        drafts.withdraw(found.id, gone.id, "Another question asks the same with a better story.")
        draft_id = drafts.edit(found.id, changed.id)
        later = changed.review_by + timedelta(days=365)

        def put_off(sheet: Sheet) -> Sheet:
            question = {**sheet.question, "review_by": later.isoformat()}
            question["because"] = f"{changed.because} So act on what you know."
            return replace(sheet, question=question)

        drafts.save(found.id, draft_id, 1, put_off)
        drafts.comment(found.id, draft_id, "The source is as it was. I made the reason go on.")
        drafts.agree(lead, draft_id, 2, "Read against the source.")

    def _guidance(self) -> None:
        """What was told and asked of changes of guidance."""
        DemoGuidance(
            self.service,
            self.rng,
            self.today,
            TOP,
            self._whose(ROLES["lead"]),
            self._whose(ROLES["practitioner"]),
        ).fill()

    def _whose(self, email: str) -> UUID:
        with self.service.database.reading() as connection:
            found: UUID = connection.execute(
                select(person.c.id).where(has_address(email))
            ).scalar_one()
        return found


@dataclass(frozen=True)
class DemoPerson:
    """Somebody made up: since when here, where, and how often right (0 to 1)."""

    person_id: UUID
    starts_on: date
    path: str
    skill: float
    is_practitioner: bool = False  # whom the first button signs in


class DemoRows:
    """What is written all at once."""

    def __init__(self) -> None:
        self.attempts: list[dict[str, Any]] = []
        self.answers: list[dict[str, Any]] = []
        self.objectives: list[dict[str, Any]] = []
        self.misconceptions: list[dict[str, Any]] = []
        self.passed: list[tuple[UUID, UUID, Edition, date]] = []  # of our team: certificates

    def write(self, connection: Connection) -> None:
        """In an order that foreign keys allow."""
        for table, rows in (
            (attempt, self.attempts),
            (answer, self.answers),
            (attempt_objective, self.objectives),
            (attempt_misconception, self.misconceptions),
        ):
            if rows:
                connection.execute(insert(table), rows)


def _stopped(at: datetime) -> Clock:
    """A clock that stands."""
    return lambda: at


def _older(module: Module) -> Module:
    """A fictional earlier edition: one reason is shorter, and new rules are not asked."""
    change = Change(
        edition=OLD_LABEL, date=date(2024, 1, 1), what="An older edition, made up to show history."
    )
    first, *others, _last = without_new_rules(module.questions)
    shorter = first.model_copy(
        update={"because": f"{first.because.partition('. ')[0].rstrip('.')}."}
    )
    fewer = (shorter, *others)
    return module.model_copy(
        update={"edition": OLD_LABEL, "changes": (change,), "questions": fewer}
    )


def fill(service: Service, seed: int = 2010) -> None:
    """Fill an empty database with the fictional partnership."""
    Demo(service, Random(seed), london_day(service.now())).fill()
