"""What operators watch of the pages: a number for each request, a line in the log, and counts.

None of it is of anybody: a page is named as its view is, never by its address, and neither who
asked nor from where is kept. Without QUIZBOT_LOG_REQUESTS and QUIZBOT_METRICS_TOKEN nothing stands
in front of the pages, and only what goes wrong gets a number.
"""

import hmac
import os
import re
import secrets
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from quizbot import logs
from quizbot.config import Settings
from quizbot.outbox.vitals import Signs

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PAGE = "knowledge.page"  # the view that answered, in a request's environment
NUMBER = "knowledge.request"
FROM_PROXY = "HTTP_X_REQUEST_ID"
MULTI = "PROMETHEUS_MULTIPROC_DIR"  # where processes that belong together keep their counts
METHODS = frozenset(("GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"))
COUNTS_KIND = "text/plain; version=0.0.4; charset=utf-8"
ASK_FOR_COUNTS = "Send the token of QUIZBOT_METRICS_TOKEN.\n"
WHOSE = ("partnership",)  # the label of what is of one of several
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
    """What is counted of requests; the library that adds them up is loaded here alone.

    Of several partnerships each count has its partnership's name, and of one it has none.
    """

    def __init__(self, *, of_several: bool = False) -> None:
        from prometheus_client import CollectorRegistry, Counter, Histogram

        self.whose = WHOSE if of_several else ()
        self.own = CollectorRegistry()
        self.requests = Counter(
            "knowledge_requests",
            "Requests that were answered",
            (*self.whose, "page", "method", "status"),
            registry=self.own,
        )
        self.seconds = Histogram(
            "knowledge_request_seconds",
            "How long they took",
            (*self.whose, "page"),
            buckets=SECONDS,
            registry=self.own,
        )

    def note(self, name: str, page: str, method: str, status: str, seconds: float) -> None:
        """Count an answer of the partnership of this name."""
        whose = (name,) if self.whose else ()
        self.requests.labels(*whose, page, method, status).inc()
        self.seconds.labels(*whose, page).observe(seconds)

    def told(self, signs: Mapping[str, Signs | None], faulty: Collection[str] = ()) -> bytes:
        """All of it in the text that Prometheus reads: of every process, and of each database."""
        from prometheus_client import CollectorRegistry, generate_latest
        from prometheus_client.multiprocess import MultiProcessCollector

        registry = self.own
        if MULTI in os.environ:
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        of_database = CollectorRegistry()
        of_database.register(OfDatabases(signs, self.whose, faulty))
        return bytes(generate_latest(registry) + generate_latest(of_database))


class OfDatabases:
    """What each database says, as Prometheus wants it; None where one says nothing."""

    def __init__(
        self,
        signs: Mapping[str, Signs | None],
        whose: tuple[str, ...],
        faulty: Collection[str],
    ) -> None:
        self.signs, self.whose, self.faulty = signs, whose, faulty

    def collect(self) -> Iterator[Any]:
        """Each figure."""
        from prometheus_client.core import GaugeMetricFamily

        def family(name: str, words: str, *labels: str) -> Any:
            return GaugeMetricFamily(f"knowledge_{name}", words, labels=(*self.whose, *labels))

        messages = family("messages", "Messages that have not left", "state")
        at_work = family("at_work", "Whether it works", "part")
        day_done = family("day_done", "Days since 1970 of the last day's work")
        served = family("partnership_served", "Whether pages are served and a database answers")
        faulty = family("partnership_faulty", "Whether its file, or what that names, has a fault")
        for name, signs in self.signs.items():
            whose = (name,) if self.whose else ()
            served.add_metric(whose, signs is not None)
            faulty.add_metric(whose, name in self.faulty)
            if signs is None:
                continue
            states = {"queued": signs.queued, "sending": signs.sending, "failed": signs.failed}
            for state, count in (states | {"late code": signs.late_codes}).items():
                messages.add_metric((*whose, state), count)
            for part in ("work", "telegram"):
                at_work.add_metric((*whose, part), part in signs.at_work)
            if signs.day_done_on:
                day_done.add_metric(whose, days_of(signs))
        found = (messages, at_work, day_done, *([served, faulty] if self.whose else []))
        yield from (one for one in found if one.samples)


def days_of(signs: Signs) -> int:
    """The last day whose work was done, as Prometheus can reckon with it."""
    return signs.day_done_on.toordinal() - 719163 if signs.day_done_on else 0


def may_read(environ: "WSGIEnvironment", token: str) -> bool:
    """Whether somebody who asks for the counts has their token."""
    given = environ.get("HTTP_AUTHORIZATION", "").removeprefix("Bearer ")
    return hmac.compare_digest(given.encode(), token.encode())


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
            self.counts.note(self.settings.partnership, page, method, status, seconds)
        if self.settings.log_requests:
            took = {"ms": round(seconds * 1000, 1)}
            fields = {"request": number, "page": page, "method": method, "status": int(status)}
            logs.tell("answered", fields=fields | took)
