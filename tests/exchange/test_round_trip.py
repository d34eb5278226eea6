"""Our questions in a format and back: nothing is lost that is not reported."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from questions.bank import SHIPPED, read_bank
from questions.exchange.formats import FORMATS, read
from questions.exchange.losses import FIELDS, WHOLE, write
from questions.exchange.toml import as_files
from tests.counted import counted
from tests.exchange.questions import PARTS, module, question, the_four
from tests.gate.samples import TODAY, the_place
from tests.shipped import BANKS, shipped_module

ROWS = ("option", "step", "pair")

texts = st.text(
    st.characters(exclude_categories=["Cs"]) | st.sampled_from("{}~=#:\\%[]<>&\"'->\n \t,;.)1aA"),
    min_size=1,
    max_size=30,
).filter(lambda text: text.strip() == text)


def told(content):
    """Every field with its value; of options, steps and pairs each part by itself."""
    found = {name: value for name, value in content.items() if name not in ROWS}
    for name in ROWS:
        for at, part in enumerate(content.get(name, ())):
            found |= {(f"{name}.{key}", at): value for key, value in part.items()}
    return found


def unreported(before, drafts, written):
    """What a draft does not say as the question did, and no loss tells."""
    reported = {(loss.question, loss.field) for loss in written.losses}
    for one, draft in zip(before, drafts, strict=True):
        had = told(one.model_dump(mode="json", by_alias=True, exclude_defaults=True))
        has = told(draft.content) | {"objective": draft.objective}
        for name in had.keys() | has.keys():
            field = name[0] if isinstance(name, tuple) else name
            if had.get(name) != has.get(name) and (one.id, field) not in reported:
                yield one.id, field, had.get(name), has.get(name)


def kept(made, written):
    """The questions that are in the file."""
    gone = {loss.question for loss in written.losses if loss.field == WHOLE}
    return [one for one in made.asked if one.id not in gone]


@pytest.mark.parametrize("format_", FORMATS.values(), ids=FORMATS)
@pytest.mark.parametrize("name", BANKS)
def test_a_shipped_bank_comes_back_but_for_what_is_reported(name, format_):
    written = write(shipped_module(name), format_)

    found = read(written.data)

    assert not list(unreported(kept(shipped_module(name), written), found.drafts, written))
    assert all(loss.field in FIELDS for loss in written.losses)


@pytest.mark.parametrize("format_", FORMATS.values(), ids=FORMATS)
@settings(deadline=None, max_examples=40)
@given(data=st.data())
def test_no_words_are_lost_without_a_word(format_, data):
    kind = data.draw(st.sampled_from(list(PARTS)))
    parts = {
        name: [
            {**part, **{key: data.draw(texts) for key in part if key in ("text", "left", "why")}}
            | ({"right": data.draw(texts)} if name == "pair" else {})
            for part in rows
        ]
        for name, rows in PARTS[kind].items()
        if name in ROWS
    }
    changes = {name: data.draw(texts) for name in ("scenario", "ask", "because", "check")}
    try:
        odd = question(kind, id="odd", **changes, **parts)
    except ValueError:  # two of them say the same
        return
    made = module(question("one-of", id="before"), odd, question("one-of", id="after"))

    written = write(made, format_)
    drafts = read(written.data).drafts

    assert not list(unreported(kept(made, written), drafts, written))


@pytest.mark.parametrize("format_", FORMATS.values(), ids=FORMATS)
def test_writing_twice_gives_the_same_bytes(format_):
    assert write(the_four(), format_).data == write(the_four(), format_).data


@pytest.mark.parametrize("format_", FORMATS.values(), ids=FORMATS)
def test_two_hundred_questions_are_read_in_far_less_than_a_second(format_):
    chosen = [
        one for name in BANKS for one in shipped_module(name).asked if one.kind in format_.kinds
    ]
    data = write(shipped_module("referrals"), format_, chosen[:200]).data

    found, work = counted(lambda: read(data))

    assert len(found.drafts) == 200
    assert work < 1_500_000  # calls, of which a second has some five million


@pytest.mark.parametrize("name", BANKS)
def test_a_table_brings_a_whole_bank_back(name, tmp_path):
    folder = tmp_path / name
    folder.mkdir()
    (folder / "module.toml").write_bytes((SHIPPED / name / "module.toml").read_bytes())
    found = read(write(shipped_module(name), FORMATS["csv"]).data)

    for file, text in as_files(found.drafts, "brought-in", "A table").items():
        (folder / file).write_text(text, "utf-8")
    again = read_bank(folder, the_place(), TODAY)

    assert not again.has_faults
    assert {q.id: q for q in again.module.questions} == {
        q.id: q for q in shipped_module(name).questions
    }


def test_a_withdrawn_question_is_not_written():
    gone = question(withdrawn={"edition": "2026.1", "why": "It was wrong."})

    written = write(module(gone, question(id="stays")), FORMATS["csv"])

    assert [draft.content["id"] for draft in read(written.data).drafts] == ["stays"]
