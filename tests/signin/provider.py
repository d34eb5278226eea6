"""A provider of identity on loopback, strict where the rules are, and crooked where a test says."""

import base64
import hashlib
import hmac
import json
import secrets
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, unquote, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey
from joserfc.jws import JWSRegistry

CLIENT = "the-knowledge"
SECRET = "se+cret%of:it"


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """Lets a test see where it would be sent."""

    def redirect_request(self, *_: Any) -> None:
        """Nowhere."""


def rsa(kid: str) -> RSAKey:
    """A key to sign with."""
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig"}, auto_kid=False)


KEY, OTHER_KEY = rsa("first"), rsa("second")


@dataclass
class Issuer:
    """What it publishes, whom it signs in, and what it does wrong."""

    address: str = ""
    issuer: str = ""  # what it calls itself where that is not its address
    subject: str = "sub-1"
    claims: dict[str, Any] = field(
        default_factory=lambda: {"email": "amina@northmoor.example", "email_verified": True}
    )
    more: dict[str, Any] = field(default_factory=dict)  # of the ID token, over what is right
    userinfo: dict[str, Any] = field(default_factory=dict)
    key: Any = field(default_factory=lambda: KEY)
    algorithm: str = "RS256"
    published: list[Any] = field(default_factory=lambda: [KEY.as_dict(private=False)])
    metadata: dict[str, Any] = field(default_factory=dict)
    status: int = 200  # with which everything is answered
    asked: list[str] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    public: bool = False
    refuses: str = ""

    @property
    def name(self) -> str:
        return self.issuer or self.address

    def described(self) -> dict[str, Any]:
        ends = {
            name: f"{self.address}/{path}"
            for name, path in (
                ("authorization_endpoint", "authorize"),
                ("token_endpoint", "token"),
                ("jwks_uri", "keys"),
                ("userinfo_endpoint", "userinfo"),
                ("end_session_endpoint", "end"),
            )
        }
        return {"issuer": self.name, **ends, **self.metadata}

    def authorize(self, asked: dict[str, str]) -> str:
        """Where the browser is sent back to."""
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert asked["client_id"] == CLIENT
        assert {"openid", "email"} <= set(asked["scope"].split())
        assert len(asked["state"]) >= 20
        assert len(asked["nonce"]) >= 20
        if self.refuses:
            return f"{asked['redirect_uri']}?" + urlencode(
                {"error": self.refuses, "state": asked["state"]}
            )
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        found = {"code": code, "state": asked["state"], "iss": self.name}
        return f"{asked['redirect_uri']}?{urlencode(found)}"

    def token(self, fields: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        """Tokens for a code, once, for whoever began and is who they say."""
        if not self.public:
            kind, _, pair = authorization.partition(" ")
            assert kind == "Basic"
            name, _, secret = base64.b64decode(pair).decode().partition(":")
            if (unquote(name), unquote(secret)) != (CLIENT, SECRET):
                return 401, {"error": "invalid_client"}
        asked = self.codes.pop(fields.get("code", ""), None)
        made = base64.urlsafe_b64encode(
            hashlib.sha256(fields.get("code_verifier", "").encode()).digest()
        )
        if (
            asked is None
            or fields["redirect_uri"] != asked["redirect_uri"]
            or made.decode().rstrip("=") != asked["code_challenge"]
        ):
            return 400, {"error": "invalid_grant"}
        return 200, {
            "access_token": "an-access-token",
            "token_type": "Bearer",
            "id_token": self.signed({"nonce": asked["nonce"], **self.claims, **self.more}),
        }

    def signed(self, claims: dict[str, Any]) -> str:
        """A token; None takes a claim away."""
        now = int(time.time())
        own = {"iss": self.name, "aud": CLIENT, "iat": now, "exp": now + 300, "sub": self.subject}
        kept = {name: value for name, value in {**own, **claims}.items() if value is not None}
        header = {"alg": self.algorithm}
        if kid := getattr(self.key, "kid", None):
            header["kid"] = kid
        if self.algorithm in ("HS256", "none"):  # which a library would not sign for us
            return by_hand({**header, "kid": "first"}, kept, self.key)
        registry = JWSRegistry(algorithms=[self.algorithm], strict_check_header=False)
        return jwt.encode(header, kept, self.key, registry=registry)


def by_hand(header: dict[str, Any], claims: dict[str, Any], key: bytes) -> str:
    """A token as somebody makes it who has no key to sign with."""
    parts = ".".join(packed(json.dumps(part).encode()) for part in (header, claims))
    seal = hmac.digest(key, parts.encode(), "sha256") if header["alg"] == "HS256" else b""
    return f"{parts}.{packed(seal)}"


def packed(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


@contextmanager
def running(**given: Any) -> Iterator[Issuer]:
    """A provider that answers on a port of its own."""
    issuer = Issuer(**given)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            issuer.asked.append(self.path)
            parts = urlsplit(self.path)
            if issuer.status != 200:
                self.say(issuer.status, {})
            elif parts.path == "/authorize":
                self.send_response(302)
                self.send_header("Location", issuer.authorize(dict(parse_qsl(parts.query))))
                self.end_headers()
            elif parts.path.endswith("/.well-known/openid-configuration"):
                self.say(200, issuer.described())
            elif parts.path == "/keys":
                self.say(200, {"keys": issuer.published})
            elif parts.path == "/userinfo":
                is_right = self.headers["Authorization"] == "Bearer an-access-token"
                self.say(200 if is_right else 401, {"sub": issuer.subject, **issuer.userinfo})
            else:
                self.say(404, {})

        def do_POST(self) -> None:
            issuer.asked.append(self.path)
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            fields = {name: values[0] for name, values in parse_qs(body).items()}
            if issuer.status != 200:
                self.say(issuer.status, {})
            else:
                self.say(*issuer.token(fields, self.headers.get("Authorization", "")))

        def say(self, status: int, content: Any) -> None:
            body = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    issuer.address = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield issuer
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def table(name: str, title: str, issuer: Issuer, **more: Any) -> str:
    """A provider as its table in the file."""
    lines: dict[str, Any] = {
        "name": name,
        "title": title,
        "issuer": issuer.address,
        "client_id": CLIENT,
        "secret_file": "client-secret",
        **more,
    }
    tenants = lines.pop("tenants", {})
    written = "".join(f"{field} = {value!r}\n" for field, value in lines.items())
    written = written.replace("True", "true")
    if tenants:
        written += "[provider.tenants]\n"
        written += "".join(f"{tenant!r} = {domains!r}\n" for tenant, domains in tenants.items())
    return f"[[provider]]\n{written}"
