"""A service that was set up, which tests of faults copy; and what they tell at their end."""

import shutil

import pytest

from tests.faults.kills import KILLS
from tools.running import Running


@pytest.fixture(scope="session")
def set_up(tmp_path_factory):
    """What a service that was set up has on the disk once it has stopped."""
    running = Running(tmp_path_factory.mktemp("set-up"), loaded=True)
    running.start()
    try:
        assert running.stop() == 0
    finally:
        running.kill()
    return running.folder / "var"


@pytest.fixture(scope="session")
def set_up_in(set_up):
    """Has a service that was not started yet begin where all was set up before."""

    def copied(running):
        shutil.copytree(set_up, running.folder / "var")
        running.starts_with = ("serve",)
        return running

    return copied


def pytest_terminal_summary(terminalreporter):
    """How many processes were killed, and of what kind."""
    if KILLS:
        kinds = ", ".join(f"{count} × {what}" for what, count in sorted(KILLS.items()))
        terminalreporter.write_line(f"{KILLS.total()} kills ({kinds})")
