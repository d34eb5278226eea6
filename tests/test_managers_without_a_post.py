"""Who has no post of their own manages nobody, whatever the posts of others say; leads are told."""

from datetime import date, timedelta

import pytest

from quizbot.access import Role
from quizbot.errors import NotAllowed
from quizbot.standing.requirements import NO_MANAGER
from tests.people.people_files import TEAM, Files

TODAY = date(2026, 11, 21)


def end_post(service, people, name="Carys Evans"):
    """Her only post ends with yesterday; the posts that name her stay as they are."""
    found = service.finder.card(people.efua, people.carys)
    (held,) = [line for line in found.posts if line.is_open]
    service.staff.change_post(people.efua, held.post_id, held.job, "", TODAY - timedelta(days=1))


@pytest.fixture
def ended(service, people):
    end_post(service, people)
    return people


def test_a_manager_whose_only_post_has_ended_sees_and_asks_nobody(service, ended):
    assert not service.people.rights(ended.carys).manages
    with pytest.raises(NotAllowed):
        service.reports.team(ended.carys)
    with pytest.raises(NotAllowed):
        service.requests.ask(ended.carys, [ended.amina], ["referrals"], TODAY)


def test_a_role_that_was_granted_stands_without_a_post(service, ended):
    service.people.grant("carys@northmoor.example", Role.MANAGER, TEAM)

    assert "Amina Rahman" in [line.name for line in service.reports.team(ended.carys).lines]


def test_a_post_that_begins_again_gives_the_team_back(service, ended, clock, tmp_path):
    Files(service, tmp_path).take(
        f"N3,Carys Evans,carys@northmoor.example,{TEAM},Team manager,2026-11-20,"
    )

    assert service.people.rights(ended.carys).manages


def test_a_guest_manages_nobody(service, people, tmp_path):
    guest = service.people.invite_guest(
        people.carys, "Idris Bello", "idris@elsewhere.example", date(2026, 12, 19)
    )

    assert not service.people.rights(guest).manages


def test_the_lead_is_told_who_was_left_without_a_manager(service, ended):
    (found,) = [one for one in service.rules.health(ended.efua) if one.why == NO_MANAGER]

    assert [(one.name, one.words) for one in found.people] == [
        ("Amina Rahman", "manager Carys Evans")
    ]
