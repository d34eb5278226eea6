"""A part of the cluster is lost under load: what was acknowledged is there, and all comes back."""

import pytest

from tools.cluster.cluster import kill

pytestmark = pytest.mark.ha


def test_another_database_leads_as_planned(cluster, load):
    before = cluster.leader()

    with load:
        cluster.switch_over()
        load.goes_on()
        back = load.back()

    assert cluster.leader() != before
    load.tell("planned switchover", back)


def test_the_database_that_leads_is_killed(cluster, load):
    with load:
        kill(cluster.postmaster(cluster.leader()))
        load.goes_on()
        back = load.back()

    load.tell("SIGKILL of the database that leads", back)


def test_patroni_beside_the_leader_is_killed(cluster, load):
    with load:
        cluster[cluster.leader(), "patroni"].kill()
        load.goes_on()
        back = load.back()

    load.tell("SIGKILL of Patroni beside it", back)


def test_the_machine_of_the_leader_is_lost(cluster, load):
    before = cluster.leader()

    with load:
        cluster.lose(before)
        load.goes_on()
        led_by = cluster.leader()
        cluster.begin_again(before)
        back = load.back()

    assert led_by not in ("", before)
    load.tell("the leader's machine lost, and back", back)


def test_the_machine_of_the_standby_is_lost(cluster, load):
    standby = cluster.other()

    with load:
        cluster.lose(standby)
        load.goes_on()
        cluster.begin_again(standby)
        back = load.back()

    load.tell("the standby's machine lost, and back", back)


def test_a_web_machine_is_lost(cluster, load):
    with load:
        cluster.lose("web-1")
        load.goes_on()
        cluster.begin_again("web-1")
        back = load.back()

    load.tell("a web machine lost (with one etcd), and back", back)


def test_pgbouncer_is_killed(cluster, load):
    with load:
        cluster["web-2", "pgbouncer"].kill()
        load.goes_on()
        back = load.back()

    load.tell("SIGKILL of PgBouncer on a web machine", back)


def test_the_leader_is_cut_off(cluster, load):
    before = cluster.leader()

    with load:
        cluster.net.machines[before].part()
        load.goes_on()
        led_by = cluster.leader()
        cluster.net.machines[before].join()
        back = load.back()

    assert led_by not in ("", before)
    how = "cut off" if cluster.net.is_real else "stopped, for lack of namespaces,"
    load.tell(f"the leader's machine {how}, and back", back)


def test_a_web_machine_is_cut_off(cluster, load):
    with load:
        cluster.net.machines["web-2"].part()
        load.goes_on()
        cluster.net.machines["web-2"].join()
        back = load.back()

    how = "cut off" if cluster.net.is_real else "stopped, for lack of namespaces,"
    load.tell(f"a web machine {how}, and back", back)
