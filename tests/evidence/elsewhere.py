"""Issuers elsewhere: a whole second installation on loopback, and one that is not ours."""

import gzip
import json
import shutil
import threading
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from werkzeug.serving import make_server

from quizbot.service import Service, open_service
from tests.conftest import Clock, settings_for
from tools.running import free_port
from web import create_app

ED, OTHER_ED = ed25519.Ed25519PrivateKey.generate(), ed25519.Ed25519PrivateKey.generate()
EC = ec.generate_private_key(ec.SECP256R1())
RSA = rsa.generate_private_key(65537, 2048)
WEAK_RSA = rsa.generate_private_key(65537, 1024)
NAMES = {"EdDSA": "OKP", "ES256": "EC", "RS256": "RSA"}


@dataclass
class Installation:
    """The Knowledge of another partnership, as it is reached by others."""

    service: Service
    url: str

    def person(self, name: str) -> Any:
        """Somebody there, by the beginning of their address."""
        return self.service.own_data.whose(f"{name}@northmoor.example")


@contextmanager
def installation(template: Path, folder: Path, clock: Clock) -> Iterator[Installation]:
    """A second one, with its own database, secret and pages."""
    folder.mkdir()
    shutil.copy(template, folder / "other.db")
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    settings = settings_for(
        f"sqlite:///{folder / 'other.db'}",
        folder,
        public_url=url,
        secret_key="the secret of the other installation",
    )
    service = open_service(settings, clock)
    server = make_server("127.0.0.1", port, create_app(service), threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield Installation(service, url)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        service.close()


def as_jwk(key: Any, **more: str) -> dict[str, Any]:
    """The public half of a key, as a key set has it."""
    kinds: dict[Any, Any] = {
        ed25519.Ed25519PrivateKey: jwt.algorithms.OKPAlgorithm,
        ec.EllipticCurvePrivateKey: jwt.algorithms.ECAlgorithm,
        rsa.RSAPrivateKey: jwt.algorithms.RSAAlgorithm,
    }
    maker = next(made for kind, made in kinds.items() if isinstance(key, kind))
    return {**json.loads(maker.to_jwk(key.public_key())), **more}


def pem(key: Any) -> bytes:
    """The public half as some take it for a secret."""
    made: bytes = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return made


def encoded(held: bool, index: int, bits: int = 131_072) -> str:
    """A list of bits in which one is set, or none."""
    raw = bytearray(bits // 8)
    if held:
        raw[index // 8] |= 0x80 >> index % 8
    return "u" + urlsafe_b64encode(gzip.compress(bytes(raw))).decode().rstrip("=")


@dataclass
class Foreign:
    """An issuer that is not ours, signed for by another library; crooked where a test says."""

    clock: Clock
    url: str = ""
    name: str = "Southmere Academy"
    key: Any = field(default_factory=lambda: ED)
    algorithm: str = "EdDSA"
    keys: list[dict[str, Any]] = field(default_factory=lambda: [as_jwk(ED, kid="one")])
    described: dict[str, Any] = field(default_factory=dict)
    withdrawn: set[str] = field(default_factory=set)
    answers: dict[str, tuple[int, bytes, dict[str, str]]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def key_set(self) -> dict[str, Any]:
        return {"issuer": self.url, "name": self.name, "keys": self.keys, **self.described}

    def content(self, **changes: Any) -> dict[str, Any]:
        """A credential for Amina; None takes a line away."""
        number = f"{self.url}/credentials/3732"
        made = {
            "@context": ["https://www.w3.org/ns/credentials/v2"],
            "id": number,
            "type": ["VerifiableCredential", "OpenBadgeCredential"],
            "issuer": {"id": self.url, "type": ["Profile"], "name": self.name},
            "validFrom": "2026-05-04T09:00:00Z",
            "validUntil": "2028-05-04T00:00:00+01:00",
            "credentialSubject": {
                "type": ["AchievementSubject"],
                "identifier": [
                    {
                        "type": "IdentityObject",
                        "hashed": False,
                        "identityHash": "Amina Rahman",
                        "identityType": "name",
                    }
                ],
                "achievement": {
                    "id": f"{self.url}/badges/7",
                    "type": ["Achievement"],
                    "name": "Making a referral",
                    "humanCode": "referrals",
                },
            },
            **changes,
        }
        return {name: value for name, value in made.items() if value is not None}

    def named(self, name: str) -> dict[str, Any]:
        """A credential for somebody else."""
        subject = self.content()["credentialSubject"]
        subject["identifier"][0]["identityHash"] = name
        return self.content(credentialSubject=subject)

    def token(self, content: dict[str, Any] | None = None, **header: Any) -> bytes:
        """It, signed."""
        said = content or self.content()
        issuer = said.get("issuer", {})
        claims = {
            "iss": issuer.get("id") if isinstance(issuer, dict) else issuer,
            "jti": said.get("id"),
            **said,
        }
        kept = {name: value for name, value in claims.items() if value is not None}
        kid = {"kid": "one", **header}
        return jwt.encode(kept, self.key, self.algorithm, headers=kid).encode()

    def with_list(self, index: int = 94567, **changes: Any) -> dict[str, Any]:
        """A credential whose status is one bit of a signed list."""
        entry = {
            "id": f"{self.url}/status/3#{index}",
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": str(index),
            "statusListCredential": f"{self.url}/status/3",
            **changes,
        }
        return self.content(credentialStatus=entry)

    def publish_list(self, *, held: bool, index: int = 94567, **changes: Any) -> None:
        """That list, as it stands now."""
        said = {
            "id": f"{self.url}/status/3",
            "type": ["VerifiableCredential", "BitstringStatusListCredential"],
            "issuer": self.url,
            "credentialSubject": {
                "type": "BitstringStatusList",
                "statusPurpose": "revocation",
                "encodedList": encoded(held, index),
            },
            **changes,
        }
        made = jwt.encode(said, self.key, self.algorithm, headers={"kid": "one"}).encode()
        self.answers["/status/3"] = (200, made, {})


@contextmanager
def foreign(clock: Clock, **given: Any) -> Iterator[Foreign]:
    """One that answers on a port of its own."""
    issuer = Foreign(clock, **given)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            issuer.asked.append(self.path)
            status, body, headers = issuer.answers.get(self.path, (404, b"{}", {}))
            if self.path == "/.well-known/jwks.json" and self.path not in issuer.answers:
                status, body = 200, json.dumps(issuer.key_set()).encode()
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    issuer.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield issuer
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
