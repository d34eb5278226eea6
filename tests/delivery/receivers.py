"""A learning record store and a webhook's receiver on loopback, strict where their rules are."""

import base64
import hmac
import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

USER, SECRET = "a-key", "a-secret-for-loopback"
HOOK_SECRET = b"thirty-two-bytes-or-a-few-more-of-it"
KNOWN = {
    *("id", "actor", "verb", "object", "result", "context", "timestamp"),
}


@dataclass
class Receiver:
    """What came, in its order, and how it answers next."""

    url: str = ""
    version: str = "1.0.3"
    kept: dict[str, dict[str, Any]] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    requests: list[tuple[str, str]] = field(default_factory=list)
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)  # instead, once each
    refuses: set[str] = field(default_factory=set)  # verbs that it takes nothing of
    loses_answers: bool = False  # keeps what came, and then says that it failed
    about: dict[str, Any] | None = None  # what it says of itself; many say nothing
    names_its_version: bool = True  # in every answer, as the rules have it; some do not
    lets_read: bool = True

    @property
    def verbs(self) -> list[str]:
        """The last words of the verbs that are kept, in their order."""
        return [one["verb"]["id"].rpartition("/")[2] for one in self.kept.values()]

    def fault(self, statement: dict[str, Any]) -> str:
        """What is wrong with a statement by the rules; nothing where it is right."""
        if set(statement) - KNOWN or not {"actor", "verb", "object"} <= set(statement):
            return "fields"
        if str(UUID(statement["id"])) != statement["id"]:
            return "id"
        account = statement["actor"]["account"]
        if set(statement["actor"]) != {"objectType", "account"}:
            return "actor"
        if not account["homePage"].startswith("http") or not account["name"]:
            return "account"
        at = statement["timestamp"]
        if not re.search(r"(Z|[+-]\d\d:\d\d)$", at) or datetime.fromisoformat(at).tzinfo is None:
            return "timestamp"
        what = statement["object"]
        if what["objectType"] == "StatementRef":
            is_void = statement["verb"]["id"].endswith("/voided")
            return "" if is_void and set(what) == {"objectType", "id"} else "void"
        if not what["id"].startswith("http") or "name" not in what["definition"]:
            return "object"
        result = statement["result"]
        if not re.fullmatch(r"PT\d+S", result["duration"]):
            return "duration"
        score = result.get("score")
        if score is not None and not -1 <= score["scaled"] <= 1:
            return "score"
        UUID(statement["context"]["registration"])
        return "" if isinstance(result["completion"], bool) else "completion"

    def store(self, method: str, query: dict[str, list[str]], content: Any) -> tuple[int, Any]:
        """As a store takes statements: all that came together, or none."""
        came = content if isinstance(content, list) else [content]
        if method == "PUT" and (
            isinstance(content, list) or query["statementId"] != [content["id"]]
        ):
            return 400, {}
        for one in came:
            if self.fault(one) or one["verb"]["id"].rpartition("/")[2] in self.refuses:
                return 400, {}
            if one["id"] in self.kept and self.kept[one["id"]] != one:
                return 409, {}
        self.kept.update({one["id"]: one for one in came})
        return (200, [one["id"] for one in came]) if method == "POST" else (204, None)

    def found(self, query: dict[str, list[str]]) -> tuple[int, Any]:
        """One statement, for who may read; a store that names no version finds an empty list."""
        if not self.lets_read:
            return 403, None
        kept = self.kept.get(query["statementId"][0])
        if kept is None and not self.names_its_version:
            return 200, {"statements": []}
        return (404, None) if kept is None else (200, kept)

    def hook(self, headers: Any, body: bytes) -> int:
        """As whoever follows the rules of signed webhooks does."""
        number, at = headers["webhook-id"], headers["webhook-timestamp"]
        assert abs(int(at) - time.time()) < 3600  # tests move their clock on
        signed = hmac.digest(HOOK_SECRET, f"{number}.{at}.".encode() + body, "sha256")
        if headers["webhook-signature"] != f"v1,{base64.b64encode(signed).decode()}":
            return 401
        self.events.append({"number": number, **json.loads(body)})
        return 204


@contextmanager
def running(**given: Any) -> Iterator[Receiver]:
    """Both, at one address: statements below /xapi, events at /hook."""
    receiver = Receiver(**given)

    class Handler(BaseHTTPRequestHandler):
        def handle_one(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"] or 0))
            parts = urlsplit(self.path)
            receiver.requests.append((self.command, self.path))
            if receiver.answers:
                status, headers = receiver.answers.pop(0)
                return self.say(status, None, headers)
            if parts.path == "/hook":
                return self.say(receiver.hook(self.headers, body), None, {})
            pair = base64.b64encode(f"{USER}:{SECRET}".encode()).decode()
            if self.headers["Authorization"] != f"Basic {pair}":
                return self.say(401, None, {})
            said = {"X-Experience-API-Version": receiver.version}
            if not receiver.names_its_version:
                said = {}
            if parts.path == "/xapi/about":
                return self.say(200 if receiver.about else 404, receiver.about, said)
            if self.headers["X-Experience-API-Version"] != receiver.version:
                return self.say(400, None, {})
            if parts.path != "/xapi/statements":
                return self.say(404, None, {})
            if self.command == "GET":
                return self.say(*receiver.found(parse_qs(parts.query)), said)
            status, content = receiver.store(self.command, parse_qs(parts.query), json.loads(body))
            return self.say(503 if receiver.loses_answers else status, content, {})

        def say(self, status: int, content: Any, headers: dict[str, str]) -> None:
            body = b"" if content is None else json.dumps(content).encode()
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            self.handle_one()

        def do_PUT(self) -> None:
            self.handle_one()

        def do_GET(self) -> None:
            self.handle_one()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    receiver.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
