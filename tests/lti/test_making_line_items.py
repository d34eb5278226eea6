"""Where a course names no line item for an activity, one is made: once, and found again."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from quizbot.service import open_service
from quizbot.store.tables import lti_link, outgoing
from tests.lti.conftest import come_in, fault
from tests.lti.test_scores import REFERRALS, hand_in

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def course(connected):
    """An activity that is a questionnaire, of a course that has no grade for it yet."""
    connected.custom, connected.names_item = REFERRALS, False
    return connected


@pytest.fixture
def another_worker(service, clock):
    """It remembers nothing of what this one did."""
    opened = open_service(service.settings, clock)
    yield opened
    opened.close()


def connection_line(service):
    """The learning system, as leads are told of it."""
    return next(one for one in service.connected.all() if one.name.startswith("lti:"))


def trouble(service):
    with service.database.reading() as connection:
        return connection.execute(select(outgoing.c.state, outgoing.c.trouble)).one()


def test_a_line_item_is_made_when_the_first_score_is_sent(anyone, service, people, course):
    come_in(anyone, course)
    assert course.items == []
    hand_in(service, people.amina)

    assert service.scores.send_some() == 1

    (made,) = course.items
    assert made.pop("id").startswith(course.address)
    assert made == {
        "label": service.editions.current("referrals").module.title,
        "scoreMaximum": 100,
        "resourceLinkId": "44",
        "resourceId": "referrals",
        "tag": "the-knowledge",
    }
    assert [one["scoreGiven"] for one in course.scores] == [100.0]
    assert connection_line(service).advice == ""


def test_it_is_made_once_for_everybody_and_every_result(
    fresh_browser, service, people, course, clock
):
    for who, user in (("amina", "17"), ("bashir", "18")):
        course.user, course.name = user, who
        course.email = f"{who}@northmoor.example"
        come_in(fresh_browser(), course)
        hand_in(service, getattr(people, who))
        service.scores.send_some()
        clock.forward(minutes=1)

    assert len(course.items) == 1
    assert [one["userId"] for one in course.scores] == ["17", "18"]


def made_beside_another(anyone, service, people, course):
    """A score is sent, for which a line item was made; the course tells of another one first."""
    come_in(anyone, course)
    hand_in(service, people.amina)
    service.scores.send_some()
    (made,) = course.items
    course.items = [{**made, "id": "x", "resourceId": "another"}, made]


@pytest.mark.parametrize("looks_for", [True, False], ids=["looks for it", "tells all"])
def test_another_worker_finds_what_was_made(
    anyone, service, people, course, another_worker, clock, looks_for
):
    course.looks_for, course.a_page = looks_for, 1
    made_beside_another(anyone, service, people, course)
    clock.at = datetime.now(UTC)
    hand_in(service, people.amina)

    assert another_worker.scores.send_some() == 1

    assert len(course.items) == 2
    assert len(course.scores) == 2


@pytest.mark.parametrize(
    "next_page",
    [
        "<{}>; rel=next",
        '<{}>;title="More, and more"; Rel = "Next"',
        '</lineitems?of=1,2>; rel="prev", <{}>; rel="last next"',
    ],
    ids=["no quotation marks", "a title before", "another page before"],
)
def test_what_was_made_is_found_on_the_next_page_however_a_course_names_it(
    anyone, service, people, course, another_worker, clock, next_page
):
    course.looks_for, course.a_page, course.next_page = False, 1, next_page
    made_beside_another(anyone, service, people, course)
    clock.at = datetime.now(UTC)
    hand_in(service, people.amina)

    assert another_worker.scores.send_some() == 1

    assert len(course.items) == 2


def test_a_line_item_whose_answer_was_lost_is_not_made_twice(
    anyone, service, people, course, another_worker
):
    course.loses_item = True
    come_in(anyone, course)
    hand_in(service, people.amina)

    first = service.scores.send_some()
    told = fault(service)

    assert (first, another_worker.scores.send_some()) == (0, 1)
    assert told == "Making a line item was answered with status 503."
    assert len(course.items) == len(course.scores) == 1


def test_one_that_was_taken_away_is_made_anew(anyone, service, people, course, clock):
    come_in(anyone, course)
    hand_in(service, people.amina)
    service.scores.send_some()
    course.items.clear()
    clock.forward(minutes=1)
    hand_in(service, people.amina)

    assert service.scores.send_some() == 1
    assert len(course.items) == 1
    assert len(course.scores) == 2


def test_a_course_that_names_it_from_then_on_is_told_once(
    anyone, fresh_browser, service, people, course, clock
):
    come_in(anyone, course)
    hand_in(service, people.amina)
    service.scores.send_some()
    course.names_item = True

    come_in(fresh_browser(), course)
    clock.forward(minutes=1)
    hand_in(service, people.amina)

    assert service.scores.send_some() == 1
    with service.database.reading() as connection:
        (line_item,) = connection.execute(select(lti_link.c.line_item)).scalars().all()
    assert line_item == f"{course.address}/2/lineitems/5/lineitem?type_id=1"


def test_what_may_not_be_made_after_all_is_told_and_given_up(anyone, service, people, course):
    course.item_status = [400]
    come_in(anyone, course)
    hand_in(service, people.amina)

    service.scores.send_some()

    assert fault(service) == "Making a line item was answered with status 400."
    assert trouble(service) == ("failed", "it was answered with status 400")
    assert course.scores == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"is_graded": False}, "it gave no scope to send scores"),
        ({"may_score": False}, "it gave no scope to send scores"),
        ({"may_make": False}, "it named no line item, and gave no scope to make one"),
    ],
    ids=["no service", "no scores", "no line items"],
)
def test_a_learning_system_that_gives_no_scope_is_told_to_leads(
    anyone, fresh_browser, service, people, course, clock, change, words
):
    for name, value in change.items():
        setattr(course, name, value)
    come_in(anyone, course)
    hand_in(service, people.amina)

    told = connection_line(service).advice
    assert service.scores.send_some() == 0
    for name in change:
        setattr(course, name, True)
    clock.forward(minutes=1)
    come_in(fresh_browser(), course)

    assert f"No results can be sent: {words}" in told
    assert "docs/connect/lti.md" in told
    assert connection_line(service).advice == ""


def test_where_no_questionnaire_is_named_none_is_made(anyone, service, people, course):
    course.custom = {}
    come_in(anyone, course)
    hand_in(service, people.amina)

    assert service.scores.send_some() == 0
    assert course.items == []
    assert connection_line(service).advice == ""
