"""A backup is made past PgBouncer while people answer, and brought back onto the cluster."""

import pytest

from tests.faults.taking import opened
from tools.cluster.cluster import WEBS

pytestmark = pytest.mark.ha


def head_of(cluster):
    service = opened(cluster)
    head = service.audit.head()
    service.audit.verify()
    service.close()
    return head


def test_nobody_notices_a_backup(cluster, load):
    file = cluster.folder / "in-use"

    with load:
        cluster.quizbot("web-1", "db", "backup", str(file))
        load.goes_on()
        back = load.back()

    load.tell("a backup", back)
    assert load.failed().total() == 0
    assert file.exists()


def test_a_backup_through_pgbouncer_is_refused_and_spoils_no_connection(cluster, load):
    file = cluster.folder / "through"

    with load:
        with pytest.raises(RuntimeError, match="set QUIZBOT_DATABASE_DIRECT"):
            cluster.quizbot("web-1", "db", "backup", str(file), QUIZBOT_DATABASE_DIRECT="")
        load.goes_on()
        back = load.back()

    load.tell("a backup through PgBouncer, refused", back)
    assert load.failed().total() == 0
    assert not file.exists()


def test_a_backup_is_brought_back_while_the_web_machines_rest(cluster):
    file, before = cluster.folder / "whole", head_of(cluster)
    cluster.quizbot("web-1", "db", "backup", str(file))
    for name in WEBS:
        cluster[name, "knowledge"].stop()

    cluster.quizbot("web-2", "db", "restore", str(file), "--head", before.hash, "--force")
    for name in WEBS:
        cluster[name, "knowledge"].start()
    cluster.must_be_well()

    assert head_of(cluster).number >= before.number + 2  # the backup and the restoring
