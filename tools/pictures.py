"""Takes a picture of every page in every state, on a phone and on a desk.

python -m tools.pictures FOLDER     all of them, and some as they print
python -m tools.pictures            the two that the README shows, in docs/
"""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from tools import chromium
from tools.running import Running
from tools.tour import SET, tour

PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1280, "height": 800}
# Each with its height: the outcome's picture reaches down to a question with its reasons.
README = {"question-answered": ("question.png", 800), "outcome-not-passed": ("outcome.png", 1750)}
DOCS = Path(__file__).resolve().parent.parent / "docs"


@contextmanager
def browsing() -> Iterator[Browser]:
    """The browser that the tests drive."""
    path = chromium.find()
    if path is None:
        sys.exit("The pictures need Chromium: on Debian, apt-get install chromium.")
    with sync_playwright() as playwright:
        sandbox = [] if os.geteuid() else ["--no-sandbox"]
        yield playwright.chromium.launch(executable_path=path, args=sandbox)


def picture(page: Page, name: str, folder: Path) -> None:
    """One state at both widths, from top to bottom."""
    for words, size in (("phone", PHONE), ("desk", DESK)):
        page.set_viewport_size(size)
        page.screenshot(path=folder / f"{name}-{words}.png", full_page=True)
    if name.startswith(("outcome", "team")):
        page.emulate_media(media="print")
        page.set_viewport_size({"width": 680, "height": 1000})  # A4 within its margins
        page.screenshot(path=folder / f"{name}-print.png", full_page=True)
        page.emulate_media(media="screen")


def main() -> None:
    """Everything into a folder, or the README's two into docs/."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    (folder or DOCS).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place, browsing() as browser:
        running = Running(Path(place))
        running.environment |= SET
        running.start()
        try:
            for name, page in tour(browser, running):
                if folder:
                    picture(page, name, folder)
                elif name in README:
                    file, height = README[name]
                    page.set_viewport_size({"width": DESK["width"], "height": height})
                    page.screenshot(path=DOCS / file)
        finally:
            running.kill()


if __name__ == "__main__":
    main()
