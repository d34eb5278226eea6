"""What every test stands on: a real service on a real database, a clock we set, named people."""

import gc
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import settings as hypothesis_settings
from sqlalchemy import Connection, Engine, event, select
from sqlalchemy.util import LRUCache

from questions.bank import SHIPPED, read_banks
from questions.place import SHIPPED as SHIPPED_PLACE
from questions.place import read_place
from quizbot.access import Role
from quizbot.config import Settings
from quizbot.service import Service, open_service
from quizbot.store.database import open_database
from quizbot.store.migrate import upgrade
from quizbot.store.tables import person
from tests.databases import Refilled, maintaining, named
from tools import postgres
from tools.running import BY_LETTER, Running

SECRET = "a secret for tests only, of no use anywhere"
PEOPLE = """\
staff_ref,name,email,unit,job,started_on,manager
N1,Amina Rahman,amina@northmoor.example,Northmoor/Council/Assessment,Social worker,2026-01-05,N3
N2,Bashir Aziz,bashir@northmoor.example,Northmoor/Police/Child protection,Detective,2026-02-02,N4
N3,Carys Evans,carys@northmoor.example,Northmoor/Council/Assessment,Team manager,2020-03-02,
N4,Dylan Shaw,dylan@northmoor.example,Northmoor/Police/Child protection,Inspector,2019-05-01,
N5,Efua Mensah,efua@northmoor.example,Northmoor,Safeguarding lead,2018-01-01,
"""

hypothesis_settings.register_profile("default", deadline=None, max_examples=60)
hypothesis_settings.register_profile("nightly", deadline=None, max_examples=2000)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


@event.listens_for(Engine, "connect")
def in_another_order(connection: object, _record: object) -> None:
    """Who asks for no order gets another: on PostgreSQL rows lie where there was room."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA reverse_unordered_selects = ON")


@event.listens_for(Engine, "engine_connect")
def wait_for_no_disk(connection: Connection) -> None:
    """No power goes here: what has to outlive it is proved on services that run as they will."""
    if connection.dialect.name == "sqlite":
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute("PRAGMA synchronous = OFF")


class Worded(LRUCache[Any, Any]):
    """Statements in words of SQL, for all engines of one kind: each test opens its own."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(self._of_its_kind(key), default)

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(self._of_its_kind(key), value)

    def _of_its_kind(self, key: Any) -> Any:
        dialect, *statement = key
        return type(dialect), dialect.server_version_info, *statement


WORDED = Worded(4000)


@event.listens_for(Engine, "engine_connect")
def word_once(connection: Connection) -> None:
    """A statement that another test has put into words is not put into words again."""
    connection.execution_options(compiled_cache=WORDED)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest test stands there: begun last, it would be waited for by every other process."""
    items.sort(key=lambda item: item.path.parent.name != "tools")


def pytest_collection_finish() -> None:
    """What is loaded by now stays to the end: it is not looked through for garbage any more."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.fixture(autouse=True)
def _no_setting_is_left(request: pytest.FixtureRequest) -> Iterator[None]:
    """What a test sets for the service is set for that test alone, whichever comes next."""
    before = _settings_of_ours()
    yield
    assert _settings_of_ours() == before, f"{request.node.nodeid} leaves another environment"


def _settings_of_ours() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name.startswith("QUIZBOT_")}


@dataclass
class Clock:
    """The time, as tests say it is."""

    at: datetime = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
    seeds: Iterator[int] = field(default_factory=lambda: iter(range(10**9)))

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **by: float) -> None:
        """Let time pass."""
        self.at += timedelta(**by)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def settings_for(url: str, folder: Path, **given: object) -> Settings:
    """Settings of a service that touches nothing outside a test's own folder."""
    own = {"database_url": url, "secret_key": SECRET, "mail_url": f"file:{folder / 'mail'}"}
    return Settings(_env_file=None, **{**own, **given})  # type: ignore[arg-type]


def fill(url: str, folder: Path) -> None:
    """A migrated database with the shipped banks published and the named people in it."""
    database = open_database(url)
    upgrade(database)
    database.dispose()
    clock = Clock()
    service = open_service(settings_for(url, folder), clock)
    place, _ = read_place(SHIPPED_PLACE, date(2026, 11, 21))
    # One module is enough, and every test reads what is published: the shipped banks have tests of
    # their own.
    banks = read_banks(SHIPPED, place, date(2026, 11, 21), BY_LETTER)
    service.editions.publish([bank for bank in banks if bank.id == "referrals"], place)
    people = folder / "people.csv"
    people.write_text(PEOPLE)
    service.people.import_file(people, make_units=True)
    service.people.grant("efua@northmoor.example", Role.LEAD, "Northmoor")
    service.close()


@pytest.fixture(scope="session")
def filled_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file that every test's own database is a copy of."""
    folder = tmp_path_factory.mktemp("template")
    path = folder / "template.db"
    fill(f"sqlite:///{path}", folder)
    return path


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A private server of this test process; the address of its maintenance database."""
    with ExitStack() as stack:
        yield stack.enter_context(postgres.running())


@pytest.fixture(scope="session")
def filled_postgres(postgres_server: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of the database that every test's own is a copy of."""
    with maintaining(postgres_server) as connection:
        connection.execute("CREATE DATABASE filled")
    folder = tmp_path_factory.mktemp("template")
    fill(named(postgres_server, "filled"), folder)
    return "filled"


@pytest.fixture(scope="session")
def refilled(postgres_server: str, filled_postgres: str) -> Iterator[Refilled]:
    """The databases on that server which tests are lent."""
    refilled = Refilled(postgres_server, filled_postgres)
    yield refilled
    refilled.end()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A filled database of this test's own, on each kind."""
    if request.param == "sqlite":
        path = tmp_path / "test.db"
        shutil.copy(request.getfixturevalue("filled_sqlite"), path)
        yield f"sqlite:///{path}"
        return
    with request.getfixturevalue("refilled").lent() as url:
        yield url


@pytest.fixture
def service(database_url: str, tmp_path: Path, clock: Clock) -> Iterator[Service]:
    opened = open_service(settings_for(database_url, tmp_path), clock)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def applications() -> list[Flask]:
    """The one application of all tests, once a test has made it: its pages take long to learn."""
    return []


@pytest.fixture(scope="session")
def set_up(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a service that was set up has on the disk once it has stopped."""
    running = Running(tmp_path_factory.mktemp("set-up"), loaded=True)
    running.start()
    try:
        assert running.stop() == 0
    finally:
        running.kill()
    return running.folder / "var"


Started = TypeVar("Started", bound=Running)


@pytest.fixture(scope="session")
def set_up_in(set_up: Path) -> Callable[[Started], Started]:
    """Has a service that was not started yet begin where all was set up before."""

    def copied(running: Started) -> Started:
        shutil.copytree(set_up, running.folder / "var")
        running.starts_with = ("serve",)
        return running

    return copied


@dataclass(frozen=True)
class Named:
    """The people whom tests speak of."""

    amina: UUID
    bashir: UUID
    carys: UUID
    dylan: UUID
    efua: UUID


@pytest.fixture
def people(service: Service) -> Named:
    """Amina; Bashir, who may not see her things; Carys, who manages her; Dylan, him; Efua leads."""
    with service.database.reading() as connection:
        rows = connection.execute(select(person.c.name, person.c.id)).all()
    return Named(**{name.split()[0].lower(): person_id for name, person_id in rows})


@pytest.fixture
def amina(people: Named) -> UUID:
    return people.amina


@pytest.fixture
def bashir(people: Named) -> UUID:
    return people.bashir


@pytest.fixture
def carys(people: Named) -> UUID:
    return people.carys
