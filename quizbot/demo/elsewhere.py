"""Of a demonstration: an issuer elsewhere that is trusted, and two certificates that wait."""

import json
import secrets
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from quizbot.clock import day_begins
from quizbot.evidence.passport.signed import Json, public_key, public_of, sign
from quizbot.service import Service

ISSUER, NAME = "https://knowledge.southmere.example", "Southmere Safeguarding Children Partnership"
AGO = timedelta(days=140)


@dataclass(frozen=True)
class Elsewhere:
    """A partnership that is made up, with a key that nobody keeps: it signs here and never again.

    Its address is one that cannot be, so nothing is ever asked of it.
    """

    service: Service
    lead: UUID
    today: date

    def bring(self, own: UUID, own_name: str, other: UUID) -> None:
        """One in its person's own name, and one in another."""
        seed = secrets.token_bytes(32)
        keys = {"issuer": ISSUER, "name": NAME, "keys": [public_key(public_of(seed))]}
        self.service.issuers.trust(self.lead, "", json.dumps(keys).encode(), at_once=False)
        for number, (whose, name) in enumerate(((own, own_name), (other, "Rosalind Thwaite"))):
            token = sign(self._content(f"{ISSUER}/certificates/{number}", name), seed, ISSUER)
            self.service.brought.bring(whose, token.encode())

    def _content(self, address: str, name: str) -> Json:
        module = self.service.editions.all_current()[0].module
        began = day_begins(self.today - AGO)
        identity = {"type": "IdentityObject", "identityHash": name, "identityType": "name"}
        return {
            "id": address,
            "type": ["VerifiableCredential", "OpenBadgeCredential"],
            "issuer": ISSUER,
            "iss": ISSUER,
            "validFrom": began.isoformat(),
            "validUntil": (began + timedelta(days=730)).isoformat(),
            "credentialSubject": {
                "identifier": [identity],
                "achievement": {"name": module.title, "humanCode": module.id},
            },
        }
