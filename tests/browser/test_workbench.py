"""The lead's workbench in a browser: a report mended, a Moodle file brought in, both published."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import address
from tests.browser.test_by_keyboard import Keyboard
from tests.browser.test_short_pages import HEIGHT, LONGEST, PHONE
from tools.running import Demonstration, Keys, Running
from tools.tour import Taker

LEAD = "Bashir"
AUTHOR = "Amina"
MOODLE = """<?xml version="1.0" encoding="UTF-8"?>
<quiz>
{questions}
</quiz>
"""
ONE = """<question type="multichoice"><name><text>Brought in {n}</text></name>
<questiontext format="html"><text><![CDATA[<p>You are a school nurse. A pupil aged {age} tells you
that he is hungry on most days. What should you do FIRST?</p>]]></text></questiontext>
<generalfeedback format="html"><text>A reasonable worry is enough to refer, and a call today lets
others look.</text></generalfeedback>
<single>true</single><shuffleanswers>true</shuffleanswers>
<answer fraction="100"><text>Ring the front door about him today</text>
<feedback><text>You hold the facts, and others can look at his life as a whole.</text></feedback>
</answer>
<answer fraction="0"><text>Wait for his next check with you</text>
<feedback><text>It is natural to want to see more. He would go hungry until then.</text></feedback>
</answer>
<answer fraction="0"><text>Ask his teacher to keep watch on him</text>
<feedback><text>A teacher sees a part of his day. Nobody would act on it.</text></feedback></answer>
</question>"""


@pytest.fixture(scope="module")
def sessions():
    """What the browsers of the two have kept, from one test to the next."""
    return {}


@pytest.fixture(scope="module")
def led(running: Running) -> None:
    """The partnership has a lead."""
    running.quizbot("people", "grant", address(LEAD), "lead", "Northmoor")


@pytest.fixture
def bench(led, at, browser, browser_context_args, sessions):
    """A lead and an author, each in a browser of their own."""
    contexts = [
        browser.new_context(**browser_context_args, storage_state=sessions.get(who))
        for who in (LEAD, AUTHOR)
    ]
    lead, author = (at(context.new_page()) for context in contexts)
    signed_in(lead, LEAD)
    lead.open("/admin/authors")
    lead.page.get_by_label("Work e-mail address").fill(address(AUTHOR))
    lead.page.get_by_label("Of which questionnaire?").select_option(label="Referrals")
    lead.press("Name as author")
    signed_in(author, AUTHOR)
    sessions |= {
        who: one.storage_state() for who, one in zip((LEAD, AUTHOR), contexts, strict=True)
    }
    yield lead, author
    for context in contexts:
        context.close()


def signed_in(taker: Taker, who: str) -> None:
    """Signed in; a code is asked for only where it is needed: there are so many an hour."""
    taker.open("/me")
    if "/sign-in" in taker.page.url:
        taker.sign_in(address(who))


def heading(page: Page) -> str:
    return page.locator("h1").inner_text()


def test_a_report_leads_to_a_draft_that_is_mended_read_and_published(bench):
    lead, author = bench
    author.open("/admin/questions")
    author.page.locator(".app-questions a").first.click()
    path = author.page.url
    author.page.get_by_role("link", name="As learners see it").click()
    expect(author.page.locator("h1")).to_be_visible()
    report(author, lead, path)

    lead.open("/admin/reports")
    lead.page.get_by_role("button", name="Mend the question").first.click()
    box = lead.page.get_by_label("The question", exact=True)
    box.fill("What should you do FIRST about what you have seen and heard?")
    lead.press("Save and see the draft")
    draft = lead.page.url
    expect(lead.page.locator("main")).to_contain_text("It misleads by its last word.")
    expect(lead.page.locator("main")).to_contain_text("somebody else has to read it")
    author.page.goto(draft)
    author.page.get_by_label("Your words").fill("Clearer than it was.")
    author.press("I have read it and agree")
    lead.page.goto(draft)
    lead.press("See what publishing would do")
    expect(lead.page.locator("main")).to_contain_text("Yes: attempts that count can be made")
    lead.page.get_by_role("button", name="Publish edition").click()

    lead.page.goto(path)
    assert heading(lead.page) == "What should you do FIRST about what you have seen and heard?"
    lead.open("/admin/reports")
    expect(lead.page.locator("main")).to_contain_text("Corrected in edition")


def report(author: Taker, lead: Taker, path: str) -> None:
    """Somebody says that a question misleads."""
    edition = author.page.url.split("/admin/editions/")[1].split("/")[0]
    author.open(f"/problems/{edition}/{path.rpartition('/')[2]}")
    author.page.locator("textarea").fill("It misleads by its last word.")
    author.page.locator("main form button").last.click()
    expect(author.page.locator("main")).to_contain_text("Thank you")


def test_a_moodle_export_of_thirty_is_brought_in_completed_and_published(bench, tmp_path: Path):
    lead, author = bench
    file = tmp_path / "moodle.xml"
    many = "\n".join(ONE.format(n=n, age=6 + n % 10) for n in range(30))
    file.write_text(MOODLE.format(questions=many))
    bring(author.page, author.running.url, file)
    expect(author.page.locator("main")).to_contain_text("Moodle XML. Drafts: 30.")
    drafts = [one.get_attribute("href") for one in author.page.locator(".app-questions a").all()]
    assert len(drafts) == 30
    assert on_a_phone(author.page) < LONGEST

    for draft in drafts:
        complete(author.page, f"{author.running.url}{draft}")

    read_all(lead, drafts[0])
    lead.open("/admin/drafts")
    assert on_a_phone(lead.page) < LONGEST
    lead.page.get_by_role("link", name="Look at what publishing would do").click()
    expect(lead.page.locator("h1")).to_contain_text("What publishing would do")
    expect(lead.page.locator("main")).not_to_contain_text("It cannot be published yet")
    expect(lead.page.locator("main")).to_contain_text(
        "which answer is right: write MOST: 30 questions"
    )
    assert on_a_phone(lead.page) < LONGEST
    lead.page.get_by_role("button", name="Publish edition").click()
    expect(lead.page.locator("main")).to_contain_text("is published")
    lead.open("/admin/questions?words=hungry+on+most+days+aged+15")
    expect(lead.page.locator("main")).to_contain_text("brought-in-29")
    lead.open("/admin/questions/brought-in-29")
    assert "hungry on most days" in heading(lead.page)


def on_a_phone(page: Page) -> int:
    """How high a page would be there, in CSS pixels."""
    usual = page.viewport_size
    assert usual is not None
    page.set_viewport_size(PHONE)
    height: int = page.evaluate(HEIGHT)
    page.set_viewport_size(usual)
    return height


def bring(page: Page, url: str, file: Path) -> None:
    """Send a file, and say once what holds for all of its questions."""
    page.goto(f"{url}/admin/exchange")
    page.get_by_label("Where do they belong?").select_option(index=1)
    page.get_by_label("File", exact=True).set_input_files(file)
    page.get_by_text("What holds for all of them (optional)").click()
    page.get_by_label("Apply", exact=True).check()
    page.get_by_label("Good practice").check()
    page.get_by_label("No", exact=True).check()
    page.get_by_label("What do they rest on?").select_option(index=1)
    for part, value in (("Day", "30"), ("Month", "6"), ("Year", "2027")):
        page.get_by_label(part, exact=True).fill(value)
    page.get_by_role("button", name="Bring them in").click()


def complete(page: Page, draft: str) -> None:
    """Add what a Moodle file cannot hold: what each wrong answer stands for."""
    page.goto(f"{draft}/answers")
    for number in (2, 3):
        answer = page.get_by_role("group", name=f"Answer {number}")
        answer.get_by_label("the belief it stands for").select_option(index=number)
        answer.get_by_label("If it is wrong: how?").select_option(label="It does too little")
    page.get_by_role("button", name="Save and see the draft").click()
    expect(page.locator("main")).not_to_contain_text("To mend")
    expect(page.locator("main")).not_to_contain_text("Not begun")


def read_all(reader: Taker, first: str) -> None:
    """Read one draft after the other: who agrees is led to the next."""
    reader.open(first)
    while reader.page.get_by_role("button", name="I have read it and agree").count():
        reader.press("I have read it and agree")


def test_a_questionnaire_is_taken_out_as_moodle_xml_and_qti(bench):
    lead, _ = bench
    for kind, begins in (("Moodle XML", b"<?xml"), ("QTI 3.0", b"PK"), ("QTI 2.1", b"PK")):
        lead.open("/admin/exchange")
        lead.page.get_by_label("Questionnaire").select_option(label="Referrals")
        lead.page.get_by_label("Kind of file").select_option(label=kind)
        lead.press("See what it would hold")
        with lead.page.expect_download() as coming:
            lead.page.get_by_role("link", name="Take the file").click()

        taken = Path(coming.value.path()).read_bytes()

        assert taken.startswith(begins)
        assert len(taken) > 10_000


@pytest.fixture(scope="module")
def partnership(tmp_path_factory) -> Iterator[Demonstration]:
    """A partnership with two years of answers, for what changes it."""
    running = Demonstration(tmp_path_factory.mktemp("partnership"))
    running.start()
    yield running
    running.kill()


def entered(running: Demonstration, browser: Browser, role: str) -> Taker:
    """Somebody in a role, in a browser of their own."""
    taker = Taker(running, Keys(()), browser.new_context(locale="en-GB").new_page())
    taker.open("/")
    with taker.page.expect_navigation():
        taker.page.get_by_role("button", name=role, exact=True).click()
    return taker


def test_a_misleading_answer_is_found_mended_read_published_and_regraded(partnership, browser):
    lead = entered(partnership, browser, "A safeguarding lead")
    colleague = entered(partnership, browser, "A practitioner")
    name_author(lead, "practitioner@northmoor.example")
    question, edition = found_by_figures(lead)
    colleague.open(f"/problems/{edition}/{question}")
    colleague.page.locator("textarea").fill("The second answer can be read both ways.")
    colleague.page.locator("main form button").last.click()

    draft = mend(lead, question)
    colleague.open(draft)
    expect(colleague.page.locator("main")).to_contain_text("The second answer can be read both")
    read_all(colleague, draft)
    lead.open("/admin/drafts")
    lead.page.get_by_role("link", name="Look at what publishing would do").click()
    lead.page.get_by_role("button", name="Publish edition").click()
    expect(lead.page.locator("main")).to_contain_text("is published")

    lead.open("/admin/reports")
    report = lead.page.get_by_role("article").filter(has_text="The second answer can be read")
    expect(report).to_contain_text("Corrected in edition")
    report.get_by_role("link", name="regrade it").click()
    lead.page.locator("input[name=ruling][value=credit]").check()
    lead.press("Show what it would do")
    expect(lead.page.locator("#effect")).to_be_visible()
    lead.page.get_by_label("Why is it regraded?").fill("Its second answer could be read two ways.")
    lead.press("Decide it")
    expect(lead.page.locator("main")).to_contain_text("Decided before")
    colleague.open("/me")
    expect(colleague.page.locator("h1")).to_be_visible()


def name_author(lead: Taker, email: str) -> None:
    lead.open("/admin/authors")
    lead.page.get_by_label("Work e-mail address").fill(email)
    lead.page.get_by_label("Of which questionnaire?").select_option(label="Referrals")
    lead.press("Name as author")
    expect(lead.page.locator("main")).to_contain_text("may draft and read from now on: Referrals")


def found_by_figures(lead: Taker) -> tuple[str, str]:
    """A question of one best answer that has figures, and the edition that asked it."""
    lead.open("/admin/editions")
    lead.page.get_by_role("link", name=re.compile("^Referrals")).first.click()
    lead.page.wait_for_url("**/admin/editions/*")
    edition = lead.page.url.rpartition("/")[2]
    lead.page.get_by_role("link", name="What answers say of its questions").click()
    expect(lead.page.locator("h1")).to_contain_text("What answers say")
    shown = lead.page.locator("table.app-matrix a")
    asked = [one.inner_text() for one in shown.all()]
    for question in asked:
        lead.open(f"/admin/questions/{question}")
        if lead.page.get_by_text("One answer", exact=True).count():
            return question, edition
    raise AssertionError("no question of one answer has figures")


def mend(lead: Taker, question: str) -> str:
    """From the report to other words of an answer; the draft's address."""
    lead.open("/admin/reports")
    report = lead.page.get_by_role("article").filter(has_text="The second answer can be read")
    report.get_by_role("button", name="Mend the question").click()
    lead.press("Save and continue")
    answer = lead.page.get_by_role("group", name="Answer 2")
    words = answer.get_by_label("Words", exact=True)
    words.fill(words.input_value().rstrip(".") + ", and say so.")
    lead.press("Save and see the draft")
    if lead.button("Change the same words in its twins").count():
        lead.press("Change the same words in its twins")
    expect(lead.page.locator("main")).not_to_contain_text("To mend")
    return lead.page.url.removeprefix(lead.running.url)


def test_a_question_is_mended_read_and_published_by_keyboard_alone(bench):
    lead, author = bench
    author.open("/admin/questions?within=referrals")
    writing = Keyboard(author.page)
    author.page.locator(".app-questions a").nth(3).focus()
    with author.page.expect_navigation():
        author.page.keyboard.press("Enter")
    question = author.page.url
    writing.follow("Edit")
    writing.tab_to("The question")
    author.page.keyboard.press("Control+A")
    author.page.keyboard.type("What should you do FIRST, with what you know now?")
    writing.follow("Save and see the draft")
    draft = author.page.url

    reading = Keyboard(lead.page)
    lead.page.goto(draft)
    reading.follow("I have read it and agree")
    lead.page.goto(draft)
    reading.follow("See what publishing would do")
    reading.follow("Publish edition")

    expect(lead.page.locator("main")).to_contain_text("is published")
    lead.page.goto(question)
    assert heading(lead.page) == "What should you do FIRST, with what you know now?"


def test_what_somebody_wrote_is_kept_when_they_are_signed_out_meanwhile(bench):
    _, author = bench
    author.open("/admin/drafts/new")
    author.page.get_by_label("What is it to show?").select_option(index=1)
    author.page.get_by_label("One best answer").check()
    author.press("Begin")
    author.page.get_by_label("The question", exact=True).fill("What is lost when nobody saves?")
    elsewhere = author.page.context.new_page()
    elsewhere.goto(author.running.url + "/me")
    elsewhere.get_by_role("button", name="Sign out").first.click()

    author.press("Save and continue")

    assert heading(author.page) == "Sign in, then save"
    Taker(author.running, author.keys, elsewhere).sign_in(address(AUTHOR))
    author.press("Go on with what I wrote")
    box = author.page.get_by_label("The question", exact=True)
    assert box.input_value() == "What is lost when nobody saves?"
    author.press("Save and continue")
    assert heading(author.page) == "The answers"
