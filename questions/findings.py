"""What a check finds in a bank or a place: where, by which rule, and what to do."""

import re
import stat
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ValidationError

Level = Literal["fault", "warning"]

LARGEST = 1_000_000  # bytes; the largest bank file we know is under a tenth of this


@dataclass(frozen=True)
class Finding:
    """One thing found: a fault stops publishing, a warning is for a person to weigh."""

    level: Level
    file: str
    question: str
    rule: str
    words: str

    def __str__(self) -> str:
        where = f"{self.file}, {self.question}" if self.question else self.file
        return f"{where}: {self.words} [{self.rule}]"


def fault(file: str, question: str, rule: str, words: str) -> Finding:
    """Something that must be mended before anybody is asked."""
    return Finding("fault", file, question, rule, words)


def warning(file: str, question: str, rule: str, words: str) -> Finding:
    """Something to look at again."""
    return Finding("warning", file, question, rule, words)


def read_toml(path: Path, shown: str) -> dict[str, Any] | Finding:
    """A TOML file's content, or the one line that says why it cannot be read."""
    text = read_text(path, shown)
    return text if isinstance(text, Finding) else parsed(text, shown)


def read_text(path: Path, shown: str) -> str | Finding:
    """A file's text, or the one line that says why it cannot be read."""
    try:
        state = path.stat()
        if not stat.S_ISREG(state.st_mode):  # what is no file may never end
            kind = "Is a directory: name the file in it" if path.is_dir() else "it is no file"
            return fault(shown, "", "file", f"cannot be read: {kind}")
        if state.st_size > LARGEST:
            return fault(shown, "", "file", "is larger than 1 MB: a bank file never is, so look")
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return fault(
            shown, "", "file", f"is not UTF-8 text (byte {error.start + 1}): save it as UTF-8"
        )
    except FileNotFoundError:
        return fault(shown, "", "file", "is missing: copy one from another folder and change it")
    except OSError as error:
        return fault(shown, "", "file", f"cannot be read: {error.strerror or error}")


def parsed(text: str, shown: str) -> dict[str, Any] | Finding:
    """What a TOML text says, or the one line that says why it is none."""
    if "\0" in text:
        return fault(shown, "", "file", "holds a NUL character, so it is not a text file")
    try:
        return tomllib.loads(text)
    except ValueError as error:  # of TOML, or a number too long to be one
        return fault(shown, "", "toml", f"is not valid TOML: {_torn(text, str(error))}")
    except RecursionError:
        return fault(shown, "", "toml", "is nested far too deeply to be a bank")


_SLIPS = (
    (r"=\s*\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}", "a day is written 2027-06-30"),
    (r"[“”„‟]|=\s*[‘’]", 'use straight quotation marks, "'),
    (r"=\s*(?:True|False)\b", "write true or false, in small letters"),
    (r"=\s*(?!true\b|false\b|inf\b|nan\b)[A-Za-z]", "words stand in quotation marks"),
    (r'^[^"]*"(?:[^"]*"[^"]*")*[^"]*$', "a quotation mark is missing"),
    (
        r"^\s*\[\[?(?:questions|question\.\w+)\]?\]|^\s*\[question\]",
        "write [[question]], and [[question.option]]",
    ),
)


def _torn(text: str, said: str) -> str:
    """What a reader of TOML said, with the line itself and the slip that is most likely there."""
    lines = text.rstrip().split("\n")
    said = said.replace("(at end of document)", f"(at line {len(lines)}, the last)")
    at = re.search(r"line (\d+)", said)
    line = lines[min(int(at[1]), len(lines)) - 1].strip() if at else ""
    if not line:
        return said
    shown = line if len(line) <= 60 else f"{line[:59]}…"
    slip = next((words for slip, words in _SLIPS if re.search(slip, line)), "")
    return f"{said}: {shown}" + (f" – {slip}" if slip else "")


def sentences(error: ValidationError, model: type[BaseModel] | None) -> Iterator[str]:
    """What pydantic found, in words for an author who does not program."""
    for _, words in rules_and_sentences(error, model):
        yield words


def rules_and_sentences(
    error: ValidationError, model: type[BaseModel] | None
) -> Iterator[tuple[str, str]]:
    """The same, each with the item-writing rule that it breaks, or else with "format"."""
    for _, rule, words in located(error, model):
        yield rule, words


def located(
    error: ValidationError, model: type[BaseModel] | None
) -> Iterator[tuple[tuple[int | str, ...], str, str]]:
    """The same, each with where it was found."""
    errors = error.errors(include_url=False)
    for found in errors:
        type_, loc = found["type"], found["loc"]
        if type_ == "too_short" and any(
            e["loc"] != loc and e["loc"][: len(loc)] == loc for e in errors
        ):
            continue  # what is wrong in itself was not counted
        yield loc, _rule(type_, loc), _sentence(type_, _spot(loc), found, model)


# A gap in one of these is more than a slip of the pen: it breaks a rule that has a name.
_RULES = {
    "sources": "W04",
    "authority": "W04",
    "option": "W14",
    "step": "W14",
    "pair": "W14",
    "why": "W29",
    "because": "W29",
}


def _rule(type_: str, loc: Sequence[int | str]) -> str:
    if re.fullmatch(r"W\d\d", type_):
        return type_
    if loc and loc[-1] == "authority":
        return "W04"
    is_gap = type_ in ("missing", "too_short", "too_long", "string_too_short")
    return _RULES.get(str(loc[-1]), "format") if is_gap and loc else "format"


def _spot(loc: Sequence[int | str]) -> str:
    """`('one-of', 'option', 1, 'why')` as an author counts: option 2, `why`."""
    words: list[str] = []
    for part in loc:
        if isinstance(part, int):
            words[-1:] = [f"{words[-1].strip('`')} {part + 1}" if words else f"number {part + 1}"]
        elif part not in ("one-of", "several-of", "in-order", "match"):
            words.append(f"`{part}`")
    return ", ".join(words)


_SENTENCES: dict[str, str] = {
    "missing": "{spot} is missing: add it",
    "literal_error": "{spot} must be {expected}, not {input!r}",
    "enum": "{spot} must be {expected}, not {input!r}",
    "union_tag_not_found": "`kind` is missing: say what kind of question this is",
    "union_tag_invalid": "`kind` must be {expected_tags}, not {tag!r}",
    "string_too_short": "{spot} is empty: fill it",
    "string_pattern_mismatch": "{spot} must be lower-case words joined by hyphens, not {input!r}",
    "too_short": "{spot} needs at least {min_length}, here are {actual_length}",
    "too_long": "{spot} has {actual_length}: at most {max_length}",
    "string_type": "{spot} must be words in quotes",
    "date_type": "{spot} must be a day such as 2027-06-30, without quotes",
    "date_from_datetime_parsing": "{spot} must be a day such as 2027-06-30, without quotes",
    "date_from_datetime_inexact": "{spot} must be a day such as 2027-06-30, without a time",
    "bool_type": "{spot} must be true or false, without quotation marks",
    "bool_parsing": "{spot} must be true or false, without quotation marks",
    "int_type": "{spot} must be a whole number, without quotation marks",
    "int_parsing": "{spot} must be a whole number, without quotation marks",
    "float_type": "{spot} must be a number, without quotation marks",
    "less_than_equal": "{spot} must be at most {le}, not {input!r}",
    "greater_than_equal": "{spot} must be at least {ge}, not {input!r}",
    "value_error": "{error}",
}


def _sentence(type_: str, spot: str, found: Any, model: type[BaseModel] | None) -> str:
    if type_ == "extra_forbidden":
        return f"{spot} is not a known field{_nearest(found['loc'][-1], model)}"
    if re.fullmatch(r"W\d\d", type_):
        return str(found["msg"])
    sentence = _SENTENCES.get(type_)
    if sentence is None:
        return f"{spot}: {found['msg'][:1].lower()}{found['msg'][1:]}"
    if type_ == "less_than_equal" and spot.endswith("_share`"):
        sentence += ": 0.8 stands for 80 %"
    given = {"spot": spot, "input": found["input"], **found.get("ctx", {})}
    return sentence.format_map(given)


def _nearest(field: int | str, model: type[BaseModel] | None) -> str:
    known = [f.alias or name for name, f in model.model_fields.items()] if model else []
    close = get_close_matches(str(field), known, n=1)
    return f": did you mean `{close[0]}`?" if close else ": remove it or correct its name"


def faults(findings: Iterable[Finding]) -> list[Finding]:
    """Only what must be mended."""
    return [finding for finding in findings if finding.level == "fault"]
