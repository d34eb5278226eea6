"""Keys derived from the one secret, and what is signed or hashed with them."""

import hmac
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Signer:
    """Keyed hashes for one purpose each, so that none can stand in for another.

    The secret is asked for when something is first signed: what signs nothing runs without one.
    """

    secret: Callable[[], bytes]
    _keys: dict[str, bytes] = field(default_factory=dict, repr=False)

    def key(self, purpose: str) -> bytes:
        """32 bytes for one purpose."""
        return hmac.digest(self.secret(), purpose.encode(), "sha256")

    def hash(self, purpose: str, *parts: str) -> str:
        """A keyed hash of some words, as 64 hexadecimal digits."""
        key = self._keys.get(purpose)
        if key is None:
            key = self._keys[purpose] = self.key(purpose)
        return hmac.digest(key, "\0".join(parts).encode(), "sha256").hex()

    def matches(self, given: str, purpose: str, *parts: str) -> bool:
        """Compare in constant time."""
        return hmac.compare_digest(given, self.hash(purpose, *parts))
