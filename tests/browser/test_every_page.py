"""Every page in every state: no fault that axe knows, nothing cut off on the smallest screen."""

import re
from pathlib import Path
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tools.tour import Taker, tour

STATES = 52  # or more: a tour that stops half-way has tested half
SIDEWAYS = "document.scrollingElement.scrollWidth"
ROLES = ("A safeguarding lead", "A manager", "A practitioner", None)
# What a path holds that differs from one page to the next of the same make.
PARTICULAR = re.compile(r"/([0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32,}|\d+|[A-Z0-9-]{8,})(?=/|$)")
BY_NAME = re.compile(
    r"(^/modules|^/team/guide|^/problems/[^/]+|/questions|/drafts/publish|^/admin/place)/[a-z0-9_.-]+"
)
A_FILE = re.compile(r"\.[a-z]+$")
LINKS = "as => as.map(a => a.getAttribute('href'))"
OPENED = "all => all.forEach(one => one.parentElement.open = true)"
TO_FILL_IN = "main form[method=post]:has(input:not([type=hidden]), select, textarea)"
REACHED = {
    *("/", "/modules/*", "/modules/*/sources", "/sign-in", "/sign-in/slip", "/me", "/link"),
    *(
        "/privacy",
        "/accessibility",
        "/team",
        "/team/people/*",
        "/team/requests",
        "/board",
        "/board/pack",
    ),
    *("/team/requests/new", "/team/guide/*", "/team/attest", "/admin", "/admin/people"),
    *("/admin/people/*", "/admin/people/new", "/admin/units", "/admin/requirements"),
    *(
        "/admin/requirements/new",
        "/admin/requirements/nobody",
        "/admin/changes/new",
        "/admin/place",
        "/admin/editions",
        "/admin/editions/*",
    ),
    *("/me/bring", "/admin/brought", "/admin/brought/*", "/admin/issuers"),
    *("/admin/editions/*/items", "/admin/editions/*/questions/*/regrade"),
    *("/admin/reports", "/admin/audit", "/admin/messages", "/attempts/*"),
    *("/admin/questions", "/admin/questions/*", "/admin/drafts", "/admin/drafts/new"),
    *("/admin/drafts/*", "/admin/drafts/*/asked", "/admin/drafts/*/answers"),
    *("/admin/drafts/*/reasons", "/admin/drafts/*/counts", "/admin/drafts/*/preview"),
    *("/admin/drafts/publish/*", "/admin/authors", "/admin/exchange"),
}
VIOLATIONS = {"resultTypes": ["violations"]}
COLOURS = {**VIOLATIONS, "runOnly": ["color-contrast", "link-in-text-block"]}
# What axe finds, in a line each: all else that it tells would travel for nobody.
FOUND = """asked => axe.run(asked).then(told => told.violations.map(
    one => `${one.id}: ${one.help}: ${one.nodes[0].html.slice(0, 200)}`))"""
# It reads the words for a colour anew for each element: half its time, were they not kept.
READS_A_COLOUR_ONCE = """() => {
    const colour = axe.commons.color.Color.prototype, read = colour.parseString, known = new Map();
    colour.parseString = function (words) {
        if (!known.has(words)) {
            const {r, g, b, alpha} = read.call(this, words);
            known.set(words, {r, g, b, alpha});
        }
        return Object.assign(this, known.get(words));
    };
}"""


def faults(axe: Axe, page: Page) -> list[str]:
    """What axe finds with every fold open, and what a small screen cuts off, in a line each."""
    page.locator("details:not([open]) > summary").evaluate_all(OPENED)
    page.evaluate(axe.axe_script)
    page.evaluate(READS_A_COLOUR_ONCE)
    found: list[str] = page.evaluate(FOUND, VIOLATIONS)
    page.emulate_media(color_scheme="dark")
    found += page.evaluate(FOUND, COLOURS)
    page.emulate_media(color_scheme="light")
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 800})
        if (needed := page.evaluate(SIDEWAYS)) > width:
            found.append(f"needs {needed} pixels of {width}")
    return found


def test_a_fault_would_be_seen(page):
    page.set_content("<title>A page</title><p>Words</p><img src=x><p style=width:400px>wide</p>")

    rules = [found.partition(":")[0] for found in faults(Axe(), page)]

    assert "image-alt" in rules
    assert rules[-1].startswith("needs 4")


def test_colours_that_fail_in_the_dark_alone_would_be_seen(page):
    page.set_content(
        "<title>A page</title>"
        "<style>@media (prefers-color-scheme: dark) { body { background: #111 } }</style>"
        "<main><h1>Heading</h1><p style='color:#333'>Words</p></main>"
    )

    assert [found.partition(":")[0] for found in faults(Axe(), page)] == [
        "html-has-lang",
        "color-contrast",
    ]


def test_no_page_in_any_state_has_a_fault(browser, running):
    axe, seen = Axe(), {}
    for state, page in tour(browser, running):
        page.set_viewport_size({"width": 1280, "height": 800})
        assert state not in seen
        seen[state] = faults(axe, page)

    assert {state: found for state, found in seen.items() if found} == {}
    assert len(seen) >= STATES


def make_of(path: str) -> str:
    """A path with a star for whatever is particular: pages of one make are looked at once."""
    return PARTICULAR.sub("/*", BY_NAME.sub(r"\1/*", path))


def round_trip(axe: Axe, taker: Taker, seen: dict[str, list[str]]) -> None:
    """Follow every link to a make of page not met yet; send each form there as it stands."""
    page, waiting = taker.page, ["/"]
    visited = set()
    while waiting:
        make = make_of(path := waiting.pop(0))
        if make in visited or A_FILE.search(path):
            continue
        visited.add(make)
        if make in seen:
            html = page.request.get(taker.running.url + path).text()
            waiting += [urlsplit(href).path for href in re.findall(r'href="(/[^"]*)"', html)]
            continue
        page.set_viewport_size({"width": 1280, "height": 800})
        hrefs = taker.open(path).locator("a[href^='/']").evaluate_all(LINKS)
        waiting += [urlsplit(href).path for href in hrefs]
        seen[make] = faults(axe, page)
        for number in range(page.locator(TO_FILL_IN).count()):
            taker.open(path)
            page.locator("details:not([open]) summary").evaluate_all(OPENED)
            with page.expect_navigation():
                page.locator(TO_FILL_IN).nth(number).locator("button").last.click()
            if page.locator(".govuk-error-summary").count():
                seen[f"{make}, form {number + 1}, with errors"] = faults(axe, page)


def test_no_page_that_links_lead_to_has_a_fault(come_in):
    axe = Axe()
    seen: dict[str, list[str]] = {}
    for role in ROLES:
        round_trip(axe, come_in(role), seen)

    assert {make: found for make, found in seen.items() if found} == {}
    assert REACHED - seen.keys() == set()
    assert sum(make.endswith("with errors") for make in seen) >= 5


GIFT = """::Who rings::You are a teacher. Sam, aged 9, is hungry. What should you do FIRST? {
=Ring the front door today#She may need help now.
~Wait for the next visit#She would stay hungry.
}

::An essay::Tell what you think of it. {}
"""


def brought(lead: Taker, file: Path) -> None:
    """What came over of a file."""
    file.write_text(GIFT)
    lead.open("/admin/exchange")
    lead.page.get_by_label("Where do they belong?").select_option(index=1)
    lead.page.get_by_label("File", exact=True).set_input_files(file)
    lead.press("Bring them in")


def changed_twice(lead: Taker) -> None:
    """Two tabs that changed the same words of a draft, each otherwise."""
    lead.open("/admin/drafts/new")
    lead.page.get_by_label("What is it to show?").select_option(index=1)
    lead.page.get_by_label("One best answer").check()
    lead.press("Begin")
    other = Taker(lead.running, lead.keys, lead.page.context.new_page())
    other.open(urlsplit(lead.page.url).path)
    for taker, words in ((other, "What do you do FIRST?"), (lead, "What should you do NEXT?")):
        taker.page.get_by_label("The question", exact=True).fill(words)
        taker.press("Save and see the draft")
    other.page.close()


def test_pages_of_the_workbench_that_no_link_leads_to_have_no_fault(come_in, tmp_path):
    axe, lead, seen = Axe(), come_in("A safeguarding lead"), {}

    brought(lead, tmp_path / "questions.gift")
    seen["What came over"] = faults(axe, lead.page)
    draft = lead.page.locator(".app-questions a").first.get_attribute("href")
    lead.open(f"{draft}/preview")
    seen["A draft that is not whole yet"] = faults(axe, lead.page)
    for kind in ("moodle-xml", "csv"):
        lead.open(f"/admin/exchange/referrals/{kind}")
        seen[lead.page.locator("h1").inner_text()] = faults(axe, lead.page)
    changed_twice(lead)
    seen[lead.page.locator("h1").inner_text()] = faults(axe, lead.page)

    assert {state: found for state, found in seen.items() if found} == {}
    assert "Referrals as Moodle XML" in seen
    assert "You saved this in another window" in seen
