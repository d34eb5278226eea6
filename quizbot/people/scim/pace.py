"""How many requests of a directory are answered: more than any needs, and never without end."""

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

A_SECOND = 300.0
AT_ONCE = 600.0


@dataclass
class RequestPace:
    """A bucket that fills by itself: each request takes one out."""

    a_second: float = A_SECOND
    at_once: float = AT_ONCE
    clock: Callable[[], float] = time.monotonic
    _left: float = field(init=False)
    _at: float = field(init=False)
    _lock: threading.Lock = field(init=False, default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._left, self._at = self.at_once, self.clock()

    def wait(self) -> int:
        """Take one; how many seconds to wait where there is none."""
        with self._lock:
            now = self.clock()
            self._left = min(self.at_once, self._left + (now - self._at) * self.a_second)
            self._at = now
            if self._left >= 1:
                self._left -= 1
                return 0
            return max(1, math.ceil((1 - self._left) / self.a_second))
