"""Runs `quizbot` in processes forked from one that has it loaded: each starts a second sooner.

What runs is what `python -m quizbot.cli` runs, with a process group, folder, environment and files
of its own; its imports alone were made before. What measures a start or its memory begins anew.
"""

import atexit
import contextlib
import gc
import json
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NUMBER = struct.Struct("i")
ENDED, LARGEST = b"", 1 << 18  # what one is told by an end of the line, and bytes of one request
FILES = 3  # stdin, stdout and stderr


class Loaded:
    """A `quizbot` that was begun so, asked as `subprocess.Popen` is; it leads its own group."""

    def __init__(
        self,
        words: Sequence[str],
        *,
        cwd: Path,
        env: Mapping[str, str],
        stdin: int = -1,
        stdout: int = 1,
        stderr: int = 2,
    ) -> None:
        self._told, tells = os.pipe()
        with contextlib.ExitStack() as stack:
            stack.callback(os.close, tells)
            if stdin < 0:
                stdin = os.open(os.devnull, os.O_RDONLY)
                stack.callback(os.close, stdin)
            asked = json.dumps([list(words), str(cwd), dict(env)]).encode()
            socket.send_fds(_loader(), [asked], [tells, stdin, stdout, stderr])
        self.returncode: int | None = None
        (self.pid,) = NUMBER.unpack(os.read(self._told, NUMBER.size))

    def poll(self) -> int | None:
        """Its exit code once it has ended."""
        if self.returncode is None and select.select([self._told], [], [], 0)[0]:
            (self.returncode,) = NUMBER.unpack(os.read(self._told, NUMBER.size))
            os.close(self._told)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code, waited for; TimeoutExpired where it goes on for longer."""
        if self.returncode is None and not select.select([self._told], [], [], timeout)[0]:
            raise subprocess.TimeoutExpired("quizbot", timeout or 0)
        code = self.poll()
        assert code is not None
        return code

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)


def run(
    words: Sequence[str], *, cwd: Path, env: Mapping[str, str], typed: str = ""
) -> "subprocess.CompletedProcess[str]":
    """What came of a command, as `subprocess.run` tells it."""
    with contextlib.ExitStack() as stack:
        given, out, err = (stack.enter_context(tempfile.TemporaryFile("w+")) for _ in range(FILES))
        given.write(typed)
        given.seek(0)
        files = {"stdin": given.fileno(), "stdout": out.fileno(), "stderr": err.fileno()}
        code = Loaded(words, cwd=cwd, env=env, **files).wait()
        out.seek(0)
        err.seek(0)
        return subprocess.CompletedProcess(list(words), code, out.read(), err.read())


@cache
def _loader() -> socket.socket:
    """The line to the process that has everything loaded, which ends with whoever asks."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-m", "tools.loaded", str(theirs.fileno())],
            cwd=ROOT,
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            process_group=0,
        )

    def end() -> None:
        ours.close()
        process.wait(60)

    atexit.register(end)
    return ours


# ---- in that process -------------------------------------------------------------------------


def load() -> None:
    """Import what commands import when they are called."""
    from quizbot.cli import COMMANDS

    for name in ("quizbot.cli.listening", "web", *COMMANDS.values()):
        import_module(name)
    gc.collect()
    gc.freeze()  # what all of them share is not looked at by each


def asked(line: socket.socket) -> list[str]:
    """Fork for each who is asked for; what its words are, in each. It ends with the line."""
    while True:
        message, files, *_ = socket.recv_fds(line, LARGEST, 1 + FILES)
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        if message == ENDED:
            os._exit(0)
        if os.fork() == 0:
            line.close()
            words, folder, environment = json.loads(message)
            tells, *files = files
            child = os.fork()
            if child:
                _tell(tells, child, files)
            os.close(tells)
            _become(folder, environment, files)
            return words  # type: ignore[no-any-return]
        for file in files:
            os.close(file)


def _tell(tells: int, child: int, files: list[int]) -> None:
    """Tell whoever asked who the child is, and how it ended."""
    for file in files:
        os.close(file)
    with contextlib.suppress(ProcessLookupError):
        os.setpgid(child, child)
    with contextlib.suppress(BrokenPipeError):
        os.write(tells, NUMBER.pack(child))
        status = os.waitpid(child, 0)[1]
        os.write(tells, NUMBER.pack(os.waitstatus_to_exitcode(status)))
    os._exit(0)


def _become(folder: str, environment: dict[str, str], files: list[int]) -> None:
    """Be where, and as, a process of its own would have begun."""
    os.setpgid(0, 0)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)


if __name__ == "__main__":
    from quizbot.cli import main

    load()
    main(asked(socket.socket(fileno=int(sys.argv[1]))))
