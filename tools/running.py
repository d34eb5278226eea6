"""Runs the real service, as `make serve` does, in a folder of its own, and surely ends it."""

import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from email import message_from_bytes
from email.policy import default
from html import unescape
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from questions.kinds import Question
from quizbot.config import Settings
from quizbot.service import open_service
from tools.loaded import Loaded, run
from tools.waiting import until

Chosen = set[str] | list[str]  # texts to choose, or with menus one text a menu
PYTHON = sys.executable
# Local banks that leave the menus of Referrals out: visitors here choose letters.
BY_LETTER = Path(__file__).with_name("by_letter")
PATIENCE = 180.0  # seconds that a busy machine may take to start it
SELDOM = 0.05  # seconds between looks at it
HEAD = "staff_ref,name,email,unit,job,started_on,manager\n"


def free_port() -> int:
    """A port of this machine that nobody uses now, and that no connection is given by chance.

    Of those that connections are given (32768 and up) one may be another's once what listened there
    was killed and begins again.
    """
    while True:
        port = 11_000 + secrets.randbelow(32_768 - 11_000)  # no browser opens 10080
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


class Keys:
    """What is right, by what a page offers and tells: twins offer the same."""

    def __init__(self, asked: Iterable[Question]) -> None:
        self._asked = tuple(asked)
        self.has_menus = any(question.menus for question in self._asked)

    def right(self, offered: Iterable[str], told: str) -> Chosen:
        """The words of the right options of the question on a page."""
        question = self._of(offered, told)
        right = map(question.text_of, question.key)
        return list(right) if question.menus else set(right)

    def is_essential(self, offered: Iterable[str], told: str) -> bool:
        """Whether a wrong answer to the question on a page alone means no pass."""
        return bool(self._of(offered, told).must_know)

    def _of(self, offered: Iterable[str], told: str) -> Question:
        texts, page = set(offered), _letters(told)
        (question,) = (
            question
            for question in self._asked
            if set(map(question.text_of, question.letters)) == texts
            and _letters(question.scenario) in page
            and _letters(question.ask) in page
        )
        return question


def _letters(text: str) -> str:
    """What a text says, however it is spaced and its marks are written."""
    return re.sub(r"\W+", "", unescape(text)).casefold()


class Running:
    """The service in a process group of its own, with database, secret and mail in `folder`."""

    starts_with: tuple[str, ...] = ("serve", "--set-up")

    def __init__(self, folder: Path, *, loaded: bool = False) -> None:
        """Loaded, every start and command is forked from a process that has made all imports."""
        self.folder = folder
        self.loaded = loaded
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "log"
        outside = {k: v for k, v in os.environ.items() if not k.startswith("QUIZBOT_")}
        self.environment = {
            **outside,
            "QUIZBOT_PUBLIC_URL": self.url,
            "QUIZBOT_LOCAL_BANKS": str(BY_LETTER),
            "QUIZBOT_TELEGRAM_BOT": "NorthmoorKnowledgeBot",
        }
        self.main: subprocess.Popen[bytes] | Loaded | None = None
        self.took = 0.0

    def start(self) -> None:
        """Start it and wait until it serves; `took` says for how many seconds.

        Where it does not come to serve, nothing of it is left.
        """
        began = time.monotonic()
        words = [*self.starts_with, "--port", str(self.port)]
        with self.log.open("ab") as log:
            self.main = self._begun(words, log.fileno())
        try:
            until(self.is_serving, PATIENCE, "the service", SELDOM)
        except BaseException:
            self.kill()
            raise
        self.took = time.monotonic() - began

    def _begun(self, words: list[str], log: int) -> "subprocess.Popen[bytes] | Loaded":
        if self.loaded:
            return Loaded(words, cwd=self.folder, env=self.environment, stdout=log, stderr=log)
        return subprocess.Popen(
            [PYTHON, "-m", "quizbot.cli", *words],
            cwd=self.folder,
            env=self.environment,
            stdout=log,
            stderr=log,
            process_group=0,
        )

    def is_serving(self) -> bool:
        """Whether a page is answered; RuntimeError with its log if it has ended instead."""
        if self.main is None or self.main.poll() is not None:
            raise RuntimeError(f"The service has ended:\n{self.log.read_text()}")
        try:
            with urlopen(f"{self.url}/health/ready", timeout=5) as answer:
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False

    def stop(self) -> int:
        """End it as an operator does; its exit code."""
        assert self.main is not None
        self.main.terminate()
        try:
            return self.main.wait(60)
        finally:
            self.kill()

    def kill(self) -> None:
        """SIGKILL to every process of it, as when the power goes; nothing of it is left."""
        assert self.main is not None
        # The group keeps its number while anything of it lives, even when its first process went.
        if self.processes():
            os.killpg(self.main.pid, signal.SIGKILL)
        self.main.wait(60)
        until(lambda: not self.processes(), 60, "the end of every process", SELDOM)

    def processes(self) -> dict[int, str]:
        """What each living process of it is called, by its id."""
        assert self.main is not None
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                # After the name, which may hold anything: state, parent, group.
                state, _, group = (folder / "stat").read_text().rpartition(") ")[2].split()[:3]
                if int(group) == self.main.pid and state not in "ZX":
                    found[int(folder.name)] = (folder / "comm").read_text().strip()
            except OSError:  # it ended while we looked
                continue
        return found

    def memory(self) -> float:
        """Megabytes that all its processes hold together, what they share counted once."""
        kilobytes = 0
        for number in self.processes():
            rollup = Path(f"/proc/{number}/smaps_rollup").read_text()
            kilobytes += int(re.search(r"^Pss: +(\d+) kB", rollup, re.MULTILINE)[1])  # type: ignore[index]
        return kilobytes / 1024

    def quizbot(self, *words: str, typed: str = "") -> str:
        """What a command prints, run as an operator would; RuntimeError where it fails."""
        done = self.ended(*words, typed=typed)
        if done.returncode:
            raise RuntimeError(f"quizbot {' '.join(words)}: {done.stderr}")
        return done.stdout

    def ended(self, *words: str, typed: str = "") -> "subprocess.CompletedProcess[str]":
        """What came of a command, whatever it was."""
        if self.loaded:
            return run(words, cwd=self.folder, env=self.environment, typed=typed)
        return subprocess.run(
            [PYTHON, "-m", "quizbot.cli", *words],
            cwd=self.folder,
            env=self.environment,
            input=typed,
            capture_output=True,
            text=True,
            check=False,
        )

    def keys(self, module: str) -> Keys:
        """What is right in the module as published, read from the database."""
        url = f"sqlite:///{self.folder / 'var' / 'quizbot.db'}"
        settings = Settings(
            _env_file=None, database_url=url, secret_key="only reads, signs nothing" * 2
        )
        service = open_service(settings)
        asked = service.editions.current(module).module.asked
        service.close()
        return Keys(asked)

    def add_people(self, lines: str) -> None:
        """People in the columns of `HEAD`, taken in by the command."""
        file = self.folder / "people.csv"
        file.write_text(HEAD + lines, encoding="utf-8")
        self.quizbot("people", "import", str(file), "--make-units")

    def codes(self, email: str) -> list[str]:
        """The codes mailed to an address, the newest last."""
        mails = sorted(
            (self.folder / "var" / "mail").glob("*.eml"), key=lambda f: f.stat().st_mtime_ns
        )
        messages = [message_from_bytes(mail.read_bytes(), policy=default) for mail in mails]
        return [str(m["Subject"])[:6] for m in messages if email in str(m["To"])]

    def code(self, email: str, after: int = 0) -> str:
        """The newest code for an address, once more than `after` have come."""
        until(lambda: len(self.codes(email)) > after, 60, f"the code for {email}")
        return self.codes(email)[-1]


class Demonstration(Running):
    """`quizbot demo` in the same way: its people are made up, and sign in by a button."""

    starts_with = ("demo",)

    def __init__(self, folder: Path, *, loaded: bool = False) -> None:
        super().__init__(folder, loaded=loaded)
        self.environment |= {"TMPDIR": str(folder), "QUIZBOT_SECRET_KEY": "seen by nobody " * 3}

    def quizbot(self, *words: str, typed: str = "") -> str:
        """A command on the throw-away database."""
        (database,) = self.folder.glob("knowledge-demo-*/demo.db")
        self.environment["QUIZBOT_DATABASE_URL"] = f"sqlite:///{database}"
        return super().quizbot(*words, typed=typed)


def wrong_of(key: Chosen, offered: set[str]) -> Chosen:
    """A reply that is wrong: another option, too few, or everything the other way round."""
    if isinstance(key, list):
        return key[::-1]
    return {min(offered - key or key)}
