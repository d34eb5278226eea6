"""Scores on their way to learning systems, by their Assignment and Grade Services.

What is owed stands in the outbox of results. A score has the time at which it was owed: sent twice,
because an answer was lost, it is the same score, and the learning system keeps one.
"""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

from sqlalchemy import func, select, update

from quizbot.clock import Clock
from quizbot.delivery.held_back import HeldBack
from quizbot.editions.editions import Editions
from quizbot.errors import NotFound
from quizbot.lti.claims import SCORE_SCOPE
from quizbot.lti.launches import MAXIMUM
from quizbot.lti.making import MadeItems, NotMade
from quizbot.lti.platforms import Platform, Platforms, connection_name
from quizbot.lti.services import ServicesOfCourses, Shut
from quizbot.outbox.results import VOID
from quizbot.outgoing import OutsideAnswer, Unreachable
from quizbot.store.connections import Connections
from quizbot.store.counted import counts, is_passed, share_of
from quizbot.store.database import Database
from quizbot.store.tables import attempt, lti_link, outgoing

AT_ONCE = 50
KIND = "application/vnd.ims.lis.v1.score+json"
GIVES_UP_AFTER = timedelta(days=7)
FOREVER = (400, 404, 410, 413, 415, 422)  # said of this one score: the same again is no better
GONE_THERE = 404
KNOWN_THERE = 409  # it has this one, or a later one


@dataclass(frozen=True, kw_only=True)
class OwedScore:
    """One row of the outbox with where it goes and what it is about."""

    row_id: UUID
    kind: str
    owed_at: datetime
    target: str
    platform_id: UUID
    subject: str
    line_item: str
    person_id: UUID
    module: str
    result: "ScoreFacts"


@dataclass(frozen=True)
class ScoreFacts:
    """A result as a course shows it."""

    edition_id: UUID
    passed: bool
    share: float
    submitted_at: datetime


@dataclass(frozen=True)
class Scores:
    """Sends what is owed, a course's in order; whoever calls it holds the worker's lease."""

    database: Database
    platforms: Platforms
    services: ServicesOfCourses
    made_items: MadeItems
    connections: Connections
    editions: Editions
    now: Clock
    _held: dict[str, HeldBack] = field(default_factory=dict, repr=False)

    @property
    def is_on(self) -> bool:
        """Whether learning systems are connected here."""
        return self.platforms.is_on

    def send_some(self) -> int:
        """Send some of what is due; how many left."""
        if not self.is_on:
            return 0
        known: dict[UUID, Platform] = {}
        total = 0
        for owed in self._due():
            name = connection_name(owed.platform_id)
            if self._is_held(name) or self._is_held(owed.target):
                continue  # since the one before it
            try:
                platform = known.setdefault(
                    owed.platform_id, self.platforms.by_id(owed.platform_id)
                )
            except NotFound:
                continue  # ended just now, and with it what it was owed
            total += self._send(platform, owed)
        return total

    def waiting(self) -> dict[UUID, tuple[int, int]]:
        """How much has not left and how much was refused, by learning system."""
        query = (
            select(lti_link.c.platform_id, outgoing.c.state, func.count().label("rows"))
            .join(outgoing, outgoing.c.target == lti_link.c.target)
            .where(outgoing.c.state.in_(("queued", "failed")))
            .group_by(lti_link.c.platform_id, outgoing.c.state)
        )
        with self.database.reading() as connection:
            rows = connection.execute(query).all()
        counted = {(row.platform_id, row.state): row.rows for row in rows}
        ids = {platform_id for platform_id, _ in counted}
        return {
            one: (counted.get((one, "queued"), 0), counted.get((one, "failed"), 0)) for one in ids
        }

    # What the public methods are made of.

    def _is_held(self, name: str) -> bool:
        held = self._held.get(name)
        return held is not None and held.is_on(self.now())

    def _due(self) -> list[OwedScore]:
        held = [name for name in self._held if self._is_held(name)]
        shut = [one.platform_id for one in self.platforms.all() if one.name in held]
        query = (
            select(
                outgoing.c.id.label("row_id"),
                outgoing.c.kind,
                outgoing.c.made_at,
                outgoing.c.target,
                lti_link.c.platform_id,
                lti_link.c.subject,
                lti_link.c.line_item,
                lti_link.c.person_id,
                lti_link.c.module,
                attempt.c.edition_id,
                attempt.c.submitted_at,
                is_passed(),
                share_of(),
            )
            .join(lti_link, lti_link.c.target == outgoing.c.target)
            .join(attempt, attempt.c.id == outgoing.c.attempt_id)
            .where(
                outgoing.c.state == "queued",
                outgoing.c.target.not_in(held),
                lti_link.c.platform_id.not_in(shut),
            )
            .order_by(outgoing.c.made_at, outgoing.c.id)
            .limit(AT_ONCE)
        )
        with self.database.reading() as connection:
            rows = connection.execute(query).all()
        return [
            OwedScore(
                row_id=row.row_id,
                kind=row.kind,
                owed_at=row.made_at,
                target=row.target,
                platform_id=row.platform_id,
                subject=row.subject,
                line_item=row.line_item,
                person_id=row.person_id,
                module=row.module,
                result=ScoreFacts(
                    row.edition_id, bool(row.passed), row.share or 0.0, row.submitted_at
                ),
            )
            for row in rows
        ]

    def _send(self, platform: Platform, owed: OwedScore) -> int:
        """One score; 1 where its row is dealt with."""
        try:
            answer = self._post(platform, owed)
        except (Unreachable, Shut) as error:
            self._hold(platform.name, platform, str(error))
            return self._give_up(owed)
        except NotMade as error:
            return self._refused(
                platform, owed, "Making a line item was answered with status", error.answer
            )
        if answer.is_right or answer.status == KNOWN_THERE:
            self._settle(owed, "sent")
            self._held.pop(platform.name, None)
            self._held.pop(owed.target, None)
            self.connections.note_use(platform.name)
            return 1
        return self._refused(platform, owed, "A score was answered with status", answer)

    def _refused(
        self, platform: Platform, owed: OwedScore, what: str, answer: OutsideAnswer
    ) -> int:
        """One that was not taken: for ever, or for now; 1 where its row is dealt with."""
        words = f"{what} {answer.status}."
        if answer.status in FOREVER:
            self._settle(owed, "failed", f"it was answered with status {answer.status}")
            self.connections.note_fault(platform.name, words)
            return 1
        # One course may be amiss where others are well; a whole system where it knows us no more.
        whose = platform.name if answer.status in (401, 429) else owed.target
        self._hold(whose, platform, words, answer.headers.get("retry-after", ""))
        return self._give_up(owed)

    def _give_up(self, owed: OwedScore) -> int:
        """Keep for a later try what was not taken, but not for ever; 1 where that is over."""
        if self.now() - owed.owed_at <= GIVES_UP_AFTER:
            return 0
        self._settle(owed, "failed", "it was not taken within a week")
        return 1

    def _post(self, platform: Platform, owed: OwedScore) -> OutsideAnswer:
        answer = self._posted(platform, owed)
        if answer.status == GONE_THERE and self.made_items.forget(platform, owed.line_item):
            answer = self._posted(platform, owed)  # one that we made was taken away meanwhile
        return answer

    def _posted(self, platform: Platform, owed: OwedScore) -> OutsideAnswer:
        title = self.editions.by_id(owed.result.edition_id).module.title
        url = scores_of(self.made_items.where(platform, owed.line_item, title))
        body = json.dumps(self._content(owed)).encode()
        return self.services.ask(platform, SCORE_SCOPE, "POST", url, {"Content-Type": KIND}, body)

    def _content(self, owed: OwedScore) -> dict[str, Any]:
        """A score as the services of learning systems have it."""
        content: dict[str, Any] = {
            "userId": owed.subject,
            "timestamp": owed.owed_at.isoformat(timespec="milliseconds"),
            "activityProgress": "Completed",
            "gradingProgress": "FullyGraded",
            "scoreMaximum": MAXIMUM,
        }
        result: ScoreFacts | None = owed.result
        if owed.kind.startswith(VOID):
            result = self._latest(owed)  # what was before it, or came after it, stands
        if result is None:
            gone = {"activityProgress": "Initialized", "gradingProgress": "NotReady"}
            del content["scoreMaximum"]
            return content | gone
        pass_share = self.editions.by_id(result.edition_id).module.pass_share
        given = shown_share(result.share, pass_share, passed=result.passed)
        words = "Passed" if result.passed else "Not passed"
        return content | {"scoreGiven": round(given * MAXIMUM, 2), "comment": words}

    def _latest(self, owed: OwedScore) -> ScoreFacts | None:
        """Somebody's newest result of a module that counts."""
        query = (
            select(attempt.c.edition_id, is_passed(), share_of(), attempt.c.submitted_at)
            .where(
                attempt.c.person_id == owed.person_id,
                attempt.c.module == owed.module,
                attempt.c.submitted_at.is_not(None),
                counts(),
            )
            .order_by(attempt.c.submitted_at.desc())
            .limit(1)
        )
        with self.database.reading() as connection:
            row = connection.execute(query).first()
        if row is None:
            return None
        return ScoreFacts(row.edition_id, bool(row.passed), row.share or 0.0, row.submitted_at)

    def _hold(self, name: str, platform: Platform, words: str, wanted: str = "") -> None:
        """Leave a course, or all of a learning system, alone for a while; nothing is lost."""
        self._held.setdefault(name, HeldBack()).lengthen(self.now(), wanted)
        self.connections.note_fault(platform.name, words)

    def _settle(self, owed: OwedScore, state: str, trouble: str = "") -> None:
        """Write down that it left, or why it never will."""
        with self.database.writing() as connection:
            connection.execute(
                update(outgoing)
                .where(outgoing.c.id == owed.row_id, outgoing.c.state == "queued")
                .values(state=state, trouble=trouble, done_at=self.now())
            )


def scores_of(line_item: str) -> str:
    """Where the scores of a line item are sent: below its path, before what follows a ?."""
    parts = urlsplit(line_item)
    return urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}/scores"))


def shown_share(share: float, pass_share: float, *, passed: bool) -> float:
    """The share that a course shows, which knows a mark to pass and no must-knows.

    Who has not passed stays below that mark, however many answers were right.
    """
    return share if passed else max(0.0, min(share, pass_share - 0.01))
