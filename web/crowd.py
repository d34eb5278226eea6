"""Past capacity: who has waited too long already is asked to come again, kindly and at once.

A trusted proxy says when a request came (`X-Request-Start`). What has stood in the queue for
longer than its reader will is answered at once and for nearly nothing, so that the queue gets
shorter and those behind are served. What was sent and not taken is told so, and nothing is lost.
Who came while there was nobody to answer, as in a restart, has waited for that and not for a crowd.
"""

import random
import re
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

CAME = "HTTP_X_REQUEST_START"
GET_WAITS, POST_WAITS = 8.0, 20.0  # seconds: a form is worth waiting for longer
COME_AGAIN = (5, 20)  # seconds, spread so that not all come together
ALWAYS = ("/health/live", "/health/ready", "/metrics")
PAGE = """\
<!DOCTYPE html>
<html lang="en-GB"><head><meta charset="utf-8"><title>Very many people are here</title>
<meta name="viewport" content="width=device-width, initial-scale=1"></head>
<body><main><h1>Very many people are here</h1>
<p>Answers given before are kept. {sent}Wait a few seconds, and {again}.</p>
<p>If a child is in danger now: 999.</p></main></body></html>
"""
SENT = "What you have just sent was not taken. "


class Crowd:
    """In front of the pages, where a proxy is trusted."""

    def __init__(self, app: "WSGIApplication", now: Callable[[], float] = time.time) -> None:
        self.app, self.now, self.began = app, now, now()

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        """Hand on whom there is time for; a page for all others."""
        came = environ.get(CAME)
        if came is None or environ["PATH_INFO"] in ALWAYS:
            return self.app(environ, start)
        is_form = environ["REQUEST_METHOD"] == "POST"
        waited = self.now() - max(seconds_of(came, self.now()), self.began)
        if waited <= (POST_WAITS if is_form else GET_WAITS):
            return self.app(environ, start)
        words = {"sent": SENT, "again": "go back and send it once more"}
        body = PAGE.format(**words if is_form else {"sent": "", "again": "load the page again"})
        told = [
            ("Content-Type", "text/html; charset=utf-8"),
            ("Content-Length", str(len(body.encode()))),
            ("Retry-After", str(random.randint(*COME_AGAIN))),
            ("Cache-Control", "no-store"),
        ]
        start("503 SERVICE UNAVAILABLE", told)
        return [body.encode()]


def seconds_of(came: str, now: float) -> float:
    """When a request came, as proxies write it: seconds or milliseconds, or else now."""
    found = re.fullmatch(r"(?:t=)?(\d{10}(?:\.\d{1,6})?|\d{13})", came)
    if found is None:
        return now
    number = float(found[1])
    return number / 1000 if number > 1e12 else number
