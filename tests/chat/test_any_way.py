"""Page, chats, Teams, retries, restarts, duplicates, in any mixture: one record, plainly done."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from questions.kinds import Input
from quizbot.chat import carried
from quizbot.chat.carried import button
from quizbot.chat.conversation import Conversation
from quizbot.chat.said import Heard
from quizbot.errors import AlreadyAnswered
from quizbot.rules.pick import Mode
from quizbot.service import Service, open_service
from quizbot.store.clearing import delete_attempts
from quizbot.store.tables import answer, attempt, attempt_misconception, attempt_objective
from tests.changed import changed, with_changes
from tests.chat.in_teams import post_to
from tests.pages.conftest import Visitor
from tools.connector import BotConnector, Person
from tools.connector.world import Json, Post
from web import create_app

TOTAL = 14
IN_UPDATE = 2
HERE = ("here", "any")
WAYS = ("page", "chat", "teams")


@dataclass(frozen=True)
class Step:
    """Somebody answers a question, on a channel, in one of two processes, so many times over."""

    number: int
    pick: int
    flagged: bool
    way: str
    process: int
    times: int
    late: bool


steps = st.lists(
    st.builds(
        Step,
        number=st.integers(1, TOTAL),
        pick=st.integers(0, 23),
        flagged=st.booleans(),
        way=st.sampled_from(WAYS),
        process=st.integers(0, 1),
        times=st.integers(1, 3),
        late=st.booleans(),
    ),
    max_size=8,
)


@dataclass
class World:
    """One person on three channels of two processes, and another who does it all plainly."""

    services: tuple[Service, Service]
    visitor: Visitor
    doors: tuple[Post, Post]
    teams: Person
    amina: UUID
    bashir: UUID
    heard: list[Heard] = field(default_factory=list)
    posted: list[Json] = field(default_factory=list)

    def begin(self, mode: Mode, *, is_update: bool) -> tuple[UUID, UUID]:
        """The same questions in the same order for both."""
        service = self.services[0]
        mine, plain = (
            service.updates.start(who, "tea")
            if is_update
            else service.attempts.start(who, "referrals", mode)
            for who in (self.amina, self.bashir)
        )
        with service.database.writing() as connection:
            plan = connection.execute(select(attempt.c.plan).where(attempt.c.id == mine)).scalar()
            connection.execute(update(attempt).where(attempt.c.id == plain).values(plan=plan))
        self.heard.clear()
        self.posted.clear()
        return mine, plain

    def end(self) -> None:
        """Nothing stays open for the next mixture, and what was not passed is long ago."""
        service = self.services[0]
        with service.database.writing() as connection:
            delete_attempts(connection, attempt.c.scope != "")
            connection.execute(
                update(attempt)
                .where(attempt.c.submitted_at.is_not(None), attempt.c.module == "referrals")
                .values(submitted_at=service.now() - timedelta(days=2))
            )
            connection.execute(
                update(attempt)
                .where(attempt.c.submitted_at.is_(None))
                .values(abandoned_at=service.now())
            )

    def tap(self, process: int, times: int, what: str, *parts: UUID | int | str) -> None:
        """A tap that is heard several times before its answer is shown: the bot was killed."""
        given = {"update": len(self.heard) + 1, "tap": button("x", what, *parts).carries}
        heard = Heard(*HERE, **given)  # type: ignore[arg-type]
        self.heard.append(heard)
        for _ in range(times):
            Conversation(self.services[process]).hear(heard)
        Conversation(self.services[process]).done(heard)

    def tap_in_teams(
        self, process: int, times: int, fields: list[str], what: str, *parts: UUID | int | str
    ) -> None:
        """A tap on a card in Teams that is posted several times, with what its fields hold."""
        data: Json = {"tap": button("x", what, *parts).carries}
        if fields:
            data["fields"] = len(fields)
            data |= {f"reply-{n}": one for n, one in enumerate(fields, 1)}
        card = f"card-{len(self.posted)}"
        activity = self.teams.activity("message", self.teams.chat, value=data, replyToId=card)
        self.posted.append(activity)
        for _ in range(times):
            assert self.doors[process](activity)[0] == 200

    def come_again(self, process: int) -> None:
        """Everything that was answered is delivered once more."""
        conversation = Conversation(self.services[process])
        for heard in self.heard:
            assert conversation.is_repeated(heard)
        shown = len(self.teams.chat.screen)
        for activity in self.posted:
            assert self.doors[process](activity)[0] == 200
        assert len(self.teams.chat.screen) == shown

    def post(self, process: int, times: int, path: str, fields: list[tuple[str, str]]) -> None:
        self.visitor.app.extensions["quizbot"] = self.services[process]
        for _ in range(times):
            sent = self.visitor.post(path, fields)
            assert sent.status == 303, sent.path

    def confirmed(self, who: UUID) -> list[date | None]:
        """What they are to confirm, and since when each is."""
        service = self.services[1]
        with service.database.reading() as connection:
            return [one.met_on for one in service.confirmations.of(connection, [who])[who]]

    def record(self, attempt_id: UUID):
        """All that is kept of an attempt, but for whose it is and when."""
        with self.services[0].database.reading() as connection:
            (row,) = connection.execute(select(attempt).where(attempt.c.id == attempt_id))
            kept = [
                sorted(
                    row[1:8] if table is not answer else row[1:7]
                    for row in connection.execute(
                        select(table).where(table.c.attempt_id == attempt_id)
                    )
                )
                for table in (answer, attempt_objective, attempt_misconception)
            ]
        return row.passed, row.share, row.submitted_at is not None, kept


def reply_of(turn, pick: int) -> tuple[str, ...]:
    """One of the replies that a question can be given."""
    letters = [choice.letter for choice in turn.choices]
    if turn.question.input is Input.ONE:
        return (letters[pick % len(letters)],)
    if turn.question.input is Input.SEVERAL:
        return tuple(letters[: 1 + pick % len(letters)])
    return tuple(Random(pick).sample(letters, len(letters)))


def play(world: World, mode: Mode, mixture: list[Step], *, submits: str, is_update: bool) -> None:
    """The mixture for one, the plain sequence for the other."""
    mine, plain = world.begin(mode, is_update=is_update)
    attempts = world.services[0].attempts
    for each in mixture:
        step = replace(each, number=1 + each.number % IN_UPDATE) if is_update else each
        turn = attempts.turn(world.bashir, plain, step.number)
        reply = reply_of(turn, step.pick)
        flagged = step.flagged and mode is Mode.ASSURED
        try:
            attempts.answer(world.bashir, plain, step.number, reply, flagged=flagged)
        except AlreadyAnswered:
            assert mode is Mode.PRACTICE
        if step.way == "page":
            names = (
                [f"reply-{n}" for n in range(1, TOTAL)] if turn.question.menus else ["reply"] * 9
            )
            fields = [*zip(names, reply, strict=False), *([("flag", "yes")] if flagged else [])]
            path = f"/attempts/{mine}/questions/{step.number}"
            world.post(step.process, step.times, path, fields)
        elif step.way == "teams":
            if mode is Mode.ASSURED:
                flag = (carried.FLAG, mine, step.number, int(flagged), "")
                world.tap_in_teams(step.process, step.times, [], *flag)
            replies = list(reply) if turn.question.menus else [",".join(reversed(reply))]
            answer_it = (carried.ANSWER, mine, step.number)
            world.tap_in_teams(step.process, step.times, replies, *answer_it)
        else:
            if mode is Mode.ASSURED:
                world.tap(
                    step.process, step.times, carried.FLAG, mine, step.number, int(flagged), ""
                )
            letters = "".join(reply)
            world.tap(step.process, step.times, carried.ANSWER, mine, step.number, letters)
        if step.late:
            world.come_again(1 - step.process)
    if mode is Mode.ASSURED:
        attempts.submit(world.bashir, plain)
        if submits == "page":
            world.post(0, 2, f"/attempts/{mine}/review", [("anyway", "yes")])
        elif submits == "teams":
            world.tap_in_teams(1, 2, [], carried.SUBMIT, mine)
        else:
            world.tap(1, 2, carried.SUBMIT, mine)
    assert world.record(mine) == world.record(plain)
    confirmed = [world.confirmed(who) for who in (world.amina, world.bashir)]
    assert confirmed[0] == confirmed[1]


@pytest.fixture
def connector(clock):
    with BotConnector(lambda: clock().timestamp()) as running:
        yield running
        assert set(running.called("POST")) <= {201}
        assert running.refused == []


@pytest.fixture
def world(service, people, database_url, tmp_path, clock, connector):
    service = changed(service, clock, people.amina, others=[people.bashir]).service
    service = replace(service, settings=service.settings.model_copy(update=connector.settings))
    opened = open_service(service.settings, clock)
    other = with_changes(opened)
    service.links.accept(service.links.payload(people.amina), *HERE)
    teams = connector.world.person("Amina")
    service.links.accept(service.links.payload(people.amina), "teams", teams.chat.name)
    apps = create_app(service), create_app(other)
    doors = post_to(apps[0], connector), post_to(apps[1], connector)
    visitor = Visitor(create_app(service), service).sign_in("amina@northmoor.example")
    visitor.get("/modules/referrals")
    yield World((service, other), visitor, doors, teams, people.amina, people.bashir)
    opened.close()


def playing_in(world: World, examples: int) -> Callable[[], None]:
    @settings(
        max_examples=examples,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(st.sampled_from([*Mode, None]), steps, st.sampled_from(WAYS))
    def each(mode: Mode | None, mixture: list[Step], submits: str) -> None:
        is_update, mode = mode is None, mode or Mode.ASSURED
        try:
            play(world, mode, mixture, submits=submits, is_update=is_update)
        finally:
            world.end()

    return each


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_any_mixture_leaves_the_record_of_the_plain_sequence(world):
    playing_in(world, 100)()


@pytest.mark.nightly
def test_two_thousand_mixtures_leave_the_record_of_the_plain_sequence(world):
    playing_in(world, 2000)()
