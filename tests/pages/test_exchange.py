"""Questions in and out by the browser: a file becomes drafts with a report, a module a file."""

import io
import zipfile

import pytest

from questions.exchange.formats import FORMATS
from questions.exchange.losses import write
from questions.kinds import Lesson
from tests.exchange.questions import module as a_module
from tests.exchange.questions import question as a_question
from tests.made import bank, place

GIFT = """\
::Who rings::You are a teacher. Sam, aged 9, is hungry each day. What should you do FIRST? {
=Ring the front door today#She may need help now.
~Wait for the next visit#She would stay hungry.
~Ask another pupil about it#That is not for a child.
}

::An essay::Tell what you think of it. {}
"""
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>"
MOODLE = f"""<?xml version="1.0"?><quiz><question type="multichoice">
<name><text><![CDATA[{HOSTILE}]]></text></name>
<questiontext format="html"><text><![CDATA[<p>What {HOSTILE} do you do FIRST?</p>]]></text>
</questiontext>
<generalfeedback format="html"><text><![CDATA[<b onclick="x()">{HOSTILE}</b>]]></text>
</generalfeedback>
<single>true</single>
<answer fraction="100"><text><![CDATA[<a href="javascript:alert(3)">Ring</a>]]></text></answer>
<answer fraction="0"><text>Wait &lt;script&gt;alert(4)&lt;/script&gt;</text></answer>
<answer fraction="0"><text>Ask</text></answer>
<tags><tag><text>{"&lt;script&gt;"}</text></tag></tags>
</question></quiz>"""


def send(visitor, data, name="questions.gift", into="referrals/consent"):
    visitor.get("/admin/exchange")
    fields = {"csrf_token": visitor.token, "into": into}
    if data is not None:
        fields["file"] = (io.BytesIO(data), name)
    response = visitor.client.post("/admin/exchange", data=fields)
    return visitor._come("/admin/exchange", response, follow=False)


def test_a_file_becomes_drafts_and_the_page_tells_what_came_of_it(efua_page, service, people):
    page = send(efua_page, GIFT.encode())

    assert page.status == 200
    assert "The file is GIFT. Drafts: 1. Left out: 1." in page.words
    assert "line 7" in page.words
    assert "Why the right answer is right: 1 question" in page.words
    (line,) = service.drafts.all(people.efua)
    assert (line.question_id, line.brought_from) == ("who-rings", "questions.gift")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (None, "Choose a file"),
        (b"", "is empty"),
        (b"%PDF-1.4", "is a PDF"),
        (b"PK\x03\x04 torn", "zip"),
        (b"<quiz>", "line"),
    ],
)
def test_what_cannot_be_read_is_told_at_the_field(efua_page, data, words):
    page = send(efua_page, data)

    assert page.status == 400
    assert words in " ".join(page.errors)


def test_a_file_that_is_too_large_is_refused(efua_page, monkeypatch):
    monkeypatch.setattr("questions.exchange.formats.LARGEST", 1_000)

    page = send(efua_page, b"x" * 1_001)

    assert "is larger than" in " ".join(page.errors)


def test_a_file_that_unpacks_to_very_much_is_refused(efua_page):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("imsmanifest.xml", b" " * 21_000_000)

    page = send(efua_page, packed.getvalue(), "package.zip")

    assert page.status == 400


def test_hostile_markup_of_a_file_is_words_on_every_page(efua_page, service, people):
    page = send(efua_page, MOODLE.encode(), "moodle.xml")

    assert page.status == 200
    (line,) = service.drafts.all(people.efua)
    paths = [f"/admin/drafts/{line.draft_id}{step}" for step in
             ("", "/asked", "/answers", "/reasons", "/counts")]  # fmt: skip
    for shown in (page, *map(efua_page.get, paths), efua_page.get("/admin/drafts")):
        assert shown.status == 200
        for word in ("<script>alert", "<img src=x", 'onclick="', 'href="javascript:'):
            assert word not in shown.body


WRITTEN = [(kind, of) for kind, one in FORMATS.items() for of in one.kinds]


def hostile(ours):
    """The same question with markup in every text that a file can hold."""
    parts = {"one-of": "options", "several-of": "options", "in-order": "steps", "match": "pairs"}
    rows = tuple(
        one.model_copy(
            update={
                name: f"{getattr(one, name)} {HOSTILE}"
                for name in ("text", "left", "right", "why")
                if isinstance(getattr(one, name, None), str)
            }
        )
        for one in getattr(ours, parts[ours.kind])
    )
    words = dict.fromkeys(("scenario", "ask", "because", "check", "since"), HOSTILE)
    sources = tuple(one.model_copy(update={"at": HOSTILE}) for one in ours.sources)
    lesson = Lesson(review=HOSTILE, at=HOSTILE, says=HOSTILE)
    more = {"allow": {"W09": HOSTILE}, "facts": (HOSTILE,), "sources": sources, "lesson": lesson}
    return ours.model_copy(update={**words, **more, "id": "hostile", parts[ours.kind]: rows})


@pytest.mark.parametrize(("kind", "of"), WRITTEN, ids=[f"{kind}, {of}" for kind, of in WRITTEN])
def test_hostile_words_in_every_field_of_each_format_stay_words(
    efua_page, service, people, kind, of
):
    theirs = hostile(a_question(of))
    data = write(a_module(theirs), FORMATS[kind], [theirs]).data

    page = send(efua_page, data, "theirs")

    assert page.status == 200
    (line,) = service.drafts.all(people.efua)
    steps = ("", "/asked", "/answers", "/reasons", "/counts", "/preview")
    for shown in (page, *(efua_page.get(f"/admin/drafts/{line.draft_id}{s}") for s in steps)):
        assert shown.status == 200
        assert "<script>alert" not in shown.body
        assert "<img src=x" not in shown.body


def test_a_file_that_no_page_takes_is_refused_with_how_much_it_takes(efua_page):
    efua_page.get("/admin/exchange")

    sent = efua_page.client.post(
        "/admin/exchange",
        input_stream=io.BytesIO(),
        content_type="multipart/form-data; boundary=end",
        environ_overrides={"CONTENT_LENGTH": "21500000"},
    )

    assert sent.status_code == 413
    assert "takes at most 21 MB at once" in sent.text
    assert "Split the file" in sent.text


def test_an_author_sends_a_file_that_is_larger_than_a_form(fresh_browser, service, people):
    service.authors.give(people.efua, "amina@northmoor.example", "referrals", None)
    amina = fresh_browser().sign_in("amina@northmoor.example")
    padded = GIFT + "\n// " + "x" * 300_000 + "\n"

    assert send(amina, padded.encode()).status == 200


def test_what_holds_for_all_questions_of_a_file_is_said_once(efua_page, service, people):
    source = next(iter(service.editions.current("referrals").module.sources))
    efua_page.get("/admin/exchange")
    fields = {
        "csrf_token": efua_page.token,
        "into": "referrals/consent",
        "file": (io.BytesIO(GIFT.encode()), "questions.gift"),
        "level": "apply",
        "authority": "good-practice",
        "sensitive": "none",
        "source": f"referrals/{source}",
        "review_by-day": "30",
        "review_by-month": "6",
        "review_by-year": "2027",
    }

    page = efua_page._come(
        "/admin/exchange",
        efua_page.client.post("/admin/exchange", data=fields),
        follow=False,
    )

    assert "What it asks for: 1 question" not in page.words
    assert "Why the right answer is right: 1 question" in page.words
    (line,) = service.drafts.all(people.efua)
    content = service.drafts.one(people.efua, line.draft_id).sheet.question
    assert (content["level"], content["review_by"]) == ("apply", "2027-06-30")
    assert content["sources"] == [{"id": source, "at": "not numbered"}]


def test_what_all_of_a_file_lack_is_said_once_and_each_draft_leads_to_the_next(efua_page):
    two = GIFT.replace("::An essay::Tell what you think of it. {}", GIFT.split("\n\n")[0])
    two = two.replace("Who rings", "Who rings now", 1).replace("#She would stay hungry.", "", 1)

    page = send(efua_page, two.encode())

    assert "Why the right answer is right: 2 questions" in page.words
    assert page.words.count("To add: ") == 1
    assert "To add: why, answer by answer" in page.words
    first, second = [path for path in page.links.values() if path.startswith("/admin/drafts/")]
    efua_page.get(first)
    onward = efua_page.page.links
    (words,) = [words for words in onward if words.startswith("Next to complete")]
    assert onward[words] == second


def test_a_source_of_another_questionnaire_is_not_taken(efua_page, service, people):
    service.editions.publish([bank()], place())
    source = next(iter(service.editions.current("tea").module.sources))
    efua_page.get("/admin/exchange")
    fields = {"csrf_token": efua_page.token, "into": "referrals/consent"}
    fields |= {"source": f"tea/{source}", "file": (io.BytesIO(GIFT.encode()), "q.gift")}

    sent = efua_page.client.post("/admin/exchange", data=fields)

    assert sent.status_code == 400
    assert "Choose a source of the questionnaire they belong to" in sent.text
    assert service.drafts.all(people.efua) == []


@pytest.mark.parametrize("kind", ["moodle-xml", "gift", "aiken", "qti21", "qti30", "csv"])
def test_a_module_is_taken_out_once_it_is_told_what_the_file_cannot_hold(efua_page, kind):
    efua_page.get("/admin/exchange")
    page = efua_page.get(f"/admin/exchange?module=referrals&format={kind}", follow=True)
    assert "Names and numbers of this place are filled in." in page.words

    file = efua_page.client.get(page.links["Take the file"])

    assert file.status_code == 200
    assert "attachment" in file.headers["Content-Disposition"]
    assert len(file.data) > 5_000
    assert ("Nothing is lost." in page.words) == (kind == "csv") or "Not in it" in page.words


def test_a_kind_that_is_none_is_told(efua_page):
    page = efua_page.get("/admin/exchange?module=referrals&format=docx")

    assert page.status == 400
    assert efua_page.get("/admin/exchange/referrals/docx").status == 404
