"""A newer release with a migration is brought onto machine after machine, and no request fails."""

import shutil

import pytest

from quizbot.store.migrate import newest
from tools.cluster.cluster import ROOT, WEBS

pytestmark = pytest.mark.ha
ADDS = '''"""What the next release adds."""

import sqlalchemy as sa
from alembic import op

revision = "9000"
down_revision = "{newest}"


def upgrade() -> None:
    """A column, a table and an index, as an expanding migration may."""
    op.add_column("attempt", sa.Column("of_the_next", sa.String(20), nullable=True))
    op.create_table("of_the_next", sa.Column("id", sa.Integer(), primary_key=True))
    op.create_index("ix_of_the_next", "of_the_next", ["id"])
'''


@pytest.fixture
def next_release(cluster):
    """This release with one more migration, where the machines can read it."""
    folder = cluster.folder / "next"
    for package in ("quizbot", "questions", "web"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / package, folder / package, ignore=ignored)
    versions = folder / "quizbot" / "store" / "migrations" / "versions"
    (versions / "9000_the_next.py").write_text(ADDS.format(newest=newest()))
    return folder


def test_no_request_fails_while_a_newer_release_comes(cluster, load, next_release):
    with load:
        cluster.restart("web-1", next_release)
        load.goes_on()
        with cluster.as_administrator() as connection:
            (at,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        cluster.restart("web-2", ROOT)  # one of before serves on what is newer
        load.goes_on()
        cluster.restart("web-2", next_release)
        back = load.back()

    assert at == "9000"
    load.tell("rolling upgrade with a migration", back)
    assert load.failed().total() == 0
    for name in WEBS:
        assert "unforeseen" not in (cluster.net.machines[name].folder / "knowledge.log").read_text()
