"""A private PostgreSQL server for tests: on a socket in a temporary folder, gone afterwards.

python -m tools.postgres need    finds or installs the server; exits 1 with a sentence if it cannot
python -m tools.postgres run     starts one, prints its address, and stops it at Ctrl-C
"""

import contextlib
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tools import debian
from tools.waiting import until

OLDEST = 15
USER = "knowledge"
CLUSTERS = Path("/etc/postgresql-common/createcluster.conf")

# Speed, not safety: what is in it is thrown away. No TCP: nobody else can reach it.
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "100",
    "timezone": "UTC",
}
FLUSHED = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


def _version(folder: Path) -> int:
    """The major version of the server in a folder; 0 when there is none."""
    if not (folder / "initdb").exists() or not (folder / "postgres").exists():
        return 0
    said = subprocess.run(
        [folder / "postgres", "--version"], capture_output=True, text=True, check=False
    ).stdout
    number = re.search(r"\d+", said)
    return int(number[0]) if number else 0


def find() -> Path | None:
    """The folder of the newest server's programs, where it is new enough."""
    folders = list(Path("/usr/lib/postgresql").glob("*/bin"))
    if named := shutil.which("postgres"):
        folders.append(Path(named).resolve().parent)
    newest = max(folders, key=_version, default=None)
    return newest if newest and _version(newest) >= OLDEST else None


def _install() -> bool:
    """Install Debian's server without the cluster that its package would start on a port."""
    if not debian.install("postgresql-common"):
        return False
    keep = CLUSTERS.read_text() if CLUSTERS.exists() else ""
    quiet = "create_main_cluster = false"
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as changed:
        changed.write(re.sub(r"(?m)^#?\s*create_main_cluster.*$", "", keep) + f"\n{quiet}\n")
        changed.flush()
        debian.run_as_root("cp", changed.name, str(CLUSTERS))
    try:
        return debian.install("postgresql")
    finally:
        with tempfile.NamedTemporaryFile("w", suffix=".conf") as kept:
            kept.write(keep)
            kept.flush()
            debian.run_as_root("cp", kept.name, str(CLUSTERS))


def ordinary_user() -> pwd.struct_passwd | None:
    """Whom to run the server as: it refuses root; None means as ourselves."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise RuntimeError("PostgreSQL refuses to run as root, and there is no user postgres or nobody")


def as_user(
    user: pwd.struct_passwd | None, *command: str | Path, when_orphaned: str = "INT"
) -> list[str]:
    """A command as that user, which the kernel interrupts should this process be killed."""
    change = [f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"] if user else []
    return ["setpriv", "--pdeathsig", when_orphaned, *change, "--", *map(str, command)]


@dataclass
class Server:
    """A server of ours: its address for SQLAlchemy (psycopg), and its first process."""

    programs: Path
    folder: Path
    user: pwd.struct_passwd | None
    settings: list[str]
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The address of its own database."""
        return f"postgresql+psycopg://{USER}@/postgres?host={self.folder}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        data, log = self.folder / "data", self.folder / "log"
        with log.open("ab") as written:
            self.process = subprocess.Popen(
                as_user(
                    self.user, self.programs / "postgres", "-D", data, "-k", self.folder,
                    *self.settings,
                ),
                stdin=subprocess.DEVNULL, stdout=written, stderr=written, cwd=self.folder,
                # Ctrl-C goes to the tests, which stop the server when they are done with it.
                start_new_session=True,
            )  # fmt: skip
        until(lambda: self._answers(log), 60, "PostgreSQL")

    def kill(self) -> None:
        """SIGKILL to every process of it, as when the power goes."""
        assert self.process is not None
        numbers = [self.process.pid, *self.children()]  # each of these leads a session of its own
        for number in numbers:
            with contextlib.suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        self.process.wait(60)
        until(lambda: not any(Path(f"/proc/{n}").exists() for n in numbers[1:]), 60, "its end")

    def children(self) -> list[int]:
        """What the first process has begun: one for each connection, and those that tidy up."""
        assert self.process is not None
        listed = subprocess.run(
            ["pgrep", "--parent", str(self.process.pid)],
            capture_output=True,
            text=True,
            check=False,
        )
        return [int(number) for number in listed.stdout.split()]

    def _answers(self, log: Path) -> bool:
        assert self.process is not None
        if self.process.poll() is not None:
            raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text()[-2000:]}")
        asked = subprocess.run(
            [self.programs / "pg_isready", "-q", f"--host={self.folder}", f"--username={USER}"],
            check=False,
        )
        return asked.returncode == 0


@contextlib.contextmanager
def running(*, flushed: bool = False) -> Iterator[str]:
    """Start a server, give its address for SQLAlchemy (psycopg), and stop it whatever happens.

    Flushed, it keeps what it has acknowledged, at the price of a real one: for measuring.
    """
    with serving(flushed=flushed) as server:
        yield server.url


@contextlib.contextmanager
def serving(*, flushed: bool = False) -> Iterator[Server]:
    """The same, for whoever kills it and starts it again."""
    programs = find()
    if programs is None:
        raise RuntimeError(f"PostgreSQL {OLDEST} or newer is not installed")
    user = ordinary_user()
    # Not below pytest's folders: a socket's path may have 107 bytes at most.
    with tempfile.TemporaryDirectory(prefix="knowledge-pg-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        if user:
            os.chown(folder, user.pw_uid, user.pw_gid)
        made = subprocess.run(
            as_user(
                user, programs / "initdb", f"--pgdata={folder / 'data'}", f"--username={USER}",
                "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync",
                "--no-instructions",
            ),
            capture_output=True, text=True, cwd=folder, check=False,
        )  # fmt: skip
        if made.returncode:
            raise RuntimeError(f"PostgreSQL could not make a database:\n{made.stderr}")
        chosen = SETTINGS | FLUSHED if flushed else SETTINGS
        settings = [f"--{key}={value}" for key, value in chosen.items()]
        server = Server(programs, folder, user, settings)
        try:
            server.start()
            yield server
        finally:
            if server.process is not None:
                _stop(server.process)


def _stop(server: subprocess.Popen[bytes]) -> None:
    """Ask it to end at once, whoever is connected; then make sure."""
    for request in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        if server.poll() is None:
            server.send_signal(request)
            with contextlib.suppress(subprocess.TimeoutExpired):
                server.wait(60)


def _need() -> str | None:
    if find() or (_install() and find()):
        print(find())
        return None
    return (
        f"The tests on PostgreSQL need its server, version {OLDEST} or newer: install it (on "
        "Debian: apt-get install postgresql), or leave these tests out with POSTGRES=no."
    )


def _run() -> None:
    # SIGINT too: whatever a shell starts in the background begins with it ignored.
    for request in (signal.SIGINT, signal.SIGTERM):
        signal.signal(request, signal.default_int_handler)
    with running() as url, contextlib.suppress(KeyboardInterrupt):
        print(url, flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    if sys.argv[1:] == ["run"]:
        _run()
    else:
        sys.exit(_need())
