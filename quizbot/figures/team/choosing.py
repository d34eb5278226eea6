"""Whom a manager may choose in a form, and whom of them a few words mean; pure."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class Pickable:
    """One of a manager's people, and what tells them from others of the name."""

    person_id: UUID
    name: str
    posts: tuple[str, ...]  # job and unit

    def fits(self, words: str) -> bool:
        """Whether every word is a part of the name, the job or the unit."""
        said = " ".join((self.name, *self.posts)).casefold()
        return all(word in said for word in words.casefold().split())


@dataclass(frozen=True)
class Choosing:
    """A manager's people as a form offers them: those who are chosen, then those who fit."""

    words: str
    people: tuple[Pickable, ...]
    chosen: frozenset[UUID]

    @property
    def fitting(self) -> tuple[Pickable, ...]:
        """Whom the words mean; everybody where there are none."""
        return tuple(one for one in self.people if one.fits(self.words))

    @property
    def shown(self) -> tuple[Pickable, ...]:
        """Nobody who is chosen is ever out of sight."""
        ticked = [one for one in self.people if one.person_id in self.chosen]
        rest = [one for one in self.fitting if one.person_id not in self.chosen]
        return (*ticked, *rest) if self.words else self.people

    @classmethod
    def of(
        cls, people: Iterable[Pickable], words: str, ticked: Collection[str], press: str = ""
    ) -> "Choosing":
        """What was typed and ticked; `press` is "all" to add all who fit, or "none"."""
        everybody = tuple(people)
        chosen = {one.person_id for one in everybody if str(one.person_id) in ticked}
        if press == "all":
            chosen |= {one.person_id for one in everybody if one.fits(words)}
        return cls(words, everybody, frozenset() if press == "none" else frozenset(chosen))
