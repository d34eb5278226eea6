"""The lead's workbench in a browser: a report mended, a Moodle file brought in, both published."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import address
from tools.running import Running
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
<single>true</single><shuffleanswers>true</shuffleanswers>
<answer fraction="100"><text>Ring the front door about him today</text></answer>
<answer fraction="0"><text>Wait for his next check with you</text></answer>
<answer fraction="0"><text>Ask his teacher to keep watch on him</text></answer>
</question>"""
WHY = "It is natural to want to see more first. He would go hungry all of that time."


@pytest.fixture
def bench(running: Running, at, browser, browser_context_args):
    """A lead and an author, each in a browser of their own."""
    running.quizbot("people", "grant", address(LEAD), "lead", "Northmoor")
    contexts = [browser.new_context(**browser_context_args) for _ in range(2)]
    lead, author = (at(context.new_page()) for context in contexts)
    lead.sign_in(address(LEAD))
    lead.open("/admin/authors")
    lead.page.get_by_label("Work e-mail address").fill(address(AUTHOR))
    lead.page.get_by_label("Of which questionnaire?").select_option(label="Referrals")
    lead.press("Name as author")
    author.sign_in(address(AUTHOR))
    yield lead, author
    for context in contexts:
        context.close()


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


def test_a_moodle_export_is_brought_in_completed_and_published(bench, tmp_path: Path):
    lead, author = bench
    file = tmp_path / "moodle.xml"
    many = "\n".join(ONE.format(n=n, age=6 + n % 10) for n in range(30))
    file.write_text(MOODLE.format(questions=many))
    author.open("/admin/exchange")
    author.page.get_by_label("Where do they belong?").select_option(index=1)
    author.page.get_by_label("File", exact=True).set_input_files(file)
    author.press("Bring them in")
    expect(author.page.locator("main")).to_contain_text("Moodle XML. Drafts: 30.")
    author.page.get_by_role("link", name="(brought-in-0)").click()
    draft = author.page.url

    complete(author.page)

    expect(author.page.locator("main")).not_to_contain_text("To mend")
    lead.page.goto(draft)
    lead.press("I have read it and agree")
    lead.page.goto(draft)
    lead.press("See what publishing would do")
    lead.page.get_by_role("button", name="Publish edition").click()
    expect(lead.page.locator("main")).to_contain_text("is published")
    lead.open("/admin/questions/brought-in-0")
    assert "hungry on most days" in heading(lead.page)


def complete(page: Page) -> None:
    """Add what a Moodle file cannot hold, step by step."""
    page.get_by_role("link", name="What is asked").click()
    page.get_by_label("No", exact=True).check()
    page.get_by_role("button", name="Save and continue").click()
    for number in (1, 2, 3):
        answer = page.get_by_role("group", name=f"Answer {number}")
        answer.get_by_label("Why", exact=True).fill(WHY)
        if number > 1:
            answer.get_by_label("the belief it stands for").select_option(index=number)
            answer.get_by_label("If it is wrong: how?").select_option(label="It does too little")
    page.get_by_role("button", name="Save and continue").click()
    page.get_by_label("Why the right answer is right").fill(
        "A reasonable worry is enough to refer, and a call today lets others look."
    )
    page.get_by_label("Source 1", exact=True).select_option(index=1)
    page.get_by_label("Place in source 1").fill("not numbered")
    page.get_by_role("button", name="Save and continue").click()
    page.get_by_label("Apply", exact=True).check()
    page.get_by_label("Good practice").check()
    page.get_by_label("Numbers of the fact sheet").fill("R1")
    for part, value in (("Day", "30"), ("Month", "6"), ("Year", "2027")):
        page.get_by_label(part, exact=True).fill(value)
    page.get_by_role("button", name="Save and continue").click()
    expect(page.locator("h1")).to_contain_text("New question")


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
