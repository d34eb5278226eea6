"""Waiting for something to come true, with a limit: the one place that sleeps."""

import time
from collections.abc import Callable


def until(holds: Callable[[], object], within: float, what: str) -> None:
    """Ask again and again until it holds; TimeoutError naming `what` after so many seconds."""
    end = time.monotonic() + within
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError(f"{what} did not come within {within:g} seconds")
        time.sleep(0.01)
