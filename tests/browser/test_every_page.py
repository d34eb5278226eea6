"""Every page in every state: no fault that axe knows, nothing cut off on the smallest screen."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tools.tour import tour

STATES = 46  # or more: a tour that stops half-way has tested half
SIDEWAYS = "document.scrollingElement.scrollWidth"
VIOLATIONS = {"resultTypes": ["violations"]}


def faults(axe: Axe, page: Page) -> list[str]:
    """What axe finds, and what a person with a small screen cannot see, in a line each."""
    found = [
        f"{one['id']}: {one['help']}: {one['nodes'][0]['html'][:200]}"
        for one in axe.run(page, options=VIOLATIONS).response["violations"]
    ]
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


def test_no_page_in_any_state_has_a_fault(browser, running):
    axe, seen = Axe(), {}
    for state, page in tour(browser, running):
        page.set_viewport_size({"width": 1280, "height": 800})
        assert state not in seen
        seen[state] = faults(axe, page)

    assert {state: found for state, found in seen.items() if found} == {}
    assert len(seen) >= STATES
