"""The worker: owes what the day owes, sends what is owed, and closes what was left open."""

import _thread
import math
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextvars import copy_context
from dataclasses import astuple, dataclass, field
from datetime import date
from functools import cached_property, partial
from itertools import chain
from typing import TypeVar

from quizbot import logs
from quizbot.clock import LONDON, london_day
from quizbot.connected import MAIL
from quizbot.errors import Refused
from quizbot.outbox.mail import Fate, Mailer, Sent, read_allowed
from quizbot.outbox.notices import (
    ACCOUNT_BOUND,
    ADDRESS_CHANGED,
    CannotSend,
    ChatWire,
    Outlet,
    Writer,
)
from quizbot.outbox.notify import Notify, NotifyWay, recent
from quizbot.outbox.ways import mailer, read_way
from quizbot.service import Service
from quizbot.signin.readdressed import told
from quizbot.store.lease import Lease, NotOurs
from quizbot.words import how_many

EVERY = 0.4  # seconds between looks at the outbox: a code is mailed well within two
LONGEST_PAUSE = 30.0  # while no mail can leave, or the database does not answer
TELLS_EVERY = 2.0  # seconds between looks at what other systems are to be told
LOOKS_EVERY = 300.0  # seconds between looks at what came back
NOTED_EVERY = 60.0  # seconds between notes that a wire works
DAY_BEGINS = 5  # o'clock in London: after the night's import, before messages may leave

Message = TypeVar("Message")


@dataclass
class Pause:
    """How long to leave something alone that failed: longer each time it fails again."""

    times: int = 0
    until: float = 0.0

    def lengthen(self) -> None:
        """It failed once more."""
        self.times += 1
        self.until = time.monotonic() + min(EVERY * 2**self.times, LONGEST_PAUSE)

    def is_on(self) -> bool:
        """Whether it is too early to try again."""
        return time.monotonic() < self.until


@dataclass
class Work:
    """One round after another; a trouble with the database or mail is told once and waited out.

    Only the holder of the lease works. Another worker waits, and takes over when the first is gone.
    """

    service: Service
    stop: threading.Event = field(default_factory=threading.Event)
    wire: Mailer | None = None
    chats: Mapping[str, ChatWire] = field(default_factory=dict)  # how to send on each channel
    pace: Callable[[], float] = lambda: EVERY  # seconds between looks, longer beside many others
    _done_on: date | None = field(default=None, init=False)
    _day: Iterator[None] = field(default_factory=lambda: iter(()), init=False)
    _packs: Iterator[None] = field(default_factory=lambda: iter(()), init=False)
    _telling: threading.Thread | None = field(default=None, init=False)
    _told_at: float = field(default=-math.inf, init=False)
    _looked_at: float = field(default=-math.inf, init=False)
    _mail: Pause = field(default_factory=Pause, init=False)

    @cached_property
    def lease(self) -> Lease:
        """What this worker holds while it works."""
        return Lease(self.service.database, self.service.now)

    @cached_property
    def outlet(self) -> Outlet:
        """How mail leaves here."""
        settings = self.service.settings
        wire = self.wire or mailer(settings.mail_url, settings.mail_from)
        chats = {name: self._noted(name, chat) for name, chat in self.chats.items()}
        return Outlet(self._noted(MAIL, wire), read_allowed(settings.trial), self.lease, chats)

    def _noted(
        self, name: str, wire: Callable[[Message, str], Sent]
    ) -> Callable[[Message, str], Sent]:
        """A wire whose last use and last fault are noted, its uses once a minute."""
        noted_at = -math.inf

        def send(message: Message, number: str) -> Sent:
            nonlocal noted_at
            sent = wire(message, number)
            if sent.fate in (Fate.DOWN, Fate.RETRY):
                noted_at = -math.inf
                self.service.connections.note_fault(name, sent.trouble)
            elif sent.fate is Fate.SENT and time.monotonic() - noted_at > NOTED_EVERY:
                noted_at = time.monotonic()
                self.service.connections.note_use(name)
            return sent

        return send

    def once(self) -> int:
        """Owe all that today owes and send all that may leave; how many were dealt with.

        CannotSend where the mail server is away, NotOurs where another worker is at it.
        """
        if not self.lease.take():
            raise NotOurs("Another worker is at work, and sends what is owed.")
        try:
            self.service.notices.doubt_lost(self.lease)
            total = self.send_codes()
            self.service.directory.work()
            for _ in self.day(london_day(self.service.now())):
                self.lease.renew()
                total += self.send_codes()
            while count := self.send_some():
                self.lease.renew()
                total += count
            for _ in self._pieces():
                self.lease.renew()
                total += self.send_codes()
            while count := self._told_some():
                self.lease.renew()
                total += count
            self.look_for_bounces()
            return total
        finally:
            self.lease.let_go()

    def forever(self, parent: int | None = None) -> None:
        """Work until SIGTERM or SIGINT, or until the process that started this one is gone."""
        stop_by_signal(self.stop)
        self.until_stopped(parent)

    def until_stopped(self, parent: int | None = None) -> None:
        """The same, in a thread beside others perhaps."""
        trouble = Pause()
        while self._goes_on(parent):
            try:
                if not trouble.is_on() and self.lease.take():
                    with self.lease.kept():
                        self._hold(parent, trouble)
                    self.lease.let_go()
            except NotOurs:
                pass  # it was stopped for a while: wait like any other
            except Refused as error:
                if not trouble.times:
                    tell(str(error))
                trouble.lengthen()
            self.stop.wait(self.pace())

    def _goes_on(self, parent: int | None) -> bool:
        return not self.stop.is_set() and parent in (None, os.getppid())

    def _hold(self, parent: int | None, trouble: Pause) -> None:
        """Rounds as long as nothing goes wrong; a piece of the day's work between two of them."""
        self.service.notices.doubt_lost(self.lease)
        while self._goes_on(parent):
            is_busy = self._sent_some()
            self._tell_results()
            if not (self._did_a_piece() or self._made_a_piece() or is_busy):
                self.service.uploads.tidy()
                self.service.directory.work()
                self.stop.wait(self.pace())
            trouble.times = 0

    def _sent_some(self) -> bool:
        """Whether something left; while no mail can leave, the day's work goes on all the same."""
        if self._mail.is_on():
            return False
        try:
            count = self.send_some()
        except CannotSend as error:
            if not self._mail.times:
                tell(str(error))
            self._mail.lengthen()
            return False
        self._mail.times = 0
        return count > 0

    def _tell_results(self) -> None:
        """Beside the mail, for another system may be slow; one thread, and only where there is one
        to tell."""
        telling = self._telling
        service = self.service
        has_some = service.deliveries.targets or service.scores.is_on or self._notify
        if not has_some or (telling is not None and telling.is_alive()):
            return
        if time.monotonic() - self._told_at < TELLS_EVERY:
            return
        self._told_at = time.monotonic()
        # A thread knows nothing of who began it: whose lines of the log it writes is handed over.
        target = partial(copy_context().run, self._tell_them)
        self._telling = threading.Thread(target=target, daemon=True)
        self._telling.start()

    def _tell_them(self) -> None:
        try:
            while self._told_some() and not self.stop.is_set():
                pass
            self.look_for_bounces()
        except Refused as error:  # the database; the rounds tell of it too
            tell(str(error))

    def _told_some(self) -> int:
        """Tell other systems some of what they are owed; how much left."""
        return self.service.deliveries.send_some() + self.service.scores.send_some()

    @cached_property
    def _notify(self) -> Notify | None:
        way = read_way(self.service.settings.mail_url)
        return Notify(way) if isinstance(way, NotifyWay) else None

    def look_for_bounces(self) -> int:
        """Ask GOV.UK Notify, now and then, what it could not deliver; how many are new."""
        if self._notify is None or time.monotonic() - self._looked_at < LOOKS_EVERY:
            return 0
        self._looked_at = time.monotonic()
        since = recent(self.service.now())
        found = self._notify.bounces(since)
        return sum(self.service.notices.bounced(*astuple(bounce)) for bounce in found)

    def _did_a_piece(self) -> bool:
        """Do a piece of the day's work; False where there is none to do."""
        done = object()
        if next(self._day, done) is not done:
            return True
        now = self.service.now()
        today = london_day(now)
        if now.astimezone(LONDON).hour < DAY_BEGINS or self._done_on == today:
            return False
        if self.lease.done_on() != today:
            self._day = self.day(today)
            return True
        self._done_on = today
        return False

    def _made_a_piece(self) -> bool:
        """Make a piece of what somebody waits for; False where nobody does."""
        done = object()
        if next(self._packs, done) is not done:
            return True
        self._packs = self._pieces()
        return next(self._packs, done) is not done

    def _pieces(self) -> Iterator[None]:
        """What somebody waits for: a regrade that was decided, then packs."""
        yield from self.service.regrades.work()
        yield from self.service.packs.work()

    def day(self, today: date) -> Iterator[None]:
        """What is done once a day, piece by piece: standing renewed, notices owed, rests closed."""
        service = self.service
        began = time.monotonic()
        owed = 0
        asking = (service.nightly.run(today), service.announcing.run(), service.afterwards.run())
        for count in chain(*asking):
            owed += count
            yield
        for _ in service.standings.renewing(today):
            yield
        yield from service.regrades.night()
        service.attempts.abandon_old()
        service.links.forget_old()
        service.uploads.tidy()
        yield from service.counting.night(today)
        yield from service.asked_again.night()
        self.lease.note_done(today)
        if trouble := service.places.trouble():
            tell(f"{trouble} What it said at the start stands.")
        if owed:
            tell(f"{how_many(owed, 'notice')} owed on {today}, in {time.monotonic() - began:.0f} s")

    def send_some(self) -> int:
        """Codes first, then some of what may wait; how many were dealt with."""
        return self.send_codes() + self.service.digests.send_some(self.outlet, self.send_codes)

    def send_codes(self) -> int:
        """All codes that are asked for."""
        total = 0
        while count := self.service.notices.send_due(self.writers(), self.outlet):
            total += count
        return total

    def writers(self) -> dict[str, Writer]:
        """What each kind of notice that goes alone says."""
        return {
            "sign-in": self.service.sign_in.mail,
            ADDRESS_CHANGED: told,
            ACCOUNT_BOUND: self.service.accounts.mail,
        }


def stop_by_signal(stop: threading.Event) -> None:
    """Have SIGTERM and SIGINT end what this process does, in good order.

    The signal may come while the main thread holds the event's own lock, in which case setting it
    there would wait for ever: another thread sets it.
    """

    def end(*_: object) -> None:
        _thread.start_new_thread(stop.set, ())

    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, end)


def tell(words: str) -> None:
    """A line in the log."""
    logs.tell(words, part="quizbot work")
