"""Signing out ends the session on the server: a copy of its cookie opens nothing."""

from sqlalchemy import select

from quizbot.store.tables import session_ended


def copied(fresh_browser, page):
    """Another browser with the same cookie."""
    other = fresh_browser()
    other.client.set_cookie("knowledge", page.cookie("knowledge"))
    return other


def test_a_copy_of_the_cookie_opens_nothing_after_signing_out(amina_page, fresh_browser):
    copy = copied(fresh_browser, amina_page)
    assert copy.get("/me").status == 200

    amina_page.get("/me")
    amina_page.press("Sign out")

    assert copied(fresh_browser, copy).get("/me").location == "/sign-in"
    assert copy.get("/team").location == "/sign-in"


def test_nor_does_it_show_or_take_a_question(amina_page, fresh_browser, service, people):
    amina_page.get("/modules/referrals")
    amina_page.press("Start")
    question = amina_page.page.path
    copy = copied(fresh_browser, amina_page)
    assert copy.get(question).status == 200

    amina_page.get("/me")
    amina_page.press("Sign out")

    assert copy.get(question).location == "/sign-in"
    assert copy.post(question, [("reply", "a")]).location == "/sign-in"


def test_another_browser_of_the_same_person_stays_signed_in(amina_page, fresh_browser):
    other = fresh_browser().sign_in("amina@northmoor.example")

    amina_page.get("/me")
    amina_page.press("Sign out")

    assert other.get("/me").status == 200


def test_signing_in_anew_ends_the_session_before(amina_page, fresh_browser):
    copy = copied(fresh_browser, amina_page)
    amina_page.get("/me")
    amina_page.press("Sign out")
    amina_page.sign_in("amina@northmoor.example")

    assert amina_page.get("/me").status == 200
    assert copy.get("/me").location == "/sign-in"


def test_a_cookie_from_before_sessions_had_a_number_signs_nobody_out(amina_page, service):
    amina_page.get("/me")
    amina_page.press("Sign out")

    with service.database.reading() as connection:
        (ended,) = connection.execute(select(session_ended.c.id)).scalars()
    assert ended.int


def test_what_was_signed_out_is_kept_until_its_cookie_has_run_out(amina_page, service, clock):
    amina_page.get("/me")
    amina_page.press("Sign out")

    clock.forward(hours=30)
    service.retention.run()
    with service.database.reading() as connection:
        assert connection.execute(select(session_ended)).first()

    clock.forward(hours=8)
    service.retention.run()
    with service.database.reading() as connection:
        assert connection.execute(select(session_ended)).first() is None
