"""Results told to other systems: once each, in order, never a reply, and taken back."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from quizbot.errors import Misconfigured, NotFound
from quizbot.evidence.regrades import RegradeDraft
from quizbot.rules.pick import Mode
from quizbot.rules.regrading import Ruling
from quizbot.service import open_service
from quizbot.store.tables import attempt, new_id, outgoing
from quizbot.work import Work
from tests.conftest import settings_for
from tests.delivery.receivers import HOOK_SECRET, SECRET, USER, running
from tests.first_attempts import took
from tests.made import bank, place


@pytest.fixture
def receiver():
    with running() as receiver:
        yield receiver


@pytest.fixture
def connect(database_url, tmp_path, clock):
    """The service with a store, a webhook, or both."""
    clock.at = datetime.now(UTC)
    (tmp_path / "store").write_text(f"{USER}:{SECRET}\n")
    (tmp_path / "hook").write_bytes(HOOK_SECRET)
    opened = []

    def connect(*, store=None, hook=None, **given):
        if store:
            given |= {"xapi_url": f"{store}/xapi", "xapi_secret_file": tmp_path / "store"}
            given |= {"xapi_private": True}
        if hook:
            given["webhooks"] = tmp_path / "webhooks.toml"
            given["webhooks"].write_text(
                f'[[webhook]]\nname = "hr"\nurl = "{hook}/hook"\nsecret_file = "hook"\n'
                "private = true\n"
            )
        opened.append(open_service(settings_for(database_url, tmp_path, **given), clock))
        return opened[-1]

    yield connect
    for service in opened:
        service.close()


@pytest.fixture
def service(connect, receiver):
    """The service with both, at the receiver's address."""
    return connect(store=receiver.url, hook=receiver.url)


def take(service, person_id, mode=Mode.ASSURED, *, right=True):
    """A whole attempt, all of it right or none of it answered."""
    attempt_id = service.attempts.start(person_id, "referrals", mode)
    for number in range(1, service.attempts.turn(person_id, attempt_id, 1).total + 1):
        turn = service.attempts.turn(person_id, attempt_id, number)
        if right:
            reply = turn.question.shown(turn.question.key, turn.order)
            service.attempts.answer(person_id, attempt_id, number, reply)
    if mode is Mode.ASSURED:
        service.attempts.submit(person_id, attempt_id)
    return attempt_id


def send(service):
    total = 0
    while count := service.deliveries.send_some():
        total += count
    return total


def states(service, target="xapi"):
    query = select(outgoing.c.kind, outgoing.c.state).where(outgoing.c.target == target)
    with service.database.reading() as connection:
        return {
            row.kind: row.state
            for row in connection.execute(query.order_by(outgoing.c.made_at, outgoing.c.kind))
        }


def test_a_pass_is_told_to_both(service, people, receiver):
    attempt_id = take(service, people.amina)

    assert send(service) == 4
    assert receiver.verbs == ["completed", "passed"]
    assert [event["type"] for event in receiver.events] == ["result.completed", "result.passed"]
    passed = list(receiver.kept.values())[1]
    assert passed["result"] | {"duration": ""} == {
        "completion": True,
        "success": True,
        "score": {"scaled": 1.0},
        "duration": "",
    }
    assert passed["context"]["registration"] == str(attempt_id)
    assert passed["object"]["definition"]["name"]["en-GB"]
    assert send(service) == 0


def test_a_fail_is_told_as_one(service, people, receiver):
    take(service, people.amina, right=False)

    send(service)

    assert receiver.verbs == ["completed", "failed"]


def test_practice_is_nobodys_business(service, people, receiver):
    take(service, people.amina, mode=Mode.PRACTICE)

    assert send(service) == 0
    assert receiver.requests == []


def test_nothing_that_leaves_says_who_it_was_or_what_they_answered(service, people, receiver):
    take(service, people.amina, right=False)
    edition = service.editions.current("referrals")

    send(service)

    told = json.dumps([*receiver.kept.values(), *receiver.events])
    for word in ("Amina", "Rahman", "amina@", "N1", str(people.amina), people.amina.hex):
        assert word not in told
    for question in edition.module.asked:
        assert question.id not in told
        assert question.ask not in told


def test_somebody_has_one_name_at_a_system_and_another_at_the_next(
    service, people, receiver, clock
):
    take(service, people.amina)
    clock.forward(seconds=1)
    take(service, people.bashir)
    send(service)

    at_store = [one["actor"]["account"]["name"] for one in receiver.kept.values()]
    at_hook = [event["data"]["person"] for event in receiver.events]
    assert at_store[0] == at_store[1] != at_store[2] == at_store[3]
    assert not set(at_store) & set(at_hook)


def test_where_nothing_is_connected_nothing_is_owed(connect, people):
    plain = connect()
    take(plain, people.amina)

    with plain.database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(outgoing)).scalar_one() == 0


def test_a_withdrawn_pass_is_voided(service, people, receiver):
    attempt_id = take(service, people.amina)
    send(service)

    service.withdrawals.withdraw(people.efua, people.amina, attempt_id, "Taken by another.")
    send(service)

    ids = list(receiver.kept)
    assert receiver.verbs == ["completed", "passed", "voided", "voided"]
    voided = [one["object"]["id"] for one in list(receiver.kept.values())[2:]]
    assert sorted(voided) == sorted(ids[:2])
    assert [e["type"] for e in receiver.events][2:] == ["result.withdrawn", "result.withdrawn"]


def test_a_pass_that_was_withdrawn_before_it_left_is_never_told(service, people, receiver):
    attempt_id = take(service, people.amina)
    service.withdrawals.withdraw(people.efua, people.amina, attempt_id, "Taken by another.")

    assert send(service) == 0
    assert receiver.requests == []


def test_a_pass_withdrawn_while_it_leaves_is_voided_at_once(service, people, receiver):
    attempt_id = take(service, people.amina)
    store = service.deliveries.targets[0]
    owed = service.deliveries._due(store)
    service.withdrawals.withdraw(people.efua, people.amina, attempt_id, "Taken by another.")

    service.deliveries._to_store(store, owed)
    send(service)

    assert receiver.verbs == ["completed", "passed", "voided", "voided"]


def test_a_regrade_takes_back_the_old_verdict_and_tells_the_new(service, people, receiver):
    attempt_id = take(service, people.amina, right=False)
    send(service)

    with service.database.writing() as connection:
        service.withdrawals.results.regraded(connection, attempt_id, passed=True)
    send(service)

    assert receiver.verbs == ["completed", "failed", "voided", "passed"]
    assert list(receiver.kept.values())[-1]["result"]["success"] is True


def test_who_passes_by_a_regrade_has_passed_at_the_store_too(service, people, receiver):
    service.editions.publish([bank(pass_share=0.66)], place())
    tea = service.editions.current("tea")
    wrong = {"water-boil-1": "b", "water-1": "c", "leaves-1": "a", "leaves-2": "b"}
    took(service, tea, [wrong], whose=[people.amina])
    service.deliveries.send_again("xapi", service.now() - timedelta(days=1))
    send(service)

    draft = RegradeDraft(tea.id, "leaves-1", Ruling.CREDIT, "")
    service.regrades.decide(people.efua, draft, "The second option can be defended as well.")
    send(service)

    assert receiver.verbs[-3:] == ["failed", "voided", "passed"]
    assert list(receiver.kept.values())[-1]["result"]["score"]["scaled"] == 0.75


# What goes wrong


def test_a_system_that_is_down_gets_it_later_and_the_other_at_once(
    connect, people, receiver, clock
):
    with running() as gone:
        pass
    service = connect(store=gone.url, hook=receiver.url)
    take(service, people.amina)
    send(service)

    assert len(receiver.events) == 2
    assert set(states(service).values()) == {"queued"}
    assert "does not answer" in service.connections.of("xapi").fault


def test_what_waited_leaves_in_order_once_it_answers(service, people, receiver, clock):
    receiver.answers = [(503, {}), (503, {})]
    take(service, people.amina)
    assert send(service) == 0
    asked = len(receiver.requests)
    assert send(service) == 0
    assert len(receiver.requests) == asked  # it is left alone meanwhile

    clock.forward(seconds=15)

    assert send(service) == 4
    assert receiver.verbs == ["completed", "passed"]


def test_it_is_left_alone_as_long_as_it_asks(service, people, receiver, clock):
    receiver.answers = [(429, {"Retry-After": "600"}), (429, {"Retry-After": "600"})]
    take(service, people.amina)
    send(service)
    clock.forward(seconds=599)
    assert send(service) == 0

    clock.forward(seconds=2)

    assert send(service) == 4


def test_an_answer_that_was_lost_tells_nothing_twice(service, people, receiver, clock):
    receiver.loses_answers = True
    take(service, people.amina)
    send(service)
    receiver.loses_answers = False
    clock.forward(minutes=1)

    send(service)

    assert receiver.verbs == ["completed", "passed"]
    assert set(states(service).values()) == {"sent"}


def test_one_that_is_refused_keeps_none_of_the_others_back(service, people, receiver, clock):
    receiver.refuses = {"completed"}
    take(service, people.amina)
    take(service, people.bashir)

    send(service)

    assert receiver.verbs == ["passed", "passed"]
    assert states(service) == {"completed": "failed", "passed": "sent"}
    assert service.deliveries.waiting()["xapi"].failed == 2
    line = next(line for line in service.connected.all() if line.name == "xapi")
    assert "2 were refused" in line.advice


def test_what_was_refused_is_sent_again_at_a_word(service, people, receiver):
    receiver.refuses = {"completed"}
    take(service, people.amina)
    send(service)
    receiver.refuses = set()

    assert service.deliveries.send_again("xapi") == 1
    send(service)

    assert receiver.verbs == ["passed", "completed"]


def test_a_key_that_is_wrong_loses_nothing(service, people, receiver, clock):
    receiver.answers = [(401, {}), (401, {})]
    take(service, people.amina)
    send(service)

    assert set(states(service).values()) == {"queued"}
    assert "answers with status 401" in service.connections.of("xapi").fault


def test_a_redirect_is_not_followed(service, people, receiver):
    receiver.answers = [(302, {"Location": f"{receiver.url}/elsewhere"})] * 2
    take(service, people.amina)

    send(service)

    assert ("POST", "/elsewhere") not in receiver.requests
    assert set(states(service).values()) == {"queued"}


def test_what_came_before_is_told_from_a_day_on_and_once(connect, people, receiver):
    plain = connect()
    take(plain, people.amina)
    service = connect(store=receiver.url)
    take(service, people.bashir)

    day = service.now() - timedelta(days=1)
    assert service.deliveries.send_again("xapi", day) == 2
    assert service.deliveries.send_again("xapi", day) == 0
    send(service)

    assert sorted(receiver.verbs) == ["completed", "completed", "passed", "passed"]
    with pytest.raises(NotFound, match="There is no target hr: xapi"):
        service.deliveries.send_again("hr")


def test_a_store_of_the_second_version_takes_the_same(connect, people):
    with running(version="2.0.0") as receiver:
        service = connect(store=receiver.url, xapi_version="2.0.0")
        take(service, people.amina)

        send(service)

        assert receiver.verbs == ["completed", "passed"]


def test_hundreds_leave_in_a_few_requests(service, people, receiver):
    attempt_id = take(service, people.amina)
    with service.database.writing() as connection:
        row = connection.execute(select(attempt).where(attempt.c.id == attempt_id)).one()._asdict()
        for _ in range(120):
            row["id"] = new_id()
            connection.execute(attempt.insert().values(**row))
            service.withdrawals.results.owe(connection, "xapi", row["id"], "passed")

    send(service)

    assert len([path for _, path in receiver.requests if path == "/xapi/statements"]) == 3
    assert len(receiver.kept) == 122


def test_the_worker_tells_what_is_owed(service, people, receiver):
    take(service, people.amina)

    Work(service).once()

    assert receiver.verbs == ["completed", "passed"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"xapi_url": "https://lrs.example.org"}, "QUIZBOT_XAPI_SECRET_FILE is not set"),
        ({"xapi_url": "http://lrs.example.org", "file": "a:b"}, "needs QUIZBOT_XAPI_PRIVATE=yes"),
        ({"xapi_url": "https://lrs.example.org", "file": "ab"}, "must hold key:secret"),
        ({"xapi_url": "lrs.example.org", "file": "a:b"}, "QUIZBOT_XAPI_URL must be an address"),
        ({"hooks": '[[webhook]]\nname = "hr"\n'}, "webhook 1: url is missing"),
        ({"hooks": "[webhook]\n"}, "below a line [[webhook]]"),
        (
            {
                "hooks": '[[webhook]]\nname = "hr"\nurl = "https://hr.example.org"\n'
                'secret_file = "file"\n',
                "file": "short",
            },
            "the secret needs 24 random bytes",
        ),
    ],
)
def test_settings_that_cannot_work_are_told_at_the_start(connect, tmp_path, given, words):
    given = dict(given)  # the parameters are both databases' own
    (tmp_path / "file").write_text(given.pop("file", ""))
    if "xapi_url" in given and (tmp_path / "file").read_text():
        given["xapi_secret_file"] = tmp_path / "file"
    if "hooks" in given:
        given["webhooks"] = tmp_path / "hooks.toml"
        given["webhooks"].write_text(given.pop("hooks"))

    with pytest.raises(Misconfigured) as told:
        connect(**given)

    assert words in str(told.value)


def test_no_secret_is_in_what_is_told_of_a_target(service):
    told = repr([service.deliveries.targets, service.connected.all()])

    assert SECRET not in told
    assert HOOK_SECRET.decode() not in told
