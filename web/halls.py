"""Several partnerships behind one door: the machine's name in a request says whose it is.

Each has pages of its own, on its own service: nothing is kept here but who is where. Whoever asks
for a name that is nobody's is told so, and of nobody else.
"""

import contextlib
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from quizbot import logs
from quizbot.config import Settings, plain_host
from quizbot.errors import Refused
from quizbot.outbox.vitals import Signs
from quizbot.partnerships import Partnerships
from quizbot.service import Service, open_ready
from web import House, Pages, behind_proxy, create_app, sealed
from web.watch import ASK_FOR_COUNTS, COUNTS_KIND, Counts, may_read

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

STUCK = 5.0  # seconds after which whoever is inside is not waited for by others
WAITS = 3.0  # seconds in which somebody may come out
OPENS_WITHIN = 3.0  # seconds that the first who asks for a new partnership waits for it
TRIED_EVERY = 5.0  # seconds until one that could not be opened is tried again
LEFT_ALONE = 60.0  # seconds without a request after which no connection is held
COUNTED_WITHIN = 4.0  # seconds in which a database says what it is asked for counts
AT_ONCE = 8  # databases that are asked at the same time

LIVE, READY, METRICS = "/health/live", "/health/ready", "/metrics"
PAGE = """\
<!DOCTYPE html>
<html lang="en-GB"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"></head>
<body><main><h1>{title}</h1>
<p>{words}</p>
<p>If a child is in danger now: 999.</p></main></body></html>
"""
NOBODY = (
    "421 MISDIRECTED REQUEST",
    "No partnership is at this address",
    "If you typed the address, check it. If you followed a link, ask whoever sent it.",
)
AWAY = (
    "503 SERVICE UNAVAILABLE",
    "Not available for a moment",
    "Answers given before are kept. Try again in a moment.",
)


class Hall:
    """One partnership's pages, and who is inside: so many at once, so that no other waits."""

    def __init__(self, service: Service, pages: Pages) -> None:
        self.settings, self.service, self.pages = service.settings, service, pages
        self.name, self.places = service.settings.partnership, service.settings.threads
        self.gate = threading.BoundedSemaphore(self.places)
        self.since: dict[int, float] = {}  # by thread
        self.used_at = time.monotonic()
        self.is_open = True  # connections may be held

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        """Answer, unless all its places are taken by who does not come out again."""
        if not self._has_room():
            return COME_AGAIN(environ, start)
        thread = threading.get_ident()
        self.since[thread] = self.used_at = time.monotonic()
        self.is_open = True
        try:
            with logs.of_partnership(self.name):
                return self.pages(environ, start)
        finally:
            del self.since[thread]
            self.gate.release()

    def _has_room(self) -> bool:
        if self.gate.acquire(blocking=False):
            return True
        now = time.monotonic()
        oldest = min(list(self.since.values()), default=now)
        return now - oldest < STUCK and self.gate.acquire(timeout=WAITS)

    def let_go(self) -> bool:
        """Hold no connection any more; False where somebody is inside."""
        with contextlib.ExitStack() as held:
            for _ in range(self.places):
                if not self.gate.acquire(blocking=False):
                    return False
                held.callback(self.gate.release)
            with contextlib.suppress(Refused):
                self.service.close()
            self.is_open = False
            return True

    def is_left_alone(self) -> bool:
        """Whether connections are held for nobody."""
        return self.is_open and time.monotonic() - self.used_at > LEFT_ALONE


@dataclass
class Halls:
    """Who is at which name of a machine, as the folder of partnerships has it."""

    partnerships: Partnerships
    house: House
    opening: Callable[[Settings], Service] = open_ready
    halls: dict[str, Hall] = field(default_factory=dict)
    troubles: dict[str, str] = field(default_factory=dict)  # why one could not be opened
    _by_host: dict[str, Hall] = field(default_factory=dict)
    _gone: list[Hall] = field(default_factory=list)
    _looking: threading.Lock = field(default_factory=threading.Lock)
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _opening: set[str] = field(default_factory=set)
    _tried: dict[str, tuple[Settings, float]] = field(default_factory=dict)
    _silent: set[str] = field(default_factory=set)  # whose databases have not answered yet

    def open_all(self) -> None:
        """Open each, one after the other; before this process parts, so without a thread."""
        for name, settings in self.partnerships.served.items():
            self._open(name, settings)
        for hall in self.halls.values():
            hall.service.editions.all_current()
            with logs.of_partnership(hall.name):
                hall.pages.make("/")
            hall.let_go()

    def watch(self, stop: threading.Event | None = None) -> threading.Thread:
        """Look at the folder now and then, in this process, until it ends."""
        ending = stop or threading.Event()

        def look() -> None:
            while not ending.wait(0.5):
                try:
                    with self._looking:
                        self.partnerships.refresh()
                        self._settle()
                except Exception as error:  # noqa: BLE001  (all are served as before)
                    fields = logs.of_error(error)
                    logs.tell("ended by what nobody foresaw", level="error", fields=fields)

        watching = threading.Thread(target=look, name="partnerships", daemon=True)
        watching.start()
        return watching

    # ---- requests ------------------------------------------------------------------------------

    @cached_property
    def front(self) -> "WSGIApplication":
        """All of it, behind the proxies that are trusted."""
        hops = self.partnerships.process.proxy
        return behind_proxy(self._answer, hops) if hops else self._answer

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        """Answer, in the hall whose name was asked for."""
        return self.front(environ, start)

    def _answer(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path == METRICS:
            return self._metrics(environ, start)
        host = plain_host(environ.get("HTTP_HOST", ""))
        hall = self._by_host.get(host) or self._just_come(host)
        if hall is not None:
            return hall(environ, start)
        if path == LIVE:
            return plain("200 OK", "alive\n", start)
        if path == READY:
            return self._ready(start)
        is_known = host in self.partnerships.contested or self._is_wanted(host)
        if self.house.counts is not None:
            status = AWAY[0] if is_known else NOBODY[0]
            self.house.counts.note("", "none", "other", status[:3], 0.0)
        return (COME_AGAIN if is_known else SHOW_NOBODY)(environ, start)

    def _just_come(self, host: str) -> Hall | None:
        """Whose this name is, if their file came just now; nobody is waited for else."""
        # While somebody looks, what they find is not there yet.
        if not self.partnerships.is_as_looked_at() or self._looking.locked():
            with self._looking:
                if not self.partnerships.is_as_looked_at():  # nor did another look meanwhile
                    self.partnerships.look()
                    self._settle()
        with self._changed:
            self._changed.wait_for(
                lambda: host in self._by_host or not self._is_being_opened(host), OPENS_WITHIN
            )
        return self._by_host.get(host)

    def _is_being_opened(self, host: str) -> bool:
        """Whether somebody's pages there are made just now, and have not been for long."""
        lately = time.monotonic() - OPENS_WITHIN
        return any(
            host in settings.all_hosts and name in self._opening and at > lately
            for name, (settings, at) in self._tried.items()
        )

    def _is_wanted(self, host: str) -> bool:
        """Whether somebody is to be served there, and is not yet."""
        return any(host in settings.all_hosts for settings in self.partnerships.served.values())

    def _ready(self, start: "StartResponse") -> Iterable[bytes]:
        """Whether anybody is served by this process: one that fails does not stop the others."""
        count = f"{len(self.halls)} of {len(self.partnerships.served)} are served\n"
        return plain("200 OK" if self.halls else "503 SERVICE UNAVAILABLE", count, start)

    def _metrics(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        counts, process = self.house.counts, self.partnerships.process
        if counts is None:
            return plain("404 NOT FOUND", "There is no such page.\n", start)
        if not may_read(environ, process.metrics_token):
            ask = ("WWW-Authenticate", "Bearer")
            return plain("401 UNAUTHORIZED", ASK_FOR_COUNTS, start, ask)
        body = counts.told(self._signs(), {*self.partnerships.faults, *self.troubles})
        start("200 OK", [("Content-Type", COUNTS_KIND), ("Content-Length", str(len(body)))])
        return [body]

    def _signs(self) -> dict[str, Signs | None]:
        """What each database says; None of one that is not served or does not answer in time."""
        names = sorted({*self.partnerships.served, *self.partnerships.faults})
        found: dict[str, Signs | None] = dict.fromkeys(names)
        asked = iter([hall for hall in list(self.halls.values()) if hall.name not in self._silent])
        until = time.monotonic() + COUNTED_WITHIN

        def ask() -> None:
            for hall in asked:
                if time.monotonic() > until:
                    return
                self._silent.add(hall.name)
                hall.is_open = True
                with contextlib.suppress(Refused):
                    found[hall.name] = hall.service.vitals.read()
                self._silent.discard(hall.name)

        asking = [threading.Thread(target=ask, daemon=True) for _ in range(AT_ONCE)]
        for thread in asking:
            thread.start()
        for thread in asking:
            thread.join(max(0.0, until - time.monotonic()))
        return dict(found)

    # ---- who comes and goes --------------------------------------------------------------------

    def _settle(self) -> None:
        """Open who has come or changed, each apart; let go who is gone, once nobody is inside."""
        served = self.partnerships.served
        with self._changed:
            for name in self.halls.keys() - served.keys():
                self._gone.append(self.halls.pop(name))
                self.troubles.pop(name, None)
            for name in self._tried.keys() - served.keys():
                del self._tried[name]
                self.troubles.pop(name, None)
            self._place()
            halls = dict(self.halls)
        for name, settings in served.items():
            kept = halls.get(name)
            if kept is None or kept.settings is not settings:
                self._begin_to_open(name, settings)
        with self._changed:
            gone, self._gone = self._gone, []
        still = [hall for hall in gone if not hall.let_go()]
        with self._changed:
            self._gone += still
        for hall in halls.values():
            if hall.is_left_alone():
                hall.let_go()

    def _begin_to_open(self, name: str, settings: Settings) -> None:
        """In a thread, for a database may let us wait; not again at once where it failed."""
        with self._changed:
            tried, at = self._tried.get(name, (None, 0.0))
            is_early = tried is settings and time.monotonic() - at < TRIED_EVERY
            if is_early or name in self._opening:
                return
            self._opening.add(name)
            self._tried[name] = (settings, time.monotonic())
        threading.Thread(target=self._open, args=(name, settings), daemon=True).start()

    def _open(self, name: str, settings: Settings) -> None:
        """Make its pages; where they cannot be made, what was served before is served on."""
        hall, trouble = None, ""
        with logs.of_partnership(name):
            try:
                hall = self._made(settings)
            except Refused as error:
                trouble = "; ".join(str(error).splitlines())
                if self.troubles.get(name) != trouble:
                    logs.tell(f"cannot be served, and is tried again: {trouble}", level="error")
            except Exception as error:  # noqa: BLE001  (it must not stop the others)
                fields = logs.of_error(error)
                logs.tell("ended by what nobody foresaw", level="error", fields=fields)
                trouble = type(error).__name__
        with self._changed:
            self._opening.discard(name)
            # Where it changed, or went, while it was opened, nobody comes to be inside.
            is_wanted = self.partnerships.served.get(name) is settings
            if hall is None or not is_wanted:
                self._gone += [hall] if hall is not None else []
            else:
                self._gone += [self.halls[name]] if name in self.halls else []
                self.halls[name] = hall
            self.troubles.pop(name, None)
            if trouble and is_wanted:
                self.troubles[name] = trouble
            self._place()

    def _made(self, settings: Settings) -> Hall:
        service = self.opening(settings)
        try:
            return Hall(service, create_app(service, self.house))
        except BaseException:
            service.close()
            raise

    def _place(self) -> None:
        """Let requests find who is there, all at once."""
        self._by_host = {
            host: hall for hall in self.halls.values() for host in hall.settings.all_hosts
        }
        self._changed.notify_all()


def house_of(process: Settings) -> House:
    """What the pages of all share."""
    return House(Counts(of_several=True) if process.metrics_token else None)


def refusing(what: tuple[str, str, str], *more: tuple[str, str]) -> "WSGIApplication":
    """A page for who can be shown nobody's, sealed as every other."""
    status, title, words = what
    body = PAGE.format(title=title, words=words).encode()
    length = ("Content-Length", str(len(body)))

    def answer(_environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        start(status, [("Content-Type", "text/html; charset=utf-8"), length, *more])
        return [body]

    return sealed(answer)


SHOW_NOBODY = refusing(NOBODY)
COME_AGAIN = refusing(AWAY, ("Retry-After", "5"))


def plain(
    status: str, words: str, start: "StartResponse", *more: tuple[str, str]
) -> Iterable[bytes]:
    """A word for a machine."""
    body = words.encode()
    length = ("Content-Length", str(len(body)))
    start(status, [("Content-Type", "text/plain; charset=utf-8"), length, *more])
    return [body]
