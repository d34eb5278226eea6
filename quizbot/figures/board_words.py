"""The board's month in three sentences: what changed, what is least understood, what next; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from quizbot.figures.board_lines import Figure
from quizbot.words import how_many, month_name


@dataclass(frozen=True)
class LateSummary:
    """How many people are late below a lead's units, and in which unit most of them are."""

    people: int
    unit: str = ""
    in_unit: int = 0


@dataclass(frozen=True)
class BoardSentence:
    """A sentence, and where one goes on from it."""

    words: str
    href: str = ""
    link: str = ""


def changed(
    now: Sequence[Figure], before: Sequence[Figure], month_before: date | None
) -> BoardSentence:
    """Which questionnaire moved most since the month before, in points of the whole's share."""
    if month_before is None:
        return BoardSentence("This is the first month that was counted: nothing to compare yet.")
    shares = {figure.module: figure.total.share for figure in before}
    moves = {
        figure.module: _points(figure.total.share) - _points(earlier)
        for figure in now
        if figure.total.share is not None and (earlier := shares.get(figure.module)) is not None
    }
    since = month_name(month_before)
    if not moves:
        return BoardSentence(f"The numbers are too small to be compared with {since}.")
    most = max(now, key=lambda figure: abs(moves.get(figure.module, 0)))
    points = moves.get(most.module, 0)
    if not points:
        return BoardSentence(f"Since {since} no questionnaire has moved by a point.")
    move = f"{how_many(abs(points), 'point')} {_way(points)}"
    rest = [one for module, one in moves.items() if module != most.module]
    ways = ((sum(one > 0 for one in rest), "rose"), (sum(one < 0 for one in rest), "fell"))
    others = " and ".join(f"{count} {way}" for count, way in ways if count)
    return BoardSentence(
        f"Since {since} most has changed in {most.title}: {_points(most.total.share)}% are in"
        f" date, {move} than then.{f' Of the others, {others}.' if others else ''}"
    )


def least(areas: Sequence[Figure]) -> BoardSentence:
    """The area that the smallest share of those asked about it have shown."""
    known = [(figure.total.share, figure) for figure in areas if figure.total.share is not None]
    if not known:
        return BoardSentence("Of no area have enough people been asked to tell what is understood.")
    share, figure = min(known, key=lambda one: one[0])
    people = how_many(figure.total.of or 0, "person")
    return BoardSentence(
        f"Understanding is least in {figure.title}, \N{LEFT DOUBLE QUOTATION MARK}{figure.label}"
        f"\N{RIGHT DOUBLE QUOTATION MARK}: {share:.0%} of the {people} asked about"
        " it have shown it.",
        f"/board?{urlencode({'module': figure.module})}",
        "See its areas",
    )


def what_next(now: Sequence[Figure], late: LateSummary | None) -> BoardSentence:
    """Whom to ask, for who may see them by name; else where most is to be gained."""
    if late is not None and late.people:
        people = how_many(late.people, "person is", "people are")
        most = f", {late.in_unit:,} of them in {late.unit}" if late.people > 1 else ""
        return BoardSentence(
            f"Next: {people} overdue or lapsed{most}.",
            f"/board/overdue?{urlencode({'unit': late.unit})}" if most else "/board/overdue",
            "See who, and ask them",
        )
    known = [(one.total.share, one) for one in now if one.total.share is not None]
    if not known:
        return BoardSentence("Next: see that people are asked, by rules or by their managers.")
    share, figure = min(known, key=lambda one: one[0])
    nobody = "Nobody is overdue or lapsed. " if late is not None else ""
    return BoardSentence(
        f"{nobody}Next: most is to be gained in {figure.title}, where {share:.0%} of"
        f" {figure.total.of} are in date."
    )


def _points(share: float | None) -> int:
    return round(100 * (share or 0))


def _way(points: int) -> str:
    return "more" if points > 0 else "fewer"
