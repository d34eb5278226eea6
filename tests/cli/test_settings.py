"""Settings as operators write them: empty is not set, what is unknown is told, a file is read."""

import os

import pytest

from quizbot.cli.serve import must_be_free
from quizbot.config import Settings, read_settings, workers_for
from quizbot.errors import Misconfigured
from tests.house import ROOT
from tools.running import Running, free_port

NAMES = [f"QUIZBOT_{name.upper()}" for name in Settings.model_fields if name != "secret_key"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", ["", "  ", "\t"])
@pytest.mark.parametrize("in_file", [True, False], ids=["file", "environment"])
def test_an_empty_setting_is_not_set(folder, monkeypatch, name, value, in_file):
    as_without = read_settings()
    if in_file:
        (folder / ".env").write_text(f"{name}={value}\n")
    else:
        monkeypatch.setenv(name, value)

    assert read_settings() == as_without
    assert read_settings().model_fields_set == as_without.model_fields_set


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("QUIZBOT_PUBLIC_ADDRESS", "QUIZBOT_PUBLIC_URL"),
        ("QUIZBOT_MAILURL", "QUIZBOT_MAIL_URL"),
        ("quizbot_proxi", "QUIZBOT_PROXY"),
        ("QUIZBOT_SIGNATURE_NEED", "QUIZBOT_SIGNATURE_NEEDED"),
    ],
)
@pytest.mark.parametrize("in_file", [True, False], ids=["file", "environment"])
def test_a_name_that_is_no_setting_is_told_with_the_nearest(
    run, filled, monkeypatch, name, nearest, in_file
):
    monkeypatch.setattr("quizbot.cli.common.TOLD", set())
    if in_file:
        (filled / ".env").write_text(f"{name}=x\n")
    else:
        monkeypatch.setenv(name, "x")

    said = run("units", "list")

    assert said.code == 0
    assert said.sentence == (
        f"{name.upper()} is no setting, so it does nothing: did you mean {nearest}?"
    )
    assert name.upper() in run("doctor").out


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("QUIZBOT_PROXY", "yes", "must be a whole number"),
        ("QUIZBOT_PROXY", "-1", "must be 0 or more"),
        ("QUIZBOT_THREADS", "99", "must be 8 or less"),
        ("QUIZBOT_LTI", "perhaps", "must be yes or no"),
        ("QUIZBOT_XAPI_VERSION", "3", "must be '1.0.3' or '2.0.0'"),
    ],
)
def test_a_value_of_another_kind_is_told_in_plain_words(folder, monkeypatch, name, value, told):
    monkeypatch.setenv(name, value)

    with pytest.raises(Misconfigured, match=f"^{name}: {told}$"):
        read_settings()


@pytest.mark.parametrize("contact", ["Security@Northmoor.example", "https://example.org/report"])
def test_whom_to_tell_of_a_weakness_may_be_written_in_capitals(folder, monkeypatch, contact):
    monkeypatch.setenv("QUIZBOT_SECURITY_CONTACT", contact)

    assert read_settings().security_contact == contact


def test_a_name_like_no_other_is_told_too(run, filled, monkeypatch):
    monkeypatch.setattr("quizbot.cli.common.TOLD", set())
    monkeypatch.setenv("QUIZBOT_XYZZY", "1")

    assert "QUIZBOT_XYZZY is no setting" in run("units", "list").sentence


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_file_may_begin_with_a_byte_order_mark(folder, encoding):
    (folder / ".env").write_text("QUIZBOT_PROXY=2\n", encoding=encoding)

    assert read_settings().proxy == 2


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("QUIZBOT_PROXY=2\n".encode("utf-16"), ".env is not UTF-8 text: save it as UTF-8."),
        ("QUIZBOT_PROXY=2\n".encode("utf-16-le"), ".env is not UTF-8 text: save it as UTF-8."),
        ("# Môn\n".encode("latin-1"), ".env is not UTF-8 text: save it as UTF-8."),
        (b"QUIZBOT_PROXY=2\nhello there\n", ".env, line 2: write NAME=value"),
        (b'QUIZBOT_MAIL_FROM="never closed\n', ".env, line 1: write NAME=value"),
        (None, ".env cannot be read: Is a directory."),
    ],
)
def test_a_file_that_cannot_be_read_is_told(run, filled, content, words):
    if content is None:
        (filled / ".env").mkdir()
    else:
        (filled / ".env").write_bytes(content)

    assert words in run("units", "list").sentence
    with pytest.raises(Misconfigured):
        read_settings()


@pytest.fixture
def not_root():
    """Somebody who may not read everything."""
    was = os.geteuid()
    if was == 0:
        os.seteuid(65534)
    yield
    os.seteuid(was)


def test_a_file_of_another_user_is_told(folder, request):
    (folder / ".env").write_text("QUIZBOT_PROXY=1\n")
    (folder / ".env").chmod(0)
    folder.chmod(0o755)
    request.getfixturevalue("not_root")

    with pytest.raises(Misconfigured) as told:
        read_settings()

    assert str(told.value) == ".env may not be read: give it to the user that runs this."


# Where it listens


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "[::]", "0", "::0"])
def test_everywhere_is_no_address_for_letters(run, filled, host):
    said = run("serve", "--host", host, "--port", free_port())

    assert said.code == 1
    assert said.sentence.startswith("Set QUIZBOT_PUBLIC_URL to the address that people open: ")
    assert said.out == ""


@pytest.mark.parametrize(
    ("host", "number"),
    [("127.0.0.1", "127.0.0.1"), ("::1", "::1"), ("[::1]", "::1"), ("::", "::")],
)
def test_it_listens_on_either_kind_of_address(host, number):
    assert must_be_free(host, free_port()) == number


@pytest.mark.parametrize("host", ["no-such-host.invalid", "a" * 70, "fe80::zz", ""])
def test_what_is_no_address_of_this_machine_is_told(host):
    with pytest.raises(Misconfigured, match="no address of this machine"):
        must_be_free(host, free_port())


@pytest.mark.faults
@pytest.mark.parametrize("host", ["::1", "::"])
def test_people_reach_it_by_ipv6(tmp_path, host):
    running = Running(tmp_path)
    running.starts_with = ("serve", "--set-up", "--host", host)
    running.environment["QUIZBOT_PUBLIC_URL"] = running.url = f"http://[::1]:{running.port}"
    running.start()
    running.stop()


@pytest.mark.parametrize(
    ("url", "cores", "workers"),
    [
        ("sqlite:///var/quizbot.db", 16, 2),
        ("postgresql://quiz@db/quiz", 1, 2),
        ("postgresql://quiz@db/quiz", 4, 4),
        ("postgresql://quiz@db/quiz", 64, 8),
    ],
)
def test_there_are_as_many_workers_as_cores_and_database_bear(url, cores, workers):
    assert workers_for(url, cores) == workers
    assert read_settings(database_url=url, workers=3).web_workers == 3


@pytest.mark.parametrize("name", ["QUIZBOT_WORKERS", "QUIZBOT_THREADS"])
@pytest.mark.parametrize("value", ["0", "-1", "two", "1000"])
def test_a_number_of_workers_that_cannot_be_is_refused(folder, monkeypatch, name, value):
    monkeypatch.setenv(name, value)

    with pytest.raises(Misconfigured, match=name):
        read_settings()


def test_the_readme_tells_every_setting_and_links_every_paper():
    readme = (ROOT / "README.md").read_text("utf-8")
    papers = [path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").rglob("*.md")]

    assert [name for name in [*NAMES, "QUIZBOT_SECRET_KEY"] if f"`{name}`" not in readme] == []
    assert [paper for paper in papers if f"]({paper})" not in readme] == []
