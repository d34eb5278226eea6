"""Learning systems that are connected: by a link that they use once, or typed in by a lead.

What they may do is decided here by a lead: which machine it is, and for whose addresses it speaks.
"""

import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import Connection, Row, delete, insert, select, update

from quizbot.access import must_lead_whole
from quizbot.clock import Clock, london_day
from quizbot.errors import Mend, NotFound
from quizbot.hosts import PORTS, plain_host, read_host, read_host_and_port, read_web_address
from quizbot.outgoing import OutsideDoor
from quizbot.signing import Signer
from quizbot.store.audit import Audit
from quizbot.store.database import Database
from quizbot.store.tables import (
    lti_invitation,
    lti_launch,
    lti_link,
    lti_platform,
    new_id,
    outgoing,
)
from quizbot.words import is_showable, tidy

INVITED_FOR = timedelta(days=7)
MOST = 50  # learning systems
MOST_NAMED = 50  # domains, deployments or machines of one
OFF = "Learning systems are not connected here."
EXAMPLE = "such as https://moodle.example.org"


@dataclass(frozen=True, kw_only=True)
class Platform:
    """A learning system as it was connected."""

    platform_id: UUID
    title: str
    issuer: str
    client_id: str
    deployments: tuple[str, ...]
    login_url: str
    token_url: str
    keys_url: str
    audience: str = ""
    hosts: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    are_verified: bool = False
    made_at: datetime

    @property
    def name(self) -> str:
        """What its connection is called."""
        return connection_name(self.platform_id)

    @property
    def name_of_scores(self) -> str:
        """What the state of telling it results is called."""
        return f"{self.name}:scores"

    @property
    def machines(self) -> frozenset[str]:
        """Which machines of it may be asked."""
        urls = (self.token_url, self.keys_url)
        return frozenset({*(plain_host(urlsplit(url).netloc) for url in urls), *self.hosts})

    def speaks_for(self, address: str) -> bool:
        """Whether an address is of a domain for which it may speak."""
        return address.rpartition("@")[2] in self.domains


@dataclass(frozen=True)
class Invitation:
    """What a lead decided of a learning system that connects itself by a link."""

    invitation_id: UUID
    title: str
    address: str
    domains: tuple[str, ...]
    are_verified: bool
    made_at: datetime


@dataclass(frozen=True, kw_only=True)
class PlatformDraft:
    """What a lead types of a learning system; domains, deployments and machines are lines."""

    title: str = ""
    issuer: str = ""
    client_id: str = ""
    deployments: str = ""
    login_url: str = ""
    token_url: str = ""
    keys_url: str = ""
    hosts: str = ""
    domains: str = ""
    are_verified: bool = False


@dataclass(frozen=True)
class Platforms:
    """Those that are connected; each method is one transaction."""

    database: Database
    audit: Audit
    signer: Signer
    now: Clock
    is_on: bool
    may_be_private: bool

    def must_be_on(self) -> None:
        """NotFound where this installation connects no learning system."""
        if not self.is_on:
            raise NotFound(OFF)

    def all(self) -> list[Platform]:
        """Every learning system, the oldest first."""
        query = select(lti_platform).order_by(lti_platform.c.made_at, lti_platform.c.id)
        with self.database.reading() as connection:
            return [_platform(row) for row in connection.execute(query)]

    def seen_by(self, lead_id: UUID) -> list[Platform]:
        """The same for who leads all of it."""
        self.must_be_on()
        with self.database.reading() as connection:
            self._must_lead(connection, lead_id)
        return self.all()

    def by_id(self, platform_id: UUID) -> Platform:
        """One of them."""
        query = select(lti_platform).where(lti_platform.c.id == platform_id)
        with self.database.reading() as connection:
            row = connection.execute(query).first()
        if row is None:
            raise NotFound("This learning system is not connected any more.")
        return _platform(row)

    def of_issuer(self, issuer: str, client_id: str) -> Platform | None:
        """Who calls itself so, and us so; without the second where there is but one."""
        found = [
            one for one in self.all() if one.issuer == issuer and client_id in ("", one.client_id)
        ]
        return found[0] if len(found) == 1 else None

    def door(self, machines: Iterable[str]) -> OutsideDoor:
        """How machines of one are asked."""
        return OutsideDoor(frozenset(machines), may_be_private=self.may_be_private)

    def add(self, lead_id: UUID, draft: PlatformDraft) -> UUID:
        """Connect one by what a lead typed; Mend says what is wrong with it, field by field."""
        self.must_be_on()
        read = _TypedPlatform(may_be_private=self.may_be_private)
        values: dict[str, Any] = {
            "title": read.title(draft.title),
            "issuer": read.words("issuer", draft.issuer, 500),
            "client_id": read.words("client_id", draft.client_id, 255),
            "deployments": read.lines("deployments", draft.deployments),
            **{
                name: read.address(name, getattr(draft, name))
                for name in ("login_url", "token_url", "keys_url")
            },
            "hosts": read.machines("hosts", draft.hosts),
            "domains": read.domains("domains", draft.domains),
            "are_verified": draft.are_verified,
        }
        if not values["deployments"]:
            read.faults.setdefault("deployments", "Enter the deployment id that it shows")
        if read.faults:
            raise Mend(**read.faults)
        with self.database.writing(queue="lti") as connection:
            self._must_lead(connection, lead_id)
            return self._insert(connection, lead_id, values, how="by hand")

    def change(self, lead_id: UUID, platform_id: UUID, draft: PlatformDraft) -> None:
        """Change which deployments are known, and for whose addresses it speaks."""
        self.must_be_on()
        read = _TypedPlatform(may_be_private=self.may_be_private)
        values = {
            "title": read.title(draft.title),
            "deployments": json.dumps(read.lines("deployments", draft.deployments)),
            "hosts": json.dumps(read.machines("hosts", draft.hosts)),
            "domains": json.dumps(read.domains("domains", draft.domains)),
            "are_verified": draft.are_verified,
        }
        if read.faults:
            raise Mend(**read.faults)
        with self.database.writing(queue="lti") as connection:
            self._must_lead(connection, lead_id)
            which = lti_platform.c.id == platform_id
            if not connection.execute(update(lti_platform).where(which).values(values)).rowcount:
                raise NotFound("This learning system is not connected any more.")
            self.audit.add(connection, lead_id, "lti.change", platform_id)

    def end(self, lead_id: UUID, platform_id: UUID) -> None:
        """Let nobody in by it from now on, and tell it nothing more."""
        self.must_be_on()
        with self.database.writing(queue="lti") as connection:
            self._must_lead(connection, lead_id)
            its = select(lti_link.c.target).where(lti_link.c.platform_id == platform_id)
            connection.execute(
                update(outgoing)
                .where(outgoing.c.target.in_(its), outgoing.c.state == "queued")
                .values(state="cancelled", done_at=self.now())
            )
            for table in (lti_link, lti_launch):
                connection.execute(delete(table).where(table.c.platform_id == platform_id))
            gone = delete(lti_platform).where(lti_platform.c.id == platform_id)
            if not connection.execute(gone).rowcount:
                raise NotFound("This learning system is not connected any more.")
            self.audit.add(connection, lead_id, "lti.end", platform_id)

    # Connecting itself by a link

    def invite(self, lead_id: UUID, draft: PlatformDraft) -> str:
        """A word in an address that one learning system opens, once; `issuer` is its address."""
        self.must_be_on()
        read = _TypedPlatform(may_be_private=self.may_be_private)
        values = {
            "title": read.title(draft.title),
            "address": read.address("issuer", draft.issuer),
            "domains": json.dumps(read.domains("domains", draft.domains)),
            "are_verified": draft.are_verified,
        }
        if read.faults:
            raise Mend(**read.faults)
        word = secrets.token_urlsafe(24)
        made_id = new_id()
        made = {"id": made_id, "word_hash": self._hash(word), "made_at": self.now()}
        with self.database.writing(queue="lti") as connection:
            self._must_lead(connection, lead_id)
            connection.execute(
                delete(lti_invitation).where(lti_invitation.c.made_at < self.now() - INVITED_FOR)
            )
            connection.execute(insert(lti_invitation).values(**made, **values))
            self.audit.add(connection, lead_id, "lti.invite", made_id)
        return word

    def invited(self, word: str) -> Invitation:
        """What a link stands for; NotFound where it was used, or is too old."""
        self.must_be_on()
        query = select(lti_invitation).where(
            lti_invitation.c.word_hash == self._hash(word),
            lti_invitation.c.used_at.is_(None),
            lti_invitation.c.made_at > self.now() - INVITED_FOR,
        )
        with self.database.reading() as connection:
            row = connection.execute(query).first()
        if row is None:
            raise NotFound(
                "This link connects nothing any more: it was used, or it is older than seven days."
                " A safeguarding lead makes a new one, at Admin, Learning systems."
            )
        return Invitation(
            row.id,
            row.title,
            row.address,
            tuple(json.loads(row.domains)),
            row.are_verified,
            row.made_at,
        )

    def connect(self, invitation: Invitation, found: Mapping[str, Any]) -> UUID:
        """Connect the learning system that used a link, as it described itself; once."""
        values = {
            "title": invitation.title,
            "hosts": (),
            "domains": invitation.domains,
            "are_verified": invitation.are_verified,
            **found,
        }
        with self.database.writing(queue="lti") as connection:
            used = connection.execute(
                update(lti_invitation)
                .where(
                    lti_invitation.c.id == invitation.invitation_id,
                    lti_invitation.c.used_at.is_(None),
                )
                .values(used_at=self.now())
            ).rowcount
            if not used:
                raise NotFound("This link was used just now.")
            return self._insert(connection, "service", values, how="by itself")

    # What the public methods are made of.

    def _insert(
        self, connection: Connection, by: UUID | str, values: dict[str, Any], how: str
    ) -> UUID:
        known = connection.execute(select(lti_platform.c.issuer, lti_platform.c.client_id)).all()
        if (values["issuer"], values["client_id"]) in {
            (row.issuer, row.client_id) for row in known
        }:
            raise Mend(client_id="A learning system with this address and this id is connected")
        if len(known) >= MOST:
            raise Mend(title=f"{MOST} learning systems are connected: end one that is not used")
        platform_id = new_id()
        lists = {
            name: json.dumps(list(values[name])) for name in ("deployments", "hosts", "domains")
        }
        row = {"id": platform_id, "made_at": self.now(), "audience": "", **values, **lists}
        connection.execute(insert(lti_platform), row)
        self.audit.add(connection, by, "lti.connect", platform_id, how=how)
        return platform_id

    def _must_lead(self, connection: Connection, lead_id: UUID) -> None:
        must_lead_whole(connection, lead_id, london_day(self.now()))

    def _hash(self, word: str) -> str:
        return self.signer.hash("lti invitation", word)


@dataclass
class _TypedPlatform:
    """What was typed, field by field, and what is wrong with it."""

    may_be_private: bool
    faults: dict[str, str] = field(default_factory=dict)

    def title(self, text: str) -> str:
        found = tidy(text)
        if not found or len(found) > 100 or not is_showable(found):
            self.faults["title"] = "Say in at most 100 letters what people call it"
        return found

    def words(self, name: str, text: str, longest: int) -> str:
        found = text.strip()
        if not found or len(found) > longest or not is_showable(found) or " " in found:
            self.faults[name] = "Copy this from the learning system, to the letter"
        return found

    def address(self, name: str, text: str) -> str:
        found = text.strip().rstrip("/")
        if fault := address_fault(found, may_be_private=self.may_be_private):
            self.faults[name] = fault
        return found

    def lines(self, name: str, text: str) -> tuple[str, ...]:
        found = tuple(dict.fromkeys(text.replace(",", "\n").split()))
        is_right = all(len(one) <= 255 and is_showable(one) for one in found)
        if not is_right or len(found) > MOST_NAMED:
            self.faults[name] = f"Write each in a line of its own, {MOST_NAMED} at most"
        return found

    def domains(self, name: str, text: str) -> tuple[str, ...]:
        found = []
        for line in self.lines(name, text):
            try:
                domain = read_host(line.removeprefix("@"))
            except ValueError as error:
                self.faults[name] = f"Write domains such as northmoor.example: {error}"
                continue
            if "." not in domain:
                self.faults[name] = f"{domain} is no domain such as northmoor.example"
            found.append(domain)
        return tuple(found)

    def machines(self, name: str, text: str) -> tuple[str, ...]:
        found = []
        for line in self.lines(name, text):
            try:
                read_host_and_port(line)
            except ValueError as error:
                self.faults[name] = f"Write machines such as grades.example.org: {error}"
            found.append(plain_host(line))
        return tuple(found)


def address_fault(url: str, *, may_be_private: bool) -> str:
    """What is wrong with an address of a learning system; nothing where it may be used."""
    words = f"Enter an address by https, {EXAMPLE}"
    try:
        read_web_address(url.partition("?")[0], may_have_path=True)
    except ValueError:
        return words
    schemes = tuple(PORTS) if may_be_private else ("https",)
    is_safe = urlsplit(url).scheme in schemes and len(url) <= 1000 and "#" not in url
    return "" if is_safe and is_showable(url) and " " not in url else words


def connection_name(platform_id: UUID) -> str:
    """What the connection of a learning system is called."""
    return f"lti:{platform_id.hex}"


def _platform(row: Row[*tuple[Any, ...]]) -> Platform:
    return Platform(
        platform_id=row.id,
        title=row.title,
        issuer=row.issuer,
        client_id=row.client_id,
        deployments=tuple(json.loads(row.deployments)),
        login_url=row.login_url,
        token_url=row.token_url,
        keys_url=row.keys_url,
        audience=row.audience,
        hosts=tuple(json.loads(row.hosts)),
        domains=tuple(json.loads(row.domains)),
        are_verified=row.are_verified,
        made_at=row.made_at,
    )
