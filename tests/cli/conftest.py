"""Commands as typed, in a folder of their own."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from quizbot.cli import main
from tests.conftest import SECRET

PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "VIRTUAL_ENV")


@dataclass(frozen=True)
class Said:
    """How a command ended, and what it said where."""

    code: int
    out: str
    err: str

    @property
    def sentence(self) -> str:
        """What it said on stderr, which is one line and no traceback."""
        assert "Traceback" not in self.err
        assert self.err.count("\n") == 1, self.err
        return self.err.strip()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to be in, and no setting but those of a test."""
    for name in list(os.environ):
        if name.startswith("QUIZBOT_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("QUIZBOT_SECRET_KEY", SECRET)
    place = tmp_path / "here"
    place.mkdir()
    monkeypatch.chdir(place)
    return place


@pytest.fixture
def run(folder: Path, capfd: pytest.CaptureFixture[str]):
    """Runs `quizbot` with these words."""

    def run(*words: object) -> Said:
        capfd.readouterr()
        code = 0
        try:
            main([str(word) for word in words])
        except SystemExit as end:
            code = int(end.code or 0)
        said = capfd.readouterr()
        return Said(code, said.out, said.err)

    return run


@pytest.fixture
def filled(folder: Path, filled_sqlite: Path) -> Path:
    """The folder with a filled database where it is looked for."""
    (folder / "var").mkdir()
    shutil.copy(filled_sqlite, folder / "var" / "quizbot.db")
    return folder
