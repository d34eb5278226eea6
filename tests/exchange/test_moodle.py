"""Moodle XML as others write it: what comes over, what does not, and where it stands."""

import pytest

from questions.exchange.formats import FORMATS, read
from questions.exchange.losses import write
from tests.exchange.questions import the_four

CATEGORY = """<question type="category"><category>
<text>$course$/top/Default for C/Tea // coffee/Hot water</text></category></question>"""


def quiz(*questions):
    """A file of these questions, the first on line 2."""
    return "\n".join(["<quiz>", *questions, "</quiz>"]).encode()


def multichoice(*answers, text="Which?", more="<single>true</single>", format_="html"):
    given = "".join(
        f'<answer fraction="{share}"><text>{words}</text></answer>' for share, words in answers
    )
    return (
        '<question type="multichoice"><name><text>Tea</text></name>'
        f'<questiontext format="{format_}"><text>{text}</text></questiontext>'
        f"{more}{given}</question>"
    )


THREE = ((100, "Hot"), (0, "Cold"), (0, "Iced"))


def the_one(data):
    found = read(data)
    (draft,) = found.drafts
    return draft, [note.words for note in found.notes]


def test_one_answer_with_feedback_and_tags_comes_over():
    data = quiz(
        CATEGORY,
        """<question type="multichoice"><name><text>Water</text></name>
<questiontext format="html"><text><![CDATA[<p>The kettle sings.</p><p>Is it <b>hot</b>?</p>]]>
</text></questiontext>
<generalfeedback><text>&lt;p&gt;Steam &amp;amp; song.&lt;/p&gt;</text></generalfeedback>
<single>true</single><answernumbering>iii</answernumbering>
<answer fraction="100"><text>Yes</text><feedback><text>It is.</text></feedback></answer>
<answer fraction="33.33333"><text>Nearly</text></answer>
<answer fraction="0"><text>No</text></answer>
<tags><tag><text>level: recall</text></tag><tag><text>kitchen</text></tag></tags></question>""",
    )

    draft, notes = the_one(data)

    assert draft.content == {
        "id": "water",
        "kind": "one-of",
        "level": "recall",
        "scenario": "The kettle sings.",
        "ask": "Is it hot?",
        "because": "Steam & song.",
        "option": [
            {"text": "Yes", "right": True, "why": "It is."},
            {"text": "Nearly"},
            {"text": "No"},
        ],
    }
    assert (draft.objective, draft.line) == ("hot-water", 4)
    assert notes == [
        "bold, italics or lines under words went: here is plain text alone",
        "its tag “kitchen” has no place here",
        "“Nearly” had part of the marks: here it is wrong",
    ]


@pytest.mark.parametrize("more", ["<single>false</single>", "<single>0</single>", ""])
def test_several_answers_with_fractions_and_penalties_are_several_of(more):
    shares = ((33.33333, "Hot"), (33.33333, "Wet"), (33.33333, "Red"), (-100, "Cold"))

    draft, _ = the_one(quiz(multichoice(*shares, more=more)))

    assert draft.content["kind"] == "several-of"
    assert [option.get("right", False) for option in draft.content["option"]] == [1, 1, 1, 0]


def test_without_single_one_full_answer_is_one_of():
    draft, _ = the_one(quiz(multichoice(*THREE, more="")))

    assert draft.content["kind"] == "one-of"


def test_true_or_false_comes_over_with_what_is_still_to_be_written():
    data = multichoice((100, "true"), (0, "false"), more="").replace("multichoice", "truefalse")

    draft, _ = the_one(quiz(data))

    assert draft.doubts == ("has 2 answers: write 1 more",)


def test_matching_comes_over_and_a_lone_answer_is_told():
    data = quiz(
        """<question type="matching"><name><text>Who</text></name><idnumber>who-does</idnumber>
<questiontext><text>Who does it?</text></questiontext>
<subquestion format="html"><text>&lt;p&gt;Police&lt;/p&gt;</text>
<answer><text>Protect</text></answer>
</subquestion><subquestion><text>Health</text><answer><text>Examine</text></answer></subquestion>
<subquestion><text></text><answer><text>Teach</text></answer></subquestion>
<correctfeedback><text>Well done.</text></correctfeedback>
<hint><text>Look.</text></hint></question>"""
    )

    draft, notes = the_one(data)

    assert draft.content["id"] == "who-does"
    assert draft.content["pair"] == [
        {"left": "Police", "right": "Protect"},
        {"left": "Health", "right": "Examine"},
    ]
    assert notes == [
        "“Teach” belonged to nothing and was left out: here all have a pair",
        "what it said to all who were right, or wrong, was left out: say it in because",
        "its hints were left out",
        "has 2 pairs: write 1 more",
    ]


def test_ordering_comes_over():
    steps = "".join(f'<answer fraction="{n}"><text>{n} cups</text></answer>' for n in range(1, 8))
    data = f"""<question type="ordering"><name><text>Steps</text></name>
<questiontext><text>In what order?</text></questiontext>{steps}</question>"""

    draft, _ = the_one(quiz(data))

    assert [step["text"] for step in draft.content["step"]][:2] == ["1 cups", "2 cups"]
    assert draft.doubts == ("has 7 steps, 6 at most are shown: take 1 away",)


def test_an_image_is_refused_kindly_and_the_question_waits_for_words():
    text = '<![CDATA[<p><img src="@@PLUGINFILE@@/a.png" alt="A cup">What is it?</p>]]></text>'
    data = multichoice(*THREE, text=f'{text}<file name="a.png">aGk=</file><text>')

    draft, _ = the_one(quiz(data))

    assert draft.content["ask"] == "What is it?"
    assert draft.doubts == (
        "a file (a.png) could not come over: say in words what it shows, or withdraw the question",
        (
            "an image (“A cup”) could not come over: say in words what it shows, or withdraw the"
            " question"
        ),
    )


def test_html_becomes_plain_text_with_a_note_of_what_went():
    text = """<![CDATA[<h3>Tea</h3><style>p {color: red}</style><ul><li>one</li><li>two</li></ul>
<table><tr><td>a</td><td>b</td></tr></table>H<sub>2</sub>O &nbsp;&lt;b&gt;<br/>
<a href="https://tea.example/">Read</a>  <script>alert(1)</script><p>Which?</p>]]>"""

    draft, notes = the_one(quiz(multichoice(*THREE, text=text)))

    assert draft.content["scenario"] == "Tea\n\n– one\n– two\n\na b\n\nH2O <b>\nRead"
    assert [note.partition(" went")[0] for note in notes] == [
        "what a browser would run or draw with",
        "the form of a table",
        "the form of lowered letters",
        "a link to https://tea.example/",
    ]


def test_markdown_stays_as_it_is_with_a_note():
    plain, none = the_one(quiz(multichoice(*THREE, text="Which of them?", format_="markdown")))
    marked, one = the_one(quiz(multichoice(*THREE, text="Which *one*?", format_="markdown")))

    assert (plain.content["ask"], none) == ("Which of them?", [])
    assert marked.content["ask"] == "Which *one*?"
    assert one == ["what Markdown's marks mean went: here is plain text alone"]


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("essay", "is an essay question"),
        ("shortanswer", "is a short-answer question"),
        ("cloze", "is a fill-the-gaps (cloze) question"),
        ("stack", "is a “stack” question"),
    ],
)
def test_a_kind_that_we_do_not_have_is_named_and_left_out(kind, words):
    other = f'<question type="{kind}"><name><text>Other</text></name></question>'

    found = read(quiz(multichoice(*THREE), other))

    assert len(found.drafts) == 1
    (note,) = found.notes
    assert note.is_left_out
    assert str(note).startswith(f"line 3, “Other”: {words}: we have one answer")


@pytest.mark.parametrize("share", ["a lot", "150", "nan"])
def test_a_share_that_is_none_is_told_with_its_line(share):
    (note,) = read(quiz(multichoice((share, "Hot"), *THREE))).notes

    assert note.words == f"line 2: fraction “{share}” is no share from -100 to 100"


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        (((0, "Hot"), (0, "Cold"), (0, "Red")), "no answer is marked as right"),
        (((100, "Hot"), (100, "Cold"), (0, "Red")), "more than one answer is fully right"),
        ((*THREE, (0, "Red"), (0, "Blue")), "has 5 answers, 4 at most are shown"),
    ],
)
def test_what_an_author_has_to_mend_is_told(answers, words):
    draft, notes = the_one(quiz(multichoice(*answers)))

    assert draft.doubts[0].startswith(words)
    assert notes == list(draft.doubts)


def test_a_question_with_no_words_or_no_answers_is_left_out():
    found = read(quiz(multichoice(*THREE, text=" "), multichoice()))

    assert [note.words for note in found.notes] == [
        "has no words to ask: write the question, and bring it in again",
        "has no answers: it needs 3",
    ]


@pytest.mark.parametrize("marks", ["abc", "ABC", "123"])
def test_numbers_before_answers_are_taken_off(marks):
    answers = [(share, f"{mark}) {text}") for mark, (share, text) in zip(marks, THREE, strict=True)]

    draft, notes = the_one(quiz(multichoice(*answers)))

    assert [option["text"] for option in draft.content["option"]] == ["Hot", "Cold", "Iced"]
    assert notes == ["the numbers before its answers were taken off: a page gives its own"]


def test_lone_braces_become_brackets_and_a_slot_stays():
    draft, notes = the_one(quiz(multichoice(*THREE, text="{ring} {referral_team} {")))

    assert draft.content["ask"] == "{ring} {referral_team} ("
    assert notes == ["braces became brackets: here they stand for a place's own words"]


def test_two_questions_of_one_name_get_ids_of_their_own():
    found = read(quiz(multichoice(*THREE), multichoice(*THREE), multichoice(*THREE)))

    assert [draft.content["id"] for draft in found.drafts] == ["tea", "tea-2", "tea-3"]


def test_what_we_write_says_single_and_five_decimals():
    text = write(the_four(), FORMATS["moodle-xml"]).data.decode()

    assert text.count("<single>") == 2
    assert 'fraction="50"' in text
    assert "<type" not in text
    assert "level: apply" in text


def test_hostile_markup_is_words_and_nothing_else():
    text = "<![CDATA[<svg onload=alert(1)></svg><p onclick=x>Is <iframe src=//e.example>it?</p>]]>"

    draft, _ = the_one(quiz(multichoice(*THREE, text=text)))

    assert draft.content["ask"] == "Is it?"


def test_a_text_without_end_is_left_out_but_not_for_the_image_in_it():
    image = f'<![CDATA[<img src="data:image/png;base64,{"A" * 200_000}">Which?]]>'

    found = read(quiz(multichoice(*THREE, text=image), multichoice(*THREE, text="a " * 60_000)))

    assert [draft.content["ask"] for draft in found.drafts] == ["Which?"]
    assert found.notes[-1].words == "has a text of more than 100,000 letters: shorten it"
