"""The outbox of results: what each system of the house is still to be told of an attempt.

A row is owed inside the transaction of what is told, and says no more than which attempt it is;
what is sent is made of the facts when it leaves. Where no system is connected, nothing is owed.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, select, update

from quizbot.clock import Clock
from quizbot.store.database import Database
from quizbot.store.tables import new_id, outgoing

PASSED, FAILED, COMPLETED = "passed", "failed", "completed"
VOID = "annul-"  # before the kind that is taken back; it sorts before what comes instead


@dataclass(frozen=True)
class Results:
    """Owes what happened to an attempt for the record to every target, each once."""

    database: Database
    targets: tuple[str, ...]
    now: Clock

    def judged(
        self, connection: Connection, attempt_id: UUID, *, passed: bool, is_update: bool = False
    ) -> None:
        """It was handed in; an update of a change is completed, and is no pass of the whole."""
        kinds = (COMPLETED,) if is_update else (COMPLETED, PASSED if passed else FAILED)
        for target in self.targets:
            for kind in kinds:
                self.owe(connection, target, attempt_id, kind)

    def regraded(self, connection: Connection, attempt_id: UUID, *, passed: bool) -> None:
        """Its verdict became another: what was told before is taken back."""
        for target in self.targets:
            before, after = (FAILED, PASSED) if passed else (PASSED, FAILED)
            self._take_back(connection, target, attempt_id, (before,))
            self.owe(connection, target, attempt_id, after)

    def withdrawn(self, connection: Connection, attempt_id: UUID) -> None:
        """It counts for nothing any more: what was told of it is taken back."""
        for target in self.targets:
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

    def _take_back(
        self, connection: Connection, target: str, attempt_id: UUID, kinds: tuple[str, ...]
    ) -> None:
        """What has not left need not; what has is voided."""
        its = (outgoing.c.target == target, outgoing.c.attempt_id == attempt_id)
        told = outgoing.c.kind.in_(kinds)
        waiting = (*its, told, outgoing.c.state == "queued")
        connection.execute(
            update(outgoing).where(*waiting).values(state="cancelled", done_at=self.now())
        )
        sent = select(outgoing.c.kind).where(*its, told, outgoing.c.state == "sent")
        for kind in connection.execute(sent).scalars().all():
            self.owe(connection, target, attempt_id, f"{VOID}{kind}")
