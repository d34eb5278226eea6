"""XML read with care: no entities, nothing fetched, bounded, every element with its line."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from questions.exchange.model import NotRead
from questions.exchange.plain import Flow

DEEPEST = 60  # elements inside each other
MOST_ELEMENTS = 600_000


@dataclass
class Element:
    """An element by its name without prefix, with what is in it."""

    name: str
    line: int
    attributes: dict[str, str] = field(default_factory=dict)
    children: list["Element | str"] = field(default_factory=list)

    def all(self, *path: str) -> Iterator["Element"]:
        """Every element at a path below this one."""
        for child in self.children:
            if isinstance(child, Element) and child.name == path[0]:
                if len(path) == 1:
                    yield child
                else:
                    yield from child.all(*path[1:])

    def first(self, *path: str) -> "Element | None":
        """The first element at a path."""
        return next(self.all(*path), None)

    def text(self, *path: str) -> str:
        """The words at a path; nothing where there is none."""
        found = self.first(*path) if path else self
        return "".join(_words(found)).strip() if found else ""

    def below(self, name: str) -> Iterator["Element"]:
        """Every element of a name, however deep."""
        for child in self.children:
            if isinstance(child, Element):
                if child.name == name:
                    yield child
                yield from child.below(name)

    def elements(self) -> Iterator["Element"]:
        """The elements right below this one."""
        yield from (child for child in self.children if isinstance(child, Element))


def _words(element: Element) -> Iterator[str]:
    for child in element.children:
        if isinstance(child, str):
            yield child
        else:
            yield from _words(child)


def flow_of(element: Element, flow: Flow, left_out: frozenset[str] = frozenset()) -> Flow:
    """What is written in an element, into a flow of plain text."""
    for child in element.children:
        if isinstance(child, str):
            flow.words(child)
        elif child.name not in left_out:
            flow.start(child.name, child.attributes)
            flow_of(child, flow, left_out)
            flow.end(child.name)
    return flow


class _Tree:
    def __init__(self) -> None:
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.top = Element("", 0)
        self._open = [self.top]
        self._count = 0
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._data
        self.parser.EntityDeclHandler = self._entity
        self.parser.SkippedEntityHandler = self._skipped

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if len(self._open) > DEEPEST or self._count > MOST_ELEMENTS:
            words = "is nested too deeply" if len(self._open) > DEEPEST else "has too many elements"
            raise NotRead(f"line {self._line}: {words} to be questions: take it apart")
        made = Element(_local(name), self._line, {_local(n): v for n, v in attributes.items()})
        self._open[-1].children.append(made)
        self._open.append(made)

    def _end(self, _: str) -> None:
        self._open.pop()

    def _data(self, text: str) -> None:
        self._open[-1].children.append(text)

    def _entity(self, *_: Any) -> None:
        words = "declares an entity, which could grow without end: write the text itself"
        raise NotRead(f"line {self._line}: {words}")

    def _skipped(self, name: str, *_: Any) -> None:
        words = f"&{name}; is not known in XML: write the letter itself"
        raise NotRead(f"line {self._line}: {words}")

    @property
    def _line(self) -> int:
        return self.parser.CurrentLineNumber


def _local(name: str) -> str:
    return name.rpartition(" ")[2]


def read_xml(data: bytes) -> Element:
    """The root of an XML file; NotRead says where it is none."""
    tree = _Tree()
    try:
        tree.parser.Parse(data, True)
    except expat.ExpatError as error:
        line, said = error.lineno, expat.ErrorString(error.code)
        raise NotRead(f"line {line}: is not valid XML: {said}{_slip(data, error)}") from None
    except NotRead:
        raise
    except (LookupError, ValueError):
        words = "its encoding is not known here: save it as UTF-8"
        raise NotRead(f"line 1: {words}") from None
    return next(tree.top.elements())


def _slip(data: bytes, error: expat.ExpatError) -> str:
    """What is most likely wrong there."""
    lines = data.split(b"\n")
    line = lines[min(error.lineno, len(lines)) - 1].decode("utf-8", "replace")
    if error.code == expat.errors.codes[expat.errors.XML_ERROR_INVALID_TOKEN]:
        if re.search(r"&(?!#?\w+;)", line):
            return ": an & is written &amp;"
        return ": save the file as UTF-8" if "\ufffd" in line else ""
    if error.code == expat.errors.codes[expat.errors.XML_ERROR_UNDEFINED_ENTITY]:
        return ": write the letter itself, not &name;"
    return ""


_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def escaped(text: str) -> str:
    """Words as they stand in XML, between tags and in quotation marks."""
    text = _UNWRITABLE.sub("", text).replace("&", "&amp;").replace("<", "&lt;")
    return text.replace(">", "&gt;").replace('"', "&quot;")
