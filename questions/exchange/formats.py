"""The formats: what each is called, how it is written, and which one a file is by its content."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from questions.exchange import aiken, gift, moodle, qti, table
from questions.exchange.marked import read_xml
from questions.exchange.model import LARGEST, MOST, Draft, Item, Note, NotRead, Reading
from questions.exchange.own import item_of, reading_of, with_free_id
from questions.kinds import Question
from questions.module import Module

ALL_KINDS = ("one-of", "several-of", "in-order", "match")


@dataclass(frozen=True)
class Format:
    """One format: its name on the command line and in words, and how questions are written."""

    name: str
    title: str
    ending: str
    write: Callable[[Sequence[Question], Module], bytes]
    kinds: tuple[str, ...] = ALL_KINDS
    marked_in_parts: tuple[str, ...] = ()  # kinds for which it gives a part of the marks


def _by_items(
    write: Callable[[Sequence[Item]], bytes], fields: Iterable[str]
) -> Callable[[Sequence[Question], Module], bytes]:
    def written(questions: Sequence[Question], module: Module) -> bytes:
        return write([item_of(question, module, fields) for question in questions])

    return written


_IN_PARTS = ("several-of", "match")
FORMATS = {
    made.name: made
    for made in (
        Format("moodle-xml", "Moodle XML", ".xml", _by_items(moodle.write, moodle.FIELDS),
               marked_in_parts=_IN_PARTS),
        Format("gift", "GIFT", ".gift", _by_items(gift.write, gift.FIELDS),
               marked_in_parts=_IN_PARTS),
        Format("aiken", "Aiken", ".txt", _by_items(aiken.write, aiken.FIELDS), aiken.KINDS),
        Format("qti21", "QTI 2.1", ".zip",
               _by_items(lambda items: qti.write(items, qti.V21), qti.FIELDS)),
        Format("qti30", "QTI 3.0", ".zip",
               _by_items(lambda items: qti.write(items, qti.V30), qti.FIELDS)),
        Format("csv", "CSV", ".csv", lambda questions, _: table.write(questions)),
    )
}  # fmt: skip

_MOODLE, _GIFT, _AIKEN, _CSV = "Moodle XML", "GIFT", "Aiken", "CSV"
_PACKAGE, _ONE = "a QTI package", "a QTI item"
# What ends a question of Aiken, and what begins the answers of one of GIFT.
_AIKENS = re.compile(r"^[ \t]*ANSWER[ \t]*:", re.MULTILINE | re.IGNORECASE)
_GIFTS = re.compile(r"(?<!\\)\{\s*(?:[=~#>}]|(?:T|F|TRUE|FALSE)\b)")
_ENDINGS = {
    ".xml": (_MOODLE, _ONE),
    ".gift": (_GIFT,),
    ".aiken": (_AIKEN,),
    ".txt": (_GIFT, _AIKEN, _CSV),
    ".csv": (_CSV,),
    ".zip": (_PACKAGE,),
}

_STRANGERS = {
    b"%PDF": "is a PDF: its questions have to be typed, or exported from where they were made",
    b"\xd0\xcf\x11\xe0": "is a document of an office program: save its table as CSV",
    b"\x89PNG": "is an image: its questions have to be typed",
    b"\xff\xd8\xff": "is an image: its questions have to be typed",
    b"\x1f\x8b": "is packed with gzip: unpack it first (a Moodle backup is no question file)",
}
_ROOTS = {
    "questestinterop": qti.OLD,
    "manifest": "is a manifest by itself: give the whole package, as a zip file",
    "assessmentTest": "is a test without its questions: give the whole package, as a zip file",
    "qti-assessment-test": "is a test without its questions: give the package, as a zip file",
    "html": "is a web page: export the questions as Moodle XML, GIFT or QTI",
}


@dataclass(frozen=True)
class Found:
    """What a file turned out to be, and what was in it."""

    kind: str
    drafts: tuple[Draft, ...]
    notes: tuple[Note, ...] = field(default=())


def read(data: bytes, name: str = "") -> Found:
    """The questions of a file as drafts; what it is, its content tells, and never its name."""
    if len(data) > LARGEST:
        raise NotRead(f"is larger than {LARGEST // 1_000_000} MB: take it apart")
    if not data.strip():
        raise NotRead("is empty: export the questions again")
    kind, items = _items(data)
    reading = _gathered(islice(items, MOST + 1))
    if not reading.drafts and not reading.notes:
        raise NotRead(f"is {kind}, and holds no question")
    notes = [*_misnamed(kind, name), *reading.notes]
    return Found(kind, reading.drafts, tuple(notes))


def _gathered(found: Iterable[Item | Draft | Note]) -> Reading:
    """Drafts and notes of what was found, in its order."""
    given = list(found)
    if len(given) > MOST:
        raise NotRead(f"holds more than {MOST} questions: take it apart")
    seen: set[str] = set()
    drafts: list[Draft] = []
    notes: list[Note] = []
    for one in given:
        if isinstance(one, Draft):
            drafts.append(with_free_id(one, seen))
        elif isinstance(one, Note):
            notes.append(one)
    made = reading_of((one for one in given if isinstance(one, Item)), seen)
    ordered = sorted([*notes, *made.notes], key=lambda note: (note.file, note.line))
    return Reading((*drafts, *made.drafts), tuple(ordered))


def _misnamed(kind: str, name: str) -> Iterator[Note]:
    ending = f".{name.rpartition('.')[2].lower()}" if "." in name else ""
    if ending in _ENDINGS and kind not in _ENDINGS[ending]:
        yield Note(0, "", f"is named {ending}, is {kind}, and was read as that")


def _items(data: bytes) -> tuple[str, Iterator[Item | Draft | Note]]:
    if data[:2] == b"PK":
        return _PACKAGE, qti.read_package(data)
    for beginning, words in _STRANGERS.items():
        if data.startswith(beginning):
            raise NotRead(words)
    if _is_xml(data):
        return _of_xml(data)
    text = _text(data)
    if table.is_table(text):
        return _CSV, table.read(text)
    if len(_AIKENS.findall(text)) > len(_GIFTS.findall(text)):
        return _AIKEN, aiken.read(text)
    if "{" in text:
        return _GIFT, gift.read(text)
    raise NotRead(
        "is none of Moodle XML, GIFT, Aiken, QTI 2.1 or 3.0, nor a CSV table with a column “ask”"
    )


def _is_xml(data: bytes) -> bool:
    start = data[:400].removeprefix(b"\xef\xbb\xbf").lstrip()
    if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        start = start[2:].replace(b"\0", b"")
    names = "|".join(["quiz", *qti.ITEMS, *_ROOTS])
    return bool(re.match(rf"<(\?xml|!DOCTYPE|!--|([\w-]+:)?({names})[\s>])".encode(), start))


def _of_xml(data: bytes) -> tuple[str, Iterator[Item | Draft | Note]]:
    root = read_xml(data)
    if root.name == "quiz":
        return _MOODLE, moodle.read(root)
    if root.name in qti.ITEMS:
        return _ONE, qti.read(root)
    raise NotRead(_ROOTS.get(root.name, f"is XML of another kind: <{root.name[:60]}>"))


def _text(data: bytes) -> str:
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise NotRead(f"line {line}: is not UTF-8 text: save it as UTF-8") from None
    if "\0" in text:
        raise NotRead("holds a NUL character, so it is not a text file")
    return text.replace("\r\n", "\n").replace("\r", "\n")
