"""One cluster for all of these tests, and what each event came to, told at the end."""

import pytest

from tests.faults.taking import keys_of
from tests.ha.load import TOLD, Load, names
from tools.cluster import programs
from tools.cluster.cluster import running


def pytest_terminal_summary(terminalreporter):
    """A line for each event."""
    for line in TOLD:
        terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def whole_cluster():
    """The cluster, with people in it; left out aloud where a program is missing."""
    if lacking := programs.missing():
        pytest.skip(lacking)
    with running() as cluster:
        TOLD.append(
            f"{'namespaces' if cluster.net.is_real else 'loopback, for lack of namespaces'};"
            f" from nothing to a page in {cluster.took:.0f} s"
        )
        cluster.add_people(names())
        yield cluster


@pytest.fixture(scope="session")
def keys(whole_cluster):
    """What is right in the questionnaire that everybody takes."""
    return keys_of(whole_cluster)


@pytest.fixture
def cluster(whole_cluster):
    """The cluster, whole."""
    whole_cluster.must_be_well()
    return whole_cluster


@pytest.fixture
def load(cluster, keys):
    """People who answer, once it is entered."""
    return Load(cluster, keys)
