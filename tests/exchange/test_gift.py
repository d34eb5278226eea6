"""GIFT and Aiken as others write them."""

import pytest

from questions.exchange.formats import FORMATS, read
from questions.exchange.losses import write
from questions.exchange.moodle import fraction
from tests.exchange.questions import OPTIONS, module, question


def the_one(text):
    found = read(text.encode())
    (draft,) = found.drafts
    return draft, [note.words for note in found.notes]


def test_every_escape_is_undone_once():
    draft, _ = the_one(
        r"::a\:b::[plain]1 \= 1, \{x y\}, 50\~60, \#3, C\:\\n, a\nb"
        r" {=yes#so\=so ~no ~x}"
    )

    assert draft.content["id"] == "a-b"
    assert draft.content["ask"] == "1 = 1, (x y), 50~60, #3, C:\\n, a\nb"
    assert draft.content["option"][0] == {"text": "yes", "right": True, "why": "so=so"}


def test_weights_feedback_categories_and_tags_come_over():
    draft, _ = the_one(
        """
// an ordinary comment
$CATEGORY: $course$/Safe-guarding at work/Hot water

// [id:tea-1] [tag:level: recall] [tag:odd \\] one]
::Tea::[html]<p>Wet?</p>
{ ~%50%Yes # it is
  ~%50%Of course
  ~%-100%No
  #### Because it is. }
"""
    )

    assert draft.objective == "hot-water"
    assert (draft.content["id"], draft.content["level"]) == ("tea-1", "recall")
    assert draft.content["kind"] == "several-of"
    assert draft.content["because"] == "Because it is."
    assert draft.content["option"][0] == {"text": "Yes", "right": True, "why": "it is"}
    assert draft.line == 6


def test_a_note_between_two_answers_is_nobodys_words():
    draft, _ = the_one("::Tea::Wet?\n{\n=Yes\n  // ask Sam whether this is still so\n~No\n~Both\n}")

    assert [option["text"] for option in draft.content["option"]] == ["Yes", "No", "Both"]


def test_a_category_and_a_question_may_be_one_block():
    draft, _ = the_one("$CATEGORY: top/A b-c\nWhich? {=a ~b ~c}")

    assert draft.objective == "a-b-c"


@pytest.mark.parametrize(("word", "right"), [("TRUE", "True"), ("F", "False"), ("t", "True")])
def test_of_true_or_false_the_first_text_is_for_those_who_are_wrong(word, right):
    draft, _ = the_one(f"Is it? {{{word}#You are wrong.#You are right.}}")

    said = {option["text"]: option["why"] for option in draft.content["option"]}
    assert said[right] == "You are right."
    assert draft.content["option"][right == "False"]["right"]


def test_matching_and_ordering_come_over():
    pairs, notes = the_one("Who? {=Police -> Protect =Health -> Examine = -> Teach =Home->Care}")
    steps, _ = the_one("When? {>3 ALL VERTICAL ALL_OR_NOTHING\nAsk\n\tRing\nWrite\n}")

    assert [pair["left"] for pair in pairs.content["pair"]] == ["Police", "Health", "Home"]
    assert notes == ["“Teach” belonged to nothing and was left out"]
    assert [step["text"] for step in steps.content["step"]] == ["Ask", "Ring", "Write"]


def test_a_missing_word_becomes_a_gap():
    draft, _ = the_one("Tea is {=hot ~cold ~iced} in winter.")

    assert draft.content["ask"] == "Tea is _____ in winter."


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Only words, and {a slot}.\n\nWhich? {=a ~b ~c}", "is a short-answer question"),
        ("Which? {=a ~b ~c}\n\nJust a description.", "is a description"),
        ("Say more. {}", "is an essay question"),
        ("How many? {#3:1}", "is a numerical question"),
        ("Who? {=Ann =Bob}", "is a short-answer question"),
        ("Who? {=Ann -> A =Bob =Cy -> C}", "“Bob” has no -> : each pair needs one"),
        ("Who {=Ann ~Bob", "has one brace without the other"),
        ("Who? {~%900%Ann ~Bob ~Cy}", "weight %900% is no share"),
    ],
)
def test_what_is_no_question_of_ours_is_named_and_left_out(text, words):
    left_out = [note.words for note in read(text.encode()).notes if note.is_left_out]

    assert left_out[0].startswith(words)


def test_html_in_moodles_own_format_becomes_plain_text():
    draft, notes = the_one("Is <i>it</i> &amp; this? {=yes ~no ~[html]<b>x</b>}")

    assert draft.content["ask"] == "Is it & this?"
    assert draft.content["option"][2]["text"] == "x"
    assert notes == ["bold, italics or lines under words went: here is plain text alone"]


def test_answers_that_look_like_weights_and_formats_come_back():
    texts = ("[html] is a tag", "%50% of them", "-> that way")
    options = [{**one, "text": text} for one, text in zip(OPTIONS, texts, strict=True)]

    written = write(module(question(option=options)), FORMATS["gift"])

    (draft,) = read(written.data).drafts
    assert [option["text"] for option in draft.content["option"]] == list(texts)


def test_an_arrow_in_a_pair_is_told():
    pairs = [{"left": f"{n} -> x", "right": f"r{n}", "why": "So."} for n in range(3)]

    losses = write(module(question("match", pair=pairs)), FORMATS["gift"]).losses

    assert ("pair.left", "comes back otherwise: the words of a pair") in {
        (loss.field, loss.words) for loss in losses
    }


@pytest.mark.parametrize(
    ("share", "words"), [(1, "100"), (1 / 3, "33.33333"), (1 / 6, "16.66667"), (-0.125, "-12.5")]
)
def test_fractions_have_five_decimals_as_moodle_compares_them(share, words):
    assert fraction(share) == words


def test_aiken_comes_over_in_all_its_styles():
    found = read(
        b"What is\nhot?\na) Tea\nb) Ice\nand snow\nc) Air\nanswer: a\n"
        b"\nWet?\n(A) Yes\n(B) No\nANSWER: B"
    )

    first, second = found.drafts
    assert found.kind == "Aiken"
    assert first.content["ask"] == "What is hot?"
    assert [option["text"] for option in first.content["option"]] == ["Tea", "Ice and snow", "Air"]
    assert first.content["option"][0]["right"]
    assert second.line == 9


def test_aiken_tells_what_it_cannot_read_with_its_line():
    found = read(b"Hot?\nA. Yes\nB. No\nANSWER: D\n\nANSWER: A\n\nWet?\nA. Yes\nB. No\n")

    assert [str(note) for note in found.notes] == [
        "line 1, “Hot?”: line 4: ANSWER is “D”, the answers are A, B",
        "line 6: line 6: ANSWER is “A”, the answers are none: each begins as “A. ”",
        (
            "line 8, “Wet?”: no ANSWER: follows: write the letter of the right answer below"
            " the answers"
        ),
    ]
