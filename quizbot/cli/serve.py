"""`quizbot serve` and `quizbot work`: the web workers, and the one that sends what is owed."""

import contextlib
import ctypes
import errno
import gc
import os
import signal
import socket
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from quizbot import logs
from quizbot.cli import loading
from quizbot.cli.common import MEANT, for_each, opened, tell_strangers
from quizbot.clock import utc_now
from quizbot.config import Settings, make_secret, read_settings, read_several
from quizbot.editions.place import place_of
from quizbot.errors import Misconfigured, Refused
from quizbot.hosts import EVERYWHERE, in_url
from quizbot.outbox.notices import ChatWire
from quizbot.partnerships import Keepers, Partnerships
from quizbot.service import Service, open_ready
from quizbot.store.lease import NotOurs
from quizbot.work import EVERY, Work, stop_by_signal

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

    from quizbot.cli.listening import Listening
ENDS_WITHIN = 15.0  # seconds for the worker to finish what it sends
BETWEEN, SLOWEST = 0.03, 1.5  # seconds between looks at two outboxes, and at one at most


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--set-up", is_flag=True, help="Make what is missing first: secret, tables, banks.")
def serve(host: str, port: int, *, set_up: bool) -> None:
    """The service: web workers, and a worker that sends what is owed."""
    from quizbot.cli import listening

    several = read_several()
    if set_up:
        prepare_each() if several else apart(prepare)
    if several:
        hints, has_address = list(_who_is_served(several)), True
    else:
        with opened(to_sign=True) as service:
            hints = [] if service.people.are_there_any() else _first_steps()
            has_address = service.settings.has_address
    door = listening.given() or listening.Listening(must_be_free(host, port), port)
    number, here = door.host, door.url if door.given else f"http://{in_url(host)}:{port}"
    if not has_address:
        if number in EVERYWHERE:
            raise Misconfigured(
                f"Set QUIZBOT_PUBLIC_URL to the address that people open: {number} means every"
                " address of this machine, and links in letters and calendars would lead nowhere."
            )
        os.environ["QUIZBOT_PUBLIC_URL"] = here  # where links in messages lead
        os.environ["QUIZBOT_ANY_HOST"] = "yes"
    for line in (f"The Knowledge: {here}", *hints):
        click.echo(line)
    run(door)


@click.command()
@click.option("--once", is_flag=True, help="Do what today owes, send what may leave, and stop.")
def work(*, once: bool) -> None:
    """Send what is owed: sign-in codes, and whatever else is due."""
    several = read_several()
    if once and several:
        for_each(several, work_once)
    elif several:
        work_for_several(several)
    else:
        with opened(to_sign=True) as service:
            work_once(service) if once else work_for(service)


def work_once(service: Service) -> None:
    """Do what today owes, and send what may leave."""
    with _chats(service.settings) as chats:
        try:
            click.echo(f"Messages dealt with: {Work(service, chats=chats).once()}.")
        except NotOurs as told:
            click.echo(str(told))


def work_for(service: Service, parent: int | None = None) -> None:
    """Send what is owed, until it is ended or the process that started it is gone."""
    begin_as("quizbot work", service.settings)
    with _chats(service.settings) as chats:
        Work(service, chats=chats).forever(parent)


def work_for_several(process: Settings, parent: int | None = None) -> None:
    """The same for each of several partnerships."""
    begin_as("quizbot work", process)
    tell_strangers()
    stop = threading.Event()
    stop_by_signal(stop)
    is_over = lambda: parent not in (None, os.getppid())  # noqa: E731
    found = Partnerships.of(process)
    Keepers(found, partial(_work_beside, partial(_pace, found))).until(stop, is_over)


def _work_beside(pace: Callable[[], float], service: Service, stop: threading.Event) -> None:
    """Send what one of several owes, until it is ended."""
    with _chats(service.settings) as chats:
        Work(service, stop, chats=chats, pace=pace).until_stopped()


def _pace(found: Partnerships) -> float:
    """Seconds between two looks at one outbox: beside many longer, and a code is mailed within
    two."""
    return min(SLOWEST, max(EVERY, BETWEEN * len(found.served)))


@contextlib.contextmanager
def _chats(settings: Settings) -> Iterator[dict[str, ChatWire]]:
    """How messages leave to chats; what sends them is loaded only where there is a bot."""
    chats: dict[str, ChatWire] = {}
    with contextlib.ExitStack() as stack:
        if settings.telegram_token:
            from quizbot.chat.telegram.notices import TelegramWire

            telegram = TelegramWire(settings)
            chats["telegram"] = stack.enter_context(contextlib.closing(telegram))
        if settings.teams_app:
            from quizbot.chat.teams.notices import TeamsWire

            chats["teams"] = TeamsWire(settings)
        yield chats


def apart(task: Callable[[], None]) -> None:
    """Do it in a process that ends with it: web workers would inherit the memory it took."""
    if os.waitstatus_to_exitcode(os.waitpid(forked(task), 0)[1]):
        sys.exit(1)


def forked(task: Callable[[], None]) -> int:
    """Begin it in a process of its own that shares what is loaded; the process's id."""
    child = os.fork()
    if child == 0:
        os._exit(_done(task))  # not sys.exit: what this process would tidy up is its parent's
    return child


def _done(task: Callable[[], None]) -> int:
    """Do it; the exit code, with what the service refused told as everywhere."""
    code = 1
    try:
        task()
        code = 0
    except Refused as error:
        click.echo(str(error), err=True)
    except Exception as error:  # noqa: BLE001  (nobody above is left to tell it)
        logs.tell("ended by what nobody foresaw", level="error", fields=logs.of_error(error))
    sys.stdout.flush()
    sys.stderr.flush()
    return code


def prepare_each() -> None:
    """The same for each of several; one that cannot be made ready stops no other."""
    several = read_several()
    assert several is not None
    for name in Partnerships.of(several, tells=False).served:
        os.environ[MEANT] = name
        if os.waitstatus_to_exitcode(os.waitpid(forked(prepare), 0)[1]):
            click.echo(f"{name} could not be made ready: see above.", err=True)
    os.environ.pop(MEANT, None)


def prepare() -> None:
    """Everything a first start needs; quick when it is all there."""
    from quizbot.cli.banks import publish_folder, shipped
    from quizbot.cli.database import newer_was_here, upgrade_database

    settings = read_settings()
    place_of(settings.place, utc_now)  # before anything is published from it
    if not settings.partnership:
        make_secret()
    if settings.database_url.startswith("sqlite:///var/"):
        settings.folder.mkdir(parents=True, exist_ok=True)
    upgrade_database()
    if not newer_was_here():  # what a newer release asks is not asked as before again
        publish_folder(shipped())


def must_be_free(host: str, port: int) -> str:
    """The number of a machine's name; Misconfigured where something else has the port."""
    try:
        found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        words = f"{host} is no address of this machine"
        raise Misconfigured(f"{words}: use --host 127.0.0.1, or ::1, 0.0.0.0 or ::.") from None
    family, *_, where = found[0]
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(where)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                words = f"Port {port} is in use: stop what uses it, or choose another"
                raise Misconfigured(f"{words}, as in `make serve PORT={port + 1}`.") from None
            words = f"{in_url(host)}:{port} cannot be used: {error.strerror}."
            raise Misconfigured(words) from None
    return str(where[0])


def run(door: "Listening") -> None:
    """Web workers here, the other worker beside them; both end together."""
    from quizbot.cli import listening

    settings = read_several() or read_settings(to_sign=True)
    server = listening.server(door, settings)
    begin_as("quizbot serve", settings)
    with counted_together(settings):
        begin: Callable[[], object] | None
        if settings.partnerships:
            pages, begin = pages_of_several(settings)
            work = partial(work_for_several, settings, os.getpid())
        else:
            pages, service = pages_made(settings)
            begin, work = None, partial(work_for, service, os.getpid())
        beside = Beside(work)
        beside.start()
        try:
            target = partial(web_worker, os.getpid(), door, settings, pages, begin)
            server.serve(target_loader=target, wrap_loader=False)
        finally:
            beside.stop()


@contextlib.contextmanager
def counted_together(settings: Settings) -> Iterator[None]:
    """Where counts are wanted, a folder in which the web workers keep them for each other."""
    if not settings.metrics_token:
        yield
        return
    with tempfile.TemporaryDirectory(prefix="knowledge-counts-") as folder:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        import_module("prometheus_client.multiprocess")  # once for all of them
        yield


def pages_made(settings: Settings) -> "tuple[WSGIApplication, Service]":
    """The pages and their service, made before the workers part, so that they hold them together.

    The first page is asked for as well: what it takes to answer would be each worker's own. No
    connection to the database is left open, for none may be used by two processes.
    """
    with loading(), contextlib.closing(open_ready(settings)) as service:
        from web import create_app

        pages = create_app(service)
        service.editions.all_current()
        pages.make("/")
    # What is never looked at by the collector stays shared. It is not run before: that takes 0.2 s
    # for the little that it finds.
    gc.freeze()
    return pages, service


def pages_of_several(process: Settings) -> "tuple[WSGIApplication, Callable[[], object]]":
    """The same for each of several partnerships, and what each web worker begins with."""
    with loading():
        from web.halls import Halls, house_of

        tell_strangers()
        # What is wrong with a file is told by the worker, once, and not by each web worker too.
        halls = Halls(Partnerships.of(process, tells=False), house_of(process))
        halls.open_all()
    gc.freeze()
    return halls, halls.watch


def web_worker(
    parent: int,
    door: "Listening",
    settings: Settings,
    pages: "WSGIApplication",
    begin: Callable[[], object] | None = None,
) -> "WSGIApplication":
    """The pages, in a process that cannot outlive the one that started it."""
    from quizbot.cli import listening

    die_with(parent)
    if door.given:
        listening.let_be_stopped(door.given)
    begin_as("quizbot web", settings)
    if begin is not None:
        begin()
    return pages


def begin_as(name: str, settings: Settings) -> None:
    """Be called so, by the system and in the log."""
    name_process(name)
    logs.begin(name, as_json=settings.log == "json")


def name_process(name: str) -> None:
    """What `ps` and `top` call this process, of at most 15 letters: all were begun as one."""
    if sys.platform == "linux":
        set_name = 15
        ctypes.CDLL(None).prctl(set_name, name.encode())


def die_with(parent: int) -> None:
    """Have the kernel end this process when its parent is gone.

    Otherwise web workers whose parent was killed would go on holding the port, and the next start
    would be refused. Nothing is lost: what was acknowledged is kept, and a post may be repeated.
    """
    if sys.platform != "linux":
        return
    set_parent_death_signal = 1
    ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGKILL)
    if os.getppid() != parent:  # it went before we asked
        os.kill(os.getpid(), signal.SIGKILL)


class Beside(threading.Thread):
    """Keeps one worker running beside the web workers, and starts it again if it ends.

    It is forked, as they are: a process that began from nothing would hold all that is loaded for
    itself alone, 30 MB more.
    """

    def __init__(self, task: Callable[[], None]) -> None:
        super().__init__(daemon=True)
        self._ending = threading.Event()
        self._task = task
        self._worker: int | None = forked(self._task)

    def run(self) -> None:
        """Wait for its end, and start it again."""
        while self._worker is not None:
            os.waitpid(self._worker, 0)
            self._worker = None
            if not self._ending.wait(1):
                self._worker = forked(self._task)

    def stop(self) -> None:
        """End it and wait; one that hangs is killed, for it would outlive us."""
        self._ending.set()
        for sign in (signal.SIGTERM, signal.SIGKILL):
            worker = self._worker
            if worker is not None:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(worker, sign)
            self.join(ENDS_WITHIN)


def _who_is_served(process: Settings) -> Iterator[str]:
    """Each partnership with its address, and what is wrong with the files of others."""
    found = Partnerships.of(process, tells=False)
    for name, settings in found.served.items():
        yield f"  {name}: {settings.public_url}"
    if not found.served:
        yield f"  No partnership is served yet: {found.folder} has no file that can be."


def _first_steps() -> list[Any]:
    return [
        "Nobody can sign in yet. In another terminal, from this folder:",
        "  .venv/bin/quizbot people import people.csv --make-units",
        "  .venv/bin/quizbot people grant lead@example.org lead Northmoor",
        "The README shows what people.csv looks like. A manager is whoever a line names as one.",
    ]
