"""What another party publishes of itself: a description, and the keys with which it signs.

Asked through the one door, kept for an hour, looked for again at most every few seconds; a token is
read here alone, by the algorithms that its reader names.
"""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn

from quizbot.errors import Misconfigured
from quizbot.outgoing import OutsideDoor, Unreachable

if TYPE_CHECKING:
    from joserfc.jwk import KeySet
    from joserfc.jwt import Token

CURVES = ("P-256", "P-384", "P-521", "Ed25519")
KEPT_FOR = 3600.0  # seconds that what another says of itself is taken for true
KEPT_AT_MOST = 24 * 3600.0  # the same while it does not answer
PAUSE = 20.0  # seconds before one that did not answer is asked again
TURN = 3.0  # seconds that one waits for another who asks the same party
LONGEST_TOKEN = 16384


@dataclass
class Publisher:
    """One other party as it is asked; it is left alone for a while after it did not answer."""

    title: str
    door: OutsideDoor
    _failed_at: float = field(default=0.0, repr=False)
    _failure: str = field(default="", repr=False)
    _turn: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def fetch(self, url: str) -> dict[str, Any]:
        """A JSON object that it publishes; Unreachable says why there is none."""
        if self._failure and time.monotonic() - self._failed_at < PAUSE:
            raise Unreachable(self._failure)
        try:
            with self.one_at_a_time():
                answer = self.door.ask("GET", url, {"Accept": "application/json"})
            if not answer.is_right:
                raise Unreachable(f"{url} answers with status {answer.status}.")
            found = answer.json()
            if not isinstance(found, dict):
                raise Unreachable(f"What is at {url} is no JSON object.")
        except ValueError:
            self._fail(f"What is at {url} is no JSON object.")
        except Unreachable as error:
            self._fail(str(error))
        else:
            self._failure = ""
            return found

    def forgive(self) -> None:
        """Ask again at once, whatever went wrong before."""
        self._failure = ""

    def one_at_a_time(self) -> "_Turn":
        """One request at a time in a process: while it is slow, the others serve on."""
        return _Turn(self._turn, self.title)

    def _fail(self, words: str) -> NoReturn:
        self._failure, self._failed_at = words, time.monotonic()
        raise Unreachable(words) from None


@dataclass
class PublishedKeys:
    """The keys with which another party signs, by the address where it publishes them."""

    publisher: Publisher
    url: Callable[[], str]
    issuers: dict[str, str] = field(default_factory=dict, repr=False)  # by key, where it says
    _keys: "KeySet | None" = field(default=None, repr=False)
    _keys_at: float = field(default=0.0, repr=False)

    def read(self, token: str, algorithms: Sequence[str]) -> "Token":
        """A token that one of them signed; an unknown key is looked for once.

        ValueError, with the kind of fault, where it cannot be trusted.
        """
        from joserfc import jwt
        from joserfc.errors import JoseError
        from joserfc.jws import JWSRegistry

        registry = JWSRegistry(algorithms=list(algorithms), strict_check_header=False)
        try:
            try:
                return jwt.decode(token, self.keys(), registry=registry)
            except JoseError:  # it may have new keys, under new names or under the old ones
                return jwt.decode(token, self.keys(afresh=True), registry=registry)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise ValueError(type(error).__name__) from None

    def keys(self, *, afresh: bool = False) -> "KeySet":
        """What it publishes; asked for again at most every few seconds."""
        age = time.monotonic() - self._keys_at
        if self._keys is not None and age < (PAUSE if afresh else KEPT_FOR):
            return self._keys
        try:
            found = self.publisher.fetch(self.url())
        except Unreachable:
            if self._keys is not None and age < KEPT_AT_MOST:
                return self._keys
            raise
        self._keys = self._usable(found)
        self._keys_at = time.monotonic()
        return self._keys

    def forget(self) -> None:
        """Ask for them anew."""
        self._keys = None

    def _usable(self, found: Mapping[str, Any]) -> "KeySet":
        """The keys that sign; a neighbour of another use would make every token unreadable."""
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet

        kept = []
        listed = found.get("keys")
        for key in listed if isinstance(listed, list) else []:
            if not isinstance(key, dict) or key.get("use", "sig") != "sig":
                continue
            if key.get("kty") not in ("RSA", "EC", "OKP") or "d" in key:
                continue
            if key.get("kty") != "RSA" and key.get("crv") not in CURVES:
                continue
            try:
                KeySet.import_key_set({"keys": [key]})
            except (JoseError, ValueError, TypeError, KeyError):
                continue
            kept.append(key)
        if not kept:
            raise Misconfigured(
                f"{self.publisher.title} publishes no key with which it could sign."
            )
        issuers = {str(key.get("kid")): key["issuer"] for key in kept if "issuer" in key}
        self.issuers = {kid: as_text(issuer) for kid, issuer in issuers.items()}
        return KeySet.import_key_set({"keys": kept})


@dataclass
class _Turn:
    """One request to a party at a time in a process."""

    lock: threading.Lock
    title: str

    def __enter__(self) -> None:
        if not self.lock.acquire(timeout=TURN):
            raise Unreachable(f"{self.title} is slow: others wait for its answer.")

    def __exit__(self, *_: object) -> None:
        self.lock.release()


def as_text(value: object) -> str:
    """A claim as text; nothing where it is something else."""
    return value[:1000] if isinstance(value, str) else ""


def is_yes(value: object) -> bool:
    """Some write a boolean as a word or as a number."""
    return (
        value is True or value == 1 or (isinstance(value, str) and value.lower() in ("true", "1"))
    )
