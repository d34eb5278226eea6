"""The place: its file as it may be used, and as leads see it, with what is held back by it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from uuid import UUID

from questions.bank import SHIPPED, read_banks
from questions.checks import misfit
from questions.findings import Finding, faults
from questions.kinds import Question
from questions.module import Module
from questions.place import CONTACTS, Place, Setting, read_place
from quizbot import logs
from quizbot.access import must_lead
from quizbot.clock import Clock, london_day
from quizbot.editions.editions import Editions, resolve
from quizbot.errors import Misconfigured, NotFound
from quizbot.rules.pick import Mode, why_not
from quizbot.store.database import Database

TO_MEND = ("Empty", "Out of date")


@dataclass(frozen=True)
class SettingLine:
    """One setting, and the questions that need it by their module's title."""

    name: str
    type: str
    value: str
    owner: str
    review_by: date
    state: str
    questions: Mapping[str, tuple[str, ...]]

    @property
    def question_count(self) -> int:
        """How many questions need it."""
        return sum(map(len, self.questions.values()))

    @property
    def is_on_every_page(self) -> bool:
        """Whether it stands at the foot of every page."""
        return self.name in CONTACTS


@dataclass(frozen=True)
class HeldLine:
    """A question that is not asked here, and why."""

    title: str
    question_id: str
    why: str


@dataclass(frozen=True)
class PlaceView:
    """The file as it stands, and what comes of it."""

    settings: tuple[SettingLine, ...]
    wrong: tuple[Finding, ...]
    held: tuple[HeldLine, ...]
    practice_only: tuple[tuple[str, str], ...]
    in_use: tuple[str, ...]

    @property
    def to_mend(self) -> tuple[SettingLine, ...]:
        """Settings that are empty or were to be looked at again."""
        return tuple(line for line in self.settings if line.state in TO_MEND)


@dataclass(frozen=True)
class Places:
    """Reads the place's file for leads; nothing here changes it."""

    database: Database
    editions: Editions
    file: Path
    local_banks: Path | None
    in_use: Place  # as it was when the service was started
    now: Clock

    def view(self, person_id: UUID) -> PlaceView:
        """The place as its file stands now, over the modules that are published."""
        self._must_lead(person_id)
        today = london_day(self.now())
        place, findings = read_place(self.file, today)
        banks = read_banks(SHIPPED, place, today, self.local_banks)
        published = {current.module.id for current in self.editions.all_current()}
        modules = [bank.module for bank in banks if bank.module and bank.id in published]
        return PlaceView(
            settings=tuple(_lines(place, modules, today)),
            wrong=tuple(faults(findings)),
            held=tuple(_held(place, modules, today)),
            practice_only=tuple(_practice_only(place, modules, today)),
            in_use=tuple(self.in_use.text(name) for name in CONTACTS),
        )

    def to_mend(self, person_id: UUID) -> int:
        """How many settings are empty or were to be looked at again; for leads."""
        self._must_lead(person_id)
        today = london_day(self.now())
        place, _ = read_place(self.file, today)
        return sum(state_of(one, today) in TO_MEND for one in place.settings.values())

    def trouble(self) -> str:
        """Why the file as it stands could not be used, or nothing."""
        wrong = faults(read_place(self.file, london_day(self.now()))[1])
        return place_trouble(self.file, wrong) if wrong else ""

    def text(self, person_id: UUID) -> bytes:
        """The file as it is."""
        self._must_lead(person_id)
        try:
            return self.file.read_bytes()
        except OSError:
            raise NotFound("The file of the place cannot be read.") from None

    def _must_lead(self, person_id: UUID) -> None:
        with self.database.reading() as connection:
            must_lead(connection, person_id, london_day(self.now()))


# What this process, or the one it was forked from, read last without a fault, by file.
_last_good: dict[Path, Place] = {}


def place_of(path: Path, now: Clock) -> Place:
    """The place as its file has it; Misconfigured where the file cannot be used.

    A process that read it before without a fault goes on with that, and says so.
    """
    place, findings = read_place(path, london_day(now()))
    wrong = faults(findings)
    if not wrong:
        _last_good[path.absolute()] = place
        return place
    words = place_trouble(path, wrong)
    kept = _last_good.get(path.absolute())
    if kept is None:
        raise Misconfigured(words)
    logs.tell(f"{words} Until then what it said before stands.", level="warning")
    return kept


def place_trouble(path: Path, wrong: Sequence[Finding]) -> str:
    """What keeps a place's file from being used, as a sentence."""
    first, *more = wrong
    words = f"{first.question}: {first.words}" if first.question else first.words
    if more:
        words += f"; and {len(more)} more"
    return (
        f"QUIZBOT_PLACE: {path} cannot be used: {words}. Mend it: `quizbot place check` tells"
        " each, and nobody is left without whom to ring."
    )


def needed_by(question: Question, place: Place) -> tuple[str, ...]:
    """The settings that a question needs: its slots and switches."""
    content = question.model_dump(mode="json", by_alias=True)
    return tuple(dict.fromkeys((*place.slots_in(content), *question.needs)))


def state_of(setting: Setting | None, today: date) -> str:
    """What keeps a setting from being used, in a word or two; nothing where it may be."""
    if setting is None:
        return "Missing"
    if not setting.is_filled:
        return "Empty"
    if setting.review_by < today:
        return "Out of date"
    return "Off" if setting.value is False else ""


def _lines(place: Place, modules: Sequence[Module], today: date) -> list[SettingLine]:
    users: dict[str, dict[str, tuple[str, ...]]] = {name: {} for name in place.settings}
    for module in modules:
        for question in module.asked:
            for name in needed_by(question, place):
                mine = users.setdefault(name, {})
                mine[module.title] = (*mine.get(module.title, ()), question.id)
    lines = [
        SettingLine(
            name=name,
            type=setting.type,
            value=_in_words(setting),
            owner=setting.owner,
            review_by=setting.review_by,
            state=state_of(setting, today),
            questions=users[name],
        )
        for name, setting in place.settings.items()
    ]
    return sorted(lines, key=lambda line: line.state not in TO_MEND)


def _in_words(setting: Setting) -> str:
    if isinstance(setting.value, bool):
        return "on" if setting.value else "off"
    return str(setting.value)


_WHY = {
    "Missing": "is not in the file",
    "Empty": "is empty",
    "Out of date": "was to be looked at again",
    "Off": "is off",
}


def _held(place: Place, modules: Sequence[Module], today: date) -> list[HeldLine]:
    held = []
    for module in modules:
        for question in module.asked:
            states = {n: state_of(place.settings.get(n), today) for n in needed_by(question, place)}
            why = [f"{name} {_WHY[state]}" for name, state in states.items() if state]
            why += [] if why else filter(None, [misfit(question, place)])
            if why:
                held.append(HeldLine(module.title, question.id, "; ".join(why)))
    return held


def _practice_only(place: Place, modules: Sequence[Module], today: date) -> list[tuple[str, str]]:
    """Modules that cannot count, and could if every setting were filled, fresh and on."""
    found = []
    for module in modules:
        why = why_not(resolve(module, place), Mode.ASSURED, today)
        if why and not why_not(resolve(module, _kept(place, today)), Mode.ASSURED, today):
            found.append((module.title, why))
    return found


def _kept(place: Place, today: date) -> Place:
    """The same place as if somebody had looked after all of it."""
    kept = {}
    for name, setting in place.settings.items():
        value = True if setting.type == "switch" else setting.value if setting.is_filled else name
        kept[name] = setting.model_copy(
            update={"value": value, "review_by": max(setting.review_by, today)}
        )
    return Place(kept)
