"""What tests of faults tell at their end."""

from tests.faults.kills import KILLS


def pytest_terminal_summary(terminalreporter):
    """How many processes were killed, and of what kind."""
    if KILLS:
        kinds = ", ".join(f"{count} × {what}" for what, count in sorted(KILLS.items()))
        terminalreporter.write_line(f"{KILLS.total()} kills ({kinds})")
