"""Aiken: one question, lettered answers, the letter that is right; it holds nothing else."""

import re
from collections.abc import Iterator, Sequence

from questions.exchange.model import Answer, Item, NoSuchKind, Note

FIELDS: tuple[str, ...] = ()
KINDS = ("one-of",)

_ANSWER = re.compile(r"ANSWER\s*:\s*(.*)", re.IGNORECASE)
_OPTION = re.compile(r"\(?([A-Za-z])[.)]\s+(.*)")


def write(items: Sequence[Item]) -> bytes:
    """A file of the questions with one answer; others have no place in it."""
    return "\n".join(_question(item) for item in items if item.kind in KINDS).encode()


def _question(item: Item) -> str:
    lines = [_line(f"{item.scenario} {item.ask}".strip())]
    right = ""
    for letter, option in zip("ABCDEFGH", item.options, strict=False):
        lines.append(f"{letter}. {_line(option.text)}")
        right = letter if option.share == 1 else right
    return "\n".join([*lines, f"ANSWER: {right}", ""])


def _line(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def read(text: str) -> Iterator[Item | Note]:
    """What a file holds, question by question."""
    lines: list[tuple[int, str]] = []
    for number, raw in enumerate(text.split("\n"), 1):
        line = raw.strip()
        if found := _ANSWER.fullmatch(line):
            try:
                yield _item(lines, found[1], number)
            except NoSuchKind as error:
                name = lines[0][1][:60] if lines else ""
                yield Note(lines[0][0] if lines else number, name, str(error), is_left_out=True)
            lines = []
        elif line:
            lines.append((number, line))
    if lines:
        words = "no ANSWER: follows: write the letter of the right answer below the answers"
        yield Note(lines[0][0], lines[0][1][:60], words, is_left_out=True)


def _item(lines: list[tuple[int, str]], answer: str, number: int) -> Item:
    ask: list[str] = []
    options: list[tuple[str, str]] = []
    for _, line in lines:
        found = _OPTION.fullmatch(line)
        if found and found[1].upper() == "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[len(options)]:
            options.append((found[1].upper(), found[2]))
        elif options:
            options[-1] = (options[-1][0], f"{options[-1][1]} {line}")
        else:
            ask.append(line)
    right = answer.strip().upper()
    if right not in dict(options):
        letters = ", ".join(letter for letter, _ in options) or "none: each begins as “A. ”"
        raise NoSuchKind(f"line {number}: ANSWER is “{answer.strip()}”, the answers are {letters}")
    return Item(
        name="",
        kind="one-of",
        ask=" ".join(ask),
        options=tuple(Answer(text, float(letter == right)) for letter, text in options),
        line=lines[0][0],
    )
