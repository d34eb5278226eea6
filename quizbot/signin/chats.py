"""Which chat speaks for whom: linking from either side, unlinking, and where messages go."""

import base64
import hmac
import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, bindparam, delete, select, update

from quizbot.access import ChatKey, Who
from quizbot.clock import Clock, has_ended, london_day
from quizbot.errors import NotFound, Refused, SignedOut
from quizbot.signing import Signer
from quizbot.store.audit import Audit
from quizbot.store.clearing import delete_attempts
from quizbot.store.database import Database, write_in
from quizbot.store.tables import attempt, chat_link, huddle, link_used, new_id, person, update_seen

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

LINK_LASTS = timedelta(minutes=10)
SEEN_LASTS = timedelta(days=2)  # a channel repeats an update for a day at most
OLD = "This link has run out or was used. Ask for a new one: it works once, within ten minutes."
TAKEN = "This chat is linked to another account. Say /stop there first, then link it again."

_WHO = (
    select(
        chat_link.c.id,
        chat_link.c.person_id,
        chat_link.c.epoch,
        chat_link.c.blocked_at,
        chat_link.c.way,
        person.c.sign_in_epoch,
        person.c.left_on,
        person.c.name,
    )
    .join(person, person.c.id == chat_link.c.person_id)
    .where(chat_link.c.address_key == bindparam("key"), chat_link.c.unlinked_at.is_(None))
)
_LINKS = (
    select(chat_link)
    .join(person, person.c.id == chat_link.c.person_id)
    .where(
        chat_link.c.person_id == bindparam("whose"),
        chat_link.c.unlinked_at.is_(None),
        chat_link.c.epoch == person.c.sign_in_epoch,
    )
    .order_by(chat_link.c.linked_at)
)
_FORGET = [
    delete(kept.table).where(kept < bindparam("old"))
    for kept in (update_seen.c.seen_at, link_used.c.used_at, huddle.c.started_at)
]


@dataclass(frozen=True)
class ChatPlace:
    """A chat as its channel names it, and the machine that takes messages there, if it has many."""

    channel: str
    address: str
    way: str = ""


@dataclass(frozen=True)
class LinkRequest:
    """A chat that asks to be linked; `number` is shown there and on the page, to be compared."""

    token: str
    number: str
    channel: str


@dataclass(frozen=True)
class LinkLine:
    """A linked chat as its person's record lists it."""

    link_id: UUID
    channel: str
    linked_at: datetime
    gets_notices: bool
    is_blocked: bool


@dataclass(frozen=True)
class Links:
    """A link is made only by somebody who holds the chat and is signed in; it ends at a word.

    A payload holds the id that the link will have, which is noted once it is used, and is sealed
    for the person's epoch: after that it is worth nothing.
    """

    database: Database
    audit: Audit
    signer: Signer
    now: Clock

    # Who speaks

    def who(self, channel: str, address: str, way: str = "") -> Who:
        """Whom a chat speaks for; itself where it is not linked, or its person may not go on.

        `way` is the machine that takes messages there now, as its channel says.
        """
        row = self.database.glance(_WHO, {"key": self._key(channel, address)})
        if row is None:
            return self.chat(channel, address)
        if row.epoch != row.sign_in_epoch or self._has_left(row.left_on):
            self._unlink(chat_link.c.id == row.id)
            return self.chat(channel, address)
        way = way or row.way
        if row.blocked_at is not None or row.way != way:  # they write, so they let us in again
            with self.database.writing() as connection:
                connection.execute(
                    update(chat_link)
                    .where(chat_link.c.id == row.id, chat_link.c.unlinked_at.is_(None))
                    .values(blocked_at=None, way=way)
                )
        found: UUID = row.person_id
        return found

    def chat(self, channel: str, address: str) -> ChatKey:
        """A chat as itself."""
        return ChatKey(self.signer.hash("chat try", channel, address))

    # From the web: a payload that the chat hands in

    def payload(self, person_id: UUID, epoch: int | None = None) -> str:
        """What a deep link carries: 64 letters, signed, good once and for ten minutes.

        `epoch` is that of the session that asks; SignedOut where it has ended meanwhile.
        """
        epoch = self._asking(person_id, epoch)
        until = int((self.now() + LINK_LASTS).timestamp())
        told = new_id().bytes + person_id.bytes + until.to_bytes(4, "big")
        return _packed(told + self._seal(told, epoch))

    def accept(self, payload: str, channel: str, address: str, way: str = "") -> str:
        """Link the chat that hands a payload in; the name of the person it speaks for now."""
        found = _unpacked(payload)
        told, seal = found[:36], found[36:]
        until = int.from_bytes(told[32:36], "big")
        if len(found) != 48 or self.now().timestamp() > until:
            raise Refused(OLD)
        link_id, person_id = UUID(bytes=told[:16]), UUID(bytes=told[16:32])
        epoch = self._epoch(person_id)
        if epoch is None or not hmac.compare_digest(seal, self._seal(told, epoch)):
            raise Refused(OLD)
        return self._link(link_id, person_id, epoch, ChatPlace(channel, address, way))

    # From the chat: a link that is opened signed in, and confirmed

    def ask(self, channel: str, address: str, way: str = "") -> LinkRequest:
        """What a chat shows to somebody who wants it linked."""
        told = json.dumps([str(new_id()), channel, address, way]).encode()
        token = self._locked.encrypt_at_time(told, int(self.now().timestamp())).decode()
        return LinkRequest(token, self._number(token), channel)

    def asked(self, token: str) -> LinkRequest:
        """The same on the page that asks to confirm; Refused where it has run out or was used."""
        link_id, place = self._read(token)
        with self.database.reading() as connection:
            if self._is_used(connection, link_id):
                raise Refused(OLD)
        return LinkRequest(token, self._number(token), place.channel)

    def confirm(self, person_id: UUID, token: str, epoch: int | None = None) -> str:
        """Link the chat that asked; its channel. `epoch` is that of the session that confirms."""
        link_id, place = self._read(token)
        self._link(link_id, person_id, self._asking(person_id, epoch), place)
        return place.channel

    # What there is, and its end

    def of(self, person_id: UUID) -> list[LinkLine]:
        """A person's linked chats."""
        return [
            LinkLine(
                row.id,
                row.channel,
                row.linked_at,
                row.gets_notices,
                row.blocked_at is not None,
            )
            for row in self.database.look(_LINKS, {"whose": person_id})
        ]

    def leave(self, channel: str, address: str) -> bool:
        """Unlink a chat at its own word, and forget its try; whether it was linked."""
        was_linked = self._unlink(chat_link.c.address_key == self._key(channel, address))
        with self.database.writing() as connection:
            key = self.chat(channel, address).key
            delete_attempts(connection, attempt.c.chat_key == key)
        return was_linked

    def unlink(self, person_id: UUID, link_id: UUID) -> None:
        """Unlink a chat from its person's page; a second time changes nothing."""
        self._unlink(chat_link.c.id == link_id, chat_link.c.person_id == person_id)

    def send_to(self, person_id: UUID, link_id: UUID | None) -> None:
        """Have messages go to one of a person's chats, or with None to their e-mail address."""
        live = [chat_link.c.person_id == person_id, chat_link.c.unlinked_at.is_(None)]
        with self.database.writing(queue=f"links:{person_id}") as connection:
            if (
                link_id is not None
                and not connection.execute(
                    select(chat_link.c.id).where(*live, chat_link.c.id == link_id)
                ).first()
            ):
                raise NotFound("This chat is not linked any more.")
            connection.execute(update(chat_link).where(*live).values(gets_notices=False))
            if link_id is not None:
                connection.execute(
                    update(chat_link).where(chat_link.c.id == link_id).values(gets_notices=True)
                )
            self.audit.add(
                connection, person_id, "chat.notices", person_id, to=str(link_id or "email")
            )

    def block(self, channel: str, address: str) -> None:
        """Note that a chat has shut us out; its messages go by e-mail until it is back."""
        key = self._key(channel, address)
        live = [chat_link.c.address_key == key, chat_link.c.unlinked_at.is_(None)]
        with self.database.writing() as connection:
            connection.execute(
                update(chat_link)
                .where(*live, chat_link.c.blocked_at.is_(None))
                .values(blocked_at=self.now())
            )

    def block_link(self, link_id: UUID) -> None:
        """The same of a link: what was to be sent there found the chat blocked or gone."""
        with self.database.writing() as connection:
            connection.execute(
                update(chat_link).where(chat_link.c.id == link_id).values(blocked_at=self.now())
            )

    def move(self, channel: str, old: str, new: str) -> None:
        """A chat has another address now; what goes on in it goes on there."""
        old_key, new_key = self._key(channel, old), self._key(channel, new)
        with self.database.writing(queue=f"link:{new_key}") as connection:
            if self._live(connection, new_key) is None:
                connection.execute(
                    update(chat_link)
                    .where(chat_link.c.address_key == old_key, chat_link.c.unlinked_at.is_(None))
                    .values(address=self._encrypted(new), address_key=new_key)
                )
            there = self.chat(channel, new).key
            if connection.execute(select(huddle).where(huddle.c.chat_key == there)).first() is None:
                connection.execute(
                    update(huddle)
                    .where(huddle.c.chat_key == self.chat(channel, old).key)
                    .values(chat_key=there, moved_from=huddle.c.chat_key)
                )

    def address(self, encrypted: str) -> str | None:
        """A kept address in clear, for the moment of sending; None where the secret is another."""
        from cryptography.fernet import InvalidToken

        try:
            return self._locked.decrypt(encrypted.encode()).decode()
        except InvalidToken:
            return None

    # Updates that were answered

    def was_seen(self, channel: str, number: int) -> bool:
        """Whether an update of a channel was answered before."""
        query = select(update_seen.c.number).where(
            update_seen.c.channel == channel, update_seen.c.number == number
        )
        with self.database.reading() as connection:
            return connection.execute(query).first() is not None

    def note_seen(self, channel: str, number: int) -> None:
        """Note that it was answered."""
        row = {"channel": channel, "number": number, "seen_at": self.now()}
        with self.database.writing() as connection:
            self.database.insert_once(connection, update_seen, row)

    def forget_old(self) -> None:
        """Let old updates and forgotten huddles go."""
        with self.database.writing() as connection:
            for forget in _FORGET:
                write_in(connection, forget, {"old": self.now() - SEEN_LASTS})

    # What the public methods are made of.

    @cached_property
    def _locked(self) -> "Fernet":
        from cryptography.fernet import Fernet  # 7 MB that nobody without a chat needs

        return Fernet(base64.urlsafe_b64encode(self.signer.key("chat address")))

    def _key(self, channel: str, address: str) -> str:
        return self.signer.hash("chat", channel, address)

    def _seal(self, told: bytes, epoch: int) -> bytes:
        sealed = told + epoch.to_bytes(8, "big")
        return hmac.digest(self.signer.key("chat payload"), sealed, "sha256")[:12]

    def _epoch(self, person_id: UUID) -> int | None:
        with self.database.reading() as connection:
            query = select(person.c.sign_in_epoch).where(person.c.id == person_id)
            found: int | None = connection.execute(query).scalar()
        return found

    def _asking(self, person_id: UUID, epoch: int | None) -> int:
        """The epoch for which somebody asks; what a session of an earlier one asks is refused."""
        now = self._epoch(person_id)
        if now is None or epoch not in (None, now):
            raise SignedOut("Sign in to go on.")
        return now

    def _number(self, token: str) -> str:
        return f"{int(self.signer.hash('chat number', token)[:12], 16) % 10_000:04}"

    def _encrypted(self, address: str) -> str:
        return self._locked.encrypt(address.encode()).decode()

    def _read(self, token: str) -> tuple[UUID, ChatPlace]:
        from cryptography.fernet import InvalidToken

        at, lasts = int(self.now().timestamp()), int(LINK_LASTS.total_seconds())
        try:
            told = json.loads(self._locked.decrypt_at_time(token.encode(), lasts, at))
        except (InvalidToken, ValueError):
            raise Refused(OLD) from None
        link_id, *place = told
        return UUID(link_id), ChatPlace(*place)

    def _has_left(self, left_on: date | None) -> bool:
        return has_ended(left_on, london_day(self.now()))

    def _is_used(self, connection: Connection, link_id: UUID) -> bool:
        query = select(link_used.c.id).where(link_used.c.id == link_id)
        return connection.execute(query).first() is not None

    def _use(self, connection: Connection, link_id: UUID) -> bool:
        """Note that it is used; False where it was before. Refused afterwards, it is not."""
        row = {"id": link_id, "used_at": self.now()}
        return self.database.insert_once(connection, link_used, row)

    def _live(self, connection: Connection, key: str) -> Row[*tuple[Any, ...]] | None:
        return connection.execute(_WHO, {"key": key}).first()

    def _link(self, link_id: UUID, person_id: UUID, epoch: int, place: ChatPlace) -> str:
        channel, address = place.channel, place.address
        key = self._key(channel, address)
        with self.database.writing(queue=f"link:{key}") as connection:
            row = connection.execute(
                select(person.c.name, person.c.sign_in_epoch, person.c.left_on).where(
                    person.c.id == person_id
                )
            ).first()
            if row is None or row.sign_in_epoch != epoch or self._has_left(row.left_on):
                raise Refused(OLD)
            before = self._live(connection, key)
            name: str = row.name
            is_same = before is not None and before.person_id == person_id
            if before is not None and is_same and before.epoch == row.sign_in_epoch:
                self._use(connection, link_id)
                return name  # the same link tapped twice, or linked already
            if not self._use(connection, link_id):
                raise Refused(OLD)
            if before is not None:
                is_over = before.epoch != before.sign_in_epoch or self._has_left(before.left_on)
                if not is_same and not is_over:
                    raise Refused(TAKEN)
                self._end(connection, chat_link.c.id == before.id)
            connection.execute(
                chat_link.insert().values(
                    id=link_id,
                    person_id=person_id,
                    channel=channel,
                    address=self._encrypted(address),
                    address_key=key,
                    way=place.way,
                    epoch=row.sign_in_epoch,
                    gets_notices=False,
                    linked_at=self.now(),
                )
            )
            delete_attempts(connection, attempt.c.chat_key == self.chat(channel, address).key)
            self.audit.add(connection, person_id, "chat.link", person_id, channel=channel)
        return name

    def _unlink(self, *which: ColumnElement[bool]) -> bool:
        with self.database.writing() as connection:
            return self._end(connection, *which)

    def _end(self, connection: Connection, *which: ColumnElement[bool]) -> bool:
        """Nothing is left of the address."""
        ended = connection.execute(
            update(chat_link)
            .where(*which, chat_link.c.unlinked_at.is_(None))
            .values(unlinked_at=self.now(), address="", address_key="", way="", gets_notices=False)
            .returning(chat_link.c.person_id, chat_link.c.channel)
        ).all()
        for row in ended:
            self.audit.add(
                connection, row.person_id, "chat.unlink", row.person_id, channel=row.channel
            )
        return bool(ended)


def _packed(told: bytes) -> str:
    return base64.urlsafe_b64encode(told).decode().rstrip("=")


def _unpacked(words: str) -> bytes:
    if len(words) != 64:
        return b""
    try:
        return base64.urlsafe_b64decode(words)
    except ValueError:
        return b""
