"""What an author sees: quizbot banks check, robots and coverage, and place check."""

import json

import pytest
from click.testing import CliRunner

from quizbot.cli import quizbot
from tests.gate.samples import OPTIONS, question, write_bank


@pytest.fixture
def run(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)

    def run(*words):
        return CliRunner().invoke(quizbot, [str(word) for word in words])

    return run


def test_a_clean_bank_is_one_line(run, tmp_path):
    write_bank(tmp_path / "banks" / "sample", question())

    result = run("banks", "check", tmp_path / "banks")

    assert result.output == "1 bank, 1 question: 0 faults, 0 warnings.\n"
    assert result.exit_code == 0


def test_what_is_found_is_grouped_by_file_and_question(run, tmp_path):
    bad = question(ask="Who should not be told first?", allow={"W17": "It is the law's word."})
    write_bank(tmp_path / "banks" / "sample", bad)

    result = run("banks", "check", tmp_path / "banks")

    head, name, *found, _, _, last = result.output.split("\n")
    assert (head, name) == ("sample/act.toml", "  sample")
    assert [line[: len("    warning")].strip(" :") for line in found[:2]] == ["fault", "warning"]
    assert all(line.startswith("    ") and line.endswith("]") for line in found if line)
    assert last == ""
    assert "1 fault, 2 warnings." in result.output
    assert result.exit_code == 1


def test_findings_can_be_had_as_json(run, tmp_path):
    write_bank(tmp_path / "banks" / "sample", question(ask="Who should not be told FIRST?"))

    result = run("banks", "check", tmp_path / "banks", "--json")

    (finding,) = json.loads(result.stdout)
    assert finding.keys() == {"level", "file", "question", "rule", "words"}
    assert (finding["level"], finding["rule"]) == ("fault", "W09")
    assert result.exit_code == 1


def test_robots_tell_a_table_and_what_can_be_guessed(run, tmp_path):
    padded = (
        "Ring the front door today, and give them all of the facts.",
        "Ring.",
        "Wait.",
        "Ask.",
    )
    many = [question(id=f"sample-{at}", options=padded) for at in range(9)]
    write_bank(tmp_path / "banks" / "sample", *many)

    result = run("banks", "robots", tmp_path / "banks")

    assert "a blind guess             25%" in result.output
    assert "longest option            100%" in result.output
    assert "longest option          1000" in result.output
    assert "fault: sample: a guesser by 'longest option' is right in 100%" in result.stderr
    assert (
        "fault: sample: a guesser by 'longest option' passes 100.0% of its attempts"
        in result.stderr
    )
    assert result.exit_code == 1


def test_robots_can_be_had_as_json(run, tmp_path):
    fair = ("Ring them now.", "Wait for it now.", "Ask about it.", "Sit it all out.")
    write_bank(tmp_path / "banks" / "sample", question(options=fair))

    result = run("banks", "robots", tmp_path / "banks", "--json")

    rows = {row["robot"]: row for row in json.loads(result.stdout)}
    assert len(rows) == 9
    assert rows["longest option"] == {
        "robot": "longest option",
        "module": "sample",
        "questions": 1,
        "right": 0.0,
        "chance": 0.25,
        "standard_error": 0.433,
        "attempts_passed": 0.0,
        "fault": False,
    }


def sounding(name, **changes):
    """Questions whose right answers all sound alike, in a bank that teaches and is tried."""
    return [
        question(
            id=f"{name}-{at}",
            options=(
                f"Ring desk {at} now.",
                f"Wait for {at} days.",
                f"Ask {at} cooks.",
                f"Sit {at}.",
            ),
            **changes,
        )
        for at in range(9)
    ]


def test_robots_that_learned_fail_with_the_questions_and_words_that_give_most_away(run, tmp_path):
    write_bank(tmp_path / "banks" / "one", *sounding("one"))
    write_bank(tmp_path / "banks" / "two", *sounding("two"))

    result = run("banks", "robots", tmp_path / "banks", "--module", "two")

    table = result.output.partition("taught on the other modules:")[2]
    assert "learned: options alone         100%" in table
    assert "at most                        62%" in table
    assert "all modules" not in result.output
    assert "learned: options alone: surely right in 9 questions" in table
    assert "two-0: for: " in table
    told = "fault: two: learned: options alone: right in 100%, at most 62%: words give the answers"
    assert told in result.stderr
    assert result.exit_code == 1


def test_robots_of_a_module_that_is_not_here_are_refused_with_those_that_are(run, tmp_path):
    write_bank(tmp_path / "banks" / "one", question())

    result = run("banks", "robots", tmp_path / "banks", "--module", "two")

    assert "There is no module 'two' here: it is one of one." in str(result.exception)


def test_what_robots_learned_can_be_had_as_json(run, tmp_path):
    write_bank(tmp_path / "banks" / "one", *sounding("one"))
    write_bank(tmp_path / "banks" / "two", *sounding("two"))

    result = run("banks", "robots", tmp_path / "banks", "--json")

    rows = {(row["robot"], row["module"]): row for row in json.loads(result.stdout)}
    row = rows["learned: options alone", "all modules"]
    assert (row["right"], row["chance"], row["at_most"], row["fault"]) == (1.0, 0.25, 0.33, True)
    assert "now" in row["gives_most_away"][0]["towards"]
    assert len(row["gives_most_away"]) == 12


def test_robots_say_which_modules_cannot_count_and_which_have_faults(run, tmp_path):
    write_bank(tmp_path / "banks" / "good", question())
    write_bank(tmp_path / "banks" / "held", question(id="held", check="Confirm who chairs."))
    write_bank(tmp_path / "banks" / "torn", question(id="torn"), edition="2030.1")

    result = run("banks", "robots", tmp_path / "banks")

    assert "held cannot be taken in assured mode today." in result.output
    assert f"`quizbot banks check {tmp_path / 'banks'}` tells them." in result.stderr
    assert "torn has faults: " in result.stderr


@pytest.mark.parametrize(
    "command",
    [
        ("robots",),
        ("coverage",),
        ("coverage", "--json"),
        ("changes",),
        ("panel", "report", "--banks"),
    ],
    ids=" ".join,
)
def test_a_folder_that_holds_no_bank_is_no_good_news(run, tmp_path, command):
    for folder, why in (("nowhere", "is not a folder of banks"), (".", "holds no bank")):
        result = run("banks", *command, folder)

        assert (result.exit_code, result.stdout) == (1, "")
        assert str(result.exception) == f"{folder} {why}."


def test_robots_without_a_question_say_so(run, tmp_path):
    write_bank(tmp_path / "banks" / "held", question(check="Confirm who chairs."))

    result = run("banks", "robots", tmp_path / "banks")

    assert result.exit_code == 1
    assert "There is no question here that may count." in str(result.exception)


def test_coverage_says_what_is_asked_and_what_is_not(run, tmp_path):
    lesson = {"review": "A review, 2009", "at": "5.1", "says": "Ask."}
    counted = question(facts=["R1", "R3"], must_know="ring", lesson=lesson)
    held = question(id="held", check="Confirm who chairs.", level="recall")
    musts = {"ring": {"objective": "act", "says": "Ring."}}
    write_bank(tmp_path / "banks" / "sample", counted, held, must_knows=musts)

    result = run("banks", "coverage", tmp_path / "banks")

    assert "sample: 2 questions" in result.output
    assert "act        1             1" in result.output
    assert "facts used: R1 (2), R3" in result.output
    assert "numbers below the highest used that no question uses: R2" in result.output
    assert "to be looked at again: 2027-11 (2)" in result.output
    assert "lessons from reviews: A review, 2009 (1)" in result.output
    assert "must-know ring: 1 variant: sample" in result.output
    assert "wrong choices err by: less 4, more 2, fact 0" in result.output
    assert "have an option that errs by more: 1 of 1 (100%; wanted: 33%)" in result.output
    assert "several-of questions, how many options are right: none" in result.output
    assert "not yet to count: held: Confirm who chairs." in result.output
    assert result.exit_code == 0


def test_coverage_can_be_had_as_json(run, tmp_path):
    write_bank(tmp_path / "banks" / "sample", question())

    (found,) = json.loads(run("banks", "coverage", tmp_path / "banks", "--json").stdout)

    assert found["objectives"] == {"act": {"apply one-of": 1}}


def test_the_shipped_place_is_in_order(run):
    result = run("place", "check")

    assert result.output == "place: 0 faults, 0 warnings.\n"
    assert result.exit_code == 0


# Readers


PANEL = ("banks", "panel")


def several_of_these(folder):
    """A bank of eight questions, each right at its first option."""
    return write_bank(folder / "banks" / "sample", *(question(id=f"s-{n}") for n in range(8)))


def as_answered(paper, right, reader="a language model"):
    """A sheet: the first `right` questions by the key, then none."""
    lines, number = [paper.splitlines()[0], f"reader: {reader}"], 0
    for line in paper.splitlines():
        if line.rstrip(".").isdigit():
            number = int(line.rstrip("."))
            if number > right:
                lines.append(f"{number}: -")
        elif line.endswith(OPTIONS[0]) and number <= right:
            lines.append(f"{number}: {line.split()[0]}")
    return "\n".join(lines)


@pytest.fixture
def read(run, tmp_path):
    """Draws a paper, has it answered so well, and scores it into a folder of results."""
    several_of_these(tmp_path)

    def read(kind, right, seed=1, rule="", **options):
        bound = ("--rule", rule) if rule else ()
        drawn = run(
            *PANEL, "draw", "--as", kind, "--seed", str(seed), *bound, "--banks", tmp_path / "banks"
        )
        assert drawn.exit_code == 0, drawn.output
        sheet = tmp_path / f"{kind}-{seed}.txt"
        sheet.write_text(as_answered(drawn.stdout, right, **options))
        return run(
            *PANEL, "score", sheet, *bound,
            "--banks", tmp_path / "banks", "--results", tmp_path / "panel",
        )  # fmt: skip

    return read


@pytest.fixture
def reported(run, tmp_path):
    """What is told of the results."""

    def report(*more):
        return run(
            *PANEL, "report", "--banks", tmp_path / "banks", "--results", tmp_path / "panel", *more
        )

    return report


def test_a_paper_is_drawn_answered_scored_and_reported(read, reported):
    for seed in (1, 2, 3):
        result = read("options", 2, seed)
        assert result.stdout == "sample: 2 of 8 right (25%).\n"
    read("rule", 3, rule="Whatever is kindest")
    read("informed", 8)

    told = reported()

    assert "options alone" in told.output
    assert "rule of thumb 'Whatever is kindest'" in told.output
    assert "margin: 62.5%" in told.output
    assert "passing: Somebody who only recognises" in told.output
    assert "Somebody who knows would pass more than 99 times in 100." in told.output


def test_bounds_that_are_not_kept_are_faults(read, reported):
    for seed in (1, 2, 3):
        read("options", 8, seed)
    read("rule", 5, rule="Whatever is kindest")
    read("informed", 7)

    told = reported()

    assert "fault: sample: options alone: 100.0% right, at most 45%." in told.stderr
    assert "rule of thumb 'Whatever is kindest': 62.5% right, at most 50%." in told.stderr
    assert "fault: sample: informed: 87.5% right, at least 96%." in told.stderr
    assert "somebody who does not know would pass" in told.stderr
    assert "somebody who knows would pass" in told.stderr
    assert "right by every reader of options alone: s-0, s-1" in told.output
    assert told.exit_code == 1


def test_results_can_be_had_as_json_and_of_one_module(read, reported):
    read("options", 2)

    (line,) = json.loads(reported("--json", "--module", "sample").stdout)

    assert line["module"] == "sample"
    assert line["readers"][0]["right"] == 0.25
    assert line["passes_knowing"] is None
    assert line["margin"] is None
    other = reported("--json", "--module", "other")
    assert (other.exit_code, other.stdout) == (1, "")
    assert str(other.exception) == "There is no module 'other' here: it is one of sample."


def test_what_was_not_read_or_too_little_is_said(read, reported):
    assert "sample\n  not read yet\n" in reported().output

    read("options", 2)

    assert "passing: not measured yet: too few questions" in reported().output


def test_a_second_answer_that_could_be_defended_is_a_fault(run, read, reported, tmp_path):
    read("informed", 8)
    sheet = tmp_path / "informed-1.txt"
    sheet.write_text(sheet.read_text().replace("reader: ", "reader: another ") + " (also b)")
    kept = run(
        *PANEL, "score", sheet, "--banks", tmp_path / "banks", "--results", tmp_path / "panel"
    )
    assert kept.exit_code == 0

    assert "of readings name a second answer, at most 1%." in reported().stderr


def test_a_paper_can_go_to_a_file(run, tmp_path):
    several_of_these(tmp_path)

    result = run(
        *PANEL, "draw", "--as", "expert", "--module", "sample", "--to", tmp_path / "paper.txt",
        "--banks", tmp_path / "banks",
    )  # fmt: skip

    assert "paper.txt has 8 questions. Answers begin with its first line." in result.output
    assert (tmp_path / "paper.txt").read_text().startswith("paper: expert, seed 1, print ")


def test_a_dry_run_keeps_nothing(run, read, tmp_path):
    read("options", 2)
    (tmp_path / "panel" / "sample.toml").unlink()

    result = run(
        *PANEL, "score", tmp_path / "options-1.txt", "--dry-run",
        "--banks", tmp_path / "banks", "--results", tmp_path / "panel",
    )  # fmt: skip

    assert result.stdout == "sample: 2 of 8 right (25%).\n"
    assert not (tmp_path / "panel" / "sample.toml").exists()


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (("draw", "--as", "expert", "--module", "none"), "There is no module 'none' here"),
        (("draw", "--as", "rule"), "A rule goes with readers bound to one"),
        (("score", "lost.txt"), "copy the paper's first line"),
        (("score", "other.txt"), "The paper is of other, which is not here."),
        (("score", "bytes.txt"), "bytes.txt is not UTF-8 text: save it as UTF-8."),
    ],
)
def test_what_cannot_be_drawn_or_scored_is_refused(run, tmp_path, monkeypatch, asked, words):
    several_of_these(tmp_path)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lost.txt").write_text("1: a")
    (tmp_path / "other.txt").write_text("paper: expert, seed 1, print 00000000, other")
    (tmp_path / "bytes.txt").write_bytes(b"\xff\xfe1: a")

    result = run(*PANEL, *asked, "--banks", tmp_path / "banks")

    assert result.exit_code == 1
    assert words in str(result.exception)


def test_results_that_are_torn_are_told(reported, read, tmp_path):
    read("options", 2)
    (tmp_path / "panel" / "sample.toml").write_text("readers = [")

    assert "sample.toml: is not valid TOML" in str(reported().exception)


def test_changes_in_sources_are_told_with_what_they_touch(run):
    result = run("banks", "changes")

    assert result.exit_code == 0
    assert "k01-consent: reversed, since 19 April 2024" in result.output
    assert "k29-consent-to-home-education: future, not in force here" in result.output


def test_changes_can_be_had_as_json(run):
    result = run("banks", "changes", "--json")

    found = {line["change"]: line for line in json.loads(result.stdout)}
    assert found["k02-duty-to-share"]["in_force"] == "2026-09-30"
    assert found["k13-edition-of-2026"]["asks_nobody"] == [
        "it is wording: nobody's answer became wrong"
    ]
    assert {"module", "question", "rests_by", "verdict", "why"} == found["k01-consent"][
        "questions"
    ][0].keys()
