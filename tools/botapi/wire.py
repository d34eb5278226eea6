"""The HTTP of the emulator: bodies as they come, faults by script, webhooks tried again."""

import contextlib
import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from tools.botapi.methods import METHODS
from tools.botapi.world import TOKEN, Json, Limits, Refusal, World

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  (a header's name)
LONGEST_HANG = 60.0


@dataclass
class Fault:
    """What goes wrong with the next calls of a method, of one chat or of all.

    Without `with_effect` nothing happens but the fault. `garbles` answers with what nobody knows;
    `loses` closes the connection without an
    answer; `hangs` keeps it open without one until `BotApi.release`.
    """

    method: str
    code: int = 0
    words: str = "Internal Server Error"
    retry_after: int = 0
    times: int = 1
    chat_id: int = 0
    with_effect: bool = False
    garbles: bool = False
    loses: bool = False
    hangs: bool = False


@dataclass(frozen=True)
class Call:
    """A call as it came, and how it was answered; 0 where it was not."""

    method: str
    given: dict[str, Any]
    code: int
    at: float


class BotApi:
    """The server, while it is entered; its world is what the bot and its users share."""

    def __init__(self, now: Callable[[], float] = time.time, limits: Limits | None = None) -> None:
        self.world = World(now, limits)
        self.token = TOKEN
        self.calls: list[Call] = []
        self.faults: list[Fault] = []
        self.in_hand = 0  # calls that have not been answered yet
        self._released = threading.Event()
        self._ending = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.api = self
        self.port = self._server.server_address[1]
        self._threads = [
            threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True),
            threading.Thread(target=self._post_updates, daemon=True),
        ]

    def __enter__(self) -> "BotApi":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        self._released.set()
        with self.world.changed:
            self.world.poller += 1
            self.world.changed.notify_all()
        self._server.shutdown()
        self._server.server_close()
        self._threads[1].join(10)

    @property
    def url(self) -> str:
        """Its address, as QUIZBOT_TELEGRAM_API has it."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def base_url(self) -> str:
        """As the library wants it."""
        return f"{self.url}/bot"

    @property
    def base_file_url(self) -> str:
        """As the library wants it, for files."""
        return f"{self.url}/file/bot"

    def fail(self, method: str, **how: Any) -> Fault:
        """Script a fault; the first that fits a call is used up by it."""
        fault = Fault(method, **how)
        self.faults.append(fault)
        return fault

    def release(self) -> None:
        """Let every call go that hangs."""
        self._released.set()

    def called(self, method: str) -> list[Call]:
        """The calls of a method so far."""
        return [call for call in self.calls if call.method.lower() == method.lower()]

    # ---- one call -----------------------------------------------------------------------------

    def answer(self, method: str, given: dict[str, Any]) -> tuple[int, Json] | None:
        """The answer to a call, or None where none is given."""
        with self.world.changed:
            at = self.world.now()
            fault = self._fault_for(method, given)
            if fault is None or fault.with_effect:
                code, answer = self._done(method, given)
            else:
                code, answer = 0, {}
            if fault is not None and fault.garbles:
                code, answer = 200, {"ok": True, "result": {"message_id": "a new sort of number"}}
            if fault is not None and fault.code:
                code, answer = fault.code, _refused(fault.code, fault.words)
                if fault.retry_after:
                    words = f"Too Many Requests: retry after {fault.retry_after}"
                    answer = _refused(429, words, retry_after=fault.retry_after)
            silent = fault is not None and (fault.loses or fault.hangs)
            self.calls.append(Call(method, given, 0 if silent else code, at))
            self.world.changed.notify_all()
        if fault is not None and fault.hangs:
            self._released.wait(LONGEST_HANG)
        return None if silent else (code, answer)

    def _fault_for(self, method: str, given: dict[str, Any]) -> Fault | None:
        for fault in self.faults:
            is_there = not fault.chat_id or str(fault.chat_id) == str(given.get("chat_id"))
            if is_there and fault.method.lower() in ("", method.lower()):
                fault.times -= 1
                if fault.times <= 0:
                    self.faults.remove(fault)
                if fault.hangs:
                    self._released.clear()
                return fault
        return None

    def _done(self, method: str, given: dict[str, Any]) -> tuple[int, Json]:
        found = METHODS.get(method.lower())
        if found is None:
            return 404, _refused(404, "Not Found: method not found")
        try:
            return 200, {"ok": True, "result": json.loads(json.dumps(found(self.world, given)))}
        except Refusal as error:
            return error.code, _refused(error.code, str(error), **error.parameters)

    # ---- the webhook --------------------------------------------------------------------------

    def _post_updates(self) -> None:
        """Post what is pending: a chat's in order, different chats' at once, failures again."""
        posting: dict[int, int] = {}  # the chat of each update that is on its way
        failed: dict[int, tuple[int, float]] = {}  # how often, and when again
        with ThreadPoolExecutor(100) as pool:
            while not self._ending.is_set():
                with self.world.changed:
                    self.world.changed.wait(0.02)
                    hook = self.world.webhook
                    for update_id in self._postable(hook, posting, failed):
                        posting[update_id] = _chat_of(self.world.pending[update_id])
                        pool.submit(self._post, dict(hook), update_id, posting, failed)

    def _postable(
        self, hook: Json, posting: dict[int, int], failed: dict[int, tuple[int, float]]
    ) -> Iterator[int]:
        if not hook or self._ending.is_set():
            return
        held = set(posting.values())
        for update_id in sorted(self.world.pending):
            if len(posting) >= hook["max_connections"]:
                return
            update = self.world.pending[update_id]
            chat = _chat_of(update)
            if update_id in posting or chat in held:
                continue
            held.add(chat)
            if failed.get(update_id, (0, 0.0))[1] <= time.monotonic():
                yield update_id

    def _post(
        self,
        hook: Json,
        update_id: int,
        posting: dict[int, int],
        failed: dict[int, tuple[int, float]],
    ) -> None:
        headers = {"Content-Type": "application/json"}
        if hook["secret"]:
            headers[SECRET_HEADER] = hook["secret"]
        with self.world.changed:
            update = self.world.pending.get(update_id)
            body = self.world.written(update).encode() if update is not None else b"{}"
        request = urllib.request.Request(hook["url"], body, headers)
        trouble = ""
        try:
            with urllib.request.urlopen(request, timeout=LONGEST_HANG):
                pass
        except urllib.error.HTTPError as error:
            trouble = f"Wrong response from the webhook: {error.code} {error.reason}"
            error.close()
        except OSError:
            trouble = "Connection refused"
        with self.world.changed:
            posting.pop(update_id, None)
            if not trouble:
                self.world.pending.pop(update_id, None)
            else:
                times = failed.get(update_id, (0, 0.0))[0] + 1
                pause = min(0.05 * 2**times, 2.0)
                failed[update_id] = times, time.monotonic() + pause
                told = {"last_error_date": int(self.world.now()), "last_error_message": trouble}
                self.world.webhook.update(told if self.world.webhook else {})
            self.world.changed.notify_all()


def _refused(code: int, words: str, **parameters: int) -> Json:
    extra = {"parameters": parameters} if parameters else {}
    return {"ok": False, "error_code": code, "description": words, **extra}


def _chat_of(update: Json) -> int:
    for what in update.values():
        if isinstance(what, dict):
            with contextlib.suppress(AttributeError, TypeError, ValueError):
                chat = what.get("chat") or what.get("message", {}).get("chat") or {}
                return int(chat.get("id", 0))
    return 0


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    api: BotApi

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hung up is no trouble."""


@dataclass
class _Parts:
    """A multipart body, taken apart."""

    fields: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, kind: str, body: bytes) -> "_Parts":
        made = cls()
        head = f"Content-Type: {kind}\r\n\r\n".encode()
        for part in message_from_bytes(head + body, policy=HTTP).iter_parts():
            name = part.get_param("name", header="content-disposition")
            payload = part.get_payload(decode=True)
            assert isinstance(payload, bytes)
            filename = part.get_filename()
            made.fields[str(name)] = (filename, payload) if filename else payload.decode()
        return made


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 65536  # head and body at once: two writes would wait for each other
    server: _Server

    def do_POST(self) -> None:
        """A method with its parameters in the body."""
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        if len(body) < length:  # whoever was saying it is no more
            self.close_connection = True
            return
        api = self.server.api
        with api.world.changed:
            api.in_hand += 1
        try:
            self._call(body)
        finally:
            with api.world.changed:
                api.in_hand -= 1

    def do_HEAD(self) -> None:
        """Nothing but the time."""
        self._say(200, b"", "text/html")

    def do_GET(self) -> None:
        """A file, or a method with its parameters in the address."""
        path = unquote(urlsplit(self.path).path)
        api = self.server.api
        prefix = f"/file/bot{api.token}/"
        if not path.startswith(prefix):
            self._call(b"")
            return
        found = api.world.files.get(path.removeprefix(prefix).rpartition("/")[2])
        self._say(200 if found is not None else 404, found or b"", "application/octet-stream")

    def _call(self, body: bytes) -> None:
        api = self.server.api
        parts = urlsplit(self.path)
        token, _, method = parts.path.removeprefix("/bot").partition("/")
        if token != api.token:
            code, words = (401, "Unauthorized") if ":" in token else (404, "Not Found")
            self._json(code, _refused(code, words))
            return
        try:
            given = dict(parse_qsl(parts.query)) | self._given(body)
        except (ValueError, AssertionError):
            self._json(400, _refused(400, "Bad Request: can't parse the request body"))
            return
        answer = api.answer(method, given)
        if answer is None:
            self.close_connection = True
            return
        code, told = answer
        if told.get("ok") and method.lower() == "getupdates":
            written = ", ".join(api.world.written(update) for update in told["result"])
            self._say(code, f'{{"ok": true, "result": [{written}]}}'.encode(), "application/json")
            return
        self._json(code, told)

    def _given(self, body: bytes) -> dict[str, Any]:
        kind = self.headers.get("Content-Type", "")
        if kind.startswith("application/json"):
            return dict(json.loads(body or b"{}"))
        if kind.startswith("multipart/form-data"):
            return _Parts.of(kind, body).fields
        return dict(parse_qsl(body.decode(), keep_blank_values=True))

    def _json(self, code: int, answer: Json) -> None:
        self._say(code, json.dumps(answer).encode(), "application/json")

    def _say(self, code: int, body: bytes, kind: str) -> None:
        self.send_response_only(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        # The real one tells the time: a bot can see how far its own clock is off.
        self.send_header("Date", self.date_time_string(int(self.server.api.world.now())))
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(body)
            self.wfile.flush()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Quiet."""
