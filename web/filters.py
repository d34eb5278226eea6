"""Days, times and shares as people read them."""

from datetime import date, datetime

from flask import Flask
from markupsafe import Markup, escape

from quizbot.clock import LONDON
from quizbot.words import how_many, long_date, short_date
from web.current import paragraphs


def day(value: date | datetime | None) -> str:
    """21 November 2026; of an instant, the day in London."""
    return "" if value is None else long_date(value)


def moment(value: datetime) -> str:
    """21 Nov 2026, 09:00, on one line."""
    at = value.astimezone(LONDON)
    return f"{short_date(at)}, {at:%H:%M}".replace(" ", "\N{NO-BREAK SPACE}")


def percent(share: float | None) -> str:
    """86%."""
    return "" if share is None else f"{share:.0%}"


def channel(name: str) -> str:
    """A channel of chats as people call it."""
    known = {"telegram": "Telegram", "teams": "Microsoft Teams", "terminal": "a terminal"}
    return known.get(name, name)


def unit_path(path: str) -> Markup:
    """The path of a unit, or words with one, which may go over several lines where it is narrow."""
    return Markup("/<wbr>").join(escape(part) for part in path.split("/"))


def sentence(words: str) -> str:
    """The same words with a capital in front."""
    return words[:1].upper() + words[1:]


def token_field(token: str) -> Markup:
    """The field by which a form is known to be ours; in every form that changes something."""
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(token)


def add_filters(app: Flask) -> None:
    """For every template."""
    app.jinja_env.filters.update(
        day=day,
        short_day=short_date,
        moment=moment,
        percent=percent,
        how_many=how_many,
        paragraphs=paragraphs,
        sentence=sentence,
        unit_path=unit_path,
        channel=channel,
        token_field=token_field,
    )
