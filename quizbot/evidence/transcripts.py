"""Transcripts: everything that a person took for the record, on paper or for a spreadsheet."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from quizbot.clock import Clock, london_day
from quizbot.editions.editions import Editions
from quizbot.evidence import pdf
from quizbot.evidence.certificates import NEWER_ON, CertificateState, grouped, state_of
from quizbot.rules.pick import Mode
from quizbot.rules.scope import outcome_words, titled
from quizbot.store.audit import Audit
from quizbot.store.counted import is_passed, is_withdrawn, share_of
from quizbot.store.database import Database
from quizbot.store.tables import attempt, certificate, person
from quizbot.words import long_date

TITLES = (
    "Questionnaire",
    "Edition",
    "Taken on",
    "Outcome",
    "Share",
    "Certificate",
    "Valid until",
    "Certificate is",
    "Certificate withdrawn on",
)


@dataclass(frozen=True)
class TranscriptLine:
    """An attempt that was finished, and the certificate that it led to."""

    title: str
    edition: str
    taken_on: date
    outcome: str
    share: str
    code: str
    expires_on: date | None
    state: CertificateState | None  # of the certificate, on the day of the transcript
    withdrawn_on: date | None


@dataclass(frozen=True)
class Transcript:
    """Everything that a person has finished for the record, the newest first."""

    name: str
    made_on: date
    lines: tuple[TranscriptLine, ...]

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
                line.state.words if line.state else "",
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
                attempt.c.scope,
                attempt.c.submitted_at,
                is_passed(),
                share_of(),
                certificate.c.code,
                certificate.c.expires_on,
                certificate.c.withdrawn_at,
                is_withdrawn().label("is_withdrawn"),
                NEWER_ON.label("newer_on"),
            )
            .outerjoin(certificate, certificate.c.attempt_id == attempt.c.id)
            .where(
                attempt.c.person_id == person_id,
                attempt.c.mode == Mode.ASSURED.value,
                attempt.c.submitted_at.is_not(None),
            )
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
        today = london_day(self.now())
        return Transcript(name, today, tuple(self._taken(row, today) for row in rows))

    def paper(self, person_id: UUID) -> bytes:
        """The transcript as PDF, of today."""
        found = self.of(person_id, "pdf")
        printed = {
            "name": found.name,
            "issuer": self.issuer,
            "made_on": long_date(found.made_on),
            "lines": [
                {
                    "title": line.title,
                    "edition": line.edition,
                    "taken_on": long_date(line.taken_on),
                    "outcome": line.outcome,
                    "share": line.share,
                    "code": line.code,
                    "state": _state(line),
                }
                for line in found.lines
            ],
        }
        return pdf.make("transcript", printed, self.now())

    def _taken(self, row: Row[*tuple[Any, ...]], today: date) -> TranscriptLine:
        edition = self.editions.by_id(row.edition_id)
        return TranscriptLine(
            title=titled(edition.module.title, row.scope),
            edition=edition.label,
            taken_on=london_day(row.submitted_at),
            outcome=outcome_words(row.scope, passed=row.passed)
            + (", withdrawn" if row.is_withdrawn else ""),
            share=f"{row.share:.0%}",
            code=grouped(row.code) if row.code else "",
            expires_on=row.expires_on,
            state=state_of(row.expires_on, row.withdrawn_at, row.newer_on, today)
            if row.code
            else None,
            withdrawn_on=london_day(row.withdrawn_at) if row.withdrawn_at else None,
        )


def _state(line: TranscriptLine) -> str:
    """What has become of the certificate, and until when it holds or held."""
    if line.state is None:
        return ""
    if line.withdrawn_on:
        return f"withdrawn {long_date(line.withdrawn_on)}"
    if line.state is CertificateState.SUPERSEDED:
        return "superseded by a newer one"
    if line.expires_on is None:
        return "valid, no end date"
    verb = "expired after" if line.state is CertificateState.EXPIRED else "valid until"
    return f"{verb} {long_date(line.expires_on)}"
