"""The folder of partnerships: who comes, goes and changes, and what is wrong with a file."""

import os
import shutil
import threading

import pytest
from werkzeug.test import Client

from quizbot.config import read_partnership, read_settings
from quizbot.errors import Misconfigured
from quizbot.partnerships import Partnerships
from tests.partnerships.files import look, process_of, write
from tools.waiting import until
from web.halls import Halls, house_of


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "partnerships"
    made.mkdir()
    return made


@pytest.fixture
def found(folder):
    write(folder, "northmoor")
    write(folder, "southbay")
    return Partnerships.of(process_of(folder))


def test_each_file_is_a_partnership_and_nothing_else_is(folder):
    write(folder, "northmoor")
    (folder / "README").write_text("what is here")
    (folder / ".eastfen.env").write_text("QUIZBOT_PUBLIC_URL=not yet")
    (folder / "westlea.env~").write_text("an editor's")

    found = Partnerships.of(process_of(folder))

    assert set(found.served) == {"northmoor"}
    assert found.faults == {}


def test_one_comes_and_one_goes_without_a_restart(folder, found):
    write(folder, "eastfen")
    (folder / "southbay.env").unlink()

    look(found)

    assert set(found.served) == {"northmoor", "eastfen"}


def test_a_file_that_an_editor_puts_aside_for_a_moment_is_not_gone(folder, found):
    content = (folder / "southbay.env").read_text()
    (folder / "southbay.env").unlink()
    found.look()
    (folder / "southbay.env").write_text(content)

    look(found)

    assert set(found.served) == {"northmoor", "southbay"}


def test_a_changed_file_counts_and_an_untouched_one_is_not_read_again(folder, found):
    northmoor, southbay = found.served["northmoor"], found.served["southbay"]
    write(folder, "southbay", mail_from="quiz@southbay.example")

    look(found)

    assert found.served["southbay"].mail_from == "quiz@southbay.example"
    assert found.served["northmoor"] is northmoor
    assert found.served["southbay"] is not southbay


def test_nothing_is_read_where_nothing_changed(found):
    before = dict(found.served)

    assert not found.look()
    assert all(found.served[name] is settings for name, settings in before.items())


def test_a_faulty_new_file_stops_nobody_else_and_is_told(folder, found, capfd):
    write(folder, "eastfen", mail_url="carrier pigeon", quiet_days="when it rains")

    look(found)

    assert set(found.served) == {"northmoor", "southbay"}
    assert "QUIZBOT_MAIL_URL" in found.faults["eastfen"]
    assert "QUIZBOT_QUIET_DAYS" in found.faults["eastfen"]
    told = capfd.readouterr().err
    assert "[eastfen]" in told
    assert f"{folder / 'eastfen.env'}: QUIZBOT_MAIL_URL" in told


def test_a_fault_is_told_once(folder, found, capfd):
    write(folder, "eastfen", mail_url="carrier pigeon")
    look(found)
    capfd.readouterr()

    write(folder, "westlea")
    look(found)

    assert "eastfen" not in capfd.readouterr().err


def test_what_was_served_is_served_on_while_its_file_is_broken(folder, found):
    before = found.served["southbay"]
    (folder / "southbay.env").write_text('QUIZBOT_PUBLIC_URL="never closed\n')

    look(found)

    assert found.served["southbay"] is before
    assert "southbay.env, line 1: write NAME=value" in found.faults["southbay"]


def test_a_mended_file_counts(folder, found):
    (folder / "southbay.env").write_text("nonsense\n")
    look(found)
    write(folder, "southbay", public_url="https://new.southbay.example")

    look(found)

    assert found.faults == {}
    assert found.served["southbay"].public_url == "https://new.southbay.example"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"public_url": "https://northmoor.example:443/"}, "the same name of a machine"),
        ({"hosts": "Northmoor.Example."}, "the same name of a machine"),
        ({"database_url": "sqlite:///var/northmoor/../northmoor/quizbot.db"}, "the same database"),
        ({"secret_key": "northmoor " * 5}, "the same secret"),
        ({"telegram_token": "1:northmoor"}, "the same bot"),
    ],
    ids=["address", "other-name", "database", "secret", "bot"],
)
def test_what_two_new_files_share_is_told_with_both_and_neither_is_served(folder, given, words):
    write(folder, "northmoor", telegram_token="1:northmoor")
    write(folder, "southbay")
    write(folder, "eastfen", **given)

    found = Partnerships.of(process_of(folder))

    assert set(found.served) == {"southbay"}
    for name in ("northmoor", "eastfen"):
        assert f"{folder / 'eastfen.env'} and {folder / 'northmoor.env'}" in found.faults[name]
        assert words in found.faults[name]
    assert "northmoor.example" in found.contested


def test_who_is_served_keeps_what_another_comes_to_want(folder, found):
    write(folder, "eastfen", public_url="https://northmoor.example")

    look(found)

    assert set(found.served) == {"northmoor", "southbay"}
    assert set(found.faults) == {"eastfen"}
    assert found.contested == {}


def test_who_falls_back_to_what_they_had_keeps_it_from_a_new_one(folder, found):
    before = found.served["northmoor"]
    write(folder, "northmoor", public_url="https://southbay.example")
    write(folder, "eastfen", public_url="https://northmoor.example")

    look(found)

    assert found.served["northmoor"] is before
    assert set(found.served) == {"northmoor", "southbay"}
    assert set(found.faults) == {"northmoor", "eastfen"}


def test_two_may_change_places(folder, found):
    write(folder, "northmoor", public_url="https://southbay.example")
    write(folder, "southbay", public_url="https://northmoor.example")

    look(found)

    assert found.faults == {}
    assert found.served["northmoor"].public_url == "https://southbay.example"


def test_a_folder_that_cannot_be_looked_at_changes_nothing(folder, found, capfd):
    folder.rename(folder.with_name("aside"))

    look(found)

    assert set(found.served) == {"northmoor", "southbay"}
    assert "cannot be looked at: No such file or directory. All are served as" in (
        capfd.readouterr().err
    )


def test_a_start_without_the_folder_is_refused(tmp_path):
    with pytest.raises(Misconfigured, match=r"the folder .* cannot be looked at"):
        Partnerships.of(process_of(tmp_path / "nowhere"))


def test_a_file_tells_all_its_faults_together(folder):
    write(folder, "northmoor", secret_key="", hosts="a b..c", scim="/", workers="3", mailurl="x")

    with pytest.raises(Misconfigured) as refused:
        read_partnership(folder / "northmoor.env", process_of(folder))

    told = str(refused.value).splitlines()
    assert all(line.startswith(f"{folder / 'northmoor.env'}: QUIZBOT_") for line in told)
    assert [line.split(": ")[1] for line in told] == [
        "QUIZBOT_MAILURL",
        "QUIZBOT_WORKERS",
        "QUIZBOT_SECRET_KEY",
        "QUIZBOT_HOSTS",
        "QUIZBOT_SCIM",
    ]
    assert "did you mean QUIZBOT_MAIL_URL?" in told[0]
    assert "set it beside QUIZBOT_PARTNERSHIPS" in told[1]


@pytest.mark.parametrize("name", ["Northmoor", "north moor", "-north", "north_moor", "n" * 41])
def test_a_file_with_a_name_that_is_none_is_a_fault(folder, name):
    write(folder, name)

    found = Partnerships.of(process_of(folder))

    assert found.served == {}
    assert "the file's name must be the name of a partnership: small letters" in found.faults[name]


def test_nothing_of_the_environment_becomes_a_partnerships_own(folder, monkeypatch):
    write(folder, "northmoor")
    monkeypatch.setenv("QUIZBOT_TELEGRAM_TOKEN", "1:everybody")
    monkeypatch.setenv("QUIZBOT_MAIL_FROM", "everybody@example.org")
    monkeypatch.setenv("QUIZBOT_SCIM", "Everybody")
    monkeypatch.setenv("QUIZBOT_METRICS_TOKEN", "a-token-of-the-process")
    monkeypatch.setenv("QUIZBOT_PARTNERSHIPS", str(folder))
    monkeypatch.setenv("QUIZBOT_PARTNERSHIP", "northmoor")

    settings = read_settings()

    assert (settings.telegram_token, settings.scim) == ("", "")
    assert "everybody" not in settings.mail_from
    assert settings.metrics_token == "a-token-of-the-process"
    assert settings.partnership == "northmoor"
    assert str(settings.folder) == "var/northmoor"
    assert settings.mail_url == "file:var/northmoor/mail"


def test_who_asks_while_the_folder_is_looked_at_waits_for_what_is_found(
    folder, tmp_path, filled_sqlite
):
    database = tmp_path / "northmoor.db"
    shutil.copy(filled_sqlite, database)
    process = process_of(folder)
    halls = Halls(Partnerships.of(process, tells=False), house_of(process))
    write(folder, "northmoor", database_url=f"sqlite:///{database}")
    os.mkfifo(folder / "slow.env")  # who reads it is held up until somebody writes
    os.utime(folder, ns=(1, 1))  # two changes may come within one tick of the kernel's clock
    codes = []

    def ask():
        codes.append(Client(halls).get("/", base_url="https://northmoor.example").status_code)

    asking = [threading.Thread(target=ask, daemon=True) for _ in range(2)]
    asking[0].start()
    until(halls.partnerships.is_as_looked_at, 60, "the look")
    asking[1].start()
    asking[1].join(0.2)
    (folder / "slow.env").write_text("")
    for thread in asking:
        thread.join(60)

    assert codes == [200, 200]
    halls.halls["northmoor"].service.close()
