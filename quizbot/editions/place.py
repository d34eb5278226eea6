"""The place: its file as it may be used, and as leads see it, with what is held back by it."""

import hashlib
import tomllib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import Path
from uuid import UUID

from questions.checks import misfit
from questions.findings import Finding, faults
from questions.kinds import Question
from questions.module import Module
from questions.place import CONTACTS, Place, Setting, read_place
from questions.place import SHIPPED as SHIPPED_PLACE
from quizbot import logs
from quizbot.access import leads_of_all, may_lead_all, must_lead, must_lead_all
from quizbot.clock import Clock, london_day
from quizbot.editions.comparing import Difference, differences
from quizbot.editions.editions import Edition, Editions, resolve
from quizbot.editions.place_settings import (
    LiveSettings,
    SavedSetting,
    drop_setting,
    keep_setting,
    laid_over,
    packed,
    saved_settings,
)
from quizbot.errors import Mend, Misconfigured, NotFound, OutOfDate
from quizbot.rules.pick import Mode, why_not
from quizbot.store.audit import Audit
from quizbot.store.database import Database

WORDS = SHIPPED_PLACE.with_name("place-words.toml")
LONGEST_REVIEW = 732  # days until somebody looks at a setting again
MOST_NEEDS = 4000  # questions
MOST_TEXTS = 40  # kept of what was written, by process
TO_MEND = ("Empty", "Out of date")
SEVERAL = "Of several questionnaires, or of every page"
NOT_HERE = "Of questionnaires that are not here"


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
    saved: SavedSetting | None = None  # on the page
    is_of_page: bool = False  # whether that counts, and not the file

    @property
    def title(self) -> str:
        """Its name as words."""
        words = self.name.replace(".", " ").replace("_", " ")
        return words[:1].upper() + words[1:]

    @property
    def does(self) -> str:
        """What it is for, where we know it."""
        return place_words().get(self.name, "")

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

    @property
    def by_questionnaire(self) -> Mapping[str, tuple[SettingLine, ...]]:
        """The settings of each questionnaire, by its title; before them, those of several."""
        met: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for line in self.settings:
            counts = {title: len(ids) for title, ids in line.questions.items()}
            met[line.name.partition(".")[0]].update(counts)
        titles = {module: found.most_common(1)[0][0] for module, found in met.items() if found}
        groups: dict[str, list[SettingLine]] = {SEVERAL: []}
        for line in sorted(self.settings, key=lambda line: line.name):
            module, dot, _ = line.name.partition(".")
            groups.setdefault(titles.get(module, NOT_HERE) if dot else SEVERAL, []).append(line)
        return {title: tuple(lines) for title, lines in groups.items() if lines}


@dataclass(frozen=True)
class SettingChange:
    """What one setting would change: the questions, and whether questionnaires still count."""

    setting: Setting
    questions: tuple[tuple[str, Difference], ...]  # with the questionnaire's title
    no_more: tuple[tuple[str, str], ...]  # questionnaires that would be practice only, and why
    again: tuple[str, ...]  # those that would count again

    @property
    def fingerprint(self) -> str:
        """Binds what is saved to what was looked at."""
        return hashlib.sha256(packed(self.setting).encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Places:
    """The place's file and what leads save beside it; the later word of a setting counts."""

    database: Database
    editions: Editions
    audit: Audit
    file: Path
    local_banks: Path | None
    in_use: Place  # as it was when the service was started
    now: Clock
    live: LiveSettings | None = None  # what the running service says
    needs: "Needs" = field(default_factory=lambda: Needs())
    _texts: dict[UUID, Module] = field(default_factory=dict)  # editions as written never change

    def view(self, person_id: UUID) -> PlaceView:
        """The place as its file and page stand now, over the modules that are published."""
        self._must_lead(person_id)
        today = london_day(self.now())
        place, findings, saved = self._read()
        modules = self._modules()
        return PlaceView(
            settings=tuple(self._lines(place, saved, modules)),
            wrong=tuple(faults(findings)),
            held=tuple(self._held(place, modules, today)),
            practice_only=tuple(self._practice_only(place, modules, today)),
            in_use=tuple(self.in_use.text(name) for name in CONTACTS),
        )

    def one(self, person_id: UUID, name: str) -> SettingLine:
        """One setting with all that is known of it; NotFound where there is none."""
        self._must_lead(person_id)
        place, _, saved = self._read()
        for line in self._lines(place, saved, self._modules()):
            if line.name == name:
                return line
        raise NotFound("There is no such setting.")

    def savers(self, person_id: UUID) -> tuple[str, ...]:
        """Who may change what holds for everybody, where this lead may not."""
        self._must_lead(person_id)
        today = london_day(self.now())
        with self.database.reading() as connection:
            if may_lead_all(connection, person_id, today):
                return ()
            return leads_of_all(connection, today) or ("whoever runs the service",)

    def must_save(self, person_id: UUID) -> None:
        """NotAllowed for whoever may not change what holds for everybody."""
        with self.database.reading() as connection:
            must_lead_all(connection, person_id, london_day(self.now()))

    def preview(self, person_id: UUID, name: str, setting: Setting) -> SettingChange:
        """What people would be asked otherwise; Mend where the setting makes no sense."""
        self.must_save(person_id)
        today = london_day(self.now())
        before, _, _ = self._read()
        self._check(name, setting, before, today)
        after = Place({**before.settings, name: setting})
        questions: list[tuple[str, Difference]] = []
        no_more: list[tuple[str, str]] = []
        again: list[str] = []
        for module in self._modules():
            if not any(name in self.needs.of(question, before) for question in module.asked):
                continue
            old, new = resolve(module, before), resolve(module, after)
            questions += [(module.title, found) for found in differences(old, new)]
            was, why = why_not(old, Mode.ASSURED, today), why_not(new, Mode.ASSURED, today)
            no_more += [(module.title, why)] if why and not was else []
            again += [module.title] if was and not why else []
        return SettingChange(setting, tuple(questions), tuple(no_more), tuple(again))

    def save(self, person_id: UUID, name: str, setting: Setting, seen: str) -> list[str]:
        """Keep what was previewed, and publish it; the titles of what has a new edition."""
        if seen != self.preview(person_id, name, setting).fingerprint:
            raise OutOfDate("The setting was changed after its preview: look at it again.")
        of_file = self._of_file().settings.get(name)
        with self.database.writing(queue="place") as connection:
            keep_setting(connection, name, setting, of_file, self.now(), person_id)
            self.audit.add(connection, person_id, "place.save", name, review_by=setting.review_by)
        return self._publish(person_id)

    def leave_to_file(self, person_id: UUID, name: str) -> list[str]:
        """Take back what was saved on the page, and publish what the file says."""
        self.must_save(person_id)
        with self.database.writing(queue="place") as connection:
            if name not in saved_settings(connection):
                raise NotFound("Nothing was saved of this setting here.")
            drop_setting(connection, name)
            self.audit.add(connection, person_id, "place.leave", name)
        return self._publish(person_id)

    def laid_over(self, place: Place) -> Place:
        """A place as its file has it, and what leads saved beside that."""
        with self.database.reading() as connection:
            return laid_over(place, saved_settings(connection))

    def refresh(self) -> int:
        """Let what was saved elsewhere reach this process; another number after each change."""
        if self.live is None:
            return 0
        self.live.refresh()
        return self.live.version

    def _publish(self, person_id: UUID) -> list[str]:
        if self.live is not None:
            self.live.refresh(at_once=True)
        place, _, _ = self._read()
        done = self.editions.publish_modules(self._modules(), place, person_id)
        return [self.editions.current(one.module).module.title for one in done if one.is_new]

    def _check(self, name: str, setting: Setting, place: Place, today: date) -> None:
        known = place.settings.get(name) or shipped_settings().get(name)
        if known is None or known.type != setting.type:
            raise NotFound("There is no such setting.")
        if misfit := setting.misfit():
            raise Mend(value=f"The value {misfit.removeprefix('`value` ')}")
        if name in CONTACTS and not setting.is_filled:
            raise Mend(value="Every page shows this: fill it")
        if setting.review_by < today:
            raise Mend(review_by="This day is over: choose one by which somebody looks at it again")
        if (setting.review_by - today).days > LONGEST_REVIEW:
            raise Mend(
                review_by="Choose a day within two years, so that somebody looks at it again"
            )

    def _of_file(self) -> Place:
        return read_place(self.file, london_day(self.now()))[0]

    def _read(self) -> tuple[Place, list[Finding], dict[str, SavedSetting]]:
        """The place as both say it, what is wrong with the file, and what the page says."""
        place, findings = read_place(self.file, london_day(self.now()))
        with self.database.reading() as connection:
            saved = saved_settings(connection)
        return laid_over(place, saved), findings, saved

    def _modules(self) -> list[Module]:
        """What is published as it was written, its slots open; each is read once and kept."""
        return [self._written(current) for current in self.editions.all_current()]

    def _written(self, current: Edition) -> Module:
        """An edition before its slots were filled."""
        found = self._texts.get(current.id)
        if found is None:
            if len(self._texts) >= MOST_TEXTS:
                self._texts.clear()
            found = self._texts[current.id] = self.editions.written(current)
        return found

    def _lines(
        self, place: Place, saved: Mapping[str, SavedSetting], modules: Sequence[Module]
    ) -> list[SettingLine]:
        of_file = self._of_file().settings
        missing = {
            name: setting.model_copy(update={"value": "" if setting.type != "switch" else False})
            for name, setting in shipped_settings().items()
            if name not in place.settings and name in self._needed(modules)
        }
        whole = Place({**place.settings, **missing})
        lines = self._all_lines(whole, modules, london_day(self.now()))
        return [
            replace(
                line,
                saved=saved.get(line.name),
                is_of_page=line.name in saved and saved[line.name].counts(of_file.get(line.name)),
            )
            for line in lines
        ]

    def _needed(self, modules: Sequence[Module]) -> frozenset[str]:
        shipped = Place(shipped_settings())
        return frozenset(
            name
            for module in modules
            for question in module.asked
            for name in self.needs.of(question, shipped)
        )

    def _all_lines(self, place: Place, modules: Sequence[Module], today: date) -> list[SettingLine]:
        users: dict[str, dict[str, tuple[str, ...]]] = {name: {} for name in place.settings}
        for module in modules:
            for question in module.asked:
                for name in self.needs.of(question, place):
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

    def _held(self, place: Place, modules: Sequence[Module], today: date) -> list[HeldLine]:
        held = []
        for module in modules:
            for question in module.asked:
                states = {
                    n: state_of(place.settings.get(n), today)
                    for n in self.needs.of(question, place)
                }
                why = [f"{name} {_WHY[state]}" for name, state in states.items() if state]
                why += [] if why else filter(None, [misfit(question, place)])
                if why:
                    held.append(HeldLine(module.title, question.id, "; ".join(why)))
        return held

    def _practice_only(
        self, place: Place, modules: Sequence[Module], today: date
    ) -> list[tuple[str, str]]:
        """Modules that cannot count, and could if every setting were filled, fresh and on."""
        found = []
        held = {line.title for line in self._held(place, modules, today)}
        for module in modules:
            if module.title not in held:
                continue  # the place keeps no question of it back
            why = why_not(resolve(module, place), Mode.ASSURED, today)
            if why and not why_not(resolve(module, _kept(place, today)), Mode.ASSURED, today):
                found.append((module.title, why))
        return found

    def to_mend(self, person_id: UUID) -> int:
        """How many settings are empty or were to be looked at again; for leads."""
        self._must_lead(person_id)
        today = london_day(self.now())
        place, _, _ = self._read()
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


class Needs:
    """The settings that questions need: their slots and switches; worked out once and kept."""

    def __init__(self) -> None:
        # By the question itself, which is kept with it so that no other can have its id.
        self._known: dict[int, tuple[Question, tuple[str, ...]]] = {}

    def of(self, question: Question, place: Place) -> tuple[str, ...]:
        """Those of one question."""
        kept = self._known.get(id(question))
        if kept is None or kept[0] is not question:
            if len(self._known) >= MOST_NEEDS:
                self._known.clear()
            kept = self._known[id(question)] = (question, needed_by(question, place))
        return kept[1]


@cache
def shipped_settings() -> Mapping[str, Setting]:
    """The settings that the questions which come with the service know, by name."""
    return read_place(SHIPPED_PLACE, date.min)[0].settings


@cache
def place_words() -> Mapping[str, str]:
    """What each setting does, in a sentence."""
    with WORDS.open("rb") as file:
        return {name: str(words) for name, words in tomllib.load(file).items()}


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


def _kept(place: Place, today: date) -> Place:
    """The same place as if somebody had looked after all of it."""
    kept = {}
    for name, setting in place.settings.items():
        value = True if setting.type == "switch" else setting.value if setting.is_filled else name
        kept[name] = setting.model_copy(
            update={"value": value, "review_by": max(setting.review_by, today)}
        )
    return Place(kept)
