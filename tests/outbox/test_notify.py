"""Mail by GOV.UK Notify, through its own client, to an emulator that is as strict as it is."""

import json
import re
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import jwt
import pytest
from sqlalchemy import select

from quizbot.outbox.mail import Fate, Mail, Reason
from quizbot.outbox.notify import Notify, NotifyWay, read_notify
from quizbot.outbox.ways import mailer, reach
from quizbot.service import open_service
from quizbot.store.tables import notice
from quizbot.work import Work
from tests.conftest import settings_for

SERVICE = "26785a09-ab16-4eb0-8407-a37497a57506"
SECRET = "3d844edf-8d35-48ac-975b-e847b4f122b0"
KEY = f"knowledge-{SERVICE}-{SECRET}"
TEMPLATE = "f33517ff-2a88-4f6e-b855-c550268ce08a"
MAIL = Mail("amina@northmoor.example", "123456 is your sign-in code", "Your code\n\nis 123456")


@dataclass
class NotifyApi:
    """What came, and how it answers."""

    url: str = ""
    kind: str = "live"  # of the key or its service: live, team, trial
    limit: int = 1000
    template: dict = field(
        default_factory=lambda: {"type": "email", "subject": "((subject))", "body": "((text))"}
    )
    kept: list = field(default_factory=list)
    status: int = 0  # with which the next message is answered instead
    keeps_it: bool = False  # though it answers so
    hangs: bool = False
    knows_nothing: bool = False  # it cannot even say what it has

    def refusal(self, status, error, message):
        return status, {"status_code": status, "errors": [{"error": error, "message": message}]}

    def send(self, asked):
        personal = asked.get("personalisation", {})
        if asked["template_id"] != TEMPLATE:
            return self.refusal(400, "BadRequestError", "Template not found")
        if not {"subject", "text"} <= set(personal):
            return self.refusal(400, "BadRequestError", "Missing personalisation: subject, text")
        if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[a-z]+", asked["email_address"]):
            told = "email_address Not a valid email address"
            return self.refusal(400, "ValidationError", told)
        if self.kind == "team":
            told = "Can’t send to this recipient using a team-only API key"
            return self.refusal(400, "BadRequestError", told)
        if self.kind == "trial":
            told = "Can’t send to this recipient when service is in trial mode"
            return self.refusal(400, "BadRequestError", told)
        if len(self.kept) >= self.limit:
            return self.refusal(
                429, "TooManyRequestsError", "Exceeded send limits (1000) for today"
            )
        made = {
            "id": str(uuid4()),
            "reference": asked["reference"],
            "status": "sending",
            "type": "email",
            "created_at": datetime.now(UTC).isoformat(timespec="microseconds"),
            "subject": personal["subject"],
        }
        if not self.status or self.keeps_it:
            self.kept.insert(0, made)
        if self.status:
            return self.status, {"errors": [{"error": "Exception", "message": "Internal error"}]}
        return 201, made

    def listed(self, query):
        found = self.kept
        if "reference" in query:
            found = [one for one in found if one["reference"] == query["reference"][0]]
        if "status" in query:
            found = [one for one in found if one["status"] == query["status"][0]]
        if "older_than" in query:
            ids = [one["id"] for one in found]
            found = found[ids.index(query["older_than"][0]) + 1 :]
        return 200, {"notifications": found[:2], "links": {}}


@contextmanager
def running():
    api, over = NotifyApi(), threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def answer(self, asked=None):
            try:
                told = jwt.decode(
                    self.headers["Authorization"].removeprefix("Bearer "),
                    SECRET,
                    algorithms=["HS256"],
                    issuer=SERVICE,
                )
                assert abs(time.time() - told["iat"]) < 30
            except (jwt.InvalidTokenError, AssertionError):
                return self.say(*api.refusal(403, "AuthError", "Invalid token: signature"))
            parts = urlsplit(self.path)
            if asked is not None:
                if api.hangs:
                    if api.keeps_it:
                        api.send(asked)
                    over.wait(5)
                    return None
                return self.say(*api.send(asked))
            if parts.path.startswith("/v2/template/"):
                if not parts.path.endswith(TEMPLATE):
                    return self.say(*api.refusal(404, "NoResultFound", "No result found"))
                return self.say(200, api.template)
            if api.knows_nothing:
                return self.say(500, {})
            return self.say(*api.listed(parse_qs(parts.query)))

        def do_GET(self):
            self.answer()

        def do_POST(self):
            self.answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

        def say(self, status, content):
            body = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    api.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield api
    finally:
        over.set()
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def api():
    with running() as api:
        yield api


@pytest.fixture
def key_file(tmp_path):
    file = tmp_path / "notify-key"
    file.write_text(KEY + "\r\n")
    return file


@pytest.fixture
def url(api, key_file):
    return f"notify:{key_file}?template={TEMPLATE}&api={api.url}"


@pytest.fixture
def send(url):
    """Have one message sent; what became of it."""
    sending = mailer(url, "The Knowledge <quiz@knowledge.example>")
    return lambda mail=MAIL, number="": sending(mail, number or str(uuid4()))


def test_a_message_is_handed_over_with_our_number(api, send):
    number = str(uuid4())

    assert send(number=number).fate is Fate.SENT
    assert [(one["reference"], one["subject"]) for one in api.kept] == [(number, MAIL.subject)]


@pytest.mark.parametrize(
    ("kind", "words"), [("team", "this key"), ("trial", "on trial")], ids=["team", "trial"]
)
def test_a_key_that_reaches_the_team_alone_is_told_as_that(api, send, kind, words):
    api.kind = kind

    sent = send()

    assert (sent.fate, sent.reason) == (Fate.FAILED, Reason.TRIAL)
    assert words in sent.trouble
    assert "@" not in sent.trouble


def test_an_address_that_is_none_is_told_as_that(send):
    sent = send(Mail("nobody", "A", "B"))

    assert (sent.fate, sent.reason) == (Fate.FAILED, Reason.WRONG_ADDRESS)


def test_the_limit_of_a_day_holds_all_messages_back(api, send):
    api.limit = 0

    sent = send()

    assert sent.fate is Fate.DOWN
    assert "limit of the day" in sent.trouble


def test_a_key_that_is_not_known_holds_all_back(send, key_file):
    key_file.write_text(KEY[:-1] + "1")

    sent = send()

    assert sent.fate is Fate.DOWN
    assert "does not take our key" in sent.trouble


def test_the_words_of_its_client_are_in_no_log(send, key_file, caplog):
    key_file.write_text(KEY[:-1] + "1")

    send()

    assert caplog.messages == []


@pytest.mark.parametrize(("kept", "fate"), [(True, Fate.SENT), (False, Fate.RETRY)])
def test_after_an_error_there_it_is_looked_up(api, send, kept, fate):
    api.status, api.keeps_it = 500, kept

    assert send().fate is fate


@pytest.mark.parametrize(("kept", "fate"), [(True, Fate.SENT), (False, Fate.RETRY)])
def test_a_message_whose_answer_never_came_is_looked_up(api, url, kept, fate):
    api.hangs, api.keeps_it = True, kept
    notify = Notify(read_notify(url.removeprefix("notify:")))
    notify._client().timeout = 0.3

    assert notify.send(MAIL, str(uuid4())).fate is fate


def test_a_message_of_which_notify_cannot_say_whether_it_has_it_is_never_repeated(api, send):
    api.status, api.keeps_it, api.knows_nothing = 500, True, True

    assert send().fate is Fate.UNCERTAIN


def test_where_nobody_answers_nothing_was_sent(url, api):
    with running() as gone:
        pass
    sending = mailer(url.replace(api.url, gone.url), "quiz@knowledge.example")

    sent = sending(MAIL, str(uuid4()))

    assert (sent.fate, sent.trouble) == (Fate.DOWN, "GOV.UK Notify does not answer")


def test_whether_it_could_send_is_seen_without_sending(api, url):
    assert reach(url, "quiz@knowledge.example").fate is Fate.SENT
    assert api.kept == []


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ({"type": "sms", "body": "((subject)) ((text))"}, "must be one for e-mail"),
        ({"type": "email", "subject": "News", "body": "((text))"}, "with ((subject)) and ((text))"),
    ],
)
def test_a_template_that_cannot_hold_a_message_is_told(api, url, template, words):
    api.template = template

    assert words in reach(url, "quiz@knowledge.example").trouble


def test_a_template_that_is_not_there_is_told(url):
    other = url.replace(TEMPLATE, str(uuid4()))

    assert reach(other, "quiz@knowledge.example").trouble == "GOV.UK Notify has no such template"


@pytest.mark.parametrize("text", ["", "abc", KEY[:-3], f"{KEY}\n{KEY}", f"{KEY} x"])
def test_a_file_without_a_key_is_told_and_what_it_holds_is_not(key_file, text):
    key_file.write_text(text)

    sent = Notify(NotifyWay(key_file, TEMPLATE)).reach()

    assert sent.fate is Fate.DOWN
    assert "holds no key of GOV.UK Notify" in sent.trouble
    assert SECRET not in sent.trouble


@pytest.mark.parametrize(
    "rest",
    [
        "",
        "?template=" + TEMPLATE,
        "/key",
        "/key?template=7",
        f"/key?template={TEMPLATE}&api=http://notify.example.org",
        f"/key?template={TEMPLATE}&more=1",
    ],
)
def test_an_address_that_names_not_all_is_refused(rest):
    with pytest.raises(ValueError, match=r"notify:|api="):
        read_notify(rest)


def test_what_comes_back_is_told_to_the_lead(api, url, database_url, tmp_path, clock, people):
    clock.at = datetime.now(UTC)
    service = open_service(settings_for(database_url, tmp_path, mail_url=url), clock)
    service.sign_in.ask("amina@northmoor.example")
    work = Work(service)
    work.once()
    api.kept[0]["status"] = "permanent-failure"
    clock.forward(minutes=10)
    work._looked_at -= 600

    assert work.look_for_bounces() == 1

    with service.database.reading() as connection:
        row = connection.execute(select(notice).where(notice.c.kind == "sign-in")).one()
    assert (row.state, row.reason) == ("failed", Reason.WRONG_ADDRESS.value)
    assert row.trouble == "the mailbox does not exist"
    work._looked_at -= 600
    assert work.look_for_bounces() == 0
    service.close()


def test_what_came_back_is_sought_page_by_page_as_far_as_it_may_matter(api, url, send):
    numbers = [str(uuid4()) for _ in range(5)]
    for number in numbers:
        send(number=number)
    for one in api.kept:
        one["status"] = "permanent-failure"
    api.kept[-1]["created_at"] = (datetime.now(UTC) - timedelta(days=9)).isoformat()
    api.kept[0]["reference"] = "of another sender"

    since = datetime.now(UTC) - timedelta(days=4)
    found = [
        bounce.number for bounce in Notify(read_notify(url.removeprefix("notify:"))).bounces(since)
    ]

    assert found == [UUID(number) for number in reversed(numbers[1:-1])]
