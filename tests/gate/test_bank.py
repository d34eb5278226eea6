"""What is wrong with a bank is told in one line each: file, question, what to do."""

import pytest

from questions.bank import linted, read_bank, read_banks
from tests.gate.samples import (
    HEAD,
    TODAY,
    as_toml,
    checked,
    in_order,
    match,
    question,
    the_place,
    write_bank,
)
from tests.shipped import every_bank


def told(bank):
    return [str(finding) for finding in bank.findings]


def test_the_sample_breaks_no_rule(tmp_path):
    bank = checked(tmp_path / "sample", question())

    assert told(bank) == []
    assert not bank.has_faults


def test_every_shipped_bank_can_be_read():
    assert all(bank.module for bank in every_bank())


def only(tmp_path, *questions, **head):
    """The one line that is told about a bank."""
    (line,) = [
        str(finding)
        for finding in checked(tmp_path / "sample", *questions, **head).findings
        if finding.level == "fault"
    ]
    return line


# ---- files -----------------------------------------------------------------------------------

FILES = {
    "a picture": (
        b"\x89PNG\r\n\x1a\n\x00\x00",
        "is not UTF-8 text (byte 1): save it as UTF-8 [file]",
    ),
    "windows": (
        "# caf\xe9".encode("cp1252"),
        "is not UTF-8 text (byte 6): save it as UTF-8 [file]",
    ),
    "a hole": (b"a = 1\x00", "holds a NUL character, so it is not a text file [file]"),
    "a slip": (
        b'[[question]]\nid = "a"\nkind one-of\n',
        "(at line 3, column 6): kind one-of [toml]",
    ),
    "no end": (b'id = """never\nclosed', "(at line 2, the last): closed [toml]"),
    "a day": (b"review_by = 30/06/2027\n", "= 30/06/2027 – a day is written 2027-06-30 [toml]"),
    "curly": ("ask = “Where?”\n".encode(), '“Where?” – use straight quotation marks, " [toml]'),
    "bare": (b"kind = one-of\n", "kind = one-of – words stand in quotation marks [toml]"),
    "unclosed": (b'kind = "one-of\nlevel = "apply"\n', "– a quotation mark is missing [toml]"),
    "True": (b"right = True\n", "right = True – write true or false, in small letters [toml]"),
    "a bomb": (b"a = " + b"[" * 100_000, "is nested far too deeply to be a bank [toml]"),
    "a number": (b"a = " + b"9" * 10_000, "is not valid TOML: "),
    "5 MB": (b"#" * 5_000_000, "is larger than 1 MB: a bank file never is, so look [file]"),
    "empty": (b"", "holds no [[question]] [format]"),
    "no list": (b'question = "one"', "holds no [[question]] [format]"),
    "no tables": (b'question = ["one"]', "is not a question: write [[question]] above it [format]"),
}


@pytest.mark.parametrize(("content", "words"), FILES.values(), ids=FILES.keys())
def test_a_file_that_is_no_bank_file_is_one_line(tmp_path, content, words):
    folder = write_bank(tmp_path / "sample", question())
    (folder / "broken.toml").write_bytes(content)

    bank = read_bank(folder, the_place(), TODAY)

    (line,) = [str(f) for f in bank.findings if f.file == "sample/broken.toml"]
    assert line.startswith("sample/broken.toml")
    assert words in line
    assert "\n" not in line
    assert bank.module is not None  # the rest is read all the same
    assert bank.has_faults


def test_a_torn_file_is_not_told_as_an_objective_without_questions(tmp_path):
    folder = write_bank(tmp_path / "sample", question())
    (folder / "act.toml").write_text('[[question]]\nid = "torn\n', "utf-8")

    (finding,) = read_bank(folder, the_place(), TODAY).findings
    assert (finding.file, finding.rule) == ("sample/act.toml", "toml")


def test_a_byte_order_mark_does_no_harm(tmp_path):
    folder = write_bank(tmp_path / "sample", question())
    path = folder / "act.toml"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())

    assert told(read_bank(folder, the_place(), TODAY)) == []


def test_what_is_no_toml_file_is_a_warning(tmp_path):
    folder = write_bank(tmp_path / "sample", question())
    (folder / "notes.docx").write_bytes(b"PK")
    (folder / ".DS_Store").write_bytes(b"")

    (line,) = told(read_bank(folder, the_place(), TODAY))

    assert line.startswith("sample/notes.docx: does not belong in a bank")


def test_a_folder_named_as_a_file_is_one_line(tmp_path):
    folder = write_bank(tmp_path / "sample", question())
    (folder / "more.toml").mkdir()

    (line,) = told(read_bank(folder, the_place(), TODAY))

    assert "cannot be read: Is a directory" in line


def test_a_bank_without_its_own_file_is_one_line(tmp_path):
    (tmp_path / "sample").mkdir()

    (bank,) = read_banks(tmp_path, the_place(), TODAY)

    assert bank.module is None
    assert told(linted(bank)) == [
        "sample/module.toml: is missing: copy one from another folder and change it [file]"
    ]


def test_a_folder_that_is_none_or_empty_is_one_line(tmp_path):
    (tmp_path / "empty").mkdir()

    for folder, words in (("nowhere", "is not a folder of banks"), ("empty", "holds no bank")):
        (bank,) = read_banks(tmp_path / folder, the_place(), TODAY)
        assert told(bank) == [f"{folder}: {words} [file]"]


def test_an_id_is_unique_over_all_modules(tmp_path):
    write_bank(tmp_path / "one", question(id="same"))
    write_bank(tmp_path / "two", question(id="same"))

    first, second = read_banks(tmp_path, the_place(), TODAY)

    assert told(first) == []
    (line,) = told(second)
    assert line.startswith("two/act.toml, same: this id is already used in one/act.toml: ids are")


def test_the_id_of_a_withdrawn_question_is_not_used_again(tmp_path):
    gone = question(id="same", withdrawn={"edition": "2026.1", "why": "The law has changed."})

    line = only(tmp_path, gone, question(id="same"))

    assert "already used in sample/act.toml, where it is withdrawn" in line


# ---- the module's own file -------------------------------------------------------------------

HEADS = {
    "unknown": ({"titel": "x"}, "`titel` is not a known field: did you mean `title`?"),
    "ours": ({"id": "x"}, "`id` is not a known field"),
    "empty": ({"title": ""}, "`title` is empty: fill it"),
    "words": ({"title": 3}, "`title` must be words in quotes"),
    "minimum": ({"objective_minimum": 2}, "`objective_minimum` is more than is asked"),
    "edition": ({"edition": "2027.1"}, "the last of `changes` is not edition 2027.1"),
    "number": ({"minutes": 0}, "`minutes`: input should be greater than 0"),
    "objective": (
        {"objectives": {"act": "Act", "more": "More"}},
        "objective 'more' has no question: add the file more.toml or remove it",
    ),
    "slot": ({"instructions": "Ring {referal_team}."}, "did you mean 'referral_team'?"),
    "brace": ({"instructions": "Ring {."}, "a brace stands alone: a slot is {referral_team}"),
    "no variant": (
        {"must_knows": {"ring": {"objective": "act", "says": "Ring."}}},
        "must-know ring has no question: write three",
    ),
}


@pytest.mark.parametrize(("head", "words"), HEADS.values(), ids=HEADS.keys())
def test_what_is_wrong_with_the_module_is_one_line(tmp_path, head, words):
    line = only(tmp_path, question(), **head)

    assert line.startswith("sample/module.toml: ")
    assert words in line


def test_a_folder_is_named_as_an_id(tmp_path):
    bank = checked(tmp_path / "First Steps", question())

    words = "the folder's name must be lower-case words joined by hyphens, not 'First Steps'"
    assert told(bank) == [f"First Steps/module.toml: {words} [format]"]


def test_a_module_that_cannot_be_read_is_none(tmp_path):
    folder = write_bank(tmp_path / "sample", question())
    (folder / "module.toml").write_text("title = 3")

    bank = linted(read_bank(folder, the_place(), TODAY))

    assert bank.module is None
    assert len(bank.findings) > 5


def test_must_knows_belong_to_objectives_one_each(tmp_path):
    musts = {
        "ring": {"objective": "act", "says": "Ring."},
        "write": {"objective": "act", "says": "Write."},
        "wait": {"objective": "none-such", "says": "Wait."},
    }
    variants = [question(id=name, must_know=name) for name in musts]

    lines = told(checked(tmp_path / "sample", *variants, must_knows=musts))

    words = "objective 'act' has more than one must-know: at most one"
    assert sum(words in line for line in lines) == 2
    assert any("must-know wait names an unknown objective 'none-such'" in line for line in lines)
    assert any("must-know 'wait' belongs to objective 'none-such'" in line for line in lines)


def test_a_misconception_that_no_question_uses_is_a_warning(tmp_path):
    beliefs = {**HEAD["misconceptions"], "not-mine": "It is not mine to say"}

    bank = checked(tmp_path / "sample", question(), misconceptions=beliefs)

    assert told(bank) == [
        "sample/module.toml: misconception 'not-mine' is not used by any question [misconception]"
    ]
    assert not bank.has_faults


# ---- questions -------------------------------------------------------------------------------

STEPS = ("A call", "A decision", "A visit", "A plan")
QUESTIONS = {
    "kind": (question(kind="essay"), "`kind` must be 'one-of', 'several-of', 'in-order', 'match'"),
    "no kind": (question(kind=None), "`kind` is missing: say what kind of question this is"),
    "missing": (question(level=None), "`level` is missing: add it"),
    "unknown": (question(scenari="x"), "`scenari` is not a known field: did you mean `scenario`?"),
    "odd": (question(qqqq="x"), "`qqqq` is not a known field: remove it or correct its name"),
    "ours": (question(held="no"), "`held` is not a known field: remove it"),
    "id": (question(id="Not An Id"), "`id` must be lower-case words joined by hyphens"),
    "day": (
        question(review_by="soon"),
        "`review_by` must be a day such as 2027-06-30, without quotes",
    ),
    "level": (question(level="hard"), "`level` must be 'recall', 'understand' or 'apply'"),
    "authority": (question(authority="rumour"), "`authority` must be 'statutory'"),
    "belief": (
        question(
            option=[
                {**o, "misconception": "it-can-weit"} if "misconception" in o else o
                for o in question()["option"]
            ]
        ),
        "misconception 'it-can-weit' is not in module.toml: did you mean 'it-can-wait'?",
    ),
    "source": (
        question(sources=[{"id": "gide", "at": "1"}]),
        "source 'gide' is not in module.toml: did you mean 'guide'?",
    ),
    "must-know": (question(must_know="ring"), "must-know 'ring' is not in module.toml: add it"),
    "rival": (question(not_with=["nobody"]), "`not_with` names 'nobody', which is no other"),
    "itself": (question(not_with=["sample"]), "`not_with` names 'sample', which is no other"),
    "switch": (question(needs=["referral_team"]), "which is no switch of the place"),
    "no switch": (question(needs=["nowhere"]), "`needs` names 'nowhere', which is no switch"),
    "slot is switch": (
        question(because="If {is.duty_in_force} it is the law, and a call starts it."),
        "slot {is.duty_in_force} is a switch: name it in `needs` instead",
    ),
    "missed": (
        question(option=[{**o, "missed": "it-can-wait"} for o in question()["option"]]),
        "option 2: `missed` belongs to a right option",
    ),
    "missed in one-of": (
        question(
            option=[{**question()["option"][0], "missed": "it-can-wait"}, *question()["option"][1:]]
        ),
        "`missed` is for several-of questions: take it away",
    ),
    "six": (in_order(*STEPS, "A review", "An end", "A rest"), "`step` has 7: at most 6"),
    "two alike": (in_order("A call", "a call", "A plan"), "two of them say the same"),
    "two lefts": (
        match(("He", "The nurse"), ("He", "The police"), ("She", "The school")),
        "two of them say the same: change or remove one",
    ),
    "swap": (
        in_order(*STEPS, mixup=[{"swap": [1, 5], "misconception": "it-can-wait"}]),
        "mixup 1: `swap` names two different ones from 1 to 4",
    ),
    "swap itself": (
        in_order(*STEPS, mixup=[{"swap": [2, 2], "misconception": "it-can-wait"}]),
        "mixup 1: `swap` names two different ones from 1 to 4",
    ),
    "why": (
        question(option=[{"text": "A"}, *question()["option"][1:]]),
        "option 1, `why` is missing: add it [W29]",
    ),
}


@pytest.mark.parametrize(("raw", "words"), QUESTIONS.values(), ids=QUESTIONS.keys())
def test_what_is_wrong_with_a_question_is_told_in_words(tmp_path, raw, words):
    found = checked(tmp_path / "sample", raw, question(id="another")).findings

    (line,) = [str(f) for f in found if f.level == "fault" and f.question != "another"]
    assert line.startswith("sample/act.toml, ")
    assert words in line


def test_a_file_holds_questions_only(tmp_path):
    folder = write_bank(tmp_path / "sample", question())
    path = folder / "act.toml"
    path.write_text(f'objective = "act"\n{path.read_text("utf-8")}', "utf-8")

    (line,) = told(read_bank(folder, the_place(), TODAY))

    assert "`objective` is not a known field: a file holds [[question]] only" in line


def test_a_file_is_named_for_an_objective(tmp_path):
    folder = write_bank(tmp_path / "sample", question())
    (folder / "rest.toml").write_text(as_toml({"question": [question(id="another")]}), "utf-8")

    (line,) = told(read_bank(folder, the_place(), TODAY))

    assert "the file's name is no objective of module.toml: act" in line


def without_the_team():
    place = the_place()
    empty = place.settings["referral_team"].model_copy(update={"value": ""})
    return type(place)({**place.settings, "referral_team": empty})


def test_an_unfilled_slot_is_a_warning(tmp_path):
    folder = write_bank(tmp_path / "sample", question(because="Ring {referral_team} about her."))

    bank = read_bank(folder, without_the_team(), TODAY)

    assert "slot {referral_team} is not filled in place.toml" in told(bank)[0]
    assert not bank.has_faults


def test_an_unfilled_slot_that_everybody_would_see_is_a_fault(tmp_path):
    folder = write_bank(tmp_path / "sample", question(), instructions="Ring {referral_team}.")

    bank = read_bank(folder, without_the_team(), TODAY)

    assert "everybody would see it, so fill it" in told(bank)[0]
    assert bank.has_faults


def test_a_question_past_its_day_is_a_warning(tmp_path):
    bank = checked(tmp_path / "sample", question(review_by=TODAY.replace(year=2025)))

    (line,) = told(bank)
    assert "was to be looked at by 2025-11-21: until then it does not count [W06]" in line
    assert not bank.has_faults


@pytest.mark.parametrize("slip", [{"kind": "one"}, {"because": None}, {"levle": "apply"}])
def test_one_slip_in_a_question_is_one_line(tmp_path, slip):
    """Nothing is told of the whole bank while a question of it cannot be read."""
    assert only(tmp_path, question(**slip)).startswith("sample/act.toml, sample: ")


def test_one_banks_own_folder_is_read_as_that_bank(tmp_path):
    bank = write_bank(tmp_path / "sample", question())

    assert [one.id for one in read_banks(bank, the_place(), TODAY)] == ["sample"]
