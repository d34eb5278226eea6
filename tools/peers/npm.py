"""Servers of others, written for Node, that `make test-peers` tries the service against.

python -m tools.peers.npm openid    sets one up from its lock; exits 1 with a sentence if it cannot
"""

import shutil
import subprocess
import sys
from pathlib import Path

from tools import debian

SOURCES = Path(__file__).parent
MADE = SOURCES.parent.parent / ".venv" / "peers"
NEEDED = 18  # what Debian 12 brings


def node() -> str | None:
    """The path of a Node that is new enough."""
    path = shutil.which("node")
    if path is None or shutil.which("npm") is None:
        return None
    told = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout
    major = told.strip().lstrip("v").partition(".")[0]
    return path if major.isdigit() and int(major) >= NEEDED else None


def folder(name: str) -> Path:
    """Where a peer is set up."""
    return MADE / name


def is_made(name: str) -> bool:
    """Whether a peer is set up, and from the lock as it stands."""
    made, lock = folder(name) / "made", SOURCES / name / "package-lock.json"
    return made.exists() and made.read_bytes() == lock.read_bytes()


def make(name: str) -> str | None:
    """Set a peer up; what is in the way, or nothing."""
    if node() is None and not (debian.install("nodejs", "npm") and node()):
        return (
            f"Left out: the peer {name}, which needs Node {NEEDED} or newer and npm"
            " (on Debian: apt-get install nodejs npm)."
        )
    there = folder(name)
    there.mkdir(parents=True, exist_ok=True)
    for file in (SOURCES / name).iterdir():
        if file.is_file():
            shutil.copy(file, there / file.name)
    if is_made(name):
        return None
    print(f"Installing the peer {name} …", flush=True)
    words = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
    done = subprocess.run(words, cwd=there, check=False)
    if done.returncode:
        return f"Left out: the peer {name}, for npm could not install it."
    shutil.copy(there / "package-lock.json", there / "made")
    return None


if __name__ == "__main__":
    sys.exit(make(sys.argv[1]))
