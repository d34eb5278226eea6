"""Certificates from elsewhere: verified when somebody brings one, then recognised by a lead."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)

from quizbot.access import holds_post, leads, must_lead
from quizbot.clock import Clock, has_ended, london_day
from quizbot.errors import Mend, NotFound, Refused
from quizbot.evidence.passport.again import OWN_WORDS
from quizbot.evidence.passport.issuers import Issuers, TrustedIssuer, find_in
from quizbot.evidence.passport.reading import (
    BroughtFacts,
    facts_of,
    is_same_name,
    issuer_in,
    token_of,
)
from quizbot.evidence.passport.signed import Json, NotSigned, verify
from quizbot.evidence.passport.status import look
from quizbot.hosts import host_of
from quizbot.outgoing import Unreachable
from quizbot.rules.due import DispensationKind
from quizbot.standing.dispensations import Dispensations
from quizbot.standing.requests import check_reason
from quizbot.store.audit import Audit
from quizbot.store.database import Database
from quizbot.store.tables import brought_certificate, new_id, person, trusted_issuer
from quizbot.words import is_showable, long_date

MOST_WAITING = 20  # of one person
LONGEST_ADDRESS = 1000
GONE = "There is no such certificate, or somebody has decided on it already."


@dataclass(frozen=True)
class ElsewhereLine:
    """A certificate as its person and leads see it."""

    brought_id: UUID
    person_id: UUID
    person_name: str
    name: str  # on the certificate
    title: str
    module: str  # which it seems to be of, if one here
    issuer: str
    issued_on: date
    expires_on: date | None
    doubt: str
    brought_on: date
    state: str
    decided_on: date | None
    reason: str
    is_mine: bool = False
    gone_on: date | None = None  # since when its issuer does not stand by it

    @property
    def is_same_name(self) -> bool:
        """Whether it is in its person's own name."""
        return is_same_name(self.name, self.person_name)


@dataclass(frozen=True)
class Brought:
    """Nothing is believed but what a trusted issuer signed; a lead decides what it counts for."""

    database: Database
    issuers: Issuers
    dispensations: Dispensations
    audit: Audit
    public_url: str
    now: Clock

    def bring(self, person_id: UUID, content: bytes) -> ElsewhereLine:
        """Verify a file and keep what it says; Refused, in words, for whatever cannot be taken."""
        token = token_of(content)
        trusted, facts = self._read(token)
        facts.check_time(self.now())
        with self.database.reading() as connection:
            self._check_new(connection, person_id, facts)
        doubt = self._look(trusted, facts.number, facts.statuses)
        return self._keep(person_id, trusted, facts, doubt)

    def bring_from(self, person_id: UUID, address: str) -> ElsewhereLine:
        """The same from an address of a trusted issuer: of its file, or of the page about it."""
        url = address.strip()
        if not is_showable(url) or len(url) > LONGEST_ADDRESS or "://" not in url:
            raise Refused("Write the whole address of the certificate, with https:// in front.")
        host = host_of(url)
        known = next((one for one in self.issuers.all() if one.host == host), None)
        if known is None:
            raise Refused(
                f"{host[:100]} is not the machine of an issuer that is trusted here. Ask a"
                " safeguarding lead, or bring the file."
            )
        try:
            content = self.issuers.ask(known, url)
            if content.lstrip()[:1] == b"<":  # the page that people read; beside it is the file
                content = self.issuers.ask(known, url.rstrip("/") + ".json")
        except Unreachable as error:
            raise Refused(f"It could not be fetched: {error} You can bring the file.") from None
        return self.bring(person_id, content)

    def of(self, person_id: UUID) -> list[ElsewhereLine]:
        """What a person brought, the newest first."""
        return _lines(self.database.look(_MINE, {"whose": person_id}))

    def drop(self, person_id: UUID, brought_id: UUID) -> None:
        """Take back one's own, as long as nobody has decided on it."""
        table = brought_certificate
        with self.database.writing(queue="duties") as connection:
            gone = connection.execute(
                delete(table).where(
                    table.c.id == brought_id,
                    table.c.person_id == person_id,
                    table.c.state == "waiting",
                )
            ).rowcount
            if not gone:
                raise NotFound(GONE)
            self.audit.add(connection, person_id, "passport.drop", person_id, brought=brought_id)

    def waiting(self, lead_id: UUID) -> list[ElsewhereLine]:
        """What waits for a lead, of the people of their units."""
        today = london_day(self.now())
        with self.database.reading() as connection:
            must_lead(connection, lead_id, today)
            waiting = _rows(brought_certificate.c.state == "waiting")
            lines = _lines(connection.execute(waiting), by=lead_id)
            return [one for one in lines if leads(connection, lead_id, one.person_id, today)]

    def gone_back(self, lead_id: UUID) -> list[ElsewhereLine]:
        """What counted for people of their units until its issuer withdrew it."""
        today = london_day(self.now())
        with self.database.reading() as connection:
            must_lead(connection, lead_id, today)
            gone = _rows(brought_certificate.c.withdrawn_at.is_not(None))
            lines = _lines(connection.execute(gone), by=lead_id)
            return [one for one in lines if leads(connection, lead_id, one.person_id, today)]

    def one(self, lead_id: UUID, brought_id: UUID) -> ElsewhereLine:
        """One that waits for this lead; NotFound otherwise."""
        with self.database.reading() as connection:
            self._decidable(connection, lead_id, brought_id)
            here = _rows(brought_certificate.c.id == brought_id)
            (line,) = _lines(connection.execute(here), by=lead_id)
        return line

    def recognise(self, lead_id: UUID, brought_id: UUID, module: str) -> None:
        """Let it count as learning for a questionnaire, from the day on which it was issued."""
        if module not in self.dispensations.standings.modules():
            raise Mend(module="Choose the questionnaire for which it counts")
        with self.database.reading() as connection:
            row = self._decidable(connection, lead_id, brought_id)
            trusted = find_in(connection, row.issuer)
        if trusted is None:
            raise Refused("Its issuer is not trusted here any more.")
        if has_ended(row.expires_on, london_day(self.now())):
            raise Refused("This certificate has expired meanwhile, so it counts for nothing.")
        doubt = self._look(trusted, row.number, json.loads(row.status))
        with self.database.writing(queue="duties") as connection:
            row = self._decidable(connection, lead_id, brought_id)
            granted_id = self._grant(connection, lead_id, row.person_id, trusted, row, module)
            values = {"module": module, "doubt": doubt, "granted_id": granted_id}
            self._decide(connection, lead_id, brought_id, "recognised", **values)
            self.audit.add(
                connection,
                lead_id,
                "passport.recognise",
                row.person_id,
                brought=brought_id,
                module=module,
            )

    def refuse(self, lead_id: UUID, brought_id: UUID, reason: str) -> None:
        """Let it count for nothing, and say why: its person reads it."""
        if not reason.strip():
            raise Mend(reason="Say why, in a few words: its person reads it")
        check_reason(reason)
        with self.database.writing(queue="duties") as connection:
            row = self._decidable(connection, lead_id, brought_id)
            self._decide(connection, lead_id, brought_id, "refused", reason=reason.strip()[:300])
            self.audit.add(
                connection, lead_id, "passport.refuse", row.person_id, brought=brought_id
            )

    # What the public methods are made of.

    def _read(self, token: str) -> tuple[TrustedIssuer, BroughtFacts]:
        """What it says, once a key of its trusted issuer has verified it."""
        issuer = issuer_in(token)
        trusted = self.issuers.find(issuer)
        if trusted is None and issuer == self.public_url:
            raise Refused("This was issued here, so it counts already: it is on My record.")
        if trusted is None:
            raise Refused(
                f"It names {issuer[:200]} as its issuer, who is not trusted here. Ask a"
                " safeguarding lead whether it can be."
            )
        trusted = self.issuers.fresh(trusted)
        try:
            said = verify(token, trusted.keys)
        except NotSigned:
            trusted = self.issuers.fresh(trusted, now=True)  # it may sign with a new key
            try:
                said = verify(token, trusted.keys)
            except NotSigned:
                raise Refused(
                    f"{trusted.name} did not sign this certificate as it stands: it was changed"
                    " afterwards, or signed with a key that is not known here. Nothing was taken"
                    " from it."
                ) from None
        facts = facts_of(said)
        if facts.issuer != trusted.issuer:
            raise Refused("It names two issuers, so nothing was taken from it.")
        return trusted, facts

    def _look(self, trusted: TrustedIssuer, number: str, statuses: Sequence[Json]) -> str:
        def ask(url: str) -> bytes:
            return self.issuers.ask(trusted, url)

        return look(statuses, number, trusted.issuer, trusted.keys, ask, self.now())[:300]

    def _check_new(self, connection: Connection, person_id: UUID, facts: BroughtFacts) -> None:
        """Refused for what was brought before, and for whom nobody could decide."""
        table, today = brought_certificate, london_day(self.now())
        same = connection.execute(
            select(table.c.person_id, table.c.brought_at).where(table.c.print == facts.print)
        ).first()
        if same is not None and same.person_id == person_id:
            raise Refused(
                f"You brought this certificate before, on {long_date(london_day(same.brought_at))}:"
                " it counts once."
            )
        if same is not None:
            raise Refused(
                "Somebody else has brought this certificate. It counts once, for one person: ask a"
                " safeguarding lead."
            )
        mine = connection.execute(
            select(func.count()).where(table.c.person_id == person_id, table.c.state == "waiting")
        ).scalar_one()
        if mine >= MOST_WAITING:
            raise Refused(f"{MOST_WAITING} certificates of yours wait for a lead already.")
        has_post = select(person.c.id).where(
            person.c.id == person_id, holds_post(person.c.id, today)
        )
        if connection.execute(has_post).first() is None:
            raise Refused("You have no post here, so there is no lead who could recognise it.")

    def _keep(
        self, person_id: UUID, trusted: TrustedIssuer, facts: BroughtFacts, doubt: str
    ) -> ElsewhereLine:
        known = facts.code in self.dispensations.standings.modules()
        brought_id = new_id()
        values = {
            "id": brought_id,
            "person_id": person_id,
            "issuer_id": trusted.issuer_id,
            "print": facts.print,
            "number": facts.number,
            "name": facts.name,
            "title": facts.title,
            "module": facts.code if known else "",
            "issued_on": facts.issued_on,
            "expires_on": facts.expires_on,
            "status": json.dumps(facts.statuses),
            "doubt": doubt,
            "brought_at": self.now(),
            "state": "waiting",
            "decided_by": None,
            "decided_at": None,
            "reason": "",
        }
        with self.database.writing(queue="duties") as connection:
            self._check_new(connection, person_id, facts)
            connection.execute(insert(brought_certificate).values(**values))
            self.audit.add(connection, person_id, "passport.bring", person_id, brought=brought_id)
            here = _rows(brought_certificate.c.id == brought_id)
            (line,) = _lines(connection.execute(here))
            if trusted.at_once and line.is_same_name and known and not doubt:
                self._at_once(connection, trusted, line)
            (line,) = _lines(connection.execute(here))
        return line

    def _at_once(self, connection: Connection, trusted: TrustedIssuer, line: ElsewhereLine) -> None:
        """As the lead who trusts the issuer said beforehand; what they may not, waits."""
        by = trusted.made_by
        if by == line.person_id:
            return
        row = connection.execute(_rows(brought_certificate.c.id == line.brought_id)).one()
        try:
            granted_id = self._grant(connection, by, line.person_id, trusted, row, line.module)
        except Refused:
            return
        self._decide(connection, by, line.brought_id, "recognised", granted_id=granted_id)
        self.audit.add(
            connection,
            by,
            "passport.recognise",
            line.person_id,
            brought=line.brought_id,
            module=line.module,
            at_once=True,
        )

    def _grant(
        self,
        connection: Connection,
        by: UUID,
        person_id: UUID,
        trusted: TrustedIssuer,
        row: Row[Any],
        module: str,
    ) -> UUID:
        words = f"{OWN_WORDS}{trusted.name}: {row.title}, issued {long_date(row.issued_on)}."
        return self.dispensations.grant_in(
            connection,
            by,
            person_id,
            DispensationKind.LEARNING,
            module,
            row.issued_on,
            row.expires_on,
            words if len(words) <= 500 else f"{words[:499]}…",
        )

    def _decidable(self, connection: Connection, lead_id: UUID, brought_id: UUID) -> Row[Any]:
        """One that waits, of a person whom this lead leads; NotFound otherwise."""
        today = london_day(self.now())
        must_lead(connection, lead_id, today)
        found = connection.execute(_rows(brought_certificate.c.id == brought_id)).first()
        if (
            found is None
            or found.state != "waiting"
            or not leads(connection, lead_id, found.person_id, today)
        ):
            raise NotFound(GONE)
        return found

    def _decide(
        self, connection: Connection, by: UUID, brought_id: UUID, state: str, **values: Any
    ) -> None:
        table = brought_certificate
        changed = connection.execute(
            update(table)
            .where(table.c.id == brought_id, table.c.state == "waiting")
            .values(state=state, decided_by=by, decided_at=self.now(), **values)
        ).rowcount
        if not changed:
            raise NotFound(GONE)


def _lines(rows: Iterable[Row[*tuple[Any, ...]]], by: UUID | None = None) -> list[ElsewhereLine]:
    return [
        ElsewhereLine(
            brought_id=row.id,
            person_id=row.person_id,
            person_name=row.person_name,
            name=row.name,
            title=row.title,
            module=row.module,
            issuer=row.issuer_name,
            issued_on=row.issued_on,
            expires_on=row.expires_on,
            doubt=row.doubt,
            brought_on=london_day(row.brought_at),
            state=row.state,
            decided_on=_day(row.decided_at),
            reason=row.reason,
            is_mine=row.person_id == by,
            gone_on=_day(row.withdrawn_at),
        )
        for row in rows
    ]


def _rows(condition: ColumnElement[bool]) -> Select[Any]:
    return (
        select(
            brought_certificate,
            person.c.name.label("person_name"),
            trusted_issuer.c.name.label("issuer_name"),
            trusted_issuer.c.issuer,
        )
        .join(person, person.c.id == brought_certificate.c.person_id)
        .join(trusted_issuer, trusted_issuer.c.id == brought_certificate.c.issuer_id)
        .where(condition)
        .order_by(brought_certificate.c.brought_at.desc(), brought_certificate.c.id.desc())
    )


_MINE = _rows(brought_certificate.c.person_id == bindparam("whose"))


def _day(at: datetime | None) -> date | None:
    return london_day(at) if at else None
