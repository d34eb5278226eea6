"""What is told of an answer: what was right and why, and what that rests on; plain and frozen."""

from collections.abc import Mapping
from dataclasses import dataclass

from questions.kinds import Authority, Lesson, Line, Question
from questions.module import Source
from quizbot.editions.editions import Edition

AUTHORITY_WORDS = {
    Authority.STATUTORY: "The law says so",
    Authority.STATUTORY_GUIDANCE: "Statutory guidance says so",
    Authority.LOCAL: "Local procedure says so",
    Authority.GOOD_PRACTICE: "Good practice, learned from reviews and experience",
}


@dataclass(frozen=True)
class SourceLine:
    """A source as feedback names it: what it is, whose, which edition, and where in it."""

    title: str
    publisher: str
    edition: str
    at: str
    url: str

    @classmethod
    def of(cls, source: Source, at: str) -> "SourceLine":
        """A bank's source with the place that is cited; a source without numbers has none."""
        where = "" if at == "not numbered" else at
        return cls(source.title, source.publisher, source.edition, where, source.url)

    @property
    def words(self) -> str:
        """All of it in one line."""
        return f"{self.title}, {self.publisher} ({self.edition})" + (
            f", {self.at}" if self.at else ""
        )


@dataclass(frozen=True)
class Feedback:
    """What was chosen, what is right and why, and what that rests on."""

    question: Question
    known_sources: Mapping[str, Source]
    is_right: bool
    is_answered: bool
    lines: tuple[Line, ...]

    @property
    def because(self) -> str:
        """Why what is right is right."""
        return self.question.because

    @property
    def sources(self) -> tuple[SourceLine, ...]:
        """What that rests on."""
        cited = self.question.sources
        return tuple(SourceLine.of(self.known_sources[one.id], one.at) for one in cited)

    @property
    def authority(self) -> Authority:
        """How much of a duty it is."""
        return self.question.authority

    @property
    def lesson(self) -> Lesson | None:
        """What a review has shown of it."""
        return self.question.lesson

    @property
    def check(self) -> str:
        """What is still to be looked at before it counts."""
        return self.question.check

    @property
    def authority_words(self) -> str:
        """What stands behind the key, in words."""
        return AUTHORITY_WORDS[self.authority]

    @property
    def key(self) -> tuple[str, ...]:
        """The words of what is right."""
        return tuple(line.text for line in self.lines if line.right)

    @property
    def is_only(self) -> bool:
        """Whether there is one right answer."""
        return sum([line.right for line in self.lines]) == 1

    @property
    def rests_on(self) -> str:
        """The sources in one line."""
        return "; ".join(source.words for source in self.sources)

    @property
    def spoken(self) -> str:
        """Every choice and why, the reason and the sources, as plain text for a chat."""
        parts = [_spoken_line(line, is_only=self.is_only) for line in self.lines]
        parts.append(f"Because: {self.because}")
        if self.lesson:
            where = f"{self.lesson.review}, {self.lesson.at}"
            parts.append(f"From a review: {self.lesson.says} ({where})")
        parts.append(f"{self.authority_words}: {self.rests_on}.")
        return "\n\n".join(parts)

    @property
    def chosen(self) -> tuple[str, ...]:
        """The words of what was chosen."""
        return tuple(line.text for line in self.lines if line.chosen)


def _spoken_line(line: Line, *, is_only: bool) -> str:
    if line.menu:
        put = f"\nYou put here: {line.given}" if line.given else ""
        sign = "✓" if line.chosen else "✗" if line.given else "•"
        return f"{sign} {line.menu}: {line.text}{put}\n{line.why}"
    if line.chosen:
        sign, words = ("✓", "You chose this: right") if line.right else ("✗", "You chose this")
    elif line.right:
        sign, words = "✓", "The right answer" if is_only else "Right, not chosen"
    else:
        return f"• {line.text}\n{line.why}"
    return f"{sign} {line.text} ({words})\n{line.why}"


def feedback_on(edition: Edition, question: Question, order: str, reply: str) -> Feedback:
    """Everything there is to tell about an answer."""
    return Feedback(
        question=question,
        known_sources=edition.module.sources,
        is_right=question.mark(reply).is_right,
        is_answered=bool(reply),
        lines=question.lines(reply, order),
    )
