"""Ralph, a learning record store by others, in an environment apart: `make test-peers` sets it up.

python -m tools.peers.ralph    installs it; exits 1 with a sentence where it cannot be had
"""

import subprocess
import sys
from pathlib import Path

WANTED = "ralph-malph[full,lrs]==5.1.0"
MADE = Path(__file__).resolve().parents[2] / ".venv" / "peers" / "ralph"
PROGRAM = MADE / "bin" / "ralph"


def is_made() -> bool:
    """Whether it is there, in the version that is wanted."""
    made = MADE / "made"
    return made.exists() and made.read_text() == WANTED


def make() -> str | None:
    """Install it; what is in the way, or nothing."""
    if is_made():
        return None
    print("Installing the peer ralph …", flush=True)
    subprocess.run([sys.executable, "-m", "venv", MADE], check=True)
    words = ["--quiet", "--disable-pip-version-check", "install", WANTED]
    if subprocess.run([MADE / "bin" / "pip", *words], check=False).returncode:
        return "Left out: the peer ralph, for pip could not install it."
    (MADE / "made").write_text(WANTED)
    return None


if __name__ == "__main__":
    sys.exit(make())
