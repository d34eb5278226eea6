"""What this installation is connected to, for leads, and what to do."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from web.current import page, person_id, service

bp = Blueprint("connections", __name__)


@bp.get("/admin/connections")
def index() -> ResponseReturnValue:
    """Every connection that there may be."""
    return page("connections/index.html", lines=service().connected.seen_by(person_id()))
