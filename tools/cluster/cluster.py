"""The whole: three etcd, two PostgreSQL under Patroni, two web machines, and who leads to them.

The files are those of deploy/cluster, with only addresses, folders and passwords as they are here.
"""

import contextlib
import json
import os
import re
import secrets
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import psycopg

from tools import postgres
from tools.cluster.machines import Machine, Network, network
from tools.cluster.programs import Keeper, Program, path_of
from tools.running import BY_LETTER, HEAD
from tools.waiting import until

ROOT = Path(__file__).parents[2]
FILES = ROOT / "deploy" / "cluster"
DATABASES, WEBS = {"db-1": 11, "db-2": 12}, {"web-1": 21, "web-2": 22}
ETCDS = ("db-1", "db-2", "web-1")
PASSWORDS = {f"CHANGE-ME-{number}": secrets.token_hex(12) for number in (1, 2, 3)}
OWN, SECRET = secrets.token_hex(12), secrets.token_hex(24)  # the role's, and what signs
READY_WITHIN = 180.0  # seconds that a busy machine may take to start any part
_HANDED = 'export LISTEN_FDS=1 LISTEN_PID=$$; exec "$@" 3<&{number}'


@dataclass
class Cluster:
    """Every part of it, by machine and name."""

    net: Network
    folder: Path
    programs: dict[tuple[str, str], Program] = field(default_factory=dict)
    sockets: dict[str, socket.socket] = field(default_factory=dict)
    took: float = 0.0
    _mails: dict[Path, tuple[str, str]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """What people open."""
        return f"http://{self.net.prefix}10"

    def __getitem__(self, key: tuple[str, str]) -> Program:
        """The program of that name on a machine, as in `cluster["db-1", "patroni"]`."""
        return self.programs[key]

    # ---- setting it up, as docs/cluster.md says --------------------------------------------------

    def build(self) -> None:
        """All machines and programs, until a page is answered."""
        for name, number in (DATABASES | WEBS | {"front": 10}).items():
            self.net.add(name, number)
        for name in ETCDS:
            self._etcd(self.net.machines[name])
        for name in DATABASES:
            self._patroni(self.net.machines[name])
        until(self.is_whole, READY_WITHIN, "a leader and a standby that is written synchronously")
        with self.as_administrator("postgres") as connection:
            connection.execute(f"CREATE ROLE knowledge LOGIN PASSWORD '{OWN}'")
            connection.execute("CREATE DATABASE knowledge OWNER knowledge")
        for name in WEBS:
            self._web(self.net.machines[name])
        for name in WEBS:
            until(lambda name=name: self.is_ready(name), READY_WITHIN, f"{name}")  # type: ignore[misc]
        front = self.net.machines["front"]
        self._haproxy(front, "haproxy-pages.cfg")
        until(self.answers, READY_WITHIN, "a page")

    def _file(self, name: str, machine: Machine) -> str:
        """An example of deploy/cluster as it is on a machine here."""
        text = (FILES / name).read_text()
        programs = postgres.find()
        assert programs is not None
        changes = PASSWORDS | {
            "/usr/lib/postgresql/15/bin": str(programs),
            "/var/lib/postgresql/15/knowledge": str(machine.folder / "data"),
            "/var/lib/postgresql/pgpass-knowledge": str(machine.folder / "pgpass"),
            "/var/run/postgresql": str(machine.folder),
            "/var/lib/etcd/knowledge": str(machine.folder / "etcd"),
            "/run/haproxy/admin.sock": str(machine.folder / "admin.sock"),
            "/etc/pgbouncer/userlist.txt": str(machine.folder / "userlist.txt"),
        }
        if os.geteuid() != 0:
            changes["postgres peer"] = "postgres trust"  # we are not that user of the system
        if not self.net.is_real:
            changes["10.20.0.0/24"] = "127.0.0.0/8"
            changes["127.0.0.1"] = machine.address
            changes["10.20.0."] = self.net.prefix
        for there, here in changes.items():
            text = text.replace(there, here)
        return re.sub(r"\bTHIS\b", machine.name, text).replace("HERE", machine.address)

    def _add(self, program: Program) -> Program:
        self.programs[program.machine.name, program.name] = program
        program.start()
        return program

    def _etcd(self, machine: Machine) -> None:
        lines = re.findall(r'^(ETCD_\w+)="(.*)"$', self._file("etcd", machine), re.MULTILINE)
        self._add(Program("etcd", machine, [str(path_of("etcd"))], dict(lines)))

    def _patroni(self, machine: Machine) -> None:
        user = postgres.ordinary_user()
        file = machine.folder / "patroni.yml"
        file.write_text(self._file("patroni.yml", machine))
        file.chmod(0o600)
        if user:
            for path in (machine.folder, file):
                os.chown(path, user.pw_uid, user.pw_gid)
        home = {"HOME": str(machine.folder)}
        command = [str(path_of("patroni")), str(file)]
        self._add(Program("patroni", machine, command, home, user=user))

    def _haproxy(self, machine: Machine, name: str) -> None:
        file = machine.folder / name
        file.write_text(self._file(name, machine))
        self._add(Program("haproxy", machine, [str(path_of("haproxy")), "-db", "-f", str(file)]))

    def _web(self, machine: Machine) -> None:
        self._haproxy(machine, "haproxy-database.cfg")
        user = postgres.ordinary_user()
        file, users = machine.folder / "pgbouncer.ini", machine.folder / "userlist.txt"
        file.write_text(self._file("pgbouncer.ini", machine))
        users.write_text(f'"knowledge" "{OWN}"\n')
        bouncer = [str(path_of("pgbouncer")), str(file)]
        self._add(Program("pgbouncer", machine, bouncer, user=user))
        self._serve(machine)

    def _serve(self, machine: Machine) -> None:
        """The service of a web machine, at a socket of that machine's own."""
        self.sockets[machine.name] = machine.socket(8000)
        self._add(self.service(machine))

    def service(self, machine: Machine, code: Path = ROOT) -> Program:
        """The service on a web machine, at the socket that is held for it, of that code."""
        number = self.sockets[machine.name].fileno()
        quizbot = [sys.executable, "-m", "quizbot.cli", "serve", "--set-up"]
        command = ["/bin/bash", "-c", _HANDED.format(number=number), "bash", *quizbot]
        given = self.settings(machine) | {"PYTHONPATH": str(code)}
        return Program("knowledge", machine, command, given, keep=(number,))

    def settings(self, machine: Machine) -> dict[str, str]:
        """What stands in .env on a web machine."""
        local = "127.0.0.1" if self.net.is_real else machine.address
        return {
            "QUIZBOT_DATABASE_URL": f"postgresql://knowledge:{OWN}@{local}:6432/knowledge",
            "QUIZBOT_DATABASE_DIRECT": f"postgresql://knowledge:{OWN}@{local}:5000/knowledge",
            "QUIZBOT_SECRET_KEY": SECRET,
            "QUIZBOT_PUBLIC_URL": self.url,
            "QUIZBOT_PROXY": "1",
            "QUIZBOT_WORKERS": "2",
            "QUIZBOT_LOCAL_BANKS": str(BY_LETTER),
            "QUIZBOT_MAIL_URL": f"file:{self.folder / 'mail'}",
        }

    # ---- how it is -------------------------------------------------------------------------------

    def members(self) -> list[dict[str, Any]]:
        """What is known of each where one leads; one that was cut off has no news."""
        leader = self.leader()
        if not leader:
            return []
        with contextlib.suppress(OSError, ValueError):
            url = f"http://{self.net.machines[leader].address}:8008/cluster"
            with urlopen(url, timeout=2) as answer:
                found: list[dict[str, Any]] = json.load(answer)["members"]
                return found
        return []

    def leader(self) -> str:
        """The machine whose database leads, as it says itself; nothing while none does."""
        for name in DATABASES:
            with contextlib.suppress(OSError):
                url = f"http://{self.net.machines[name].address}:8008/primary"
                with urlopen(url, timeout=2):
                    return name
        return ""

    def other(self) -> str:
        """The machine whose database does not lead."""
        (name,) = set(DATABASES) - {self.leader()}
        return name

    def is_whole(self) -> bool:
        """Whether one leads, and the other has all that it has and goes on with it."""
        members = self.members()
        roles = {one["role"] for one in members if one["state"] in ("running", "streaming")}
        timelines = {one.get("timeline") for one in members}
        return roles == {"leader", "sync_standby"} and len(timelines) == 1

    def is_ready(self, name: str) -> bool:
        """Whether a web machine's pages may be asked for."""
        with contextlib.suppress(OSError):
            url = f"http://{self.net.machines[name].address}:8000/health/ready"
            with urlopen(url, timeout=5) as answer:
                return bool(answer.status == 200)
        return False

    def answers(self) -> bool:
        """Whether people are answered."""
        with contextlib.suppress(OSError, HTTPError), urlopen(self.url, timeout=5) as answer:
            return bool(answer.status == 200)
        return False

    def is_well(self) -> bool:
        """Whether every part is as it was at the start."""
        alive = all(program.is_alive for program in self.programs.values())
        return alive and self.is_whole() and all(map(self.is_ready, WEBS)) and self.answers()

    def must_be_well(self) -> None:
        """Wait until it is."""
        until(self.is_well, READY_WITHIN, "a cluster that is whole")

    def as_administrator(self, database: str = "knowledge") -> psycopg.Connection[Any]:
        """A connection to the database that leads, as its administrator."""
        return psycopg.connect(
            host=self.net.machines[self.leader()].address, dbname=database, user="postgres",
            password=PASSWORDS["CHANGE-ME-1"], autocommit=True, connect_timeout=10,
        )  # fmt: skip

    def database_url(self) -> str:
        """The database that leads, by the way that its own machines take."""
        address = self.net.machines[self.leader()].address
        return f"postgresql://knowledge:{OWN}@{address}/knowledge"

    # ---- what an operator does -------------------------------------------------------------------

    def switch_over(self) -> None:
        """Have the other database lead, as for the upkeep of the first."""
        leader = self.net.machines[self.leader()]
        config = str(leader.folder / "patroni.yml")
        words = ["switchover", "--force", "--master", leader.name, "--candidate", self.other()]
        process = leader.begin(
            [str(path_of("patronictl")), "-c", config, *words, "knowledge"],
            leader.folder / "patronictl.log", {"HOME": str(leader.folder), "LC_ALL": "C.UTF-8"},
        )  # fmt: skip
        assert process.wait(120) == 0, (leader.folder / "patronictl.log").read_text()

    def lose(self, name: str) -> None:
        """A machine loses its power, and stays away until it is begun again."""
        for program in self._of(name):
            program.is_wanted = False
        self.net.machines[name].lose_power()
        for program in self._of(name):
            program.wait()
        if held := self.sockets.pop(name, None):  # else who comes waits in it for nobody
            held.close()

    def begin_again(self, name: str) -> None:
        """A machine has its power back, and begins all that it has by itself."""
        for program in self._of(name):
            if program.name != "knowledge":
                program.start()
        if (name, "knowledge") in self.programs:
            self._serve(self.net.machines[name])

    def restart(self, name: str, code: Path = ROOT) -> None:
        """Restart the service of a web machine, of that code; nobody is sent to it meanwhile."""
        self.spare(name, "drain")
        self[name, "knowledge"].stop()
        self._add(self.service(self.net.machines[name], code))
        until(lambda: self.is_ready(name), READY_WITHIN, name)
        self.spare(name, "ready")

    def spare(self, name: str, state: str) -> None:
        """Have people sent to a web machine no more (`drain`), or again (`ready`)."""
        for backend in ("any", "one"):
            with socket.socket(socket.AF_UNIX) as line:
                line.connect(str(self.net.machines["front"].folder / "admin.sock"))
                line.sendall(f"set server {backend}/{name} state {state}\n".encode())
                assert not line.recv(1000).strip()

    def _of(self, name: str) -> list[Program]:
        return [program for (machine, _), program in self.programs.items() if machine == name]

    def quizbot(self, name: str, *words: str, **given: str) -> str:
        """What a command prints on a web machine; RuntimeError where it fails."""
        machine, out = self.net.machines[name], self.net.machines[name].folder / "quizbot.out"
        out.unlink(missing_ok=True)
        command = [sys.executable, "-m", "quizbot.cli", *words]
        code = machine.begin(command, out, self.settings(machine) | given).wait(300)
        if code:
            raise RuntimeError(f"quizbot {' '.join(words)}: {out.read_text()}")
        return out.read_text()

    def add_people(self, lines: str) -> None:
        """People in the columns of `HEAD`, taken in by the command."""
        file = self.folder / "people.csv"
        file.write_text(HEAD + lines, encoding="utf-8")
        self.quizbot("web-1", "people", "import", str(file), "--make-units")

    def codes(self, email: str) -> list[str]:
        """The codes mailed to an address, the newest last."""
        found = sorted((self.folder / "mail").glob("*.eml"), key=lambda f: f.stat().st_mtime_ns)
        for file in found:
            if file not in self._mails:
                message = message_from_bytes(file.read_bytes(), policy=default)
                self._mails[file] = (str(message["To"]), str(message["Subject"])[:6])
        return [self._mails[file][1] for file in found if email in self._mails[file][0]]

    def mails(self) -> list[tuple[str, str]]:
        """To whom each mail went, and the code in it."""
        self.codes("")
        return list(self._mails.values())

    def postmaster(self, name: str) -> int:
        """The first process of a machine's database."""
        pid = self.net.machines[name].folder / "data" / "postmaster.pid"
        return int(pid.read_text().splitlines()[0])


@contextlib.contextmanager
def running() -> Iterator[Cluster]:
    """A cluster, once a page is answered by it; surely ended afterwards."""
    # Not below pytest's folders: a socket's path may have 107 bytes, and others must reach theirs.
    with (
        tempfile.TemporaryDirectory(prefix="knowledge-ha-", ignore_cleanup_errors=True) as name,
        network(Path(name)) as net,
    ):
        folder = Path(name)
        folder.chmod(0o755)
        cluster = Cluster(net, folder)
        began = time.monotonic()
        keeper = Keeper(cluster.programs)
        try:
            cluster.build()
            keeper.start()
            cluster.took = time.monotonic() - began
            yield cluster
        finally:
            keeper.ending.set()
            if keeper.is_alive():
                keeper.join(10)
            for machine in net.machines.values():
                machine.join()
                machine.lose_power()
            for program in cluster.programs.values():
                program.wait()
            for held in cluster.sockets.values():
                held.close()


def kill(number: int) -> None:
    """SIGKILL to one process of ours."""
    os.kill(number, signal.SIGKILL)
