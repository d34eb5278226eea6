"""QTI and tables as others write them, and files that are none or mean harm."""

import io
import zipfile

import pytest

from questions.exchange import formats, marked, package
from questions.exchange.formats import FORMATS, read
from questions.exchange.losses import write
from questions.exchange.model import NotRead
from tests.exchange.questions import the_four

ITEM = """<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="tea">
<responseDeclaration identifier="R" cardinality="single"><mapping>
<mapEntry mapKey="A" mappedValue="1"/><mapEntry mapKey="B" mappedValue="x"/></mapping>
</responseDeclaration>
<itemBody><p>The kettle sings.</p><p>Hot?</p><choiceInteraction responseIdentifier="R">
<simpleChoice identifier="A">Yes
<feedbackInline identifier="A">It is.</feedbackInline></simpleChoice>
<simpleChoice identifier="B">No</simpleChoice><simpleChoice identifier="C">So</simpleChoice>
</choiceInteraction></itemBody>
<modalFeedback identifier="B">Look again.</modalFeedback>
<modalFeedback identifier="x">Steam.</modalFeedback></assessmentItem>"""
OLD_MANIFEST = """<manifest><resources><resource type="imsqti_xmlv1p2"><file href="quiz.xml"/>
</resource></resources></manifest>"""
ESSAY = """<qti-assessment-item identifier="say"><qti-item-body><p>Say more.</p>
<qti-extended-text-interaction/></qti-item-body></qti-assessment-item>"""


def packed(**files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, text in files.items():
            made.writestr(name.replace("__", "."), text)
    return out.getvalue()


def refused(data, name=""):
    with pytest.raises(NotRead) as told:
        read(data, name)
    return str(told.value)


def test_an_item_by_itself_is_read_with_its_feedback():
    (draft,) = read(ITEM.encode()).drafts

    assert draft.content["scenario"] == "The kettle sings."
    assert draft.content["ask"] == "Hot?"
    assert draft.content["because"] == "Steam."
    assert draft.content["option"] == [
        {"text": "Yes", "right": True, "why": "It is."},
        {"text": "No", "why": "Look again."},
        {"text": "So"},
    ]


def test_a_question_that_is_written_twice_is_asked_once():
    order = """<assessmentItem identifier="tea"><responseDeclaration identifier="R"
cardinality="ordered"><correctResponse><value>A</value><value>B</value><value>C</value>
</correctResponse></responseDeclaration><itemBody><div>In which order?</div>
<orderInteraction responseIdentifier="R"><prompt>In which order?</prompt>
<simpleChoice identifier="B">Boil</simpleChoice><simpleChoice identifier="A">Fill</simpleChoice>
<simpleChoice identifier="C">Pour</simpleChoice></orderInteraction></itemBody></assessmentItem>"""

    (draft,) = read(order.encode()).drafts

    assert draft.content["ask"] == "In which order?"
    assert "scenario" not in draft.content
    assert [step["text"] for step in draft.content["step"]] == ["Fill", "Boil", "Pour"]


def test_a_list_that_opens_in_a_sentence_is_named_and_left_out():
    """A tool of others makes boxes to tick of it: see findings/."""
    opens = """<assessmentItem identifier="tea"><responseDeclaration identifier="R"
cardinality="single"><correctResponse><value>A</value></correctResponse></responseDeclaration>
<itemBody><p>Tea is <inlineChoiceInteraction responseIdentifier="R">
<inlineChoice identifier="A">hot</inlineChoice><inlineChoice identifier="B">cold</inlineChoice>
</inlineChoiceInteraction>.</p></itemBody></assessmentItem>"""

    found = read(packed(a__xml=ITEM, b__xml=opens))

    assert [draft.content["kind"] for draft in found.drafts] == ["one-of"]
    (note,) = found.notes
    assert note.is_left_out
    assert "is a choose-the-missing-words question" in str(note)


def test_a_right_answer_is_found_where_the_rule_sets_no_outcome():
    silent = """<assessmentItem identifier="tea"><responseDeclaration identifier="R"
cardinality="single"><correctResponse><value>A</value></correctResponse></responseDeclaration>
<itemBody><div>Hot?</div><choiceInteraction responseIdentifier="R" shuffle="true">
<simpleChoice fixed="true" identifier="A">Yes</simpleChoice>
<simpleChoice fixed="true" identifier="B">No</simpleChoice>
<simpleChoice fixed="true" identifier="C">So</simpleChoice></choiceInteraction></itemBody>
<responseProcessing><responseCondition><responseIf><match><variable identifier="R"/>
<correct identifier="R"/></match></responseIf></responseCondition></responseProcessing>
</assessmentItem>"""

    (draft,) = read(silent.encode()).drafts

    assert [option.get("right") for option in draft.content["option"]] == [True, None, None]


def test_a_package_is_read_in_the_order_of_its_manifest_and_says_what_is_missing():
    manifest = """<manifest><resources>
<resource type="imsqti_item_xmlv2p1" href="b.xml"/>
<resource type="imsqti_item_xmlv2p1" href="no.xml"/>
<resource type="imsqti_item_xmlv3p0" href="c.xml"/>
<resource type="imsqti_item_xmlv2p1" href="d.xml"/>
<resource type="webcontent" href="x.png"/></resources></manifest>"""

    found = read(packed(imsmanifest__xml=manifest, b__xml=ITEM, c__xml=ESSAY, d__xml="<oh"))

    assert [draft.file for draft in found.drafts] == ["b.xml"]
    assert sorted(note.file for note in found.notes) == ["c.xml", "d.xml", "no.xml"]
    assert "is an essay question" in str(found.notes[0])


def test_items_that_stand_within_the_test_are_read_though_files_are_named_that_are_not_there():
    """As a tool of others writes them: see findings/."""
    manifest = """<manifest><resources>
<resource type="imsqti_test_xmlv2p1" href="test.xml"/>
<resource type="imsqti_item_xmlv2p1" href="q_1.xml"/></resources></manifest>"""
    test = f"<assessmentTest><testPart identifier='p'/>{ITEM}{ESSAY}</assessmentTest>"

    found = read(packed(imsmanifest__xml=manifest, test__xml=test))

    assert [(draft.file, draft.content["kind"]) for draft in found.drafts] == [
        ("test.xml", "one-of")
    ]
    (note,) = found.notes
    assert "is an essay question" in str(note)


def test_a_package_without_a_manifest_is_read_all_the_same():
    assert len(read(packed(a__xml=ITEM, b__xml=ITEM)).drafts) == 2


def test_both_versions_of_qti_are_what_they_say():
    for name, root in (("qti21", "<assessmentItem "), ("qti30", "<qti-assessment-item ")):
        with zipfile.ZipFile(io.BytesIO(write(the_four(), FORMATS[name]).data)) as made:
            names = made.namelist()
            items = [made.read(item).decode() for item in names if item.startswith("items/")]

        assert names[0] == "imsmanifest.xml"
        assert len(items) == 4
        assert all(root in item for item in items)


def test_a_table_as_others_head_it_is_read():
    text = "Question;Answer A;Answer B;Answer C;Correct answer;Shelf\n"
    text += "Hot?;Yes;No;So;A\nWet?;a;b;c;A, C\n"

    found = read(text.encode("utf-16"))

    first, second = found.drafts
    assert found.kind == "CSV"
    assert first.content["option"] == [
        {"text": "Yes", "right": True},
        {"text": "No"},
        {"text": "So"},
    ]
    assert (second.content["kind"], second.line) == ("several-of", 3)
    assert str(found.notes[0]) == "line 1: columns without a place here were left out: shelf"


def test_what_is_wrong_in_a_table_is_told_with_its_line():
    text = (
        "ask,kind,text 1,text 2,quiet\nHot?,essay,a,b,\n,one-of,a,b,\nWet?,,a,,\nDry?,,a,b,maybe\n"
    )

    assert [str(note) for note in read(text.encode()).notes] == [
        "line 2, “Hot?”: is a “essay” question: we have one-of, several-of, in-order, match",
        "line 3: has no words to ask: fill the column “ask”",
        "line 4, “Wet?”: has 1 answer: fill “text 1”, “text 2” …",
        "line 5, “Dry?”: column “quiet”: “maybe” is not as it is written here, and was left out",
        "line 5, “Dry?”: no answer is marked as right: mark it with `right = true`",
        "line 5, “Dry?”: has 2 answers: write 1 more",
    ]


def test_a_file_of_another_kind_than_its_name_says_is_read_as_what_it_is():
    found = read(b"Hot? {=yes ~no ~so}", "tea.csv")

    assert str(found.notes[0]) == "is named .csv, is GIFT, and was read as that"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b" \n\t", "is empty"),
        (b"Hello, world", "is none of Moodle XML, GIFT"),
        (b"Hot?\nCaf\xe9 {=yes ~no ~so}", "line 2: is not UTF-8 text: save it as UTF-8"),
        (b"Hot?\0 {=yes ~no}", "holds a NUL character"),
        (b"%PDF-1.7", "is a PDF"),
        (b"<quiz></quiz>", "is Moodle XML, and holds no question"),
        (b"<quiz>\n<question>\n</quiz>", "line 3: is not valid XML: mismatched tag"),
        (b"<quiz>\n<a>Tea & cake</a></quiz>", "line 2: is not valid XML: not well-formed"),
        (b"<quiz>\n<a>\xe9</a></quiz>", "line 2: is not valid XML: not well-formed"),
        (b"<quiz>\n<a>&nbsp;</a></quiz>", "line 2: is not valid XML: undefined entity"),
        (b'<?xml version="1.0" encoding="ebcdic-x"?><quiz/>', "line 1: "),
        (b"<questestinterop><item/></questestinterop>", "is QTI 1.2, which is not read here"),
        (b"<html><body/></html>", "is a web page"),
        (b"<?xml version='1.0'?><svg/>", "is XML of another kind: <svg>"),
        (b"PK\x03\x04 and no more", "is a damaged zip file"),
        (packed(word__txt="x"), "is a zip file without a QTI item"),
        (packed(**{"[Content_Types].xml": "<x/>"}), "is a document of an office program"),
        (packed(a__xml="<questestinterop/>"), "is QTI 1.2, which is not read here"),
        (
            packed(imsmanifest__xml=OLD_MANIFEST, quiz__xml="<questestinterop/>"),
            "is QTI 1.2, which is not read here",
        ),
    ],
)
def test_what_cannot_be_read_is_refused_with_what_to_do(data, words):
    assert refused(data).startswith(words)


@pytest.mark.parametrize(
    "document",
    [
        '<!DOCTYPE quiz [\n<!ENTITY tea "hot">\n]><quiz>&tea;</quiz>',
        '<!DOCTYPE quiz [\n<!ENTITY tea SYSTEM "tea.txt">\n]><quiz>&tea;</quiz>',
        '<!DOCTYPE quiz [\n<!ENTITY % tea "hot">\n]><quiz/>',
    ],
)
def test_an_entity_is_refused_before_it_can_grow(document):
    assert refused(document.encode()).startswith("line 2: declares an entity")


def test_a_name_that_only_a_far_away_file_explains_is_told_and_nothing_is_fetched():
    document = b'<!DOCTYPE quiz SYSTEM "http://tea.example/quiz.dtd">\n<quiz>&tea;</quiz>'

    assert refused(document) == "line 2: &tea; is not known in XML: write the letter itself"


def test_bounds_are_kept(monkeypatch):
    monkeypatch.setattr(formats, "MOST", 2)
    monkeypatch.setattr(marked, "MOST_ELEMENTS", 70)
    monkeypatch.setattr(package, "LARGEST", 100)
    many = "Hot? {=yes ~no ~so}\n\n" * 3

    assert refused(many.encode()) == "holds more than 2 questions: take it apart"
    assert "is nested too deeply" in refused(b"<quiz>" + b"<a>" * 65)
    assert "has too many elements" in refused(b"<quiz>" + b"<a/>" * 71)
    assert refused(packed(a__xml=" " * 101)) == "holds more than 0 MB: take it apart"


def test_a_file_that_is_too_large_is_refused(monkeypatch):
    monkeypatch.setattr(formats, "LARGEST", 10)

    assert "is larger than" in refused(b"x" * 11)
