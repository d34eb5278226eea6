"""The journeys of somebody with five minutes, on a phone: taps are counted and screens measured."""

import re

import pytest
from playwright.sync_api import Locator, expect
from pypdf import PdfReader

from quizbot.rules.pick import Mode
from tests.browser import serving
from tests.gate.test_eight_banks import BANKS
from tests.outbox import smtp
from tests.people.people_files import Files
from tools.running import HEAD, Running
from tools.tour import MODULE, Taker
from tools.waiting import until

PHONE = {"width": 360, "height": 740}
UNIT = "Northmoor/Council/Assessment"
PEOPLE = (
    f"H2,Carys Evans,carys@hr.example,{UNIT},Team manager,2020-03-02,\n"
    f"H3,Amina Rahman,amina@hr.example,{UNIT},Social worker,2025-01-06,H2\n"
)
HEIGHT = "document.documentElement.scrollHeight"


class Thumb:
    """Taps what is on a page, and counts; typing is no tap."""

    def __init__(self, page):
        self.page = page
        self.taps = 0
        page.set_viewport_size(PHONE)

    def tap(self, what: Locator) -> None:
        """Tap, and be where that leads."""
        self.taps += 1
        what.click()

    def go(self, what: Locator) -> None:
        """Tap what leads to another page."""
        with self.page.expect_navigation():
            self.tap(what)

    def link(self, words: str) -> Locator:
        """The first link in the page's own part with these words."""
        return self.page.locator("main").get_by_role("link", name=words).first

    def button(self, words: str) -> Locator:
        """The button with these words."""
        return self.page.locator("main").get_by_role("button", name=words, exact=True)


def is_in_first_screen(what: Locator) -> bool:
    """Whether the whole of it is seen without scrolling."""
    box = what.bounding_box()
    assert box is not None
    return bool(box["y"] + box["height"] <= PHONE["height"])


@pytest.fixture
def mailed():
    with smtp.running() as server:
        yield server


@pytest.fixture
def partnership(tmp_path, mailed, set_up_in):
    """A team whose messages leave at any hour, by a real mail server."""
    running = set_up_in(Running(tmp_path, loaded=True))
    running.environment |= {
        "QUIZBOT_QUIET_HOURS": "none",
        "QUIZBOT_QUIET_DAYS": "none",
        "QUIZBOT_MAIL_URL": mailed.url,
    }
    running.start()
    try:
        running.add_people(PEOPLE)
        yield running
    finally:
        running.kill()


def mails_to(server, address, subject=""):
    """What was mailed to somebody, the newest last."""
    return [one for one in list(server.taken) if one["To"] == address and subject in one["Subject"]]


def code_for(server, address, after=0):
    """The code that was mailed; `after` as many as there had been."""
    until(lambda: len(mails_to(server, address, "code")) > after, 60, "the code")
    return mails_to(server, address, "code")[-1]["Subject"][:6]


def link_in(letter, words):
    """Where the link with these words leads, as the letter's HTML has it."""
    html = letter.get_body(("html",)).get_content()
    found = re.search(rf'<a [^>]*href="([^"]+)"[^>]*>[^<]*{words}', html)
    assert found, html
    return found[1].replace("&amp;", "&")


def test_asked_in_six_taps_taken_from_the_letter_and_confirmed(partnership, mailed, browser):
    keys = partnership.keys(MODULE)
    contexts = [browser.new_context(locale="en-GB", has_touch=True) for _ in range(2)]
    carys, amina = (Taker(partnership, keys, context.new_page()) for context in contexts)

    # A manager, from signing in to having asked.
    manager = Thumb(carys.page)
    carys.open("/sign-in")
    carys.page.get_by_label("Your work e-mail address").fill("carys@hr.example")
    manager.go(manager.button("Send me a code"))
    carys.page.get_by_label("Six-digit code").fill(code_for(mailed, "carys@hr.example"))
    manager.go(manager.button("Continue"))
    expect(carys.page.locator("h1")).to_have_text("My team")
    manager.go(manager.link("Ask somebody"))
    manager.tap(carys.page.get_by_label("Amina Rahman"))
    manager.tap(carys.page.get_by_label("Referrals"))
    manager.go(manager.button("Ask"))
    assert "Asked: 1." in carys.page.locator("main").inner_text()
    assert manager.taps <= 6

    # Who was asked, from the letter to question 1 while signed out: three taps and a code.
    partnership.stop()
    partnership.quizbot("work", "--once")
    partnership.start()
    until(lambda: mails_to(mailed, "amina@hr.example"), 60, "the letter")
    thumb = Thumb(amina.page)
    thumb.taps += 1  # the letter's link
    amina.page.goto(link_in(mails_to(mailed, "amina@hr.example")[-1], "Take it"))
    amina.page.get_by_label("Your work e-mail address").fill("amina@hr.example")
    start = thumb.button("Sign in and start")
    assert is_in_first_screen(start)
    thumb.go(start)
    amina.page.get_by_label("Six-digit code").fill(code_for(mailed, "amina@hr.example"))
    thumb.go(thumb.button("Continue"))
    expect(amina.page.locator("#progress")).to_contain_text("Question 1 of 14")
    assert thumb.taps <= 3

    # From the outcome one tap to the certificate.
    amina.answer_rest(wrong=1)
    amina.press("Submit answers")
    expect(amina.page.locator("h1")).to_have_text("Passed: Referrals")
    certificate = thumb.link("Your certificate")
    assert is_in_first_screen(certificate)
    thumb.go(certificate)
    expect(amina.page.locator("h1")).to_have_text("Certificate: Referrals")

    # And her manager confirms what she showed.
    before = manager.taps
    carys.open("/team")
    manager.go(manager.link("Confirm 1 person"))
    assert "6 of 7 areas shown" in carys.page.locator("main").inner_text()
    manager.tap(carys.page.get_by_label("A discussion with them"))
    manager.tap(carys.page.locator("input[name=statement]"))
    manager.go(manager.button("Confirm"))
    assert "Confirmed: 1." in carys.page.locator("main").inner_text()
    assert manager.taps - before <= 5
    for context in contexts:
        context.close()


def test_a_manager_of_sixteen_knows_whom_to_ask_and_has_asked_in_three_taps(come_in):
    manager = come_in("A manager")
    thumb = Thumb(manager.page)
    manager.open("/team")
    assert manager.page.evaluate(HEIGHT) < 2500
    assert "of 16" in thumb.page.locator("h2").first.inner_text()

    step = manager.page.locator(".app-step").first
    assert is_in_first_screen(step)
    thumb.tap(step.locator("summary"))
    thumb.go(step.get_by_role("button"))

    assert "Asked: " in manager.page.locator("main").inner_text()
    assert thumb.taps <= 3


def test_who_is_asked_for_what_by_when_and_the_button_are_the_first_screen(come_in):
    manager = come_in("A manager")
    thumb = Thumb(manager.page)
    manager.open("/team")
    step = manager.page.locator(".app-step").first
    thumb.tap(step.locator("summary"))
    thumb.go(step.get_by_role("link", name="Another day, or a reason"))

    assert manager.page.locator("h1").inner_text().startswith("Ask ")
    ticked = manager.page.locator("input[type=checkbox]:checked")
    assert {one.get_attribute("name") for one in ticked.all()} == {"people", "modules"}
    assert is_in_first_screen(thumb.button("Ask"))
    thumb.go(thumb.button("Ask"))
    assert thumb.taps == 3
    assert "Asked: " in manager.page.locator("main").inner_text()


@pytest.fixture
def sixteen(service, people, tmp_path):
    """Carys's people: sixteen, each with a pass that waits; every fourth missed one area."""
    Files(service, tmp_path).take(
        *(f"S{n},Person {n:02},,{UNIT},Social worker,2026-01-05,N3" for n in range(15))
    )
    service.editions.publish([BANKS["core-groups"]], service.place)
    team = [one.person_id for one in service.reports.pickable(people.carys)]
    for number, person_id in enumerate(team):
        module = "core-groups" if number % 2 else MODULE
        passes(service, person_id, module, misses_one=number % 4 == 0)
    return team


def passes(service, person_id, module, *, misses_one):
    """Take it for the record; with `misses_one`, the first that is not essential is wrong."""
    taken = service.attempts.start(person_id, module, Mode.ASSURED)
    for number in range(1, service.attempts.turn(person_id, taken, 1).total + 1):
        turn = service.attempts.turn(person_id, taken, number)
        right = turn.question.shown(turn.question.key, turn.order)
        wrong = [one.letter for one in turn.choices if one.letter not in right]
        is_missed = misses_one and bool(wrong) and turn.question.must_know is None
        misses_one = misses_one and not is_missed
        service.attempts.answer(person_id, taken, number, wrong[:1] if is_missed else right)
    service.attempts.submit(person_id, taken)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_whole_team_of_sixteen_is_confirmed_in_less_than_twenty_actions(
    sixteen, service, people, browser
):
    with serving.listening() as server:
        address, app = serving.address_of(server), serving.open_to_browsers(server, service)
        context = serving.signed_in(browser, address, app, service, "carys@northmoor.example")
        page = context.new_page()
        thumb = Thumb(page)
        page.goto(f"{address}/team")
        thumb.go(thumb.link("Confirm 16 people"))
        folds = page.locator("main details.app-section > summary")
        for fold in folds.all():  # who it is about, and what each did not show
            thumb.tap(fold)
        shown = page.locator("main").inner_text()
        assert shown.count("areas shown") == 16
        assert shown.count("Not shown: ") == 4
        thumb.tap(page.get_by_label("A discussion with them"))
        thumb.tap(page.locator("input[name=statement]"))
        thumb.go(thumb.button("Confirm"))

        assert "Confirmed: 16." in page.locator("main").inner_text()
        assert thumb.taps < 20
        context.close()
    for person_id in sixteen:
        (said,) = service.attestations.mine(person_id)
        assert said.objectives


def test_what_waits_in_a_team_is_confirmed_in_less_than_twenty_actions(come_in):
    manager = come_in("A manager")
    thumb = Thumb(manager.page)
    manager.open("/team")
    waiting = manager.page.locator("main a[href='/team/attest']")
    assert int(waiting.inner_text().split()[1]) >= 5  # people

    thumb.go(waiting)
    passes = manager.page.locator("input[name=passes]")
    assert passes.count() == manager.page.locator("input[name=passes]:checked").count()
    thumb.tap(manager.page.get_by_label("A discussion with them"))
    thumb.tap(manager.page.locator("input[name=statement]"))
    thumb.go(thumb.button("Confirm"))

    assert "Confirmed: " in manager.page.locator("main").inner_text()
    assert manager.page.locator("main").get_by_role("link", name="Confirm understanding").count()
    assert thumb.taps < 20


def test_what_to_do_is_in_the_first_screen_of_every_questionnaire(come_in):
    practitioner = come_in("A practitioner")
    practitioner.page.set_viewport_size(PHONE)
    practitioner.open("/")
    hrefs = practitioner.page.locator("main a[href^='/modules/']").evaluate_all(
        "all => [...new Set(all.map(one => one.getAttribute('href').split(/[?#]/)[0]))]"
    )
    modules = [href for href in hrefs if href.count("/") == 2]
    assert len(modules) == 8

    for href in modules:
        practitioner.open(href)
        # Where a change is to be confirmed, that button comes before Start.
        button = practitioner.page.locator("main .govuk-button").first
        assert is_in_first_screen(button), href


def test_a_lead_from_the_file_of_hr_to_the_paper_for_the_board(come_in, tmp_path, demonstration):
    lead = come_in("A safeguarding lead")
    thumb = Thumb(lead.page)
    assert lead.page.url.endswith("/admin")
    file = tmp_path / "hr.csv"
    joiner = f"Z1,Zora Newcome,zora@northmoor.example,{UNIT},Social worker,2026-11-02,\n"
    file.write_text(HEAD + joiner, encoding="utf-8")

    # The file of HR: what it would do is seen before it is done.
    thumb.go(thumb.page.locator("main a[href='/admin/people']"))
    thumb.go(thumb.link("Take in a file from HR"))
    lead.page.set_input_files("input[type=file]", file)
    thumb.go(thumb.button("Look at what would change"))
    assert "Zora Newcome" in lead.page.locator("main").inner_text()
    thumb.go(thumb.button("Take it in as shown"))
    assert thumb.taps <= 4

    # The board: three sentences, a picture, and the paper.
    thumb.taps = 0
    thumb.go(lead.page.get_by_role("link", name="Board", exact=True))
    assert lead.page.locator("main li").count() >= 3
    assert is_in_first_screen(lead.page.locator("main li").nth(1))
    with lead.page.expect_download() as found:
        thumb.tap(thumb.link("PDF"))
    sheets = PdfReader(found.value.path()).pages
    first = " ".join(sheets[0].extract_text().split())
    assert "most has changed in" in first
    assert "Understanding is least in" in first
    assert "people are overdue or lapsed" in first
    assert sheets[1].extract_text().startswith("In date, of those asked")
    assert thumb.taps <= 2

    # And from a number to those who are late there, asked at once.
    thumb.taps = 0
    thumb.go(thumb.link("See who, and ask them"))
    thumb.tap(lead.page.locator("#ask summary"))
    thumb.go(lead.page.locator("#ask button"))
    assert "Asked: " in lead.page.locator("main").inner_text()
    assert thumb.taps <= 3
