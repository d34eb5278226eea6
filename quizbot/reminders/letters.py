"""What a digest says, in plain text and in simple HTML from one source; pure."""

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

from questions.place import Place
from quizbot.reminders.quiet import Quiet
from quizbot.rules.due import State
from quizbot.words import MANAGER_SEES, long_date

WIDTH = 72
MOST_BRIEF = 8  # questionnaires in one message to a chat
LATE = (State.OVERDUE, State.LAPSED)
WITHDRAWN = "A safeguarding lead has withdrawn something that you took"


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
    team_late: int = 0
    team_soon: int = 0
    units_late: int = 0
    units_soon: int = 0
    met: int = 0
    confirmed: int = 0
    withdrawn: int = 0
    has_nudge: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to tell."""
        of_others = (self.team_late, self.team_soon, self.units_late, self.units_soon, self.met)
        return not (self.asked or self.confirmed or self.withdrawn or any(of_others))


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


@dataclass(frozen=True)
class _Block:
    """A heading, a paragraph, or a link with its words."""

    words: str
    kind: str = "p"
    url: str = ""


def digest(contents: Contents, setting: Setting, today: date) -> DigestLetter:
    """The letter of one day to one person."""
    asked = sorted(contents.asked, key=lambda one: (one.state not in LATE, one.due_on, one.title))
    blocks = [_Block("Hello,"), *_own(asked, setting, today), *_others(contents, setting)]
    subject = _subject(asked, contents, today)
    blocks += _closing(contents, setting)
    return DigestLetter(subject, _as_text(blocks), _as_html(subject, blocks))


def brief(contents: Contents, setting: Setting, today: date) -> str:
    """The same for a chat: a few lines, and nothing of others but numbers."""
    asked = sorted(contents.asked, key=lambda one: (one.state not in LATE, one.due_on, one.title))
    parts = [_subject(asked, contents, today)]
    parts += [f"• {one.title}: {_when(one, today)}" for one in asked[:MOST_BRIEF]]
    if len(asked) > MOST_BRIEF:
        parts.append(f"… and {len(asked) - MOST_BRIEF} more: {setting.public_url}/me")
    for block in _others(contents, setting):
        if block.kind == "a":
            parts.append(f"{block.words}: {block.url}")
        elif block.kind == "p":
            parts.append(block.words)
    contact = ", ".join(part for part in (setting.referral_team, setting.referral_phone) if part)
    parts.append(
        "If you are worried about a child, do not write it here."
        + (f" Contact {contact}." if contact else "")
        + " If a child is in danger now, ring 999."
    )
    return "\n\n".join(parts)


def day_words(day: date) -> str:
    """Wednesday 3 March 2027."""
    return f"{day:%A} {long_date(day)}"


def _subject(asked: Sequence[DigestLine], contents: Contents, today: date) -> str:
    if len(asked) == 1:
        return _one_subject(asked[0], today)
    if asked:
        late = sum(one.state in LATE for one in asked)
        first = f"{late} overdue" if late else f"the first by {long_date(asked[0].due_on)}"
        return f"{len(asked)} questionnaires are waiting for you: {first}"
    if contents.team_late:
        return f"Your team: {_people(contents.team_late)} overdue"
    if contents.team_soon:
        return f"Your team: {_people(contents.team_soon)} with something due soon"
    if contents.units_late:
        return f"Your units: {_people(contents.units_late)} overdue"
    if contents.units_soon:
        return f"Your units: {_people(contents.units_soon)} with something due soon"
    if contents.withdrawn:
        return WITHDRAWN
    if contents.confirmed:
        return "Your manager has confirmed what you understand"
    return f"Completed: {_requests(contents.met)}"


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


def _own(asked: Sequence[DigestLine], setting: Setting, today: date) -> Iterator[_Block]:
    for one in asked:
        yield _Block(one.title, "h2")
        yield _Block(_when(one, today))
        for wish in one.wishes:
            who = wish.by or "A rule of your partnership"
            yield _Block(
                f"{who} asks for it: {wish.reason}" if wish.reason else f"{who} asks for it."
            )
        url = f"{setting.public_url}/modules/{one.module}?asked"
        yield _Block(f"Take it (about {one.minutes} minutes, open book)", "a", url)
    if asked:
        yield _Block(
            "Sign in with the address to which this message came: a six-digit code is sent there."
            " You need no password."
        )
        yield _Block(MANAGER_SEES)
        yield _Block("All that is asked of you", "a", f"{setting.public_url}/me")


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


def _others(contents: Contents, setting: Setting) -> Iterator[_Block]:
    team, messages = f"{setting.public_url}/team", f"{setting.public_url}/admin/messages"
    if contents.team_late or contents.team_soon:
        yield _Block("Your team", "h2")
        if contents.team_late:
            yield _Block(f"Newly overdue: {_people(contents.team_late)}.")
        if contents.team_soon:
            yield _Block(f"Due soon: {_people(contents.team_soon)}.")
        yield _Block("See who, and what for", "a", team)
    if contents.units_late or contents.units_soon:
        yield _Block("Units that you lead", "h2")
        if contents.units_late:
            yield _Block(f"Overdue: {_people(contents.units_late)}.")
        if contents.units_soon:
            yield _Block(f"Due soon: {_people(contents.units_soon)}.")
        yield _Block("See who, and what for", "a", messages)
    if contents.met:
        yield _Block("Completed", "h2")
        yield _Block(f"Completed since the last message: {_requests(contents.met)}.")
        yield _Block("See the outcome", "a", team)
    if contents.confirmed:
        yield _Block("Confirmed", "h2")
        yield _Block("Your manager has confirmed what you understand, and you can comment on it.")
        yield _Block("Read what was confirmed", "a", f"{setting.public_url}/me#confirmed")
    if contents.withdrawn:
        yield _Block("Withdrawn", "h2")
        yield _Block(f"{WITHDRAWN}: it does not count any more, nor does a certificate of it.")
        yield _Block("Read which, and why", "a", f"{setting.public_url}/me#taken")


def _closing(contents: Contents, setting: Setting) -> Iterator[_Block]:
    yield _Block("Why you get this", "h2")
    reasons = []
    if contents.asked:
        reasons.append("questionnaires on safeguarding procedure are asked of you")
    if contents.team_late or contents.team_soon:
        reasons.append("you are told about people whom you manage or asked")
    if contents.units_late or contents.units_soon:
        reasons.append("you are a safeguarding lead")
    if contents.met:
        reasons.append("you asked somebody to complete a questionnaire")
    if contents.confirmed or contents.withdrawn:
        reasons.append("you are told what is written about you")
    yield _Block(
        f"{setting.partnership or 'Your partnership'} sends this because {_and(reasons)}."
        f" It comes once a day at most, and {setting.open_days}."
    )
    if contents.has_nudge:
        url = f"{setting.public_url}/me#messages"
        yield _Block("Reminders before the day can be turned off", "a", url)
    contact = ", ".join(part for part in (setting.referral_team, setting.referral_phone) if part)
    yield _Block(
        "If you are worried about a child, do not answer this message."
        + (f" Contact {contact}." if contact else "")
        + " If a child is in danger now, ring 999."
    )


def _as_text(blocks: Iterable[_Block]) -> str:
    parts = []
    for block in blocks:
        if block.kind == "a":
            parts.append(f"{block.words}:\n{block.url}")
        elif block.kind == "h2":
            parts.append(f"{_wrapped(block.words)}\n{'-' * min(len(block.words), WIDTH)}")
        else:
            parts.append(_wrapped(block.words))
    return "\n\n".join(parts) + "\n"


def _as_html(subject: str, blocks: Iterable[_Block]) -> str:
    lines = [
        "<!doctype html>",
        '<html lang="en-GB">',
        f'<head><meta charset="utf-8"><title>{escape(subject)}</title></head>',
        "<body>",
    ]
    for block in blocks:
        words = escape(block.words)
        if block.kind == "a":
            lines.append(f'<p><a href="{escape(block.url)}">{words}</a></p>')
        else:
            lines.append(f"<{block.kind}>{words}</{block.kind}>")
    return "\n".join([*lines, "</body>", "</html>", ""])


def _wrapped(words: str) -> str:
    return textwrap.fill(words, WIDTH, break_long_words=False, break_on_hyphens=False)


def _people(count: int) -> str:
    return "1 person" if count == 1 else f"{count} people"


def _requests(count: int) -> str:
    return "1 request of yours" if count == 1 else f"{count} requests of yours"


def _and(reasons: Sequence[str]) -> str:
    *most, last = reasons
    return f"{', '.join(most)} and {last}" if most else last
