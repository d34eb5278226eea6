"""What a certificate from elsewhere says: the file as people have it, and its lines as ours."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any

from quizbot.clock import london_day
from quizbot.errors import Refused
from quizbot.evidence.passport.signed import LONGEST, Json, peek
from quizbot.words import is_showable, long_date, tidy

ENVELOPE = re.compile(r"data:application/(?:vc\+)?(?:ld\+)?jwt,")
TOKEN = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
KINDS = {"OpenBadgeCredential", "AchievementCredential"}
MOST_STATUSES = 5
LONGEST_NAME, LONGEST_TITLE, LONGEST_NUMBER = 200, 300, 500
NOT_ONE = (
    "This is no certificate that can be verified. Bring the signed file: it mostly ends with .jwt"
    " or .json, and is given out beside the paper. If this is that file, it was changed or cut off"
    " on its way: take it anew from where it was issued."
)


@dataclass(frozen=True)
class BroughtFacts:
    """What a certificate says of itself, as far as it is needed here."""

    number: str
    issuer: str
    name: str  # whose it is; nothing where it does not say
    title: str
    code: str  # what its issuer calls it in short: of ours, the questionnaire
    issued_at: datetime
    ends_at: datetime | None
    statuses: tuple[Json, ...]

    @property
    def print(self) -> str:
        """By which the same is known again."""
        return sha256(f"{self.issuer}\0{self.number}".encode()).hexdigest()

    @property
    def issued_on(self) -> date:
        """The day in London."""
        return london_day(self.issued_at)

    @property
    def expires_on(self) -> date | None:
        """The last day on which it holds."""
        return london_day(self.ends_at - timedelta(seconds=1)) if self.ends_at else None

    def check_time(self, now: datetime) -> None:
        """Refused where it does not hold yet, or not any more."""
        if self.issued_at > now:
            raise Refused(f"This certificate does not hold before {long_date(self.issued_on)}.")
        if self.ends_at is not None and self.ends_at <= now and self.expires_on:
            raise Refused(
                f"This certificate has expired: it held until {long_date(self.expires_on)}."
            )


def token_of(content: bytes) -> str:
    """The signed token in a file or an answer; Refused says what it is instead."""
    if content.startswith(b"%PDF"):
        raise Refused(
            "This is the paper (PDF), which anybody could have made. Bring the signed file that is"
            " given out beside it."
        )
    if len(content) > 2 * LONGEST:
        raise Refused("This file is too large to be a signed certificate.")
    try:
        text = content.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise Refused(NOT_ONE) from None
    if text.startswith("{"):
        text = _in_envelope(text)
    if not TOKEN.fullmatch(text) or len(text) > LONGEST:
        raise Refused(NOT_ONE)
    return text


def issuer_in(token: str) -> str:
    """Who is said to have issued it: to be believed only once their key has verified it."""
    try:
        said = peek(token)
        issuer = _issuer(_credential(said), said)
    except ValueError:
        raise Refused(NOT_ONE) from None
    if not is_showable(issuer):
        raise Refused(NOT_ONE)
    return issuer


def facts_of(said: Json) -> BroughtFacts:
    """The lines of a verified token; Refused where one is missing or makes no sense."""
    content = _credential(said)
    kinds = content.get("type")
    if not isinstance(kinds, list) or not KINDS & {one for one in kinds if isinstance(one, str)}:
        raise Refused("This is signed, but it is no certificate (Open Badges 3.0).")
    try:
        issuer = _issuer(content, said)
        subject = _mapping(content.get("credentialSubject"))
        achievement = _mapping(subject.get("achievement"))
        ends = [
            _time(content.get(name)) for name in ("validUntil", "expirationDate") if name in content
        ]
        if "exp" in said:
            ends.append(_seconds(said["exp"]))
        began = content.get("awardedDate") or content.get("validFrom")
        issued_at = (
            _time(began or content.get("issuanceDate"))
            if began or "issuanceDate" in content
            else _seconds(said.get("nbf"))
        )
        number = content.get("id") or said.get("jti")
        return BroughtFacts(
            number=_line(number, LONGEST_NUMBER) if number else sha256(_plain(said)).hexdigest(),
            issuer=issuer,
            name=_line(_name(subject), LONGEST_NAME),
            title=_line(achievement.get("name") or content.get("name"), LONGEST_TITLE),
            code=_line(achievement.get("humanCode", ""), 64),
            issued_at=issued_at,
            ends_at=min(ends) if ends else None,
            statuses=tuple(_statuses(content.get("credentialStatus"))),
        )
    except (ValueError, TypeError, OverflowError):
        raise Refused(
            "This certificate is signed, but it lacks a line that is needed, or has one that makes"
            " no sense. Ask whoever issued it."
        ) from None


def is_same_name(one: str, other: str) -> bool:
    """Whether two names are written alike, but for spaces and capitals."""
    return bool(one) and tidy(one).casefold() == tidy(other).casefold()


def _in_envelope(text: str) -> str:
    """The token in the JSON that the rules of credentials put around one."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise Refused(NOT_ONE) from None
    content = found.get("id")
    if isinstance(content, str) and (begins := ENVELOPE.match(content)):
        return content[begins.end() :]
    if "proof" in found:
        raise Refused(
            "This certificate is signed in a way that cannot be verified here: ask whoever issued"
            " it for one that is signed as a JWT."
        )
    raise Refused(NOT_ONE)


def _credential(said: Json) -> Json:
    """The credential in a token: all of it, or as older rules had it, below `vc`."""
    older = said.get("vc")
    return older if isinstance(older, dict) else said


def _issuer(content: Mapping[str, Any], said: Mapping[str, Any]) -> str:
    """Who issued it, told in one way everywhere."""
    issuer = content.get("issuer", said.get("iss"))
    if isinstance(issuer, dict):
        issuer = issuer.get("id")
    if not isinstance(issuer, str) or not issuer or said.get("iss", issuer) != issuer:
        raise ValueError("its issuer is told in two ways, or in none")
    return issuer[:LONGEST_NUMBER].rstrip("/")


def _mapping(value: Any) -> Json:
    """An object, or the only one of a list."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if not isinstance(value, dict):
        raise ValueError("an object is missing")
    return value


def _name(subject: Json) -> str:
    """The name on it: as an identifier, or beside it."""
    found = subject.get("identifier", [])
    for one in found if isinstance(found, list) else [found]:
        if isinstance(one, dict) and one.get("identityType") == "name" and not one.get("hashed"):
            return str(one.get("identityHash", ""))
    name = subject.get("name", "")
    return name if isinstance(name, str) else ""


def _line(value: Any, longest: int) -> str:
    if not isinstance(value, str) or not is_showable(value):
        raise ValueError("a line of words is missing")
    return tidy(value)[:longest]


def _time(value: Any) -> datetime:
    found = datetime.fromisoformat(value)
    return _sound(found if found.tzinfo else found.replace(tzinfo=UTC))


def _seconds(value: Any) -> datetime:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise ValueError("a time is missing")
    return _sound(datetime.fromtimestamp(value, UTC))


def _sound(at: datetime) -> datetime:
    if not 1990 <= at.year <= 2200:
        raise ValueError("its year makes no sense")
    return at.astimezone(UTC)


def _statuses(value: Any) -> Iterator[Json]:
    """Where its issuer tells whether it still holds, each without what is not needed."""
    entries = value if isinstance(value, list) else [value] if value is not None else []
    if len(entries) > MOST_STATUSES or not all(isinstance(one, dict) for one in entries):
        raise ValueError("its status makes no sense")
    kept = ("id", "type", "statusPurpose", "statusListIndex", "statusListCredential")
    for one in entries:
        yield {name: str(one[name])[:LONGEST_NUMBER] for name in kept if name in one}


def _plain(said: Json) -> bytes:
    return json.dumps(said, sort_keys=True).encode()
