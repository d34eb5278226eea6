"""What few files have: odd labels, tables and items, and what cannot be written at all."""

import zipfile

import pytest

from questions.exchange import formats, package
from questions.exchange.formats import FORMATS, read
from questions.exchange.labels import labels, read_labels
from questions.exchange.losses import WHOLE, differences, write
from questions.exchange.model import NotRead, id_from
from questions.exchange.plain import plain
from tests.exchange.questions import module, question
from tests.exchange.test_packages import packed, refused


def test_labels_say_what_they_were_given():
    content = {
        "withdrawn": {"edition": "2026.1", "why": "It was wrong."},
        "quiet": False,
        "allow": {"W09": "So."},
    }

    assert read_labels(labels(content, content)) == (content, [])


def test_a_label_that_is_not_as_we_write_it_is_kept_as_a_strange_one():
    assert read_labels(["withdrawn: once", "quiet: perhaps", "tea"]) == (
        {},
        ["tea", "once", "perhaps"],
    )


def test_what_comes_back_though_it_was_not_there_is_told():
    told = list(differences({"ask": "Hot?"}, {"ask": "Hot?", "tea": 1}))

    assert told == [("tea", "comes back though it was not there: tea")]


def test_a_question_that_cannot_be_read_back_is_not_written_and_told():
    # A step that begins like this is a comment there, and steps have no escapes.
    steps = [{"text": f"//{at}", "why": "So."} for at in range(3)]
    odd = question("in-order", id="odd", step=steps)

    written = write(module(odd, question(id="stays")), FORMATS["gift"])

    assert [loss.field for loss in written.losses if loss.question == "odd"] == [WHOLE]
    assert [draft.content["id"] for draft in read(written.data).drafts] == ["stays"]


def test_a_question_that_is_too_large_for_any_file_is_told(monkeypatch):
    monkeypatch.setattr(formats, "LARGEST", 10)

    losses = write(module(question()), FORMATS["csv"]).losses

    assert [loss.field for loss in losses] == [WHOLE]


@pytest.mark.parametrize(
    ("words", "id_"), [("", "question"), ("日本", "question"), ("3 cups!", "question-3-cups")]
)
def test_any_words_make_an_id(words, id_):
    assert id_from(words) == id_


def test_a_format_that_holds_nothing_of_a_module_says_so():
    written = write(module(question("match")), FORMATS["aiken"])

    assert [loss.field for loss in written.losses] == [WHOLE]
    assert written.data == b""


def test_template_and_title_are_not_words():
    assert plain("<title>Tea</title><template>x</template>Hot?").text == "Hot?"


def test_items_with_odd_answers_tell_what_was_left_out():
    order = """<assessmentItem identifier="o"><responseDeclaration identifier="R"><correctResponse>
<value>A</value><value>B</value><value>Z</value></correctResponse></responseDeclaration>
<itemBody><p>Order?</p><orderInteraction responseIdentifier="R">%s</orderInteraction></itemBody>
</assessmentItem>"""
    choices = "".join(f'<simpleChoice identifier="{at}">{at}</simpleChoice>' for at in "ABCD")
    two = '<assessmentItem identifier="t"><itemBody><xInteraction/>%s</itemBody></assessmentItem>'
    match = (
        order.replace("orderInteraction", "matchInteraction")
        .replace("<value>A</value><value>B</value>", "<value>A B</value><value>C D</value>")
        .replace("%s", "<simpleMatchSet>%s</simpleMatchSet>")
    )

    found = read(
        packed(
            a__xml=order % choices,
            b__xml=two % "<yInteraction/>",
            c__xml=two % "",
            d__xml='<assessmentItem identifier="e"><itemBody/></assessmentItem>',
            e__xml=match % choices.replace("simpleChoice", "simpleAssociableChoice"),
            f__xml="<other/>",
        )
    )

    assert [draft.content["kind"] for draft in found.drafts] == ["in-order", "match"]
    told = [note.words for note in found.notes]
    assert "steps without a place in the right order were left out" in told
    assert "has 2 interactions: here a question has one: write one for each" in told
    assert any(words.startswith("is a “xInteraction” question") for words in told)
    assert "has nothing to answer: here a question has one: write one for each" in told


def test_a_table_that_is_torn_is_refused_with_its_line():
    assert refused(f"ask,text 1\nHot?,{'x' * 200_000}\n".encode()).startswith("line 2: is no line")


@pytest.mark.parametrize("answer", ["?", "Yes"])
def test_a_right_answer_may_be_named_by_its_words(answer):
    (draft,) = read(
        f"ask,answer,text 1,text 2,text 3,text 4,text 5\nHot?,{answer},Yes,a,b,c,d\n".encode()
    ).drafts

    assert ("right" in draft.content["option"][0]) == (answer == "Yes")
    assert "has 5 answers, 4 at most are shown" in draft.doubts


def test_a_package_of_too_many_files_is_refused(monkeypatch):
    monkeypatch.setattr(package, "MOST", 1)

    assert "holds 3 files" in refused(packed(a__xml="", b__xml="", c__xml=""))


def test_a_package_that_is_locked_is_refused():
    data = bytearray(packed(a__xml="<quiz/>"))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + at] |= 1  # the flag that says: locked

    with pytest.raises(NotRead, match="is locked or packed in a way that is not known"):
        read(bytes(data))


def test_folders_in_a_package_are_no_files():
    assert zipfile.ZipInfo("items/").is_dir()
    assert refused(packed(**{"items/": ""})).startswith("is a zip file without a QTI item")
