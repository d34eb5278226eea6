"""Past capacity: who has waited too long is kindly asked to come again, and nothing is lost."""

import time

import pytest
import time_machine

from quizbot.service import open_service
from tests.conftest import settings_for
from web import create_app

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def began():
    """How many seconds ago the pages were started."""
    return 86_400


@pytest.fixture
def behind(database_url, tmp_path, clock, began):
    """A browser behind a proxy that says for how many seconds a request has waited."""
    service = open_service(settings_for(database_url, tmp_path, proxy=1), clock)
    with time_machine.travel(time.time() - began):
        client = create_app(service).test_client()

    def behind(path, waited, method="GET", write="{:.3f}", **given):
        came = write.format(time.time() - waited)
        return client.open(path, method=method, headers={"X-Request-Start": came}, **given)

    yield behind
    service.close()


@pytest.mark.parametrize("write", ["{:.3f}", "t={:.3f}", "{:.0f}000"])
def test_who_has_waited_too_long_is_asked_to_come_again(behind, write):
    page = behind("/modules/referrals", 15, write=write)

    assert page.status_code == 503
    assert 5 <= int(page.headers["Retry-After"]) <= 20
    assert "Very many people are here" in page.text
    assert "Answers given before are kept." in page.text
    assert "999" in page.text
    assert page.headers["X-Content-Type-Options"] == "nosniff"


def test_who_has_not_waited_long_is_served(behind):
    assert behind("/modules/referrals", 3).status_code == 200
    assert behind("/modules/referrals", -3600).status_code == 200  # two clocks that differ


@pytest.mark.parametrize("began", [4], ids=["four seconds ago"])
def test_who_came_while_it_was_started_anew_is_served(behind):
    assert behind("/modules/referrals", 30).status_code == 200
    assert behind("/sign-in", 50, "POST", data={"email": "x"}).status_code == 400


@pytest.mark.parametrize("began", [12], ids=["twelve seconds ago"])
def test_who_is_still_waiting_long_after_the_start_is_asked_to_come_again(behind):
    assert behind("/modules/referrals", 30).status_code == 503


def test_a_form_is_waited_for_longer_and_told_that_it_was_not_taken(behind):
    assert behind("/sign-in", 15, "POST", data={"email": "x"}).status_code == 400

    page = behind("/sign-in", 30, "POST", data={"email": "x"})

    assert page.status_code == 503
    assert "What you have just sent was not taken." in page.text


@pytest.mark.parametrize("path", ["/health/live", "/health/ready"])
def test_machines_that_watch_are_always_answered(behind, path):
    assert behind(path, 3600).status_code == 200


@pytest.mark.parametrize("came", ["", "soon", "1e99", "t=", "99999999999999999999", "-1"])
def test_a_time_that_cannot_be_read_is_none(behind, came):
    assert behind("/modules/referrals", 0, write=came).status_code == 200


def test_without_a_trusted_proxy_nobody_can_say_when_they_came(app):
    page = app.test_client().get("/privacy", headers={"X-Request-Start": "1000000000"})

    assert page.status_code == 200
