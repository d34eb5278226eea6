"""Twins: questions with the same options and another key, of which an attempt asks one."""

from collections.abc import Iterable, Mapping

from questions.kinds import OptionQuestion, Question


def groups(questions: Iterable[Question]) -> Mapping[str, frozenset[str]]:
    """Each question's group of twins, itself among them, by id; who has no twin is not here.

    Twins name each other in a chain or a star, whichever way round: who is joined is of one group.
    """
    joined: dict[str, set[str]] = {}
    known = {question.id: question.twin for question in questions}
    for one, other in known.items():
        if other is None or other not in known or other == one:
            continue
        both = joined.get(one, {one}) | joined.get(other, {other})
        for member in both:
            joined[member] = both
    return {id_: frozenset(group) for id_, group in joined.items()}


def same_options(one: Question, other: Question) -> bool:
    """Whether two questions are of one kind and offer the same texts, in whatever order."""
    if not isinstance(one, OptionQuestion) or one.kind != other.kind:
        return False
    return _texts(one) == _texts(other)


def same_key(one: Question, other: Question) -> bool:
    """Whether the same texts are right in two questions."""
    return _right(one) == _right(other)


def _texts(question: Question) -> list[str]:
    return sorted(question.text_of(letter) for letter in question.letters)


def _right(question: Question) -> list[str]:
    return sorted(question.text_of(letter) for letter in question.key)
