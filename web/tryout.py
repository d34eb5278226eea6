"""Trying a questionnaire without an account: its state is a signed cookie, nothing is kept."""

from collections.abc import Sequence
from dataclasses import astuple
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, make_response, redirect, request
from flask.typing import ResponseReturnValue
from itsdangerous import BadData, URLSafeSerializer

from quizbot.attempts.tryout import Trial
from quizbot.errors import AlreadyAnswered, BadReply, NotFound
from web.auth import keeps_form, lean, public, sent_form
from web.current import page, service
from web.forms import replied
from web.lean import question_page
from web.missed import (
    are_letters,
    keep_chosen,
    missed,
    way_on,
    what_was_chosen,
    what_was_missed,
)

bp = Blueprint("tryout", __name__, url_prefix="/try")
COOKIE = "try"


@bp.post("/<module>")
@public
def start(module: str) -> ResponseReturnValue:
    """A fresh try; one at a time, so an earlier one ends."""
    trial = service().try_out.start(module)
    return keep(redirect(f"/try/{module}/questions/1", 303), trial)


@bp.get("/<module>")
@public
def begin(module: str) -> ResponseReturnValue:
    """A try is begun from the module's page, which tells what to expect."""
    return redirect(f"/modules/{module}", 303)


@bp.get("/<module>/questions/<int:number>")
@public
@lean
def question(module: str, number: int) -> ResponseReturnValue:
    """One question, or its feedback once it is answered."""
    return show(module, number)


def show(
    module: str, number: int, error: str = "", chosen: Sequence[str] | None = None
) -> ResponseReturnValue:
    """The question's page, with what was chosen just now and what is wrong with it."""
    turn = service().try_out.turn(current_trial(), module, number)
    if chosen is None:
        chosen = what_was_chosen()
        error = what_was_missed(turn, chosen)
    return question_page(
        turn,
        f"/try/{module}",
        f"/try/{module}/outcome",
        errors={"reply": error} if error else {},
        chosen=turn.shown_reply if chosen is None else chosen,
        is_flagged=False,
    )


@bp.post("/<module>/questions/<int:number>")
@public
@lean
@keeps_form("reply")
def answer(module: str, number: int) -> ResponseReturnValue:
    """Take an answer into the state, and show its feedback."""
    reply, go = replied(request.form), request.form.get("go", "")
    form = sent_form()
    if form.errors:
        return show(module, number, form.errors["reply"], reply)
    there = redirect(f"/try/{module}/questions/{number}", 303)
    try:
        trial = service().try_out.answer(current_trial(), module, number, reply)
    except BadReply as error:
        if not are_letters(reply):
            return show(module, number, str(error), reply)
        return go_on(module, number, reply, go) if go else missed(reply)
    except AlreadyAnswered as refusal:
        flash(str(refusal))
        return there
    return keep(there, trial)


def go_on(module: str, number: int, reply: Sequence[str], go: str) -> ResponseReturnValue:
    """On without an answer; what is ticked of one that is not whole is kept."""
    if any(reply):
        keep_chosen(reply)
    total = len(current_trial().replies)
    return redirect(way_on(f"/try/{module}", module, number, total, go), 303)


@bp.get("/<module>/outcome")
@public
def outcome(module: str) -> ResponseReturnValue:
    """What the try showed."""
    trial = current_trial()
    result = service().try_out.result(trial, module)
    if result is None:
        number = trial.replies.index("") + 1
        return redirect(f"/try/{module}/questions/{number}", 303)
    return page(
        "attempt/outcome.html",
        here=f"/try/{module}/outcome",
        result=result,
        is_try=True,
        shows_all="all" in request.args,
    )


def current_trial() -> Trial:
    """The state this browser carries; NotFound where it has none of ours."""
    try:
        edition_id, seed, on, replies = signer().loads(request.cookies.get(COOKIE, ""))
        return Trial(UUID(edition_id), seed, on, tuple(replies))
    except (BadData, ValueError, TypeError):
        raise NotFound("This try has ended. Start again from the questionnaire's page.") from None


def keep(response: Any, trial: Trial) -> Response:
    """Put the state into the browser's cookie, until it is closed."""
    made = make_response(response)
    edition_id, seed, on, replies = astuple(trial)
    made.set_cookie(
        COOKIE,
        signer().dumps([str(edition_id), seed, on, list(replies)]),
        path="/try",
        httponly=True,
        samesite="Lax",
        secure=service().settings.is_https,
    )
    return made


def signer() -> URLSafeSerializer:
    """Signs the state, so that a changed one is none."""
    return URLSafeSerializer(service().signer.key("try cookie"))
