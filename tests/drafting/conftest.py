"""What tests of drafts stand on: a lead, two authors, and a question to change."""

from dataclasses import dataclass, replace
from uuid import UUID

import pytest

from questions.made_here import Sheet
from quizbot.service import Service

QUESTION = "ref-who-is-told"


@dataclass(frozen=True)
class Workbench:
    """Efua leads; Amina and Carys are authors of referrals; Bashir and Dylan of nothing."""

    service: Service
    efua: UUID
    amina: UUID
    carys: UUID
    bashir: UUID
    question_id: str

    def changed(self, by: UUID, draft_id: UUID, **fields: object) -> int:
        """Save some fields of a draft's newest version; the version that came of it."""
        page = self.service.drafts.one(by, draft_id)
        line = self.service.drafts.save(by, draft_id, page.line.version, with_fields(**fields))
        return line.version

    def read(self, draft_id: UUID, by: UUID | None = None) -> None:
        """Somebody who wrote none of it reads it."""
        who = by or self.carys
        version = self.service.drafts.one(who, draft_id).line.version
        self.service.drafts.agree(who, draft_id, version)

    def publish(self, *draft_ids: UUID, module: str = "referrals") -> str:
        """Efua publishes what was read."""
        proposal = self.service.publishing.propose(self.efua, module, draft_ids)
        assert proposal.wrong == ()
        label = self.service.publishing.publish(self.efua, module, draft_ids, proposal.seen)
        self.service.now.forward(minutes=1)  # type: ignore[attr-defined]
        return label


def with_fields(**fields: object):
    """A change of a sheet that sets fields of its question."""

    def change(sheet: Sheet) -> Sheet:
        return replace(sheet, question={**sheet.question, **fields})

    return change


@pytest.fixture
def workbench(service, people) -> Workbench:
    for name in ("amina", "carys"):
        service.authors.give(people.efua, f"{name}@northmoor.example", "referrals", None)
    current = service.editions.current("referrals")
    question = next(
        one
        for one in current.module.asked
        if one.kind == "one-of" and not one.twin and not one.held
    )
    return Workbench(service, people.efua, people.amina, people.carys, people.bashir, question.id)
