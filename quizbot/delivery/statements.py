"""What is told of a result: an xAPI statement, or the body of a webhook. Never a reply.

Of a person only a name that stands for them at this one system, made with our key.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from quizbot.outbox.results import COMPLETED, FAILED, PASSED, VOID

ADL = "http://adlnet.gov/expapi"
VERBS = {name: f"{ADL}/verbs/{name}" for name in (PASSED, FAILED, COMPLETED)}
VOIDED = f"{ADL}/verbs/voided"
ASSESSMENT = f"{ADL}/activities/assessment"


@dataclass(frozen=True, kw_only=True)
class ResultFacts:
    """What is known of an attempt that was handed in."""

    attempt_id: UUID
    person: str  # a name that stands for them
    module: str
    title: str
    edition: str
    started_at: datetime
    submitted_at: datetime
    passed: bool
    share: float


def id_of(attempt_id: UUID, kind: str) -> UUID:
    """The same for the same result, so that telling it twice is telling it once."""
    return uuid5(attempt_id, kind)


def statement(facts: ResultFacts, kind: str, public_url: str, at: datetime) -> dict[str, Any]:
    """One statement, as versions 1.0.3 and 2.0 both have it; `at` is when it is taken back."""
    if kind.startswith(VOID):
        return {
            "id": str(id_of(facts.attempt_id, kind)),
            "actor": {"objectType": "Agent", "account": _account(public_url, "the-knowledge")},
            "verb": {"id": VOIDED, "display": {"en": "voided"}},
            "object": {
                "objectType": "StatementRef",
                "id": str(id_of(facts.attempt_id, kind.removeprefix(VOID))),
            },
            "timestamp": _instant(at),
        }
    result: dict[str, Any] = {"completion": True}
    if kind != COMPLETED:
        result |= {"success": facts.passed, "score": {"scaled": round(facts.share, 4)}}
    taken = max(facts.submitted_at - facts.started_at, timedelta())
    return {
        "id": str(id_of(facts.attempt_id, kind)),
        "actor": {"objectType": "Agent", "account": _account(public_url, facts.person)},
        "verb": {"id": VERBS[kind], "display": {"en": kind}},
        "object": {
            "objectType": "Activity",
            "id": f"{public_url}/modules/{facts.module}",
            "definition": {"type": ASSESSMENT, "name": {"en-GB": facts.title}},
        },
        "result": {**result, "duration": f"PT{int(taken.total_seconds())}S"},
        "context": {
            "registration": str(facts.attempt_id),
            "platform": "The Knowledge",
            "language": "en-GB",
            "revision": facts.edition,
        },
        "timestamp": _instant(facts.submitted_at),
    }


def body(facts: ResultFacts, kind: str, at: datetime) -> dict[str, Any]:
    """What a webhook is told; of one that is taken back no more than which it was."""
    told = {"id": str(facts.attempt_id), "person": facts.person, "module": facts.module}
    if kind.startswith(VOID):
        what = kind.removeprefix(VOID)
        return {
            "type": "result.withdrawn",
            "timestamp": _instant(at),
            "data": {**told, "was": what},
        }
    data: dict[str, Any] = {**told, "title": facts.title, "edition": facts.edition}
    if kind != COMPLETED:
        data |= {"passed": facts.passed, "share": round(facts.share, 4)}
    return {"type": f"result.{kind}", "timestamp": _instant(facts.submitted_at), "data": data}


def _account(public_url: str, name: str) -> dict[str, str]:
    return {"homePage": public_url, "name": name}


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
