"""Words that sound like a concern: none is missed, and hardly anything else is taken for one."""

from pathlib import Path

import pytest

from quizbot.chat.commands import COMMANDS
from quizbot.chat.concern import LONGEST_READ, sounds_like_concern
from quizbot.chat.conversation import Conversation
from quizbot.chat.group import HERE
from quizbot.chat.said import Heard
from quizbot.chat.terminal import Terminal
from quizbot.chat.wording import spelt
from quizbot.store.tables import answer, attempt, audit, update_seen
from tests.counted import counted
from tests.stored import rows

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
WORDS = Path(__file__).parent / "words"


SAFE = (
    "999",
    "01632 960120",
    "01632 960999",
    "0800 1111",
    "116 123",
    "not read by anyone",
    "not wait",
)
# Which of them the rules were written from, and which are kept to judge them by, the tests say.
CONCERN = (
    "concern",
    "concern-apart",
    "concern-unseen",
    "concern-second",
    "concern-third",
    "concern-fourth",
    "concern-kept",
    "concern-fresh",
    "concern-fifth",
    "concern-sixth",
    "concern-seventh",
    "concern-eighth",
)
HARMLESS = (
    "harmless",
    "harmless-apart",
    "harmless-second",
    "harmless-third",
    "harmless-fourth",
    "harmless-kept",
    "harmless-fresh",
    "harmless-fifth",
    "harmless-sixth",
    "harmless-seventh",
)


def read(*names: str) -> list[str]:
    return [line for name in names for line in (WORDS / f"{name}.txt").read_text().splitlines()]


def misses(said: str) -> list[str]:
    """What a safe answer has to say, and this does not."""
    return [words for words in SAFE if words not in said]


def test_there_are_enough_messages_and_a_third_was_kept_apart():
    for name, *kept in (
        ("concern", "concern-apart", "concern-unseen"),
        ("harmless", "harmless-apart"),
        ("concern-second", "concern-kept"),
        ("harmless-second", "harmless-kept"),
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
    for words in read(*CONCERN):
        for talking in (chat, amina_chat):
            assert not misses(talking.say(words)), words


@on_sqlite
def test_nor_is_one_while_a_question_is_open(chat):
    chat.say("/take referrals")

    for words in read(*CONCERN):
        assert not misses(chat.say(words)), words


@on_sqlite
def test_nor_in_a_terminal(service):
    terminal = Terminal(Conversation(service), "1@here", width=2000)
    terminal.answer("referrals")

    for words in read(*CONCERN):
        assert not misses(terminal.answer(words)), words


@on_sqlite
@pytest.mark.parametrize("other", ["photo", "forward", "edit"])
def test_nor_under_what_is_not_read(chat, other):
    for words in read("concern-second"):
        heard = Heard(chat.channel, chat.address, words=words, other=other)

        assert not misses(chat.conversation.hear(heard).text), words


@on_sqlite
@pytest.mark.parametrize("command", [*(one.name for one in COMMANDS), "nothing", ""])
@pytest.mark.parametrize("gap", [" ", "\n", "@KnowledgeBot\n"])
def test_nor_after_a_command(chat, group, command, gap):
    for words in read("concern-second")[::6]:
        assert not misses(chat.say(f"/{command}{gap}{words}")), words
        if command in HERE:
            assert not misses(group.say(f"/{command}{gap}{words}")), words


# Of the fifth to the seventh of each the harmless ones were looked at, and the others never.
@pytest.mark.parametrize(
    "name",
    ["concern-kept", "concern-fresh", "concern-fifth", "concern-sixth", "concern-seventh"],
)
def test_the_rules_recognise_three_quarters_of_what_they_were_not_written_from(name):
    kept = read(name)

    assert sum(map(sounds_like_concern, kept)) >= 0.75 * len(kept)


@pytest.mark.parametrize(
    "name", ["concern-second", "concern-third", "concern-fourth", "concern-eighth"]
)
def test_and_nearly_all_of_what_they_were_written_from(name):
    said = read(name)
    missed = [words for words in said if not sounds_like_concern(words)]

    assert len(missed) <= 0.02 * len(said), missed


@pytest.mark.parametrize(
    ("typed", "alike"),
    [("chcę umrzeć", "chce umrzec"), ("tatăl bate", "tatal bate"), ("mąż bije", "maz bije")],
)
def test_accents_are_typed_or_not(typed, alike):
    assert spelt(typed) == spelt(alike)
    assert sounds_like_concern(typed)


@pytest.mark.parametrize(
    "words",
    ["父亲每天喝酒打人", "พ่อตีหนูทุกคืน", "पापा रोज़ मारते", "ਪਿਤਾ ਜੀ ਮਾਰਦੇ ਹਨ", "அப்பா அடிக்கிறார்"],
)
def test_every_script_is_a_language(words):
    """Some part no words, and some have vowels that are no letters."""
    assert sounds_like_concern(words)


@pytest.mark.parametrize("words", ["this test killed it", "we stung a bit there", "one shot left"])
def test_one_word_is_one_sign(words):
    """ "Killed" is of force and of death, and "we" is no "wee"."""
    assert not sounds_like_concern(words)


@pytest.mark.parametrize("word", ["questoin-", "chidlrens.", "someting_", "é/"])
def test_a_message_of_any_length_is_as_soon_judged_as_a_long_one(word):
    """Each word that is no English is compared with many that are."""
    _, long = counted(lambda: sounds_like_concern((word * 1500)[:LONGEST_READ]))
    _, longest = counted(lambda: sounds_like_concern((word * 28_000)[:28_000]))

    assert longest <= long * 2


@on_sqlite
def test_a_concern_after_a_command_is_heard(chat, group):
    for command in ("/take", "/help", "/me", "/nothing"):
        assert "not read by anyone" in chat.say(f"{command} my dad hits me")
    assert "not read by anyone" in group.say("/huddle my dad hits me")


def test_hardly_anything_harmless_is_taken_for_one():
    for name in HARMLESS:
        said = read(name)
        taken = [words for words in said if sounds_like_concern(words)]
        assert len(taken) <= 0.05 * len(said), taken


@pytest.mark.parametrize("words", [*"abcdefgh", "A.", "a, c", "b and d", "ABC", "d b a c"])
def test_letters_are_never_taken_for_one(words):
    assert not sounds_like_concern(words)


def test_a_concern_is_answered_at_once_and_nothing_of_it_is_kept(service, chat, capfd):
    def everything():
        return [rows(service, table) for table in (answer, attempt, audit, update_seen)]

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
