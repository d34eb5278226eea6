"""Pages are killed while they answer in Teams: what was acknowledged stands, nothing twice."""

import json
import random
import threading
import urllib.request
from contextlib import suppress
from functools import partial
from http.client import HTTPException
from urllib.error import HTTPError

import pytest
from sqlalchemy import func, select

from quizbot.clock import utc_now
from quizbot.rules.pick import Mode
from quizbot.store.tables import answer, attempt
from tests.chat.in_teams import TakingInTeams, teams_service
from tests.faults.kills import note
from tests.faults.test_bot_killed import any_alive, people_of
from tools.connector import BotConnector
from tools.running import Running
from tools.waiting import until

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
QUESTIONS = 14
PATIENCE = 120.0  # seconds in which somebody in Teams tries to get something through
GONE = (OSError, HTTPException)


@pytest.fixture
def connector():
    with BotConnector() as running:
        yield running
        running.release()


@pytest.fixture
def service(database_url, tmp_path, connector):
    opened = teams_service(database_url, tmp_path, utc_now, connector)
    yield opened
    opened.close()


@pytest.fixture
def pages(tmp_path, service, connector):
    """The pages as an operator starts them, with the door for Teams; not started yet."""
    folder = tmp_path / "served"
    folder.mkdir()
    running = Running(folder, loaded=True)
    running.starts_with = ("serve",)
    running.environment |= {
        "QUIZBOT_DATABASE_URL": service.settings.database_url,
        "QUIZBOT_SECRET_KEY": service.settings.secret_key,
        **{f"QUIZBOT_{name.upper()}": value for name, value in connector.settings.items()},
    }
    connector.world.post = lambda activity: posted(running, connector, activity)
    yield running
    if running.main is not None:
        running.kill()


def posted(running, connector, activity):
    """As the Connector posts: what is not acknowledged is posted again, until it is."""
    request = urllib.request.Request(
        f"{running.url}/teams/messages",
        json.dumps(activity).encode(),
        {"Content-Type": "application/json", "Authorization": f"Bearer {connector.token()}"},
    )
    told: list[tuple[int, bytes]] = []

    def is_acknowledged():
        with suppress(*GONE):
            try:
                with urllib.request.urlopen(request, timeout=60) as reply:
                    told[:] = [(reply.status, reply.read())]
            except HTTPError as error:
                if error.code < 500:
                    raise AssertionError(f"it was refused with {error.code}") from None
        return bool(told)

    until(is_acknowledged, PATIENCE, "an acknowledgement")
    return told[0]


def answers_of(service):
    with service.database.reading() as connection:
        return connection.execute(select(func.count()).select_from(answer)).scalar()


def begun(service, person, who):
    """Linked, with an attempt for the record under way."""
    person.asks(f"/start {service.links.payload(who)}")
    person.asks("/take referrals")
    person.taps("Start")
    return TakingInTeams(service, person, who)


def one_dialogue(service, person, who):
    """An assured attempt from link to outcome."""
    taking = begun(service, person, who)
    for _ in range(QUESTIONS):
        taking.reply(taking.turn())
    person.taps("Submit answers")


def kill(running):
    """As when the power goes."""
    running.kill()
    note("quizbot serve, with Teams")


@on_sqlite
@pytest.mark.parametrize("moment", ["before it is kept", "before it is shown", "once it is shown"])
def test_a_kill_in_the_middle_of_an_answer_scores_it_once(
    service, people, pages, connector, moment
):
    pages.start()
    dana = connector.world.person("Dana")
    taking = begun(service, dana, people.amina)
    taking.reply(taking.turn())
    turn = taking.turn()
    tap = threading.Thread(target=taking.reply, args=(turn,), daemon=True)
    if moment == "before it is kept":
        with service.database.writing():  # nobody else can write meanwhile
            tap.start()
            until(lambda: len(connector.world.posted) and tap.is_alive(), 60, "the tap")
            kill(pages)
    else:
        for method in ("POST", "PUT"):
            connector.fail(method, hangs=True, with_effect=moment == "once it is shown")
        tap.start()
        until(lambda: answers_of(service) == 2, 60, "the answer in the database")
        until(lambda: len(connector.faults) == 1, 60, "what is to be shown")
        kill(pages)
        connector.faults.clear()
        connector.release()
    at_kill = answers_of(service)

    pages.start()
    tap.join(PATIENCE)

    assert not tap.is_alive()
    assert at_kill == (1 if moment == "before it is kept" else 2)
    assert answers_of(service) == 2
    assert taking.turn().number == 3
    for _ in range(QUESTIONS - 2):
        taking.reply(taking.turn())
    dana.taps("Submit answers")
    (line,) = service.attempts.of(people.amina)
    assert (line.mode, line.passed) == (Mode.ASSURED, True)
    assert answers_of(service) == QUESTIONS
    assert connector.refused == []


@on_sqlite
def test_what_was_acknowledged_before_a_kill_is_not_answered_again(
    service, people, pages, connector
):
    pages.start()
    dana = connector.world.person("Dana")
    taking = begun(service, dana, people.amina)
    tap = dana.tap("That’s my answer", taking.fields(taking.turn()))
    connector.world.deliver(tap)
    shown = len(dana.chat.screen)

    kill(pages)
    pages.start()
    status = connector.world.deliver(tap)  # its acknowledgement was lost on the way

    assert status == 200
    assert len(dana.chat.screen) == shown
    assert answers_of(service) == 1


@on_sqlite
@pytest.mark.parametrize(
    ("dialogues", "kills"),
    [(3, 1), pytest.param(60, 15, marks=pytest.mark.faults)],
    ids=["some", "many"],
)
def test_pages_killed_in_dialogues_lose_and_double_nothing(
    service, tmp_path, pages, connector, dialogues, kills
):
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    chance = random.Random(seed)
    people = people_of(service, tmp_path, dialogues)
    persons = [connector.world.person(f"Person {n}") for n in range(dialogues)]
    troubles = []

    def talk(mine):
        try:
            for n in mine:
                one_dialogue(service, persons[n], people[n])
        except BaseException as error:
            troubles.append(error)
            raise

    at_once = min(dialogues, 8)
    threads = [
        threading.Thread(target=talk, args=(range(first, dialogues, at_once),), daemon=True)
        for first in range(at_once)
    ]
    pages.start()
    for thread in threads:
        thread.start()
    for _ in range(kills):
        enough = len(connector.calls) + chance.randint(5, 40)
        until(partial(is_far_enough, connector, enough, threads), 120, "some calls")
        kill(pages)
        pages.start()
    for thread in threads:
        thread.join(900)

    assert troubles == []
    assert not any_alive(threads)
    for n, who in enumerate(people):
        (line,) = service.attempts.of(who)
        assert (line.mode, line.passed) == (Mode.ASSURED, True)
        assert any("assed" in words for words in persons[n].chat.words)
    with service.database.reading() as connection:
        attempts = connection.execute(select(func.count()).select_from(attempt)).scalar()
    assert (attempts, answers_of(service)) == (dialogues, QUESTIONS * dialogues)
    assert connector.refused == []


def is_far_enough(connector, calls, threads):
    return len(connector.calls) >= calls or not any_alive(threads)
