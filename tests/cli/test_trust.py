"""`quizbot audit`, `person` and `retention`, as an operator types them."""

import json
import sqlite3
import stat
import zipfile

import pytest


def database(folder):
    return sqlite3.connect(folder / "var" / "quizbot.db")


def change(folder, statement):
    connection = database(folder)
    connection.execute(statement)
    connection.commit()
    connection.close()


def test_a_whole_trail_is_told_with_its_head(run, filled):
    number, head = run("audit", "head").out.split()

    said = run("audit", "verify", "--head", head)

    assert said.code == 0
    assert f"The trail is whole: {number} rows." in said.out
    assert f"head {head}" in said.out


def test_a_changed_row_is_named_in_one_sentence(run, filled):
    change(filled, "UPDATE audit SET actor = 'nobody' WHERE number = 2")

    said = run("audit", "verify")

    assert said.code == 1
    assert said.sentence == "Row 2 was changed: its content does not give its hash."


def test_a_cut_tail_is_found_by_an_earlier_head(run, filled):
    _, head = run("audit", "head").out.split()
    change(filled, "DELETE FROM audit WHERE number = (SELECT MAX(number) FROM audit)")

    assert run("audit", "verify").code == 0
    said = run("audit", "verify", "--head", head)

    assert said.code == 1
    assert "were cut off" in said.sentence


def test_a_head_that_is_none_is_refused(run, filled):
    said = run("audit", "verify", "--head", "abc")

    assert (said.code, said.sentence[:32]) == (1, "A head is 64 letters and digits,")


def test_a_copy_is_for_its_owner_alone_and_never_over_another_file(run, filled):
    assert run("person", "export", "N1", "amina.zip").code == 0

    out = filled / "amina.zip"
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert sorted(zipfile.ZipFile(out).namelist()) == ["data.json", "read-me.html"]
    before = out.read_bytes()
    assert "is there already" in run("person", "export", "N2", "amina.zip").sentence
    assert out.read_bytes() == before


def test_a_copy_into_nowhere_or_of_nobody_is_refused(run, filled):
    assert "cannot be written" in run("person", "export", "N1", "no/folder/a.zip").sentence
    assert run("person", "export", "N99", "a.zip").sentence == (
        "Nobody has the number or address 'N99'."
    )
    assert not (filled / "a.zip").exists()


def test_erasing_is_told_first_and_done_when_confirmed(run, filled):
    change(filled, "UPDATE person SET left_on = '2026-01-10' WHERE staff_ref = 'N2'")

    told = run("person", "erase", "N2")
    assert told.code == 1
    assert "person: 1" in told.out
    assert told.sentence == "Nothing was erased. This cannot be taken back: add --confirm."

    done = run("person", "erase", "N2", "--confirm")
    assert done.code == 0
    person_id = done.out.split()[-1].rstrip(".")
    assert "erased before" in run("person", "erase", person_id, "--confirm").out
    assert run("person", "erase", "N2", "--confirm").code == 1
    assert run("audit", "verify").code == 0


def test_somebody_here_is_erased_only_with_the_sentence(run, filled):
    assert "they still work here" in run("person", "erase", "N1", "--confirm").sentence

    assert run("person", "erase", "N1", "--confirm", "they still work here").code == 0
    assert database(filled).execute("SELECT count(*) FROM person WHERE name LIKE 'Amina%'")\
        .fetchone() == (0,)  # fmt: skip


def test_retention_tells_and_then_does_it(run, filled):
    change(
        filled,
        "UPDATE person SET left_on = '2016-01-10' WHERE staff_ref = 'N2'",
    )

    told = run("retention", "--dry-run")
    assert "1  person" in told.out
    assert "1 would go. Nothing was deleted." in told.out
    lines = json.loads(run("retention", "--dry-run", "--json").out)
    assert {"table": "person", "rule": "people who left, 6 years after", "rows": 1} in lines

    assert "1 went." in run("retention").out
    assert "0 went." in run("retention").out


# Copies of the database


def test_a_backup_prints_its_head_and_is_restored_with_it(run, filled):
    said = run("db", "backup", "kept.db")

    assert said.code == 0
    assert said.out.startswith("kept.db is written: ")
    head = said.out.split()[-1]
    assert run("audit", "verify", "--head", head).code == 0
    change(filled, "DELETE FROM audit WHERE number > 2")
    assert "were cut off" in run("audit", "verify", "--head", head).sentence

    assert "add --force" in run("db", "restore", "kept.db").sentence
    done = run("db", "restore", "kept.db", "--force", "--head", head)

    assert done.out.startswith("kept.db is restored")
    assert run("audit", "verify", "--head", head).code == 0
    assert run("db", "check").code == 0


def test_a_first_database_is_restored_without_force(run, filled):
    assert run("db", "backup", "kept.db").code == 0
    for path in (filled / "var").glob("quizbot.db*"):
        path.unlink()

    assert run("db", "restore", "kept.db").code == 0
    assert "Northmoor" in run("units", "list").out


def test_a_backup_that_is_not_there_or_another_ones_head_is_refused(run, filled):
    assert run("db", "restore", "none.db").sentence == "none.db is not there."
    assert run("db", "backup", "kept.db").code == 0
    said = run("db", "restore", "kept.db", "--force", "--head", "1" * 64)
    assert "the head you gave is not in it" in said.sentence
    assert "64 letters and digits" in run("db", "restore", "kept.db", "--force", "--head", "x")\
        .sentence  # fmt: skip
    assert "is there already" in run("db", "backup", "kept.db").sentence


def test_everything_is_copied_to_another_database(run, filled, monkeypatch):
    said = run("db", "copy", "sqlite:///other.db")

    assert (said.code, said.err) == (0, "")
    assert "rows are copied. Now set QUIZBOT_DATABASE_URL" in said.out
    head = run("audit", "head").out.split()[-1]
    assert said.out.split()[-1] == head
    monkeypatch.setenv("QUIZBOT_DATABASE_URL", "sqlite:///other.db")
    assert run("audit", "head").out.split()[-1] == head
    assert "Northmoor" in run("units", "list").out


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("mysql://x/y", "URL: must begin with sqlite:/// or postgresql://"),
        ("other.db", "URL: must begin with sqlite:/// or postgresql://"),
        ("sqlite:///no/folder/other.db", "URL: the folder no/folder is missing."),
        ("sqlite:///var/quizbot.db", "The other database is not empty, so nothing was copied."),
        ("postgresql:///quiz?host=/no/such/folder", "The database is not answering."),
    ],
)
def test_where_nothing_can_be_copied_to_is_one_sentence(run, filled, url, sentence):
    said = run("db", "copy", url)

    assert said.code == 1
    assert said.sentence.startswith(sentence)
