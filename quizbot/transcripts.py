"""Transcripts: everything that a person took, on paper or for a spreadsheet."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from quizbot import pdf
from quizbot.audit import Audit
from quizbot.certificates import grouped
from quizbot.clock import Clock, in_words, london_day
from quizbot.db import Database
from quizbot.editions import Editions
from quizbot.pick import Mode
from quizbot.tables import attempt, certificate, person

TITLES = (
    "Questionnaire",
    "Edition",
    "Taken on",
    "Outcome",
    "Share",
    "Certificate",
    "Valid until",
    "Certificate withdrawn on",
)


@dataclass(frozen=True)
class Taken:
    """An attempt that was finished, and the certificate that it led to."""

    title: str
    edition: str
    taken_on: date
    outcome: str
    share: str
    code: str
    expires_on: date | None
    withdrawn_on: date | None


@dataclass(frozen=True)
class Transcript:
    """Everything that a person has finished, the newest first."""

    name: str
    made_on: date
    lines: tuple[Taken, ...]

    def rows(self) -> Iterator[tuple[str | date | None, ...]]:
        """The same as cells, titles first."""
        yield TITLES
        for line in self.lines:
            yield (
                line.title,
                line.edition,
                line.taken_on,
                line.outcome,
                line.share,
                line.code,
                line.expires_on,
                line.withdrawn_on,
            )


@dataclass(frozen=True)
class Transcripts:
    """A person's own record to take away; that it was taken is noted."""

    database: Database
    editions: Editions
    audit: Audit
    issuer: str
    now: Clock

    def of(self, person_id: UUID, form: str) -> Transcript:
        """What to put into a file of some form, such as csv."""
        query = (
            select(
                attempt.c.edition_id,
                attempt.c.mode,
                attempt.c.submitted_at,
                attempt.c.passed,
                attempt.c.share,
                certificate.c.code,
                certificate.c.expires_on,
                certificate.c.withdrawn_at,
            )
            .outerjoin(certificate, certificate.c.attempt_id == attempt.c.id)
            .where(attempt.c.person_id == person_id, attempt.c.submitted_at.is_not(None))
            .order_by(attempt.c.submitted_at.desc(), attempt.c.id.desc())
        )
        with self.database.writing(queue="audit") as connection:
            name = connection.execute(
                select(person.c.name).where(person.c.id == person_id)
            ).scalar_one()
            rows = connection.execute(query).all()
            self.audit.add(
                connection, person_id, "transcript.export", person_id, form=form, lines=len(rows)
            )
        return Transcript(name, london_day(self.now()), tuple(self._taken(row) for row in rows))

    def paper(self, person_id: UUID) -> bytes:
        """The transcript as PDF, of today."""
        found = self.of(person_id, "pdf")
        printed = {
            "name": found.name,
            "issuer": self.issuer,
            "made_on": in_words(found.made_on),
            "lines": [
                {
                    "title": line.title,
                    "edition": line.edition,
                    "taken_on": in_words(line.taken_on),
                    "outcome": line.outcome,
                    "share": line.share,
                    "code": line.code,
                    "until": _until(line),
                }
                for line in found.lines
            ],
        }
        return pdf.make("transcript", printed, self.now())

    def _taken(self, row: Any) -> Taken:
        edition = self.editions.by_id(row.edition_id)
        is_practice = row.mode == Mode.PRACTICE.value
        return Taken(
            title=edition.module.title,
            edition=edition.label,
            taken_on=london_day(row.submitted_at),
            outcome="Practice" if is_practice else "Passed" if row.passed else "Not passed",
            share=f"{row.share:.0%}",
            code=grouped(row.code) if row.code else "",
            expires_on=row.expires_on,
            withdrawn_on=london_day(row.withdrawn_at) if row.withdrawn_at else None,
        )


def _until(line: Taken) -> str:
    if line.withdrawn_on:
        return f"withdrawn {in_words(line.withdrawn_on)}"
    return f"valid until {in_words(line.expires_on)}" if line.expires_on else ""
