"""Commands as typed, in a folder of their own."""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from questions.bank import SHIPPED, read_banks
from questions.place import SHIPPED as SHIPPED_PLACE
from questions.place import read_place
from quizbot.cli import main
from quizbot.clock import london_day, utc_now
from quizbot.service import open_service
from quizbot.store.database import open_database
from quizbot.store.migrate import upgrade
from tests.conftest import SECRET, settings_for
from tools.running import BY_LETTER

TWO_PEOPLE = """\
staff_ref,name,email,unit,job,started_on,manager
N1,Amina Rahman,amina@northmoor.example,Northmoor/Council,Social worker,2026-01-05,N3
N3,Carys Evans,carys@northmoor.example,Northmoor/Council,Team manager,2020-03-02,
"""
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


Run = Callable[..., Said]


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
def run(folder: Path, capfd: pytest.CaptureFixture[str]) -> Run:
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


@pytest.fixture(scope="session")
def all_published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two people and every questionnaire as it comes: made once, copied by each test."""
    made = tmp_path_factory.mktemp("published")
    people = made / "people.csv"
    people.write_text(TWO_PEOPLE)
    url = f"sqlite:///{made / 'quizbot.db'}"
    database = open_database(url)
    upgrade(database)
    database.dispose()
    today = london_day(utc_now())
    place, _ = read_place(SHIPPED_PLACE, today)
    service = open_service(settings_for(url, made))
    service.people.import_file(people, make_units=True)
    service.editions.publish(read_banks(SHIPPED, place, today, BY_LETTER), place)
    service.close()
    return made / "quizbot.db"


@pytest.fixture
def there(run: Run, folder: Path, all_published: Path) -> Run:
    """Runs `quizbot` where two people and the shipped questionnaires are."""
    (folder / "var").mkdir()
    shutil.copy(all_published, folder / "var" / "quizbot.db")
    return run
