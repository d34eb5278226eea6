"""Tagged PDF files (PDF/UA-1) from a typst source and plain data; needs no network."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache, lru_cache, partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from quizbot.words import has_no_shape

if TYPE_CHECKING:
    from typst import Fonts

PAPERS = Path(__file__).with_name("papers")
TYPEFACES = ("manimgx_fonts", "manimgx_fonts_cjk")  # packages that hold nothing but Noto
BOX = "□"  # stands for a letter that cannot be shown; every typeface of a paper has it
MOST_NAMED = 40
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def make(name: str, data: dict[str, Any], at: datetime) -> bytes:
    """The paper `papers/<name>.typ`, which finds its data with `json(bytes(sys.inputs.data))`.

    `at` is the time the file says it was made. Only typefaces that come with us are used, never the
    machine's, so the same data gives the same bytes everywhere. A letter that none of them has is
    printed as a box, and the paper's `note` says which letter that is: a paper is never refused for
    a name.
    """
    import typst  # 33 MB: loaded by the commands and pages that make a paper, and by no other

    boxed: dict[str, None] = {}
    for lost in (_shapeless, _unshown, _foreign):
        fitting = _each(data, partial(_with_boxes, lost=lost, boxed=boxed))
        fitting["note"] = note(boxed)
        try:
            return _compile(name, json.dumps(fitting), at)
        except typst.TypstError as error:
            if "could not be displayed" not in str(error):
                raise
    raise AssertionError("a paper of plain letters was refused for one of them")


def note(boxed: dict[str, None]) -> str:
    """What the boxes on a paper stand for, or nothing."""
    if not boxed:
        return ""
    numbers = [f"U+{ord(letter):04X}" for letter in boxed]
    more = f" and {len(numbers) - MOST_NAMED} more" if len(numbers) > MOST_NAMED else ""
    return (
        f"{BOX} stands for a letter that our typefaces do not have. In the order in which they come"
        f" first: {', '.join(numbers[:MOST_NAMED])}{more}."
    )


def _with_boxes(words: str, lost: Callable[[str], list[str]], boxed: dict[str, None]) -> str:
    """Words with a box for each letter that cannot be shown; `boxed` keeps which these are."""
    kept = []
    for word in words.split(" "):
        letters = lost(word)
        boxed.update(dict.fromkeys(letters))
        kept.append("".join(BOX if letter in letters else letter for letter in word))
    return " ".join(kept)


def _shapeless(word: str) -> list[str]:
    """Letters that look like nothing, or otherwise on every machine."""
    return [letter for letter in word if has_no_shape(letter)]


def _unshown(word: str) -> list[str]:
    """Letters that no typeface has; all that are not plain, where it is only together."""
    if _is_shown(word):
        return []
    return [letter for letter in word if not _is_shown(letter)] or _foreign(word)


def _foreign(word: str) -> list[str]:
    """Letters that are not plain: the last resort."""
    return [letter for letter in word if not letter.isascii() or has_no_shape(letter)]


@lru_cache(maxsize=10_000)
def _is_shown(word: str) -> bool:
    """Whether our typefaces show a word or letter: asked of typst itself, which else refuses it."""
    import typst

    if word.isascii() or has_no_shape(word):
        return not has_no_shape(word)
    try:
        _compile("word", word, EPOCH)
    except typst.TypstError:
        return False
    return True


def _compile(name: str, data: str, at: datetime) -> bytes:
    import typst

    made: bytes = typst.compile(
        PAPERS / f"{name}.typ",
        root=PAPERS,
        font_paths=_fonts(),
        format="pdf",
        ignore_system_fonts=True,
        pdf_standards=["ua-1"],
        sys_inputs={"data": data},
        timestamp=int(at.timestamp()),
    )
    return made


@cache
def _fonts() -> "Fonts":
    """The typefaces inside typst and those of our packages: looked through once."""
    import typst

    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=True,
        font_paths=[_folder(package) for package in TYPEFACES],
    )


def _folder(package: str) -> Path:
    """Where the files of a package lie."""
    found = find_spec(package)
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent


def _each(data: Any, mend: Callable[[str], str]) -> Any:
    """The same data with every word mended."""
    if isinstance(data, str):
        return mend(data)
    if isinstance(data, dict):
        return {name: _each(value, mend) for name, value in data.items()}
    if isinstance(data, list | tuple):
        return [_each(value, mend) for value in data]
    return data if data is None or isinstance(data, bool | int | float) else mend(str(data))
