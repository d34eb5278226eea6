"""The page on which somebody reads what is kept of them: titles, days and lists in words."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from html import escape
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from questions.module import Module
from quizbot.clock import LONDON, london_day
from quizbot.editions.editions import Edition, Editions
from quizbot.evidence.attestations import EVIDENCE, STATEMENTS
from quizbot.evidence.certificates import grouped
from quizbot.privacy.register import Field, Holding
from quizbot.privacy.trail import ACTIONS
from quizbot.rules.due import FOREVER
from quizbot.rules.pick import Mode
from quizbot.rules.scope import read_scope
from quizbot.words import how_many, long_date

STYLE = (
    "body{font:1rem/1.5 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;margin:1rem 0}th,td{border:1px solid #888;padding:.3rem .5rem;"
    "text-align:left;vertical-align:top}.why{color:#444}"
)
OF_ATTEMPT = ("the questionnaire", "attempt begun")  # where a row belongs to one
OPEN_ENDS = {"holds_to": "until something changes", "valid_until": "no end date"}
MODES = {Mode.PRACTICE: "practice", Mode.ASSURED: "for the record"}
YES_OR_NO = {"is_right": ("right", "wrong"), "passed": ("passed", "not passed")}

NOTICES = {
    "sign-in": "a sign-in code",
    "digest": "the message of a day",
    "invitation": "what is asked of you",
    "renewal": "that you can renew early",
    "halfway": "a reminder halfway",
    "before": "a reminder before the day",
    "due": "that it was due",
    "after": "that it was overdue",
    "to-manager": "people of yours",
    "to-lead": "people of your units",
    "later": "two questions some weeks after a pass",
    "told": "that guidance has changed",
    "met": "that a request of yours was met",
    "confirmed": "that understanding was confirmed",
    "withdrawn": "that an attempt was withdrawn",
    "gone-back": "that a certificate from elsewhere was withdrawn there",
    "stands-again": "that a certificate from elsewhere stands again",
    "gone-back-lead": "that certificates of people of your units were withdrawn elsewhere",
    "stands-again-lead": "that certificates of people of your units stand again elsewhere",
    "regraded": "that you have passed after all, for a question was faulty",
}


@dataclass(frozen=True)
class ShownHolding:
    """The rows of one holding as they are read on the page."""

    holding: Holding
    titles: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Words:
    """Puts rows into words; `names` are units by id, `attempts` those of the person."""

    editions: Editions
    names: Mapping[UUID, str]
    attempts: Mapping[UUID, Any]

    @cached_property
    def modules(self) -> dict[str, str]:
        """What each questionnaire is called today."""
        return {one.module.id: one.module.title for one in self.editions.all_current()}

    def shown(
        self, holding: Holding, told: Mapping[str, Field], rows: Iterable[Row[Any]]
    ) -> ShownHolding:
        """The rows of a holding, with the attempt to which each belongs where that is not told."""
        is_part = bool(holding.through) and "title" not in told
        return ShownHolding(
            holding,
            (*(OF_ATTEMPT if is_part else ()), *(field.what for field in told.values())),
            tuple(
                (
                    *(self._attempt(row.attempt_id) if is_part else ()),
                    *(self._cell(holding, name, row) for name in told),
                )
                for row in rows
            ),
        )

    def _attempt(self, attempt_id: UUID) -> tuple[str, str]:
        taken = self.attempts[attempt_id]
        return self._edition(taken.edition_id).module.title, _day(taken.started_at)

    def _edition(self, edition_id: UUID) -> Edition:
        return self.editions.by_id(edition_id)

    def _cell(self, holding: Holding, name: str, row: Row[Any]) -> str:
        value = getattr(row, name)
        if name == "module":
            return self.modules.get(value, value) if value else "all questionnaires"
        if value is None or value == "":
            return ""
        if name == "edition_id":
            edition = self._edition(value)
            has_module = "module" in holding.fields
            return edition.label if has_module else f"{edition.module.title}, {edition.label}"
        if isinstance(value, str):
            return self._text(holding.table, name, value, row)
        if isinstance(value, bool):
            return YES_OR_NO.get(name, ("yes", "no"))[not value]
        if value == FOREVER:
            return OPEN_ENDS.get(name, "no end")
        if isinstance(value, float):
            return f"{value:.0%}"
        return self.names.get(value, str(value)) if isinstance(value, UUID) else _day(value)

    def _text(self, table: str, name: str, value: str, row: Row[Any]) -> str:
        """A short word or an id of ours as it is called; what somebody wrote as it is."""
        if name in ("objective", "misconception", "question_id", "reply"):
            return self._of_module(name, value, row)
        match table, name:
            case "attempt", "plan":
                return how_many(len(json.loads(value)), "question")
            case "attempt", "scope":
                return _listed(part.change for part in read_scope(value))
            case "attempt", "mode":
                return MODES[Mode(value)]
            case "attestation", "objectives":
                titles = self._edition(row.edition_id).module.objectives
                return _listed(titles.get(one, one) for one in value.split())
            case "attestation", "evidence":
                return _listed(EVIDENCE.get(one, one) for one in value.split())
            case "attestation", "statement":
                return STATEMENTS.get(value, value)
            case "certificate", "objectives":
                return _listed(value.split("\n"))
            case "certificate", "code":
                return grouped(value)
            case "audit", "action":
                return ACTIONS.get(value, value)
            case "notice", "kind":
                return NOTICES.get(value, value)
        return value

    def _of_module(self, name: str, value: str, row: Row[Any]) -> str:
        """What the edition that was taken calls it."""
        held = row if hasattr(row, "edition_id") else self.attempts[row.attempt_id]
        if held.edition_id is None:  # a draft that no edition has yet
            return value
        edition = self._edition(held.edition_id)
        module: Module = edition.module
        if name == "objective":
            return module.objectives.get(value, value)
        if name == "misconception":
            return module.misconceptions.get(value, value)
        question = edition.questions.get(row.question_id)
        if question is None:
            return value
        return question.ask if name == "question_id" else _listed(map(question.text_of, value))


def as_page(shown: Iterable[ShownHolding], at: datetime) -> str:
    """All of it as one page that needs nothing else."""
    return "\n".join(_page_lines(shown, at))


def _page_lines(shown: Iterable[ShownHolding], at: datetime) -> Iterator[str]:
    yield '<!doctype html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>Your data – The Knowledge</title>\n<style>{STYLE}</style>\n</head>\n<body>"
    yield "<h1>Your data in The Knowledge</h1>"
    yield f"<p>All that is kept of you, as of {long_date(at)}, {at:%H:%M}.</p>"
    for one in shown:
        yield f"<h2>{escape(one.holding.title)}</h2>"
        yield (
            f'<p class="why">Kept {escape(one.holding.why)}. How long:'
            f" {escape(one.holding.term.value)}. Seen by: {escape(one.holding.seen_by)}.</p>"
        )
        yield from _table_lines(one)
    yield "</body>\n</html>\n"


def _table_lines(one: ShownHolding) -> Iterator[str]:
    if not one.rows:
        yield "<p>Nothing.</p>"
        return
    yield "<table>\n<tr>" + "".join(f"<th>{escape(title)}</th>" for title in one.titles) + "</tr>"
    for row in one.rows:
        yield "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>"
    yield "</table>"


def _day(value: object) -> str:
    if isinstance(value, datetime):
        return f"{long_date(london_day(value))}, {value.astimezone(LONDON):%H:%M}"
    return long_date(value) if isinstance(value, date) else str(value)


def _listed(words: Iterable[str]) -> str:
    return "; ".join(words)
