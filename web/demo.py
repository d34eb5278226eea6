"""The demonstration: a banner on every page, and signing in by a button."""

from flask import Blueprint, Flask, abort, redirect, request
from flask.typing import ResponseReturnValue

from quizbot.demo.roles import ROLES, is_demo
from quizbot.errors import Misconfigured
from quizbot.service import Service
from web.auth import end_session, first_page, public, stand_on
from web.current import service, token

bp = Blueprint("demo", __name__, url_prefix="/demo")

BANNER = (
    "This is a demonstration: the place and its people are made up, and all of it is thrown away."
)
WORDS = {"practitioner": "A practitioner", "manager": "A manager", "lead": "A safeguarding lead"}


def show(app: Flask, of_service: Service) -> None:
    """Add banner and buttons; never on a database that was not made for this."""
    if not is_demo(of_service.database):
        raise Misconfigured("QUIZBOT_DEMO is set, but this database is no demonstration.")
    app.extensions["frame"].update(banner=BANNER, demo_roles=list(WORDS.items()))
    app.register_blueprint(bp)


@bp.post("/sign-in")
@public
def sign_in() -> ResponseReturnValue:
    """Sign in as one of three made-up people."""
    email = ROLES.get(request.form.get("role", ""))
    if email is None or not is_demo(service().database):
        abort(400, "Choose one of the buttons on the first page.")
    signed_in = service().sign_in.as_shown(email)
    end_session()
    stand_on(signed_in)
    token()
    return redirect(first_page(signed_in), 303)
