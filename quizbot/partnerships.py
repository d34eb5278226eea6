"""Several partnerships in one process: a folder with a file of settings for each.

The folder is looked at as it goes, so that one comes, goes or changes without a restart. A file
with a fault stops nobody else, and what was served before from it is served on.
"""

import contextlib
import hashlib
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.engine import make_url

from quizbot import logs
from quizbot.config import ENDING, Settings, read_partnership
from quizbot.errors import Misconfigured, Refused
from quizbot.service import Service, open_ready

LOOKS_EVERY = 2.0  # seconds between looks at the folder
TRIES_EVERY = 5.0  # seconds until what could not be opened is tried again
LONGEST_PAUSE = 60.0
ENDS_WITHIN = 15.0  # seconds for what is at work when we are stopped

Stamp = tuple[int, int, int]


@dataclass(frozen=True)
class FileRead:
    """What a file said when it was last read: settings, or what is wrong with it."""

    stamp: Stamp
    settings: Settings | None
    fault: str = ""


@dataclass
class Partnerships:
    """Who is served, by name, and what is wrong with the files of others."""

    folder: Path
    process: Settings
    tells: bool = True  # in the log, what changes
    served: dict[str, Settings] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)
    _read: dict[str, FileRead] = field(default_factory=dict)
    _missed: set[str] = field(default_factory=set)
    _next: float = 0.0
    _looked_at: int = 0
    _trouble: str = ""

    @classmethod
    def of(cls, process: Settings, *, tells: bool = True) -> "Partnerships":
        """Those of the folder that is set; Misconfigured where it cannot be looked at."""
        assert process.partnerships is not None
        found = cls(process.partnerships, process, tells)
        found._stamps()
        found.look()
        return found

    def refresh(self) -> bool:
        """Look, if that was not done just now; whether anything is otherwise."""
        if time.monotonic() < self._next:
            return False
        return self.look()

    def look(self) -> bool:
        """Look at the folder: only what changed is read; whether anything is otherwise."""
        self._next = time.monotonic() + LOOKS_EVERY
        self._looked_at = self._changed_at()
        try:
            stamps = self._stamps()
        except Misconfigured as error:  # all that is served stays as it is
            if str(error) != self._trouble:
                logs.tell(f"{error} All are served as before.", level="error")
            self._trouble = str(error)
            return False
        self._trouble = ""
        # An editor may put a file aside for a moment: it is gone when it is not there twice.
        once = self._read.keys() - stamps.keys()
        gone, self._missed = once & self._missed, once
        changed = {
            n: s for n, s in stamps.items() if n not in self._read or self._read[n].stamp != s
        }
        for name in gone:
            del self._read[name]
        for name, stamp in changed.items():
            self._read[name] = self._one(name, stamp)
        if gone or changed:
            self._settle()
        return bool(gone or changed)

    def is_as_looked_at(self) -> bool:
        """Whether no file came or went since the last look; costs nearly nothing."""
        return self._changed_at() == self._looked_at

    def _changed_at(self) -> int:
        try:
            return self.folder.stat().st_mtime_ns
        except OSError:
            return self._looked_at

    @property
    def contested(self) -> Mapping[str, str]:
        """Names of machines that nobody is served at, each with why."""
        hosts: dict[str, str] = {}
        taken = {host for settings in self.served.values() for host in settings.all_hosts}
        for name, fault in self.faults.items():
            settings = self._read[name].settings
            if settings is not None and name not in self.served:
                hosts |= dict.fromkeys(settings.all_hosts - taken, fault)
        return hosts

    def _stamps(self) -> dict[str, Stamp]:
        """By what each file is known to be the same as before."""
        found: dict[str, Stamp] = {}
        try:
            with os.scandir(self.folder) as entries:
                for entry in entries:
                    if not entry.name.endswith(ENDING) or entry.name.startswith("."):
                        continue
                    with contextlib.suppress(FileNotFoundError):  # it went meanwhile
                        stat = entry.stat()
                        name = entry.name.removesuffix(ENDING)
                        found[name] = (stat.st_mtime_ns, stat.st_ino, stat.st_size)
        except OSError as error:
            raise Misconfigured(
                f"QUIZBOT_PARTNERSHIPS: the folder {self.folder} cannot be looked at:"
                f" {error.strerror}."
            ) from None
        return dict(sorted(found.items()))

    def _one(self, name: str, stamp: Stamp) -> FileRead:
        try:
            return FileRead(stamp, read_partnership(self.folder / f"{name}{ENDING}", self.process))
        except Misconfigured as error:
            return FileRead(stamp, None, str(error))

    def _settle(self) -> None:
        """Serve what may be: who was served keeps what is theirs, and of two new ones neither."""
        before, faults_before = self.served, self.faults
        faults = {name: read.fault for name, read in self._read.items() if read.fault}
        served = {
            name: settings
            for name, read in self._read.items()
            if (settings := read.settings or before.get(name)) is not None
        }
        while clashes := list(_clashes(served)):
            lost = set()
            for clash in clashes:
                held = {name for name in clash.names if clash.is_held(before.get(name))}
                for name in set(clash.names) - held if len(held) == 1 else clash.names:
                    files = " and ".join(str(self._file(one)) for one in clash.names)
                    told = f"{files}: {SHARED[clash.what]}."
                    faults[name] = f"{faults[name]}\n{told}" if name in faults else told
                    lost.add(name)
            for name in lost:
                now = served.pop(name)
                if name in before and now is not before[name]:
                    served[name] = before[name]  # until it is mended, what it said before stands
        self.served, self.faults = served, faults
        if self.tells:
            self._tell(faults_before, before)

    def would_clash(self, name: str, settings: Settings) -> str:
        """What one more would have in common with somebody, or nothing."""
        for clash in _clashes({**self.served, name: settings}):
            if name in clash.names:
                (other,) = {*clash.names} - {name}
                return f"{name} and {self._file(other)}: {SHARED[clash.what]}."
        return ""

    def _file(self, name: str) -> Path:
        return self.folder / f"{name}{ENDING}"

    def _tell(self, faults_before: Mapping[str, str], before: Mapping[str, Settings]) -> None:
        for name, fault in self.faults.items():
            if faults_before.get(name) != fault:
                stays = " What was served before is served on." if name in self.served else ""
                words = _line(fault).rstrip(".")
                with logs.of_partnership(name):
                    logs.tell(f"not served as its file says: {words}.{stays}", level="error")
        for name in before.keys() - self.served.keys():
            with logs.of_partnership(name):
                logs.tell("no longer served: its file is gone")


# What no two may have in common, and how it is told.
SHARED = {
    "host": "both are reached by the same name of a machine (QUIZBOT_PUBLIC_URL or QUIZBOT_HOSTS)",
    "database": "both name the same database (QUIZBOT_DATABASE_URL)",
    "secret": "both have the same secret (QUIZBOT_SECRET_KEY)",
    "bot": "both have the same bot (QUIZBOT_TELEGRAM_TOKEN)",
}


@dataclass(frozen=True)
class Clash:
    """Two that want the same of what is one's own."""

    names: tuple[str, str]
    what: str
    value: str

    def is_held(self, before: Settings | None) -> bool:
        """Whether somebody with these settings had it already."""
        return before is not None and self.value in _what(before, self.what)


def _clashes(wanted: Mapping[str, Settings]) -> Iterator[Clash]:
    for what in SHARED:
        seen: dict[str, str] = {}
        for name, settings in wanted.items():
            for value in sorted(_what(settings, what)):
                if value in seen:
                    yield Clash((seen[value], name), what, value)
                seen.setdefault(value, name)


def _what(settings: Settings, what: str) -> frozenset[str]:
    """What of some settings no other may have; secrets as hashes alone."""
    if what == "host":
        return settings.all_hosts
    if what == "database":
        return frozenset([_database(settings.database_url)])
    secret = settings.secret_key if what == "secret" else settings.telegram_token
    return frozenset([hashlib.sha256(secret.encode()).hexdigest()] if secret else [])


def _database(url: str) -> str:
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return str(Path(parsed.database or "").resolve())
    host = parsed.host or parsed.query.get("host", "")
    return f"{host}:{parsed.port or 5432}/{parsed.database or parsed.username}"


def _line(words: str) -> str:
    return "; ".join(words.splitlines())


# ---- a thread for each -------------------------------------------------------------------------

Body = Callable[[Service, threading.Event], None]


@dataclass
class Keeper:
    """Opens one partnership, as often as it takes, and has the work done on it in a thread."""

    name: str
    settings: Settings
    body: Body
    before: "Keeper | None" = None  # who is at it with the settings from before
    stop: threading.Event = field(default_factory=threading.Event)
    thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin."""
        self.thread = threading.Thread(target=self._run, name=self.name, daemon=True)
        self.thread.start()

    def end(self) -> None:
        """Have it end, and whoever was at it before."""
        self.stop.set()
        if self.before is not None:
            self.before.end()

    def join(self, until: float) -> None:
        """Wait for its end."""
        if self.thread is not None:
            self.thread.join(max(0.0, until - time.monotonic()))
        if self.before is not None:
            self.before.join(until)

    def _run(self) -> None:
        with logs.of_partnership(self.name):
            times, told = 0, ""
            while not self.stop.is_set():
                try:
                    self._serve()
                    continue
                except Refused as error:
                    words = _line(str(error))
                    if words != told:
                        logs.tell(f"cannot go on, and is tried again: {words}", level="error")
                    told = words
                except Exception as error:  # noqa: BLE001  (it must not end the others)
                    fields = logs.of_error(error)
                    logs.tell("ended by what nobody foresaw", level="error", fields=fields)
                times += 1
                self.stop.wait(min(TRIES_EVERY * times, LONGEST_PAUSE))

    def _serve(self) -> None:
        service = open_ready(self.settings)
        try:
            if self.before is not None:
                self.before.end()
                self.before = None
            self.body(service, self.stop)
        finally:
            service.close()


@dataclass
class Keepers:
    """A keeper for each that is served, begun and ended as files come and go."""

    partnerships: Partnerships
    body: Body
    wants: Callable[[Settings], bool] = lambda _: True
    _kept: dict[str, Keeper] = field(default_factory=dict)
    _ending: list[Keeper] = field(default_factory=list)

    def until(self, stop: threading.Event, is_over: Callable[[], bool] = lambda: False) -> None:
        """Go on until we are stopped; then all are ended, together."""
        self._settle()
        while not stop.wait(LOOKS_EVERY / 4) and not is_over():
            if self.partnerships.refresh():
                self._settle()
        for keeper in self._kept.values():
            keeper.end()
        latest = time.monotonic() + ENDS_WITHIN
        for keeper in (*self._kept.values(), *self._ending):
            keeper.join(latest)

    def _settle(self) -> None:
        wanted = {n: s for n, s in self.partnerships.served.items() if self.wants(s)}
        for name in self._kept.keys() - wanted.keys():
            gone = self._kept.pop(name)
            gone.end()
            self._ending.append(gone)
        for name, settings in wanted.items():
            kept = self._kept.get(name)
            if kept is not None and kept.settings is settings:
                continue
            new = self._kept[name] = Keeper(name, settings, self.body, before=kept)
            new.start()
        self._ending = [one for one in self._ending if one.thread and one.thread.is_alive()]
