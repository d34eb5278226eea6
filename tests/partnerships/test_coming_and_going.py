"""While it serves, a partnership comes, goes, changes, breaks or hangs, and the others go on."""

import fcntl
import threading
import time
import urllib.request
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, build_opener

import pytest

from tests.outbox import smtp
from tests.partnerships.files import write
from tests.partnerships.serving import AMINA, CARYS, EFUA, Caller
from tools.waiting import until as until_asked_often

# A page, the counts or the log are each asked for anew: every 0.1 seconds is often enough.
until = partial(until_asked_often, every=0.1)


@pytest.fixture
def westlea(three, filled_sqlite):
    """A fourth, that comes while the three are served and goes afterwards."""
    several = three[0].several
    with ExitStack() as stack:
        mail = stack.enter_context(smtp.running())
        folder = several.folder / "var" / "westlea"
        is_new = not folder.exists()
        url = (
            several.own_database("westlea", filled_sqlite)
            if is_new
            else f"sqlite:///{folder / 'quizbot.db'}"
        )
        made = several.partnership("westlea", url, mail)
        yield made
        (several.files / "westlea.env").unlink(missing_ok=True)
        until(lambda: all(status(made) == 421 for _ in range(12)), 60, "the end of Westlea")


@pytest.fixture
def settled(westlea):
    """The same, once every web worker serves it."""
    until(lambda: all(status(westlea) == 200 for _ in range(12)), 60, "Westlea everywhere")
    return westlea


def status(partnership, path="/", host=""):
    headers = {"Host": host or partnership.host}
    request = urllib.request.Request(partnership.url + path, headers=headers)
    try:
        with build_opener(Unmoved).open(request, timeout=60) as answer:
            return answer.status
    except HTTPError as error:
        with error:
            return error.code


class Unmoved(HTTPRedirectHandler):
    """Follows nobody who leads elsewhere."""

    def redirect_request(self, *_):
        return None


def count(partnership, name):
    return partnership.several.counts().get(
        f'knowledge_partnership_{name}{{partnership="{partnership.name}"}}'
    )


def told(several, name, words):
    return any(
        line.get("partnership") == name and words in str(line["words"]) for line in several.lines()
    )


def change(partnership, **given):
    """Write its file anew, with something else in it."""
    own = partnership.settings.model_dump(include=partnership.settings.model_fields_set)
    del own["partnership"]
    write(partnership.several.files, partnership.name, **(own | given))


def test_a_fourth_is_served_at_once_pages_mail_and_all(westlea):
    assert status(westlea) == 200

    visitor = Caller(westlea)

    assert visitor.sign_in(AMINA).path == "/me"
    assert "Westlea Partnership for Children" in visitor.get("/").words
    until(lambda: count(westlea, "served") == 1, 60, "its count")


def test_one_that_is_taken_away_is_nobody_and_the_others_are_not_disturbed(three, settled):
    visitor, other = Caller(settled), Caller(three[0])
    visitor.sign_in(AMINA)
    other.sign_in(AMINA)

    (settled.several.files / "westlea.env").unlink()

    until(lambda: visitor.refused("/me")[0] == 421, 60, "its end")
    until(lambda: count(settled, "served") is None, 60, "the end of its count")
    gone = "no longer served: its file is gone"
    until(lambda: told(settled.several, "westlea", gone), 60, "the line")
    assert other.get("/me").path == "/me"


def test_one_whose_file_is_broken_is_served_as_before_and_it_is_told(three):
    _, southbay, _ = three
    file = southbay.several.files / "southbay.env"
    whole = file.read_text()

    file.write_text(whole + "QUIZBOT_MAIL_URL=carrier pigeon\nnonsense\n")

    until(lambda: count(southbay, "faulty") == 1, 60, "the count of the fault")
    assert [status(one) for one in three] == [200, 200, 200]
    assert count(southbay, "served") == 1
    until(
        lambda: told(southbay.several, "southbay", "QUIZBOT_MAIL_URL: must begin with"),
        30,
        "the line",
    )
    file.write_text(whole)
    until(lambda: count(southbay, "faulty") == 0, 60, "the end of the fault")


def test_a_new_file_with_anothers_name_is_told_with_both_and_changes_nothing(three, settled):
    northmoor, several = three[0], settled.several
    change(settled, public_url=f"http://{northmoor.host}")

    until(lambda: count(settled, "faulty") == 1, 60, "the count of the fault")
    with pytest.raises(RuntimeError) as listed:
        several.quizbot("partnerships", "list")

    for name in ("northmoor.env", "westlea.env"):
        assert str(several.files / name) in str(listed.value)
    assert "both are reached by the same name of a machine" in str(listed.value)
    assert "Northmoor Partnership for Children" in Caller(northmoor).get("/").words
    assert status(settled) == 200  # as before


def test_one_whose_database_has_no_tables_is_served_once_it_has(three, settled):
    several = settled.several
    change(settled, database_url=f"sqlite:///{several.folder / 'var' / 'westlea' / 'new.db'}")
    until(lambda: count(settled, "faulty") == 1, 60, "the count of the fault")
    assert told(several, "westlea", "has no tables yet")
    assert status(settled) == 200  # as before

    several.quizbot("--partnership", "westlea", "db", "upgrade")

    until(lambda: count(settled, "faulty") == 0, 60, "the end of the fault")
    until(lambda: status(settled, "/health/ready") == 503, 60, "pages without questionnaires")
    assert [status(one, "/health/ready") for one in three] == [200, 200, 200]


def test_a_change_counts_for_the_next_message(settled):
    Caller(settled).sign_in(AMINA)

    change(settled, mail_from="Somebody new <new@westlea.example>")

    def sender():
        Caller(settled).sign_in(CARYS)
        return str(settled.mail.taken[-1]["From"])

    until(lambda: sender() == "Somebody new <new@westlea.example>", 60, "the new sender")


def test_from_other_names_of_one_people_are_led_to_its_address(settled):
    name = f"old-name.example:{settled.port}"
    assert status(settled, host=name) == 421

    change(settled, hosts=f"other.example, {name}")

    until(lambda: status(settled, host=name) == 308, 60, "the way there")
    request = urllib.request.Request(f"{settled.url}/me?x=%20y", headers={"Host": name})
    with pytest.raises(HTTPError) as moved:
        build_opener(Unmoved).open(request, timeout=60)
    with moved.value as answer:
        assert answer.headers["Location"].startswith(f"http://{settled.host}/me?x=")
    form = urllib.request.Request(f"{settled.url}/sign-in", b"email=x", {"Host": name})
    with pytest.raises(HTTPError) as refused:
        urllib.request.urlopen(form, timeout=60)
    with refused.value as answer:
        assert answer.code == 400
        assert f"This service is at http://{settled.host}" in answer.read().decode()


def test_a_mail_server_that_hangs_holds_up_nobody_else(three):
    northmoor, southbay, eastfen = three
    northmoor.mail.hangs_at = "MAIL"
    waiting = Caller(northmoor)
    waiting.get("/sign-in")
    waiting.post("/sign-in", ("email", EFUA))
    until(lambda: northmoor.mail.hanging, 60, "the hang")

    for other in (southbay, eastfen):
        Caller(other).sign_in(EFUA)

    assert northmoor.mail.hanging  # meanwhile and still
    northmoor.mail.hangs_at = ""


@contextmanager
def held(partnership):
    """Its database cannot be written, as when a disk hangs."""
    path = partnership.several.folder / "var" / partnership.name / "quizbot.db.lock"
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def test_a_database_that_hangs_holds_up_nobody_else(three):
    northmoor, southbay, eastfen = three
    visitors = [Caller(northmoor) for _ in range(12)]
    for visitor in visitors:
        visitor.get("/sign-in")
    ends = []

    def post(visitor):
        with suppress(HTTPError, URLError, TimeoutError):
            visitor.post("/sign-in", ("email", "nobody@northmoor.example"))
        ends.append(time.monotonic())

    with held(northmoor):
        posting = [threading.Thread(target=post, args=(visitor,)) for visitor in visitors]
        for thread in posting:
            thread.start()
        for other in (southbay, eastfen):
            Caller(other).sign_in(CARYS)
        served_at = time.monotonic()

    for thread in posting:
        thread.join(60)
    assert max(ends) > served_at  # meanwhile and still
    until(lambda: status(northmoor) == 200, 60, "Northmoor's pages")


def test_work_once_does_it_for_each_and_tells_who_failed(three, westlea):
    several = westlea.several
    (several.files / "broken.env").write_text("QUIZBOT_PUBLIC_URL=nowhere\n")
    try:
        done = several.ended("work", "--once")
    finally:
        (several.files / "broken.env").unlink()

    assert done.returncode == 1
    assert done.stderr.endswith("Not done for broken.\n")
    assert done.stdout.split("\n")[::2] == ["eastfen:", "northmoor:", "southbay:", "westlea:", ""]


def test_the_doctor_looks_at_each_and_says_whom_its_advice_is_for(three):
    several = three[0].several

    done = several.ended("doctor", "--monitor")

    assert done.returncode == 2  # nobody's address is https
    for one in three:
        assert f"{one.name}: address: http://{one.host} is not https" in done.stdout


def test_a_command_that_does_not_say_whom_it_means_is_refused(three):
    done = three[0].several.ended("units", "list")

    assert done.returncode == 1
    assert done.stderr == (
        "Say which partnership is meant: `quizbot --partnership NAME …`, or QUIZBOT_PARTNERSHIP,"
        " with one of eastfen, northmoor, southbay.\n"
    )


def test_a_demonstration_is_made_in_nobodys_database(three):
    for words in (("demo",), ("--partnership", "northmoor", "demo")):
        done = three[0].several.ended(*words)

        assert done.returncode == 1
        assert "A demonstration is no partnership of QUIZBOT_PARTNERSHIPS" in done.stderr
