"""Whether the issuer of a certificate has withdrawn it, in the two ways in which they tell it."""

import json
import zlib
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from quizbot.errors import Refused
from quizbot.evidence.passport.reading import token_of
from quizbot.evidence.passport.signed import Json, NotSigned, unpacked, verify
from quizbot.outgoing import Unreachable

LARGEST_LIST = 4 * 1024 * 1024  # bytes: 32 million certificates
PURPOSES = ("revocation", "suspension")
UNKNOWN_WAY = "Its issuer tells in a way that is not known here whether it was withdrawn."


class GoneBack(Refused):
    """A certificate that its issuer does not stand by any more."""


def look(
    statuses: Iterable[Json],
    number: str,
    issuer: str,
    keys: Iterable[Json],
    ask: Callable[[str], bytes],
    now: datetime,
) -> str:
    """What could not be looked at, or nothing; GoneBack where it was withdrawn."""
    doubts = []
    keys = list(keys)
    for one in statuses:
        try:
            if one.get("type") == "1EdTechRevocationList":
                is_held = _is_listed(ask(one["id"]), number)
            elif one.get("type") in ("BitstringStatusListEntry", "StatusList2021Entry"):
                purpose = one.get("statusPurpose", "revocation")
                if purpose not in PURPOSES:
                    continue  # tells something else
                said = _verified(ask(one["statusListCredential"]), issuer, keys, now)
                is_held = _bit(said, purpose, int(one["statusListIndex"]))
            else:
                doubts.append(UNKNOWN_WAY)
                continue
        except Unreachable as error:
            doubts.append(f"Whether it was withdrawn could not be asked: {error}")
            continue
        except (
            ValueError,
            TypeError,
            LookupError,
            AttributeError,
            RecursionError,
            zlib.error,
            Refused,
        ):
            doubts.append("What its issuer tells of its withdrawal cannot be read, or believed.")
            continue
        if is_held:
            raise GoneBack("Its issuer has withdrawn this certificate: it does not count any more.")
    return doubts[0] if doubts else ""


def _is_listed(content: bytes, number: str) -> bool:
    """Whether a list of what was revoked has this number (1EdTech's own way)."""
    found = json.loads(content)
    entries = found.get("revokedCredential", found.get("revokedCredentials"))
    if not isinstance(entries, list):
        raise ValueError("it is no list")
    return any(
        (one.get("id") if isinstance(one, dict) else one) == number
        and not (isinstance(one, dict) and one.get("revoked") is False)
        for one in entries
    )


def _verified(content: bytes, issuer: str, keys: list[Json], now: datetime) -> Json:
    """A list of bits that is signed by the same issuer, and of now."""
    said = verify(token_of(content), keys)
    found: Any = said["vc"] if isinstance(said.get("vc"), dict) else said
    by: Any = found.get("issuer", said.get("iss"))
    if str(by.get("id") if isinstance(by, dict) else by).rstrip("/") != issuer:
        raise NotSigned("It is of another issuer.")
    ends = found.get("validUntil")
    if ends is not None and datetime.fromisoformat(ends) < now:
        raise ValueError("it is too old")
    subject: Json = found["credentialSubject"]
    return subject


def _bit(subject: Json, purpose: str, index: int) -> bool:
    """One bit of a list, the first of each byte being its highest."""
    told = subject["statusPurpose"]
    if purpose not in (told if isinstance(told, list) else [told]):
        raise ValueError("it tells something else")
    packed = subject["encodedList"]
    unpacker = zlib.decompressobj(31)
    bits = unpacker.decompress(unpacked(packed.removeprefix("u")), LARGEST_LIST)
    if not 0 <= index < 8 * len(bits):
        raise ValueError("it is too short")
    return bool(bits[index // 8] & (0x80 >> index % 8))
