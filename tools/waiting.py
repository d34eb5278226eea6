"""Waiting for something to come true, with a limit: the one place that sleeps."""

import time
from collections.abc import Callable


def until(holds: Callable[[], object], within: float, what: str, every: float = 0.01) -> None:
    """Ask again and again until it holds; TimeoutError naming `what` after so many seconds.

    What takes long to ask is asked seldom, or asking takes what the others need to get there.
    """
    end = time.monotonic() + within
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError(f"{what} did not come within {within:g} seconds")
        time.sleep(every)
