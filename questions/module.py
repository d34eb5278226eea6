"""A module: one questionnaire with its objectives, rules and questions."""

from datetime import date
from enum import StrEnum

from pydantic import Field

from questions.kinds import Id, Question, Strict, Words


class MustKnow(Strict):
    """A point whose miss means no pass, and the objective it belongs to."""

    objective: Id
    says: Words


class SourceKind(StrEnum):
    """What a source is, for what may be said to rest on it."""

    ACT = "act"
    REGULATIONS = "regulations"
    GUIDANCE = "guidance"
    REVIEW = "review"
    LOCAL = "local"
    OTHER = "other"


class Document(Strict):
    """The document of the register that a module's source stands for, and which edition of it."""

    id: Id
    edition: Words


class Source(Strict):
    """A document that questions rest on."""

    title: Words
    edition: Words
    publisher: Words
    url: str = ""
    kind: SourceKind = Field(default=SourceKind.OTHER, strict=False)
    document: Document | None = None


class Change(Strict):
    """What an edition changed, for the module's sources page."""

    edition: Words
    date: date
    what: Words


class Module(Strict):
    """One questionnaire: instructions, objectives, rules and questions."""

    id: Id = "unset"
    title: Words
    edition: Words
    summary: Words
    minutes: int = Field(gt=0, le=120)
    instructions: Words
    questions_per_objective: int = Field(gt=0, le=10)
    pass_share: float = Field(gt=0, le=1)
    objective_minimum: int = Field(ge=0)
    retake_after_fails: int = Field(default=2, ge=1, le=10)
    retake_after_hours: int = Field(ge=0, le=24 * 30)
    objectives: dict[Id, Words] = Field(min_length=1)
    must_knows: dict[Id, MustKnow] = Field(default={})
    misconceptions: dict[Id, Words] = Field(default={})
    sources: dict[Id, Source] = Field(min_length=1)
    changes: tuple[Change, ...] = Field(strict=False, min_length=1)
    questions: tuple[Question, ...] = Field(default=(), strict=False)

    @property
    def asked(self) -> tuple[Question, ...]:
        """The questions that are not withdrawn."""
        return tuple(q for q in self.questions if q.withdrawn is None)
