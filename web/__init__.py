"""Pages: the service as people see it in a browser."""

import zlib
from datetime import timedelta
from typing import Any

from flask import Flask, Response, get_flashed_messages, request

from quizbot.config import read_settings
from quizbot.service import Service, open_service

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self';"
    " base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = (
    ("Content-Security-Policy", POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
)
WORTH_PACKING = 700  # bytes


def create_app(service: Service | None = None) -> Flask:
    """The application on a service; without one, on what the environment says."""
    from web import about, attempt, auth, errors, filters, me, modules, static_files, team, tryout

    service = service or open_service(read_settings())
    app = Flask(__name__, static_folder=None)
    app.secret_key = service.signer.key("session")
    app.config.update(
        SESSION_COOKIE_NAME="knowledge",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=service.settings.is_https,
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=timedelta(hours=12),
        MAX_CONTENT_LENGTH=128 * 1024,
        MAX_FORM_MEMORY_SIZE=128 * 1024,
        MAX_FORM_PARTS=200,
        TEMPLATES_AUTO_RELOAD=False,
    )
    app.extensions["quizbot"] = service
    app.extensions["frame"] = frame(service)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals["flashed"] = get_flashed_messages
    static_files.serve_static(app)
    filters.add_filters(app)
    auth.guard(app)
    errors.tell(app)
    for module in (about, attempt, auth, me, modules, team, tryout):
        app.register_blueprint(module.bp)
    app.after_request(seal)
    if service.settings.proxy:
        trust_proxy(app, service.settings.proxy)
    return app


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


def seal(response: Response) -> Response:
    """Headers that keep a page what it is; pages are not kept by browsers, and travel packed."""
    headers = response.headers
    headers.extend(HEADERS)
    if "Cache-Control" not in headers:
        headers["Cache-Control"] = "no-store"
    if (
        not response.is_streamed
        and (response.content_length or 0) > WORTH_PACKING
        and "Content-Encoding" not in headers
        and "gzip" in request.headers.get("Accept-Encoding", "")
    ):
        packer = zlib.compressobj(1, wbits=31)
        response.set_data(packer.compress(response.get_data()) + packer.flush())
        headers["Content-Encoding"] = "gzip"
        headers["Vary"] = "Accept-Encoding, Cookie"
    return response


def trust_proxy(app: Flask, hops: int) -> None:
    """Take address and scheme from so many proxies in front; never from anybody else.

    granian lets a header written with underscores replace the genuine one, so the proxy must drop
    those (nginx does).
    """
    from werkzeug.middleware.proxy_fix import ProxyFix

    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
