"""`quizbot doctor`: every line says how it is, and what to do where it is not well."""

import fcntl
import json
import shutil
import sqlite3
from datetime import timedelta

import pytest
from sqlalchemy import delete, insert, update

from questions.bank import SHIPPED
from quizbot.cli.common import opened
from quizbot.clock import london_day, utc_now
from quizbot.doctor import Level, look_at
from quizbot.store.database import open_database
from quizbot.store.lease import Lease
from quizbot.store.tables import audit, new_id, notice, publication
from quizbot.store.tables import lease as lease_row
from tests.databases import only_reads
from tests.delivery.receivers import HOOK_SECRET
from tests.outbox import smtp
from tools.botapi import BotApi
from tools.connector import BotConnector
from tools.running import free_port


@pytest.fixture
def filled(folder, filled_sqlite, monkeypatch):
    """A service that is in order, but for what is made up."""
    (folder / "var").mkdir()
    shutil.copy(filled_sqlite, folder / "var" / "quizbot.db")
    # All eight banks take a second or two to read: one test does.
    monkeypatch.setattr("quizbot.doctor.SHIPPED", folder)
    monkeypatch.setenv("QUIZBOT_PUBLIC_URL", "https://knowledge.example.org")
    monkeypatch.setenv("QUIZBOT_PROXY", "1")
    monkeypatch.setenv("QUIZBOT_MAIL_FROM", "quiz@knowledge.example.org")


@pytest.fixture
def looks(run):
    """What the doctor says, by the thing looked at; the last where it says several of one."""

    def looks(code=None):
        said = run("doctor", "--json")
        assert said.err == ""
        assert code in (None, said.code)
        return {look["what"]: look for look in json.loads(said.out)}

    return looks


@pytest.fixture
def api(monkeypatch):
    with BotApi() as running:
        monkeypatch.setenv("QUIZBOT_TELEGRAM_TOKEN", running.token)
        monkeypatch.setenv("QUIZBOT_TELEGRAM_API", running.url)
        monkeypatch.setenv("QUIZBOT_TELEGRAM_BOT", "KnowledgeTestBot")
        yield running


def level(look):
    assert look["words"]
    assert bool(look["advice"]) == (look["level"] != "ok")
    return look["level"]


@pytest.fixture
def database(filled):
    opened = open_database("sqlite:///var/quizbot.db")
    yield opened
    opened.dispose()


def test_a_folder_with_nothing_in_it_is_told_what_to_do_first(run, folder, monkeypatch):
    monkeypatch.delenv("QUIZBOT_SECRET_KEY")

    said = run("doctor")

    assert said.code == 1
    assert "fault    database" in said.out
    assert "var/secret-key is missing" in said.out
    assert "make serve" in said.out
    assert said.out.endswith("warnings.\n")
    assert list(folder.iterdir()) == []


def test_looking_makes_no_database(folder, looks):
    (folder / "var").mkdir()

    assert level(looks(1)["database"]) == "fault"
    assert not (folder / "var" / "quizbot.db").exists()
    assert not (folder / "var" / "mail").exists()


def test_settings_that_cannot_be_are_faults_of_their_own(looks, monkeypatch):
    monkeypatch.setenv("QUIZBOT_MAIL_URL", "pigeon:")

    assert looks(1)["settings"]["words"].startswith("QUIZBOT_MAIL_URL: must begin with")


def test_a_service_in_order_has_no_fault(filled, looks):
    found = looks(0)

    assert level(found["database"]) == "ok"
    assert level(found["address"]) == "ok"
    assert level(found["secret"]) == "ok"
    assert level(found["place"]) == "warning"  # the shipped one is made up
    assert level(found["mail"]) == "warning"  # files go nowhere
    assert level(found["worker"]) == "warning"
    assert level(found["Telegram"]) == "ok"


def test_a_place_that_cannot_be_used_is_a_fault(filled, folder, looks, monkeypatch):
    monkeypatch.setenv("QUIZBOT_PLACE", str(folder / "nowhere.toml"))

    found = looks(1)["place"]

    assert "nowhere.toml cannot be used: is missing" in found["words"]
    assert "what runs goes on" in found["advice"]


def test_what_people_are_not_asked_yet_is_told(filled, database, looks, monkeypatch):
    monkeypatch.setattr("quizbot.doctor.SHIPPED", SHIPPED)
    found = looks()["banks"]
    assert level(found) == "warning"
    assert "conferences" in found["words"]  # the test's database has referrals alone

    with database.writing() as connection:
        connection.execute(delete(publication))
    assert level(looks(1)["banks"]) == "fault"


def test_an_old_sqlite_is_told(filled, looks, monkeypatch):
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 40, 1))
    assert level(looks()["SQLite"]) == "warning"

    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 51, 3))
    assert level(looks()["SQLite"]) == "ok"


def test_a_database_that_is_behind_is_a_fault(filled, looks):
    with sqlite3.connect("var/quizbot.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
    connection.close()
    assert "quizbot db upgrade" in looks(1)["database"]["advice"]

    with sqlite3.connect("var/quizbot.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    assert "a newer release's migration, 9999" in looks()["database"]["words"]

    with sqlite3.connect("var/quizbot.db") as connection:
        connection.execute("ALTER TABLE lease RENAME COLUMN done_on TO last_on")
    connection.close()
    assert "newer version" in looks(1)["database"]["advice"]


def test_a_database_that_cannot_be_written_is_a_fault_beside_all_the_rest(
    filled, folder, looks, run
):
    (folder / "var" / "quizbot.db.lock").mkdir()

    found = looks(code=1)

    assert level(found["database"]) == "fault"
    assert "check that the service may write the file" in found["database"]["words"]
    assert level(found["disk"]) == "ok"
    assert run("doctor", "--monitor").code == 2


def test_a_database_that_somebody_holds_is_a_fault_beside_all_the_rest(
    filled, folder, looks, monkeypatch
):
    monkeypatch.setattr("quizbot.store.database.PATIENCE", 0.05)
    with (folder / "var" / "quizbot.db.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)

        found = looks(code=1)

    assert level(found["database"]) == "fault"
    assert "The service is very busy." in found["database"]["words"]
    assert level(found["disk"]) == "ok"


@pytest.mark.parametrize(
    "database_url", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)
def test_a_server_that_only_reads_is_a_fault(service):
    only_reads(service, "on")

    found = [look for look in look_at(service.settings, utc_now) if look.what == "database"]

    only_reads(service, "off")
    assert [look.level for look in found] == [Level.OK, Level.FAULT]
    assert "another database takes over" in found[1].words


def test_an_address_that_is_not_safe_is_a_fault(filled, looks, monkeypatch):
    monkeypatch.setenv("QUIZBOT_PUBLIC_URL", "http://knowledge.example.org")
    assert level(looks(1)["address"]) == "fault"


def test_https_without_a_proxy_is_told(filled, looks, monkeypatch):
    monkeypatch.setenv("QUIZBOT_PROXY", "0")

    assert level(looks()["address"]) == "warning"
    assert "QUIZBOT_PROXY" in looks()["address"]["advice"]


def test_a_mail_server_is_asked(filled, looks, monkeypatch):
    with smtp.running() as server:
        monkeypatch.setenv("QUIZBOT_MAIL_URL", server.url)
        assert level(looks()["mail"]) == "ok"
        assert server.taken == []
        server.refuses["MAIL"] = "553 Not yours"
        assert "QUIZBOT_MAIL_FROM" in looks(1)["mail"]["advice"]
    monkeypatch.setenv("QUIZBOT_MAIL_URL", f"smtp://127.0.0.1:{free_port()}")

    assert "does not answer" in looks(1)["mail"]["words"]


def test_codes_that_wait_and_messages_that_failed_are_told(filled, database, looks):
    row = {
        "person_id": None,
        "channel": "email",
        "kind": "sign-in",
        "goes_alone": True,
        "payload": "{}",
        "tries": 0,
        "trouble": "",
        "made_at": utc_now() - timedelta(hours=3),
        "next_try_at": utc_now() - timedelta(hours=3),
    }
    with database.writing() as connection:
        connection.execute(insert(notice).values(id=new_id(), key="a", state="queued", **row))
    found = looks(1)
    assert found["outbox"]["words"] == "1 code waits, the oldest since 3 hours"

    with database.writing() as connection:
        connection.execute(update(notice).values(state="failed", done_at=utc_now()))
    assert level(looks()["outbox"]) == "warning"


def test_who_is_at_work_is_told(filled, database, looks, monkeypatch):
    Lease(database, utc_now).take()

    assert level(looks()["worker"]) == "ok"


# ---- Microsoft Teams ----------------------------------------------------------------------------


@pytest.fixture
def connector(monkeypatch):
    with BotConnector() as running:
        for name, value in running.settings.items():
            monkeypatch.setenv(f"QUIZBOT_{name.upper()}", value)
        yield running


def test_an_app_in_order_is_told(filled, connector, looks, monkeypatch):
    monkeypatch.setenv("QUIZBOT_PUBLIC_URL", "http://127.0.0.1:8000")
    assert level(looks()["Teams address"]) == "warning"  # Microsoft reaches nobody on loopback

    monkeypatch.setenv("QUIZBOT_PUBLIC_URL", "https://knowledge.example.org")
    found = looks()

    assert [level(found[f"Teams {what}"]) for what in ("secret", "keys", "address")] == ["ok"] * 3
    assert found["Teams address"]["words"].endswith("https://knowledge.example.org/teams/messages")


def test_a_secret_that_has_run_out_and_keys_that_are_away_are_faults(
    filled, connector, looks, monkeypatch
):
    monkeypatch.setenv("QUIZBOT_TEAMS_SECRET", "another")
    assert "make a new secret" in looks(1)["Teams secret"]["advice"]

    monkeypatch.setenv("QUIZBOT_TEAMS_KEYS", f"http://127.0.0.1:{free_port()}/metadata")
    assert level(looks(1)["Teams keys"]) == "fault"


def test_the_package_for_teams_is_written(run, folder, connector, monkeypatch):
    monkeypatch.setenv("QUIZBOT_PUBLIC_URL", "https://knowledge.example.org")

    said = run("bot", "teams-manifest", "teams.zip")

    assert said.code == 0
    assert "Manage apps" in said.out
    assert (folder / "teams.zip").read_bytes().startswith(b"PK")


# ---- Telegram -----------------------------------------------------------------------------------


def test_a_bot_in_order_is_told(filled, database, api, looks):
    found = looks()
    assert found["Telegram token"]["words"] == "it is that of @KnowledgeTestBot"
    well = ("token", "privacy", "webhook", "last error", "updates")
    assert [level(found[f"Telegram {what}"]) for what in well] == ["ok"] * 5
    assert level(found["clock"]) == "ok"
    assert level(found["bot"]) == "warning"

    Lease(database, utc_now, "telegram").take()
    assert level(looks()["bot"]) == "ok"


def test_a_name_that_is_another_bots_is_told(filled, api, looks, monkeypatch):
    assert "Telegram name" not in looks()

    monkeypatch.setenv("QUIZBOT_TELEGRAM_BOT", "AnotherBot")
    assert "Set it to KnowledgeTestBot" in looks()["Telegram name"]["advice"]


def test_a_wrong_token_and_no_answer_are_faults(filled, api, looks, monkeypatch):
    monkeypatch.setenv("QUIZBOT_TELEGRAM_TOKEN", "1:wrong")
    assert "@BotFather" in looks(1)["Telegram token"]["advice"]

    monkeypatch.setenv("QUIZBOT_TELEGRAM_API", f"http://127.0.0.1:{free_port()}")
    assert level(looks(1)["Telegram"]) == "fault"


def test_what_waits_and_what_went_wrong_is_told(filled, api, looks):
    amina = api.world.person()
    for _ in range(60):
        amina.say("Hello?")
    api.world.webhook = {
        "url": "https://elsewhere.example.org/hook",
        "max_connections": 40,
        "last_error_date": int(api.world.now()) - 60,
        "last_error_message": "Wrong response from the webhook: 502 Bad Gateway",
    }

    found = looks(1)

    assert found["Telegram updates"]["words"] == "60 updates wait"
    assert level(found["Telegram updates"]) == "warning"
    assert level(found["Telegram webhook"]) == "fault"
    assert "502 Bad Gateway" in found["Telegram last error"]["words"]


def test_a_webhook_that_is_not_set_yet_is_told(filled, api, looks, monkeypatch):
    monkeypatch.setenv("QUIZBOT_TELEGRAM_WEBHOOK", "https://knowledge.example.org/telegram")

    assert level(looks()["Telegram webhook"]) == "warning"


def test_a_bot_that_reads_whole_groups_is_a_fault(filled, api, looks):
    api.world.bot["can_read_all_group_messages"] = True

    assert "/setprivacy" in looks(1)["Telegram privacy"]["advice"]


@pytest.mark.parametrize(
    ("ahead", "how"), [(0, "ok"), (20, "warning"), (-20, "warning"), (300, "fault")]
)
def test_a_clock_that_is_wrong_is_told(filled, api, looks, ahead, how):
    real = api.world.now
    api.world.now = lambda: real() - ahead

    assert level(looks()["clock"]) == how


def test_a_python_that_was_built_without_optimisation_is_told(filled, looks, monkeypatch):
    monkeypatch.setattr("sys.base_prefix", "/opt/python")
    monkeypatch.setattr("sysconfig.get_config_var", lambda _name: "'--enable-shared'")
    assert level(looks()["Python"]) == "warning"

    monkeypatch.setattr("sysconfig.get_config_var", lambda _name: "'--enable-optimizations'")
    assert level(looks()["Python"]) == "ok"


def test_how_many_answer_requests_is_told(filled, looks, monkeypatch):
    monkeypatch.setenv("QUIZBOT_WORKERS", "3")

    assert looks()["web"]["words"] == "3 workers, 2 requests at once in each"


def test_a_backup_that_is_old_or_was_never_made_is_told(filled, database, looks, run):
    assert level(looks()["backup"]) == "warning"

    run("db", "backup", "copy.db")
    assert level(looks()["backup"]) == "ok"

    with database.writing() as connection:
        old = utc_now() - timedelta(days=9)
        connection.execute(update(audit).where(audit.c.action == "database.backup").values(at=old))
    found = looks()["backup"]
    assert (level(found), found["words"]) == ("warning", "the last was made 9 days ago")


def test_a_day_whose_work_was_not_done_is_told(filled, database, looks):
    assert level(looks()["day"]) == "ok"
    lease = Lease(database, utc_now)
    assert lease.take()
    lease.note_done(london_day(utc_now()))
    lease.let_go()
    assert level(looks()["day"]) == "ok"

    with database.writing() as connection:
        connection.execute(update(lease_row).values(done_on=london_day(utc_now()) - timedelta(3)))

    found = looks(1)["day"]
    assert level(found) == "fault"
    assert found["words"] == "the day's work was last done 3 days ago: nobody is reminded"


def test_a_secret_that_others_can_read_is_told(filled, folder, looks):
    file = folder / "var" / "secret-key"
    file.write_text("a secret for tests only, of no use anywhere")
    file.chmod(0o644)
    assert level(looks()["secret"]) == "warning"

    file.chmod(0o600)
    assert level(looks()["secret"]) == "ok"


def test_a_monitor_gets_one_line_and_a_code(filled, run, monkeypatch):
    said = run("doctor", "--monitor")
    assert said.code == 1
    assert said.out.startswith("WARNING: ")
    assert said.out.count("\n") == 1
    assert "place: names and telephone numbers are those of a made-up place" in said.out

    monkeypatch.setenv("QUIZBOT_PUBLIC_URL", "http://knowledge.example.org")
    said = run("doctor", "--monitor")
    assert said.code == 2
    assert said.out.startswith("CRITICAL: address: http://knowledge.example.org is not https")

    monkeypatch.setenv("QUIZBOT_DATABASE_URL", "sqlite:////proc/none/of/ours.db")
    said = run("doctor", "--monitor")
    assert said.code == 2
    assert said.out.count("\n") == 1


# ---- what is connected --------------------------------------------------------------------------


@pytest.fixture
def hooked(filled, folder, monkeypatch):
    """A service that tells a system of results."""
    (folder / "secret").write_bytes(HOOK_SECRET)
    file = folder / "webhooks.toml"
    file.write_text(
        '[[webhook]]\nname = "hr"\nurl = "https://hr.northmoor.example/"\nsecret_file = "secret"\n'
    )
    monkeypatch.setenv("QUIZBOT_WEBHOOKS", str(file))
    return file


def test_a_connection_without_a_fault_is_told_and_not_asked(looks, hooked):
    look = looks()["connections"]

    assert level(look) == "ok"
    assert look["words"] == "no fault was noted of webhook:hr; nobody was asked"


def test_the_last_fault_of_a_connection_is_told_with_what_to_do(looks, hooked):
    with opened() as service:
        service.connections.note_fault("webhook:hr", "It answers with status 401.")

    look = looks()["webhook:hr"]

    assert level(look) == "warning"
    assert look["words"] == "its last fault, not mended since: It answers with status 401"
    assert "`quizbot connections check` asks again" in look["advice"]


def test_a_file_of_connections_that_is_wrong_is_told(looks, hooked):
    hooked.write_text('[[webhook]]\nname = "hr"\n')

    look = looks(1)["connections"]

    assert level(look) == "fault"
    assert "webhook 1: secret_file is missing" in look["words"]


def test_what_is_not_connected_is_not_told_of(looks, filled):
    assert "connections" not in looks()
