"""Tokens: whether what was posted is from the Bot Connector and for us."""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey
from joserfc.jws import JWSRegistry, extract_compact

from quizbot.clock import Clock
from quizbot.config import Settings
from quizbot.errors import Refused
from quizbot.hosts import host_of
from quizbot.outgoing import OutsideDoor, Unreachable

ALGORITHM = "RS256"
LEEWAY = 300  # seconds that clocks may be apart
KEYS_LAST = 24 * 3600.0  # seconds
LOOK_AGAIN = 60.0  # seconds between looks for a key that is not known
SPEAKS_FOR = "msteams"  # what the Connector calls Teams
LONGEST_TOKEN = 16_000  # characters

Json = dict[str, Any]


class TokenRefused(Refused):
    """Whoever posted this is not the Connector, or did not mean us; the text says why."""


class TokenOutOfPlace(TokenRefused):
    """The Connector did sign it, for somebody else or for another time: settings may be wrong."""


@dataclass(frozen=True)
class VerifiedToken:
    """What a token that the Connector signed for us says."""

    way: str  # the address of the machine that takes answers
    endorsed: frozenset[str]  # the channels for which its key may speak

    def must_fit(self, activity: Mapping[str, Any]) -> None:
        """TokenRefused where the activity is of a channel or machine that the token is not for."""
        if activity.get("channelId") not in self.endorsed:
            raise TokenOutOfPlace("The key does not speak for this channel.")
        way = activity.get("serviceUrl")
        if not self.way or not isinstance(way, str) or way.rstrip("/") != self.way:
            raise TokenOutOfPlace("The token is for another service address.")


def is_emulated(settings: Settings) -> bool:
    """Whether what we speak with is an emulator on this machine."""
    here = ("127.0.0.1", "localhost", "[::1]")
    return host_of(settings.teams_login).rpartition(":")[0] in here


def microsoft(settings: Settings) -> OutsideDoor:
    """The way to the machines that the settings name: those that sign, and those that let us in."""
    hosts = frozenset({host_of(settings.teams_login), host_of(settings.teams_keys)})
    return OutsideDoor(hosts, may_be_private=is_emulated(settings))


@dataclass
class IncomingTokens:
    """Looks at tokens, with the keys that the Connector publishes; they are kept for a day."""

    settings: Settings
    now: Clock
    _issuer: str = ""
    _keys: dict[str, Json] = field(default_factory=dict)
    _asked_at: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def read(self, authorization: str) -> VerifiedToken:
        """A token that is to be trusted; TokenRefused, or Unreachable where no keys can be had."""
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token or len(token) > LONGEST_TOKEN:
            raise TokenRefused("There is no token.")
        key = self._key(_key_id(token))
        claims = self._claims(token, key)
        self._check(claims)
        way = claims.get("serviceurl", claims.get("serviceUrl", ""))
        return VerifiedToken(way.rstrip("/") if isinstance(way, str) else "", _endorsed(key))

    def look(self) -> None:
        """Ask for the keys anew; Unreachable says why there are none that speak for Teams."""
        with self._lock:
            self._fetch()
            if not any(SPEAKS_FOR in _endorsed(key) for key in self._keys.values()):
                where = self.settings.teams_keys
                raise Unreachable(f"None of the keys that {where} names may speak for Teams.")

    def _claims(self, token: str, key: Json) -> Json:
        registry = JWSRegistry(algorithms=[ALGORITHM], strict_check_header=False)
        try:
            claims = jwt.decode(token, RSAKey.import_key(key), registry=registry).claims
        except (JoseError, ValueError, TypeError, KeyError) as error:
            words = f"The token cannot be trusted ({type(error).__name__})."
            raise TokenRefused(words) from None
        return claims

    def _check(self, claims: Mapping[str, Any]) -> None:
        now = self.now().timestamp()
        if claims.get("iss") != self._issuer:
            raise TokenOutOfPlace("The token is of another issuer.")
        if claims.get("aud") != self.settings.teams_app:
            raise TokenOutOfPlace("The token is for another app than QUIZBOT_TEAMS_APP.")
        if now > _time(claims, "exp") + LEEWAY:
            raise TokenOutOfPlace("The token has run out: look at this machine's clock.")
        if now < _time({"nbf": 0, **claims}, "nbf") - LEEWAY:
            raise TokenOutOfPlace("The token is not valid yet: look at this machine's clock.")

    def _key(self, key_id: str) -> Json:
        with self._lock:
            age = time.monotonic() - self._asked_at
            is_old = not self._keys or age > KEYS_LAST
            if is_old or (key_id not in self._keys and age > LOOK_AGAIN):
                self._fetch()
            if key_id not in self._keys:
                raise TokenRefused("The token is signed with a key that the Connector has not.")
            return self._keys[key_id]

    def _fetch(self) -> None:
        door, self._asked_at = microsoft(self.settings), time.monotonic()
        found = self._object(door, self.settings.teams_keys)
        issuer, where = found.get("issuer"), found.get("jwks_uri")
        if not isinstance(issuer, str) or not issuer or not isinstance(where, str):
            raise Unreachable(f"What is at {self.settings.teams_keys} names no issuer and keys.")
        keys = self._object(door, where).get("keys")
        kept = {
            str(key["kid"]): key
            for key in (keys if isinstance(keys, list) else [])
            if isinstance(key, dict) and key.get("kty") == "RSA" and "kid" in key
        }
        if not kept:
            raise Unreachable(f"There are no keys at {where}.")
        self._issuer, self._keys = issuer, kept

    def _object(self, door: OutsideDoor, url: str) -> Json:
        answer = door.ask("GET", url, {"Accept": "application/json"})
        if not answer.is_right:
            raise Unreachable(f"{url} answers with status {answer.status}.")
        try:
            found = answer.json()
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise Unreachable(f"What is at {url} is no JSON object.")
        return found


def _endorsed(key: Mapping[str, Any]) -> frozenset[str]:
    """The channels for which a key may speak."""
    found = key.get("endorsements")
    return frozenset(
        one for one in (found if isinstance(found, list) else ()) if isinstance(one, str)
    )


def _key_id(token: str) -> str:
    try:
        headers = extract_compact(token.encode("ascii")).headers()
    except (JoseError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise TokenRefused(f"The token cannot be read ({type(error).__name__}).") from None
    kid = headers.get("kid")
    if headers.get("alg") != ALGORITHM or not isinstance(kid, str):
        raise TokenRefused("The token is not signed as the Connector signs.")
    return kid


def _time(claims: Mapping[str, Any], name: str) -> float:
    found = claims.get(name)
    if not isinstance(found, int | float) or isinstance(found, bool):
        raise TokenOutOfPlace("The token does not say for when it is.")
    return found
