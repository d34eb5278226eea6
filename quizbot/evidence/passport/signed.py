"""Tokens (compact JWS) signed and verified, and key sets read: one place knows the library.

It is imported with the first token: whoever gives and takes none does not pay for it.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from quizbot.errors import Refused

if TYPE_CHECKING:
    from joserfc.jws import JWSRegistry

Json = dict[str, Any]

CURVE = "Ed25519"
ALGORITHM = "EdDSA"
# By the kind of key: a token never chooses how it is looked at.
ALGORITHMS = {
    ("OKP", CURVE): ("EdDSA", "Ed25519"),
    ("EC", "P-256"): ("ES256",),
    ("RSA", ""): ("RS256",),
}
LONGEST = 64 * 1024  # characters of a token
LONGEST_HEADER = 8 * 1024  # with a key in it, as some write it
MOST_KEYS = 30
SHORTEST_RSA, LONGEST_RSA = 2048, 8192  # bits
PRIVATE = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}


class NotSigned(Refused):
    """A token that no known key signed as it stands."""


def packed(content: bytes) -> str:
    """Bytes as tokens and keys have them."""
    return urlsafe_b64encode(content).decode().rstrip("=")


def unpacked(text: str) -> bytes:
    """The same back; ValueError where it is none."""
    if not text.isascii():
        raise ValueError(text)
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def public_of(seed: bytes) -> str:
    """The public half of a key of ours."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return packed(Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw())


def public_key(public: str) -> Json:
    """The same as a key set has it."""
    return {"kty": "OKP", "crv": CURVE, "x": public}


def thumbprint(key: Mapping[str, Any]) -> str:
    """What a key is known by: the hash of RFC 7638."""
    from joserfc.jwk import OKPKey

    return OKPKey.import_key({name: key[name] for name in ("kty", "crv", "x")}).thumbprint()


def sign(content: Json, seed: bytes, kid: str) -> str:
    """Content as a token by our own key, which is told in its header too."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    header = {"alg": ALGORITHM, "kid": kid, "typ": "JWT", "jwk": public_key(public_of(seed))}
    parts = ".".join(
        packed(json.dumps(part, ensure_ascii=False, separators=(",", ":")).encode())
        for part in (header, content)
    )
    seal = Ed25519PrivateKey.from_private_bytes(seed).sign(parts.encode())
    return f"{parts}.{packed(seal)}"


def peek(token: str) -> Json:
    """What a token says, signed or not: to find out who is to have signed it, and no more."""
    parts = token.split(".")
    if len(token) > LONGEST or len(parts) != 3:
        raise ValueError("it is no token")
    return _object(unpacked(parts[1]))


def verify(token: str, keys: Iterable[Mapping[str, Any]]) -> Json:
    """What a token says, if one of the keys signed it; NotSigned otherwise.

    The key in its header is not looked at: whoever changes a token puts their own there.
    """
    from joserfc import jws
    from joserfc.errors import JoseError
    from joserfc.jwk import import_key

    try:
        header = _object(unpacked(token.partition(".")[0]))
    except ValueError:
        raise NotSigned("It is no signed certificate.") from None
    for key in _fitting(list(keys), header.get("kid")):
        registry = _registry(ALGORITHMS[key["kty"], key.get("crv", "")])
        try:
            read = jws.deserialize_compact(
                token.encode(), import_key(_bare(key)), registry=registry
            )
            return _object(read.payload)
        except (JoseError, ValueError, TypeError, KeyError):
            continue
    raise NotSigned("No key of its issuer signed it as it stands.")


@cache
def _registry(allowed: tuple[str, ...]) -> "JWSRegistry":
    from joserfc.errors import UnsupportedAlgorithmError
    from joserfc.jws import JWSRegistry

    class TokenRegistry(JWSRegistry):
        """As it comes, for longer headers, and without a warning at every token by Ed25519 that
        has the name of its algorithm from before RFC 9864, as nearly all have."""

        max_header_length = LONGEST_HEADER

        def get_alg(self, name: str) -> Any:
            if name not in allowed:
                raise UnsupportedAlgorithmError(name)
            return self.algorithms[name]

    return TokenRegistry(algorithms=allowed, strict_check_header=False)


def read_keys(content: bytes) -> tuple[Json, list[Json]]:
    """A key set, and those of its keys by which certificates can be signed; Refused says why not.

    One key alone is a key set as well. A neighbour for another use, or of a kind that is not known,
    is passed over.
    """
    try:
        found = _object(content)
    except ValueError:
        raise Refused("This is no key file: it has to hold a key set (JWKS) as JSON.") from None
    keys = found.get("keys", [found] if "kty" in found else None)
    if not isinstance(keys, list) or len(keys) > MOST_KEYS:
        raise Refused("This is no key file: it has to hold a key set (JWKS) as JSON.")
    mappings = [key for key in keys if isinstance(key, dict)]
    if any(PRIVATE & key.keys() for key in mappings):
        raise Refused(
            "This file holds a private key. Ask the issuer for the public one, and tell them that"
            " the private one was given away."
        )
    usable = [_bare(key) for key in mappings if _is_usable(key)]
    if not usable:
        raise Refused(
            "This key file has no key of a kind that is taken here: Ed25519, P-256, or RSA of 2048"
            " bits or more."
        )
    return found, usable


def _fitting(keys: list[Mapping[str, Any]], kid: object) -> list[Mapping[str, Any]]:
    """The key that a token names first; then the others, for a name is only a name."""
    return sorted(keys, key=lambda key: key.get("kid") != kid)


def _bare(key: Mapping[str, Any]) -> Json:
    kept = ("kty", "crv", "x", "y", "n", "e", "kid")
    return {name: key[name] for name in kept if isinstance(key.get(name), str)}


def _is_usable(key: Json) -> bool:
    from joserfc.errors import JoseError
    from joserfc.jwk import import_key

    kind = (key.get("kty"), key.get("crv", ""))
    if kind not in ALGORITHMS or key.get("use", "sig") != "sig":
        return False
    try:
        if kind[0] == "RSA":  # looked at here: the library only warns
            modulus = int.from_bytes(unpacked(key["n"]))
            if not SHORTEST_RSA <= modulus.bit_length() <= LONGEST_RSA:
                return False
        import_key(_bare(key))
    except (JoseError, ValueError, TypeError, KeyError, AttributeError):
        return False
    return True


def _object(content: bytes) -> Json:
    """A JSON object; ValueError where it is none."""
    try:
        found = json.loads(content)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    if not isinstance(found, dict):
        raise ValueError("it is no object")
    return found
