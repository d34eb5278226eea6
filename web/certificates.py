"""Certificates: anyone may check one, its person prints it, a lead withdraws it."""

from flask import Blueprint, Response, flash, g, redirect, request
from flask.typing import ResponseReturnValue

from quizbot.errors import NotFound
from web.auth import keeps_form, public, sent_form
from web.current import page, person_id, service, signed_in

bp = Blueprint("certificates", __name__)
MISSING = "Enter the code on the certificate"
LONGEST = 60  # characters of a typed code that are shown again


@bp.after_request
def hide(response: Response) -> Response:
    """A certificate is for those who were shown it: no search engine lists it."""
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@bp.get("/certificates")
@public
def check() -> ResponseReturnValue:
    """Type a code."""
    if "code" not in request.args:
        return ask("", "", 200)
    typed = request.args["code"].strip()
    if not typed:
        return ask("", MISSING, 400)
    try:
        found = service().certificates.find(typed)
    except NotFound as unknown:
        return ask(typed, str(unknown), 404)
    return redirect(f"/certificates/{found.grouped}", 303)


def ask(typed: str, error: str, status: int) -> Response:
    """The form for a code, with what is wrong with the one that was typed."""
    errors = {"code": error} if error else {}
    return page("certificates/check.html", status, typed=typed[:LONGEST], errors=errors)


@bp.get("/certificates/<code>")
@public
def show(code: str) -> ResponseReturnValue:
    """Every field as issued, and what it is worth today."""
    return shown(code, {})


def shown(code: str, errors: dict[str, str]) -> Response:
    """The certificate, for a lead of its person with the form to withdraw it."""
    certificates, viewer = service().certificates, signed_in()
    try:
        found = certificates.find(code)
    except NotFound as unknown:
        return ask(code, str(unknown), 404)
    may_withdraw = viewer is not None and g.rights.leads and certificates.may_withdraw(viewer, code)
    return page(
        "certificates/show.html",
        400 if errors else 200,
        certificate=found,
        updates=certificates.updates(code),
        may_withdraw=may_withdraw,
        reason=request.form.get("reason", ""),
        errors=errors,
    )


@bp.post("/certificates/<code>/withdraw")
@keeps_form("reason")
def withdraw(code: str) -> ResponseReturnValue:
    """Say that it does not count any more."""
    service().certificates.must_be_led(person_id(), code)
    form = sent_form()
    reason = form.text("reason", 300, "Say why, in a few words: its person reads it")
    if form.errors:
        return shown(code, form.errors)
    service().certificates.withdraw(person_id(), code, reason)
    flash("Withdrawn. It stays on record, and whoever checks it is told.")
    return redirect(f"/certificates/{code}", 303)


@bp.get("/me/certificates/<code>.pdf")
def paper(code: str) -> ResponseReturnValue:
    """One's own, to print or to send."""
    made = service().certificates.paper(person_id(), code)
    return as_pdf(made, "certificate.pdf")


def as_pdf(made: bytes, name: str) -> Response:
    """A PDF file to keep."""
    kept = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(made, mimetype="application/pdf", headers=kept)
