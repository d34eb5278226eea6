"""What is understood: commands, plain words, and what is neither."""

import pytest

from quizbot.chat import plain, split
from quizbot.chat.commands import COMMANDS
from quizbot.chat.concern import sounds_like_concern
from tests.chat.speaking import Chat

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
TITLES = {
    "referrals": "Referrals",
    "assessments": "Assessments",
    "strategy-discussions": "Strategy discussions",
    "section-47": "Section 47 enquiries",
    "conferences": "Child protection conferences",
    "core-groups": "Core groups",
    "information-sharing": "Information sharing",
    "learning-from-reviews": "Learning from reviews",
}


@pytest.mark.parametrize(
    ("words", "module"),
    [
        ("referrals", "referrals"),
        ("Referral", "referrals"),
        ("section 47", "section-47"),
        ("Section 47 enquiries", "section-47"),
        ("s47", "section-47"),
        ("the one on core groups please", "core-groups"),
        ("core group", "core-groups"),
        ("child protection conferences", "conferences"),
        ("strategy meetings", "strategy-discussions"),
        ("strategy discussion", "strategy-discussions"),
        ("info about information sharing", "information-sharing"),
        ("learning", "learning-from-reviews"),
        ("refferals", "referrals"),
        ("asessments", "assessments"),
        ("", ""),
        ("?", ""),
        ("tea", ""),
    ],
)
def test_a_questionnaire_is_found_by_its_name(words, module):
    assert plain.module_meant(words, TITLES) == module


@pytest.mark.parametrize("module", TITLES)
def test_every_name_and_title_is_the_whole_name(module):
    for words in (module, TITLES[module], TITLES[module].upper(), module.replace("-", " ")):
        assert plain.module_meant(words, TITLES, whole=True) == module
        assert not sounds_like_concern(words)


@pytest.mark.parametrize(
    ("words", "command"),
    [
        ("what do I have to do?", "me"),
        ("What’s overdue", "me"),
        ("am I up to date", "me"),
        ("my results", "me"),
        ("carry on", "resume"),
        ("continue", "resume"),
        ("hello", "start"),
        ("what can you do", "help"),
        ("who sees my answers", "privacy"),
        ("link my account", "link"),
        ("unsubscribe", "stop"),
        ("STOP", "pause"),
        ("stop for now", "pause"),
        ("I want to stop", "pause"),
        ("cancel", "pause"),
        ("my team", "team"),
        ("list", "modules"),
        ("thanks!", "thanks"),
        ("don't stop now", ""),
    ],
)
def test_plain_words_find_their_way(words, command):
    assert plain.command_meant(words) == command


# A command is taken only where the message is the command

CARRYING = (
    "{} he did it again",
    "{} and my dad hits me",
    "{}, it hurts",
    "{}? she won't wake up",
    "{}\nhe is in her room",
    "next door {} all night",
    "he told me to {} crying",
    "my mum said {}",
    "I can't {}",
    "{} hurting me",
    "{} her",
    "please {} him",
)
PHRASES = sorted(
    {phrase for told in plain.phrases().values() for phrase in told}
    | {command.name for command in COMMANDS}
    | set(TITLES)
    | set(TITLES.values())
)


@pytest.mark.parametrize("sentence", CARRYING)
def test_a_command_inside_a_longer_sentence_is_never_taken(sentence):
    for phrase in PHRASES:
        said = sentence.format(phrase)
        assert plain.command_meant(said) == "", said
        assert plain.button_meant(said) == "", said
        assert plain.module_meant(said, TITLES, whole=True) == "", said
        assert not plain.is_letters(said), said


@on_sqlite
@pytest.mark.parametrize("sentence", CARRYING[::3])
def test_and_it_gets_the_safe_answer(chat, sentence):
    for phrase in PHRASES[::4]:
        said = chat.say(sentence.format(phrase))
        for number in ("999", "01632 960120", "0800 1111", "116 123"):
            assert number in said, sentence.format(phrase)


def test_no_phrase_of_a_command_sounds_like_a_concern():
    for phrase in PHRASES:
        assert not sounds_like_concern(phrase), phrase


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_a_command_is_understood_with_a_line_break_after_it(chat, group, command):
    for gap in ("\n", " \n", "\u00a0", "\n\nplease"):
        said = chat.say(f"/{command.name}{gap}")
        assert "not understood" not in said
        if command.groups:
            assert group.say(f"/{command.name}{gap}") == group.say(f"/{command.name}")


@pytest.mark.parametrize("gap", ["\n", " \n ", "\t"])
def test_a_name_may_stand_on_the_next_line(chat, group, gap):
    assert "Question 1 of 14" in chat.say(f"/take{gap}referrals")
    assert "Huddle · Referrals" in group.say(f"/huddle@KnowledgeBot{gap}referrals")


@pytest.mark.parametrize("words", ["dad", "Dad.", "bad", "bed", "he had", "a bead", "deaf", "A&E"])
def test_words_of_the_letters_of_answers_are_no_answer(chat, words):
    chat.say("/take referrals")

    assert "0800 1111" in chat.say(words)


def test_what_follows_start_is_a_link_only_where_it_looks_like_one(chat):
    assert "run out or was used" in chat.say("/start " + "A" * 64)
    for words in ("scared", "he_hits_me", "me\nmy dad hits me"):
        assert "0800 1111" in chat.say(f"/start {words}")


def test_to_ask_how_to_unlink_is_not_to_do_it(amina_chat, service, amina):
    said = amina_chat.say("how do I unlink this chat?")

    assert "is unlinked" not in said
    assert service.links.of(amina)
    assert "is unlinked" in amina_chat.tap("Unlink this chat")


def test_the_unclear_answer_offers_both_ways_in_six_lines(chat):
    said = chat.say("is the one on core groups harder than referrals was")

    lines = said.splitlines()
    assert len(lines) <= 6
    assert all(len(line) <= 130 for line in lines)
    assert lines[1].startswith("If this is about a child, or about you")
    for words in ("999", "01632 960120", "01632 960999", "0800 1111", "116 123"):
        assert words in said
    assert said.index("999") < said.index("01632")
    assert lines[-1].startswith("If you meant a questionnaire")
    assert {"Questionnaires", "Help"} <= {button.words for button in chat.buttons}


def test_a_questionnaire_named_in_a_longer_message_is_a_button(chat):
    assert "0800 1111" in chat.say("my manager wants the referrals one by Friday")

    assert "Question 1 of 14" in chat.tap("Referrals")


@pytest.mark.parametrize(
    "words", ["I took some tablets about an hour ago", "im 11 and i dont want to go home",
              "I am a social worker and I want to end it all"],
)  # fmt: skip
def test_whoever_is_in_distress_is_met_kindly_with_999_first(chat, words):
    said = chat.say(words)

    assert said.startswith("If anybody is in danger now, ring 999.")
    for told in ("you need not be alone with it", "whatever your age", "116 123", "0800 1111"):
        assert told in said


def test_every_command_is_answered_in_private(chat):
    for command in COMMANDS:
        said = chat.say(f"/{command.name}")
        assert said
        assert "There is no command" not in said
        assert chat.say(f"/{command.name.upper()}@KnowledgeBot") == said or command.name == "link"


def test_help_lists_every_command_and_whom_to_ring(chat):
    said = chat.say("/help")

    for command in COMMANDS:
        assert f"/{command.name}" in said
    for words in ("999", "Northmoor Children's Front Door", "01632 960120", "01632 960999"):
        assert words in said


@pytest.mark.parametrize(
    "words",
    ["/nothing", "/", "/take tea", "x" * 4096, "☺", "\x00", "/start \x00", "/take " + "x" * 4000,
     "asdf qwer", "/start " + "A" * 64, "1", "/take", "\ud83d"],
)  # fmt: skip
def test_whatever_is_said_gets_a_helpful_sentence(chat, words):
    assert chat.say(words)
    assert chat.last.rows


@pytest.mark.parametrize(
    "other", ["sticker", "photo", "voice", "video", "forward", "edit", "location", "unheard of"]
)
def test_whatever_is_sent_gets_a_helpful_sentence(chat, other):
    assert chat.send(other)
    assert chat.last.rows


def test_letters_typed_show_the_question_to_tap_on(chat):
    assert "Nothing is begun" in chat.say("b")
    chat.say("/take referrals")

    said = chat.say("b")

    assert said.startswith("Please tap a letter under the question.")
    assert "Question 1 of 14" in said


def test_without_an_account_nothing_is_known_of_duties(chat):
    assert "not linked to an account" in chat.say("what do I have to do?")
    assert "not linked to an account" in chat.say("/team")


def test_what_is_asked_is_told_with_its_day(service, people, amina_chat, clock):
    from datetime import date

    service.requests.ask(
        people.carys, [people.amina], ["referrals"], date(2026, 12, 1), "New here."
    )

    said = amina_chat.say("what do I have to do?")

    assert "Referrals: due soon, due 1 December 2026" in said
    assert "To pass, you may have" in amina_chat.tap("Take Referrals")


def test_a_manager_sees_counts_and_who_needs_them_in_private_alone(service, people, group):
    from datetime import date

    service.requests.ask(
        people.carys, [people.amina], ["referrals"], date(2026, 12, 1), "New here."
    )
    chat = Chat(service, "5")
    chat.say(f"/start {service.links.payload(people.carys)}")

    said = chat.say("/team")
    assert "Your team: 1 person." in said
    assert "Amina Rahman: Referrals" in said
    group.address = "5"
    assert "Amina" not in group.say("/team")


def test_whoever_manages_nobody_is_told_so(amina_chat):
    assert "Amina" not in amina_chat.say("/team")


# Linking, as it is spoken


def test_a_chat_is_linked_by_deep_link_and_unlinked_by_a_word(service, amina, chat):
    payload = service.links.payload(amina)
    assert "linked to the account of Amina Rahman" in chat.say(f"/start {payload}")
    assert "linked to the account of Amina Rahman" in chat.say("/link")

    assert "is unlinked" in chat.say("/stop")
    assert service.links.who(chat.channel, chat.address) != amina
    assert "run out or was used" in chat.say(f"/start {payload}")


def test_a_chat_asks_to_be_linked_by_a_page(service, amina, chat):
    said = chat.say("/link")
    (button,) = chat.last.rows[0]
    token = button.link.partition("asked=")[2]

    assert service.links.asked(token).number in said
    service.links.confirm(amina, token)
    assert "linked to the account" in chat.say("/link")


def test_unlinking_is_one_tap_too(amina_chat, service, amina):
    amina_chat.say("/link")

    assert "is unlinked" in amina_chat.tap("Unlink it")
    assert service.links.of(amina) == []


# Long texts


def test_long_texts_are_split_at_sentences_and_nothing_is_lost():
    text = "\n\n".join(f"Sentence {n} of many. And {n} more 👍 of it." for n in range(900))

    parts = split.pieces(text)

    assert all(split.length(part) <= 4096 for part in parts)
    assert " ".join(" ".join(parts).split()) == " ".join(text.split())
    assert all(part.endswith(".") for part in parts)


def test_a_text_without_any_end_is_split_all_the_same():
    parts = split.pieces("👍" * 5000)

    assert "".join(parts) == "👍" * 5000
    assert all(split.length(part) <= 4096 for part in parts)


def test_to_stop_for_now_keeps_everything_and_offers_to_unlink(service, amina_chat, amina):
    amina_chat.say("referrals")
    amina_chat.tap("Start")

    said = amina_chat.say("stop")

    assert "all that you answered is kept" in said
    assert "Question 1 of 14" in amina_chat.tap("Go on where I stopped")
    amina_chat.say("I want to stop")
    assert "is unlinked" in amina_chat.tap("Unlink this chat")


def test_the_words_on_a_button_may_be_typed(service, amina_chat, amina):
    amina_chat.say("referrals")
    amina_chat.tap("Start")

    amina_chat.say("flag it")
    assert "Take the flag away" in {b.words for b in amina_chat.buttons}
    assert "Question 2 of 14" in amina_chat.say("skip")
    for words in ("review", "Review my answers", "submit"):
        assert amina_chat.say(words).startswith("Review your answers")


def test_what_is_not_understood_leads_back_to_what_is_begun(chat):
    assert [b.words for b in chat.buttons] == []
    chat.say("zzz")
    assert "Go on where I stopped" not in {b.words for b in chat.buttons}
    chat.say("/take referrals")

    chat.send("sticker")

    assert "Question 1 of 14" in chat.tap("Go on where I stopped")


def test_what_was_begun_with_an_account_is_told_to_be_there(amina_chat):
    amina_chat.say("referrals")
    amina_chat.tap("Start")
    amina_chat.say("/stop")

    assert "not linked to an account" in amina_chat.say("resume")


def test_a_huddle_without_a_name_offers_a_button_a_questionnaire(group):
    group.say("/huddle")

    assert "Huddle · Referrals" in group.tap("Referrals")
