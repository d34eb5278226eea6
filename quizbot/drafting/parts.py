"""Questions on their way to being asked, and what hangs on them."""

from dataclasses import dataclass
from pathlib import Path

from questions.place import Place
from quizbot.drafting.authors import Authors
from quizbot.drafting.bringing import Bringing
from quizbot.drafting.drafts import Drafts
from quizbot.drafting.publishing import Publishing
from quizbot.drafting.question_lines import QuestionLines
from quizbot.editions.editions import Editions
from quizbot.editions.worth import EditionFigures
from quizbot.store.core import Core


@dataclass(frozen=True, kw_only=True)
class DraftingParts:
    """What the service has of this room."""

    authors: Authors
    bringing: Bringing
    drafts: Drafts
    publishing: Publishing
    question_lines: QuestionLines


def open_drafting(
    core: Core,
    *,
    editions: Editions,
    worth: EditionFigures,
    place: Place,
    local_banks: Path | None,
) -> DraftingParts:
    """Each with what it stands on, by name."""
    drafts = Drafts(
        database=core.database, editions=editions, audit=core.audit, place=place, now=core.now
    )
    publishing = Publishing(
        database=core.database,
        editions=editions,
        drafts=drafts,
        audit=core.audit,
        place=place,
        local_banks=local_banks,
        now=core.now,
    )
    return DraftingParts(
        authors=Authors(database=core.database, editions=editions, audit=core.audit, now=core.now),
        bringing=Bringing(
            database=core.database,
            editions=editions,
            drafts=drafts,
            audit=core.audit,
            place=place,
            now=core.now,
        ),
        drafts=drafts,
        publishing=publishing,
        question_lines=QuestionLines(
            database=core.database,
            editions=editions,
            worth=worth,
            publishing=publishing,
            local_banks=local_banks,
            now=core.now,
        ),
    )
