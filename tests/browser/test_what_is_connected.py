"""Pages of what is connected in the states that no tour meets: refused, faulty, within a frame."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from quizbot.clock import utc_now
from tests.browser.test_every_page import SIDEWAYS, VIOLATIONS, faults
from tests.conftest import Clock
from tests.evidence.elsewhere import OTHER_ED, foreign
from tests.lti.learning_system import running as learning_system
from tests.signin.provider import SECRET, running, table
from tools.running import Running
from tools.tour import Taker

UNIT = "Northmoor/Council/Assessment"
PEOPLE = f"""\
W1,Amina Rahman,amina@northmoor.example,{UNIT},Nurse,2026-01-05,
W2,Efua Mensah,efua@northmoor.example,{UNIT},Lead,2026-01-05,
"""


@pytest.fixture(scope="module")
def council():
    with running() as issuer:
        yield issuer


@pytest.fixture(scope="module")
def academy():
    """An issuer of certificates elsewhere."""
    with foreign(Clock(utc_now())) as issuer:
        yield issuer


@pytest.fixture(scope="module")
def known(council, tmp_path_factory, set_up_in):
    """The service with two providers, a system that is told of results, and people."""
    folder = tmp_path_factory.mktemp("connected")
    service = set_up_in(Running(folder, loaded=True))
    (folder / "client-secret").write_text(SECRET)
    more = {"domains": ["northmoor.example"], "private": True}
    police = {"domains": ["police.example"], "private": True}
    (folder / "providers.toml").write_text(
        table("council", "Northmoor Council", council, **more)
        + table("police", "Northmoor and Southmere Police", council, **police)
    )
    service.environment |= {
        "QUIZBOT_OIDC": str(folder / "providers.toml"),
        "QUIZBOT_ISSUERS_PRIVATE": "yes",
        "QUIZBOT_LTI": "yes",
        "QUIZBOT_LTI_PRIVATE": "yes",
        "QUIZBOT_SCIM": "Northmor",  # which is no unit
    }
    service.start()
    try:
        service.add_people(PEOPLE)
        service.quizbot("people", "grant", "efua@northmoor.example", "lead", "Northmoor")
        yield service
    finally:
        service.kill()


@pytest.fixture
def come(browser, known):
    """Somebody in a browser of their own."""
    opened = []

    def come(email=""):
        opened.append(browser.new_context(locale="en-GB"))
        taker = Taker(known, known.keys("referrals"), opened[-1].new_page())
        if email:
            taker.sign_in(email)
        return taker

    yield come
    for context in opened:
        context.close()


@pytest.fixture(scope="module")
def axe():
    return Axe()


def test_the_sign_in_page_with_two_providers_has_no_fault(come, council, axe):
    page, seen = come().open("/sign-in"), {}
    seen["two"] = faults(axe, page)
    council.status = 503

    page.get_by_role("link", name="Sign in with Northmoor Council").click()

    council.status = 200
    expect(page.locator("main")).to_contain_text("does not answer at the moment")
    seen["one is down"] = faults(axe, page)
    assert seen == {"two": [], "one is down": []}


def test_connections_on_off_and_faulty_have_no_fault(come, council, axe):
    council.status = 503
    come().open("/sign-in/council")
    council.status = 200

    page = come("efua@northmoor.example").open("/admin/connections")

    words = page.locator("main").inner_text()
    assert "there is no unit 'Northmor'" in words
    assert "answers with status 503" in words
    assert {"On", "Off", "Fault"} <= {
        tag.strip() for tag in page.locator(".app-tag").all_inner_texts()
    }
    assert faults(axe, page) == []


def refusals(academy):
    """What somebody brings, by what is wrong with it."""
    token = academy.token()
    head, said, seal = token.decode().split(".")
    changed = f"{head}.{said[:-8]}{said[:-9:-1]}.{seal}".encode()
    ended = (utc_now() - timedelta(days=400)).strftime("%Y-%m-%dT00:00:00Z")
    began = (utc_now() - timedelta(days=800)).strftime("%Y-%m-%dT00:00:00Z")
    expired = academy.token(academy.content(validFrom=began, validUntil=ended))
    academy.publish_list(held=True)
    withdrawn = academy.token(academy.with_list())
    academy.key = OTHER_ED
    forged = academy.token()
    issuer = {"id": "https://other.example", "type": ["Profile"], "name": "Other"}
    unknown = academy.token(academy.content(issuer=issuer))
    return {
        "changed": changed,
        "expired": expired,
        "withdrawn": withdrawn,
        "signed by another": forged,
        "of nobody who is trusted": unknown,
        "empty": b"",
        "a paper": b"%PDF-1.4\n",
        "no certificate": b"words",
    }


def test_bringing_a_certificate_has_no_fault_whatever_is_refused(come, academy, axe):
    lead = come("efua@northmoor.example")
    lead.open("/admin/issuers")
    lead.page.get_by_label("Its address").fill(academy.url)
    lead.press("Trust it")
    amina, seen, told = come("amina@northmoor.example"), {}, set()
    seen["nothing yet"] = faults(axe, amina.open("/me/bring"))
    own_key = academy.key

    for wrong, content in refusals(academy).items():
        page = amina.open("/me/bring")
        file = {"name": "certificate.jwt", "mimeType": "text/plain", "buffer": content}
        page.get_by_label("The signed file").set_input_files(file)
        amina.press("Bring it")
        seen[wrong] = faults(axe, page)
        told.add(page.locator(".govuk-error-summary").inner_text())
    academy.key = own_key
    page = amina.open("/me/bring")
    page.get_by_label("Or its address").fill("https://other.example/certificates/1")
    amina.press("Bring it")
    seen["by an address of another"] = faults(axe, page)

    assert {wrong: found for wrong, found in seen.items() if found} == {}
    assert len(told) >= 6  # each says what is wrong with it


def test_the_chooser_within_a_frame_has_no_fault(come, known, axe):
    lead = come("efua@northmoor.example")
    with learning_system("localhost", tool=known.url, client_id="in-a-frame") as course:
        lead.open("/admin/lti/invite")
        lead.page.get_by_label("What do people call it?").fill("Northmoor Learning")
        lead.page.get_by_label("Its address").fill(course.address)
        lead.press("Make the link")
        link = lead.page.locator("code").inner_text()
        page = come().page
        page.goto(f"{course.address}/admin?link={link}")
        expect(page.locator("#told")).to_have_text("org.imsglobal.lti.close")
        course.is_choice = True
        page.goto(f"{course.address}/course")
        page.frame_locator("iframe").get_by_label("Referrals").wait_for()
        page.locator("iframe").evaluate("frame => frame.width = 320")
        (frame,) = (one for one in page.frames if "/lti/choose/" in one.url)

        found = axe.run(frame, options=VIOLATIONS).response["violations"]

        assert [one["id"] for one in found] == []
        assert frame.evaluate(SIDEWAYS) <= 320
