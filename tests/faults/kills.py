"""How many processes were killed: every kill of these tests goes through here, and is told."""

import os
import signal
from collections import Counter

KILLS: Counter[str] = Counter()


def kill(number: int, what: str) -> bool:
    """SIGKILL to a process; whether it was there to be killed."""
    try:
        os.kill(number, signal.SIGKILL)
    except ProcessLookupError:
        return False
    note(what)
    return True


def note(what: str) -> None:
    """One more was killed."""
    KILLS[what] += 1
