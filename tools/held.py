"""Runs the real service at a socket that is held for it, as systemd does between two starts."""

import os
import signal
import socket
import subprocess
import time
from pathlib import Path

from tools.running import PATIENCE, PYTHON, SELDOM, Running
from tools.waiting import until

# The number of the process is known only once it is there, and systemd tells it by LISTEN_PID.
_HANDED = 'export LISTEN_FDS=1 LISTEN_PID=$$; exec "$@" 3<&{number}'


class Held(Running):
    """The service behind a socket of ours, which goes on taking who comes while it is restarted."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.socket = socket.create_server(("127.0.0.1", self.port), backlog=1024)

    def start(self) -> None:
        """Start it and wait until it serves."""
        began = time.monotonic()
        hand = _HANDED.format(number=self.socket.fileno())
        quizbot = [PYTHON, "-m", "quizbot.cli", *self.starts_with]
        with self.log.open("ab") as log:
            self.main = subprocess.Popen(
                ["/bin/bash", "-c", hand, "bash", *quizbot],
                cwd=self.folder,
                env=self.environment,
                stdout=log,
                stderr=log,
                process_group=0,
                pass_fds=[self.socket.fileno()],
            )
        try:
            until(self.is_serving, PATIENCE, "the service", SELDOM)
        except BaseException:
            self.kill()
            raise
        self.took = time.monotonic() - began

    def restart(self) -> int:
        """End it as systemd does and start it again; the exit code of the one that ended."""
        assert self.main is not None
        os.kill(self.main.pid, signal.SIGTERM)
        code = self.main.wait(60)
        self.start()
        return code
