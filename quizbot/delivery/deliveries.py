"""Results on their way: what is owed leaves, is tried again, or is told to have failed."""

import base64
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update

from quizbot.clock import Clock
from quizbot.delivery.held_back import HeldBack
from quizbot.delivery.statements import ResultFacts, body, id_of, statement
from quizbot.delivery.targets import XAPI, Target
from quizbot.delivery.trying import door_to, try_store, try_webhook
from quizbot.editions.editions import Editions
from quizbot.errors import NotFound
from quizbot.outbox.results import FAILED, PASSED, VOID, Results
from quizbot.signing import Signer
from quizbot.store.connections import Connections, Tried
from quizbot.store.counted import is_passed, is_withdrawn, share_of
from quizbot.store.database import Database
from quizbot.store.tables import attempt, outgoing

AT_ONCE = 50  # results in a request to a store
NOT_FOR_US = (401, 403, 404, 405)  # the target's or our settings, not this one result's fault
LATER = (408, 425, 429)


@dataclass(frozen=True)
class OwedResult:
    """One row of the outbox with the facts that it is about."""

    id: UUID
    kind: str
    facts: ResultFacts


@dataclass(frozen=True)
class Backlog:
    """How much of the outbox of one target has not left, and what it will never take."""

    queued: int
    failed: int


@dataclass(frozen=True)
class Deliveries:
    """Sends what is owed to each target in order; whoever calls it holds the worker's lease."""

    database: Database
    editions: Editions
    connections: Connections
    signer: Signer
    results: Results
    targets: tuple[Target, ...]
    public_url: str
    now: Clock
    _held: dict[str, HeldBack] = field(default_factory=dict, repr=False)

    def send_some(self) -> int:
        """Send some of what is due to each target that takes anything; how many left."""
        return sum(self._send(target) for target in self.targets if not self._is_held(target))

    def waiting(self) -> dict[str, Backlog]:
        """What has not left, by target."""
        query = select(outgoing.c.target, outgoing.c.state, func.count().label("rows")).where(
            outgoing.c.state.in_(("queued", "failed"))
        )
        with self.database.reading() as connection:
            rows = connection.execute(query.group_by(outgoing.c.target, outgoing.c.state)).all()
        counts = {(row.target, row.state): row.rows for row in rows}
        return {
            target.name: Backlog(
                counts.get((target.name, "queued"), 0), counts.get((target.name, "failed"), 0)
            )
            for target in self.targets
        }

    def send_again(self, name: str, since: datetime | None = None) -> int:
        """Queue what a target refused, and with a day what was handed in since; how many."""
        target = next((target for target in self.targets if target.name == name), None)
        if target is None:
            known = ", ".join(one.name for one in self.targets) or "none is set up"
            raise NotFound(f"There is no target {name}: {known}.")
        with self.database.writing() as connection:
            refused = (outgoing.c.target == name, outgoing.c.state == "failed")
            again = (
                update(outgoing).where(*refused).values(state="queued", trouble="", done_at=None)
            )
            total = connection.execute(again).rowcount
            if since is None:
                return total
            handed_in = connection.execute(
                select(attempt.c.id, is_passed().label("passed"), attempt.c.scope)
                .where(
                    attempt.c.mode == "assured", attempt.c.submitted_at >= since, ~is_withdrawn()
                )
                .order_by(attempt.c.submitted_at, attempt.c.id)
            ).all()
            for row in handed_in:
                kinds = (
                    ["completed"] if row.scope else ["completed", PASSED if row.passed else FAILED]
                )
                total += sum(self.results.owe(connection, name, row.id, kind) for kind in kinds)
        return total

    def check(self, name: str) -> Tried:
        """Ask a target what can be asked without telling it anything.

        While results wait, that it answers is no sign that it takes them: their fault stands.
        """
        (target,) = (one for one in self.targets if one.name == name)
        if target.kind == XAPI:
            tried = try_store(target, self._headers(target, b"", ""))
        else:
            tried = try_webhook(target)
        is_waited_for = self.waiting()[name].queued > 0
        return tried if is_waited_for and not tried.is_fault else self.connections.note(name, tried)

    # What the public methods are made of.

    def _is_held(self, target: Target) -> bool:
        return self._held.setdefault(target.name, HeldBack()).is_on(self.now())

    def _send(self, target: Target) -> int:
        owed = self._due(target)
        if not owed:
            return 0
        return self._to_store(target, owed) if target.kind == XAPI else self._to_hook(target, owed)

    def _due(self, target: Target) -> list[OwedResult]:
        query = (
            select(
                outgoing.c.id.label("row_id"),
                outgoing.c.kind,
                attempt.c.id,
                attempt.c.person_id,
                attempt.c.edition_id,
                attempt.c.started_at,
                attempt.c.submitted_at,
                attempt.c.passed,
                attempt.c.share,
                share_of().label("regraded_share"),
            )
            .join(attempt, attempt.c.id == outgoing.c.attempt_id)
            .where(outgoing.c.target == target.name, outgoing.c.state == "queued")
            .order_by(outgoing.c.made_at, outgoing.c.kind)  # completed, then passed or failed
            .limit(AT_ONCE)
        )
        with self.database.reading() as connection:
            rows = connection.execute(query).all()
        found = []
        for row in rows:
            module = self.editions.by_id(row.edition_id).module
            found.append(
                OwedResult(
                    row.row_id,
                    row.kind,
                    ResultFacts(
                        attempt_id=row.id,
                        person=self.stands_for(target.name, row.person_id),
                        module=module.id,
                        title=module.title,
                        edition=module.edition,
                        started_at=row.started_at,
                        submitted_at=row.submitted_at,
                        passed=self._passed(row.kind, passed=bool(row.passed)),
                        share=self._share(row.kind, row.share or 0.0, row.regraded_share or 0.0),
                    ),
                )
            )
        return found

    def stands_for(self, name: str, person_id: UUID) -> str:
        """What a target knows a person by; another target knows them by another."""
        return self.signer.hash("result for", name, person_id.hex)[:32]

    def _passed(self, kind: str, *, passed: bool) -> bool:
        """A regrade tells the verdict as it became, whatever it was when it was handed in."""
        return {PASSED: True, FAILED: False}.get(kind, passed)

    def _share(self, kind: str, share: float, regraded_share: float) -> float:
        """With a fail goes the share that it was a fail by."""
        return share if kind == FAILED else regraded_share

    def _to_store(self, target: Target, owed: Sequence[OwedResult]) -> int:
        """Many at once; where the store does not take them together, one by one."""
        told = [statement(one.facts, one.kind, self.public_url, self.now()) for one in owed]
        answer = self._ask(target, "POST", f"{target.url}/statements", told)
        if answer is None:
            return 0
        if 200 <= answer < 300:
            return self._settle(target, owed)
        total = 0
        for one, content in zip(owed, told, strict=True):
            url = f"{target.url}/statements?statementId={content['id']}"
            answer = self._ask(target, "PUT", url, content)
            if answer is None:
                return total
            # 409: it is there already, told by us before an answer was lost.
            is_there = 200 <= answer < 300 or answer == 409
            total += self._settle(target, [one], "" if is_there else _refused(answer))
        return total

    def _to_hook(self, target: Target, owed: Sequence[OwedResult]) -> int:
        total = 0
        for one in owed:
            content = body(one.facts, one.kind, self.now())
            number = str(id_of(one.facts.attempt_id, one.kind))
            answer = self._ask(target, "POST", target.url, content, number)
            if answer is None:
                return total
            trouble = "" if 200 <= answer < 300 else _refused(answer)
            total += self._settle(target, [one], trouble)
        return total

    def _ask(
        self, target: Target, method: str, url: str, content: Any, number: str = ""
    ) -> int | None:
        """The status with which a target answers; None where it takes nothing for now."""
        from quizbot.outgoing import Unreachable

        packed = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
        try:
            answer = door_to(target).ask(method, url, self._headers(target, packed, number), packed)
        except Unreachable as error:
            self._hold(target, str(error))
            return None
        if answer.status in NOT_FOR_US:
            self._hold(target, f"{target.host} answers with status {answer.status}.")
            return None
        if answer.status >= 500 or answer.status in LATER or 300 <= answer.status < 400:
            wanted = answer.headers.get("retry-after", "")
            self._hold(target, f"{target.host} answers with status {answer.status}.", wanted)
            return None
        return answer.status

    def _headers(self, target: Target, packed: bytes, number: str) -> dict[str, str]:
        headers = {"Content-Type": "application/json"}
        if target.kind == XAPI:
            pair = base64.b64encode(f"{target.user}:".encode() + target.secret).decode()
            return headers | {
                "Authorization": f"Basic {pair}",
                "X-Experience-API-Version": target.version,
            }
        at = str(int(self.now().timestamp()))
        signed = hmac.digest(target.secret, f"{number}.{at}.".encode() + packed, "sha256")
        return headers | {
            "webhook-id": number,
            "webhook-timestamp": at,
            "webhook-signature": f"v1,{base64.b64encode(signed).decode()}",
        }

    def _hold(self, target: Target, words: str, wanted: str = "") -> None:
        """Leave a target alone for a while; nothing that is owed is lost."""
        self._held.setdefault(target.name, HeldBack()).lengthen(self.now(), wanted)
        self.connections.note_fault(target.name, words)

    def _settle(self, target: Target, owed: Sequence[OwedResult], trouble: str = "") -> int:
        """Write down that they left, or why they never will; what was taken back meanwhile is
        voided now."""
        values = {"state": "failed" if trouble else "sent", "trouble": trouble}
        with self.database.writing() as connection:
            for one in owed:
                done = connection.execute(
                    update(outgoing)
                    .where(outgoing.c.id == one.id, outgoing.c.state == "queued")
                    .values(done_at=self.now(), **values)
                ).rowcount
                if not done and not trouble and not one.kind.startswith(VOID):
                    void = f"{VOID}{one.kind}"
                    self.results.owe(connection, target.name, one.facts.attempt_id, void)
        self._held[target.name] = HeldBack()
        if trouble:
            self.connections.note_fault(target.name, f"One result was refused: {trouble}")
        else:
            self.connections.note_use(target.name)
        return len(owed)


def _refused(status: int) -> str:
    return f"it was answered with status {status}"
