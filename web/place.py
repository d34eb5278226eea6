"""The place: every setting, who keeps it right, and what is not asked because of it."""

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from web.current import page, person_id, service

bp = Blueprint("place", __name__, url_prefix="/admin/place")


@bp.get("")
def show() -> ResponseReturnValue:
    """The settings, those that need somebody first."""
    return page("place/show.html", place=service().places.view(person_id()))


@bp.get("/place.toml")
def download() -> ResponseReturnValue:
    """The file itself, to edit and hand to whoever runs the service."""
    response = Response(
        service().places.text(person_id()), content_type="text/plain; charset=utf-8"
    )
    response.headers["Content-Disposition"] = "attachment; filename=place.toml"
    return response
