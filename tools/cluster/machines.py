"""Machines of a cluster, all of them this one: each with an address and a network of its own.

Where the kernel allows it a machine is a network namespace, whose cable can be pulled. Elsewhere it
is an address of loopback, and instead of its cable all its programs are stopped for a while.
"""

import contextlib
import ctypes
import os
import pwd
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tools.postgres import as_user
from tools.waiting import until

NEW_NETWORK = 0x40000000  # CLONE_NEWNET
MARK = "KNOWLEDGE_MACHINE"  # in the environment of all that runs on a machine of ours
NETWORK, ON_LOOPBACK = "10.20.0.", "127.20.0."
BRIDGE = "knowledge"
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass
class Machine:
    """One machine: what it is called, its address, its folder, and its network if it has one."""

    name: str
    address: str
    folder: Path
    holder: subprocess.Popen[bytes] | None = None

    @property
    def mark(self) -> str:
        """What tells its programs from all others."""
        return f"{os.getpid()}-{self.name}"

    def begin(
        self,
        command: Sequence[str],
        log: Path,
        given: Mapping[str, str],
        keep: Sequence[int] = (),
        user: pwd.struct_passwd | None = None,
    ) -> subprocess.Popen[bytes]:
        """Start a program on it, which the kernel ends when the thread that calls this is gone."""
        enter = ["nsenter", f"--net=/proc/{self.holder.pid}/ns/net", "--"] if self.holder else []
        outside = {k: v for k, v in os.environ.items() if not k.startswith("QUIZBOT_")}
        with log.open("ab") as written:
            return subprocess.Popen(
                [*enter, *as_user(user, *command, when_orphaned="KILL")],
                cwd=self.folder,
                env={**outside, **given, MARK: self.mark},
                stdin=subprocess.DEVNULL,
                stdout=written,
                stderr=written,
                pass_fds=keep,
                start_new_session=True,
            )

    def socket(self, port: int) -> socket.socket:
        """A socket that listens on it, as systemd holds one."""
        made: list[socket.socket] = []

        def make() -> None:
            if self.holder:
                _enter(f"/proc/{self.holder.pid}/ns/net")
            made.append(socket.create_server((self.address, port), backlog=1024))

        thread = threading.Thread(target=make)  # only it is in that network
        thread.start()
        thread.join()
        return made[0]

    def processes(self) -> list[int]:
        """All that runs on it."""
        wanted = f"{MARK}={self.mark}".encode()
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if wanted in (folder / "environ").read_bytes().split(b"\0"):
                    found.append(int(folder.name))
        return found

    def lose_power(self) -> None:
        """SIGKILL to all that runs on it."""
        while numbers := self.processes():
            for number in numbers:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(number, signal.SIGKILL)
            until(lambda: not set(numbers) & set(self.processes()), 60, "their end")

    def part(self) -> None:
        """Nobody reaches it any more, nor it anybody."""
        if self.holder:
            _ip("link", "set", _cable(self), "down")
            return
        for number in self.processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(number, signal.SIGSTOP)

    def join(self) -> None:
        """It is reached again."""
        if self.holder:
            _ip("link", "set", _cable(self), "up")
            return
        for number in self.processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(number, signal.SIGCONT)


@dataclass
class Network:
    """All machines, and whether each has a network of its own."""

    folder: Path
    is_real: bool
    machines: dict[str, Machine] = field(default_factory=dict)

    @property
    def prefix(self) -> str:
        """How each address begins."""
        return NETWORK if self.is_real else ON_LOOPBACK

    def add(self, name: str, number: int) -> Machine:
        """One more machine."""
        folder = self.folder / name
        folder.mkdir(mode=0o755)
        machine = Machine(name, f"{self.prefix}{number}", folder)
        if self.is_real:
            ready = "ip link set lo up && echo up && exec sleep infinity"
            machine.holder = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", "--", "unshare", "--net", "sh", "-c", ready],
                stdout=subprocess.PIPE,
            )
            assert machine.holder.stdout is not None
            assert machine.holder.stdout.readline() == b"up\n"
            number_of_it = str(machine.holder.pid)
            _ip("link", "add", _cable(machine), "type", "veth", "peer", "name", "eth0")
            _ip("link", "set", "eth0", "netns", number_of_it)
            _ip("link", "set", _cable(machine), "master", BRIDGE, "up")
            inside = ["nsenter", f"--net=/proc/{number_of_it}/ns/net", "--"]
            _run(*inside, "ip", "address", "add", f"{machine.address}/24", "dev", "eth0")
            _run(*inside, "ip", "link", "set", "eth0", "up")
        self.machines[name] = machine
        return machine


@contextlib.contextmanager
def network(folder: Path) -> Iterator[Network]:
    """Machines to be added; all that runs on them is ended afterwards, whatever happens.

    The thread that calls this, and each that it starts, is in the network of its own meanwhile.
    """
    before = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    made = Network(folder, is_real=_apart())
    try:
        if made.is_real:
            _ip("link", "set", "lo", "up")
            _ip("link", "add", BRIDGE, "type", "bridge")
            _ip("address", "add", f"{NETWORK}1/24", "dev", BRIDGE)
            _ip("link", "set", BRIDGE, "up")
        yield made
    finally:
        for machine in made.machines.values():
            machine.lose_power()
            if machine.holder:
                machine.holder.kill()
                machine.holder.communicate(timeout=10)
        if made.is_real:
            _libc.setns(before, NEW_NETWORK)
        os.close(before)


def _apart() -> bool:
    """Whether this thread is in a network of its own now."""
    return os.geteuid() == 0 and _libc.unshare(NEW_NETWORK) == 0


def _enter(path: str) -> None:
    opened = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        if _libc.setns(opened, NEW_NETWORK):
            raise OSError(ctypes.get_errno(), "a network cannot be entered")
    finally:
        os.close(opened)


def _cable(machine: Machine) -> str:
    return f"to-{machine.name}"


def _ip(*words: str) -> None:
    _run("ip", *words)


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr}")
