"""QTI 2.1 and 3.0: an item a question in a package with a manifest, written and read."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from questions.counts import how_many
from questions.exchange.labels import LONG, SHORT
from questions.exchange.marked import Element, escaped, flow_of, read_xml
from questions.exchange.model import Answer, Item, NoSuchKind, Note, NotRead, paragraphs
from questions.exchange.package import pack, unpack
from questions.exchange.plain import Flow, Texts
from questions.kinds import LETTERS

FIELDS = (*SHORT, *LONG)
ITEMS = ("assessmentItem", "qti-assessment-item")

_LOM = "http://ltsc.ieee.org/xsd/LOM"


@dataclass(frozen=True)
class Version:
    """How a version of QTI names things."""

    item: str  # its namespace
    package: str
    type: str  # of a resource
    schema: str
    is_hyphened: bool

    def name(self, name: str) -> str:
        """The name of an element: version 3 writes `qti-choice-interaction`."""
        return f"qti-{_hyphened(name)}" if self.is_hyphened else name

    def attributes(self, given: Mapping[str, str]) -> str:
        """Attributes as they stand in a tag; version 3 hyphens their names too."""
        return "".join(
            f' {_hyphened(name) if self.is_hyphened else name}="{escaped(value)}"'
            for name, value in given.items()
        )


def _hyphened(name: str) -> str:
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name)


V21 = Version(
    "http://www.imsglobal.org/xsd/imsqti_v2p1",
    "http://www.imsglobal.org/xsd/imscp_v1p1",
    "imsqti_item_xmlv2p1",
    "QTIv2.1 Package",
    is_hyphened=False,
)
V30 = Version(
    "http://www.imsglobal.org/xsd/imsqtiasi_v3p0",
    "http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1",
    "imsqti_item_xmlv3p0",
    "QTI Package",
    is_hyphened=True,
)


# ---- writing -------------------------------------------------------------------------------


def write(items: Sequence[Item], version: Version) -> bytes:
    """A package of the items with its manifest."""
    files = {"imsmanifest.xml": _manifest(items, version)}
    files |= {f"items/{item.name}.xml": _item(item, version) for item in items}
    return pack(files)


def _manifest(items: Sequence[Item], version: Version) -> str:
    release = f"<schemaversion>{'3.0.0' if version.is_hyphened else '2.1'}</schemaversion>"
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<manifest xmlns="{version.package}" identifier="MANIFEST">',
        f"  <metadata><schema>{version.schema}</schema>{release}</metadata>",
        "  <organizations/>",
        "  <resources>",
    ]
    for item in items:
        file = f"items/{item.name}.xml"
        words = [*item.labels, f"category: {' / '.join(item.category)}"]
        keywords = "".join(
            f'<keyword><string language="en-GB">{escaped(word)}</string></keyword>'
            for word in words
        )
        lines += [
            f'    <resource identifier="R-{item.name}" type="{version.type}" href="{file}">',
            f'      <metadata><lom xmlns="{_LOM}"><general>{keywords}</general></lom></metadata>',
            f'      <file href="{file}"/>',
            "    </resource>",
        ]
    return "\n".join([*lines, "  </resources>", "</manifest>", ""])


class _Writer:
    """An item as XML, tag by tag."""

    def __init__(self, version: Version) -> None:
        self.version = version
        self.lines = ['<?xml version="1.0" encoding="UTF-8"?>']
        self._open: list[str] = []

    def open(self, name: str, **given: str) -> None:
        """A tag that something stands in."""
        self._line(f"<{self.version.name(name)}{self.version.attributes(given)}>")
        self._open.append(self.version.name(name))

    def close(self, count: int = 1) -> None:
        """The end of the last tags."""
        for _ in range(count):
            name = self._open.pop()
            self._line(f"</{name}>")

    def one(self, name: str, words: str | None = None, **given: str) -> None:
        """A tag with words in it, or with nothing."""
        tag = f"{self.version.name(name)}{self.version.attributes(given)}"
        name = self.version.name(name)
        self._line(f"<{tag}/>" if words is None else f"<{tag}>{words}</{name}>")

    def text(self, words: str) -> None:
        """Paragraphs of plain text."""
        for paragraph in words.split("\n\n") if words else ():
            self._line(f"<p>{'<br/>'.join(map(escaped, paragraph.split(chr(10))))}</p>")

    def _line(self, line: str) -> None:
        self.lines.append(f"{'  ' * len(self._open)}{line}")


def _item(item: Item, version: Version) -> str:
    out = _Writer(version)
    identity = {"xmlns": version.item, "identifier": item.name, "title": item.name}
    out.open("assessmentItem", **identity, adaptive="false", timeDependent="false")
    _declare(out, item)
    out.open("itemBody")
    out.text(item.scenario)
    _interaction(out, item)
    out.close()
    _processing(out, item)
    for letter, option in zip(LETTERS, item.options, strict=False):
        _modal(out, "FEEDBACK", letter, option.why)
    _modal(out, "REASON", "shown", item.feedback)
    out.close()
    return "\n".join([*out.lines, ""])


def _declare(out: _Writer, item: Item) -> None:
    cardinality = {"one-of": "single", "in-order": "ordered"}.get(item.kind, "multiple")
    base = "directedPair" if item.kind == "match" else "identifier"
    out.open("responseDeclaration", identifier="RESPONSE", cardinality=cardinality, baseType=base)
    out.open("correctResponse")
    match item.kind:
        case "in-order":
            right = list(LETTERS[: len(item.steps)])
        case "match":
            right = [f"L{n} R{n}" for n in range(1, len(item.pairs) + 1)]
        case _:
            chosen = zip(LETTERS, item.options, strict=False)
            right = [letter for letter, option in chosen if option.share > 0]
    for letter in right:
        out.one("value", letter)
    out.close(2)
    _outcome(out, "SCORE", "float", "0", "single")
    if item.options:
        many = "single" if item.kind == "one-of" else "multiple"
        out.one("outcomeDeclaration", identifier="FEEDBACK", cardinality=many,
                baseType="identifier")  # fmt: skip
    _outcome(out, "REASON", "identifier", "shown", "single")


def _outcome(out: _Writer, name: str, base: str, value: str, cardinality: str) -> None:
    out.open("outcomeDeclaration", identifier=name, cardinality=cardinality, baseType=base)
    out.open("defaultValue")
    out.one("value", value)
    out.close(2)


def _interaction(out: _Writer, item: Item) -> None:
    response = {"responseIdentifier": "RESPONSE"}
    match item.kind:
        case "match":
            most = {"maxAssociations": str(len(item.pairs)), "minAssociations": "0"}
            out.open("matchInteraction", **response, shuffle="true", **most)
            _prompt(out, item)
            for side, letter in ((0, "L"), (1, "R")):
                out.open("simpleMatchSet")
                for number, pair in enumerate(item.pairs, 1):
                    given = {"identifier": f"{letter}{number}", "matchMax": "1"}
                    out.one("simpleAssociableChoice", escaped(pair[side]), **given)
                out.close()
        case "in-order":
            out.open("orderInteraction", **response, shuffle="true")
            _prompt(out, item)
            for letter, step in zip(LETTERS, item.steps, strict=False):
                out.one("simpleChoice", escaped(step), identifier=letter)
        case _:
            shuffle = all(option.text[:1].isdigit() for option in item.options)
            most = {"maxChoices": "1" if item.kind == "one-of" else "0"}
            out.open("choiceInteraction", **response, shuffle=str(not shuffle).lower(), **most)
            _prompt(out, item)
            for letter, option in zip(LETTERS, item.options, strict=False):
                out.one("simpleChoice", escaped(option.text), identifier=letter)
    out.close()


def _prompt(out: _Writer, item: Item) -> None:
    out.one("prompt", "<br/>".join(map(escaped, item.ask.split("\n"))))


def _processing(out: _Writer, item: Item) -> None:
    out.open("responseProcessing")
    out.open("responseCondition")
    out.open("responseIf")
    out.open("match")
    out.one("variable", identifier="RESPONSE")
    out.one("correct", identifier="RESPONSE")
    out.close()
    out.open("setOutcomeValue", identifier="SCORE")
    out.one("baseValue", "1", baseType="float")
    out.close(3)
    if item.options:
        out.open("setOutcomeValue", identifier="FEEDBACK")
        out.one("variable", identifier="RESPONSE")
        out.close()
    out.close()


def _modal(out: _Writer, outcome: str, identifier: str, words: str) -> None:
    shown = {"outcomeIdentifier": outcome, "identifier": identifier, "showHide": "show"}
    out.open("modalFeedback", **shown)
    if out.version.is_hyphened:
        out.open("contentBody")
    out.text(words)
    out.close(2 if out.version.is_hyphened else 1)


# ---- reading -------------------------------------------------------------------------------


def read_package(data: bytes) -> Iterator[Item | Note]:
    """The items of a package, in the manifest's order."""
    files = unpack(data)
    if any(name in files for name in ("[Content_Types].xml", "mimetype", "content.xml")):
        raise NotRead("is a document of an office program: save its table as CSV")
    manifest = next((name for name in files if name.rpartition("/")[2] == "imsmanifest.xml"), "")
    found, missing = 0, []
    for name, labels in _listed(files, manifest):
        if name not in files:
            missing.append(name)
            continue
        try:
            root = read_xml(files[name])
        except NotRead as error:
            yield Note(0, "", str(error), is_left_out=True, file=name)
            continue
        if root.name in ITEMS:
            found += 1
            yield from read(root, labels, name)
    within = [] if found else list(_within(files))
    for root, name in within:
        yield from read(root, (), name)
    if within:  # what it names is there by another way
        missing = []
    for name in missing:
        yield Note(0, "", "is named by the manifest, and is not in the package",
                   is_left_out=True, file=name)  # fmt: skip
    if not found and not within:
        if any(b"<questestinterop" in files[name] for name in files):
            raise NotRead(OLD)
        raise NotRead("is a zip file without a QTI item: give a QTI package, or unpack it first")


OLD = "is QTI 1.2, which is not read here: export it as QTI 2.1 or 3.0, or as Moodle XML"


def _listed(files: Mapping[str, bytes], manifest: str) -> list[tuple[str, list[str]]]:
    """The files that may be items, each with what the manifest says of it."""
    if not manifest:
        return [(name, []) for name in sorted(files) if name.lower().endswith(".xml")]
    folder = manifest.rpartition("/")[0]
    root = read_xml(files[manifest])
    listed = []
    for resource in root.all("resources", "resource"):
        href = resource.attributes.get("href", "")
        if "item" in resource.attributes.get("type", "") and href:
            words = [word.text() for word in resource.below("keyword")]
            listed.append((f"{folder}/{href}" if folder else href, words))
    return listed


def _within(files: Mapping[str, bytes]) -> Iterator[tuple[Element, str]]:
    """The items that stand in a test itself, where some programs write them, and its file.

    What such a package names are files that are not in it, so nothing of it would be left.
    """
    for name in sorted(files):
        if name.lower().endswith(".xml") and any(item.encode() in files[name] for item in ITEMS):
            with suppress(NotRead):
                root = read_xml(files[name])
                yield from ((found, name) for item in ITEMS for found in root.below(item))


def read(root: Element, labels: Iterable[str] = (), file: str = "") -> Iterator[Item | Note]:
    """One item."""
    name = root.attributes.get("identifier", "")
    try:
        yield _read_item(_plain_names(root), list(labels), file)
    except NoSuchKind as error:
        yield Note(root.line, name, str(error), is_left_out=True, file=file)


def _plain_names(element: Element) -> Element:
    """The element with the names of version 2: what is hyphened in version 3 is not there."""
    name = _joined(element.name.removeprefix("qti-")) if "-" in element.name else element.name
    made = Element(name, element.line, {_joined(n): v for n, v in element.attributes.items()})
    made.children = [
        child if isinstance(child, str) else _plain_names(child) for child in element.children
    ]
    return made


def _joined(name: str) -> str:
    first, *rest = name.split("-")
    return first + "".join(part.capitalize() for part in rest)


_UNASKED = frozenset(
    "prompt rubricBlock feedbackBlock feedbackInline stylesheet"
    " choiceInteraction orderInteraction matchInteraction".split()
)
_INTERACTIONS = {
    "choiceInteraction": "",
    "orderInteraction": "in-order",
    "matchInteraction": "match",
    "textEntryInteraction": "a fill-in",
    "extendedTextInteraction": "an essay",
    "inlineChoiceInteraction": "a choose-the-missing-words",
    "gapMatchInteraction": "a drag-into-text",
    "hottextInteraction": "a choose-in-the-text",
    "hotspotInteraction": "a point-at-an-image",
    "associateInteraction": "an associate",
    "sliderInteraction": "a slider",
    "uploadInteraction": "an upload",
    "drawingInteraction": "a drawing",
}


def _read_item(root: Element, labels: list[str], file: str) -> Item:
    body = root.first("itemBody") or Element("itemBody", root.line)
    found = [el for el in _all(body) if el.name.endswith("Interaction")]
    if len(found) != 1:
        words = f"has {how_many(len(found), 'interaction')}" if found else "has nothing to answer"
        raise NoSuchKind(f"{words}: here a question has one: write one for each")
    interaction = found[0]
    kind = _INTERACTIONS.get(interaction.name, f"a “{interaction.name}”")
    if kind not in ("", "in-order", "match"):
        raise NoSuchKind(f"is {kind} question: we have one answer, several, in order and pairs")
    texts = Texts()
    scenario = texts.keep(flow_of(body, Flow(), _UNASKED).plain())
    prompt = interaction.first("prompt")
    ask = texts.keep(flow_of(prompt, Flow()).plain()) if prompt else ""
    if not ask:
        scenario, _, ask = scenario.rpartition("\n\n")
    if scenario == ask:  # some tools write it both before the interaction and as its prompt
        scenario = ""
    declared = next(
        (
            one
            for one in root.all("responseDeclaration")
            if one.attributes.get("identifier") == interaction.attributes.get("responseIdentifier")
        ),
        Element("responseDeclaration", root.line),
    )
    right = [value.text() for value in declared.all("correctResponse", "value")]
    right = right or _mapped(declared)
    said, general = _feedback(root, texts)
    categories = [word for word in labels if word.startswith("category: ")]
    category = categories[0].partition(": ")[2].split(" / ") if categories else []
    item = Item(
        name=root.attributes.get("identifier", ""),
        kind=kind,
        ask=ask,
        scenario=scenario,
        category=tuple(category),
        feedback=general,
        labels=tuple(word for word in labels if word not in categories),
        line=root.line,
        file=file,
    )
    return _with_answers(item, interaction, declared, right, said, texts)


def _with_answers(
    item: Item,
    interaction: Element,
    declared: Element,
    right: list[str],
    said: Mapping[str, str],
    texts: Texts,
) -> Item:
    changes: dict[str, Any] = {}
    notes: list[str] = []
    if item.kind == "match":
        changes["pairs"] = tuple(_pairs(interaction, right, texts, notes))
    elif item.kind == "in-order":
        steps = {one.attributes.get("identifier", ""): texts.keep(_choice(one).plain())
                 for one in interaction.all("simpleChoice")}  # fmt: skip
        changes["steps"] = tuple(steps[id_] for id_ in right if id_ in steps)
        if len(right) < len(steps):
            notes.append("steps without a place in the right order were left out")
    else:
        several = declared.attributes.get("cardinality") == "multiple"
        changes["kind"] = "several-of" if several else "one-of"
        changes["options"] = tuple(
            Answer(
                texts.keep(_choice(one).plain()),
                float(one.attributes.get("identifier", "") in right),
                _why(one, said, texts),
            )
            for one in interaction.all("simpleChoice")
        )
    return replace(item, **changes, notes=(*texts.notes, *notes), doubts=texts.doubts)


def _all(element: Element) -> Iterator[Element]:
    for child in element.elements():
        yield child
        yield from _all(child)


def _choice(choice: Element) -> Flow:
    return flow_of(choice, Flow(), frozenset(["feedbackInline", "feedbackBlock"]))


def _why(choice: Element, said: Mapping[str, str], texts: Texts) -> str:
    inner = [texts.keep(flow_of(one, Flow()).plain()) for one in choice.all("feedbackInline")]
    return paragraphs(*inner, said.get(choice.attributes.get("identifier", ""), ""))


def _mapped(declared: Element) -> list[str]:
    """What gives marks, where no right answer is named."""
    return [
        entry.attributes.get("mapKey", "")
        for entry in declared.all("mapping", "mapEntry")
        if _number(entry.attributes.get("mappedValue", "0")) > 0
    ]


def _number(words: str) -> float:
    try:
        return float(words)
    except ValueError:
        return 0.0


def _feedback(root: Element, texts: Texts) -> tuple[dict[str, str], str]:
    """What is said of each choice, and what is said of all."""
    choices = {one.attributes.get("identifier", "") for one in root.below("simpleChoice")}
    said: dict[str, str] = {}
    general = []
    for one in root.all("modalFeedback"):
        words = texts.keep(flow_of(one, Flow()).plain())
        identifier = one.attributes.get("identifier", "")
        if identifier in choices:
            said[identifier] = words
        else:
            general.append(words)
    return said, paragraphs(*general)


def _pairs(
    interaction: Element, right: list[str], texts: Texts, notes: list[str]
) -> Iterator[tuple[str, str]]:
    words = {
        one.attributes.get("identifier", ""): texts.keep(_choice(one).plain())
        for one in interaction.all("simpleMatchSet", "simpleAssociableChoice")
    }
    used: set[str] = set()
    for pair in right:
        left, _, other = pair.partition(" ")
        if left in words and other in words:
            used |= {left, other}
            yield words[left], words[other]
    notes += [
        f"“{text}” belonged to nothing and was left out: here all have a pair"
        for id_, text in words.items()
        if id_ not in used
    ]
