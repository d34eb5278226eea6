"""Every command: help at every level, one sentence for a refusal, lists as JSON."""

import json
import os
import socket
import sqlite3
import stat
import subprocess
import sys
from dataclasses import fields
from datetime import UTC, datetime

import click
import pytest

from questions.place import SHIPPED as SHIPPED_PLACE
from quizbot.cli import quizbot
from quizbot.cli.requirements import read_drafts
from quizbot.cli.serve import prepare
from quizbot.clock import utc_now
from quizbot.config import SECRET_FILE, make_secret, read_settings
from quizbot.errors import Misconfigured
from quizbot.standing.requirements import Draft
from tests.gate.samples import question, write_bank
from tests.house import ROOT


def every_command(group=quizbot, path=()):
    """All groups and commands by the words that call them."""
    context = click.Context(group)
    yield path, group
    if isinstance(group, click.Group):
        for name in group.list_commands(context):
            yield from every_command(group.get_command(context, name), (*path, name))


COMMANDS = dict(every_command())


@pytest.mark.parametrize("words", list(COMMANDS), ids=" ".join)
@pytest.mark.parametrize("help_", ["--help", "-h"])
def test_help_at_every_level(run, words, help_):
    said = run(*words, help_)

    assert said.code == 0
    assert said.out.startswith(f"Usage: {' '.join(('quizbot', *words))}")
    assert said.err == ""


@pytest.mark.parametrize("words", list(COMMANDS), ids=" ".join)
def test_every_command_says_what_it_is_for(words):
    command = COMMANDS[words]

    assert command.help
    options = [option for option in command.params if isinstance(option, click.Option)]
    assert all(option.help or option.hidden or option.show_default for option in options)


@pytest.mark.parametrize(
    "words",
    [
        ("no-such-command",),
        ("people", "no-such-command"),
        ("people", "import"),
        ("people", "import", "a.csv", "--no-such-option"),
        ("people", "grant", "a@b.cd", "king", "Northmoor"),
        ("serve", "--port", "a"),
        ("serve", "--port", "0"),
        ("serve", "--port", "65536"),
        ("work", "extra"),
        ("db", "upgrade", "extra"),
    ],
    ids=" ".join,
)
def test_misuse_exits_2_and_says_how_it_is_used(run, words):
    said = run(*words)

    assert said.code == 2
    assert said.out == ""
    assert "Error: " in said.err
    assert "Traceback" not in said.err


def test_the_version(run):
    assert run("--version").out.startswith("quizbot")


# Refusals: one sentence, exit 1


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("people", "import", "no-such-file.csv"), "no-such-file.csv cannot be read: No such file"),
        (("people", "grant", "nobody@x.yz", "lead", "Northmoor"), "Nobody here has the address"),
        (("people", "grant", "amina@northmoor.example", "lead", "Southmoor"), "There is no unit"),
        (("people", "revoke", "amina@northmoor.example", "lead", "Northmoor"), "is not lead of"),
        (
            ("people", "grant", "amina@northmoor.example", "lead", "Northmoor", "--from",
             "2026-12-02", "--to", "2026-12-01"),
            "The last day of a role cannot be before its first.",
        ),
    ],
)  # fmt: skip
def test_a_refusal_is_one_sentence(run, filled, words, sentence):
    said = run(*words)

    assert said.code == 1
    assert sentence in said.sentence


@pytest.mark.parametrize(
    "words",
    [("banks", "list"), ("banks", "publish"), ("units", "list"), ("work", "--once"), ("serve",)],
    ids=" ".join,
)
def test_a_database_without_tables_says_what_to_do(run, folder, words):
    (folder / "var").mkdir()

    said = run(*words)

    assert said.code == 1
    assert said.sentence == (
        "The database has no tables yet: run `quizbot db upgrade` or `make serve`."
    )


def test_a_bot_without_a_token_says_where_to_get_one_before_all_else(run, monkeypatch):
    monkeypatch.delenv("QUIZBOT_SECRET_KEY", raising=False)

    said = run("bot")

    assert said.code == 1
    assert said.sentence.startswith("QUIZBOT_TELEGRAM_TOKEN is not set: ask @BotFather")


def test_a_database_of_before_says_what_to_do(run, filled, monkeypatch):
    monkeypatch.setattr("quizbot.store.migrate.FOLDER", filled)
    (filled / "versions").mkdir()
    (filled / "versions" / "9999_later.py").touch()

    assert "The database is not up to date" in run("units", "list").sentence
    assert run("db", "check").code == 1


def test_a_missing_folder_says_what_to_do(run, folder):
    for words in (("db", "upgrade"), ("db", "check"), ("banks", "list"), ("serve",)):
        said = run(*words)
        assert said.code == 1
        assert said.sentence == (
            "QUIZBOT_DATABASE_URL: the folder var is missing. `make serve` makes what is needed; or"
            " make it, or name another."
        )


def test_a_file_that_is_no_database_says_so(run, folder):
    (folder / "var").mkdir()
    (folder / "var" / "quizbot.db").write_text("A letter. " * 200)

    for words in (("db", "upgrade"), ("db", "check"), ("units", "list")):
        assert "file is not a database" in run(*words).sentence


def test_a_server_that_is_not_there_says_so(run, folder, monkeypatch):
    monkeypatch.setenv("QUIZBOT_DATABASE_URL", f"postgresql:///quiz?host={folder}")

    for words in (("db", "upgrade"), ("db", "check"), ("units", "list")):
        assert "The database is not answering" in run(*words).sentence


# What commands do


def test_a_new_database_is_made_checked_and_left_alone(run, folder):
    (folder / "var").mkdir()

    assert "The database is at" in run("db", "upgrade").out
    assert "was up to date" in run("db", "upgrade").out
    said = run("db", "check")
    assert said.code == 0
    assert said.out == "The tables are as expected.\n"


def test_tables_that_differ_are_told(run, filled):
    connection = sqlite3.connect(filled / "var" / "quizbot.db")
    connection.execute("ALTER TABLE notice DROP COLUMN trouble")
    connection.close()

    said = run("db", "check")

    assert said.code == 1
    assert "trouble" in said.err
    assert said.out == "1 difference.\n"


@pytest.mark.parametrize(
    ("words", "keys"),
    [
        (("banks", "list"), {"module", "edition", "questions", "mode", "fingerprint"}),
        (("units", "list"), {"path", "kind", "people"}),
        (("place", "check"), {"level", "file", "question", "rule", "words"}),
        (("standing", "show", "amina@northmoor.example"), {"module"}),
    ],
    ids=lambda words: " ".join(words) if isinstance(words, tuple) else "",
)
def test_lists_come_as_json_too(run, filled, words, keys):
    said = run(*words, "--json")

    lines = json.loads(said.out)
    assert isinstance(lines, list)
    assert all(keys <= set(line) for line in lines)
    assert said.err == ""


def test_lists_are_columns_for_people(run, filled):
    lines = run("units", "list").out.splitlines()

    assert lines[0].split() == ["Northmoor", "partnership", "1"]
    kinds = ("partnership", "agency", "team")
    columns = [line.index(f" {kind} ") for line in lines for kind in kinds if f" {kind} " in line]
    assert len(columns) == len(lines)
    assert len(set(columns)) == 1


def test_people_come_from_a_file_and_get_roles(run, filled):
    (filled / "people.csv").write_text(
        "staff_ref,name,email,unit,job,started_on\n"
        "N9,Gita Rao,gita@northmoor.example,Northmoor/Health,Nurse,2026-02-02\n"
    )

    said = run("people", "import", "people.csv", "--make-units")
    assert said.code == 0
    assert "people.csv" in said.out
    assert run("people", "grant", "gita@northmoor.example", "manager", "Northmoor/Health").out == (
        "gita@northmoor.example is manager of Northmoor/Health.\n"
    )
    assert run("people", "revoke", "gita@northmoor.example", "manager", "Northmoor/Health").out == (
        "gita@northmoor.example is no longer manager of Northmoor/Health.\n"
    )


def test_a_file_with_faults_lists_them_all_and_takes_nothing_in(run, filled):
    before = run("units", "list").out
    (filled / "people.csv").write_text(
        "staff_ref,name,email,unit,job,started_on\n"
        "N8,,gita,Northmoor/Health,Nurse,2026-02-02\n"
        "N9,Femi Cole,,Northmoor,Nurse,soon\n"
    )

    said = run("people", "import", "people.csv")

    assert said.code == 1
    assert "line 2" in said.err
    assert "line 3" in said.err
    assert "Nothing was imported" in said.err.splitlines()[-1]
    assert run("units", "list").out == before


def test_work_once_sends_what_is_due(run, filled):
    assert run("work", "--once").code == 0


# Banks


def test_banks_are_published_once(run, filled):
    write_bank(filled / "banks" / "sample", question())

    assert run("banks", "publish", "banks").out == "sample: edition 2026.1 is published.\n"
    assert run("banks", "publish", "banks").out == (
        "Nothing has changed: what is published stays as it is.\n"
    )
    lines = json.loads(run("banks", "list", "--json").out)
    assert [line["module"] for line in lines] == ["referrals", "sample"]


def test_a_bank_with_faults_is_told_and_the_old_edition_goes_on_being_served(run, filled):
    bank = write_bank(filled / "banks" / "sample", question())
    run("banks", "publish", "banks")
    before = run("banks", "list").out
    write_bank(bank, question(because=None, sources=[{"id": "nowhere", "at": "page 3"}]))

    said = run("banks", "publish", "banks")

    assert said.code == 1
    assert "sample/act.toml, sample: `because` is missing: add it" in said.err
    assert "sample was not published: what was published before goes on being served." in said.err
    assert run("banks", "list").out == before


BAD_INPUT = {
    "a binary file": (b"\x89PNG\r\n\x1a\n\x00", "act.toml: is not UTF-8 text (byte 1)"),
    "another encoding": ("# caf\xe9".encode("cp1252"), "act.toml: is not UTF-8 text (byte 6)"),
    "no TOML": (b"[[question]]\nid one\n", "act.toml: is not valid TOML: "),
    "5 MB": (b"#" * 5_000_000, "act.toml: is larger than 1 MB"),
    "an id of another module": (
        {"id": "other"},
        "act.toml, other: this id is already used in other/act.toml",
    ),
}


@pytest.mark.parametrize(("content", "line"), BAD_INPUT.values(), ids=BAD_INPUT.keys())
def test_bad_input_is_one_line_and_the_last_good_edition_stays(run, filled, content, line):
    bank = write_bank(filled / "banks" / "sample", question())
    run("banks", "publish", "banks")
    before = published_of("sample", run)
    write_bank(filled / "banks" / "other", question(id="other"))
    if isinstance(content, bytes):
        (bank / "act.toml").write_bytes(content)
    else:
        write_bank(bank, question(), question(**content))

    said = run("banks", "publish", "banks")

    assert said.code == 1
    fault, last = said.err.splitlines()
    assert fault.startswith(f"fault: sample/{line}")
    assert ("(at line 2, column 4)" in fault) == (line.endswith("TOML: "))
    assert last.startswith("sample was not published: what was published before goes on being")
    assert published_of("sample", run) == before


def test_an_id_of_another_module_is_told_once_however_often_that_one_was_published(run, filled):
    write_bank(filled / "banks" / "other", question(id="other"))
    write_bank(filled / "banks" / "sample", question(), question(id="other"))

    for _ in range(2):
        told = run("banks", "publish", "banks").err
        assert told.count("sample/act.toml, other: ") == 1


def test_publishing_with_a_torn_place_says_what_is_wrong_with_it(run, filled, monkeypatch):
    write_bank(filled / "banks" / "sample", question())
    (filled / "place.toml").write_text(SHIPPED_PLACE.read_text() + '\n[odd]\ntype = "odd"\n')
    monkeypatch.setenv("QUIZBOT_PLACE", str(filled / "place.toml"))

    said = run("banks", "publish", "banks")

    assert said.code == 1
    assert said.err.startswith("fault: place.toml, odd: ")
    assert said.out == "sample: edition 2026.1 is published.\n"


def published_of(module, run):
    """The line of a module in the list of what is published."""
    (line,) = [line for line in run("banks", "list").out.splitlines() if line.startswith(module)]
    return line


def test_a_bank_that_nobody_could_take_is_not_published(run, filled):
    write_bank(filled / "banks" / "sample", question(), questions_per_objective=3)

    said = run("banks", "publish", "banks")

    assert said.code == 1
    assert "no attempt can be made from it" in said.err
    assert "sample was not published" in said.err
    assert "sample" not in run("banks", "list").out


def test_one_bank_with_faults_does_not_keep_back_the_others(run, filled):
    write_bank(filled / "banks" / "bad", question(id="bad", because=None))
    write_bank(filled / "banks" / "good", question(id="good"))

    said = run("banks", "publish", "banks")

    assert said.code == 1
    assert said.out == "good: edition 2026.1 is published.\n"


def test_a_first_start_makes_what_is_missing_and_tells_of_faults(run, folder, monkeypatch):
    monkeypatch.delenv("QUIZBOT_SECRET_KEY")
    write_bank(folder / "banks" / "bad", question(id="bad", because=None))
    write_bank(folder / "banks" / "good", question(id="good"))
    monkeypatch.setattr("quizbot.cli.banks.SHIPPED", folder / "banks")

    prepare()
    prepare()

    assert run("banks", "list").out.split()[0] == "good"
    assert run("db", "check").code == 0
    assert SECRET_FILE.exists()


# Settings


def test_all_faults_in_the_settings_are_told_together(run, folder, monkeypatch):
    wrong = {
        "DATABASE_URL": "mysql://localhost/quiz",
        "SECRET_KEY": "short",
        "PUBLIC_URL": "knowledge.example.org",
        "MAIL_URL": "pigeon://loft",
        "PROXY": "-1",
    }
    for name, value in wrong.items():
        monkeypatch.setenv(f"QUIZBOT_{name}", value)

    for words in (("units", "list"), ("serve",)):
        assert names_at_fault(run(*words)) == {f"QUIZBOT_{name}" for name in wrong}

    monkeypatch.delenv("QUIZBOT_SECRET_KEY")
    assert names_at_fault(run("serve")) == {f"QUIZBOT_{name}" for name in wrong}


def names_at_fault(said):
    """The settings that a refusal names, a line each."""
    assert said.code == 1
    return {line.partition(":")[0] for line in said.err.splitlines()}


def test_no_fault_repeats_a_secret(run, folder, monkeypatch):
    monkeypatch.setenv("QUIZBOT_SECRET_KEY", "hush-hush")

    assert "hush-hush" not in run("units", "list").err


def test_settings_come_from_a_file_too(folder):
    (folder / ".env").write_text("QUIZBOT_PUBLIC_URL=https://knowledge.example.org/\n")

    settings = read_settings()

    assert settings.public_url == "https://knowledge.example.org"
    assert settings.is_https


def test_the_environment_wins_over_the_file(folder, monkeypatch):
    (folder / ".env").write_text("QUIZBOT_PROXY=2\n")
    monkeypatch.setenv("QUIZBOT_PROXY", "1")

    assert read_settings().proxy == 1


# The secret


def test_the_secret_is_made_once_kept_and_for_its_owner_alone(folder, monkeypatch):
    monkeypatch.delenv("QUIZBOT_SECRET_KEY")

    make_secret()
    first = read_settings().key
    make_secret()

    assert read_settings().key == first
    assert len(first) >= 32
    assert stat.S_IMODE(SECRET_FILE.stat().st_mode) == 0o600


def test_a_secret_in_the_environment_makes_no_file(folder):
    make_secret()

    assert not SECRET_FILE.exists()


def test_a_secret_in_the_file_of_settings_makes_no_file(folder, monkeypatch):
    monkeypatch.delenv("QUIZBOT_SECRET_KEY")
    (folder / ".env").write_text(f"QUIZBOT_SECRET_KEY={'s' * 48}\n")

    make_secret()

    assert not SECRET_FILE.exists()


@pytest.mark.parametrize("kept", [None, "", "too short"])
def test_without_a_good_secret_the_service_does_not_run(folder, monkeypatch, kept):
    monkeypatch.delenv("QUIZBOT_SECRET_KEY")
    if kept is not None:
        SECRET_FILE.parent.mkdir()
        SECRET_FILE.write_text(kept)

    with pytest.raises(Misconfigured, match="QUIZBOT_SECRET_KEY"):
        _ = read_settings().key


@pytest.mark.parametrize(
    "words",
    [
        ("place", "check"),
        ("banks", "check", "banks"),
        ("banks", "coverage", "banks"),
        ("banks", "publish", "banks"),
        ("banks", "list"),
        (
            "banks",
            "sign",
            "referrals",
            "--name",
            "Efua",
            "--role",
            "Lead",
            "--checked",
            "All of it",
        ),
        ("db", "upgrade"),
    ],
    ids=" ".join,
)
def test_what_signs_and_encrypts_nothing_needs_no_secret(run, filled, monkeypatch, words):
    monkeypatch.delenv("QUIZBOT_SECRET_KEY")
    write_bank(filled / "banks" / "sample", question())

    said = run(*words)

    assert (said.code, said.err) == (0, "")
    assert not SECRET_FILE.exists()


@pytest.mark.parametrize(
    "words",
    [("serve",), ("work", "--once"), ("people", "slip", "amina@northmoor.example")],
    ids=" ".join,
)
@pytest.mark.parametrize("secret", [None, ""])
def test_what_signs_says_in_one_sentence_that_it_needs_the_secret(
    run, filled, monkeypatch, words, secret
):
    monkeypatch.delenv("QUIZBOT_SECRET_KEY")
    if secret is not None:
        monkeypatch.setenv("QUIZBOT_SECRET_KEY", secret)

    said = run(*words)

    assert said.code == 1
    assert said.sentence.startswith("QUIZBOT_SECRET_KEY: is not set and var/secret-key is missing")


def test_an_empty_setting_is_none_and_the_kept_secret_stands(folder, monkeypatch):
    monkeypatch.setenv("QUIZBOT_SECRET_KEY", "")
    make_secret()

    assert read_settings().key == SECRET_FILE.read_bytes().strip()


def test_two_folders_have_two_secrets(tmp_path, folder, monkeypatch):
    monkeypatch.delenv("QUIZBOT_SECRET_KEY")
    secrets = set()
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        monkeypatch.chdir(tmp_path / name)
        make_secret()
        secrets.add(read_settings().key)

    assert len(secrets) == 2


# Serving


def started(folder, *words):
    """A program of its own, as an operator starts it; file modes hold for it, whoever runs this."""
    as_others = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search", "--"]
    return subprocess.run(
        [*(as_others if os.geteuid() == 0 else []), sys.executable, "-m", "quizbot.cli", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_port_in_use_is_one_sentence(filled):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        said = started(filled, "serve", "--port", str(port))

    assert said.returncode == 1
    assert said.stdout == ""
    assert said.stderr == (
        f"Port {port} is in use: stop what uses it, or choose another,"
        f" as in `make serve PORT={port + 1}`.\n"
    )


@pytest.mark.parametrize("read_only", ["the file", "the folder"])
def test_a_database_that_may_not_be_written_is_one_sentence(filled, read_only):
    path = filled / "var" / "quizbot.db"
    path.with_suffix(".db.lock").touch()
    target, mode = (path, 0o444) if read_only == "the file" else (path.parent, 0o555)
    target.chmod(mode)

    said = started(filled, "people", "revoke", "efua@northmoor.example", "lead", "Northmoor")

    target.chmod(0o755)
    assert said.returncode == 1
    assert "Traceback" not in said.stderr
    assert said.stderr.startswith("The database cannot be ")
    assert said.stderr.count("\n") == 1


def test_an_address_of_another_machine_is_one_sentence(run, filled):
    said = run("serve", "--host", "203.0.113.7")

    assert said.code == 1
    assert "203.0.113.7:8000 cannot be used" in said.sentence


def test_the_clock_of_the_service_is_aware(folder):
    assert abs(utc_now() - datetime.now(UTC)).total_seconds() < 5


def test_the_file_of_rules_is_explained_field_by_field_and_its_example_can_be_read(run):
    told = run("requirements", "preview", "--help").out
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    for field in (*(one.name for one in fields(Draft)), "quizbot/standing/requirements.toml"):
        assert field in told
        assert f"`{field}`" in readme
    induction, refresher = read_drafts(ROOT / "quizbot" / "standing" / "requirements.toml")
    assert (induction.every_months, refresher.every_months) == (None, 36)
