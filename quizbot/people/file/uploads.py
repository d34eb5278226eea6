"""Uploaded people files that wait for a second look: kept for an hour, for who sent them alone."""

import contextlib
import json
import os
import re
import secrets
import shutil
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO
from uuid import UUID

from quizbot.errors import BadFile, NotFound
from quizbot.people.file.days import DayOrder
from quizbot.people.file.plan import Options
from quizbot.people.file.reading import LARGEST

LASTS = 3600  # seconds
_TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")


@dataclass(frozen=True)
class Upload:
    """A file that waits, and how it is to be taken."""

    token: str
    path: Path
    options: Options


@dataclass(frozen=True)
class Uploads:
    """Files in a folder that nobody else reads; their names say nothing."""

    folder: Path

    def keep(self, by: UUID, file: IO[bytes], options: Options) -> str:
        """Put a file aside; the token by which its sender finds it."""
        self.tidy()
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        token = secrets.token_urlsafe(16)
        path = self._path(by, token)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            shutil.copyfileobj(file, out, 1 << 20)
            size = out.tell()
        if not 0 < size <= LARGEST:
            path.unlink()
            raise BadFile("The file is empty." if not size else "The file is larger than 200 MB.")
        path.with_suffix(".json").write_text(json.dumps(asdict(options)))
        return token

    def find(self, by: UUID, token: str) -> Upload:
        """A file that its sender put aside within the hour; NotFound for everybody else."""
        path = self._path(by, token)
        try:
            if not _TOKEN.fullmatch(token) or time.time() - path.stat().st_mtime > LASTS:
                raise FileNotFoundError
            given = json.loads(path.with_suffix(".json").read_text())
        except FileNotFoundError:
            raise NotFound("This file is not here any more: choose it again.") from None
        given["days"] = DayOrder(given["days"]) if given["days"] else None
        return Upload(token, path, Options(**given))

    def change(self, by: UUID, token: str, **options: bool | int | str | dict[str, str]) -> None:
        """Have a file taken in another way."""
        upload = self.find(by, token)
        given = asdict(upload.options) | options
        upload.path.with_suffix(".json").write_text(json.dumps(given))

    def drop(self, upload: Upload) -> None:
        """Delete a file that was used."""
        for path in (upload.path, upload.path.with_suffix(".json")):
            path.unlink(missing_ok=True)

    def tidy(self) -> None:
        """Delete what nobody came back for."""
        if not self.folder.is_dir():
            return
        for path in self.folder.iterdir():
            with contextlib.suppress(FileNotFoundError):  # somebody else was quicker
                if time.time() - path.stat().st_mtime > LASTS:
                    path.unlink()

    def _path(self, by: UUID, token: str) -> Path:
        return self.folder / f"{by.hex}-{token}.csv"
