"""Installs a Debian package where that can be done without asking anybody."""

import os
import shutil
import subprocess
import sys


def _as_root() -> list[str] | None:
    """The words that make a command run as root, or None where that would need a password."""
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], capture_output=True, check=False).returncode:
        sudo = None
    return [sudo, "-n"] if sudo else None


def run_as_root(*command: str) -> bool:
    """Run a command as root and say whether it was done; what it printed is shown if not."""
    before = _as_root()
    if before is None:
        return False
    done = subprocess.run([*before, *command], capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stdout[-2000:], done.stderr[-2000:], file=sys.stderr)
    return done.returncode == 0


def install(*packages: str) -> bool:
    """Install packages with apt-get and say whether it was done."""
    if not shutil.which("apt-get") or _as_root() is None:
        return False
    print(f"Installing {' '.join(packages)} …", flush=True)
    quietly = ("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-o", "Dpkg::Use-Pty=0")
    # The list may be old or absent, as in a fresh container; an update that fails may still do.
    run_as_root(*quietly, "update")
    return run_as_root(*quietly, "install", "--yes", "--no-install-recommends", *packages)
