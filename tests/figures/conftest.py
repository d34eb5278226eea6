"""The demonstration, filled once, for what is counted over a whole partnership."""

import shutil

import pytest

from quizbot.demo.fill import fill
from quizbot.service import open_service
from quizbot.store.database import open_database
from quizbot.store.migrate import upgrade
from tests.conftest import Clock, settings_for


@pytest.fixture(scope="session")
def filled_demo(tmp_path_factory):
    """The demonstration's database, made once."""
    folder = tmp_path_factory.mktemp("demo")
    path = folder / "demo.db"
    database = open_database(f"sqlite:///{path}")
    upgrade(database)
    database.dispose()
    service = open_service(settings_for(f"sqlite:///{path}", folder), Clock())
    fill(service)
    service.close()
    return path


@pytest.fixture
def demo(filled_demo, tmp_path, clock):
    path = tmp_path / "demo.db"
    shutil.copy(filled_demo, path)
    service = open_service(settings_for(f"sqlite:///{path}", tmp_path), clock)
    yield service
    service.close()
