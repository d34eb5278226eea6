"""The bot is killed in the middle of dialogues: everybody goes on, nothing is lost or doubled."""

import os
import random
import threading
from contextlib import contextmanager
from functools import partial

import pytest
from sqlalchemy import func, select, update

from quizbot.clock import utc_now
from quizbot.rules.pick import Mode
from quizbot.service import open_service
from quizbot.store.tables import answer, attempt, lease, person
from tests.chat.telegrams import Taking
from tests.conftest import SECRET, settings_for
from tests.faults.kills import kill
from tools.botapi import BotApi
from tools.loaded import Loaded
from tools.waiting import until

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def api():
    with BotApi() as running:
        yield running


@contextmanager
def bot_process(service, api, folder):
    """The bot as an operator starts it, surely gone afterwards."""
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith("QUIZBOT_")},
        "QUIZBOT_DATABASE_URL": service.settings.database_url,
        "QUIZBOT_SECRET_KEY": SECRET,
        "QUIZBOT_TELEGRAM_TOKEN": api.token,
        "QUIZBOT_TELEGRAM_API": api.url,
    }
    process = Loaded(["bot"], cwd=folder, env=environment)
    try:
        yield process
    finally:
        process.kill()
        process.wait(60)


def people_of(service, folder, count):
    """So many people, each with a number of their own."""
    file = folder / "more.csv"
    file.write_text(
        "staff_ref,name,email,unit,job,started_on,manager\n"
        + "".join(
            f"M{n},Person {n},p{n}@northmoor.example,Northmoor/Council/Assessment,Worker,"
            "2026-01-05,N3\n"
            for n in range(count)
        )
    )
    service.people.import_file(file)
    with service.database.reading() as connection:
        rows = connection.execute(
            select(person.c.id).where(person.c.staff_ref.like("M%")).order_by(person.c.id)
        )
        return [row.id for row in rows]


def one_dialogue(service, phone, who):
    """An assured attempt from link to outcome, as somebody who tries again would."""
    phone.asks(f"/start {service.links.payload(who)}", 120)
    phone.asks("/take referrals", 120)
    phone.taps("Start", 120)
    taking = Taking(service, phone, who)
    for _ in range(14):
        taking.reply(taking.turn(), 120)
    phone.taps("Submit answers", 120)


@on_sqlite
@pytest.mark.parametrize(
    ("dialogues", "kills"),
    [(3, 1), pytest.param(200, 40, marks=pytest.mark.faults)],
    ids=["some", "many"],
)
def test_a_bot_killed_in_dialogues_loses_and_doubles_nothing(
    database_url, tmp_path, api, dialogues, kills
):
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    chance = random.Random(seed)
    service = open_service(settings_for(database_url, tmp_path), utc_now)
    people = people_of(service, tmp_path, dialogues)
    phones = [api.world.person(f"Person {n}") for n in range(dialogues)]
    troubles = []

    def talk(mine):
        try:
            for n in mine:
                one_dialogue(service, phones[n], people[n])
        except BaseException as error:
            troubles.append(error)
            raise

    at_once = min(dialogues, 12)  # each holds connections of this one service
    threads = [
        threading.Thread(target=talk, args=(range(first, dialogues, at_once),), daemon=True)
        for first in range(at_once)
    ]
    for thread in threads:
        thread.start()
    for _ in range(kills):
        calls = len(api.calls)
        with bot_process(service, api, tmp_path) as process:
            enough = calls + chance.randint(5, 60)
            until(partial(is_far_enough, api, enough, threads), 120, "some calls")
            kill(process.pid, "quizbot bot")
            process.wait(60)
        let_lease_run_out(service)
    with bot_process(service, api, tmp_path) as process:
        for thread in threads:
            thread.join(900)
        assert not any_alive(threads)
        process.terminate()
        assert process.wait(60) == 0

    assert troubles == []
    for n, who in enumerate(people):
        (line,) = service.attempts.of(who)
        assert (line.mode, line.passed) == (Mode.ASSURED, True)
        assert "assed" in phones[n].transcript
    with service.database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(attempt)).scalar() == dialogues
        answers = connection.execute(select(func.count()).select_from(answer)).scalar()
    assert answers == 14 * dialogues
    service.close()


def is_far_enough(api, calls, threads):
    return len(api.calls) >= calls or not any_alive(threads)


def any_alive(threads):
    return any(thread.is_alive() for thread in threads)


def let_lease_run_out(service):
    with service.database.writing() as connection:
        connection.execute(update(lease).values(until=utc_now()))
