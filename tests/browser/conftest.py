"""The real service, once for each test process, and browsers at it."""

import os
import re
from collections.abc import Callable, Iterator
from itertools import count

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tools import chromium
from tools.running import Demonstration, Keys, Running
from tools.tour import MODULE, SET, Taker

TEAM = "Northmoor/Council/Assessment"
NAMES = ("Amina", "Bashir", "Dilys", "Efua", "Farid", "Gwen", "Huw", "Idris", "Jia", "Kofi",
         "Lena", "Milo")  # fmt: skip

# Of several lists of features only the last counts: what Playwright leaves out, of what the pages
# could meet, and then what each window and page would start for nobody: what drops down under
# the address bar, twice, and a process in reserve.
WITHOUT = (
    *("AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades"),
    *("HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter", "PaintHolding"),
    *("ThirdPartyStoragePartitioning", "AvoidCorsURLLoaderRestartOnRedirect", "AimEnabled"),
    *("OptimizationHints", "NetworkTimeServiceQuerying", "PreconnectToSearch"),
    *("WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "SpareRendererForSitePerProcess"),
)
# No page is looked at for so long that its scripts were worth compiling twice more.
COMPILED_ONCE = "--js-flags=--no-turbofan --no-maglev"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All that stands here drives a browser."""
    for item in items:
        if "/tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    return launched_with()


@pytest.fixture(scope="session")
def browser_context_args() -> dict[str, object]:
    return {"locale": "en-GB", "viewport": {"width": 1280, "height": 900}}


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory, set_up_in) -> Iterator[Running]:
    """The service with a team: ten people whom Carys manages."""
    running = set_up_in(Running(tmp_path_factory.mktemp("service"), loaded=True))
    running.environment |= SET
    running.start()
    try:
        team = [f"B{n},{name} Test,{address(name)},{TEAM},Social worker,2026-01-05,B99"
                for n, name in enumerate(NAMES)]  # fmt: skip
        carys = f"B99,Carys Test,{address('Carys')},{TEAM},Team manager,2020-03-02,"
        running.add_people("\n".join([*team, carys]) + "\n")
        yield running
    finally:
        running.kill()


def launched_with(*own: str) -> dict[str, object]:
    """How the browser is started: with a test's own switches, and without what only costs."""
    path = chromium.find()
    assert path, "No Chromium runs here: `python -m tools.chromium` gets one"
    args = [f"--disable-features={','.join(WITHOUT)}", COMPILED_ONCE, *own]
    return {"executable_path": path, "args": args if os.geteuid() else [*args, "--no-sandbox"]}


def address(name: str) -> str:
    """The work address of one of the people here."""
    return f"{name.lower()}@northmoor.example"


@pytest.fixture(scope="session")
def next_name() -> Callable[[], str]:
    """Somebody whom no other test has met, at each call."""
    numbers = count()
    return lambda: NAMES[next(numbers)]


@pytest.fixture
def email(next_name) -> str:
    """The address of somebody whom no other test has met."""
    return address(next_name())


@pytest.fixture
def at(running: Running) -> Callable[[Page], Taker]:
    """Somebody who knows what is right, on a page of theirs."""
    keys = running.keys(MODULE)
    return lambda page: Taker(running, keys, page)


@pytest.fixture
def taker(at, page: Page) -> Taker:
    """Somebody on a first page of theirs."""
    return at(page)


@pytest.fixture
def another_device(browser: Browser, browser_context_args) -> Iterator[BrowserContext]:
    """A browser that shares nothing with the first."""
    context = browser.new_context(**browser_context_args)
    yield context
    context.close()


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstration]:
    """The fictional partnership, with its two years of history."""
    running = Demonstration(tmp_path_factory.mktemp("demonstration"), loaded=True)
    running.start()
    try:
        yield running
    finally:
        running.kill()


@pytest.fixture
def come_in(
    demonstration: Demonstration, browser: Browser
) -> Iterator[Callable[[str | None], Taker]]:
    """Somebody in a role, in a browser of their own."""
    contexts: list[BrowserContext] = []

    def come_in(role: str | None = None) -> Taker:
        contexts.append(browser.new_context(locale="en-GB"))
        taker = Taker(demonstration, Keys(()), contexts[-1].new_page())
        taker.open("/")
        if role:
            with taker.page.expect_navigation():
                taker.page.get_by_role("button", name=role, exact=True).click()
        return taker

    yield come_in
    for context in contexts:
        context.close()


def number_of(page: Page) -> int:
    """Which question a page asks."""
    found = re.search(r"Question (\d+) of \d+", page.locator("#progress").inner_text())
    assert found
    return int(found[1])
