"""Programs that are kept running, as systemd keeps them: what ended is started again."""

import pwd
import shutil
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tools.cluster.machines import Machine

RESTARTED_AFTER = 2.0  # seconds, as deploy/cluster/restart.conf says
LOOKS_EVERY = 0.1
# What a cluster is made of: the program, and Debian's package that has it.
NEEDED = {
    "etcd": "etcd-server",
    "patroni": "patroni",
    "patronictl": "patroni",
    "haproxy": "haproxy",
    "pgbouncer": "pgbouncer",
    "ip": "iproute2",
}
SBIN = "/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin"


def path_of(name: str) -> str | None:
    """Where a program is, also one for administrators."""
    return shutil.which(name) or shutil.which(name, path=SBIN)


def missing() -> str:
    """What is missing and how to get it, in one sentence; nothing where all is there."""
    lacking = {package for name, package in NEEDED.items() if path_of(name) is None}
    if not lacking:
        return ""
    packages = " ".join(sorted(lacking))
    return f"A cluster needs what is not installed here: apt install {packages}"


@dataclass
class Program:
    """One program on a machine."""

    name: str
    machine: Machine
    command: Sequence[str]
    given: Mapping[str, str] = field(default_factory=dict)
    keep: Sequence[int] = ()
    user: pwd.struct_passwd | None = None
    is_wanted: bool = False
    process: subprocess.Popen[bytes] | None = None
    ended_at: float = 0.0

    @property
    def is_alive(self) -> bool:
        """Whether its first process runs."""
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        """Start it, and have it kept."""
        log = self.machine.folder / f"{self.name}.log"
        self.process = self.machine.begin(self.command, log, self.given, self.keep, self.user)
        self.ended_at, self.is_wanted = 0.0, True

    def kill(self) -> None:
        """SIGKILL to its first process alone; it is started again."""
        assert self.process is not None
        self.process.kill()

    def wait(self, patience: float = 60) -> int:
        """Its exit code, once it has ended."""
        assert self.process is not None
        return self.process.wait(patience)

    def stop(self, patience: float = 60) -> int:
        """End it as an operator does; it stays ended. Its exit code."""
        assert self.process is not None
        self.is_wanted = False
        self.process.terminate()
        return self.wait(patience)


@dataclass
class Keeper(threading.Thread):
    """Starts again what ended."""

    programs: Mapping[Any, Program]

    def __post_init__(self) -> None:
        super().__init__(daemon=True)
        self.ending = threading.Event()

    def __hash__(self) -> int:
        return id(self)

    def run(self) -> None:
        """Look again and again."""
        while not self.ending.wait(LOOKS_EVERY):
            for program in list(self.programs.values()):
                if program.is_wanted and not program.is_alive:
                    self._ended(program)

    def _ended(self, program: Program) -> None:
        now = time.monotonic()
        program.ended_at = program.ended_at or now
        if now - program.ended_at > RESTARTED_AFTER and not self.ending.is_set():
            program.start()
