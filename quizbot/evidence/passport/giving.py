"""A certificate as an Open Badges 3.0 credential: what it says, signed, and whether it holds."""

import gzip
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from quizbot.access import ERASED
from quizbot.clock import Clock, day_begins
from quizbot.errors import NotFound, NotOffered
from quizbot.evidence.certificates import UNKNOWN, Certificate, Certificates, CertificateState
from quizbot.evidence.passport.keys import PassportKeys
from quizbot.evidence.passport.signed import Json, packed

V2 = "https://www.w3.org/ns/credentials/v2"
OB3 = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
SCHEMA = (
    "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"
)
IN_LIST = 131_072  # bits of a status list, the fewest that the rules allow
ENVELOPE = "data:application/vc+jwt,"


@dataclass(frozen=True)
class Passports:
    """Made anew each time, from the record alone: the same key gives the same credential."""

    certificates: Certificates
    keys: PassportKeys
    issuer: str  # the partnership's name
    public_url: str
    now: Clock

    def credential(self, typed: str) -> str:
        """The credential of a certificate as a token; NotOffered for one that was withdrawn."""
        found = self.certificates.find(typed)
        if found.state is CertificateState.WITHDRAWN:
            raise NotOffered("This certificate was withdrawn: it does not count any more.")
        if found.name == ERASED:
            raise NotOffered("The person of this certificate is not on record any more.")
        return self.keys.sign(self._content(found))

    def enveloped(self, typed: str) -> Json:
        """The same as JSON."""
        content = f"{ENVELOPE}{self.credential(typed)}"
        return {"@context": V2, "id": content, "type": "EnvelopedVerifiableCredential"}

    def own(self, person_id: UUID, typed: str) -> str:
        """The same for its person alone."""
        if not self.certificates.is_theirs(person_id, typed):
            raise NotFound(UNKNOWN)
        return self.credential(typed)

    def state(self, typed: str) -> Json:
        """What a certificate is worth today, to read."""
        found = self.certificates.find(typed)
        days = {"valid_until": found.expires_on, "withdrawn_on": found.withdrawn_on}
        return {
            "certificate": self._address(found),
            "state": found.state.value,
            "issued_on": found.issued_on.isoformat(),
            **{name: day.isoformat() if day else None for name, day in days.items()},
            "signed": self._status_address(found),
        }

    def status_list(self, typed: str) -> str:
        """Whether it was withdrawn, as a signed list with one entry (Bitstring Status List 1.0).

        A list for each: one for all would tell whoever reads it of certificates of others.
        """
        found, now = self.certificates.find(typed), self.now()
        address = self._status_address(found)
        bits = bytearray(IN_LIST // 8)
        if found.state is CertificateState.WITHDRAWN:
            bits[0] |= 0x80
        began = now.replace(microsecond=0)
        content = {
            "@context": [V2],
            "id": address,
            "type": ["VerifiableCredential", "BitstringStatusListCredential"],
            "issuer": self.public_url,
            "validFrom": began.isoformat(),
            "validUntil": (began + timedelta(hours=1)).isoformat(),
            "credentialSubject": {
                "id": f"{address}#list",
                "type": "BitstringStatusList",
                "statusPurpose": "revocation",
                "encodedList": "u" + packed(gzip.compress(bytes(bits), mtime=0)),
            },
        }
        return self.keys.sign({**content, "iss": self.public_url, "nbf": _seconds(began)})

    def key_set(self) -> Json:
        """By what all of this is verified, and whose it is: also to be given on as a file."""
        return {"issuer": self.public_url, "name": self.issuer, "keys": self.keys.published()}

    # What the public methods are made of.

    def _address(self, found: Certificate) -> str:
        return f"{self.public_url}/certificates/{found.grouped}"

    def _status_address(self, found: Certificate) -> str:
        return f"{self._address(found)}/status.jwt"

    def _content(self, found: Certificate) -> Json:
        address, began = self._address(found), day_begins(found.issued_on)
        content: Json = {
            "@context": [V2, OB3],
            "id": address,
            "type": ["VerifiableCredential", "OpenBadgeCredential"],
            "name": found.title,
            "issuer": {"id": self.public_url, "type": ["Profile"], "name": found.issuer},
            "validFrom": began.isoformat(),
            "credentialSubject": {
                "type": ["AchievementSubject"],
                "identifier": [
                    {
                        "type": "IdentityObject",
                        "hashed": False,
                        "identityHash": found.name,
                        "identityType": "name",
                    }
                ],
                "achievement": self._achievement(found),
            },
            "credentialStatus": {
                "id": f"{self._status_address(found)}#0",
                "type": "BitstringStatusListEntry",
                "statusPurpose": "revocation",
                "statusListIndex": "0",
                "statusListCredential": self._status_address(found),
            },
            "credentialSchema": [{"id": SCHEMA, "type": "1EdTechJsonSchemaValidator2019"}],
            "iss": self.public_url,
            "jti": address,
            "nbf": _seconds(began),
        }
        if found.expires_on is not None:
            over = day_begins(found.expires_on, 1)  # the last day itself counts
            content |= {"validUntil": over.isoformat(), "exp": _seconds(over)}
        return content

    def _achievement(self, found: Certificate) -> Json:
        return {
            "id": f"{self.public_url}/modules/{found.module}",
            "type": ["Achievement"],
            "achievementType": "Assessment",
            "name": found.title,
            "humanCode": found.module,
            "version": found.edition,
            "description": "What it asks about: " + "; ".join(found.objectives) + ".",
            "criteria": {
                "narrative": "Has passed the questionnaire for the record: enough right answers in"
                " all and in every area, and every one that must be known."
            },
        }


def _seconds(at: datetime) -> int:
    return int(at.timestamp())
