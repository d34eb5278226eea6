"""A huddle in a channel of Teams: votes by card, anonymous, counted once each."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from quizbot.chat import polls
from quizbot.chat.teams import showing
from quizbot.store.tables import huddle
from tests.chat.in_teams import open_teams, teams_service
from tools.connector import BotConnector

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def connector(clock):
    with BotConnector(lambda: clock().timestamp()) as running:
        yield running
        assert running.refused == []


@pytest.fixture
def service(database_url, tmp_path, clock, connector):
    opened = teams_service(database_url, tmp_path, clock, connector)
    yield replace(opened, huddles=replace(opened.huddles, seed=lambda: next(clock.seeds)))
    opened.close()


@pytest.fixture
def world(service, connector):
    open_teams(service, connector)
    return connector.world


@pytest.fixture
def team(world):
    return [world.person(name) for name in ("Dana", "Efe", "Farah")]


@pytest.fixture
def thread(world, team):
    return team[0].begins_thread(world.channel(), "huddle referrals")


def vote(person, room, option, **given):
    return person.taps("Vote", [[str(option)]], room, **given)


def close(person, room):
    return person.taps("Close the vote", (), room)


def test_a_team_votes_talks_votes_again_and_reads_what_is_right(world, team, thread):
    for person, option in zip(team, (0, 0, 1), strict=True):
        vote(person, thread, option)
    close(team[1], thread)
    first = thread.last.words
    team[2].taps("Vote again", (), thread)
    for person in team:
        vote(person, thread, 1)
    close(team[0], thread)

    assert thread.words[0].startswith("Huddle · Referrals")
    assert "2 · " in first
    assert "Now talk" in first
    assert "3 · " in thread.last.words
    assert "The right answer is: " in thread.last.words
    assert "This vote is closed." in thread.words


@on_sqlite
def test_a_vote_is_whispered_to_and_can_be_changed_until_the_end(world, team, thread):
    for option in (0, 1, 2):
        vote(team[0], thread, option)
    close(team[1], thread)

    assert "1 · " in thread.last.words
    assert thread.last.words.count("0 · ") >= 1
    assert "2 · " not in thread.last.words
    assert (
        world.whispers[:3]
        == ["Your vote is taken. Until the vote is closed you can change it."] * 3
    )


@on_sqlite
def test_nothing_says_who_voted_and_nothing_is_left_of_it(service, team, thread):
    vote(team[0], thread, 0)
    kept = votes_kept(service)
    close(team[1], thread)

    assert team[0].number not in kept
    assert "person" not in kept
    assert kept.count(":") == 1
    assert votes_kept(service) == ""


def votes_kept(service):
    with service.database.reading() as connection:
        return connection.execute(select(huddle.c.votes)).scalar_one()


@on_sqlite
def test_a_vote_that_comes_too_late_is_told_to_its_voter_alone(world, team, thread):
    late = team[0].tap("Vote", [["0"]], thread)
    close(team[1], thread)
    before = len(thread.screen)

    world.deliver(late)

    assert world.whispers[-1] == "That vote is closed already."
    assert len(thread.screen) == before


@on_sqlite
@pytest.mark.parametrize("option", ["99", "-1", "x", "", None])
def test_a_vote_for_nothing_is_not_counted(world, team, thread, option):
    tap = team[0].tap("Vote", [["0"]], thread)
    tap["value"]["action"]["data"]["reply-1"] = option

    world.deliver(tap)

    assert world.whispers[-1] == "Choose one of the answers, and vote again."


@on_sqlite
def test_an_old_teams_votes_too_and_is_answered_in_the_thread(world, team, thread):
    vote(team[0], thread, 0, is_old=True)

    assert thread.last.words.startswith("Your vote is taken.")


@on_sqlite
def test_each_thread_has_a_huddle_of_its_own(world, team):
    channel = world.channel()
    first = team[0].begins_thread(channel, "huddle referrals")
    second = team[1].begins_thread(channel, "/huddle referrals")

    assert first.words[0].startswith("Huddle")
    assert second.words[0].startswith("Huddle")
    team[2].says("huddle referrals", first)
    assert "A huddle is going on" in first.last.words


@on_sqlite
def test_a_group_chat_huddles_too(world, team):
    room = world.room("19:meeting@thread.v2", "groupChat")

    team[0].says("huddle referrals", room)

    assert room.words[0].startswith("Huddle")


@on_sqlite
def test_what_is_ones_own_is_not_told_where_everybody_reads(world, team, service, people):
    service.links.accept(service.links.payload(people.amina), "teams", "19:x@thread.tacv2")
    room = world.room("19:x@thread.tacv2", "channel")

    for words in ("/me", "/team", "/take referrals", "me"):
        team[0].says(words, room)

    assert not any("asked of you" in words for words in room.words)


@on_sqlite
def test_a_conversation_whose_kind_is_not_told_is_taken_for_a_group(world, team, service, people):
    person = team[0]
    person.asks(f"/start {service.links.payload(people.amina)}")
    activity = person.activity("message", person.chat, text="/me")
    del activity["conversation"]["conversationType"]

    world.deliver(activity)

    assert person.last.startswith("That is for a chat of your own")


@on_sqlite
def test_a_concern_in_a_channel_is_answered_and_other_words_get_help(world, team):
    said = team[0].begins_thread(world.channel(), "a child told me her dad hits her")
    other = team[0].begins_thread(world.channel(), "what is this")

    assert "999" in said.last.words
    assert "/huddle" in other.last.words


@on_sqlite
def test_where_a_poll_may_not_have_come_the_group_votes_by_hand(world, team, connector):
    connector.fail("POST", status=500, skips=1)

    thread = team[0].begins_thread(world.channel(), "huddle referrals")
    by_hand = thread.words[1]
    close(team[0], thread)

    assert by_hand.startswith(polls.UNSURE)
    assert "could not be counted" in thread.last.words


@on_sqlite
def test_what_may_not_have_come_is_told_in_the_thread(world, team, connector):
    connector.fail("POST", status=500)

    thread = team[0].begins_thread(world.channel(), "help")

    assert thread.words == [showing.UNSURE_HERE]


@on_sqlite
def test_a_vote_that_is_changed_back_at_once_counts_as_it_was_last(world, team, thread):
    for option in (0, 1, 0):
        vote(team[0], thread, option)
    close(team[1], thread)

    assert thread.last.words.split("\n")[1].startswith("1 · ")


@on_sqlite
def test_the_app_greets_a_team_once(world, team):
    room = world.room(world.channel(), "channel")

    team[0].installs("add", room)
    team[0].installs("remove", room)

    assert len(room.screen) == 1
    assert "/huddle" in room.last.words
