"""Rules that keep common sense from passing, and marks from claiming too much: W36 to W38."""

from dataclasses import dataclass

from questions.counts import how_many
from questions.kinds import Authority, Errs, OptionQuestion, Question
from questions.lint.said import BankCheck, Check, Said, SaidOfBank
from questions.module import Module, SourceKind
from questions.twins import groups

FEWEST = 20  # with fewer questions that apply a rule, a share of them says nothing
MORE = 1 / 3  # of them have an option that errs by more
QUIET = 1 / 4  # of them have as their key the smaller, slower or more ordinary act
TWINS = 2 / 3  # of them have a twin


def errors_of(question: Question) -> tuple[Errs, ...]:
    """On which sides the wrong choices of a question err, one a choice that says so."""
    if isinstance(question, OptionQuestion):
        return tuple(option.errs for option in question.options if option.errs)
    return tuple(mixup.errs for mixup in question.mixups if mixup.errs)


def w36_both_sides(question: Question) -> Said:
    """Where whoever does most is right, nothing has to be known."""
    if isinstance(question, OptionQuestion) and question.level == "apply":
        wrong = [option.errs for option in question.options if not option.right]
        if wrong and all(errs is Errs.LESS for errs in wrong):
            words = (
                "every wrong option does too little: let one do too much, too soon or too widely"
            )
            yield "warning", words


@dataclass(frozen=True)
class Mix:
    """Of the questions that apply a rule: how many err by more, have a quiet key, have a twin."""

    applied: int
    more: int
    quiet: int
    twins: int


def mix_of(module: Module) -> Mix:
    """What is mixed in a module's questions, counted."""
    applied = [question for question in module.asked if question.level == "apply"]
    joined = groups(module.questions)
    asked = {question.id for question in module.asked}
    return Mix(
        applied=len(applied),
        more=sum(Errs.MORE in errors_of(question) for question in applied),
        quiet=sum(question.quiet for question in applied),
        twins=sum(len(joined.get(question.id, frozenset()) & asked) > 1 for question in applied),
    )


def w37_mixed(module: Module) -> SaidOfBank:
    """Errors on both sides, quiet right answers and twins, so that no habit is always right."""
    mix = mix_of(module)
    if mix.applied < FEWEST:
        return
    for count, share, said in (
        (mix.more, MORE, "have a wrong option that errs by more"),
        (mix.quiet, QUIET, "are `quiet` (the right answer is the smaller or more ordinary act)"),
        (mix.twins, TWINS, "have a twin"),
    ):
        if count < share * mix.applied:
            words = f"{count} of {how_many(mix.applied, 'question')} that apply a rule {said}"
            yield "fault", "", f"{words}: at least {share:.0%} should"


_LAW = frozenset({SourceKind.ACT, SourceKind.REGULATIONS})


def has_place(at: str) -> bool:
    """Whether a citation says where in its source it is."""
    return not at.casefold().startswith("not numbered")


def w38_marked_as_it_rests(module: Module) -> SaidOfBank:
    """What is marked as law cites the law and where; as guidance, the guidance."""
    for question in module.asked:
        cited = [
            (module.sources[citation.id].kind, has_place(citation.at))
            for citation in question.sources
            if citation.id in module.sources
        ]
        if question.authority is Authority.STATUTORY:
            if not any(kind in _LAW and placed for kind, placed in cited):
                words = (
                    "is marked `statutory` but cites no section of an Act and no regulation:"
                    ' cite it, from a source whose `kind` is "act" or "regulations", or mark it'
                    " as what it is"
                )
                yield "fault", question.id, words
        elif question.authority is Authority.STATUTORY_GUIDANCE and not any(
            kind is SourceKind.GUIDANCE for kind, _ in cited
        ):
            words = (
                "is marked `statutory-guidance` but cites no guidance: cite it, from a source"
                ' whose `kind` is "guidance", or mark it as what it is'
            )
            yield "fault", question.id, words


CHECKS: tuple[Check, ...] = (w36_both_sides,)
BANK_CHECKS: tuple[BankCheck, ...] = (w37_mixed, w38_marked_as_it_rests)
