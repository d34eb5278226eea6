"""A place's own changes to the national banks: merged, and where both changed, told."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner

from questions.bank import linted, read_banks
from questions.local import fingerprint
from questions.register import Register, RuleChange
from questions.twins import groups
from quizbot.cli import quizbot
from tests import made
from tests.gate import samples
from tests.made import TODAY, question, questions, write_bank

POT = made.place(teapot="the brown pot", partnership_name="Northmoor")


@pytest.fixture
def banks(tmp_path):
    return write_bank(tmp_path / "banks")


@pytest.fixture
def local(tmp_path):
    folder = tmp_path / "northmoor"
    (folder / "tea").mkdir(parents=True)
    return folder


def write(local, name="tea/leaves.toml", **content: Any):
    (local / name).parent.mkdir(parents=True, exist_ok=True)
    (local / name).write_text(made.toml(content), encoding="utf-8")


def read(banks, local):
    return {bank.id: bank for bank in read_banks(banks, POT, TODAY, local)}


def asked(bank) -> Mapping[str, Any]:
    return {question.id: question for question in bank.module.asked}


def base_of(banks, id_="leaves-1"):
    return fingerprint(asked(read(banks, None)["tea"])[id_])


def national(banks, **changes):
    """The national bank as it moves on: its question leaves-1 changed."""
    by_objective = questions()
    by_objective["leaves"][0].update(changes)
    write_bank(banks, by_objective)


def lines(bank):
    return [str(finding) for finding in bank.findings]


def test_a_place_adds_replaces_and_withdraws(banks, local):
    write(
        local,
        question=[question("northmoor-1", ask="Where does the pot stand?")],
        replace=[question("leaves-1", ask="How long do leaves stay here?", base=base_of(banks))],
        withdraw=[{"id": "leaves-2", "why": "We have no such pot."}],
    )

    bank = read(banks, local)["tea"]

    assert lines(bank) == []
    assert asked(bank)["northmoor-1"].objective == "leaves"
    assert asked(bank)["leaves-1"].ask == "How long do leaves stay here?"
    assert "leaves-2" not in asked(bank)
    gone = next(q for q in bank.module.questions if q.id == "leaves-2")
    assert gone.withdrawn.why == "We have no such pot."


def test_a_place_has_modules_of_its_own(banks, local):
    own = {"water": [question("own-boil", must_know="boil"), question("own-water")]}
    write_bank(local, {**own, "leaves": [question("own-1"), question("own-2")]})
    (local / "tea").rename(local / "coffee")

    found = read(banks, local)

    assert list(found) == ["coffee", "tea"]
    assert lines(found["coffee"]) == []
    assert set(asked(found["coffee"])) == {"own-boil", "own-water", "own-1", "own-2"}


def test_local_questions_may_name_beliefs_and_sources_of_the_place(banks, local):
    new = question("northmoor-1", sources=[{"id": "rota", "at": "not numbered"}])
    new["option"][0]["misconception"] = "no-pot"
    write(
        local,
        question=[new],
        misconceptions={"no-pot": "There is no pot"},
        sources={"rota": {"title": "The rota", "edition": "2026", "publisher": "Northmoor"}},
    )

    assert lines(read(banks, local)["tea"]) == []


def test_where_the_national_question_has_not_changed_the_local_one_stands(banks, local):
    write(local, replace=[question("leaves-1", ask="How long here?", base=base_of(banks))])
    national(banks, review_by=TODAY.replace(year=2028))  # looked at again, and not changed

    bank = read(banks, local)["tea"]

    assert lines(bank) == []
    assert asked(bank)["leaves-1"].ask == "How long here?"


def test_where_both_have_made_the_same_change_there_is_nothing_to_decide(banks, local):
    write(local, replace=[question("leaves-1", ask="How long?", base=base_of(banks))])
    national(banks, ask="How long?")

    bank = read(banks, local)["tea"]

    assert lines(bank) == [
        (
            "northmoor/tea/leaves.toml, leaves-1: is the same in the national bank now: this"
            " [[replace]] can go [local]"
        )
    ]
    assert not bank.has_faults
    assert asked(bank)["leaves-1"].check == ""


def test_where_both_have_changed_the_national_one_is_asked_for_practice_until_decided(banks, local):
    write(local, replace=[question("leaves-1", ask="How long here?", base=base_of(banks))])
    national(banks, ask="How long, by law?", check="Ask Ida.")
    now = base_of(banks)

    bank = read(banks, local)["tea"]

    (line,) = lines(bank)
    assert line.startswith("northmoor/tea/leaves.toml, leaves-1: conflict: the national bank has")
    assert f'set base = "{now}"' in line
    assert not bank.has_faults
    stands = asked(bank)["leaves-1"]
    assert stands.ask == "How long, by law?"
    assert stands.check.startswith("The national bank has changed this question")
    assert stands.check.endswith("Ask Ida.")

    write(local, replace=[question("leaves-1", ask="How long here?", base=now)])
    decided = read(banks, local)["tea"]
    assert lines(decided) == []
    assert asked(decided)["leaves-1"].ask == "How long here?"


def test_what_the_national_bank_withdraws_is_not_asked_here_either(banks, local):
    write(local, replace=[question("leaves-1", ask="How long here?", base=base_of(banks))])
    national(banks, withdrawn={"edition": "2026.1", "why": "The law has changed."})

    bank = read(banks, local)["tea"]

    assert "has withdrawn this question (The law has changed)" in lines(bank)[0]
    assert "leaves-1" not in asked(bank)


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (
            {"replace": [question("nowhere", base="0")]},
            "northmoor/tea/leaves.toml, nowhere: replaces what is not there",
        ),
        (
            {"withdraw": [{"id": "nowhere", "why": "No."}]},
            "northmoor/tea/leaves.toml, nowhere: withdraws what is not there",
        ),
        (
            {"withdraw": [{"id": "leaves-1"}]},
            "northmoor/tea/leaves.toml, withdraw 1: `why` is missing: add it",
        ),
        (
            {"replace": [question("leaves-1", ask="Where?")]},
            'leaves-1: does not say what it was made from: add base = "',
        ),
        (
            {"question": [question("leaves-1")]},
            "leaves-1: this id is already used in tea/leaves.toml",
        ),
        (
            {"question": [question("new-1", sources=[{"id": "rota", "at": "p. 1"}])]},
            "northmoor/tea/leaves.toml, new-1: source 'rota' is not in module.toml",
        ),
        ({"questions": []}, "northmoor/tea/leaves.toml: `questions` does not belong here"),
        ({"question": {"id": "x"}}, "northmoor/tea/leaves.toml: `question` does not belong here"),
        ({"replace": [5]}, "northmoor/tea/leaves.toml, replace 1: is not a question"),
        ({"misconceptions": {"forever": "For ever"}}, "misconception 'forever' is in the national"),
        ({"misconceptions": {"For": 5}}, "northmoor/tea/leaves.toml: "),
        ({"sources": {"rota": {"title": "x"}}}, "source 'rota': `edition` is missing"),
        (
            {
                "replace": [question("leaves-1", base="0")],
                "withdraw": [{"id": "leaves-1", "why": "No."}],
            },
            "leaves-1: is in northmoor/tea/leaves.toml already: keep one of the two",
        ),
    ],
)
def test_what_is_wrong_with_a_local_bank_is_one_clear_line(banks, local, content, line):
    write(local, **content)

    bank = read(banks, local)["tea"]

    assert bank.has_faults
    assert any(line in found for found in lines(bank)), lines(bank)


def test_a_torn_local_file_is_a_fault_of_its_module_alone(banks, local):
    (local / "tea" / "leaves.toml").write_text("[[withdraw]\n")
    (local / "tea" / ".notes").write_text("hidden")
    (local / "tea" / "notes.txt").write_text("what is this")

    (torn, other) = lines(read(banks, local)["tea"])

    assert torn.startswith("northmoor/tea/leaves.toml: is not valid TOML")
    assert other.startswith("northmoor/tea/notes.txt: does not belong in a bank")


def test_a_folder_that_changes_no_module_and_one_that_is_not_there_are_faults(banks, local):
    write(local, "coffee/beans.toml", withdraw=[])
    assert "there is no national module 'coffee'" in lines(read(banks, local)["coffee"])[0]

    write(local, "tea/module.toml", title="Tea")
    assert "the national module has its own" in lines(read(banks, local)["tea"])[0]

    (bank,) = read(banks, local / "nowhere").values()
    assert bank.module is None
    assert "take QUIZBOT_LOCAL_BANKS away" in lines(bank)[0]


def test_what_has_gone_in_the_national_bank_too_need_not_be_withdrawn(banks, local):
    write(local, withdraw=[{"id": "leaves-1", "why": "No."}])
    national(banks, withdrawn={"edition": "2026.1", "why": "The law has changed."})

    bank = read(banks, local)["tea"]

    assert "this [[withdraw]] can go" in lines(bank)[0]
    assert not bank.has_faults


def test_local_questions_are_linted_under_their_own_file(banks, local):
    write(local, question=[question("northmoor-1", ask="Who should not be told here?")])

    found = {f.file for f in linted(read(banks, local)["tea"]).findings if f.rule == "W09"}

    assert found == {"northmoor/tea/leaves.toml"}


def loud(count):
    """Questions that apply a rule, none of them with the smaller act as its key or with a twin."""
    return [question(f"northmoor-{number}") for number in range(count)]


def of_shares(bank):
    return [finding for finding in linted(bank).findings if finding.rule == "W37"]


def test_what_a_place_adds_moves_the_shares_of_a_bank_and_stops_nothing(banks, local):
    write(local, question=loud(30))

    found = of_shares(read(banks, local)["tea"])

    assert {one.level for one in found} == {"warning"}
    assert any("0 of 38 questions that apply a rule are `quiet`" in one.words for one in found)


def test_a_national_bank_is_held_to_its_own_shares_whatever_a_place_adds(banks, local):
    write_bank(banks, {**questions(), "leaves": [question(f"leaves-{n}") for n in range(30)]})
    write(local, withdraw=[{"id": "leaves-1", "why": "We have no such pot."}])

    alone = of_shares(read(banks, None)["tea"])
    changed = of_shares(read(banks, local)["tea"])

    assert {one.level for one in alone} == {"fault"}
    assert [one for one in changed if one.level == "fault"] == alone


def test_a_module_of_the_place_is_told_under_its_own_folder(banks, local):
    write_bank(local, {"water": [question("own-1")]}, must_knows={}, objectives={"water": "Water"})
    (local / "tea").rename(local / "coffee")

    found = {finding.file for finding in linted(read(banks, local)["coffee"]).findings}

    assert found
    assert all(file.startswith("northmoor/coffee/") for file in found)


def test_the_commands_read_the_local_folder(banks, local, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("QUIZBOT_LOCAL_BANKS", str(local))
    write(local, withdraw=[{"id": "nowhere", "why": "No."}])

    for command in ("check", "robots", "coverage"):
        result = CliRunner().invoke(quizbot, ["banks", command, str(banks)])
        assert ("not there" if command == "check" else "tea has faults") in result.output


@pytest.mark.parametrize("steps", ["option", "step", "pair"])
def test_two_slots_that_read_the_same_here_are_a_warning_and_not_asked(banks, steps):
    by_objective = questions()
    same = question("leaves-1", kind={"step": "in-order", "pair": "match"}.get(steps, "one-of"))
    words = ("{teapot}", "{kettle}", "The tap")
    del same["option"]
    same[steps] = {
        "option": [
            {
                "text": text,
                "why": "Yes.",
                **({"misconception": "lukewarm", "errs": "fact"} if n else {"right": True}),
            }
            for n, text in enumerate(words)
        ],
        "step": [{"text": text, "why": "Yes."} for text in words],
        "pair": [{"left": text, "right": f"Cup {text}", "why": "Yes."} for text in words],
    }[steps]
    by_objective["leaves"][0] = same
    write_bank(banks, by_objective)
    place = made.place(teapot="The pot", kettle="The pot")

    (bank,) = read_banks(banks, place, TODAY)

    (finding,) = (f for f in bank.findings if f.rule == "slot")
    assert finding.level == "warning"
    assert finding.words.startswith("with this place's words for teapot, kettle: ")
    assert finding.words.endswith("the question is not asked")


@pytest.fixture
def run(monkeypatch, tmp_path, local):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("QUIZBOT_LOCAL_BANKS", str(local))
    monkeypatch.setenv("QUIZBOT_SECRET_KEY", "a secret for tests only, of no use anywhere")
    monkeypatch.setenv("QUIZBOT_DATABASE_URL", f"sqlite:///{tmp_path / 'quizbot.db'}")

    def run(*words):
        return CliRunner().invoke(quizbot, [str(word) for word in words])

    assert run("db", "upgrade").exit_code == 0
    return run


def clean(banks, **changes):
    """A national bank that breaks no rule, its first question changed."""
    samples.write_bank(banks / "sample", samples.question(**changes), samples.question(id="other"))


def replaced(local, **changes):
    (local / "sample").mkdir(exist_ok=True)
    text = samples.as_toml({"replace": [samples.question(**changes)]})
    (local / "sample" / "act.toml").write_text(text, encoding="utf-8")


def test_publishing_tells_what_is_to_be_decided_and_leaves_a_faulty_bank_alone(
    run, tmp_path, local
):
    banks = tmp_path / "clean"
    clean(banks)
    base = fingerprint(asked(read(banks, None)["sample"])["sample"])
    (local / "tea").rmdir()
    replaced(local, ask="What do you do FIRST here?", base=base)
    assert run("banks", "publish", banks).output == "sample: edition 2026.1 is published.\n"

    clean(banks, ask="What is the FIRST thing to do?")
    moved_on = run("banks", "publish", banks)
    assert "to decide: northmoor/sample/act.toml, sample: conflict: " in moved_on.stderr
    assert moved_on.stdout == "sample: edition 2026.1 is published.\n"
    assert moved_on.exit_code == 0

    replaced(local, id="nowhere")
    torn = run("banks", "publish", banks)
    assert "fault: northmoor/sample/act.toml, nowhere: replaces what is not there" in torn.stderr
    assert "sample was not published: what was published before goes on" in torn.stderr
    assert torn.exit_code == 1


def test_publishing_tells_of_an_id_that_came_back_as_another(run, tmp_path, local):
    banks = tmp_path / "clean"
    (local / "tea").rmdir()
    clean(banks)
    run("banks", "publish", banks)
    clean(banks, withdrawn={"edition": "2026.1", "why": "The law has changed."})
    assert run("banks", "publish", banks).exit_code == 0

    clean(banks, ask="What is the BEST thing to do?")
    back = run("banks", "publish", banks)

    assert "sample: this id stood for another question in edition 2026.1 of sample" in back.stderr
    assert back.exit_code == 1


def test_the_folder_of_local_banks_being_away_publishes_nothing(run, tmp_path, local):
    banks = tmp_path / "clean"
    clean(banks)
    local.rename(local.with_name("moved"))

    away = run("banks", "publish", banks)

    assert "is not a folder: put the local banks there" in away.stderr
    assert away.stdout == ""
    assert away.exit_code == 1


def test_another_place_file_can_be_checked_before_it_is_used(run, tmp_path):
    (tmp_path / "ours.toml").write_text('[odd]\ntype = "text"\n')

    result = run("place", "check", tmp_path / "ours.toml")

    assert "fault: `owner` is missing: add it [place]" in result.output
    assert "fault: is not here, and 1 question cannot be asked without it: add it" in result.output
    assert result.exit_code == 1


# Twins


def twins(*names, twin=None, **changes):
    """Twins of three options, each with another of them right, in a chain."""
    texts = ("Leave it", "Boil it", "Forget it")
    made_ = []
    for name, right in zip(names, texts, strict=False):
        options = [
            {"text": text, "why": "It is so.", "right": True}
            if text == right
            else {"text": text, "why": "No.", "misconception": "lukewarm", "errs": "fact"}
            for text in texts
        ]
        made_.append(question(name, option=options, twin=twin, **changes))
        twin = name
    return made_


@pytest.mark.parametrize(
    ("names", "groups_left"),
    [(("t-1", "t-2", "t-3"), {frozenset(("t-1", "t-3"))}), (("t-1", "t-2"), set())],
)
def test_a_place_may_replace_one_of_some_twins_and_the_others_stay_twins(
    tmp_path, local, names, groups_left
):
    by_objective = questions()
    by_objective["leaves"] += twins(*names)
    banks = write_bank(tmp_path / "twins", by_objective)
    base = base_of(banks, "t-2")
    ours = question("t-2", base=base)
    ours["option"][0]["text"] = "Leave it here"
    write(local, replace=[ours])

    bank = read(banks, local)["tea"]

    assert not [line for line in lines(bank) if "twin" in line]
    assert bank.module is not None
    assert {*groups(bank.module.questions).values()} == groups_left


def test_a_replacement_with_the_same_options_is_a_twin_as_before(tmp_path, local):
    by_objective = questions()
    by_objective["leaves"] += twins("t-1", "t-2", "t-3")
    banks = write_bank(tmp_path / "twins", by_objective)
    (ours,) = (one for one in twins("t-1", "t-2", "t-3") if one["id"] == "t-2")
    ours |= {"base": base_of(banks, "t-2"), "ask": "How long do leaves stay here?", "twin": None}
    write(local, replace=[{name: value for name, value in ours.items() if value is not None}])

    bank = read(banks, local)["tea"]

    assert lines(bank) == []
    assert groups(bank.module.questions)["t-3"] == {"t-1", "t-2", "t-3"}


def test_a_withdrawn_twin_still_joins_the_others(tmp_path, local):
    by_objective = questions()
    by_objective["leaves"] += twins("t-1", "t-2", "t-3")
    banks = write_bank(tmp_path / "twins", by_objective)
    write(local, withdraw=[{"id": "t-2", "why": "We have no such pot."}])

    bank = read(banks, local)["tea"]

    assert lines(bank) == []
    assert groups(bank.module.questions)["t-1"] >= {"t-1", "t-3"}


def test_how_an_option_errs_a_twin_and_a_quiet_key_are_no_change_of_the_question(banks):
    before = base_of(banks)
    by_objective = questions()
    by_objective["leaves"][0]["quiet"] = True
    by_objective["leaves"][0]["option"][0]["errs"] = "fact"
    write_bank(banks, by_objective)

    assert base_of(banks) == before


def rule_change(**given):
    """A register in which the rule behind fact T1 was reversed yesterday."""
    change = {
        "id": "c1",
        "source": "pot-code",
        "to": "second",
        "in_force": TODAY - timedelta(days=1),
        "facts": ["T1"],
        "was": "Warm it.",
        "now": "Boil it.",
        "matters": "Wait for the whistle.",
        "kind": "reversed",
        "roles": ["all"],
        "doubt": "none",
        "date_doubt": "none",
        **given,
    }
    return Register(changes={"c1": RuleChange.model_validate(change)})


def decided(folder, *ids):
    decision = {"change": "c1", "verdict": "stands", "why": "It boils.", "questions": [*ids]}
    (folder / "decisions.toml").write_text(made.toml({"decision": [decision]}), encoding="utf-8")


def test_what_the_nation_decided_is_not_decided_of_the_words_of_a_place(banks, local):
    decided(banks / "tea", *(q["id"] for several in questions().values() for q in several))
    write(local, replace=[question("leaves-1", ask="How long here?", base=base_of(banks))])

    (bank,) = read_banks(banks, POT, TODAY, local, rule_change())

    waiting = {id_ for id_, one in asked(bank).items() if one.undecided_from}
    assert waiting == {"leaves-1"}


def test_a_place_decides_of_its_own_questions(banks, local):
    decided(banks / "tea", *(q["id"] for several in questions().values() for q in several))
    own = question("northmoor-1", ask="Where does the pot stand?")
    write(
        local,
        question=[own],
        replace=[question("leaves-1", ask="How long here?", base=base_of(banks))],
    )
    decided(local / "tea", "northmoor-1", "leaves-1")

    (bank,) = read_banks(banks, POT, TODAY, local, rule_change())

    assert lines(bank) == []
    assert not any(one.undecided_from for one in asked(bank).values())
