"""Pages about the service itself, and the signs of life that operators watch."""

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from web.auth import public
from web.current import page, service

bp = Blueprint("about", __name__)


@bp.get("/privacy")
@public
def privacy() -> ResponseReturnValue:
    """What is kept about a person, and who sees it."""
    return page("about/privacy.html")


@bp.get("/accessibility")
@public
def accessibility() -> ResponseReturnValue:
    """How the pages are meant to work for everybody."""
    return page("about/accessibility.html")


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
