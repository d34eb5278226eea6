"""Words that sound like a concern: none is missed, and hardly anything else is taken for one."""

from pathlib import Path

import pytest
from sqlalchemy import select

from quizbot.chat.concern import sounds_like_concern
from quizbot.store.tables import answer, attempt, audit, update_seen

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
WORDS = Path(__file__).parent / "words"


def read(*names: str) -> list[str]:
    return [line for name in names for line in (WORDS / f"{name}.txt").read_text().splitlines()]


def test_there_are_enough_messages_and_a_third_was_kept_apart():
    for name, *kept in (
        ("concern", "concern-apart", "concern-unseen"),
        ("harmless", "harmless-apart"),
    ):
        seen, apart = read(name), read(*kept)
        assert len({*seen, *apart}) == len(seen) + len(apart) >= 80
        assert len(apart) * 3 >= len(seen) + len(apart) - 4


@pytest.mark.parametrize("words", read("concern", "concern-apart"))
def test_what_the_rules_know_is_heard_however_it_is_typed(words):
    for said in (words, words.upper(), f"  {words.replace(chr(39), '’')}!! "):
        assert sounds_like_concern(said)


@on_sqlite
def test_no_concern_is_missed(chat, amina_chat):
    """No rule knows all the words of people in need: what is not understood is answered alike."""
    for words in read("concern", "concern-apart", "concern-unseen"):
        for talking in (chat, amina_chat):
            said = talking.say(words)
            for told in ("999", "01632 960120", "01632 960999", "not read by anyone", "not wait"):
                assert told in said, words


@on_sqlite
def test_a_concern_after_a_command_is_heard(chat, group):
    for command in ("/take", "/help", "/me", "/nothing"):
        assert "not read by anyone" in chat.say(f"{command} my dad hits me")
    assert "not read by anyone" in group.say("/huddle my dad hits me")


def test_hardly_anything_harmless_is_taken_for_one():
    for names in (("harmless",), ("harmless-apart",)):
        said = read(*names)
        taken = [words for words in said if sounds_like_concern(words)]
        assert len(taken) <= 0.05 * len(said), taken


@pytest.mark.parametrize("words", [*"abcdefgh", "A.", "a, c", "b and d", "ABC", "d b a c"])
def test_letters_are_never_taken_for_one(words):
    assert not sounds_like_concern(words)


def test_a_concern_is_answered_at_once_and_nothing_of_it_is_kept(service, chat, capfd):
    def everything():
        with service.database.reading() as connection:
            return [
                connection.execute(select(table)).all()
                for table in (answer, attempt, audit, update_seen)
            ]

    before = everything()

    said = chat.say("A girl in my class told me that her father hits her")

    for words in ("not read by anyone", "nothing of it is kept", "999", "01632 960120",
                  "Northmoor Children's Front Door", "out of hours", "01632 960999"):  # fmt: skip
        assert words in said
    assert everything() == before
    assert capfd.readouterr() == ("", "")


def test_in_a_group_too(group):
    assert "999" in group.say("a child told me her dad hits her")
    assert group.say("shall we meet at three?") == ""
