"""A partnership over a year: people join, leave, pass late or in time, are asked and paused."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, insert, select, update

from quizbot.access import Role
from quizbot.clock import LONDON
from quizbot.outbox.mail import Fate, Mail, Sent
from quizbot.reminders.preferences import Chosen
from quizbot.rules.due import DispensationKind
from quizbot.service import Service
from quizbot.standing.requirements import Draft
from quizbot.standing.standings import forget
from quizbot.store.tables import attempt, edition, new_id, person, post, unit
from quizbot.work import Work
from tests.outbox.wire import Killed

MODULE = "referrals"
ONE_DAY = timedelta(days=1)
RULES: tuple[dict[str, Any], ...] = (
    {"within_months": 6, "every_months": 36, "window_days": 60, "grace_days": 84},
    {"job": "Visitor", "within_days": 30, "every_months": 6, "grace_days": 28},
)


@dataclass
class DeadlyClock:
    """The time as the simulation has it; whoever asks once too often is killed."""

    at: datetime
    lives: int = 10**9

    def __call__(self) -> datetime:
        self.lives -= 1
        if self.lives <= 0:
            raise Killed
        return self.at


@dataclass
class Deliveries:
    """The wire: what was delivered, to whom and when; now and then it refuses, or kills."""

    clock: DeadlyClock
    chance: Random
    trouble: float = 0.0
    all: list[tuple[str, str, datetime]] = field(default_factory=list)

    def __call__(self, mail: Mail, key: str) -> Sent:
        luck = self.chance.random()
        if luck < self.trouble:
            raise Killed
        if luck < 2 * self.trouble:
            return Sent(Fate.RETRY, "the mail server refused (450)")
        self.all.append((mail.to, key, self.clock.at))
        if luck < 3 * self.trouble:
            raise Killed
        return Sent(Fate.SENT)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """A time of a day in London."""
    return datetime.combine(day, time(hour, minute), LONDON).astimezone(UTC)


@dataclass
class Partnership:
    """Teams below two agencies, each with a manager; everybody is asked by one rule or two."""

    service: Service
    clock: DeadlyClock
    chance: Random
    wire: Deliveries
    teams: int
    hours: tuple[int, ...] = (5, 8, 9, 9, 9, 10, 12, 14, 17, 18, 18, 20)
    units: list[UUID] = field(default_factory=list)
    people: list[UUID] = field(default_factory=list)
    left: set[UUID] = field(default_factory=set)
    put_off: set[UUID] = field(default_factory=set)
    passes: dict[date, list[UUID]] = field(default_factory=lambda: defaultdict(list))
    rounds: list[datetime] = field(default_factory=list)
    afternoon: set[UUID] = field(default_factory=set)
    deaths: int = 0

    @property
    def today(self) -> date:
        """The day of the simulation."""
        return self.clock.at.astimezone(LONDON).date()

    def begin(self, people: int) -> None:
        """Most of them have passed within a year or so; the managers come first."""
        with self.service.database.writing() as connection:
            self.units = [self._unit(connection, team) for team in range(self.teams)]
            for _ in range(people):
                self._join(connection, self.today - timedelta(self.chance.randint(1, 900)))
        for person_id in self.people:
            if self.chance.random() < 0.85:
                self._pass(person_id, self.today - timedelta(self.chance.randint(1, 1050)))
        for number, below in enumerate(("North/Agency 0", "North/Agency 1", "North")):
            self.service.people.grant(f"p{number}@north.example", Role.LEAD, below)
        for rule in RULES:
            draft = Draft(
                unit="North",
                modules=(MODULE,),
                in_force_from=self.today - timedelta(days=400),
                reason="Because.",
                **rule,
            )
            self.service.rules.save(draft, draft.fingerprint)

    def live(self, until: date, *, deadly: bool = False) -> None:
        """Day by day: what happens in the morning, then the worker, on most days."""
        while self.today < until:
            self.clock.at = at(self.today + ONE_DAY, 7, 30)
            self._happen()
            is_weekend = self.today.weekday() >= 5
            if self.chance.random() < (0.9 if is_weekend else 0.3):
                continue  # nobody works on this day
            self.clock.at = at(
                self.today, self.chance.choice(self.hours), self.chance.randint(0, 49)
            )
            before = len(self.wire.all)
            self.rounds.append(self.clock.at)
            for _ in range(4 if deadly else 1):  # what was refused for now is tried again
                self.work(deadly=deadly)
                self.clock.at += timedelta(minutes=2)
            if self.chance.random() < 0.12:
                self._ask_in_the_afternoon()
                self.work()
            self._react(before)

    def work(self, lives: int = 10**9, *, deadly: bool = False) -> None:
        """Rounds of new workers, until one is not killed."""
        while True:
            self.clock.lives = lives
            if deadly and self.chance.random() < 0.5:
                self.clock.lives = self.chance.randint(1, 150)
            try:
                Work(self.service, wire=self.wire).once()
                return
            except Killed:
                self.deaths += 1
                lives = 10**9
            finally:
                self.clock.lives = 10**9
            self.clock.at += timedelta(minutes=1)

    def _react(self, before: int) -> None:
        """Many who got a message take the questionnaire some days later."""
        for address, _, _ in self.wire.all[before:]:
            if self.chance.random() < 0.45:
                somebody = self.people[int(address[1:].partition("@")[0])]
                self.passes[self.today + timedelta(self.chance.randint(1, 25))].append(somebody)

    def _happen(self) -> None:
        chance = self.chance
        for person_id in self.passes.pop(self.today, []):
            if person_id not in self.left:
                self._pass(person_id, self.today)
        staff = [p for p in self.people[self.teams :] if p not in self.left]
        if chance.random() < 0.12:
            with self.service.database.writing() as connection:
                self._join(connection, self.today)
        if chance.random() < 0.12:
            self._leave(chance.choice(staff))
        if chance.random() < 0.25:
            somebody = chance.choice([p for p in staff if p not in self.left])
            self._ask(somebody, self.today + timedelta(chance.randint(0, 70)))
        if chance.random() < 0.08:
            self._pause(chance.choice([p for p in staff if p not in self.left]))
        if chance.random() < 0.1:
            self.service.preferences.choose(chance.choice(staff), Chosen(nudges=False))

    def manager_of(self, person_id: UUID) -> UUID | None:
        """Who manages somebody; managers have nobody."""
        number = self.people.index(person_id)
        return self.people[number % self.teams] if number >= self.teams else None

    def _unit(self, connection: Connection, team: int) -> UUID:
        above = None
        path = ""
        for name in ("North", f"Agency {team % 2}", f"Team {team}"):
            path = f"{path}/{name}".strip("/")
            found = connection.execute(select(unit.c.id).where(unit.c.path == path)).scalar()
            if found is None:
                found = new_id()
                values = {"parent_id": above, "path": path, "kind": "team", "name": name}
                connection.execute(insert(unit).values(id=found, **values))
            above = found
        assert above is not None
        return above

    def _join(self, connection: Connection, started_on: date) -> None:
        number, person_id = len(self.people), new_id()
        connection.execute(
            insert(person).values(
                id=person_id,
                name=f"Person {number}",
                email=f"p{number}@north.example",
                started_on=started_on,
                is_guest=False,
                sign_in_epoch=0,
            )
        )
        self.people.append(person_id)
        connection.execute(
            insert(post).values(
                id=new_id(),
                person_id=person_id,
                unit_id=self.units[number % self.teams],
                job="Visitor" if self.chance.random() < 0.08 else "Worker",
                manager_id=self.manager_of(person_id),
                starts_on=started_on,
                recorded_on=started_on,
            )
        )

    def _pass(self, person_id: UUID, day: date) -> None:
        with self.service.database.writing() as connection:
            edition_id = connection.execute(select(edition.c.id).limit(1)).scalar_one()
            connection.execute(
                insert(attempt).values(
                    id=new_id(),
                    person_id=person_id,
                    module=MODULE,
                    edition_id=edition_id,
                    mode="assured",
                    plan="[]",
                    started_at=at(day, 7),
                    submitted_at=at(day, 7, 20),
                    passed=True,
                    share=1.0,
                )
            )
            forget(connection, [person_id])
            self.service.notices.tell_met(connection, person_id, MODULE)

    def _leave(self, person_id: UUID) -> None:
        self.left.add(person_id)
        with self.service.database.writing() as connection:
            connection.execute(
                update(person).where(person.c.id == person_id).values(left_on=self.today)
            )
            forget(connection, [person_id])

    def _ask(self, person_id: UUID, due_on: date) -> None:
        manager_id = self.manager_of(person_id)
        assert manager_id is not None
        self.service.requests.ask(manager_id, [person_id], [MODULE], due_on, "Before the audit.")

    def _ask_in_the_afternoon(self) -> None:
        """Something more for people who mostly had their message of the day."""
        told = [address for address, _, _ in self.wire.all[-3:]]
        chosen = [self.people[int(address[1:].partition("@")[0])] for address in told]
        for person_id in set(chosen) - self.left - set(self.people[: self.teams]):
            self._ask(person_id, self.today + timedelta(self.chance.randint(20, 60)))
            manager_id = self.manager_of(person_id)
            assert manager_id is not None
            self.afternoon.add(self.service.requests.by(manager_id)[0].request_id)

    def _pause(self, person_id: UUID) -> None:
        self.put_off.add(person_id)
        first = self.today + ONE_DAY
        last = first + timedelta(self.chance.randint(5, 60))
        lead = self.people[2]
        kind = DispensationKind.PAUSE
        self.service.dispensations.grant(lead, person_id, kind, None, first, last, "Long leave.")
