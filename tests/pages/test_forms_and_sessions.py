"""What a session and a form stand up to: tampering, other sites, waiting too long."""

import secrets

import pytest
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer

from quizbot.rules.pick import Mode
from tests.pages.conftest import newest_code

AMINA = "amina@northmoor.example"


@pytest.fixture
def asked(amina_page):
    """Amina before the first question of an assured attempt."""
    amina_page.get("/modules/referrals")
    amina_page.press("Start")
    return amina_page


def answered(service, people):
    return [line.answered for line in service.attempts.of(people.amina)]


# The token in every form


def test_an_answer_without_a_token_is_not_taken_but_kept_on_the_page(asked, service, people):
    path = asked.page.path

    page = without_token(asked, path, reply="b", flag="yes")

    assert page.status == 400
    assert page.errors == [
        "This page had been open for too long. Check it and send it again: nothing was lost."
    ]
    assert page.chosen == {"b"}
    assert page.main.all("input", name="flag")[0].attributes.get("checked") == ""
    assert answered(service, people) == [0]

    asked.press("Save and continue")
    assert answered(service, people) == [1]


def without_token(visitor, path, **fields):
    visitor.token = ""
    return visitor.post(path, fields.items())


def test_a_token_of_another_session_is_not_taken(asked, bashir_page, service, people):
    asked.token = bashir_page.token

    page = asked.post(asked.page.path, [("reply", "b")])

    assert page.status == 400
    assert page.chosen == {"b"}
    assert answered(service, people) == [0]


def test_a_page_left_open_while_signing_in_again_keeps_its_answer(asked, service, people):
    question, token = asked.page, asked.token
    asked.get("/me")
    asked.press("Sign out")
    asked.sign_in_by_code(AMINA)
    asked.token = token

    page = asked.post(question.path, [("reply", "c")])

    assert page.status == 400
    assert page.chosen == {"c"}
    asked.press("Save and continue")
    assert answered(service, people) == [1]


def test_a_try_left_open_too_long_keeps_its_answer(anyone):
    anyone.get("/modules/referrals")
    question = anyone.press("Try it now")
    anyone.client.delete_cookie("knowledge")

    page = anyone.post(question.path, [("reply", "b")])

    assert page.status == 400
    assert page.chosen == {"b"}
    assert anyone.press("Check answer").status == 200


def test_an_old_page_of_a_practice_question_answered_elsewhere_shows_the_feedback(
    asked, keys, service, people
):
    asked.get("/modules/referrals")
    question = asked.press("Start practice")
    asked.press("Check answer", reply=keys.right(question))

    page = without_token(asked, question.path, reply="b")

    assert "That is right" in page.words
    assert page.status == 200


@pytest.mark.parametrize("token", ["", "x", "0" * 32, "\0", "é", "🙂", "x" * 10_000])
def test_what_is_no_token_is_refused(asked, service, people, token):
    asked.token = token

    page = asked.post("/modules/referrals/attempts", [("mode", "practice")])

    assert page.status == 400
    assert page.heading == "That did not work"
    assert "nothing was done. Go back, load it again" in page.words
    assert len(service.attempts.of(people.amina)) == 1


@pytest.mark.parametrize(
    "path",
    ["/modules/referrals/attempts", "/sign-out", "/me/sign-out-everywhere", "/try/referrals"],
)
def test_a_form_without_a_token_does_nothing(asked, path):
    asked.token = ""

    assert asked.post(path).status == 400
    assert asked.get("/me").status == 200


@pytest.mark.parametrize(
    ("path", "button", "field"),
    [("/sign-in", "Send me a code", "email"), ("/sign-in/code", "Continue", "code")],
)
def test_the_forms_for_signing_in_keep_what_was_typed(anyone, people, path, button, field):
    anyone.get("/sign-in")
    anyone.press("Send me a code", email=AMINA)
    anyone.get(path)

    page = without_token(anyone, path, **{field: AMINA})

    assert page.status == 400
    assert page.errors[0].startswith("This page had been open for too long.")
    assert button in page.buttons
    if field == "email":
        assert page.main.all("input", name="email")[0]["value"] == AMINA


# Forms from elsewhere


@pytest.mark.parametrize(
    "origin", ["https://elsewhere.example", "null", "http://localhost.elsewhere.example", "x"]
)
def test_a_form_from_another_site_does_nothing(asked, service, people, origin):
    page = asked.post(asked.page.path, [("reply", "b")], Origin=origin)

    assert page.status == 400
    assert "This form came from another site, so nothing was done." in page.words
    assert answered(service, people) == [0]


@pytest.mark.parametrize("origin", ["http://localhost", "http://127.0.0.1:8000"])
def test_a_form_from_this_site_is_taken(asked, service, people, origin):
    asked.post(asked.page.path, [("reply", "b")], Origin=origin)

    assert answered(service, people) == [1]


def test_an_address_in_a_header_is_not_believed(asked):
    page = asked.post(
        asked.page.path,
        [("reply", "b")],
        **{"Origin": "https://elsewhere.example", "X-Forwarded-Host": "elsewhere.example"},
    )

    assert page.status == 400


# The session's cookie


def changed(cookie):
    """The same cookie with one letter of its content changed."""
    return ("A" if cookie[5] != "A" else "B").join((cookie[:5], cookie[6:]))


@pytest.mark.parametrize(
    "spoil", [changed, lambda c: c[:-1], lambda c: c[::-1], lambda _: "x" * 3000]
)
def test_a_session_cookie_that_was_changed_is_none(amina_page, spoil):
    cookie = amina_page.cookie("knowledge")
    amina_page.client.set_cookie("knowledge", spoil(cookie))

    assert amina_page.get("/me").location == "/sign-in"


@pytest.mark.parametrize("secret", ["", "secret", "knowledge"])
def test_a_session_signed_by_somebody_else_is_none(amina_page, people, app, secret):
    forged = URLSafeTimedSerializer(secret, salt="session")
    flask_forged = SecureCookieSessionInterface().get_signing_serializer
    app_secret, app.secret_key = app.secret_key, secret or "x"
    cookies = [forged.dumps({"p": str(people.carys), "e": 0})]
    cookies.append(flask_forged(app).dumps({"p": str(people.carys), "e": 0}))
    app.secret_key = app_secret

    for cookie in cookies:
        amina_page.client.set_cookie("knowledge", cookie)
        assert amina_page.get("/me").location == "/sign-in"


@pytest.mark.parametrize("spoil", [changed, lambda c: c[:-1], lambda _: "", lambda _: "W10.x"])
def test_a_try_cookie_that_was_changed_is_none(anyone, spoil):
    anyone.get("/modules/referrals")
    question = anyone.press("Try it now")
    anyone.client.set_cookie("try", spoil(anyone.cookie("try")), path="/try")

    page = anyone.get(question.path)

    assert page.status == 404
    assert "This try has ended. Start again from the questionnaire's page." in page.words
    assert anyone.post(question.path, [("reply", "a")]).status == 404
    assert anyone.get("/try/referrals/outcome").status == 404


# Where signing in leads


def test_signing_in_leads_back_to_the_page_that_was_wanted(carys_page):
    carys_page.get("/team")
    carys_page.press("Sign out")
    sent = carys_page.get("/team?order=name")
    assert sent.location == "/sign-in"
    carys_page.get("/sign-in")
    assert carys_page.page.notes == ["Sign in to go on."]
    carys_page.press("Send me a code", email="carys@northmoor.example")

    code = newest_code(carys_page.service, "carys@northmoor.example")
    sent = carys_page.press("Continue", follow=False, code=code)

    assert sent.location == "/team?order=name"


@pytest.mark.parametrize(
    "wanted",
    [
        "//elsewhere.example/me",
        "/me?next=//elsewhere.example",
        "/sign-in?next=https://elsewhere.example",
        "/me/..//elsewhere.example",
        "/\\elsewhere.example",
        "/me?\r\nLocation: https://elsewhere.example",
        "http://elsewhere.example/me",
    ],
)
def test_signing_in_never_leads_to_another_site(anyone, people, service, wanted):
    anyone.get(wanted)
    anyone.get("/sign-in")
    anyone.press("Send me a code", email=AMINA)

    sent = anyone.press("Continue", follow=False, code=newest_code(service, AMINA))

    assert sent.location.startswith("/me")
    assert "\r" not in sent.location
    assert "\n" not in sent.location


def test_a_very_long_address_does_not_spoil_the_session(anyone, people):
    sent = anyone.get(f"/me?{secrets.token_urlsafe(6000)}")

    assert sent.location == "/sign-in"
    assert len(anyone.cookie("knowledge")) < 1000
    assert anyone.sign_in_by_code(AMINA).page.heading == "My record"


def test_an_answer_is_kept_through_a_sign_in(asked, service, people):
    path = asked.page.path
    asked.client.delete_cookie("knowledge")

    assert asked.post(path, [("reply", "b")]).location == "/sign-in"
    asked.get("/sign-in")
    assert asked.page.notes == ["Sign in to go on. What you had chosen is kept."]
    asked.press("Send me a code", email=AMINA)
    page = asked.press("Continue", code=newest_code(service, AMINA))

    assert page.path == path
    assert page.chosen == {"b"}
    assert answered(service, people) == [0]
    asked.press("Save and continue")
    assert answered(service, people) == [1]


def test_a_kept_answer_is_shown_once_and_only_to_whose_attempt_it_is(asked, service, people):
    path = asked.page.path
    asked.client.delete_cookie("knowledge")
    asked.post(path, [("reply", "b")])

    asked.sign_in_by_code("bashir@northmoor.example")

    assert asked.page.status == 404
    asked.get("/me")
    asked.press("Sign out")
    asked.sign_in_by_code(AMINA)
    assert asked.get(path).chosen == set()


def test_start_pressed_after_the_session_ended_leads_back_to_the_instructions(asked, service):
    asked.get("/modules/referrals")
    asked.client.delete_cookie("knowledge")
    assert asked.post("/modules/referrals/attempts", [("mode", "assured")]).location == "/sign-in"

    asked.sign_in_by_code(AMINA)

    assert asked.page.path == "/modules/referrals"
    assert asked.page.buttons == ["Continue", "Start practice"]


def test_submit_pressed_after_the_session_ended_leads_back_to_the_review(asked, service, people):
    asked.press("Review your answers")
    review = asked.page.path
    asked.client.delete_cookie("knowledge")
    asked.post(review)

    asked.sign_in_by_code(AMINA)

    assert asked.page.path == review
    assert service.attempts.of(people.amina)[0].is_open


def test_one_browser_two_people_do_not_mix(amina_page, keys, service, people):
    attempt = service.attempts.start(people.amina, "referrals", Mode.ASSURED)
    amina_page.get(f"/attempts/{attempt}/questions/1")
    amina_page.get("/me")
    amina_page.press("Sign out")

    amina_page.sign_in("bashir@northmoor.example")

    assert amina_page.get(f"/attempts/{attempt}/questions/1").status == 404
    assert "Amina" not in amina_page.get("/me").body
