"""Three hundred people take a module in Telegram at once: everybody gets every question."""

import threading

import pytest
from sqlalchemy import func, select

from quizbot.chat.asking import DONE
from quizbot.chat.telegram import bot
from quizbot.store.tables import answer
from tests.chat.telegrams import at_work, telegram_service
from tools.botapi import BotApi

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def tried(phone, letters):
    """Practice from its first question to its outcome, tapping what stands first."""
    phone.asks("/take referrals", 300)
    for _ in range(letters):
        if "See the outcome" in phone.buttons:
            break
        if "Continue" in phone.buttons:
            phone.taps("Continue", 300)
        elif DONE in phone.buttons:
            phone.taps(DONE, 300)
        else:
            phone.taps(next(b for b in phone.buttons if len(b) == 1), 300)
    return phone.taps("See the outcome", 300)


@on_sqlite
@pytest.mark.parametrize("people", [12, pytest.param(300, marks=pytest.mark.nightly)])
def test_many_people_take_a_module_at_once(database_url, tmp_path, clock, people, monkeypatch):
    monkeypatch.setattr(bot, "RATE", 10_000)  # what Telegram permits would make it ten minutes
    with BotApi() as api:
        service = telegram_service(database_url, tmp_path, clock, api)
        phones = [api.world.person(f"Person {n}") for n in range(people)]
        outcomes = []
        with at_work(service):
            threads = [
                threading.Thread(target=lambda phone=phone: outcomes.append(tried(phone, 200)))
                for phone in phones
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(900)
        assert len(outcomes) == people
        assert all("of 14" in outcome for outcome in outcomes)
        with service.database.reading() as connection:
            left = connection.execute(select(func.count()).select_from(answer)).scalar()
        service.close()

    assert left == 0  # tries are forgotten with their outcome
    assert all(call.code == 200 for call in api.calls if call.code not in (0, 409))
