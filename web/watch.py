"""What operators watch of the pages: a number for each request, a line in the log, and counts.

None of it is of anybody: a page is named as its view is, never by its address, and neither who
asked nor from where is kept. Without QUIZBOT_LOG_REQUESTS and QUIZBOT_METRICS_TOKEN nothing stands
in front of the pages, and only what goes wrong gets a number.
"""

import os
import re
import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from quizbot import logs
from quizbot.config import Settings
from quizbot.outbox.vitals import Signs, Vitals

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PAGE = "knowledge.page"  # the view that answered, in a request's environment
NUMBER = "knowledge.request"
FROM_PROXY = "HTTP_X_REQUEST_ID"
MULTI = "PROMETHEUS_MULTIPROC_DIR"  # where processes that belong together keep their counts
METHODS = frozenset(("GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"))
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


def number_of(environ: "WSGIEnvironment", settings: Settings) -> str:
    """What this request is called: as a trusted proxy says, or made here the first time."""
    number: str | None = environ.get(NUMBER)
    if number is None:
        given = environ.get(FROM_PROXY, "") if settings.proxy else ""
        number = given if re.fullmatch(r"[0-9A-Za-z-]{8,64}", given) else secrets.token_hex(8)
        environ[NUMBER] = number
    return number


class Counts:
    """What is counted of requests; the library that adds them up is loaded here alone."""

    def __init__(self, vitals: Vitals) -> None:
        from prometheus_client import CollectorRegistry, Counter, Histogram

        self.vitals = vitals
        self.own = CollectorRegistry()
        self.requests = Counter(
            "knowledge_requests",
            "Requests that were answered",
            ("page", "method", "status"),
            registry=self.own,
        )
        self.seconds = Histogram(
            "knowledge_request_seconds",
            "How long they took",
            ("page",),
            buckets=SECONDS,
            registry=self.own,
        )

    def note(self, page: str, method: str, status: str, seconds: float) -> None:
        """Count an answer."""
        self.requests.labels(page, method, status).inc()
        self.seconds.labels(page).observe(seconds)

    def told(self) -> bytes:
        """All of it in the text that Prometheus reads: of every process, and of the database."""
        from prometheus_client import CollectorRegistry, generate_latest
        from prometheus_client.multiprocess import MultiProcessCollector

        registry = self.own
        if MULTI in os.environ:
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        of_database = CollectorRegistry()
        of_database.register(OfDatabase(self.vitals.read()))
        return bytes(generate_latest(registry) + generate_latest(of_database))


class OfDatabase:
    """What the database says, as Prometheus wants it."""

    def __init__(self, signs: Signs) -> None:
        self.signs = signs

    def collect(self) -> Iterator[Any]:
        """Each figure."""
        from prometheus_client.core import GaugeMetricFamily

        signs = self.signs
        messages = GaugeMetricFamily(
            "knowledge_messages", "Messages that have not left", labels=["state"]
        )
        states = {"queued": signs.queued, "sending": signs.sending, "failed": signs.failed}
        for state, count in (states | {"late code": signs.late_codes}).items():
            messages.add_metric([state], count)
        yield messages
        at_work = GaugeMetricFamily("knowledge_at_work", "Whether it works", labels=["part"])
        for part in ("work", "telegram"):
            at_work.add_metric([part], part in signs.at_work)
        yield at_work
        if signs.day_done_on:
            yield GaugeMetricFamily(
                "knowledge_day_done", "Days since 1970 of the last day's work", days_of(signs)
            )


def days_of(signs: Signs) -> int:
    """The last day whose work was done, as Prometheus can reckon with it."""
    return signs.day_done_on.toordinal() - 719163 if signs.day_done_on else 0


class Watched:
    """In front of everything: each answer is counted or logged, and carries its number."""

    def __init__(self, app: "WSGIApplication", settings: Settings, counts: Counts | None) -> None:
        self.app, self.settings, self.counts = app, settings, counts

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer, and tell of it."""
        began = time.perf_counter()
        number = number_of(environ, self.settings)
        status = ""

        def start(
            words: str, headers: list[tuple[str, str]], trouble: Any = None
        ) -> Callable[[bytes], object]:
            nonlocal status
            status = words[:3]
            headers.append(("X-Request-Id", number))
            return start_response(words, headers, trouble)

        body = self.app(environ, start)
        self._note(environ, number, status, time.perf_counter() - began)
        return body

    def _note(self, environ: "WSGIEnvironment", number: str, status: str, seconds: float) -> None:
        page = environ.get(PAGE) or "none"
        method = environ["REQUEST_METHOD"]
        method = method if method in METHODS else "other"
        if self.counts is not None:
            self.counts.note(page, method, status, seconds)
        if self.settings.log_requests:
            took = {"ms": round(seconds * 1000, 1)}
            fields = {"request": number, "page": page, "method": method, "status": int(status)}
            logs.tell("answered", fields=fields | took)
