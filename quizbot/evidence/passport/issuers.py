"""Issuers elsewhere whose certificates are taken here: trusted by a lead, and taken back."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, insert, select, update

from quizbot.access import must_lead, must_lead_all
from quizbot.clock import Clock, london_day
from quizbot.errors import Mend, NotAllowed, NotFound, Refused
from quizbot.evidence.passport.keys import KEY_SET
from quizbot.evidence.passport.signed import Json, read_keys
from quizbot.hosts import host_of, read_web_address
from quizbot.outgoing import OutsideDoor, Unreachable
from quizbot.store.audit import Audit
from quizbot.store.connections import Connections, Tried
from quizbot.store.database import Database
from quizbot.store.tables import new_id, person, trusted_issuer
from quizbot.words import is_showable, tidy, to_mend

CONNECTION = "passport"  # by which the state of asking issuers is noted
LARGEST = 256 * 1024  # bytes of an answer
WITHIN = 5.0  # seconds for an answer: somebody waits for the page
TURN = 5.0  # seconds to wait for others of this process who ask
FRESH_FOR = timedelta(days=1)
PAUSE = timedelta(minutes=1)  # between two askings for new keys, whatever is brought
MOST = 100
LONGEST = 300


@dataclass(frozen=True)
class TrustedIssuer:
    """An issuer, with the keys by which what it signed is verified."""

    issuer_id: UUID
    issuer: str
    name: str
    keys: tuple[Json, ...] = field(repr=False)
    keys_url: str
    keys_at: datetime
    at_once: bool
    made_by: UUID
    made_at: datetime
    who: str = ""  # trusted it

    @property
    def host(self) -> str:
        """Its own machine, the only one that is asked about it."""
        return host_of(self.issuer)


@dataclass(frozen=True)
class Issuers:
    """By leads of the whole partnership: what is recognised counts for everybody."""

    database: Database
    connections: Connections
    audit: Audit
    private: bool  # whether issuers may be machines of one's own house
    now: Clock
    _turn: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _asked: dict[str, datetime] = field(default_factory=dict, repr=False)

    def seen_by(self, lead_id: UUID) -> list[TrustedIssuer]:
        """Those who are trusted, for leads; NotAllowed for everybody else."""
        with self.database.reading() as connection:
            must_lead(connection, lead_id, london_day(self.now()))
        return self.all()

    def may_trust(self, lead_id: UUID) -> bool:
        """Whether somebody may add to them."""
        with self.database.reading() as connection:
            try:
                must_lead_all(connection, lead_id, london_day(self.now()))
            except NotAllowed:
                return False
        return True

    def all(self) -> list[TrustedIssuer]:
        """Those who are trusted, by name."""
        with self.database.reading() as connection:
            return sorted(_found(connection), key=lambda one: one.name.casefold())

    def find(self, issuer: str) -> TrustedIssuer | None:
        """The one that certificates name so, if it is trusted."""
        with self.database.reading() as connection:
            return find_in(connection, issuer)

    def trust(self, lead_id: UUID, address: str, file: bytes = b"", *, at_once: bool) -> UUID:
        """Trust an issuer by its address, or by a key file; one that is trusted gets new keys.

        With `at_once`, who brings a certificate in their own name needs no lead to look at it.
        """
        with self.database.reading() as connection:
            must_lead_all(connection, lead_id, london_day(self.now()))
            if len(_found(connection)) >= MOST:
                raise Refused(f"{MOST} issuers are trusted already: take one back first.")
        url = _read_address(address) if address.strip() else ""
        keys_url, content = "", file
        if not file:
            if not url:
                raise Mend(address="Write the issuer’s address, or choose its key file")
            keys_url = url[: len(url) - len(_path(url))] + KEY_SET
            content = self._fetch(url, keys_url)
        try:
            found, keys = read_keys(content)
        except Refused as refusal:
            raise Mend(**{"file" if file else "address": str(refusal)}) from None
        issuer = _issuer_of(found, url, is_file=bool(file))
        issuer_id, now = new_id(), self.now()
        with self.database.writing(queue="passport") as connection:
            older = find_in(connection, issuer)
            if older is not None:
                self._end(connection, lead_id, older.issuer_id)
            connection.execute(
                insert(trusted_issuer).values(
                    id=issuer_id,
                    issuer=issuer,
                    name=_name_of(found, issuer),
                    keys=json.dumps(keys),
                    keys_url=keys_url,
                    keys_at=now,
                    at_once=at_once,
                    made_by=lead_id,
                    made_at=now,
                )
            )
            self.audit.add(connection, lead_id, "issuer.trust", issuer_id, at_once=at_once)
        return issuer_id

    def end(self, lead_id: UUID, issuer_id: UUID) -> None:
        """Take nothing more of an issuer; what was recognised stays."""
        with self.database.writing(queue="passport") as connection:
            must_lead_all(connection, lead_id, london_day(self.now()))
            if not self._end(connection, lead_id, issuer_id):
                raise NotFound("There is no such issuer, or it was taken back before.")

    def fresh(self, known: TrustedIssuer, *, now: bool = False) -> TrustedIssuer:
        """With its keys of today, or `now` with those of this minute; as known if it is silent.

        Where keys came as a file nobody is asked.
        """
        at = self.now()
        last = max(known.keys_at, self._asked.get(known.issuer, known.keys_at))
        is_wanted = now or at - known.keys_at >= FRESH_FOR
        if not known.keys_url or not is_wanted or at - last < PAUSE:
            return known
        self._asked[known.issuer] = at
        try:
            found, keys = read_keys(self.ask(known, known.keys_url))
        except (Unreachable, Refused):
            return known
        if str(found.get("issuer", known.issuer)).rstrip("/") != known.issuer:
            return known
        with self.database.writing() as connection:
            connection.execute(
                update(trusted_issuer)
                .where(trusted_issuer.c.id == known.issuer_id)
                .values(keys=json.dumps(keys), keys_at=at)
            )
        return self.find(known.issuer) or known

    def ask(self, known: TrustedIssuer, url: str) -> bytes:
        """What a trusted issuer's own machine says; Unreachable in words."""
        self._must_be_theirs(known, url)
        return self._ask(url)

    def check(self) -> Tried:
        """Ask each that is trusted by its address for its keys; those by a file are not asked."""
        known = self.all()
        asked = [one for one in known if one.keys_url]
        faults = [f"{one.name}: {fault}" for one in asked if (fault := self._fault_of(one))]
        if faults:
            return self.connections.note(CONNECTION, Tried.fault(" ".join(faults)))
        silent = [one.name for one in known if not one.keys_url]
        by_file = f"Not asked, for their keys came as a file: {', '.join(silent)}."
        if not asked:
            return Tried.not_asked(by_file)
        names = ", ".join(one.name for one in asked)
        words = f"Their keys are published: {names}."
        tried = Tried.well(f"{words} {by_file}" if silent else words)
        return self.connections.note(CONNECTION, tried)

    # What the public methods are made of.

    def _fault_of(self, known: TrustedIssuer) -> str:
        """What is in the way of its keys now; nothing where they are there."""
        try:
            self._must_be_theirs(known, known.keys_url)
            found, _ = read_keys(self._asked_of(known.keys_url))
        except (Unreachable, Refused) as error:
            return str(error)
        named = str(found.get("issuer", known.issuer)).rstrip("/")
        if named == known.issuer:
            return ""
        return f"what it publishes calls itself {named[:LONGEST]}, not {known.issuer}."

    def _must_be_theirs(self, known: TrustedIssuer, url: str) -> None:
        if host_of(url) != known.host:
            raise Unreachable(f"{host_of(url)[:100]} is not the machine of {known.name}.")

    def _ask(self, url: str) -> bytes:
        """What is at an address; how it went is noted."""
        try:
            body = self._asked_of(url)
        except Unreachable as error:
            self.connections.note_fault(CONNECTION, str(error))
            raise
        self.connections.note_use(CONNECTION)
        return body

    def _asked_of(self, url: str) -> bytes:
        door = OutsideDoor(
            frozenset([host_of(url)]),
            may_be_private=self.private,
            allowed_by="QUIZBOT_ISSUERS_PRIVATE=yes",
            largest=LARGEST,
            within=WITHIN,
        )
        headers = {"Accept": "application/json, text/plain;q=0.9, */*;q=0.1"}
        with self._one_at_a_time():
            answer = door.ask("GET", url, headers)
        if not answer.is_right:
            raise Unreachable(f"{host_of(url)} answers with status {answer.status}.")
        return answer.body

    @contextmanager
    def _one_at_a_time(self) -> Iterator[None]:
        """While one issuer is slow, the other threads of this process serve on."""
        if not self._turn.acquire(timeout=TURN):
            raise Unreachable("Others wait for an issuer just now: try again in a moment.")
        try:
            yield
        finally:
            self._turn.release()

    def _fetch(self, url: str, keys_url: str) -> bytes:
        try:
            return self._ask(keys_url)
        except Unreachable as error:
            raise Mend(
                address=f"Its keys cannot be had from {host_of(url)}{KEY_SET}: {error}"
                " You can ask the issuer for its key file and choose that instead."
            ) from None

    def _end(self, connection: Connection, lead_id: UUID, issuer_id: UUID) -> bool:
        table = trusted_issuer
        ended = connection.execute(
            update(table)
            .where(table.c.id == issuer_id, table.c.ended_at.is_(None))
            .values(ended_at=self.now(), ended_by=lead_id)
        ).rowcount
        if ended:
            self.audit.add(connection, lead_id, "issuer.end", issuer_id)
        return bool(ended)


def find_in(connection: Connection, issuer: str) -> TrustedIssuer | None:
    """The one that certificates name so, if it is trusted."""
    found = _found(connection, trusted_issuer.c.issuer == issuer)
    return found[0] if found else None


def _found(connection: Connection, *conditions: ColumnElement[bool]) -> list[TrustedIssuer]:
    query = (
        select(trusted_issuer, person.c.name.label("who"))
        .join(person, person.c.id == trusted_issuer.c.made_by)
        .where(trusted_issuer.c.ended_at.is_(None), *conditions)
    )
    return [
        TrustedIssuer(
            issuer_id=row.id,
            issuer=row.issuer,
            name=row.name,
            keys=tuple(json.loads(row.keys)),
            keys_url=row.keys_url,
            keys_at=row.keys_at,
            at_once=row.at_once,
            made_by=row.made_by,
            made_at=row.made_at,
            who=row.who,
        )
        for row in connection.execute(query)
    ]


def _read_address(address: str) -> str:
    try:
        url = read_web_address(address.strip(), may_have_path=True)
    except ValueError as error:
        raise Mend(address=f"This {error}") from None
    if trouble := to_mend(url, LONGEST):
        raise Mend(address=trouble)
    return url.removesuffix(KEY_SET)


def _path(url: str) -> str:
    _, slash, path = url.partition("://")[2].partition("/")
    return slash + path


def _issuer_of(found: Json, url: str, *, is_file: bool) -> str:
    """How certificates name the issuer: as its key set says, or else by its address."""
    said = found.get("issuer", url)
    if not said:
        raise Mend(address="This key file does not say whose it is: write the issuer’s address")
    try:
        issuer = read_web_address(str(said), may_have_path=True)
    except ValueError:
        raise Mend(
            **{"file" if is_file else "address": "It does not say whose keys these are"}
        ) from None
    if url and host_of(issuer) != host_of(url):
        raise Mend(address=f"These keys are of another issuer: {issuer[:LONGEST]}")
    return issuer[:LONGEST]


def _name_of(found: Json, issuer: str) -> str:
    name = found.get("name")
    if isinstance(name, str) and is_showable(name) and tidy(name):
        return tidy(name)[:200]
    return host_of(issuer)
