"""What operators watch: counts, numbers of requests and lines of the log, none of anybody."""

import json
import logging

import pytest

from quizbot import logs
from quizbot.service import open_service
from quizbot.store.lease import Lease
from tests.conftest import settings_for
from web import create_app
from web.auth import public

TOKEN = "only for these tests, 16".replace(" ", "-")
ALLOWED = {"Authorization": f"Bearer {TOKEN}"}

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def opened(database_url, tmp_path, clock):
    """Makes the pages of a service with these settings."""
    services = []

    def opened(**given):
        services.append(open_service(settings_for(database_url, tmp_path, **given), clock))
        return create_app(services[-1])

    yield opened
    for service in services:
        service.close()


@pytest.fixture
def kept_log():
    """The manner of this process's log, as it was afterwards."""
    root, before = logging.getLogger(), vars(logs.HERE).copy()
    handlers, level = root.handlers[:], root.level
    yield
    vars(logs.HERE).update(before)
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(capture=False)


def lines(capfd):
    """Every line of the log since the last look, read as JSON."""
    said = capfd.readouterr()
    return [json.loads(line) for line in (said.out + said.err).splitlines()]


def counted(visitor):
    """Each count by its name and labels."""
    told = visitor.get("/metrics", headers=ALLOWED)
    assert told.status_code == 200
    pairs = (line.rpartition(" ") for line in told.text.splitlines() if line[0] != "#")
    return {name: float(value) for name, _, value in pairs}


def test_without_a_token_set_there_are_no_counts(opened):
    visitor = opened().test_client()

    assert visitor.get("/metrics", headers=ALLOWED).status_code == 404
    assert "X-Request-Id" not in visitor.get("/").headers


@pytest.mark.parametrize("given", ["", "Bearer", f"Bearer {TOKEN}x", "Bearer é", f"Basic {TOKEN}"])
def test_counts_are_for_whoever_has_the_token(opened, given):
    told = (
        opened(metrics_token=TOKEN).test_client().get("/metrics", headers={"Authorization": given})
    )

    assert (told.status_code, told.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert "knowledge_" not in told.text


def test_answers_are_counted_by_page_and_what_came_of_them(opened):
    visitor = opened(metrics_token=TOKEN).test_client()
    for _ in range(3):
        visitor.get("/modules/referrals")
    visitor.get("/modules/nothing-of-ours")
    visitor.get("/me")
    visitor.open("/", method="BREW")

    found = counted(visitor)

    page = 'page="modules.show",status'
    assert found[f'knowledge_requests_total{{method="GET",{page}="200"}}'] == 3
    assert found[f'knowledge_requests_total{{method="GET",{page}="404"}}'] == 1
    assert found['knowledge_requests_total{method="GET",page="me.show",status="303"}'] == 1
    assert found['knowledge_requests_total{method="other",page="none",status="405"}'] == 1
    assert found['knowledge_request_seconds_count{page="modules.show"}'] == 4


def test_addresses_that_are_made_up_do_not_become_counts_of_their_own(opened):
    visitor = opened(metrics_token=TOKEN).test_client()
    for number in range(20):
        visitor.get(f"/amina-rahman-{number}?email=amina@northmoor.example")

    told = visitor.get("/metrics", headers=ALLOWED).text

    assert 'knowledge_requests_total{method="GET",page="none",status="404"} 20.0' in told
    assert "amina" not in told.lower()


def test_what_is_owed_and_who_is_at_work_is_counted(opened, service, clock):
    service.sign_in.ask("amina@northmoor.example")
    clock.forward(minutes=20)
    lease = Lease(service.database, clock)
    assert lease.take()
    lease.note_done(service.today())

    found = counted(opened(metrics_token=TOKEN).test_client())

    assert found['knowledge_messages{state="queued"}'] == 1
    assert found['knowledge_messages{state="late code"}'] == 1
    assert found['knowledge_messages{state="failed"}'] == 0
    assert found['knowledge_at_work{part="work"}'] == 1
    assert found['knowledge_at_work{part="telegram"}'] == 0
    assert found["knowledge_day_done"] == (service.today() - type(service.today())(1970, 1, 1)).days


def test_each_answer_has_a_number_that_the_log_has_too(opened, kept_log, capfd):
    visitor = opened(log_requests=True).test_client()
    logs.begin("quizbot web", as_json=True)
    capfd.readouterr()

    number = visitor.get("/privacy?who=amina").headers["X-Request-Id"]

    (line,) = lines(capfd)
    assert line.pop("ms") >= 0
    assert line.pop("time").endswith("+00:00")
    assert line == {
        "level": "info",
        "part": "quizbot web",
        "words": "answered",
        "request": number,
        "page": "about.privacy",
        "method": "GET",
        "status": 200,
    }


@pytest.mark.parametrize(
    ("proxy", "given", "is_taken"),
    [(1, "7f3a91bc-0042", True), (0, "7f3a91bc-0042", False), (1, "amina rahman", False),
     (1, "short", False), (1, "x" * 65, False)],
)  # fmt: skip
def test_a_number_is_taken_from_a_trusted_proxy_alone(opened, proxy, given, is_taken):
    visitor = opened(log_requests=True, proxy=proxy).test_client()

    number = visitor.get("/privacy", headers={"X-Request-ID": given}).headers["X-Request-Id"]

    assert (number == given) == is_taken


def test_what_went_wrong_is_logged_with_its_number_and_without_its_words(opened, kept_log, capfd):
    app = opened()
    app.add_url_rule("/broken", "broken", public(lambda: int("Amina's own words")))
    logs.begin("quizbot web", as_json=True)
    capfd.readouterr()

    page = app.test_client().get("/broken")

    (line,) = lines(capfd)
    assert page.status_code == 500
    assert f"Its number is {line['request']}." in page.text
    assert (line["words"], line["error"]) == ("unforeseen ValueError", "ValueError")
    assert line["page"] == "broken"
    assert any("test_watch.py" in step for step in line["at"])
    assert "Amina" not in json.dumps(line)
