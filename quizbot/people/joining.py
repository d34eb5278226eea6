"""Two records of one person become one: everything moves to the record that is kept.

The other stays as an empty row, so that what the audit trail says of it still means something. What
was moved is written down, and goes back as long as nothing has followed.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    and_,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlmodel import SQLModel

from quizbot.access import ERASED, has_charge, is_open, must_lead
from quizbot.clock import Clock, has_ended, london_day
from quizbot.errors import NotAllowed, NotFound, Refused
from quizbot.people.file.person_change import ONE_DAY
from quizbot.signin import given_out
from quizbot.standing.standings import forget
from quizbot.store.audit import OPERATOR, Audit
from quizbot.store.database import Database
from quizbot.store.tables import (
    attempt,
    chat_link,
    joined,
    person,
    post,
    preference,
    unit,
)
from quizbot.words import long_date

STAYS = {"standing_cache", "preference", "joined"}  # worked out anew, or moved by itself
TITLES = {
    "post.person_id": "Posts",
    "attempt.person_id": "Attempts, with answers and certificates",
    "request.person_id": "Requests",
    "dispensation.person_id": "Extensions, exemptions and recognised learning",
    "brought_certificate.person_id": "Certificates from elsewhere",
    "to_confirm.person_id": "Changes of guidance to confirm",
    "later_ask.person_id": "Questions some weeks after a pass",
    "attestation.person_id": "Confirmations of understanding",
    "role_grant.person_id": "Roles",
    "chat_link.person_id": "Linked chats",
    "account.person_id": "Accounts that sign in",
    "lti_link.person_id": "Courses that are told results",
    "notice.person_id": "Messages",
    "post.manager_id": "Posts of people whom they manage",
}


@dataclass(frozen=True)
class Side:
    """One of the two records, as they are shown beside each other."""

    person_id: UUID
    name: str
    email: str | None
    staff_ref: str | None
    started_on: date
    left_on: date | None
    posts: tuple[str, ...]
    rows: Mapping[str, int]  # what there is of it, by what it is called

    @property
    def lines(self) -> list[tuple[str, str]]:
        """What it says, line by line."""
        return [
            ("Name", self.name),
            ("E-mail address", self.email or "None"),
            ("Staff number", self.staff_ref or "None"),
            ("Here since", long_date(self.started_on)),
            ("Last day", long_date(self.left_on) if self.left_on else "None"),
            ("Where", "; ".join(self.posts) or "Nowhere"),
            *((title, str(count)) for title, count in self.rows.items()),
        ]


@dataclass(frozen=True)
class Pair:
    """The record that is kept, and the one that goes into it."""

    keep: Side
    other: Side

    @property
    def lines(self) -> list[tuple[str, str, str]]:
        """What both say, line by line."""
        return [
            (title, one, other)
            for (title, one), (_, other) in zip(self.keep.lines, self.other.lines, strict=True)
        ]


@dataclass(frozen=True)
class Joining:
    """By an operator, or by a lead who has charge of both and is neither of them."""

    database: Database
    audit: Audit
    now: Clock

    def look(self, keep: UUID, other: UUID, by: UUID | None = None) -> Pair:
        """Both records; Refused or NotFound where they cannot become one."""
        with self.database.reading() as connection:
            self._check(connection, keep, other, by)
            return Pair(self._side(connection, keep), self._side(connection, other))

    def join(self, keep: UUID, other: UUID, by: UUID | None = None) -> None:
        """Make them one: the kept name, address and number stay; what it lacks it gets."""
        today = london_day(self.now())
        with self.database.writing(queue="people") as connection:
            kept, gone = self._check(connection, keep, other, by)
            moved = _double(connection, keep, other, self.now(), today)
            _keep_chats(connection, kept, gone)
            moved |= _move(connection, keep, other)
            _keep_preference(connection, keep, other, moved)
            given_out.end(connection, [other])
            values = {
                "name": ERASED, "email": None, "staff_ref": None, "left_on": today - ONE_DAY,
            }  # fmt: skip
            connection.execute(update(person).where(person.c.id == other).values(**values))
            here = [row.left_on for row in (kept, gone)]
            taken = {
                "email": kept.email or gone.email,
                "staff_ref": kept.staff_ref or gone.staff_ref,
                "started_on": min(kept.started_on, gone.started_on),
                "left_on": None if None in here else max(filter(None, here)),
                "is_guest": kept.is_guest and gone.is_guest,
            }
            connection.execute(update(person).where(person.c.id == keep).values(**taken))
            forget(connection, [keep, other])
            before = {
                "keep": _before(kept, taken),
                "other": {"left_on": gone.left_on, "is_guest": gone.is_guest},
                "moved": moved,
            }
            connection.execute(
                insert(joined).values(
                    other_id=other, keep_id=keep, joined_by=by, joined_at=self.now(),
                    name=gone.name, email=gone.email, staff_ref=gone.staff_ref,
                    before=json.dumps(before, default=str), state=_state(connection, keep),
                )
            )  # fmt: skip
            counts = {name: len(ids) for name, ids in moved.items()}
            self.audit.add(
                connection, by or OPERATOR, "person.join", keep, other=other, moved=counts
            )

    def last(self, keep: UUID) -> Row[Any] | None:
        """The join that could be undone, if there was one."""
        with self.database.reading() as connection:
            return _last(connection, keep)

    def undo(self, keep: UUID, by: UUID | None = None) -> None:
        """Make the last join of a record undone, as long as nothing has followed it."""
        with self.database.writing(queue="people") as connection:
            row = _last(connection, keep)
            if row is None:
                raise NotFound("No other record was joined to this one.")
            self._must_have_charge(connection, by, keep)
            if row.state != _state(connection, keep) or _has_taken(connection, row):
                raise Refused(
                    "Something has followed since these records became one, so they stay one."
                )
            before = json.loads(row.before)
            self._must_be_free(connection, row)
            _move_back(connection, row, before["moved"])
            dates = ("started_on", "left_on")
            old = {
                field: date.fromisoformat(value) if field in dates and value else value
                for field, value in before["keep"].items()
            }
            if old:
                connection.execute(update(person).where(person.c.id == keep).values(**old))
            left_on = before["other"]["left_on"]
            connection.execute(
                update(person)
                .where(person.c.id == row.other_id)
                .values(
                    name=row.name, email=row.email, staff_ref=row.staff_ref,
                    left_on=date.fromisoformat(left_on) if left_on else None,
                    is_guest=before["other"]["is_guest"],
                )
            )  # fmt: skip
            given_out.end(connection, [keep, row.other_id])
            forget(connection, [keep, row.other_id])
            connection.execute(delete(joined).where(joined.c.other_id == row.other_id))
            self.audit.add(connection, by or OPERATOR, "person.separate", keep, other=row.other_id)

    def _check(
        self, connection: Connection, keep: UUID, other: UUID, by: UUID | None
    ) -> tuple[Row[Any], Row[Any]]:
        """Both rows, where this may be done."""
        if keep == other:
            raise Refused("This is one record already: name two.")
        rows = [
            connection.execute(select(person).where(person.c.id == who)).first()
            for who in (keep, other)
        ]
        for row in rows:
            if row is None or (row.name, row.email, row.staff_ref) == (ERASED, None, None):
                raise NotFound("There is no such person.")
            self._must_have_charge(connection, by, row.id)
        kept, gone = rows
        assert kept is not None
        assert gone is not None
        return kept, gone

    def _must_have_charge(self, connection: Connection, by: UUID | None, whose: UUID) -> None:
        if by is None:
            return
        today = london_day(self.now())
        must_lead(connection, by, today)
        if by == whose:
            raise NotAllowed("This is your own record: ask another lead.")
        if not has_charge(connection, by, whose, today):
            raise NotFound("There is no such person wholly in the units that you lead.")

    def _must_be_free(self, connection: Connection, row: Row[Any]) -> None:
        """The address and the number that go back are nobody else's by now."""
        for column, value in ((person.c["email"], row.email), (person.c.staff_ref, row.staff_ref)):
            if value is None:
                continue
            is_others = and_(column == value, person.c.id != row.keep_id)
            if connection.execute(select(person.c.id).where(is_others)).first():
                raise Refused("The other record's address or number is somebody else's by now.")

    def _side(self, connection: Connection, who: UUID) -> Side:
        row = connection.execute(select(person).where(person.c.id == who)).one()
        today = london_day(self.now())
        posts = connection.execute(
            select(post.c.job, unit.c.path, post.c.ends_on)
            .join(unit, unit.c.id == post.c.unit_id)
            .where(post.c.person_id == who)
            .order_by(unit.c.path, post.c.starts_on)
        )
        rows = dict.fromkeys(TITLES.values(), 0)
        for name, column in _columns():
            if name in TITLES:
                rows[TITLES[name]] = _count(connection, column, who)
        return Side(
            person_id=who,
            name=row.name,
            email=row.email,
            staff_ref=row.staff_ref,
            started_on=row.started_on,
            left_on=row.left_on,
            posts=tuple(
                f"{one.job}, {one.path}{' (ended)' if has_ended(one.ends_on, today) else ''}"
                for one in posts
            ),
            rows=rows,
        )


def _columns() -> Iterator[tuple[str, Any]]:
    """Every column that says whose, or by whom, a row is; codes that were sent stay."""
    for table in SQLModel.metadata.sorted_tables:
        for column in table.columns:
            name = f"{table.name}.{column.name}"
            is_of_person = any(key.column.table is person for key in column.foreign_keys)
            if is_of_person and table.name not in STAYS and name != "sign_in.person_id":
                yield name, column


def _rows_of(connection: Connection, column: Any, whose: UUID) -> list[str]:
    """Which rows have somebody in a column: their keys, the parts of each with a space between."""
    keys = column.table.primary_key.columns
    found = connection.execute(select(*keys).where(column == whose))
    return [" ".join(str(part) for part in key) for key in found]


def _is_row(column: Any, key: str) -> ColumnElement[bool]:
    """Whether a row is the one with this key."""
    parts = zip(column.table.primary_key.columns, key.split(" "), strict=True)
    return and_(*(part == part.type.python_type(value) for part, value in parts))


def _move(connection: Connection, keep: UUID, other: UUID) -> dict[str, list[str]]:
    """Give all that is the other's to the one that is kept; which rows these are."""
    moved = {}
    for name, column in _columns():
        if rows := _rows_of(connection, column, other):
            moved[name] = rows
            connection.execute(
                update(column.table).where(column == other).values({column.name: keep})
            )
    # Who managed the other record now would manage themself.
    own = and_(post.c.person_id == keep, post.c.manager_id == keep)
    alone = connection.execute(select(post.c.id).where(own)).scalars().all()
    if alone:
        moved["own"] = [str(one) for one in alone]
        connection.execute(update(post).where(own).values(manager_id=None))
    return moved


def _double(
    connection: Connection, keep: UUID, other: UUID, now: Any, today: date
) -> dict[str, list[str]]:
    """What both have, and one person has once: an attempt under way, and one and the same post."""
    mine, theirs = attempt.alias("mine"), attempt.alias("theirs")
    under_way = [
        and_(one.c.submitted_at.is_(None), one.c.abandoned_at.is_(None)) for one in (mine, theirs)
    ]
    alike = (mine.c[name] == theirs.c[name] for name in ("module", "mode", "scope"))
    both = and_(*alike, *under_way)
    query = select(theirs.c.id).join(mine, both)
    found = connection.execute(
        query.where(mine.c.person_id == keep, theirs.c.person_id == other)
    ).scalars()
    moved: dict[str, list[str]] = {}
    if ids := list(found):
        moved["abandoned"] = [str(one) for one in ids]
        connection.execute(update(attempt).where(attempt.c.id.in_(ids)).values(abandoned_at=now))
    held, same = post.alias("held"), post.alias("same")
    same_post = and_(
        held.c.unit_id == same.c.unit_id,
        func.lower(held.c.job) == func.lower(same.c.job),
        is_open(held, today),
        is_open(same, today),
        held.c.person_id == keep,
        same.c.person_id == other,
    )
    pairs = connection.execute(
        select(held.c.id, held.c.starts_on, same.c.id, same.c.starts_on, same.c.ends_on).join(
            same, same_post
        )
    ).all()
    for mine_id, begun, same_id, also, ends_on in pairs:
        # It ends before it began, and so was never held; the earlier start is the one that counts.
        moved.setdefault("ended", []).append(f"{same_id} {ends_on or ''}")
        connection.execute(update(post).where(post.c.id == same_id).values(ends_on=also - ONE_DAY))
        if also < begun:
            moved.setdefault("earlier", []).append(f"{mine_id} {begun}")
            connection.execute(update(post).where(post.c.id == mine_id).values(starts_on=also))
    return moved


def _keep_chats(connection: Connection, kept: Row[Any], gone: Row[Any]) -> None:
    """A chat that speaks for the other record goes on; one that had ended already does not.

    Messages go where the kept record has them sent. Only where it has no chat of its own do they go
    where the other had them: that was the one place in which this was ever chosen.
    """
    theirs = chat_link.c.person_id == gone.id
    connection.execute(delete(chat_link).where(theirs, chat_link.c.epoch != gone.sign_in_epoch))
    values: dict[str, Any] = {"epoch": kept.sign_in_epoch}
    own = select(chat_link.c.id).where(
        chat_link.c.person_id == kept.id,
        chat_link.c.unlinked_at.is_(None),
        chat_link.c.epoch == kept.sign_in_epoch,
    )
    if connection.execute(own).first():
        values["gets_notices"] = False
    connection.execute(update(chat_link).where(theirs).values(**values))


def _keep_preference(
    connection: Connection, keep: UUID, other: UUID, moved: dict[str, list[str]]
) -> None:
    """What was chosen about messages, unless the kept record has a choice of its own."""
    has_own = connection.execute(select(preference).where(preference.c.person_id == keep)).first()
    theirs = connection.execute(select(preference).where(preference.c.person_id == other)).first()
    if has_own is None and theirs is not None:
        connection.execute(
            update(preference).where(preference.c.person_id == other).values(person_id=keep)
        )
        moved["preference"] = [str(other)]


def _move_back(connection: Connection, row: Row[Any], moved: Mapping[str, list[str]]) -> None:
    columns = dict(_columns())
    for name, ids in moved.items():
        if name in columns:
            column = columns[name]
            for one in ids:
                connection.execute(
                    update(column.table)
                    .where(_is_row(column, one))
                    .values({column.name: row.other_id})
                )
    for words in moved.get("ended", ()):
        post_id, _, ends_on = words.partition(" ")
        last = date.fromisoformat(ends_on) if ends_on else None
        connection.execute(update(post).where(post.c.id == UUID(post_id)).values(ends_on=last))
    for words in moved.get("earlier", ()):
        post_id, _, begun = words.partition(" ")
        first = date.fromisoformat(begun)
        connection.execute(update(post).where(post.c.id == UUID(post_id)).values(starts_on=first))
    again = [UUID(one) for one in moved.get("abandoned", ())]
    connection.execute(update(attempt).where(attempt.c.id.in_(again)).values(abandoned_at=None))
    for one in moved.get("own", ()):
        mine = post.c.id == UUID(one)
        holder = connection.execute(select(post.c.person_id).where(mine)).scalar()
        chief = row.keep_id if holder == row.other_id else row.other_id
        connection.execute(update(post).where(mine).values(manager_id=chief))
    if "preference" in moved:
        connection.execute(
            update(preference)
            .where(preference.c.person_id == row.keep_id)
            .values(person_id=row.other_id)
        )


def _state(connection: Connection, keep: UUID) -> str:
    """How much there is of a record, and how it is called: another, and something has followed."""
    row = connection.execute(select(person).where(person.c.id == keep)).one()
    counts = [
        f"{name} {_count(connection, column, keep)}"
        for name, column in _columns()
        if not name.startswith(("notice.", "chat_link.", "account.", "lti_link."))
    ]
    called = (row.name, row.email, row.staff_ref, str(row.left_on))
    return json.dumps([_mark(called), *counts])


def _mark(called: tuple[Any, ...]) -> str:
    """A name and address, compared and not kept."""
    return sha256(repr(called).encode()).hexdigest()


def _has_taken(connection: Connection, row: Row[Any]) -> bool:
    """Whether an attempt was begun, ended or given up since, or messages were chosen otherwise."""
    since = [
        column > row.joined_at
        for column in (attempt.c.started_at, attempt.c.submitted_at, attempt.c.abandoned_at)
    ]
    taken = select(attempt.c.id).where(attempt.c.person_id == row.keep_id, or_(*since)).limit(1)
    chosen = select(preference.c.person_id).where(
        preference.c.person_id == row.keep_id, preference.c.changed_at > row.joined_at
    )
    return any(connection.execute(query).first() is not None for query in (taken, chosen))


def _last(connection: Connection, keep: UUID) -> Row[Any] | None:
    query = select(joined).where(joined.c.keep_id == keep)
    return connection.execute(query.order_by(joined.c.joined_at.desc()).limit(1)).first()


def _count(connection: Connection, column: Any, who: UUID) -> int:
    query = select(func.count()).select_from(column.table).where(column == who)
    return int(connection.execute(query).scalar_one())


def _before(row: Row[Any], fields: Mapping[str, Any]) -> dict[str, Any]:
    """What a record said before, where it says something else now."""
    return {name: getattr(row, name) for name in fields if getattr(row, name) != fields[name]}
