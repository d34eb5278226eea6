"""Finds the browser that the tests drive, or installs it.

python -m tools.chromium    prints where it is; exits 1 with a sentence when it cannot be had
"""

import os
import shutil
import subprocess
import sys

from tools import debian

# The first is the same browser without its own windows, which nobody looks at here.
NAMES = (
    "chromium-headless-shell",
    *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"),
)
# What is installed where there is none: it takes a fifth less of the processor, and half the room.
PACKAGES = ("chromium-headless-shell", "chromium")


def _runs(program: str) -> bool:
    """Whether it starts: on Ubuntu a program of this name may only say where to get the browser."""
    try:
        asked = subprocess.run([program, "--version"], capture_output=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return asked.returncode == 0


def find() -> str | None:
    """The path of a browser that runs: what CHROMIUM names, or else the first that is installed."""
    if named := os.environ.get("CHROMIUM"):
        return named if _runs(named) else None
    return next((path for name in NAMES if (path := shutil.which(name)) and _runs(path)), None)


def main() -> str | None:
    """Find or install, and say where; otherwise a sentence for the way out."""
    path = find()
    if path is None and "CHROMIUM" not in os.environ and any(map(debian.install, PACKAGES)):
        path = find()
    if path is None:
        return (
            "The browser tests need Chromium: install it (on Debian: apt-get install chromium), "
            "name one with CHROMIUM=/path/to/chrome, or leave these tests out with BROWSER=no."
        )
    print(path)
    return None


if __name__ == "__main__":
    sys.exit(main())
