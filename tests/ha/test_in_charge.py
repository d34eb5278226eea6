"""One worker acts at a time over all machines; where it is lost the other takes over."""

from collections import Counter

import pytest
from sqlalchemy import select

from quizbot.store.tables import lease
from tests.faults.taking import PATIENCE, opened
from tools.waiting import until

pytestmark = pytest.mark.ha


def in_charge(cluster):
    """Who holds the work, by the name that each worker gives itself anew at its start."""
    service = opened(cluster)
    with service.database.reading() as connection:
        found = connection.execute(
            select(lease.c.holder).where(lease.c.name == "work")
        ).scalar_one()
    service.close()
    return found


def test_the_other_worker_takes_over_and_no_code_is_mailed_twice(cluster, load):
    held_by = [in_charge(cluster)]

    with load:
        for name in ("web-2", "web-1"):
            cluster.lose(name)
            load.goes_on()  # who begins anew signs in by a code that a worker mails
            held_by.append(in_charge(cluster))
            cluster.begin_again(name)
            cluster.must_be_well()
        back = load.back()

    # One of the two was in charge; that it is gone is known when its time is up.
    until(lambda: len({*held_by, in_charge(cluster)}) > 1, PATIENCE, "another worker in charge")
    assert max(Counter(cluster.mails()).values()) == 1
    load.tell("both web machines lost, one after the other", back)
