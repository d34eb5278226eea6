"""The outbox of results: what each system of the house is still to be told of an attempt.

A row is owed inside the transaction of what is told, and says no more than which attempt it is;
what is sent is made of the facts when it leaves. Where no system is connected, nothing is owed.

A learning system is told of those alone who came from it, and of no more than the verdict.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, and_, select, update

from quizbot.clock import Clock
from quizbot.store.database import Database
from quizbot.store.tables import attempt, lti_link, new_id, outgoing

PASSED, FAILED, COMPLETED = "passed", "failed", "completed"
VOID = "annul-"  # before the kind that is taken back; it sorts before what comes instead


@dataclass(frozen=True)
class Results:
    """Owes what happened to an attempt for the record to every target, each once."""

    database: Database
    targets: tuple[str, ...]
    now: Clock
    tells_courses: bool = False  # whether learning systems are connected here

    @property
    def has_targets(self) -> bool:
        """Whether anybody is told of results at all."""
        return bool(self.targets) or self.tells_courses

    def judged(
        self, connection: Connection, attempt_id: UUID, *, passed: bool, is_update: bool = False
    ) -> None:
        """It was handed in; an update of a change is completed, and is no pass of the whole."""
        kinds = (COMPLETED,) if is_update else (COMPLETED, PASSED if passed else FAILED)
        for target in self.targets:
            for kind in kinds:
                self.owe(connection, target, attempt_id, kind)
        if not is_update:
            for target in self._of_courses(connection, attempt_id):
                self.owe(connection, target, attempt_id, PASSED if passed else FAILED)

    def regraded(self, connection: Connection, attempt_id: UUID, *, passed: bool) -> None:
        """Its verdict became another: what was told before is taken back."""
        before, after = (FAILED, PASSED) if passed else (PASSED, FAILED)
        for target in self.targets:
            self._take_back(connection, target, attempt_id, (before,))
            self.owe(connection, target, attempt_id, after)
        for target in self._of_courses(connection, attempt_id):  # a score is written over
            self._need_not_leave(connection, target, attempt_id, (before,))
            self.owe(connection, target, attempt_id, after)

    def withdrawn(self, connection: Connection, attempt_id: UUID) -> None:
        """It counts for nothing any more: what was told of it is taken back."""
        for target in (*self.targets, *self._of_courses(connection, attempt_id)):
            self._take_back(connection, target, attempt_id, (COMPLETED, PASSED, FAILED))

    def owe(self, connection: Connection, target: str, attempt_id: UUID, kind: str) -> bool:
        """One row, once; whether it is new."""
        row = {
            "id": new_id(),
            "target": target,
            "attempt_id": attempt_id,
            "kind": kind,
            "state": "queued",
            "made_at": self.now(),
            "done_at": None,
            "trouble": "",
        }
        return self.database.insert_once(connection, outgoing, row)

    def _of_courses(self, connection: Connection, attempt_id: UUID) -> Sequence[str]:
        """Where learning systems want this result, of the person whose it is."""
        if not self.tells_courses:
            return ()
        query = (
            select(lti_link.c.target)
            .join(
                attempt,
                and_(
                    attempt.c.person_id == lti_link.c.person_id,
                    attempt.c.module == lti_link.c.module,
                ),
            )
            .where(attempt.c.id == attempt_id)
        )
        return connection.execute(query.order_by(lti_link.c.target)).scalars().all()

    def _take_back(
        self, connection: Connection, target: str, attempt_id: UUID, kinds: tuple[str, ...]
    ) -> None:
        """What has not left need not; what has is voided."""
        self._need_not_leave(connection, target, attempt_id, kinds)
        sent = select(outgoing.c.kind).where(
            outgoing.c.target == target,
            outgoing.c.attempt_id == attempt_id,
            outgoing.c.kind.in_(kinds),
            outgoing.c.state == "sent",
        )
        for kind in connection.execute(sent).scalars().all():
            self.owe(connection, target, attempt_id, f"{VOID}{kind}")

    def _need_not_leave(
        self, connection: Connection, target: str, attempt_id: UUID, kinds: tuple[str, ...]
    ) -> None:
        connection.execute(
            update(outgoing)
            .where(
                outgoing.c.target == target,
                outgoing.c.attempt_id == attempt_id,
                outgoing.c.kind.in_(kinds),
                outgoing.c.state == "queued",
            )
            .values(state="cancelled", done_at=self.now())
        )
