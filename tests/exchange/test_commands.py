"""quizbot banks export and import."""

import json
import tomllib

import pytest
from click.testing import CliRunner

from questions.exchange.formats import FORMATS
from quizbot.cli import quizbot


@pytest.fixture
def run(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)

    def run(*words):
        return CliRunner().invoke(quizbot, ["banks", *(str(word) for word in words)])

    return run


def test_a_module_goes_out_and_what_is_lost_is_told(run, tmp_path):
    result = run("export", "--as", "moodle-xml", "section-47", "s47.xml")

    assert result.exit_code == 0
    assert "section-47 is written as Moodle XML: s47.xml" in result.output
    assert "not carried: the misconceptions of its options: 90 questions (" in result.output
    assert b"{referral" not in (tmp_path / "s47.xml").read_bytes()


@pytest.mark.parametrize("kind", FORMATS)
def test_every_kind_of_file_goes_out_and_comes_in_by_command(run, tmp_path, kind):
    out = run("export", "--as", kind, "section-47", "s47.file")
    back = run("import", "s47.file", "--into", "bank")

    assert (out.exit_code, back.exit_code) == (0, 0)
    assert f"section-47 is written as {FORMATS[kind].title}" in out.output
    called = "a QTI package" if kind.startswith("qti") else FORMATS[kind].title
    assert f"s47.file is {called}: " in back.output
    assert list((tmp_path / "bank").glob("*.toml"))


def test_what_is_lost_can_be_had_as_json(run):
    losses = json.loads(run("export", "--as", "csv", "section-47", "s47.csv", "--json").stdout)

    assert {loss["field"] for loss in losses} == {"slots"}


def test_a_module_that_is_not_here_is_refused(run):
    result = run("export", "--as", "csv", "tea", "tea.csv")

    assert str(result.exception).startswith("There is no module 'tea' here: it is one of ")


def test_questions_come_in_as_a_bank_file_that_says_what_to_add(run, tmp_path):
    hostile = 'Is it "hot"\\n[[question]]\\nid \\= "x"?'
    (tmp_path / "tea.csv").write_text(f"{hostile} {{=yes ~no ~so}}\n\nMore. {{}}\n", "utf-8")

    result = run("import", "tea.csv", "--into", "bank")

    assert result.exit_code == 0
    assert "tea.csv is GIFT: 1 question came over, 1 left out." in result.output
    assert "left out: line 3: is an essay question" in result.output
    assert "to add: because (1 question)" in result.output
    text = (tmp_path / "bank" / "brought-in.toml").read_text("utf-8")
    (made,) = tomllib.loads(text)["question"]
    assert made["ask"] == 'Is it "hot"\n[[question]]\nid = "x"?'
    assert made["check"].startswith("Brought in from elsewhere: add level, authority")
    assert "# because = " in text


def test_a_file_that_is_there_already_stays(run, tmp_path):
    (tmp_path / "tea.gift").write_text("Hot? {=yes ~no ~so}", "utf-8")
    run("import", "tea.gift", "--into", "bank")

    again = run("import", "tea.gift", "--into", "bank")

    assert "bank has brought-in.toml already" in str(again.exception)


@pytest.mark.parametrize(
    ("text", "words"),
    [(None, "tea.gift is no file"), ("", "was not read: is empty"), ("x {}", "No question came")],
)
def test_a_file_without_questions_is_refused(run, tmp_path, text, words):
    if text is not None:
        (tmp_path / "tea.gift").write_text(text, "utf-8")

    assert words in str(run("import", "tea.gift", "--into", "bank").exception)
