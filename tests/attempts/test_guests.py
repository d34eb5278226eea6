"""A guest takes for the record what they were asked to take; anything else is practice."""

from datetime import date

import pytest

from quizbot.errors import NotOffered
from quizbot.rules.pick import Mode


@pytest.fixture
def guest(service, people):
    return service.people.invite_guest(
        people.carys, "Idris Bello", "idris@elsewhere.example", date(2026, 12, 19)
    )


def test_what_nobody_asked_a_guest_is_practice_only(service, guest):
    with pytest.raises(NotOffered, match="nobody asked you for this"):
        service.attempts.start(guest, "referrals", Mode.ASSURED)

    assert service.attempts.start(guest, "referrals", Mode.PRACTICE)


def test_what_a_guest_was_asked_counts_and_is_taken_again_too(service, people, guest):
    service.requests.ask(people.carys, [guest], ["referrals"], date(2026, 12, 1))

    assert service.attempts.start(guest, "referrals", Mode.ASSURED)


def test_what_was_asked_and_withdrawn_is_practice_only(service, people, guest):
    service.requests.ask(people.carys, [guest], ["referrals"], date(2026, 12, 1))
    (line,) = service.requests.by(people.carys)
    service.requests.withdraw(people.carys, line.request_id)

    with pytest.raises(NotOffered):
        service.attempts.start(guest, "referrals", Mode.ASSURED)


def test_whoever_has_a_post_takes_what_they_like(service, people):
    assert service.attempts.start(people.amina, "referrals", Mode.ASSURED)
