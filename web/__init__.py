"""Pages: the service as people see it in a browser."""

from collections.abc import Callable, Iterable, MutableMapping
from dataclasses import dataclass
from importlib import import_module
from types import CodeType, ModuleType
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import Flask, get_flashed_messages, has_request_context
from flask.templating import Environment
from jinja2.bccache import Bucket, BytecodeCache
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from werkzeug.test import EnvironBuilder

from quizbot.config import read_settings
from quizbot.service import Service, open_service
from quizbot.signin.codes import SIGNED_IN_FOR
from quizbot.words import AS_MANAGER_YOU_SEE, MANAGER_SEES
from web.current import Asking, form_tokens

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from web.watch import Counts

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; manifest-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
POLICY_NAME = "Content-Security-Policy"
HEADERS = (
    (POLICY_NAME, POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
)
# Where people come by https, they never come by anything else.
ALWAYS_HTTPS = ("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
MOST_UNREAD = 1024 * 1024  # bytes of a request that are still taken when it is refused


class Templates(Environment):
    """Flask's templates, all of which know the same names.

    Jinja lets each have more of its own, and compares name by name at every import of a macro.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """What a template knows; none has names of its own."""
        return {**self.globals, **d} if d else self.globals


class Compiled(BytecodeCache):
    """Templates as Jinja compiled them, for all applications of a process, which have the same.

    They are code alone: what a page shows is put in by whoever renders it.
    """

    def __init__(self) -> None:
        self.kept: dict[str, tuple[str, CodeType]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """What was compiled of this very source."""
        checksum, code = self.kept.get(bucket.key, ("", None))
        if checksum == bucket.checksum:
            bucket.code = code

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it."""
        if bucket.code is not None:
            self.kept[bucket.key] = (bucket.checksum, bucket.code)


COMPILED = Compiled()


class Pages(Flask):
    """Flask without what we never use: no view here is async, so none is asked whether it is."""

    request_class = Asking
    jinja_environment = Templates

    def make(self, path: str) -> None:
        """A page, inside of all that counts and logs: nobody asked for it."""
        base_url = self.extensions["quizbot"].settings.public_url
        with self.request_context(EnvironBuilder(path, base_url=base_url).get_environ()):
            self.full_dispatch_request()

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Every function as it is."""
        return func

    def handle_http_exception(self, e: HTTPException) -> Any:
        """As Flask, but a path that was tidied up is sought here, not at the host it names."""
        if isinstance(e, RequestRedirect):
            parts = urlsplit(e.new_url)
            e.new_url = "/" + parts.path.lstrip("/\\") + (f"?{parts.query}" if parts.query else "")
        return super().handle_http_exception(e)


PARTS = (
    "about",
    "accounts",
    "admin.imports",
    "admin.people",
    "admin.units",
    "admin_home",
    "attempt",
    "attestations",
    "audit",
    "auth",
    "authors",
    "bank_questions",
    "board",
    "brought",
    "certificates",
    "changes",
    "later",
    "learning_systems",
    "lti",
    "chats",
    "connections",
    "directory",
    "drafts",
    "editions",
    "exchange",
    "exports",
    "guests",
    "items",
    "me",
    "messages",
    "modules",
    "passports",
    "place",
    "problems",
    "regrades",
    "requests",
    "requirements",
    "slips",
    "team",
    "tryout",
)


def parts() -> tuple[ModuleType, ...]:
    """Every subject's pages; importing them is most of what a start takes."""
    return tuple(import_module(f"web.{name}") for name in PARTS)


@dataclass(frozen=True)
class House:
    """What the pages of several partnerships in one process share: nothing that is anybody's."""

    counts: "Counts | None" = None


def create_app(service: Service | None = None, house: House | None = None) -> Pages:
    """The application on a service; without one, on what the environment says.

    In a house of several, whatever is done once for all of them is done in front of it.
    """
    from web import (
        auth,
        crowd,
        demo,
        errors,
        filters,
        lane,
        lean,
        reviewed,
        scim,
        session,
        teams,
        watch,
    )  # fmt: skip
    from web.static_files import serve_static

    service = service or open_service(read_settings(to_sign=True))
    app = Pages(__name__, static_folder=None)
    app.session_interface = session.KeptSessions(
        service.signer.key("session"), SIGNED_IN_FOR.total_seconds()
    )
    app.config.update(
        SESSION_COOKIE_NAME="knowledge",
        SESSION_COOKIE_SECURE=service.settings.is_https,
        PERMANENT_SESSION_LIFETIME=SIGNED_IN_FOR,
        MAX_CONTENT_LENGTH=128 * 1024,
        MAX_FORM_MEMORY_SIZE=128 * 1024,
        MAX_FORM_PARTS=200,
        TEMPLATES_AUTO_RELOAD=False,
    )
    app.jinja_env.bytecode_cache = COMPILED
    app.extensions["quizbot"] = service
    app.extensions["frame"] = frame(service)
    app.extensions["place"] = service.places.refresh()
    app.extensions["form_token"] = form_tokens(service.signer)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        flashed=to_be_told, manager_sees=MANAGER_SEES, as_manager_you_see=AS_MANAGER_YOU_SEE
    )
    serve_static(app)
    filters.add_filters(app)
    auth.guard(app)
    errors.tell(app)
    reviewed.Reviewed(app)
    app.extensions["lean"] = lean.Lean(app, app.extensions["frame"])
    for part in parts():
        app.register_blueprint(part.bp)
    pages = scim.with_directory(app, with_place_of_today(app, lane.Lane(app)))
    pages = teams.with_teams(app, pages)
    if service.settings.proxy:
        pages = crowd.Crowd(pages)
    app.wsgi_app = sealed(  # type: ignore[method-assign, assignment]
        pages,
        HEADERS + (ALWAYS_HTTPS,) * service.settings.is_https,
    )
    if service.settings.demo:
        demo.show(app, service)
    if service.settings.proxy and house is None:
        trust_proxy(app, service.settings.proxy)
    counts = watch.Counts() if service.settings.metrics_token and house is None else None
    app.extensions["counts"] = counts
    if house is not None:
        counts = house.counts
    if counts or service.settings.log_requests:
        app.wsgi_app = watch.Watched(app.wsgi_app, service.settings, counts)  # type: ignore[method-assign]
    return app


def to_be_told() -> list[Any]:
    """What is to be told once; nothing where a page is made for whoever comes."""
    return get_flashed_messages() if has_request_context() else []


def with_place_of_today(app: Flask, inside: "WSGIApplication") -> "WSGIApplication":
    """Let what leads save of the place reach the foot of every page, here within seconds."""

    def call(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        service = app.extensions["quizbot"]
        version = service.places.refresh()
        if version != app.extensions["place"]:
            app.extensions["place"] = version
            app.extensions["frame"]["footer"] = frame(service)["footer"]
            app.extensions["lean"].frames.clear()
        return inside(environ, start_response)

    return call


def frame(service: Service) -> dict[str, Any]:
    """What every page shows, the same for everybody."""
    place = service.place
    names = ("referral_team", "referral_phone", "referral_hours")
    after = ("out_of_hours_team", "out_of_hours_phone")
    footer = {name: place.text(name) for name in (*names, *after)}
    return {
        "footer": {
            **footer,
            "partnership": place.text("partnership_name"),
            "fictional": place.is_fictional,
        },
        "banner": None,
    }


def sealed(
    app: "WSGIApplication", always: tuple[tuple[str, str], ...] = HEADERS
) -> "WSGIApplication":
    """Put the headers that keep a page what it is on everything, and let browsers keep no page."""

    def call(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        is_read = environ["REQUEST_METHOD"] in ("GET", "HEAD")

        def start(
            status: str, headers: list[tuple[str, str]], trouble: Any = None
        ) -> Callable[[bytes], object]:
            said = {name for name, _ in headers}
            if "Cache-Control" not in said:
                headers.append(("Cache-Control", "no-store"))
            # A page in a frame has a policy of its own.
            headers += always if POLICY_NAME not in said else but_for(always, said)
            # What is left unread of a form would be taken for the next request, or cut it off.
            if not (is_read or read_to_end(environ)):
                headers.append(("Connection", "close"))
            return start_response(status, headers, trouble)

        return app(environ, start)

    return call


def but_for(always: tuple[tuple[str, str], ...], said: set[str]) -> list[tuple[str, str]]:
    """The headers of every page but for those that this page says itself."""
    return [(name, value) for name, value in always if name not in said]


def read_to_end(environ: "WSGIEnvironment") -> bool:
    """Take what was sent and not read, as far as any form of ours goes; whether that was all."""
    sent, left = environ["wsgi.input"], MOST_UNREAD
    try:
        while left > 0 and (piece := sent.read(min(left, 65536))):
            left -= len(piece)
    except (OSError, ValueError):  # whoever sent it is gone
        return False
    return left > 0


def trust_proxy(app: Flask, hops: int) -> None:
    """Have an application believe the proxies in front of it."""
    app.wsgi_app = behind_proxy(app.wsgi_app, hops)  # type: ignore[method-assign, assignment]


def behind_proxy(app: "WSGIApplication", hops: int) -> "WSGIApplication":
    """Take address and scheme from so many proxies in front; never from anybody else.

    granian lets a header written with underscores replace the genuine one, so the proxy must drop
    those (nginx does).
    """
    from werkzeug.middleware.proxy_fix import ProxyFix

    return ProxyFix(app, x_for=hops, x_proto=hops, x_host=hops)
