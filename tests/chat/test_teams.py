"""The Teams adapter on the emulator: real pages, real HTTP, real tokens, faults by script."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from questions.bank import Bank
from quizbot.chat.teams import calls, showing
from quizbot.rules.pick import Mode
from quizbot.store.tables import chat_link
from tests import made
from tests.chat.in_teams import TakingInTeams, open_teams, teams_service
from tools.connector import BotConnector

# Most of this concerns the wire alone, so one kind of database is enough for it.
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def connector(clock):
    with BotConnector(lambda: clock().timestamp()) as running:
        yield running
        assert running.refused == []


@pytest.fixture
def service(database_url, tmp_path, clock, connector):
    opened = teams_service(database_url, tmp_path, clock, connector)
    attempts = replace(opened.attempts, seed=lambda: next(clock.seeds))
    huddles = replace(opened.huddles, seed=lambda: next(clock.seeds))
    yield replace(opened, attempts=attempts, huddles=huddles)
    opened.close()


@pytest.fixture
def app(service, connector):
    return open_teams(service, connector)


@pytest.fixture
def dana(app, connector):
    """Somebody in Teams, of whom the service knows nothing."""
    return connector.world.person("Dana")


@pytest.fixture
def amina_there(app, connector, service, people):
    """Amina, whose chat is linked."""
    person = connector.world.person("Amina")
    person.asks(f"/start {service.links.payload(people.amina)}")
    return person


# ---- speaking -----------------------------------------------------------------------------------


@on_sqlite
def test_whoever_adds_the_app_is_welcomed_and_told_where_a_concern_goes(dana):
    dana.installs()

    assert dana.last.startswith("The Knowledge: short questionnaires")
    assert "Never write here about a real child or family" in dana.last
    assert dana.chat.last.buttons == ["Questionnaires", "Link my account"]


@on_sqlite
def test_a_concern_comes_before_everything(dana):
    said = dana.asks("A child in my class has bruises and says her dad hit her")

    assert "999" in said.partition("\n\n")[0] or "999" in said
    assert dana.chat.last.buttons == []


@on_sqlite
@pytest.mark.parametrize("kind", ["image/png", "forwardedMessageReference"])
def test_a_concern_beside_a_picture_or_forwarded_is_heard(dana, kind):
    words = "A child in my class has bruises and says her dad hit her"

    dana.says(words, attachments=[{"contentType": kind}])

    assert "999" in dana.last


@on_sqlite
def test_the_same_words_as_html_are_no_attachment(dana):
    dana.says("privacy", attachments=[{"contentType": "text/html", "content": "<p>privacy</p>"}])

    assert "Without an account" in dana.last


@on_sqlite
@pytest.mark.parametrize("words", ["modules", "Modules", "/modules", "/modules&nbsp;"])
def test_a_command_of_the_menu_is_known_without_its_stroke(dana, words):
    assert "The questionnaires:" in dana.asks(words)


@on_sqlite
def test_an_edit_and_a_file_are_answered(dana, connector):
    dana.asks("/help")
    connector.world.deliver(dana.activity("messageUpdate", dana.chat, text="/modules"))
    edited = dana.last
    dana.says(
        "", attachments=[{"contentType": "application/vnd.microsoft.teams.file.download.info"}]
    )

    assert edited.startswith("An edited message changes nothing here")
    assert "Only words and buttons are understood here" in dana.last


@on_sqlite
@pytest.mark.parametrize(
    "value", [{"tap": "nonsense:1:2"}, {"tap": 5}, {"tap": "a:b", "fields": 10**9}, {"vote": "x:y"}]
)
def test_a_button_that_carries_nonsense_is_answered(dana, connector, value):
    status = connector.world.deliver(dana.activity("message", dana.chat, value=value))

    assert status == 200
    assert len(dana.chat.screen) == 1


# ---- what is posted -----------------------------------------------------------------------------


@on_sqlite
@pytest.mark.parametrize(
    "kind", ["typing", "messageReaction", "conversationUpdate", "event", "somethingNew", 5, None]
)
def test_an_activity_that_we_do_not_know_is_acknowledged_before_it_is_read(dana, connector, kind):
    activity = {"type": kind, "serviceUrl": 7, "conversation": "broken", "from": []}

    assert connector.world.deliver(activity) == 200
    assert connector.called("POST") == []


@on_sqlite
@pytest.mark.parametrize("action", ["add-upgrade", "remove-upgrade", "", None])
def test_another_version_of_the_app_is_acknowledged(dana, action):
    dana.installs(action)

    assert dana.chat.screen == []


@on_sqlite
def test_an_invoke_of_something_else_is_acknowledged(dana, connector):
    activity = dana.activity("invoke", dana.chat, name="composeExtension/query", value={"x": []})

    assert connector.world.deliver(activity) == 200
    assert connector.world.whispers == []


@on_sqlite
def test_what_comes_again_is_answered_once(dana, connector):
    activity = dana.activity("message", dana.chat, text="/help")

    statuses = [connector.world.deliver(activity) for _ in range(3)]

    assert statuses == [200] * 3
    assert len(dana.chat.screen) == 1


@on_sqlite
def test_a_finger_that_slips_taps_once(dana, connector):
    dana.asks("/help")

    dana.taps("Questionnaires")
    before = len(dana.chat.screen)
    again = dana.tap("Questionnaires")
    again["replyToId"] = dana.chat.screen[0].number
    connector.world.deliver(again)

    assert len(dana.chat.screen) == before


# ---- taking -------------------------------------------------------------------------------------


def begin(person, button="Start"):
    """Take the one questionnaire that there is."""
    person.asks("/modules")
    person.taps("Referrals")
    person.taps(button)


def test_a_whole_questionnaire_is_taken_card_by_card(service, people, amina_there):
    taking = TakingInTeams(service, amina_there, people.amina)
    begin(amina_there)
    total = taking.turn().total

    for _ in range(total):
        taking.reply(taking.turn())
    review = amina_there.last
    amina_there.taps("Submit answers")

    assert review.startswith("Review your answers")
    assert "Passed: " in amina_there.last
    (line,) = service.attempts.of(people.amina)
    assert line.passed
    assert line.share == 1


@on_sqlite
def test_a_question_is_one_card_whose_fields_have_labels(service, people, amina_there):
    taking = TakingInTeams(service, amina_there, people.amina)
    begin(amina_there)

    turn = taking.turn()
    field = field_of(amina_there.chat.last)
    assert field["label"].startswith(turn.question.ask)
    assert [one["title"][3:] for one in field["choices"]] == [one.text for one in turn.choices]
    assert turn.question.scenario.split("\n")[0] in amina_there.last
    assert amina_there.chat.last.buttons == ["That’s my answer", "Flag it", "Review"]


def tea_of(service, **changes):
    """Publish a questionnaire whose questions are all of one kind."""
    asked = {
        objective: [made.question(one["id"], **changes) for one in questions]
        for objective, questions in made.questions().items()
    }
    tea = made.module(asked, must_knows={})
    service.editions.publish([Bank(tea.id, tea, ())], made.place())


def begin_tea(person):
    """Start the assured attempt at it."""
    person.asks("/take tea making")
    person.taps("Start")


@on_sqlite
def test_what_is_ticked_in_any_order_is_one_answer(service, people, amina_there):
    one = {"text": "Serve it", "right": True, "why": "It is hot."}
    tea_of(service, kind="several-of", option=[*made.question("x")["option"], one])
    taking = TakingInTeams(service, amina_there, people.amina)
    begin_tea(amina_there)
    turn = taking.turn()
    (letters,) = taking.fields(turn)
    field = field_of(amina_there.chat.last)

    amina_there.taps("That’s my answer", [letters[::-1]])

    (line,) = service.attempts.of(people.amina)
    found = service.attempts.turn(people.amina, line.attempt_id, turn.number)
    assert len(letters) == 2
    assert sorted(found.shown_reply) == sorted(letters)
    assert field["isMultiSelect"]
    assert field["label"].endswith("Choose all that apply.")


@on_sqlite
def test_steps_have_a_field_each_and_the_same_twice_is_refused_kindly(service, people, amina_there):
    steps = [{"text": text, "why": "So it is."} for text in ("Boil it", "Steep it", "Pour it")]
    mixup = [{"swap": [1, 2], "misconception": "forever"}]
    tea_of(service, kind="in-order", option=None, step=steps, mixup=mixup)
    taking = TakingInTeams(service, amina_there, people.amina)
    begin_tea(amina_there)
    turn = taking.turn()
    card = amina_there.chat.last.card
    labels = [one["label"] for one in card["body"] if one["type"] == "Input.ChoiceSet"]

    amina_there.taps("That’s my answer", [["a"], ["a"], ["b"]])
    refused = amina_there.chat.words[-2]
    taking.reply(turn)

    (line,) = service.attempts.of(people.amina)
    found = service.attempts.turn(people.amina, line.attempt_id, turn.number)
    assert labels == list(turn.question.menus)
    assert turn.question.ask in "\n".join(amina_there.chat.words)
    assert refused.endswith(".")
    assert found.shown_reply == tuple(turn.question.shown(turn.question.key, turn.order))


def field_of(message):
    """The one field of a card."""
    (field,) = [one for one in message.card["body"] if one["type"] == "Input.ChoiceSet"]
    return field


@on_sqlite
def test_an_answered_card_is_replaced_and_can_be_changed(service, people, amina_there):
    taking = TakingInTeams(service, amina_there, people.amina)
    begin(amina_there)
    turn, card = taking.turn(), amina_there.chat.last

    taking.reply(turn)
    answered = card.words
    amina_there.taps("Change my answer")

    assert "Your answer: " in answered
    assert card.buttons == ["That’s my answer", "Flag it", "Review"]
    field = field_of(card)
    assert field["value"].split(",") == sorted(taking.fields(turn)[0])


@on_sqlite
def test_flag_review_and_resume_are_as_in_any_chat(service, people, amina_there):
    begin(amina_there)
    amina_there.taps("Flag it")
    flagged = amina_there.chat.last.buttons

    amina_there.taps("Review")
    reviewed = amina_there.chat.last
    amina_there.asks("/resume")

    assert flagged == ["That’s my answer", "Take the flag away", "Review"]
    assert "1. " in reviewed.words
    assert "flagged" in reviewed.words
    assert "1 ? ⚑" in reviewed.buttons
    assert amina_there.last.startswith("Question 1 of")


@on_sqlite
def test_practice_tells_after_each_question_without_an_account(service, dana):
    dana.asks("/modules")
    dana.taps(dana.chat.last.buttons[0])
    assert "practice" in dana.last
    who = service.links.chat("teams", dana.chat.name)
    taking = TakingInTeams(service, dana, who)

    taking.reply(taking.turn(Mode.PRACTICE))

    assert "✓ That is right." in dana.last
    assert "Continue" in dana.chat.last.buttons


@on_sqlite
def test_words_of_a_question_are_never_read_as_formatting(service, people, amina_there):
    begin(amina_there)

    kinds = {one["type"] for one in amina_there.chat.last.card["body"]}

    assert "TextBlock" not in kinds


# ---- linking ------------------------------------------------------------------------------------


@on_sqlite
def test_a_chat_is_linked_by_whoever_confirms_it_signed_in(service, people, dana):
    dana.asks("/link")
    link = next(word for word in dana.last.split() if "asked=" in word)

    service.links.confirm(people.amina, link.partition("asked=")[2])

    assert "Amina Rahman" in dana.asks("/link")


@on_sqlite
def test_unlinking_and_taking_the_app_away(service, people, amina_there):
    amina_there.installs("remove")
    blocked = service.links.of(people.amina)[0].is_blocked
    amina_there.installs()
    back = service.links.of(people.amina)[0].is_blocked
    amina_there.asks("unlink")

    assert (blocked, back) == (True, False)
    assert service.links.of(people.amina) == []


@on_sqlite
def test_where_a_chat_takes_messages_is_kept_as_the_token_says_it(
    service, people, amina_there, connector
):
    (kept,) = ways(service)
    connector.world.way = f"{connector.url}/emea"
    amina_there.says("/help")

    assert kept == f"{connector.url}/uk/{connector.world.tenant}"
    assert ways(service) == [f"{connector.url}/emea"]


def ways(service):
    """Where each linked chat takes messages."""
    with service.database.reading() as connection:
        return list(connection.execute(select(chat_link.c.way)).scalars())


# ---- what goes wrong ----------------------------------------------------------------------------


@on_sqlite
def test_too_many_requests_are_waited_out(dana, connector):
    connector.fail("POST", status=429, retry_after=1)

    dana.asks("/help")

    assert connector.called("POST") == [429, 201]


@on_sqlite
def test_an_answer_that_was_lost_is_not_said_twice(dana, connector):
    connector.fail("POST", loses=True, with_effect=True)

    dana.asks("/help")

    assert dana.chat.words[1:] == [showing.UNSURE]


@on_sqlite
@pytest.mark.parametrize("status", [500, 502])
def test_after_a_failure_of_teams_nobody_is_left_waiting(dana, connector, status):
    connector.fail("POST", status=status)

    assert dana.asks("/help") == showing.UNSURE


@on_sqlite
def test_while_nothing_can_be_shown_it_is_left_to_be_posted_again(dana, connector, service):
    for _ in range(3):
        connector.fail("token", status=503)

    dana.asks("/help")

    assert len(dana.chat.screen) == 1
    assert service.connections.of("teams").used_at is not None


@on_sqlite
def test_a_secret_that_microsoft_does_not_know_is_told(
    database_url, tmp_path, clock, connector, monkeypatch
):
    monkeypatch.setattr(calls, "PAUSES", ())
    own = teams_service(database_url, tmp_path, clock, connector, teams_secret="another")
    open_teams(own, connector)

    status = connector.world.person().says("/help")

    assert status == 503
    assert own.connections.of("teams").fault == calls.LET_NOBODY_IN[7000215]
    own.close()


@on_sqlite
def test_a_card_that_is_gone_is_said_anew(service, people, amina_there, connector):
    taking = TakingInTeams(service, amina_there, people.amina)
    begin(amina_there)
    connector.fail("PUT", status=404, code="ActivityNotFoundInConversation")

    taking.reply(taking.turn())

    assert "Your answer: " in amina_there.chat.words[-2]


@on_sqlite
def test_who_shuts_us_out_is_not_written_to_again(service, people, amina_there):
    amina_there.chat.shut = "ConversationBlockedByUser"

    amina_there.says("/help")

    assert service.links.of(people.amina)[0].is_blocked


@on_sqlite
def test_what_worked_is_noted_as_a_use(service, dana):
    dana.asks("/help")

    state = service.connections.of("teams")
    assert state.used_at is not None
    assert not state.is_faulty
