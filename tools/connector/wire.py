"""The Connector on the wire: its keys, its tokens, and the addresses at which an app posts."""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, unquote, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

from tools.connector.cards import CardRefused
from tools.connector.world import Json, NoSuch, World

APP = "6f0b3c1e-2a44-4c5d-9e0f-7b1d2c3a4e5f"
TENANT = "0c7a1d52-93b4-4e8f-a6d1-5b2e8c4f7a90"
SECRET = "a client secret for tests only"  # noqa: S105
OLD_SECRET = "a client secret that has run out"  # noqa: S105
OF_MANY = "botframework.com"  # this app is of one tenant, and is not known there
ISSUER = "https://api.botframework.example"
SCOPE = "https://api.botframework.com/.default"
HOUR = 3600


@cache
def key(name: str = "one") -> RSAKey:
    """A key of the Connector's, made once."""
    return RSAKey.generate_key(2048, {"kid": name, "use": "sig"})


@dataclass
class Fault:
    """How the next call of a kind goes wrong."""

    method: str
    status: int = 500
    code: str = "ServiceError"
    retry_after: int = 0
    loses: bool = False  # the answer does not come
    hangs: bool = False  # until all that hang are let go
    skips: int = 0  # so many calls that go well before
    with_effect: bool = False  # and yet it was done


@dataclass
class Call:
    """What an app asked, and what it was answered."""

    method: str
    path: str
    status: int


@dataclass
class BotConnector:
    """The Connector while it is entered; `keep` is told of every refusal of a card."""

    now: Callable[[], float] = time.time
    calls: list[Call] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    given_out: set[str] = field(default_factory=set)
    keys: list[Json] = field(default_factory=list)
    metadata: Json = field(default_factory=dict)
    _released: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self.world = World(APP, TENANT, f"{self.url}/uk/{TENANT}")
        self.keys = [key().as_dict(private=False) | {"endorsements": ["msteams"]}]
        self.metadata = {"issuer": ISSUER, "jwks_uri": f"{self.url}/keys"}
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), daemon=True
        )
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)

    def fault(self, method: str) -> Fault | None:
        """How this call goes wrong, if it does."""
        found = next((one for one in self.faults if one.method == method), None)
        if found is not None and found.skips:
            found.skips -= 1
            return None
        if found is not None:
            self.faults.remove(found)
        return found

    def release(self) -> None:
        """Let go what hangs."""
        self._released.set()

    @property
    def settings(self) -> dict[str, str]:
        """What an operator sets to use it."""
        return {
            "teams_app": APP,
            "teams_secret": SECRET,
            "teams_tenant": TENANT,
            "teams_login": f"{self.url}/login",
            "teams_keys": f"{self.url}/metadata",
        }

    def released(self) -> None:
        """Wait for that."""
        self._released.wait(30)

    def fail(self, method: str, **given: Any) -> None:
        """Have the next call of a method go wrong."""
        self.faults.append(Fault(method, **given))

    def called(self, method: str) -> list[int]:
        """What was answered to calls of a method, in order."""
        return [call.status for call in self.calls if call.method == method]

    def token(self, **given: Any) -> str:
        """A token as the Connector signs them; `given` takes the place of what it would say."""
        signing = given.pop("key", None) or key()
        header = {
            "alg": "RS256",
            "kid": signing.kid,
            "typ": "JWT",
            "x5t": "n",
            **given.pop("header", {}),
        }
        now = int(self.now())
        claims = {
            "iss": ISSUER,
            "aud": APP,
            "exp": now + HOUR,
            "nbf": now - 1,
            "serviceurl": f"{self.world.way}/",
            **given,
        }
        return jwt.encode(header, claims, signing, algorithms=[header["alg"]])

    # What is asked of it

    def answer(self, method: str, path: str, bearer: str, body: bytes) -> tuple[int, Json]:
        """A status and an object."""
        if (method, path) == ("GET", "/metadata"):
            return 200, self.metadata
        if (method, path) == ("GET", "/keys"):
            return 200, {"keys": self.keys}
        if method == "POST" and path.startswith("/login/") and path.endswith("/oauth2/v2.0/token"):
            return self._let_in(path.split("/")[2], body)
        before = f"{urlsplit(self.world.way).path}/v3/conversations/"
        if not path.startswith(before):
            return 404, {"error": {"code": "NotFound"}}
        if bearer.removeprefix("Bearer ") not in self.given_out:
            return 401, {"message": "Authorization has been denied for this request."}
        return self._message(method, path.removeprefix(before).split("/"), body)

    def _let_in(self, tenant: str, body: bytes) -> tuple[int, Json]:
        """A token, or what is wrong by the numbers that Microsoft has for it."""
        asked = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        own = {
            "grant_type": "client_credentials",
            "client_id": APP,
            "client_secret": SECRET,
            "scope": SCOPE,
        }
        if tenant not in (TENANT, OF_MANY):
            return 400, {"error": "invalid_request", "error_codes": [90002]}
        if tenant == OF_MANY or asked.get("client_id") != APP:
            return 400, {"error": "unauthorized_client", "error_codes": [700016]}
        if asked.get("client_secret") != SECRET:
            number = 7000222 if asked.get("client_secret") == OLD_SECRET else 7000215
            return 401, {"error": "invalid_client", "error_codes": [number]}
        if asked != own:
            return 400, {"error": "invalid_request", "error_codes": [90014]}
        token = f"own-{len(self.given_out)}"
        self.given_out.add(token)
        return 200, {"token_type": "Bearer", "expires_in": HOUR, "access_token": token}

    def _message(self, method: str, parts: list[str], body: bytes) -> tuple[int, Json]:
        try:
            activity = json.loads(body)
            if method == "POST" and len(parts) == 2 and parts[1] == "activities":
                return 201, {"id": self.world.take(unquote(parts[0]), activity)}
            if method == "PUT" and len(parts) == 3 and parts[1] == "activities":
                conversation, number = unquote(parts[0]), unquote(parts[2])
                self.world.change(conversation, number, activity)
                return 200, {"id": number}
        except NoSuch as error:
            return error.status, {"error": {"code": error.code, "message": "told to nobody"}}
        except (CardRefused, KeyError, ValueError) as error:
            self.refused.append(str(error))
            return 400, {"error": {"code": "BadSyntax", "message": str(error)}}
        return 405, {"error": {"code": "MethodNotAllowed"}}


def _handler(connector: BotConnector) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._answer()

        def do_PUT(self) -> None:
            self._answer()

        def _answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length)
            if len(body) < length:  # whoever was saying it is no more
                self.close_connection = True
                return
            bearer = self.headers.get("Authorization", "")
            kind = "token" if self.path.endswith("/token") else self.command
            fault = connector.fault(kind)
            status = 0
            told: Json = {}
            if fault is None or fault.with_effect:
                status, told = connector.answer(self.command, self.path, bearer, body)
            if fault is not None and not fault.loses:
                status, told = fault.status, {"error": {"code": fault.code}}
            if fault is not None and fault.hangs:
                connector.released()
            lost = fault is not None and (fault.loses or fault.hangs)
            connector.calls.append(Call(kind, self.path, 0 if lost else status))
            if lost:
                self.close_connection = True
                return
            sent = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(sent)))
            if fault is not None and fault.retry_after:
                self.send_header("Retry-After", str(fault.retry_after))
            self.end_headers()
            self.wfile.write(sent)

        def log_message(self, *_: object) -> None:
            """Nothing: tests read what they ask for."""

    return Handler
