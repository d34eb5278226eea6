"""The keys of ours that sign certificates: made from the installation's secret, and rotated."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, insert, select, update

from quizbot.clock import Clock
from quizbot.evidence.passport.signed import Json, public_key, public_of, sign, thumbprint
from quizbot.signing import Signer
from quizbot.store.audit import OPERATOR, SERVICE, Audit
from quizbot.store.database import Database
from quizbot.store.tables import new_id, passport_key

KEY_SET = "/.well-known/jwks.json"


@dataclass(frozen=True)
class PassportKeyLine:
    """A key as it may be shown: what it is known by, and since when."""

    key_id: UUID
    public: str = field(repr=False)
    made_at: datetime
    ended_at: datetime | None
    withdrawn_at: datetime | None

    @property
    def name(self) -> str:
        """What verifiers know it by."""
        return thumbprint(public_key(self.public))

    @property
    def state(self) -> str:
        """What it is good for."""
        if self.withdrawn_at:
            return "withdrawn"
        return "published" if self.ended_at else "signs"


@dataclass(frozen=True)
class PassportKeys:
    """The private half is nowhere kept: it comes from the secret and the key's own number.

    With another secret another key is made by itself; those before stay published.
    """

    database: Database
    signer: Signer
    audit: Audit
    public_url: str
    now: Clock

    def sign(self, content: Json) -> str:
        """Content as a token by the key that signs now; the first is made when it is needed."""
        key = self._current() or self._make(SERVICE)
        return sign(content, self._seed(key.key_id), self._address(key))

    def published(self) -> list[Json]:
        """Every key by which something of ours can be verified, the newest first."""
        if self._current() is None:
            self._make(SERVICE)
        return [
            {**public_key(key.public), "kid": self._address(key), "use": "sig", "alg": "EdDSA"}
            for key in self.all()
            if key.withdrawn_at is None
        ]

    def all(self) -> list[PassportKeyLine]:
        """Every key there was, the newest first."""
        with self.database.reading() as connection:
            return _all(connection)

    def rotate(self, *, withdraw: bool = False) -> PassportKeyLine:
        """Sign with a new key from now on. With `withdraw`, nothing that older keys signed is to
        be believed any more: they are published no longer."""
        return self._make(OPERATOR, withdraw=withdraw, anew=True)

    # What the public methods are made of.

    def _current(self) -> PassportKeyLine | None:
        return self._signing(self.all())

    def _signing(self, keys: Sequence[PassportKeyLine]) -> PassportKeyLine | None:
        """The key that signs; not one of a secret that is another now."""
        for key in keys:
            if key.ended_at is None and public_of(self._seed(key.key_id)) == key.public:
                return key
        return None

    def _make(self, by: str, *, withdraw: bool = False, anew: bool = False) -> PassportKeyLine:
        now, key_id = self.now(), new_id()
        with self.database.writing(queue="passport") as connection:
            found = self._signing(_all(connection))
            if found is not None and not anew:
                return found  # another process was quicker
            older = update(passport_key).where(passport_key.c.ended_at.is_(None))
            connection.execute(older.values(ended_at=now))
            if withdraw:
                lost = update(passport_key).where(passport_key.c.withdrawn_at.is_(None))
                withdrawn = connection.execute(lost.values(withdrawn_at=now)).rowcount
                self.audit.add(connection, by, "passport.withdraw-keys", key_id, keys=withdrawn)
            public = public_of(self._seed(key_id))
            connection.execute(insert(passport_key).values(id=key_id, public=public, made_at=now))
            self.audit.add(connection, by, "passport.key", key_id)
        return PassportKeyLine(key_id, public, now, None, None)

    def _seed(self, key_id: UUID) -> bytes:
        return self.signer.key(f"passport {key_id.hex}")

    def _address(self, key: PassportKeyLine) -> str:
        return f"{self.public_url}{KEY_SET}#{key.name}"


def _all(connection: Connection) -> list[PassportKeyLine]:
    table = passport_key
    query = select(
        table.c.id, table.c.public, table.c.made_at, table.c.ended_at, table.c.withdrawn_at
    ).order_by(table.c.made_at.desc(), table.c.id.desc())
    return [PassportKeyLine(*row) for row in connection.execute(query)]
