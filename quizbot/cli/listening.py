"""Where the pages are listened for: at a port of our own, or at the socket that systemd holds.

A socket that is held for us outlives us. While an old service ends and a new one begins, whoever
comes waits in its queue for those seconds, and nobody is refused.
"""

import contextlib
import logging
import os
import signal
import socket
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from granian._granian import SocketHolder
from granian.constants import Interfaces
from granian.server.mp import MPServer

from quizbot.config import Settings
from quizbot.errors import Misconfigured
from quizbot.hosts import in_url

TAKE_NOBODY = signal.SIGUSR1
HEARD_OUT = 0.5  # seconds in which who was let in last says what they want
FIRST = 3  # the number of the first socket that is given
PARTS = 4
QUEUE = 1024  # who may wait in it
# What the server says comes in our lines.
LOGGED = {
    "formatters": {},
    "handlers": {},
    "loggers": {"_granian": {"handlers": [], "propagate": True}},
}


@dataclass(frozen=True)
class Listening:
    """An address, and the socket that is held for us there if one is."""

    host: str
    port: int
    given: socket.socket | None = None

    @property
    def url(self) -> str:
        """How it is opened on this machine."""
        return f"http://{in_url(self.host)}:{self.port}"


def given() -> Listening | None:
    """What systemd (or who does as it does) hands over by LISTEN_FDS; None where nothing is."""
    count, whose = os.environ.get("LISTEN_FDS", ""), os.environ.get("LISTEN_PID", "")
    for name in ("LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES"):
        os.environ.pop(name, None)  # it is for us, and for nobody whom we start
    if not count or whose != str(os.getpid()):
        return None
    if count != "1":
        raise Misconfigured(f"{count} sockets were handed over: give the service one ListenStream.")
    found = socket.socket(fileno=FIRST)
    if found.family not in (socket.AF_INET, socket.AF_INET6):
        raise Misconfigured("Give the service a ListenStream such as 127.0.0.1:8000, no file.")
    host, port, *_ = found.getsockname()
    return Listening(host, port, found)


def server(door: Listening, settings: Settings) -> MPServer:
    """granian, with as many workers as the settings say."""
    made = (AtGiven if door.given else MPServer)(
        "web:create_app",  # what its log calls it; who starts it hands over what makes it
        address=door.host,
        port=door.port,
        interface=Interfaces.WSGI,
        workers=settings.web_workers,
        # Of several each has as many as one has alone, so that one that hangs leaves some free.
        blocking_threads=settings.threads * (PARTS if settings.partnerships else 1),
        respawn_failed_workers=True,
        workers_kill_timeout=10,
        log_level="warning",  # type: ignore[arg-type]
        log_dictconfig=LOGGED,
    )
    if settings.partnerships:
        logging.getLogger("_granian").addFilter(_is_news)
    if isinstance(made, AtGiven) and door.given:
        made.given, made.hearing_out = door.given, threading.Event()
    return made


def _is_news(record: logging.LogRecord) -> bool:
    """That there are more threads than cores is meant: most of them wait for nobody."""
    return "Python threads" not in record.getMessage()


def let_be_stopped(listener: socket.socket) -> None:
    """Have a signal put a deaf socket in the place of the one that is listened at.

    What is shared with others cannot be closed for one of them alone: the server goes on looking,
    and finds nobody, while the others, and whoever comes after us, are given who comes.
    """
    inode = os.fstat(listener.fileno()).st_ino
    deaf = socket.create_server(("127.0.0.1", 0))
    deaf.setblocking(False)

    def stop(*_: object) -> None:
        for path in Path("/proc/self/fd").iterdir():
            number = int(path.name)
            with contextlib.suppress(OSError):
                if os.fstat(number).st_ino == inode:
                    os.dup2(deaf.fileno(), number)

    signal.signal(TAKE_NOBODY, stop)


class AtGiven(MPServer):
    """granian at a socket that is there already: each worker takes from its one queue."""

    given: socket.socket
    hearing_out: threading.Event

    def _stop_workers(self) -> None:
        """Have them take nobody any more, hear out who has just come, and then end.

        granian hangs up on whoever was let in and has said nothing yet, which is a failed request.
        """
        for worker in self.wrks:
            with contextlib.suppress(ProcessLookupError, TypeError):
                os.kill(worker.inner.pid, TAKE_NOBODY)
        self.hearing_out.wait(HEARD_OUT)
        super()._stop_workers()  # type: ignore[no-untyped-call]

    def _init_shared_socket(self) -> None:
        number = self.given.fileno()
        holder: Any = SocketHolder
        vars(self).update(
            _ssp=None, _sfd=number, _shd=holder(number, False, QUEUE), _sso=self.given
        )
