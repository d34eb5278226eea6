"""Keys derived from the one secret, and what is signed or hashed with them."""

import hmac
from dataclasses import dataclass
from hashlib import sha256


@dataclass(frozen=True)
class Signer:
    """Keyed hashes for one purpose each, so that none can stand in for another."""

    secret: bytes

    def key(self, purpose: str) -> bytes:
        """32 bytes for one purpose."""
        return hmac.digest(self.secret, purpose.encode(), "sha256")

    def hash(self, purpose: str, *parts: str) -> str:
        """A keyed hash of some words, as 64 hexadecimal digits."""
        return hmac.new(self.key(purpose), "\0".join(parts).encode(), sha256).hexdigest()

    def matches(self, given: str, purpose: str, *parts: str) -> bool:
        """Compare in constant time."""
        return hmac.compare_digest(given, self.hash(purpose, *parts))
