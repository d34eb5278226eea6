"""Whoever is on the way through a questionnaire sees the same by the lane as by the usual way."""

import fcntl
import gzip
from uuid import uuid4

import pytest
from sqlalchemy import update

from questions.kinds import Input
from quizbot.rules.pick import Mode
from quizbot.store.tables import attempt as attempt_table
from web.pieces import Fresh, Kept, put_together, slot

UNPACKED = {"Accept-Encoding": "identity"}
PACKED = {"Accept-Encoding": "gzip"}


@pytest.fixture
def attempt(amina_page, service, people):
    """Amina's assured attempt; its first question's page has been seen, and so is kept."""
    attempt_id = service.attempts.start(people.amina, "referrals", Mode.ASSURED)
    amina_page.get(f"/attempts/{attempt_id}/questions/1")
    return attempt_id


def both(visitor, path, headers):
    """The answer by the lane, and the usual one: a question mark alone leads that way."""
    return (visitor.client.get(way, headers=headers) for way in (path, f"{path}?usual"))


@pytest.mark.parametrize("headers", [UNPACKED, PACKED], ids=["plain", "gzip"])
def test_each_question_is_the_same_page_whichever_way_it_comes(
    amina_page, service, people, attempt, headers
):
    for number in range(1, service.attempts.turn(people.amina, attempt, 1).total + 1):
        path = f"/attempts/{attempt}/questions/{number}"
        letters = ("a", "b", "c", "d")[
            : len(service.attempts.turn(people.amina, attempt, number).choices)
        ]
        if number % 2:
            service.attempts.answer(people.amina, attempt, number, (), flagged=True)
        elif service.attempts.turn(people.amina, attempt, number).question.kind == "order":
            service.attempts.answer(people.amina, attempt, number, letters)

        lane, usual = both(amina_page, path, headers)

        assert (lane.status_code, lane.data) == (usual.status_code, usual.data)
        told = ({*found.headers.items()} for found in (lane, usual))
        assert next(told) == next(told)


def test_a_compressed_page_is_the_plain_one(amina_page, attempt):
    path = f"/attempts/{attempt}/questions/2"

    plain = amina_page.client.get(path, headers=UNPACKED).data
    packed = amina_page.client.get(path, headers=PACKED)

    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain
    assert len(packed.data) < len(plain) * 0.6


def test_an_answer_leads_on_and_is_kept_whichever_way_it_comes(
    amina_page, service, people, attempt
):
    path = f"/attempts/{attempt}/questions/1"
    turn = service.attempts.turn(people.amina, attempt, 1)
    names = ("reply",) if turn.question.kind in ("one-of", "several-of") else None
    for letter, kind in (("a", "application/x-www-form-urlencoded"), ("b", "multipart/form-data")):
        letters = [letter] if names else [one.letter for one in turn.choices]
        fields = {"csrf_token": amina_page.token, "flag": "yes"}
        fields |= (
            {"reply": letters}
            if names
            else {f"reply-{at}": one for at, one in enumerate(letters, 1)}
        )

        sent = amina_page.client.post(path, data=fields, content_type=kind)

        assert (sent.status_code, sent.headers["Location"]) == (303, f"{path[:-1]}2")
        kept = service.attempts.turn(people.amina, attempt, 1)
        assert (kept.shown_reply, kept.is_flagged) == (tuple(letters), True)


@pytest.mark.parametrize(
    ("go", "there"), [("on", "questions/3"), ("back", "questions/1"), ("review", "review")]
)
@pytest.mark.parametrize("has_tick", [True, False], ids=["ticked", "not ticked"])
def test_skip_back_and_review_lead_the_same_way_whichever_way_they_come(
    amina_page, service, people, attempt, go, there, has_tick
):
    path = f"/attempts/{attempt}/questions/2"
    choices = service.attempts.turn(people.amina, attempt, 2).choices
    has_menus = service.attempts.turn(people.amina, attempt, 2).question.input is Input.MENUS
    letters = [one.letter for one in choices] if has_menus else ["a"]
    names = [f"reply-{at}" for at in range(1, 9)] if has_menus else ["reply"]
    reply = dict(zip(names, letters, strict=False)) if has_tick else {}

    sent = [
        amina_page.client.post(
            path, data={"csrf_token": amina_page.token, "go": go, **reply}, content_type=kind
        )
        for kind in ("application/x-www-form-urlencoded", "multipart/form-data")
    ]

    for one in sent:
        assert (one.status_code, one.headers["Location"]) == (303, f"/attempts/{attempt}/{there}")
    kept = service.attempts.turn(people.amina, attempt, 2).shown_reply
    assert kept == (tuple(letters) if has_tick else ())


@pytest.mark.parametrize(
    ("token", "origin", "status"),
    [
        ("none", None, 400),
        (None, "https://elsewhere.example", 400),
        (None, "http://localhost", 303),
    ],
)
def test_a_form_that_is_not_ours_is_refused_as_everywhere(
    amina_page, service, people, attempt, token, origin, status
):
    turn = service.attempts.turn(people.amina, attempt, 1)
    letters = [one.letter for one in turn.choices]
    menus = {f"reply-{at}": one for at, one in enumerate(letters, 1)}
    reply = {"reply": "a"} if turn.question.kind in ("one-of", "several-of") else menus

    sent = amina_page.client.post(
        f"/attempts/{attempt}/questions/1",
        data={"csrf_token": token or amina_page.token, **reply},
        headers={"Origin": origin} if origin else {},
    )

    assert sent.status_code == status
    assert bool(service.attempts.turn(people.amina, attempt, 1).reply) == (status == 303)


@pytest.mark.parametrize(
    ("reply", "status"),
    [([], 303), (["z"], 400), ([*"abcdefghi"], 400)],  # more than any question shows
    ids=["nothing", "no letter", "too many"],
)
def test_a_reply_that_cannot_be_taken_is_told_on_the_question(amina_page, attempt, reply, status):
    path = f"/attempts/{attempt}/questions/1"

    sent = amina_page.client.post(path, data={"csrf_token": amina_page.token, "reply": reply})

    assert sent.status_code == status
    assert sent.headers.get("Location") == (f"{path}?missed" if status == 303 else None)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_who_finds_the_service_busy_is_told_that_nothing_was_lost(
    amina_page, service, people, attempt, monkeypatch
):
    monkeypatch.setattr("quizbot.store.database.PATIENCE", 0.05)
    turn = service.attempts.turn(people.amina, attempt, 1)
    letters = [one.letter for one in turn.choices]
    menus = {f"reply-{at}": one for at, one in enumerate(letters, 1)}
    reply = {"reply": "a"} if turn.question.kind in ("one-of", "several-of") else menus

    with service.database.lock.path.open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        sent = amina_page.client.post(
            f"/attempts/{attempt}/questions/1", data={"csrf_token": amina_page.token, **reply}
        )

    assert sent.status_code == 503
    assert "Nothing was lost" in sent.get_data(as_text=True)


def test_an_attempt_of_somebody_else_and_one_that_is_none_are_not_found(
    amina_page, bashir_page, service, people, attempt
):
    theirs = service.attempts.start(people.bashir, "referrals", Mode.ASSURED)

    for stranger in (theirs, uuid4()):
        page = amina_page.get(f"/attempts/{stranger}/questions/1")
        assert page.status == 404
    assert amina_page.get(f"/attempts/{attempt}/questions/99").status == 404


def test_a_session_that_was_ended_elsewhere_opens_nothing(amina_page, service, people, attempt):
    kept = amina_page.client.get_cookie("knowledge").value
    amina_page.get(f"/attempts/{attempt}/questions/1")
    amina_page.press("Sign out")
    amina_page.client.set_cookie("knowledge", kept)

    page = amina_page.get(f"/attempts/{attempt}/questions/1")

    assert (page.status, page.headers["Location"]) == (303, "/sign-in")


def test_what_nobody_foresaw_is_told_by_a_page_of_ours_and_logged(
    amina_page, service, attempt, caplog
):
    with service.database.writing() as connection:
        connection.execute(update(attempt_table).values(plan="torn"))

    answer = amina_page.client.get(f"/attempts/{attempt}/questions/1", headers=UNPACKED)

    assert answer.status_code == 500
    assert "Answers given before are kept" in answer.text
    assert "unforeseen in the lane" in caplog.text
    assert "torn" not in caplog.text


def test_pieces_of_any_length_make_one_stream():
    kept = Kept(f"<p>{'a' * 1000}</p>{slot('name')}<hr>{slot('name')}")

    body, is_packed = put_together(kept.filled({"name": (Fresh("é" * 70_000),)}), takes_gzip=True)

    assert is_packed
    assert gzip.decompress(body).decode() == f"<p>{'a' * 1000}</p>{'é' * 70_000}<hr>{'é' * 70_000}"
