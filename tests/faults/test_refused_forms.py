"""A form that is refused, and what is asked next over the same connection."""

from http.client import HTTPConnection

import pytest

from tools.running import Running

pytestmark = pytest.mark.faults


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    running = Running(tmp_path_factory.mktemp("refused"))
    running.start()
    yield running
    running.kill()


@pytest.mark.parametrize(
    ("path", "size", "status"),
    [("/sign-in", 60_000, 400), ("/sign-in", 500_000, 400), ("/nowhere", 60_000, 404),
     ("/privacy", 60_000, 405)],
)  # fmt: skip
def test_what_is_asked_after_a_refused_form_is_answered(running, path, size, status):
    for _ in range(30):
        line = HTTPConnection("127.0.0.1", running.port, timeout=60)
        line.putrequest("POST", path)
        line.putheader("Origin", "http://elsewhere.example")
        line.putheader("Content-Type", "application/x-www-form-urlencoded")
        line.putheader("Content-Length", str(size))
        line.endheaders()
        line.send(b"a" * size)
        refused = line.getresponse()
        refused.read()

        line.request("GET", "/health/live")
        then = line.getresponse()

        assert (refused.status, then.status) == (status, 200)
        assert then.read() == b"alive\n"
        line.close()
