"""The service is restarted under load: whoever comes meanwhile waits, and nobody is refused."""

import http.client
import random
import threading
import time

import pytest

from tools.held import Held
from tools.waiting import until

PATHS = ("/", "/modules/referrals", "/privacy", "/health/live", "/static/nothing")


@pytest.fixture
def held(tmp_path, set_up_in):
    running = set_up_in(Held(tmp_path))
    running.start()
    yield running
    running.kill()
    running.socket.close()


class Load(threading.Thread):
    """Somebody who opens page after page, each over a line of its own, as most proxies ask."""

    def __init__(self, port, ending):
        super().__init__(daemon=True)
        self.port, self.ending = port, ending
        self.chance = random.Random(port)
        self.answers, self.failed, self.longest = 0, [], 0.0

    def run(self):
        while not self.ending.is_set():
            path, began = self.chance.choice(PATHS), time.monotonic()
            line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
            try:
                line.request("GET", path, headers={"Connection": "close"})
                answer = line.getresponse()
                answer.read()
                if answer.status not in (200, 404):
                    self.failed.append((path, answer.status))
                self.answers += 1
            except (OSError, http.client.HTTPException) as error:
                self.failed.append((path, repr(error)))
            finally:
                line.close()
            self.longest = max(self.longest, time.monotonic() - began)


def some_answers(load):
    """Wait until everybody has had some more."""
    wanted = {somebody: somebody.answers + 5 for somebody in load}
    until(lambda: all(who.answers >= count for who, count in wanted.items()), 120, "some answers")


@pytest.mark.parametrize(
    "times", [1, pytest.param(10, marks=pytest.mark.faults)], ids=["once", "often"]
)
def test_no_request_fails_while_the_service_is_restarted(held, times):
    ending = threading.Event()
    load = [Load(held.port, ending) for _ in range(6)]
    for somebody in load:
        somebody.start()

    codes = []
    for _ in range(times):
        some_answers(load)
        codes.append(held.restart())
    some_answers(load)
    ending.set()
    for somebody in load:
        somebody.join(120)

    longest = max(somebody.longest for somebody in load)
    print(f"{sum(s.answers for s in load)} answers, the longest wait {longest:.1f} s")
    assert [trouble for somebody in load for trouble in somebody.failed] == []
    assert codes == [0] * times
