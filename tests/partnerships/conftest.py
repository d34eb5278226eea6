"""Three partnerships in one real service: two on SQLite, the third on each kind of database."""

from contextlib import ExitStack

import pytest

from tests.outbox import smtp
from tests.partnerships.serving import Several


@pytest.fixture(
    scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
)
def three(request, tmp_path_factory, filled_sqlite):
    """Northmoor, Southbay and Eastfen, whose people have the same names, addresses and ids."""
    several = Several(tmp_path_factory.mktemp("several"))
    with ExitStack() as stack:
        made = []
        for name in ("northmoor", "southbay", "eastfen"):
            if name == "eastfen" and request.param == "postgres":
                url = stack.enter_context(request.getfixturevalue("refilled").lent())
            else:
                url = several.own_database(name, filled_sqlite)
            made.append(several.partnership(name, url, stack.enter_context(smtp.running())))
        several.start()
        stack.callback(several.kill)
        yield tuple(made)


@pytest.fixture(scope="module")
def northmoor(three):
    return three[0]


@pytest.fixture(scope="module")
def southbay(three):
    return three[1]


@pytest.fixture(scope="module")
def eastfen(three):
    return three[2]
