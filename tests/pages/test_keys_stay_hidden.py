"""No key reaches a browser before it is due: not in pages, cookies, headers, addresses, letters."""

import base64
import re
import zlib
from collections import Counter
from contextlib import suppress

import pytest
from itsdangerous import URLSafeSerializer, URLSafeTimedSerializer

from quizbot.rules.pick import Mode


def all_received(visitor, since=0):
    """Everything that came to a browser, decoded as far as anybody can."""
    texts = []
    for page in visitor.history[since:]:
        texts += [page.body, page.path, *(f"{name}: {value}" for name, value in page.headers)]
        for cookie in page.headers.getlist("Set-Cookie"):
            texts += decoded(cookie.partition("=")[2].partition(";")[0])
    return "\n".join(texts)


def decoded(cookie):
    """What is in a signed cookie, for whoever tries base64 and zlib on it."""
    found = [
        str(serializer.loads_unsafe(cookie)[1])
        for serializer in (URLSafeSerializer("nobody's"), URLSafeTimedSerializer("nobody's"))
    ]
    for part in cookie.strip(".").split("."):
        raw = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
        found.append(raw.decode("latin-1"))
        with suppress(zlib.error):  # most parts are not packed, whatever byte they begin with
            found.append(zlib.decompress(raw).decode())
    return found


@pytest.mark.parametrize("told", ["abc", "a belief that is held by many, " * 20])
def test_what_a_signed_cookie_holds_is_read_without_its_secret(told):
    for secret in map(str, range(300)):  # signatures that begin with every byte
        cookie = URLSafeTimedSerializer(secret).dumps({"said": told})
        assert any(told in words for words in decoded(cookie))


def secrets_of(question):
    """What must not be told of a question before its feedback is due."""
    module_words = [question.id, question.because, question.must_know, *question.beliefs()]
    return [
        *(words for words in module_words if words),
        *(option.why for option in question.options),
        *([question.lesson.says] if question.lesson else []),
    ]


def plain(html):
    """HTML's own escapes undone, so that words are found as they stand in a bank."""
    for escape, letter in (("&#39;", "'"), ("&#34;", '"'), ("&lt;", "<"), ("&gt;", ">")):
        html = html.replace(escape, letter)
    return html.replace("&amp;", "&")


def assert_silent(text, questions):
    """Nothing of these questions is told, nor any word that speaks of keys."""
    text = plain(text)
    for question in questions:
        for words in secrets_of(question):
            assert words not in text, f"{question.id} told: {words}"
    form = re.sub(r"<(header|footer).*?</\1>", "", text, flags=re.DOTALL)
    for word in ("misconception", "is_right", "must_know", "hat is right", "right answer"):
        assert word not in form, word


def test_an_assured_attempt_tells_no_key_before_it_is_handed_in(amina_page, service, keys):
    visitor = amina_page
    since = len(visitor.history)
    visitor.get("/modules/referrals")
    visitor.press("Start")
    questions = []
    for number in range(1, 15):
        question = keys.question(visitor.page)
        questions.append(question)
        path = visitor.page.path
        reply = keys.wrong(visitor.page) if number % 2 else keys.right(visitor.page)
        visitor.post(path, [("reply", "z")])
        visitor.press("Save and continue", reply=reply, flag="yes")
        visitor.get(path)
        visitor.get("/me")
        visitor.get(path.rpartition("/questions")[0] + "/review")
        visitor.get(f"{path.rpartition('/')[0]}/{min(number + 1, 14)}")

    assert_silent(all_received(visitor, since), questions)


def test_right_and_wrong_answers_are_answered_alike(amina_page, keys, service, people):
    visitor = amina_page
    visitor.get("/modules/referrals")
    path = visitor.press("Start").path
    right, wrong = keys.right(visitor.page), keys.wrong(visitor.page)
    seen = []
    for reply in (right, wrong, right):
        sent = visitor.post(path, [("reply", letter) for letter in reply])
        shown = visitor.get(path)
        seen.append(
            (sent.status, sent.body, sorted(sent.headers), shown.body.replace(" checked", ""))
        )

    assert seen[0] == seen[1] == seen[2]


@pytest.mark.parametrize("start", ["Start practice", "Try it now"])
def test_practice_tells_only_what_is_answered(request, start, keys):
    name = "anyone" if start == "Try it now" else "amina_page"
    visitor = request.getfixturevalue(name)
    visitor.get("/modules/referrals")
    visitor.press(start)
    numbered = visitor.page.path.rpartition("/")[0]
    questions = [keys.question(visitor.get(f"{numbered}/{number}")) for number in range(1, 15)]

    for number, question in enumerate(questions, 1):
        since = len(visitor.history)
        page = visitor.get(f"{numbered}/{number}")
        visitor.post(page.path, [("reply", "z")])
        assert_silent(all_received(visitor, since), questions[number - 1 :])
        since = len(visitor.history)
        told = visitor.press("Check answer", reply=keys.right(page))
        assert question.because in plain(told.body)
        unasked = questions[number:]
        text = plain(all_received(visitor, since))
        shared = {words for told in questions[:number] for words in secrets_of(told)}
        for later in unasked:
            for words in set(secrets_of(later)) - shared:
                assert words not in text, later.id


def test_pages_before_the_start_tell_no_key(anyone, service):
    for path in ("/", "/modules/referrals", "/modules/referrals/sources", "/privacy"):
        anyone.get(path)

    text = plain(all_received(anyone))
    for question in service.editions.current("referrals").module.asked:
        assert question.because not in text
        assert not any(option.why in text for option in question.options)


def test_the_letters_on_screen_are_the_same_for_every_question(amina_page):
    amina_page.get("/modules/referrals")
    path = amina_page.press("Start").path.rpartition("/")[0]

    for number in range(1, 15):
        page = amina_page.get(f"{path}/{number}")
        assert "".join(page.choices) == "abcdefgh"[: len(page.choices)]
        ids = [field["id"] for field in page.main.all("input", name="reply")]
        assert ids == ["reply", *(f"reply-{n}" for n in range(2, len(ids) + 1))]


def test_the_keys_place_on_screen_says_nothing(service, people, clock):
    """Over many attempts the key of a question with four options is everywhere equally often."""
    places: Counter[int] = Counter()
    while places.total() < 600:  # so many that chance alone is not seen
        trial = service.try_out.start("referrals")
        for number in range(1, len(trial.replies) + 1):
            turn = service.try_out.turn(trial, "referrals", number)
            if turn.question.kind == "one-of" and len(turn.order) == 4:
                places[turn.order.index(turn.question.key)] += 1

    for place in range(4):
        assert 0.15 < places[place] / places.total() < 0.35, places


def test_the_same_question_is_shown_in_another_order_another_time(service, people):
    orders: dict[str, set[str]] = {}
    for _ in range(30):
        trial = service.try_out.start("referrals")
        for number in range(1, len(trial.replies) + 1):
            turn = service.try_out.turn(trial, "referrals", number)
            if not turn.question.keeps_order:
                orders.setdefault(turn.question.id, set()).add(turn.order)

    assert sum(len(seen) for seen in orders.values()) > 3 * len(orders)


def test_a_try_cookie_does_not_say_which_questions_come(anyone, service, keys):
    anyone.get("/modules/referrals")
    anyone.press("Try it now")
    text = "\n".join(decoded(anyone.cookie("try")))

    asked = {keys.question(anyone.get(f"/try/referrals/questions/{n}")).id for n in range(1, 15)}

    assert not any(id_ in text for id_ in asked)


def test_an_attempts_address_says_nothing_of_its_questions(service, people):
    first = service.attempts.start(people.amina, "referrals", Mode.ASSURED)
    second = service.attempts.start(people.bashir, "referrals", Mode.ASSURED)

    assert first != second
    assert first.version == second.version == 7
