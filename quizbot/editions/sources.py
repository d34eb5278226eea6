"""What a module's questions rest on: its sources page."""

from collections import Counter
from dataclasses import dataclass

from questions.kinds import Question
from questions.module import Module
from quizbot.editions.editions import Edition
from quizbot.editions.feedback import SourceLine
from quizbot.editions.signatures import SignatureLine
from quizbot.words import month_name


@dataclass(frozen=True)
class RestsOn:
    """Sources, review dates, and what is not asked or does not count yet, of one edition."""

    edition: Edition
    sources: tuple[SourceLine, ...]
    reviews: tuple[tuple[str, int], ...]
    waiting: tuple[Question, ...]
    held: tuple[Question, ...]
    signatures: tuple[SignatureLine, ...]

    @property
    def module(self) -> Module:
        """The module of the edition."""
        return self.edition.module


def rests_on(edition: Edition, signatures: tuple[SignatureLine, ...]) -> RestsOn:
    """Everything for the sources page."""
    asked = edition.module.asked
    return RestsOn(
        edition=edition,
        sources=_sources(edition.module),
        reviews=_reviews(edition.module),
        waiting=tuple(question for question in asked if question.check),
        held=tuple(question for question in asked if question.held),
        signatures=signatures,
    )


def _sources(module: Module) -> tuple[SourceLine, ...]:
    """Every source, with the places in it that questions cite."""
    cited: dict[str, list[str]] = {name: [] for name in module.sources}
    for question in module.asked:
        for citation in question.sources:
            if citation.at not in (*cited[citation.id], "not numbered"):
                cited[citation.id].append(citation.at)
    return tuple(
        SourceLine.of(source, "; ".join(sorted(cited[name])))
        for name, source in module.sources.items()
    )


def _reviews(module: Module) -> tuple[tuple[str, int], ...]:
    """How many questions are looked at again in each month, as "June 2027"."""
    months = Counter(question.review_by.replace(day=1) for question in module.asked)
    return tuple((month_name(month), count) for month, count in sorted(months.items()))
