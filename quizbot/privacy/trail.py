"""The audit trail as leads and auditors search it: names are looked up to be shown, never kept."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, literal, or_, select

from quizbot.access import must_read_trail
from quizbot.clock import Clock, day_begins, london_day
from quizbot.errors import Mend
from quizbot.people.finding import said
from quizbot.standing import rule_terms
from quizbot.store.database import Database
from quizbot.store.tables import audit, edition, person, requirement, unit

PAGE = 25
MOST_PEOPLE = 20  # whom a name may mean: beyond, more of it is asked for
MOST_NAMED = 3  # of a list in a row's details
YEARS = range(2010, 2200)  # in which there may be rows

# What each action is called; a test keeps this and the code together.
ACTIONS: Mapping[str, str] = {
    "sign-in": "Signed in",
    "sign-in.end-everywhere": "Signed out everywhere",
    "sign-in.slip": "Sign-in slip printed",
    "account.bind": "Account of an organisation bound",
    "account.end": "Account of an organisation taken off",
    "role.grant": "Role given",
    "role.revoke": "Role ended",
    "person.add": "Person added",
    "person.edit": "Person’s details changed",
    "person.guest": "Guest invited",
    "person.leave": "Leaving noted",
    "person.stay": "Leaving taken back",
    "person.return": "Person returned",
    "person.erase": "Personal data erased",
    "person.join": "Two records made one",
    "person.separate": "One record made two again",
    "post.add": "Post added",
    "post.change": "Post changed",
    "unit.add": "Unit added",
    "unit.rename": "Unit renamed",
    "unit.move": "Unit moved",
    "unit.end": "Unit ended",
    "people.import": "People file imported",
    "people.import.part": "People whom an import touched",
    "import.columns": "Columns of people files named",
    "attestation.make": "Understanding confirmed",
    "attestation.withdraw": "Confirmation withdrawn",
    "attestation.comment": "Confirmation commented",
    "attempt.withdraw": "Attempt withdrawn",
    "attempt.regrade": "Attempt passed by a regrade",
    "question.regrade": "Question regraded",
    "certificate.withdraw": "Certificate withdrawn",
    "passport.key": "Key that signs certificates made",
    "passport.withdraw-keys": "Keys that signed certificates withdrawn",
    "issuer.trust": "Issuer of certificates trusted",
    "issuer.end": "Issuer of certificates trusted no longer",
    "passport.bring": "Certificate brought from elsewhere",
    "passport.drop": "Certificate from elsewhere taken back",
    "passport.recognise": "Certificate from elsewhere recognised",
    "passport.gone-back": "Certificate from elsewhere withdrawn there: it counts no more",
    "passport.stands-again": "Certificate from elsewhere stands again there: it counts again",
    "passport.refuse": "Certificate from elsewhere not recognised",
    "edition.sign": "Edition signed",
    "scim.token": "Key of a directory made",
    "scim.end": "Key of a directory ended",
    "scim.confirm": "What a directory said confirmed",
    "lti.invite": "Link for a learning system made",
    "lti.connect": "Learning system connected",
    "lti.change": "Learning system changed",
    "lti.end": "Learning system disconnected",
    "place.save": "Setting of the place saved",
    "place.leave": "Setting of the place left to its file",
    "problem.answer": "Report about a question answered",
    "board.export": "Board’s figures exported",
    "pack.ask": "Inspection pack asked for",
    "pack.export": "Inspection pack taken",
    "overdue.export": "List of who is late exported",
    "team.export": "Team exported",
    "transcript.export": "Transcript taken",
    "export.person": "One person’s data exported",
    "export.people": "People file exported",
    "request.make": "Questionnaire asked for",
    "request.withdraw": "Request withdrawn",
    "dispensation.grant": "Dispensation granted",
    "dispensation.end": "Dispensation ended",
    "dispensation.withdraw": "Dispensation taken back",
    "duty.end": "Overdue duties ended or begun anew by a change",
    "requirement.save": "Rule saved",
    "requirement.change": "Rule changed",
    "requirement.end": "Rule ended",
    "change.tell": "Change of guidance told",
    "change.ask": "Change of guidance to be confirmed",
    "change.correct": "Day of a change to be confirmed corrected",
    "change.withdraw": "Change of guidance taken back",
    "change.enter": "Change of guidance entered",
    "change.remove": "Change of guidance taken out of the register",
    "edition.publish": "Edition published",
    "draft.begin": "Draft of a question begun",
    "draft.bring": "Questions brought in as drafts",
    "draft.read": "Draft of a question read and agreed",
    "draft.drop": "Draft of a question given up",
    "author.grant": "Author of questions named",
    "author.revoke": "Author of questions named no longer",
    "preference.choose": "Choice about messages",
    "preference.snooze": "Reminders paused",
    "chat.link": "Chat linked",
    "chat.unlink": "Chat no longer linked",
    "chat.notices": "Messages sent another way",
    "notice.again": "Message sent again",
    "notice.settle": "Message dealt with",
    "retention.run": "Old data deleted",
    "database.backup": "Database backed up",
    "database.restore": "Database restored from a backup",
    "database.copy": "Database copied to another",
    "demo.fill": "Demonstration made up",
}
OF_RULES = ("requirement.save", "requirement.change")  # whose details hold terms
ACTORS = {"operator": "Operator", "service": "The service", "demo": "The demonstration"}


@dataclass(frozen=True)
class Wanted:
    """What is looked for; `before` is the number of a row, to go on below it."""

    action: str = ""
    who: str = ""
    since: date | None = None
    until: date | None = None
    before: int | None = None


@dataclass(frozen=True)
class TrailName:
    """Somebody or something as shown; `person_id` where it is a person."""

    words: str
    person_id: UUID | None = None


@dataclass(frozen=True)
class TrailLine:
    """A row as it is read."""

    number: int
    at: datetime
    actor: TrailName
    action: str
    subject: TrailName
    details: tuple[str, ...]


@dataclass(frozen=True)
class TrailPage:
    """Some rows, the newest first; `older` is where the next page begins, if there is one."""

    lines: tuple[TrailLine, ...]
    older: int | None


@dataclass(frozen=True)
class Trail:
    """Reading and searching; only for who may see everybody."""

    database: Database
    now: Clock

    def actions(self) -> list[tuple[str, str]]:
        """Every action there can be, and what it is called, by its name."""
        return sorted(ACTIONS.items(), key=lambda pair: pair[1])

    def search(self, viewer_id: UUID, wanted: Wanted) -> TrailPage:
        """The rows wanted, a page of them; Mend where what is wanted makes no sense."""
        with self.database.reading() as connection:
            must_read_trail(connection, viewer_id, london_day(self.now()))
            query = select(audit).where(*self._conditions(connection, wanted))
            rows = connection.execute(query.order_by(audit.c.number.desc()).limit(PAGE + 1)).all()
            names = _names(connection, _ids(rows))
        shown = rows[:PAGE]
        return TrailPage(
            tuple(_line(row, names) for row in shown),
            older=shown[-1].number if len(rows) > PAGE else None,
        )

    def _conditions(self, connection: Connection, wanted: Wanted) -> list[ColumnElement[bool]]:
        if wanted.since and wanted.until and wanted.since > wanted.until:
            raise Mend(until="The last day cannot be before the first")
        for name in ("since", "until"):
            if (day := getattr(wanted, name)) is not None and day.year not in YEARS:
                raise Mend(**{name: "Enter a year such as 2026"})
        if wanted.action and wanted.action not in ACTIONS:
            raise Mend(action="Choose one of these")
        found: list[ColumnElement[bool]] = []
        if wanted.action:
            found.append(audit.c.action == wanted.action)
        if wanted.since:
            found.append(audit.c.at >= day_begins(wanted.since))
        if wanted.until:
            found.append(audit.c.at < day_begins(wanted.until, 1))
        if wanted.before is not None:
            found.append(audit.c.number < wanted.before)
        if wanted.who:
            ids = [str(one) for one in _people(connection, wanted.who)]
            mentioned = (audit.c.details.contains(one) for one in ids)
            found.append(or_(audit.c.actor.in_(ids), audit.c.subject.in_(ids), *mentioned))
        return found


def _people(connection: Connection, words: str) -> list[UUID]:
    """Whom a name, an address, a staff number or an id may mean."""
    if (exact := as_id(words.strip())) is not None:
        return [exact]
    rows = connection.execute(
        select(person.c.id).where(*said(words)).limit(MOST_PEOPLE + 1)
    ).scalars()
    found = list(rows)
    if not found:
        raise Mend(who="Nobody is called this: check the spelling")
    if len(found) > MOST_PEOPLE:
        raise Mend(who=f"More than {MOST_PEOPLE} people are called this: write more of the name")
    return found


def as_id(words: object) -> UUID | None:
    """An id, if these words are one as the trail writes it."""
    if not isinstance(words, str) or len(words) != 36:
        return None
    try:
        return UUID(words)
    except ValueError:
        return None


def _ids(rows: Iterable[Row[Any]]) -> set[UUID]:
    """Every id in some rows; of a long list, those that are shown."""
    found: set[UUID] = set()
    for row in rows:
        values = [row.actor, row.subject, *_single(json.loads(row.details).values())]
        found.update(one for value in values if (one := as_id(value)))
    return found


def _single(values: Iterable[Any]) -> Iterator[Any]:
    """What is in some values, however deep, as far as it is shown."""
    for value in values:
        if isinstance(value, dict):
            yield from _single(value.values())
        elif isinstance(value, list):
            yield from _single(value[:MOST_NAMED])
        else:
            yield value


def _names(connection: Connection, ids: Iterable[UUID]) -> dict[UUID, TrailName]:
    """People, units and editions among some ids."""
    wanted = list(ids)
    found: dict[UUID, TrailName] = {}
    for query in (
        select(unit.c.id, unit.c.path).where(unit.c.id.in_(wanted)),
        select(edition.c.id, edition.c.module + " " + edition.c.label).where(
            edition.c.id.in_(wanted)
        ),
        select(requirement.c.id, literal("rule on ") + requirement.c.module).where(
            requirement.c.id.in_(wanted)
        ),
    ):
        found |= {row[0]: TrailName(row[1]) for row in connection.execute(query)}
    people = connection.execute(select(person.c.id, person.c.name).where(person.c.id.in_(wanted)))
    return found | {row.id: TrailName(row.name, row.id) for row in people}


def _line(row: Row[Any], names: Mapping[UUID, TrailName]) -> TrailLine:
    details = json.loads(row.details)
    return TrailLine(
        number=row.number,
        at=row.at,
        actor=_named(row.actor, names),
        action=ACTIONS.get(row.action, row.action),
        subject=_named(row.subject, names),
        details=tuple(
            f"{name.replace('_', ' ')}: {_detail(row.action, name, value, names)}"
            for name, value in details.items()
            if value not in (None, "", [])
        ),
    )


def _named(words: str, names: Mapping[UUID, TrailName]) -> TrailName:
    found = as_id(words)
    if found is None:
        return TrailName(ACTORS.get(words, words))
    return names.get(found) or TrailName(_short(words))


def _short(id_: str) -> str:
    """Version 7 ids of one hour begin alike: their ends tell them apart."""
    return f"…{id_[-12:]}"


def _detail(action: str, name: str, value: Any, names: Mapping[UUID, TrailName]) -> str:
    if action in OF_RULES and name in ("terms", "before", "after"):
        return rule_terms.said(value)
    return _words(value, names)


def _words(value: Any, names: Mapping[UUID, TrailName]) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{name}: {_words(one, names)}" for name, one in value.items())
    if isinstance(value, list):
        return _several(value, names)
    if isinstance(value, bool):
        return "yes" if value else "no"
    words = str(value)
    if (found := as_id(words)) is not None:
        return (names.get(found) or TrailName(_short(words))).words
    # A fingerprint is known by its beginning, as on the pages that show it.
    return words if len(words) < 64 else f"{words[:12]}…"


def _several(values: Sequence[Any], names: Mapping[UUID, TrailName]) -> str:
    shown = ", ".join(_words(value, names) for value in values[:MOST_NAMED])
    more = len(values) - MOST_NAMED
    return f"{shown} and {more} more" if more > 0 else shown
