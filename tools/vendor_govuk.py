"""Vendors the style sheet of govuk-frontend, without what we may not or do not use.

    python tools/vendor_govuk.py 6.6.0

A service outside GOV.UK may use the design system's patterns, but not its crown, crest, logo or
typeface.
Needs npm; nothing that serves or tests the product does.
"""

import hashlib
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "web" / "static" / "govuk"
PACKAGE = "govuk-frontend"
STYLE_SHEET = "govuk-frontend.min.css"
FONTS = "arial,Helvetica,sans-serif"

# The blocks that our pages use. A class of another block is dropped with its rule, so whoever
# starts to use another component adds it here and runs this again.
BLOCK_NAMES = """
    back-link body body-l body-lead body-m body-s button button-group caption-l caption-m
    caption-xl character-count checkboxes clearfix date-input details error-message
    error-summary fieldset form-group grid-column-full grid-column-one-half
    grid-column-one-third grid-column-two-thirds grid-row heading-l heading-m heading-s
    heading-xl hint input inset-text label label-wrapper link list main-wrapper
    notification-banner pagination panel radios section-break select skip-link summary-card
    summary-list table tag template textarea visually-hidden visually-hidden-focusable
    warning-text width-container
"""
# Parts of those blocks that need the script, or that nothing of ours draws.
PARTS = re.compile(
    r"\.govuk-frontend-supported|\.govuk-(?:radios--small|checkboxes--small|main-wrapper--auto-spacing"
    r"|section-break--xl|template--rebranded|logo)|__conditional|::?-moz-focus-inner|\.js-"
)
OVERRIDE_NAMES = """
    display-none-print font-weight-bold font-weight-regular margin-bottom-0 margin-bottom-2
    margin-bottom-4 margin-bottom-6 margin-top-0 margin-top-4 margin-top-6 text-align-right
    width-one-half width-two-thirds
"""
BLOCKS = set(BLOCK_NAMES.split())
OVERRIDES = set(OVERRIDE_NAMES.split())
REMOVED = """
- every `@font-face` rule; the font lists now name arial, Helvetica and sans-serif
- whatever carries the crown, the crest, the logo or the licence mark: header, footer, navigation
- every rule that fetches a file: no `url()` is left
- rules for components and overrides that our pages do not use, and for states that need the script
- `@-moz-document`, for browsers long gone
- addresses printed behind links to pages of our own
- comments
"""


def main() -> None:
    """Vendors the version named on the command line."""
    if len(sys.argv) != 2:
        sys.exit("Say which version: python tools/vendor_govuk.py 6.6.0")
    version = sys.argv[1]
    original = fetched(version)
    ours = processed(original.decode())
    (FOLDER / STYLE_SHEET).write_text(ours, encoding="utf-8", newline="\n")
    note = f"""\
# Vendored: {PACKAGE} {version}

- Source: the npm package `{PACKAGE}`, version {version}, file `dist/govuk/{STYLE_SHEET}`
- Licence: MIT, see `LICENSE`
- SHA-256 of the original: {sha256(original)}
- SHA-256 of `{STYLE_SHEET}` here: {sha256(ours.encode())}
- Made by `tools/vendor_govuk.py`; do not edit by hand

Removed:
{REMOVED}"""
    (FOLDER / "VENDORED.md").write_text(note, encoding="utf-8", newline="\n")
    print(f"{PACKAGE} {version}: {len(original)} bytes became {len(ours)}")


def fetched(version: str) -> bytes:
    """The style sheet as published."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["npm", "pack", "--silent", f"{PACKAGE}@{version}"]
        name = subprocess.run(
            command, cwd=folder, check=True, capture_output=True, text=True
        ).stdout
        with tarfile.open(Path(folder) / name.strip()) as package:
            file = package.extractfile(f"package/dist/govuk/{STYLE_SHEET}")
            if file is None:
                sys.exit(f"{PACKAGE} {version} has no dist/govuk/{STYLE_SHEET}")
            return file.read()


def sha256(content: bytes) -> str:
    """The hash as it stands in VENDORED.md."""
    return hashlib.sha256(content).hexdigest()


def processed(css: str) -> str:
    """The style sheet with everything taken out that REMOVED lists."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    css = css.replace('@charset "UTF-8";', "")
    css = "".join(kept(css))
    css = re.sub(r"font-family:GDS Transport,arial,sans-serif", f"font-family:{FONTS}", css)
    css = re.sub(r"font-family:sans-serif", f"font-family:{FONTS}", css)
    return f'@charset "UTF-8";{css}\n'


def kept(css: str) -> Iterator[str]:
    """The rules worth keeping, one by one, media queries looked into."""
    for prelude, body in blocks(css):
        if prelude.startswith(("@media", "@supports")):
            inside = "".join(kept(body))
            if inside:
                yield f"{prelude}{{{inside}}}"
        elif prelude.startswith("@"):
            if not prelude.startswith(("@font-face", "@-moz-document")):
                sys.exit(f"No rule for {prelude}: say in kept() what becomes of it")
        elif "url(" not in body:
            selectors = [one for one in selectors_of(prelude) if is_used(one)]
            if selectors:
                yield f"{','.join(selectors)}{{{body}}}"


def blocks(css: str) -> Iterator[tuple[str, str]]:
    """What stands before each outermost pair of braces, and what stands between them."""
    depth = start = opened = 0
    for at, sign in enumerate(css):
        if sign == "{":
            depth += 1
            if depth == 1:
                opened = at
        elif sign == "}":
            depth -= 1
            if depth == 0:
                yield css[start:opened].strip(), css[opened + 1 : at]
                start = at + 1


def selectors_of(prelude: str) -> list[str]:
    """The selectors of a rule; a comma inside brackets is not the end of one."""
    return re.split(r",(?![^(]*\))", prelude)


def is_used(selector: str) -> bool:
    """Whether our pages have what this selects."""
    if PARTS.search(selector) or '[href^="/"]' in selector:
        return False
    names = re.findall(r"\.govuk-((?:\\!-)?[a-z0-9-]+?)(?=__|--|[^a-z0-9-]|$)", selector)
    if any(name.startswith("\\!-") for name in names):
        return all(name.removeprefix("\\!-") in OVERRIDES for name in names)
    return all(name in BLOCKS for name in names)


if __name__ == "__main__":
    main()
