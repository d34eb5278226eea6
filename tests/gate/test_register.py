"""The register of sources and changes: read strictly, and weighed against a bank."""

from datetime import date
from random import Random

import pytest

from questions.bank import read_bank
from questions.changing import findings, weigh
from questions.register import read_register
from questions.touching import OLD_RULE, OLD_RULE_SAYS, Touch
from quizbot.rules.pick import Mode, make_plan, may_ask
from tests.gate.samples import TODAY, as_toml, question, the_place, write_bank

YESTERDAY = date(2026, 11, 20)
EDITIONS = [
    {"label": "first", "date": date(2020, 1, 1), "status": "superseded"},
    {"label": "second", "date": date(2026, 1, 1), "status": "in-force"},
]
SOURCE = {"title": "The code", "publisher": "A department", "kind": "guidance", "edition": EDITIONS}
CHANGE = {
    "id": "c1",
    "source": "the-code",
    "from": "first",
    "to": "second",
    "in_force": YESTERDAY,
    "facts": ["R1"],
    "was": "Ask first.",
    "now": "Tell at once.",
    "matters": "Do not wait for an answer.",
    "kind": "reversed",
    "roles": ["all"],
    "doubt": "none",
    "date_doubt": "low",
}


def without(table, **changes):
    return {name: value for name, value in {**table, **changes}.items() if value is not None}


def register(folder, *changes, source=SOURCE, more=""):
    for name in ("sources", "changes"):
        (folder / name).mkdir(exist_ok=True)
    (folder / "sources" / "the-code.toml").write_text(as_toml(source), "utf-8")
    if changes:
        text = as_toml({"change": [dict(change) for change in changes]}) + more
        (folder / "changes" / "code.toml").write_text(text, "utf-8")
    return read_register(folder)


def told(found):
    return [str(finding) for finding in found]


def decided(folder, *decisions):
    (folder / "decisions.toml").write_text(as_toml({"decision": list(decisions)}), "utf-8")


def decision(*questions, **changes):
    given = {"change": "c1", "verdict": "stands", "why": "It asks the new rule already."}
    return {**given, **changes, "questions": list(questions)}


def weighed(bank, known):
    (change,) = known.changes.values()
    return weigh(change, [bank.module], the_place().is_on, TODAY)


def own(id_, **changes):
    """A question of the change's own: an option that was right before it."""
    asked = question(id=id_, **changes)
    asked["option"][1]["misconception"] = OLD_RULE
    return asked


def test_a_faultless_register_is_read(tmp_path):
    known = register(tmp_path, CHANGE)

    assert told(known.findings) == []
    assert known.sources["the-code"].today.label == "second"
    assert known.changes["c1"].starts_on(the_place().is_on) == YESTERDAY


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"kind": "turned"}, "`kind` must be"),
        ({"colour": "red"}, "`colour` is not a known field"),
        ({"was": ""}, "`was` is empty: fill it"),
        ({"source": "the-cod"}, "source 'the-cod' is not in the register: add sources/"),
        ({"to": "third"}, "the-code has no edition 'third': it has first, second"),
        ({"from": "second", "to": "first"}, "goes from second to first, which is no later"),
        ({"from": "second"}, "goes from second to second, which is no later"),
        (
            {"in_force": date(2025, 12, 31)},
            "is in force on 2025-12-31, before second was published",
        ),
        ({"in_force": None}, "needs `in_force`, a day, or a `switch` of the place"),
        ({"kind": "future"}, "is `future` and has a first day or a switch"),
        ({"facts": []}, "names neither a place (`at`) nor facts"),
        ({"cites": ["R1"]}, "names R1 in `facts` and in `cites`"),
    ],
)
def test_a_change_that_does_not_hold_together_is_a_fault_by_file_and_name(tmp_path, change, words):
    known = register(tmp_path, without(CHANGE, **change))

    (finding,) = known.findings
    assert finding.level == "fault"
    assert (finding.file, finding.question) == ("changes/code.toml", "c1")
    assert words in finding.words


def test_an_id_as_of_what_is_entered_in_the_browser_is_refused_in_files(tmp_path):
    known = register(tmp_path, {**CHANGE, "id": "here-c1"})

    (line,) = told(known.findings)
    assert "its id begins with 'here-', as of those that are entered in the browser" in line


def test_two_changes_of_one_answer_on_one_day_are_one_too_many(tmp_path):
    known = register(tmp_path, CHANGE, {**CHANGE, "id": "c2", "kind": "new-duty"})

    (line,) = told(known.findings)
    assert line.startswith("changes/code.toml, c2: changes R1 on the same day as c1: make one")


def test_two_changes_of_one_place_on_one_day_are_one_too_many(tmp_path):
    placed = {**CHANGE, "facts": [], "at": ["s.9"]}
    known = register(tmp_path, placed, {**placed, "id": "c2"})

    (line,) = told(known.findings)
    assert "c2: changes the-code s.9 on the same day as c1: make one change of the two" in line


def test_an_id_is_used_once(tmp_path):
    known = register(tmp_path, CHANGE, CHANGE)

    (line,) = told(known.findings)
    assert "this id is already used in changes/code.toml" in line


def test_a_file_of_changes_holds_changes_only(tmp_path):
    known = register(tmp_path, CHANGE, more='\n[author]\nname = "Efua"\n')

    (line,) = told(known.findings)
    assert "`author` is not a known field: a file holds [[change]] only" in line


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ({"edition": EDITIONS[::-1]}, "the editions do not stand in the order of their dates"),
        ({"edition": [EDITIONS[1], EDITIONS[1]]}, "two editions are called 'second'"),
        ({"id": "code"}, "`id` is the file's name"),
        ({"publisher": None}, "`publisher` is missing"),
        ({"edition": []}, "`edition` needs at least 1"),
    ],
)
def test_a_source_that_does_not_hold_together_is_a_fault(tmp_path, source, words):
    known = register(tmp_path, source=without(SOURCE, **source))

    assert any(words in line for line in told(known.findings))
    assert {finding.file for finding in known.findings} == {"sources/the-code.toml"}


def test_a_question_rests_on_a_change_by_its_fact(tmp_path):
    bank = read_bank(write_bank(tmp_path / "sample", question()), the_place(), TODAY)

    (touched,) = weighed(bank, register(tmp_path, CHANGE)).touched

    assert (touched.question.id, touched.how, touched.verdict) == ("sample", Touch.ANSWER, None)


def test_or_only_speaks_of_it(tmp_path):
    known = register(tmp_path, {**CHANGE, "facts": ["R2"], "cites": ["R1"]})
    bank = read_bank(write_bank(tmp_path / "sample", question()), the_place(), TODAY)

    assert [one.how for one in weighed(bank, known).touched] == [Touch.MENTION]


@pytest.mark.parametrize(
    ("at", "is_touched"),
    [("s.4", True), ("s.4(1)", True), ("s.44", False), ("not numbered", False), ("s.5", False)],
)
def test_or_by_the_place_that_it_cites_in_the_register(tmp_path, at, is_touched):
    known = register(tmp_path, {**CHANGE, "facts": [], "at": ["s.4"]})
    cites = question(facts=["X1"], sources=[{"id": "the-code", "at": at}])
    folder = write_bank(tmp_path / "sample", cites)

    bank = read_bank(folder, the_place(), TODAY, known)

    assert bool(weighed(bank, known).touched) is is_touched
    assert bank.module.sources["the-code"].edition == "second"
    assert not bank.has_faults


def test_a_module_s_own_source_may_stand_for_one_of_the_register(tmp_path):
    known = register(tmp_path, {**CHANGE, "facts": [], "at": ["s.4"]})
    guide = {"title": "The code, as told here", "edition": "2021", "publisher": "Northmoor"}
    sources = {"guide": {**guide, "document": {"id": "the-code", "edition": "first"}}}
    cites = question(facts=["X1"], sources=[{"id": "guide", "at": "s.4(2)"}])

    bank = read_bank(
        write_bank(tmp_path / "sample", cites, sources=sources), the_place(), TODAY, known
    )

    assert [one.how for one in weighed(bank, known).touched] == [Touch.ANSWER]


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"id": "the-cod", "edition": "first"}, "names 'the-cod', which is not in the register"),
        ({"id": "the-code", "edition": "1"}, "an edition that the-code does not have: first, sec"),
    ],
)
def test_what_it_stands_for_is_in_the_register(tmp_path, document, words):
    guide = {"title": "A guide", "edition": "2021", "publisher": "A", "document": document}
    folder = write_bank(tmp_path / "sample", question(), sources={"guide": guide})

    bank = read_bank(folder, the_place(), TODAY, register(tmp_path))

    assert any(words in line for line in told(bank.findings))
    assert bank.has_faults


def test_a_touched_question_that_nobody_decided_is_asked_in_practice_only(tmp_path):
    folder = write_bank(tmp_path / "sample", question())

    bank = read_bank(folder, the_place(), TODAY, register(tmp_path, CHANGE))

    (asked,) = bank.module.asked
    assert (may_ask(asked, Mode.PRACTICE, TODAY), may_ask(asked, Mode.ASSURED, TODAY)) == (
        True,
        False,
    )
    (finding,) = bank.findings
    assert (finding.level, finding.question, finding.rule) == ("warning", "sample", "change")
    assert finding.words.startswith("rests on what changed (c1), and nobody has decided")


def test_it_counts_until_the_day_the_change_comes_into_force(tmp_path):
    tomorrow = date(2026, 11, 22)
    known = register(tmp_path, {**CHANGE, "in_force": tomorrow})

    bank = read_bank(write_bank(tmp_path / "sample", question()), the_place(), TODAY, known)

    (asked,) = bank.module.asked
    assert may_ask(asked, Mode.ASSURED, TODAY)
    assert not may_ask(asked, Mode.ASSURED, tomorrow)


@pytest.mark.parametrize("verdict", ["stands", "revised", "new"])
def test_a_decided_question_counts(tmp_path, verdict):
    folder = write_bank(tmp_path / "sample", question())
    decided(folder, decision("sample", verdict=verdict))

    bank = read_bank(folder, the_place(), TODAY, register(tmp_path, CHANGE))

    assert told(bank.findings) == []
    assert bank.module is not None
    assert make_plan(bank.module, Mode.ASSURED, TODAY, {}, Random(0)) is not None


def test_a_decision_may_stand_at_its_question(tmp_path):
    inline = {"change": "c1", "verdict": "stands", "why": "It asks the new rule already."}
    folder = write_bank(tmp_path / "sample", question(decision=[inline]))

    bank = read_bank(folder, the_place(), TODAY, register(tmp_path, CHANGE))

    assert told(bank.findings) == []


@pytest.mark.parametrize(
    ("decisions", "words"),
    [
        ([decision("nobody")], "decides for c1, and there is no question of this id here"),
        ([decision("sample"), decision("sample")], "c1 is decided twice for this question"),
        ([decision("sample"), decision("sample", change="c9")], "'c9', which is no change of"),
        ([decision("sample", verdict="withdrawn")], "is decided withdrawn for c1, and is asked"),
        ([decision("sample", verdict="fine")], "`verdict` must be"),
        ([decision("sample", why="")], "`why` is empty: fill it"),
        ([decision()], "`questions` needs at least 1"),
    ],
)
def test_a_decision_that_decides_nothing_is_a_fault(tmp_path, decisions, words):
    folder = write_bank(tmp_path / "sample", question())
    decided(folder, *decisions)

    bank = read_bank(folder, the_place(), TODAY, register(tmp_path, CHANGE))

    assert any(words in line for line in told(bank.findings))
    assert bank.has_faults


def test_a_decision_on_what_was_entered_elsewhere_is_told_and_stops_nothing(tmp_path):
    folder = write_bank(tmp_path / "sample", question())
    decided(folder, decision("sample"), decision("sample", change="here-half-fill-the-pot"))

    bank = read_bank(folder, the_place(), TODAY, register(tmp_path, CHANGE))

    assert any("entered elsewhere or taken back" in line for line in told(bank.findings))
    assert not bank.has_faults


def test_a_decision_on_what_is_not_touched_is_a_fault(tmp_path):
    folder = write_bank(tmp_path / "sample", question(facts=["R2"]))
    decided(folder, decision("sample"))

    bank = read_bank(folder, the_place(), TODAY, register(tmp_path, CHANGE))

    assert "decides for c1, which does not touch it" in told(bank.findings)[0]


@pytest.mark.parametrize(
    ("second", "is_circle"),
    [
        ({"in_force": date(2026, 11, 1)}, True),
        ({"in_force": date(2026, 11, 1), "facts": ["R9"], "at": ["paragraph 9"]}, False),
        ({"in_force": date(2026, 11, 1), "facts": ["R1", "R9"]}, True),
    ],
)
def test_decisions_that_go_in_a_circle_are_a_fault(tmp_path, second, is_circle):
    folder = write_bank(tmp_path / "sample", question(facts=["R1", "R9"]))
    decided(
        folder,
        decision("sample", verdict="revised"),
        decision("sample", verdict="revised", change="c2"),
    )
    known = register(tmp_path, CHANGE, {**CHANGE, "id": "c2", **second})

    bank = read_bank(folder, the_place(), TODAY, known)

    found = [line for line in told(bank.findings) if "go in a circle" in line]
    assert bool(found) == is_circle
    if is_circle:
        (line,) = found
        assert line.startswith("sample/")
        assert "sample: asks for the new rule of c1 and of c2" in line
        assert "decide `stands` or `withdrawn` for the earlier" in line


def test_a_change_that_waits_for_a_switch_holds_nothing_back_until_it_is_on(tmp_path):
    known = register(tmp_path, without(CHANGE, in_force=None, switch="is.new_code"))
    change = known.changes["c1"]

    assert change.starts_on({"is.new_code": True}.get) == date.min
    assert change.starts_on({"is.new_code": False}.get) is None


def test_what_is_to_come_holds_nothing_back(tmp_path):
    known = register(tmp_path, without(CHANGE, in_force=None, kind="future"))

    bank = read_bank(write_bank(tmp_path / "sample", question()), the_place(), TODAY, known)

    assert told(bank.findings) == []


def test_a_rule_that_changed_asks_people_once_two_questions_tell_the_new_from_the_old(tmp_path):
    known = register(tmp_path, CHANGE)
    folder = write_bank(tmp_path / "sample", own("sample-1"), own("sample-2"))
    decided(folder, decision("sample-1", "sample-2", verdict="new"))

    one = weighed(read_bank(folder, the_place(), TODAY, known), known)

    assert (one.asked_in, one.own) == ("sample", ("sample-1", "sample-2"))
    assert one.asks_nobody == ()


def test_the_belief_in_the_old_rule_is_there_for_every_module(tmp_path):
    folder = write_bank(tmp_path / "sample", own("sample-1", facts=["R2"]))

    bank = read_bank(folder, the_place(), TODAY, register(tmp_path))

    assert bank.module.misconceptions[OLD_RULE] == OLD_RULE_SAYS
    assert not bank.has_faults


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"kind": "wording"}, "it is wording: nobody's answer became wrong"),
        ({"doubt": "medium"}, "there is doubt of the change (medium): a lead reads the text"),
        ({"date_doubt": "high"}, "there is doubt of its date (high): look it up"),
        ({"in_force": date(2026, 11, 22)}, "it is not in force here"),
        ({}, "it has no question of its own that tells the new rule from the old: write 2"),
    ],
)
def test_what_keeps_people_from_being_asked_is_told(tmp_path, change, words):
    known = register(tmp_path, {**CHANGE, **change})
    folder = write_bank(tmp_path / "sample", question())

    one = weighed(read_bank(folder, the_place(), TODAY, known), known)

    assert words in "; ".join(one.asks_nobody)


def test_what_nothing_rests_on_is_a_warning(tmp_path):
    known = register(tmp_path, {**CHANGE, "facts": ["X9"], "at": ["s.9"]})
    bank = read_bank(write_bank(tmp_path / "sample", question()), the_place(), TODAY, known)
    assert bank.module is not None

    lines = told(findings(known, [weighed(bank, known)], [bank.module]))

    ends = ("no question cites it", "no question cites the-code, s.9", "it touches no question")
    assert len(lines) == 3
    assert all(end in line for end, line in zip(ends, lines, strict=True))


def test_a_withdrawn_question_waits_for_no_decision(tmp_path):
    gone = question(withdrawn={"edition": "2026.1", "why": "The rule changed."})
    folder = write_bank(tmp_path / "sample", gone, question(id="sample-2", facts=["R2"]))

    bank = read_bank(folder, the_place(), TODAY, register(tmp_path, CHANGE))

    assert told(bank.findings) == []
