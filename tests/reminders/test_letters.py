"""What a digest says."""

import re
from datetime import date

import pytest

from quizbot.reminders.change_letters import ConfirmLine
from quizbot.reminders.letters import Contents, DigestLine, Setting, Wish, digest
from quizbot.rules.due import State
from quizbot.words import MANAGER_SEES
from tools.markup import Markup

TODAY = date(2026, 11, 23)
SETTING = Setting(
    "https://knowledge.example", "Northmoor Partnership", "Front Door", "01632 960120"
)
PLAIN = Setting("https://knowledge.example", "", "", "")

CHANGE = ConfirmLine(
    "referrals",
    "Referrals",
    "Ask first.",
    "Tell at once.",
    "Do not wait.",
    State.ASSIGNED,
    date(2027, 1, 29),
)


def asked(title="Referrals", state=State.ASSIGNED, due_on=date(2027, 3, 3), by="", reason=""):
    return DigestLine(title.lower(), title, 10, state, due_on, (Wish(by, reason),))


def said(*asks, setting=SETTING, **others):
    """The letter, its text in one line so that no test hangs on where lines break."""
    letter = digest(Contents(asked=asks, **others), setting, TODAY)
    return letter.subject, " ".join(letter.text.split())


def test_who_is_asked_for_something_is_told_how_to_sign_in():
    how = "Sign in with the address to which this message came: a six-digit code is sent there."

    assert how in said(asked(), asked("Assessments"))[1]
    assert how in said(to_confirm=(CHANGE,))[1]
    assert how not in said(team_late=1)[1]


def test_who_is_asked_for_anything_is_told_what_managers_see_of_it():
    for _, words in (said(asked()), said(to_confirm=(CHANGE,))):
        assert MANAGER_SEES in words
    assert MANAGER_SEES not in said(team_late=1)[1]


def test_a_lead_is_led_to_those_who_are_late_by_name():
    assert "https://knowledge.example/board/overdue" in said(units_late=2)[1]


def test_whose_attempt_was_withdrawn_is_told_where_to_read_why():
    subject, words = said(withdrawn=1)

    assert subject == "A safeguarding lead has withdrawn something that you took"
    assert "it does not count any more, nor does a certificate of it" in words
    assert "https://knowledge.example/me#taken" in words
    assert "you are told what is written about you" in words


@pytest.mark.parametrize(
    ("one", "subject", "words"),
    [
        (
            asked(),
            "Referrals: please complete it by 3 March 2027",
            "Please complete it by Wednesday 3 March 2027.",
        ),
        (
            asked(state=State.DUE_SOON, due_on=TODAY),
            "Referrals: due today",
            "Today is the day by which it is to be completed.",
        ),
        (
            asked(state=State.OVERDUE, due_on=date(2026, 11, 20)),
            "Referrals: it was due on 20 November 2026",
            "talk to your manager, who can give you more time",
        ),
        (
            asked(state=State.LAPSED, due_on=date(2026, 11, 20)),
            "Referrals: your pass ended on 20 November 2026",
            "Please complete it again.",
        ),
        (
            asked(state=State.RENEW_SOON),
            "Referrals: your pass ends on 3 March 2027",
            "You can renew it now and lose nothing",
        ),
        (
            asked(state=State.VALID),
            "Referrals: your pass ends on 3 March 2027",
            "Please complete it again by then.",
        ),
    ],
)
def test_each_state_has_its_words(one, subject, words):
    told, text = said(one)

    assert told == subject
    assert words in text


def test_several_are_counted_and_the_late_ones_come_first():
    late = asked("Core groups", State.OVERDUE, date(2026, 11, 20))
    letter = digest(Contents(asked=(asked(), late)), SETTING, TODAY)

    assert letter.subject == "2 questionnaires are waiting for you: 1 overdue"
    assert letter.text.index("Core groups") < letter.text.index("Referrals")


def test_several_in_time_name_the_first_day():
    subject, _ = said(asked(), asked("Core groups", due_on=date(2027, 1, 4)))

    assert subject == "2 questionnaires are waiting for you: the first by 4 January 2027"


def test_who_asks_and_why_is_told():
    assert (
        "Carys Evans asks for it: Before the audit."
        in said(asked(by="Carys Evans", reason="Before the audit."))[1]
    )
    assert "Carys Evans asks for it." in said(asked(by="Carys Evans"))[1]
    assert (
        "A rule of your partnership asks for it: Induction." in said(asked(reason="Induction."))[1]
    )


@pytest.mark.parametrize(
    ("others", "subject", "words", "why"),
    [
        ({"team_late": 1}, "Your team: 1 person overdue", "Newly overdue: 1 person.", "manage"),
        (
            {"team_soon": 3},
            "Your team: 3 people with something due soon",
            "Due soon: 3 people.",
            "manage",
        ),
        ({"units_late": 2}, "Your units: 2 people overdue", "Overdue: 2 people.", "lead"),
        (
            {"units_soon": 1},
            "Your units: 1 person with something due soon",
            "Due soon: 1 person.",
            "lead",
        ),
        ({"met": 2}, "Completed: 2 requests of yours", "2 requests of yours.", "you asked"),
    ],
)
def test_what_is_told_of_others_is_a_number_and_says_why(others, subject, words, why):
    told, text = said(**others)

    assert told == subject
    assert words in text
    assert why in text.partition("Why you get this")[2]


def test_ones_own_comes_first_and_all_reasons_are_told():
    subject, text = said(asked(), team_late=2, met=1)

    assert subject == "Referrals: please complete it by 3 March 2027"
    assert text.index("Referrals") < text.index("Your team") < text.index("Completed")
    assert "are asked of you, you are told about people" in text
    assert "and you asked somebody" in text


def test_only_a_letter_with_a_reminder_says_how_to_turn_them_off():
    assert "can be turned off" in said(asked(), has_nudge=True)[1]
    assert "can be turned off" not in said(asked())[1]


def test_worries_about_a_child_are_not_for_an_answer_to_this():
    assert "Contact Front Door, 01632 960120. If a child is in danger now" in said(asked())[1]
    assert "do not answer this message. If a child" in said(asked(), setting=PLAIN)[1]


def test_a_place_without_a_name_is_your_partnership():
    assert "Your partnership sends this because" in said(asked(), setting=PLAIN)[1]


def test_lines_are_short_and_links_whole():
    letter = digest(Contents(asked=(asked(reason="word " * 100),)), SETTING, TODAY)

    lines = letter.text.splitlines()
    assert max(map(len, lines)) <= 72
    assert "https://knowledge.example/modules/referrals?asked" in lines


def test_html_holds_the_same_words_and_nothing_to_fetch():
    letter = digest(Contents(asked=(asked(by="O'Brien & <b>Co</b>"),)), SETTING, TODAY)
    root = Markup(letter.html).root

    assert "O'Brien & <b>Co</b> asks for it." in [p.words for p in root.all("p")]
    assert "https://knowledge.example/modules/referrals?asked" in [a["href"] for a in root.all("a")]
    assert '<html lang="en-GB">' in letter.html
    assert root.all("title")[0].words == letter.subject
    assert re.findall(r"src=|url\(|<link|@import", letter.html) == []
    text = " ".join(letter.text.split())
    assert [one.words for one in root.all("p", "h2") if one.words not in text] == []


def test_html_is_styled_where_it_stands_for_mail_programs_read_no_style_sheet():
    letter = digest(Contents(asked=(asked(),), team_late=1), SETTING, TODAY)
    root = Markup(letter.html).root

    assert not root.all("style")
    assert all("font:" in one["style"] for one in root.all("p", "h2"))
    (button,) = root.all("a", class_="button")
    assert "background: #0d5c63" in button["style"]
    assert button["href"].endswith("/modules/referrals?asked")


@pytest.mark.parametrize(
    ("name", "hello"), [("Amina Rahman", "Hello Amina Rahman,"), ("", "Hello,")]
)
def test_a_letter_calls_its_person_by_name(name, hello):
    letter = digest(Contents(asked=(asked(),)), SETTING, TODAY, name)

    assert letter.text.startswith(f"{hello}\n")
    assert Markup(letter.html).root.all("p")[0].words == hello
