"""What a digest says, in plain text and in simple HTML from one source; pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from questions.place import Place
from quizbot.reminders.change_letters import (
    CHANGED,
    ConfirmLine,
    LaterLine,
    ToldLine,
    brief_changes,
    brief_later,
    later_parts,
    one_change_subject,
    to_confirm_parts,
    told_parts,
)
from quizbot.reminders.letter_parts import BUTTON, LetterPart, as_html, as_text
from quizbot.reminders.quiet import Quiet
from quizbot.rules.due import State
from quizbot.words import MANAGER_SEES, day_words, how_many, listed, long_date

MOST_BRIEF = 8  # questionnaires in one message to a chat
LATE = (State.OVERDUE, State.LAPSED)
REGRADED = "You have passed something after all: a question in it was faulty"
GONE_BACK = "A certificate that you brought from elsewhere was withdrawn there"
STANDS_AGAIN = "A certificate that you brought from elsewhere stands again"
UNITS_GONE_BACK = "A certificate from elsewhere was withdrawn there, in your units"
UNITS_STAND_AGAIN = "A certificate from elsewhere stands again, in your units"
WITHDRAWN = "A safeguarding lead has withdrawn something that you took"
ELSEWHERE = (GONE_BACK, STANDS_AGAIN, UNITS_GONE_BACK, UNITS_STAND_AGAIN)


@dataclass(frozen=True)
class Wish:
    """Who asks for a module, and why: a name for a request, nothing for a rule."""

    by: str
    reason: str


@dataclass(frozen=True)
class DigestLine:
    """One questionnaire of somebody's own."""

    module: str
    title: str
    minutes: int
    state: State
    due_on: date
    wishes: tuple[Wish, ...]


@dataclass(frozen=True)
class Contents:
    """All that one digest tells its receiver; of others in numbers only."""

    asked: tuple[DigestLine, ...] = ()
    to_confirm: tuple[ConfirmLine, ...] = ()
    told: tuple[ToldLine, ...] = ()
    later: tuple[LaterLine, ...] = ()
    team_late: int = 0
    team_soon: int = 0
    units_late: int = 0
    units_soon: int = 0
    met: int = 0
    confirmed: int = 0
    withdrawn: int = 0
    regraded: int = 0
    gone_back: int = 0
    stands_again: int = 0
    units_gone_back: int = 0
    units_stand_again: int = 0
    has_nudge: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to tell."""
        of_others = (self.team_late, self.team_soon, self.units_late, self.units_soon, self.met)
        own = (self.asked, self.to_confirm, self.told, self.later, self.confirmed)
        since = (self.withdrawn, self.regraded, *self.elsewhere)
        return not (any(own) or any(since) or any(of_others))

    @property
    def elsewhere(self) -> tuple[int, ...]:
        """What is told of certificates from elsewhere."""
        own = (self.gone_back, self.stands_again)
        return (*own, self.units_gone_back, self.units_stand_again)


@dataclass(frozen=True)
class Setting:
    """What every letter of an installation says alike."""

    public_url: str
    partnership: str
    referral_team: str
    referral_phone: str
    open_days: str = "on working days"

    @classmethod
    def of(cls, place: Place, public_url: str, quiet: Quiet) -> "Setting":
        """By where this is, and under which address."""
        return cls(
            public_url,
            place.text("partnership_name"),
            place.text("referral_team"),
            place.text("referral_phone"),
            quiet.open_days,
        )


@dataclass(frozen=True)
class DigestLetter:
    """A subject, and the same words twice."""

    subject: str
    text: str
    html: str


def digest(contents: Contents, setting: Setting, today: date, name: str = "") -> DigestLetter:
    """The letter of one day to one person, who is called by name."""
    asked = sorted(contents.asked, key=lambda one: (one.state not in LATE, one.due_on, one.title))
    hello = LetterPart(f"Hello {name}," if name else "Hello,")
    changes = sorted(contents.to_confirm, key=lambda one: (one.due_on, one.matters))
    pieces = [
        hello,
        *_own(asked, setting, today),
        *to_confirm_parts(changes, setting.public_url, today),
        *_how_to(contents, setting),
        *told_parts(contents.told, setting.public_url),
        *later_parts(contents.later, setting.public_url),
        *_others(contents, setting),
    ]
    subject = _subject(asked, contents, today)
    pieces += _closing(contents, setting)
    return DigestLetter(subject, as_text(pieces), as_html(subject, pieces))


def brief(contents: Contents, setting: Setting, today: date) -> str:
    """The same for a chat: a few lines, and nothing of others but numbers."""
    asked = sorted(contents.asked, key=lambda one: (one.state not in LATE, one.due_on, one.title))
    parts = [_subject(asked, contents, today)]
    parts += [f"• {one.title}: {_when(one, today)}" for one in asked[:MOST_BRIEF]]
    if len(asked) > MOST_BRIEF:
        parts.append(f"… and {len(asked) - MOST_BRIEF} more: {setting.public_url}/me")
    parts += brief_later(contents.later)
    parts += brief_changes(contents.to_confirm, contents.told, setting.public_url, today)
    for piece in _others(contents, setting):
        if piece.kind == "a":
            parts.append(f"{piece.words}: {piece.url}")
        elif piece.kind == "p":
            parts.append(piece.words)
    contact = ", ".join(part for part in (setting.referral_team, setting.referral_phone) if part)
    parts.append(
        "If you are worried about a child, do not write it here."
        + (f" Contact {contact}." if contact else "")
        + " If a child is in danger now, ring 999."
    )
    return "\n\n".join(parts)


def _subject(asked: Sequence[DigestLine], contents: Contents, today: date) -> str:
    changes = contents.to_confirm
    if len(asked) == 1 and not changes:
        return _one_subject(asked[0], today)
    if len(changes) == 1 and not asked:
        return one_change_subject(changes[0], today)
    waiting: list[DigestLine | ConfirmLine] = [*asked, *changes]
    if waiting:
        late = sum(one.state in LATE for one in waiting)
        by = min(one.due_on for one in waiting)
        first = f"{late} overdue" if late else f"the first by {long_date(by)}"
        return f"{_waiting(len(asked), len(changes))} waiting for you: {first}"
    if contents.told:
        return f"{CHANGED}: what to do differently"
    if contents.team_late:
        return f"Your team: {how_many(contents.team_late, 'person')} overdue"
    if contents.team_soon:
        return f"Your team: {how_many(contents.team_soon, 'person')} with something due soon"
    if contents.units_late:
        return f"Your units: {how_many(contents.units_late, 'person')} overdue"
    if contents.units_soon:
        return f"Your units: {how_many(contents.units_soon, 'person')} with something due soon"
    if contents.withdrawn:
        return WITHDRAWN
    if contents.regraded:
        return REGRADED
    for count, words in zip(contents.elsewhere, ELSEWHERE, strict=True):
        if count:
            return words
    if contents.later and not (contents.confirmed or contents.met):
        return f"Did it change practice? {contents.later[0].title}"
    if contents.confirmed:
        return "Your manager has confirmed what you understand"
    return f"Completed: {_requests(contents.met)}"


def _waiting(asked: int, changes: int) -> str:
    parts = [
        how_many(count, one)
        for count, one in ((asked, "questionnaire"), (changes, "change"))
        if count
    ]
    return f"{listed(parts)} {'is' if asked + changes == 1 else 'are'}"


def _one_subject(one: DigestLine, today: date) -> str:
    day = long_date(one.due_on)
    if one.state is State.OVERDUE:
        return f"{one.title}: it was due on {day}"
    if one.state is State.LAPSED:
        return f"{one.title}: your pass ended on {day}"
    if one.state in (State.RENEW_SOON, State.VALID):
        return f"{one.title}: your pass ends on {day}"
    if one.due_on == today:
        return f"{one.title}: due today"
    return f"{one.title}: please complete it by {day}"


def _own(asked: Sequence[DigestLine], setting: Setting, today: date) -> Iterator[LetterPart]:
    for one in asked:
        yield LetterPart(one.title, "h2")
        yield LetterPart(_when(one, today))
        for wish in one.wishes:
            who = wish.by or "A rule of your partnership"
            yield LetterPart(
                f"{who} asks for it: {wish.reason}" if wish.reason else f"{who} asks for it."
            )
        url = f"{setting.public_url}/modules/{one.module}?asked"
        yield LetterPart(
            f"Take it (about {how_many(one.minutes, 'minute')}, open book)", BUTTON, url
        )


def _how_to(contents: Contents, setting: Setting) -> Iterator[LetterPart]:
    """How to begin with what is asked, and who sees what of it."""
    if contents.asked or contents.to_confirm:
        yield LetterPart(
            "Sign in with the address to which this message came: a six-digit code is sent there."
            " You need no password."
        )
        yield LetterPart(MANAGER_SEES)
        yield LetterPart("All that is asked of you", "a", f"{setting.public_url}/me")
    if contents.asked:
        yield LetterPart("These days in your calendar", "a", f"{setting.public_url}/me/due.ics")


def _when(one: DigestLine, today: date) -> str:
    day = day_words(one.due_on)
    if one.state is State.OVERDUE:
        return (
            f"It was due on {day}. Please complete it soon; if something stands in the way, talk to"
            " your manager, who can give you more time."
        )
    if one.state is State.LAPSED:
        return f"Your earlier pass ended on {day}. Please complete it again."
    if one.state is State.RENEW_SOON:
        return (
            f"Your pass is valid until {day}. You can renew it now and lose nothing: the next"
            " period begins where this one ends."
        )
    if one.state is State.VALID:
        return f"Your pass is valid until {day}. Please complete it again by then."
    if one.due_on == today:
        return "Today is the day by which it is to be completed."
    return f"Please complete it by {day}."


def _others(contents: Contents, setting: Setting) -> Iterator[LetterPart]:
    team, overdue = f"{setting.public_url}/team", f"{setting.public_url}/board/overdue"
    if contents.team_late or contents.team_soon:
        yield LetterPart("Your team", "h2")
        if contents.team_late:
            yield LetterPart(f"Newly overdue: {how_many(contents.team_late, 'person')}.")
        if contents.team_soon:
            yield LetterPart(f"Due soon: {how_many(contents.team_soon, 'person')}.")
        yield LetterPart("See who, and what for", "a", team)
    if contents.units_late or contents.units_soon:
        yield LetterPart("Units that you lead", "h2")
        if contents.units_late:
            yield LetterPart(f"Overdue: {how_many(contents.units_late, 'person')}.")
        if contents.units_soon:
            yield LetterPart(f"Due soon: {how_many(contents.units_soon, 'person')}.")
        yield LetterPart("See who is late, and ask them", "a", overdue)
    if contents.met:
        yield LetterPart("Completed", "h2")
        yield LetterPart(f"Completed since the last message: {_requests(contents.met)}.")
        yield LetterPart("See the outcome", "a", team)
    if contents.confirmed:
        yield LetterPart("Confirmed", "h2")
        yield LetterPart(
            "Your manager has confirmed what you understand, and you can comment on it."
        )
        yield LetterPart("Read what was confirmed", "a", f"{setting.public_url}/me#confirmed")
    if contents.withdrawn:
        yield LetterPart("Withdrawn", "h2")
        yield LetterPart(f"{WITHDRAWN}: it does not count any more, nor does a certificate of it.")
        yield LetterPart("Read which, and why", "a", f"{setting.public_url}/me#taken")
    if contents.regraded:
        yield LetterPart("Passed after all", "h2")
        yield LetterPart(
            f"{REGRADED}. The fault was ours, and it is held against nobody. Your certificate is in"
            " your record."
        )
        yield LetterPart("Read which question, and why", "a", f"{setting.public_url}/me#taken")
    if any(contents.elsewhere):
        yield LetterPart("Certificates from elsewhere", "h2")
        yield from _elsewhere(contents, setting)


def _elsewhere(contents: Contents, setting: Setting) -> Iterator[LetterPart]:
    """What issuers elsewhere say now of what was recognised here."""
    own, of_units = f"{setting.public_url}/me#elsewhere", f"{setting.public_url}/admin/brought"
    if contents.gone_back:
        yield LetterPart(
            f"{GONE_BACK}, so what it was recognised for here does not count any more. If that is a"
            " mistake, ask whoever issued it: once they say so it counts again by itself."
        )
    if contents.stands_again:
        yield LetterPart(f"{STANDS_AGAIN}: its issuer says so, and it counts here as before.")
    if contents.gone_back or contents.stands_again:
        yield LetterPart("See which", "a", own)
    if contents.units_gone_back:
        yield LetterPart(
            f"Withdrawn by their issuers, of {how_many(contents.units_gone_back, 'person')} in"
            " your units: what was recognised for it does not count any more. They are told."
        )
    if contents.units_stand_again:
        yield LetterPart(
            f"Standing again, of {how_many(contents.units_stand_again, 'person')} in your units:"
            " it counts as before. They are told."
        )
    if contents.units_gone_back or contents.units_stand_again:
        yield LetterPart("See whose", "a", of_units)


def _closing(contents: Contents, setting: Setting) -> Iterator[LetterPart]:
    yield LetterPart("Why you get this", "h2")
    reasons = []
    if contents.asked:
        reasons.append("questionnaires on safeguarding procedure are asked of you")
    if contents.to_confirm or contents.told:
        reasons.append("guidance has changed on which you passed a questionnaire")
    if contents.later:
        reasons.append("you passed a questionnaire some weeks ago")
    if contents.team_late or contents.team_soon:
        reasons.append("you are told about people whom you manage or asked")
    if any((contents.units_late, contents.units_soon, *contents.elsewhere[2:])):
        reasons.append("you are a safeguarding lead")
    if contents.met:
        reasons.append("you asked somebody to complete a questionnaire")
    if any((contents.confirmed, contents.withdrawn, contents.regraded, *contents.elsewhere[:2])):
        reasons.append("you are told what is written about you")
    yield LetterPart(
        f"{setting.partnership or 'Your partnership'} sends this because {listed(reasons)}."
        f" It comes once a day at most, and {setting.open_days}."
    )
    if contents.has_nudge:
        url = f"{setting.public_url}/me#messages"
        yield LetterPart("Reminders before the day can be turned off", "a", url)
    contact = ", ".join(part for part in (setting.referral_team, setting.referral_phone) if part)
    yield LetterPart(
        "If you are worried about a child, do not answer this message."
        + (f" Contact {contact}." if contact else "")
        + " If a child is in danger now, ring 999."
    )


def _requests(count: int) -> str:
    return how_many(count, "request of yours", "requests of yours")
