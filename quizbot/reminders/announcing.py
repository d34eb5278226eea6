"""What leads tell of a change of guidance: a line of everybody's next digest, owed once."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from quizbot.outbox.notices import Notices
from quizbot.standing.standings import RENEWING, chunks
from quizbot.standing.tellings import Tellings, ToAnnounce
from quizbot.store.database import Database
from quizbot.store.tables import notice

TOLD = "told"  # the kind of such a notice
LATER = "later"  # of two questions some weeks after a pass: for whoever wants reminders


@dataclass(frozen=True)
class Announcing:
    """Owes it to all whom a telling reaches; begun twice, it is owed no more than once."""

    database: Database
    tellings: Tellings
    notices: Notices

    def run(self) -> Iterator[int]:
        """Chunk by chunk of people, so that codes go on being mailed between them."""
        for telling in self.tellings.to_announce():
            for some in chunks(self.tellings.reached(telling)):
                with self.database.writing(queue=RENEWING) as connection:
                    rows = [self._row(telling, person_id) for person_id in some]
                    self.database.insert_new(connection, notice, rows)
                yield len(some)
            self.tellings.note_announced(telling)

    def _row(self, telling: ToAnnounce, person_id: UUID) -> dict[str, object]:
        payload = {"module": "", "about": person_id.hex, "duty": telling.action_id.hex}
        key = f"{TOLD}:{telling.action_id.hex}:{person_id.hex}"
        return self.notices.row(key, person_id, TOLD, payload)
