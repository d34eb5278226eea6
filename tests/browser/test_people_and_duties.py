"""From HR's file to a pass that was asked for, and a leaver gone: the whole of it in browsers."""

import email
import email.policy
import re
from datetime import timedelta

import pytest

from quizbot.clock import london_day, utc_now
from tools.running import HEAD, Running
from tools.tour import MODULE, Taker
from tools.waiting import until

UNIT = "Northmoor/Council/Assessment"
LATELY = london_day(utc_now()) - timedelta(days=24)
LEAD = "H1,Efua Mensah,efua@hr.example,Northmoor,Safeguarding lead,2018-01-01,\n"
STAFF = (
    f"H2,Carys Evans,carys@hr.example,{UNIT},Team manager,2020-03-02,H1\n"
    f"H3,Amina Rahman,amina@hr.example,{UNIT},Social worker,{LATELY},H2\n"
    f"H4,Bashir Aziz,bashir@hr.example,{UNIT},Social worker,2025-02-03,H2\n"
)


@pytest.fixture
def partnership(tmp_path, set_up_in):
    """A service of its own, whose messages leave at any hour, with a lead and nobody else."""
    running = set_up_in(Running(tmp_path, loaded=True))
    running.environment |= {"QUIZBOT_QUIET_HOURS": "none", "QUIZBOT_QUIET_DAYS": "none"}
    running.start()
    try:
        running.add_people(LEAD)
        running.quizbot("people", "grant", "efua@hr.example", "lead", "Northmoor")
        yield running
    finally:
        running.kill()


def letters(running, address) -> list[str]:
    """What was mailed to somebody, codes left out."""
    found = []
    for path in sorted((running.folder / "var" / "mail").glob("*.eml")):
        message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        body = message.get_body(("plain",))
        if str(message["To"]) == address and "code" not in str(message["Subject"]) and body:
            found.append(body.get_content())
    return found


def work_now(running) -> None:
    """By itself the day's work begins at five in the morning: do it now, whatever the hour."""
    running.stop()
    running.quizbot("work", "--once")
    running.start()


def take_in(lead, path, *, everybody=False):
    """Upload a file, look at what it would do, and have it done."""
    lead.open("/admin/people/import")
    lead.page.set_input_files("input[type=file]", path)
    if everybody:
        lead.page.get_by_label("Everybody of one unit", exact=True).check()
        lead.page.locator("select[name=unit]").select_option(UNIT)
    else:
        lead.page.get_by_label("Make units that are not there yet").check()
    lead.press("Look at what would change")
    seen = lead.page.locator("main").inner_text()
    # More than one in ten would leave.
    if lead.page.locator("input#confirm[type=checkbox]").count():
        lead.page.locator("input#confirm").check()
    lead.press("Take it in as shown")
    return seen


def test_a_file_a_rule_a_request_a_pass_and_a_leaver(partnership, browser, tmp_path):
    keys = partnership.keys(MODULE)
    lead, manager, amina = (
        Taker(partnership, keys, browser.new_context(locale="en-GB").new_page()) for _ in range(3)
    )
    file = tmp_path / "hr.csv"
    file.write_text(HEAD + STAFF, encoding="utf-8")

    lead.sign_in("efua@hr.example")
    seen = take_in(lead, file)
    assert "Amina Rahman" in seen
    manager.sign_in("carys@hr.example")

    lead.open("/admin/requirements/new?example=induction")
    lead.page.locator("select[name=unit]").select_option(UNIT)
    # Not Carys: nobody has two messages a day, and hers is to be about her request.
    lead.page.locator("[name=job]").fill("Social worker")
    lead.page.locator(f"input[name=modules][value={MODULE}]").check()
    lead.press("See what it would do")
    assert "Have no manager" in lead.page.locator("main").inner_text()
    lead.press("Save this rule")
    assert "The rule is saved." in lead.page.locator("main").inner_text()

    manager.open("/team/requests/new")
    manager.page.get_by_label("Amina Rahman", exact=True).check()
    manager.page.locator(f"input[name=modules][value={MODULE}]").check()
    manager.page.get_by_text("Another day, reason or people").click()
    manager.page.get_by_label("Why? (optional)").fill("Before your first duty week.")
    manager.press("Ask")

    work_now(partnership)
    (letter,) = letters(partnership, "amina@hr.example")
    assert "Carys Evans asks for it: Before your first duty week." in letter

    # From the letter to the questionnaire, on a device that does not know her yet.
    link = re.search(r"^Take it .*\n\s*(http\S+)", letter, re.MULTILINE)
    assert link
    amina.open(link[1].removeprefix(partnership.url))
    amina.enter("amina@hr.example", "Sign in and start")
    amina.answer_rest()
    amina.press("Submit answers")
    assert "Passed" in amina.page.locator("h1").inner_text()
    amina.open("/me").get_by_text("1 on which nothing is to be done").click()
    told = amina.page.locator("main").inner_text()
    assert "Asked by a rule of your partnership" in told
    assert "Part of induction" in told

    manager.open("/team/requests")
    assert "Passed" in manager.page.locator("main").inner_text()
    until(lambda: letters(partnership, "carys@hr.example"), 60, "the letter to who asked")
    assert "Completed" in letters(partnership, "carys@hr.example")[0]

    leaver_gone = "".join(line for line in STAFF.splitlines(keepends=True) if "Bashir" not in line)
    file.write_text(HEAD + leaver_gone, encoding="utf-8")
    seen = take_in(lead, file, everybody=True)
    assert "Bashir Aziz" in seen
    manager.open("/team")
    assert "Amina Rahman" in manager.page.locator("main").inner_text()
    assert "Bashir Aziz" not in manager.page.locator("main").inner_text()
