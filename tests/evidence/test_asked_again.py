"""What was recognised is asked about again at night: it ends where its issuer withdraws it."""

import json

import pytest
from sqlalchemy import select, update

from quizbot.evidence.passport import again
from quizbot.rules.due import State
from quizbot.store.tables import audit, brought_certificate, dispensation, notice
from quizbot.work import Work
from tests.evidence.elsewhere import foreign, installation
from tests.evidence.passes import certified
from tests.evidence.test_brought import academy, asked, service, standing, trusted
from tests.outbox.wire import Wire
from tests.stored import rows

__all__ = ["academy", "asked", "service", "trusted"]  # fixtures: a service, and one it trusts


@pytest.fixture
def recognised(service, people, academy, trusted, asked):
    """A certificate of Amina's with a bit in a list, which Efua recognised."""
    academy.publish_list(held=False)
    line = service.brought.bring(people.amina, academy.token(academy.with_list()))
    service.brought.recognise(people.efua, line.brought_id, "referrals")
    academy.asked.clear()
    return line.brought_id


def night(service):
    for _ in service.asked_again.night():
        pass


def told(service):
    """Who is owed word of it, of which kind."""
    kinds = [notice.c.kind.startswith(kind) for kind in (again.GONE, again.STANDS)]
    return sorted(
        (one.kind, one.person_id) for kind in kinds for one in rows(service, notice, kind)
    )


def of_amina(service, people):
    (line,) = service.brought.of(people.amina)
    return line


def test_it_is_asked_about_once_in_four_weeks(service, recognised, academy, clock, people):
    night(service)
    early = list(academy.asked)
    clock.forward(days=28)
    night(service)
    first = list(academy.asked)
    night(service)

    assert early == []
    assert first == ["/.well-known/jwks.json", "/status/3"]
    assert academy.asked == first
    assert standing(service, people.amina).state is State.VALID
    assert told(service) == []


def test_withdrawn_there_it_counts_no_more_and_both_are_told_once(
    service, recognised, academy, clock, people
):
    clock.forward(days=28)
    academy.publish_list(held=True)

    night(service)
    clock.forward(days=7)
    night(service)

    assert standing(service, people.amina).state is not State.VALID
    assert told(service) == [
        ("gone-back", people.amina),
        ("gone-back-lead", people.efua),
    ]
    assert of_amina(service, people).gone_on is not None
    (line,) = service.brought.gone_back(people.efua)
    assert line.person_id == people.amina
    assert len(rows(service, audit, audit.c.action == "passport.gone-back")) == 1


def test_where_that_was_a_mistake_it_counts_again(service, recognised, academy, clock, people):
    clock.forward(days=28)
    academy.publish_list(held=True)
    night(service)
    academy.publish_list(held=False)
    clock.forward(days=7)

    night(service)

    assert standing(service, people.amina).state is State.VALID
    assert ("stands-again", people.amina) in told(service)
    assert ("stands-again-lead", people.efua) in told(service)
    assert service.brought.gone_back(people.efua) == []
    (row,) = rows(service, audit, audit.c.action == "passport.stands-again")
    assert (row.actor, row.subject) == ("service", str(people.amina))
    assert "Amina" not in row.details
    assert of_amina(service, people).gone_on is None


@pytest.mark.parametrize("answer", ["none", "error", "nonsense"])
def test_who_does_not_answer_changes_nothing_and_is_asked_the_next_night(
    service, recognised, academy, clock, people, answer
):
    clock.forward(days=28)
    academy.answers["/status/3"] = {
        "none": (503, b"", {}),
        "error": (404, b"{}", {}),
        "nonsense": (200, b"<html>", {}),
    }[answer]

    night(service)
    unchanged = standing(service, people.amina).state
    academy.publish_list(held=True)
    clock.forward(days=1)
    night(service)

    assert unchanged is State.VALID
    assert standing(service, people.amina).state is not State.VALID


def test_a_silent_issuer_is_left_alone_after_three_and_others_are_asked(
    service, people, academy, trusted, asked, clock
):
    with foreign(clock, name="Westmere") as other:
        service.issuers.trust(people.efua, other.url, at_once=True)
        for number in range(5):
            entry = {"id": f"{academy.url}/revoked/{number}", "type": "1EdTechRevocationList"}
            content = academy.content(
                id=f"{academy.url}/credentials/{number}",
                credentialStatus=entry,
                validFrom=f"2026-05-0{number + 1}T09:00:00Z",
            )
            line = service.brought.bring(people.amina, academy.token(content))
            service.brought.recognise(people.efua, line.brought_id, "referrals")
        other.publish_list(held=False)
        service.brought.bring(people.bashir, other.token(other.with_list()))
        (line,) = service.brought.waiting(people.efua)
        service.brought.recognise(people.efua, line.brought_id, "referrals")
        clock.forward(days=28)
        academy.asked.clear()
        other.asked.clear()

        night(service)

        assert len([path for path in academy.asked if "/revoked/" in path]) == again.GIVES_UP
        assert "/status/3" in other.asked
        academy.asked.clear()
        clock.forward(days=1)
        night(service)
        assert set(academy.asked) >= {
            "/revoked/3",
            "/revoked/4",
        }  # those that had no turn are first


def test_so_many_a_night_and_the_rest_in_the_next(
    service, people, academy, trusted, asked, clock, monkeypatch
):
    monkeypatch.setattr(again, "MOST", 2)
    for number in range(3):
        entry = {"id": f"{academy.url}/revoked/{number}", "type": "1EdTechRevocationList"}
        academy.answers[f"/revoked/{number}"] = (200, b'{"revokedCredential": []}', {})
        content = academy.content(
            id=f"{academy.url}/credentials/{number}",
            credentialStatus=entry,
            validFrom=f"2026-05-0{number + 1}T09:00:00Z",
        )
        line = service.brought.bring(people.amina, academy.token(content))
        service.brought.recognise(people.efua, line.brought_id, "referrals")
    clock.forward(days=28)
    academy.asked.clear()

    night(service)
    first = [path for path in academy.asked if "/revoked/" in path]
    night(service)

    assert len(first) == 2
    assert len({path for path in academy.asked if "/revoked/" in path}) == 3


def test_one_list_of_many_certificates_is_asked_for_once(
    service, people, academy, trusted, asked, clock
):
    for number in range(3):
        academy.publish_list(held=False)
        content = academy.with_list() | {
            "id": f"{academy.url}/credentials/{number}",
            "validFrom": f"2026-05-0{number + 1}T09:00:00Z",
        }
        line = service.brought.bring(people.amina, academy.token(content))
        service.brought.recognise(people.efua, line.brought_id, "referrals")
    clock.forward(days=28)
    academy.asked.clear()

    night(service)

    assert academy.asked.count("/status/3") == 1


def test_only_the_machine_of_the_issuer_is_asked(service, recognised, academy, clock, people):
    clock.forward(days=28)
    with foreign(clock) as stranger, service.database.writing() as connection:
        entry = {"id": f"{stranger.url}/revoked", "type": "1EdTechRevocationList"}
        connection.execute(update(brought_certificate).values(status=json.dumps([entry])))
    night(service)

    assert stranger.asked == []
    assert standing(service, people.amina).state is State.VALID


@pytest.mark.parametrize("change", ["issuer", "lead", "expired"])
def test_nobody_is_asked_where_it_would_change_nothing(
    service, recognised, trusted, academy, clock, people, change
):
    if change == "issuer":
        service.issuers.end(people.efua, trusted)
    elif change == "lead":
        (granted,) = rows(service, dispensation)
        service.dispensations.end(people.efua, granted.id)
    clock.forward(days=900 if change == "expired" else 28)
    academy.publish_list(held=True)

    night(service)

    assert academy.asked == []
    assert told(service) == []


def test_what_was_recognised_before_there_was_a_number_is_found_all_the_same(
    service, recognised, academy, clock, people
):
    with service.database.writing() as connection:
        connection.execute(update(brought_certificate).values(granted_id=None))
    clock.forward(days=28)
    academy.publish_list(held=True)

    night(service)

    assert standing(service, people.amina).state is not State.VALID


def test_two_installations_and_a_lead_who_withdraws_in_one(
    service, people, filled_sqlite, tmp_path, clock, asked
):
    with installation(filled_sqlite, tmp_path / "other", clock) as other:
        amina, lead = other.person("amina"), other.person("efua")
        code = certified(other.service, amina).code
        service.issuers.trust(people.efua, other.url, at_once=False)
        file = other.service.passports.own(amina, code).encode()
        line = service.brought.bring(people.amina, file)
        service.brought.recognise(people.efua, line.brought_id, "referrals")
        clock.forward(days=28)
        other.service.certificates.withdraw(lead, code, "Taken by another.")

        night(service)

    assert standing(service, people.amina).state is not State.VALID
    assert told(service)[0] == ("gone-back", people.amina)


def test_the_worker_asks_at_night_and_both_get_it_in_their_next_message(
    service, recognised, academy, clock, people
):
    clock.forward(days=30)  # a Monday
    academy.publish_list(held=True)
    wire = Wire()
    Work(service, wire=wire).once()
    clock.forward(days=1)
    Work(service, wire=wire).once()

    to_amina = " ".join(mail.text for mail in wire.to("amina"))
    to_efua = " ".join(mail.text for mail in wire.to("efua"))
    assert "A certificate that you brought from elsewhere was withdrawn there" in to_amina
    assert "/me#elsewhere" in to_amina
    assert "Withdrawn by their issuers, of 1 person in your units" in to_efua
    assert "/admin/brought" in to_efua
    assert "Amina" not in to_efua.replace("Hello", "")
    assert to_amina.count("was withdrawn there, so") == 1
    with service.database.reading() as connection:
        kinds = connection.execute(select(notice.c.state).where(notice.c.kind == "gone-back"))
        assert kinds.scalars().all() == ["sent"]
