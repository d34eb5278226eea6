"""The worker: sends what is owed and closes what was left open, until it is told to stop."""

import os
import signal
import threading
import time
from dataclasses import dataclass, field

from quizbot.errors import Refused
from quizbot.mail import Mailer, mailer
from quizbot.notices import Writer
from quizbot.service import Service

EVERY = 0.4  # seconds between looks at the outbox: a code is mailed well within two
TIDY_EVERY = 600.0


@dataclass
class Work:
    """One round after another; a trouble with the database is told once and waited out."""

    service: Service
    stop: threading.Event = field(default_factory=threading.Event)

    def once(self) -> int:
        """Send all that is due now; how many notices were dealt with."""
        total = 0
        self.service.notices.doubt_lost()
        while count := self.service.notices.send_due(self.writers(), self.mailer()):
            total += count
        self.service.attempts.abandon_old()
        return total

    def forever(self, parent: int | None = None) -> None:
        """Work until SIGTERM or SIGINT, or until the process that started this one is gone."""
        for sign in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sign, lambda *_: self.stop.set())
        writers, send = self.writers(), self.mailer()
        tidied, troubled = -TIDY_EVERY, False
        while not self.stop.is_set() and parent in (None, os.getppid()):
            try:
                while self.service.notices.send_due(writers, send) and not self.stop.is_set():
                    pass
                if time.monotonic() - tidied > TIDY_EVERY:
                    self.service.notices.doubt_lost()
                    self.service.attempts.abandon_old()
                    tidied = time.monotonic()
                troubled = False
            except Refused as error:
                if not troubled:
                    print(f"quizbot work: {error}", flush=True)
                troubled = True
            self.stop.wait(EVERY)

    def writers(self) -> dict[str, Writer]:
        """What each kind of notice says."""
        return {"sign-in": self.service.sign_in.mail}

    def mailer(self) -> Mailer:
        """How mail leaves here."""
        settings = self.service.settings
        return mailer(settings.mail_url, settings.mail_from)
