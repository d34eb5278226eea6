"""Questionnaires inside a course: two sites in a real browser, no cookie kept of the inner one.

127.0.0.1 and localhost are two sites to a browser; cookies of third parties are blocked besides.
"""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from sqlalchemy import select

from quizbot.config import Settings
from quizbot.lti.platforms import PlatformDraft
from quizbot.service import open_service
from quizbot.store.tables import person
from tests.browser.conftest import launched_with
from tests.browser.test_every_page import faults
from tests.lti.learning_system import LearningSystem, running
from tools.running import Running
from tools.tour import MODULE, Taker
from tools.waiting import until

COURSE = "Northmoor Learning"


@pytest.fixture(scope="module")
def browser(browser_type):
    """One for this file alone: the others' is started without the switch."""
    started = browser_type.launch(**launched_with("--test-third-party-cookie-phaseout"))
    yield started
    started.close()


@pytest.fixture(scope="module")
def known(tmp_path_factory, set_up_in):
    """The service, with Amina and a lead."""
    service = set_up_in(Running(tmp_path_factory.mktemp("service"), loaded=True))
    service.environment |= {"QUIZBOT_LTI": "yes", "QUIZBOT_LTI_PRIVATE": "yes"}
    service.start()
    try:
        unit = "Northmoor/Council/Assessment"
        service.add_people(
            f"L1,Amina Test,amina@northmoor.example,{unit},Nurse,2026-01-05,\n"
            f"L2,Efua Test,efua@northmoor.example,{unit},Lead,2026-01-05,\n"
        )
        service.quizbot("people", "grant", "efua@northmoor.example", "lead", "Northmoor")
        yield service
    finally:
        service.kill()


@pytest.fixture(scope="module")
def inside(known):
    """The same service, called from here with the rights of its lead."""
    url = f"sqlite:///{known.folder / 'var' / 'quizbot.db'}"
    opened = open_service(
        Settings(
            _env_file=None,
            database_url=url,
            secret_key=(known.folder / "var" / "secret-key").read_text().strip(),
            public_url=known.url,
            lti=True,
            lti_private=True,
        )
    )
    with opened.database.reading() as connection:
        query = select(person.c.id).where(person.c.email == "efua@northmoor.example")
        lead = connection.execute(query).scalar_one()
    yield opened, lead
    opened.close()


def on_another_site(**given):
    """A learning system that a browser takes for another site."""
    return running("localhost", **given)


def draft(system: LearningSystem):
    return PlatformDraft(
        title=COURSE,
        issuer=system.address,
        client_id=system.client_id,
        deployments=system.deployment,
        login_url=f"{system.address}/auth",
        token_url=f"{system.address}/token",
        keys_url=f"{system.address}/keys",
        domains="northmoor.example",
        are_verified=True,
    )


@pytest.fixture
def course(known, inside, request):
    """A course with an activity, connected by the lead."""
    service, lead = inside
    custom = {"module": MODULE, "mode": "assured"}
    given = {"custom": custom, "name": "Amina Test", "client_id": request.node.name[:60]}
    with on_another_site(tool=known.url, **given) as system:
        platform_id = service.platforms.add(lead, draft(system))
        yield system
        service.platforms.end(lead, platform_id)


@pytest.fixture
def page(browser):
    """A browser that was nowhere yet."""
    context = browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


def test_from_a_frame_into_a_tab_through_the_questionnaire_and_the_score_is_there(
    page, known, course
):
    page.goto(f"{course.address}/course")
    frame = page.frame_locator("iframe")
    expect(frame.get_by_role("heading", level=1)).to_have_text("Referrals")
    assert page.context.cookies() == []

    with page.expect_popup() as opened:
        frame.get_by_role("link", name="Open in a new tab").click()
    tab = opened.value
    expect(tab.get_by_role("heading", level=1)).to_have_text("Are you Amina Test?")
    tab.get_by_role("button", name="Yes, go on").click()
    expect(tab).to_have_url(f"{known.url}/modules/{MODULE}")
    expect(tab.locator("main")).to_contain_text(f"{COURSE} is told your score")
    taker = Taker(known, known.keys(MODULE), tab)
    taker.press("Start")
    taker.answer_all("Save and continue")
    taker.press("Submit answers")

    until(lambda: course.scores, 60, "the score")
    assert course.scores[0]["scoreGiven"] == 100
    assert course.scores[0]["userId"] == course.user


def test_where_the_course_opens_a_tab_itself_nobody_is_asked(page, known, course):
    course.container = "window"
    page.goto(f"{course.address}/course")

    with page.expect_popup() as opened:
        page.get_by_role("link", name="Referrals").click()

    expect(opened.value).to_have_url(f"{known.url}/modules/{MODULE}")
    expect(opened.value.get_by_role("banner")).to_contain_text("Amina Test")


def test_a_questionnaire_is_chosen_within_the_page_of_the_course(page, course):
    course.is_choice = True
    page.goto(f"{course.address}/course")
    frame = page.frame_locator("iframe")
    frame.get_by_label("Referrals").check()
    frame.get_by_label("Practice").check()

    frame.get_by_role("button", name="Add to the course").click()

    expect(frame.get_by_role("heading", level=1)).to_have_text("1 added")
    assert course.chosen[0]["custom"] == {"module": MODULE, "mode": "practice"}


def test_it_is_chosen_without_scripts_too(browser, course):
    course.is_choice = True
    context = browser.new_context(locale="en-GB", java_script_enabled=False)
    page = context.new_page()
    address = f"{course.tool}/lti/login"
    page.set_content(
        f'<form method="post" action="{address}">'
        + "".join(
            f"<input name=\"{name}\" value='{value}'>" for name, value in course.login().items()
        )
        + "<button>Begin</button></form>"
    )
    page.get_by_role("button", name="Begin").click()
    page.locator("form").wait_for(state="attached")
    page.eval_on_selector("form", "form => form.submit()")
    page.get_by_label("Referrals").check()
    page.get_by_role("button", name="Add to the course").click()

    page.get_by_role("button", name="Go on").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("1 added")
    context.close()


def test_a_refusal_can_be_read_in_the_frame(page, course):
    course.deployment = "99"
    page.goto(f"{course.address}/course")

    expect(page.frame_locator("iframe").locator("main")).to_contain_text("add its deployment")


def test_a_system_that_connects_itself_is_told_when_it_is_done(page, known, inside):
    service, lead = inside
    with on_another_site(tool=known.url, client_id="by-itself") as system:
        word = service.platforms.invite(lead, PlatformDraft(title="Another", issuer=system.address))

        page.goto(f"{system.address}/admin?link={known.url}/lti/register/{word}")

        expect(page.locator("#told")).to_have_text("org.imsglobal.lti.close")
        expect(page.frame_locator("iframe").get_by_role("heading")).to_have_text(
            ["Another is connected", "If a child may be at risk"]
        )
    (found,) = [one for one in service.platforms.all() if one.title == "Another"]
    assert found.client_id == "by-itself"
    service.platforms.end(lead, found.platform_id)


def test_no_page_around_a_course_has_a_fault(page, known, inside, course):
    service, lead = inside
    axe, seen = Axe(), {}
    word = service.platforms.invite(lead, PlatformDraft(title="X", issuer=course.address))
    page.goto(f"{known.url}/lti/register/{word}")
    seen["link"] = faults(axe, page)
    page.goto(f"{known.url}/lti/open/none")
    seen["refused"] = faults(axe, page)
    course.is_choice = True
    page.goto(f"{course.address}/start")
    page.wait_for_url("**/lti/choose/*")
    seen["choose"] = faults(axe, page)
    course.is_choice, course.email = False, "zoe@else.example"
    page.goto(f"{course.address}/start")
    expect(page.get_by_role("heading", level=1)).to_have_text("You can practise")
    seen["nobody's"] = faults(axe, page)
    course.email, course.user = "amina@northmoor.example", "21"
    launch = page.context.browser.new_context(locale="en-GB").new_page()
    launch.goto(f"{course.address}/course")
    link = launch.frame_locator("iframe").get_by_role("link", name="Open in a new tab")
    address = link.get_attribute("href")
    page.goto(f"{known.url}{address}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Are you Amina Test?")
    seen["confirm"] = faults(axe, page)
    launch.context.close()
    taker = Taker(known, known.keys(MODULE), page)
    taker.sign_in("efua@northmoor.example")
    for path in ("/admin/lti", "/admin/lti/invite", "/admin/lti/new"):
        page.goto(f"{known.url}{path}")
        seen[path] = faults(axe, page)
    page.goto(f"{known.url}/admin/lti")
    page.get_by_role("link", name=COURSE).click()
    seen["one"] = faults(axe, page)

    assert {name: found for name, found in seen.items() if found} == {}
