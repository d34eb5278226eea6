"""Our keys towards learning systems: the rules want RSA, which cannot be made from our one secret.

So they lie in the database, sealed by a key that is made from it: who has the database alone signs
nothing, and where the secret was changed a new key is made, which systems fetch by themselves.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select

from quizbot.clock import Clock
from quizbot.signing import Signer
from quizbot.store.database import Database
from quizbot.store.tables import lti_key, new_id

if TYPE_CHECKING:
    from cryptography.fernet import Fernet
    from joserfc.jwk import RSAKey

BITS = 2048
SIGNS_FOR = timedelta(days=365)
PUBLISHED_FOR = timedelta(days=400)  # what was signed with the last key is checked for a while
ALGORITHM = "RS256"
STANDS_FOR = 300  # seconds of what we sign
BEHIND = 10  # seconds that a learning system's clock may be behind ours: some allow for none


@dataclass(frozen=True)
class OwnKeys:
    """The newest key signs; those before it stay published for a time."""

    database: Database
    signer: Signer
    now: Clock
    _known: dict[str, "RSAKey"] = field(default_factory=dict, repr=False)

    def signed(self, claims: Mapping[str, Any]) -> str:
        """A token of ours that stands for a few minutes from now."""
        from joserfc import jwt

        key = self._signing()
        at = int(self.now().timestamp())
        own = {"iat": at - BEHIND, "exp": at + STANDS_FOR}
        header = {"typ": "JWT", "alg": ALGORITHM, "kid": key.kid}
        return jwt.encode(header, {**own, **claims}, key, algorithms=[ALGORITHM])

    def published(self) -> dict[str, Any]:
        """The public halves, as learning systems fetch them."""
        self._signing()
        since = self.now() - PUBLISHED_FOR
        query = select(lti_key.c.public).where(lti_key.c.made_at > since)
        with self.database.reading() as connection:
            found = connection.execute(query.order_by(lti_key.c.made_at.desc())).scalars().all()
        return {"keys": [json.loads(public) for public in found]}

    def _signing(self) -> "RSAKey":
        """The newest key that we can unseal, or a new one."""
        from cryptography.fernet import InvalidToken
        from joserfc.jwk import RSAKey

        query = select(lti_key.c.id, lti_key.c.sealed).where(
            lti_key.c.made_at > self.now() - SIGNS_FOR
        )
        with self.database.reading() as connection:
            rows = connection.execute(query.order_by(lti_key.c.made_at.desc())).all()
        for row in rows:
            kid = row.id.hex
            if kid not in self._known:
                try:
                    plain = json.loads(self._seal().decrypt(row.sealed.encode()))
                except InvalidToken:  # the secret was another when it was made
                    continue
                self._known[kid] = RSAKey.import_key(plain)
            return self._known[kid]
        return self._made()

    def _made(self) -> "RSAKey":
        from joserfc.jwk import RSAKey

        key_id = new_id()
        key = RSAKey.generate_key(
            BITS, {"kid": key_id.hex, "use": "sig", "alg": ALGORITHM}, auto_kid=False
        )
        sealed = self._seal().encrypt(json.dumps(key.as_dict(private=True)).encode()).decode()
        row = {
            "id": key_id,
            "public": json.dumps(key.as_dict(private=False)),
            "sealed": sealed,
            "made_at": self.now(),
        }
        with self.database.writing() as connection:
            connection.execute(insert(lti_key), row)
        self._known[key_id.hex] = key
        return key

    def _seal(self) -> "Fernet":
        from cryptography.fernet import Fernet

        return Fernet(base64.urlsafe_b64encode(self.signer.key("lti key")))
