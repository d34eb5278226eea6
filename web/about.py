"""Pages about the service itself, and the signs of life that operators watch."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import cast

from flask import Blueprint, Response, abort, current_app, request
from flask.typing import ResponseReturnValue

from web.auth import public
from web.current import page, service
from web.static_files import FOLDER
from web.watch import ASK_FOR_COUNTS, COUNTS_KIND, may_read

bp = Blueprint("about", __name__)

SAID_FOR = timedelta(days=90)  # it is made anew each time, so it never runs out
KINDS = {"svg": "image/svg+xml", "png": "image/png"}
ICONS = {kind: (FOLDER / f"link.{kind}").read_bytes() for kind in KINDS}


@bp.get("/privacy")
@public
def privacy() -> ResponseReturnValue:
    """What is kept about a person, and who sees it; the long list in parts, or open as a whole."""
    return page(
        "about/privacy.html",
        register=service().own_data.register(),
        is_open="all" in request.args,
    )


@bp.get("/link")
@public
def link() -> ResponseReturnValue:
    """An icon and a piece of HTML with which a board's own pages lead here."""
    return page("about/link.html", address=service().settings.public_url)


@bp.get("/link/icon.<kind>")
@public
def icon(kind: str) -> ResponseReturnValue:
    """The icon, under an address that does not change with it: other sites show it."""
    found = ICONS.get(kind)
    if found is None:
        abort(404)
    response = Response(found, mimetype=KINDS[kind])
    response.headers["Cache-Control"] = "public, max-age=86400"
    # Pages of other sites show it, also those that ask for more than an image usually needs.
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@bp.get("/manifest.webmanifest")
@public
def manifest() -> ResponseReturnValue:
    """What a phone needs to put the service on its home screen.

    With the least of a browser around it, not with none: a page that went wrong can be loaded
    again, and links of letters open where one is signed in.
    """
    static = cast("Callable[[str], str]", current_app.jinja_env.globals["static"])
    told = {
        "name": "The Knowledge",
        "short_name": "Knowledge",
        "start_url": "/",
        "display": "minimal-ui",
        "lang": "en-GB",
        "background_color": "#0b3d44",
        "theme_color": "#0b3d44",
        "icons": [
            {
                "src": static(f"icon-{size}.png"),
                "sizes": f"{size}x{size}",
                "type": "image/png",
                "purpose": "any maskable",
            }
            for size in (192, 512)
        ],
    }
    response = Response(json.dumps(told), mimetype="application/manifest+json")
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response


@bp.get("/accessibility")
@public
def accessibility() -> ResponseReturnValue:
    """How the pages are meant to work for everybody."""
    return page("about/accessibility.html")


@bp.get("/.well-known/security.txt")
@public
def security() -> ResponseReturnValue:
    """Whom to tell of a weakness (RFC 9116); none where nobody is named."""
    here = service()
    contact = here.settings.security_contact or here.place.text("security_contact")
    if not re.fullmatch(r"https://\S+|[^@\s]+@[^@\s]+", contact):
        abort(404)
    day = (here.now() + SAID_FOR).strftime("%Y-%m-%dT00:00:00Z")
    lines = [
        f"Contact: {contact if contact.startswith('https://') else f'mailto:{contact}'}",
        f"Expires: {day}",
        "Preferred-Languages: en",
    ]
    if here.settings.has_address and here.settings.is_https:
        lines.append(f"Canonical: {here.settings.public_url}/.well-known/security.txt")
    if here.place.is_fictional and not here.settings.security_contact:
        lines.insert(0, "# This is a fictional place: its addresses are made up.")
    return Response("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@bp.get("/metrics")
@public
def metrics() -> ResponseReturnValue:
    """Counts for Prometheus, for whoever has the token; there is no such page without one."""
    counts, token = current_app.extensions["counts"], service().settings.metrics_token
    if counts is None:
        abort(404)
    if not may_read(request.environ, token):
        headers = {"WWW-Authenticate": "Bearer"}
        return Response(ASK_FOR_COUNTS, 401, headers, "text/plain")
    here = service()
    told = counts.told({here.settings.partnership: here.vitals.read()})
    return Response(told, content_type=COUNTS_KIND)


@bp.get("/health/live")
@public
def live() -> ResponseReturnValue:
    """The process answers."""
    return Response("alive\n", mimetype="text/plain")


@bp.get("/health/ready")
@public
def ready() -> ResponseReturnValue:
    """The database answers, and something is published."""
    if not service().editions.all_current():
        return Response("nothing is published\n", 503, mimetype="text/plain")
    return Response("ready\n", mimetype="text/plain")
