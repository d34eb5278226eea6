"""Certificates from elsewhere: brought by their people, decided by leads, of trusted issuers."""

from uuid import UUID

from flask import Blueprint, flash, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from quizbot.errors import Mend, NotAllowed, NotFound, Refused
from web.auth import keeps_form, sent_form
from web.current import page, person_id, service

bp = Blueprint("brought", __name__)
LARGEST = 128 * 1024  # bytes of a file: no form of ours is larger
EMPTY = "This file is empty. Download it once more where you got it, and choose that"
ONE_OF_TWO = (
    "You chose a file and wrote an address. Clear the address and choose the file again, or send"
    " the address alone"
)
WHERE_PLAIN = (
    "Where the name on it is the person’s own, the questionnaire is one of ours and the issuer has"
    " not withdrawn it. You are named as who recognised it."
)
AT_ONCE = (("yes", "No lead needs to look", WHERE_PLAIN),)


@bp.get("/me/bring")
def bring() -> ResponseReturnValue:
    """The form: a file or an address."""
    return form_page({})


def form_page(errors: dict[str, str], address: str = "") -> ResponseReturnValue:
    """The same, with what is wrong; a chosen file cannot be shown again."""
    return page(
        "brought/bring.html",
        400 if errors else 200,
        issuers=[one.name for one in service().issuers.all()],
        address=address,
        errors=errors,
    )


@bp.post("/me/bring")
@keeps_form("file")
def take() -> ResponseReturnValue:
    """Verify it, and keep what it says."""
    form = sent_form()
    chosen = request.files.get("file")
    address, file = form.text("address", 1000), sent_file(chosen)
    if is_chosen(chosen) and not file:
        form.errors.setdefault("file", EMPTY)
    elif file and address:
        form.errors.setdefault("file", ONE_OF_TWO)
    elif not (address or file):
        form.errors.setdefault("file", "Choose the file, or write the certificate’s address")
    if form.errors:
        return form_page(form.errors, address)
    try:
        if file:
            line = service().brought.bring(person_id(), file)
        else:
            line = service().brought.bring_from(person_id(), address)
    except NotAllowed:
        raise
    except Refused as refusal:
        return form_page({"file" if file else "address": str(refusal)}, address)
    if line.state == "recognised":
        flash(f"Recognised: {line.title}, of {line.issuer}. It counts from the day it was issued.")
    else:
        flash(f"Taken: {line.title}, of {line.issuer}. A safeguarding lead decides on it.")
    return redirect("/me#elsewhere", 303)


@bp.post("/me/bring/<uuid:brought_id>/drop")
def drop(brought_id: UUID) -> ResponseReturnValue:
    """Take back one's own."""
    service().brought.drop(person_id(), brought_id)
    flash("Taken back: nothing of it is kept.")
    return redirect("/me#elsewhere", 303)


@bp.get("/admin/brought")
def waiting() -> ResponseReturnValue:
    """What waits for this lead, and what was recognised and is withdrawn where it was issued."""
    return page(
        "brought/waiting.html",
        lines=service().brought.waiting(person_id()),
        gone_back=service().brought.gone_back(person_id()),
    )


@bp.get("/admin/brought/<uuid:brought_id>")
def show(brought_id: UUID) -> ResponseReturnValue:
    """One of them, to decide on."""
    return shown(brought_id, {})


def shown(brought_id: UUID, errors: dict[str, str]) -> ResponseReturnValue:
    """The same, with what is wrong with the decision."""
    line = service().brought.one(person_id(), brought_id)
    modules = [(one.module.id, one.module.title) for one in service().editions.all_current()]
    # In another name nothing is chosen beforehand: one press is too quick for that.
    likely = line.module if line.is_same_name else ""
    return page(
        "brought/show.html",
        400 if errors else 200,
        line=line,
        modules=[("", "Choose a questionnaire"), *modules],
        module=request.form.get("module", likely),
        reason=request.form.get("reason", ""),
        errors=errors,
    )


@bp.post("/admin/brought/<uuid:brought_id>")
@keeps_form("module")
def decide(brought_id: UUID) -> ResponseReturnValue:
    """Recognise it for a questionnaire, or let it count for nothing."""
    form = sent_form()
    is_refused = request.form.get("act") == "refuse"
    missing = "Say why, in a few words: its person reads it" if is_refused else ""
    reason = form.text("reason", 300, missing)
    if form.errors:
        return shown(brought_id, form.errors)
    try:
        if is_refused:
            service().brought.refuse(person_id(), brought_id, reason)
            flash("Not recognised. Its person reads why.")
        else:
            service().brought.recognise(person_id(), brought_id, request.form.get("module", ""))
            flash("Recognised: it counts from the day it was issued.")
    except (NotAllowed, NotFound):
        raise
    except Refused as refusal:
        return shown(brought_id, {"module": str(refusal)})
    return redirect("/admin/brought", 303)


@bp.get("/admin/issuers")
def issuers() -> ResponseReturnValue:
    """Who is trusted, and for leads of all the form to trust another."""
    return issuers_page({})


def issuers_page(errors: dict[str, str]) -> ResponseReturnValue:
    """The same, with what is wrong."""
    return page(
        "brought/issuers.html",
        400 if errors else 200,
        issuers=service().issuers.seen_by(person_id()),
        may_trust=service().issuers.may_trust(person_id()),
        at_once=AT_ONCE,
        address=request.form.get("address", "")[:300],
        chosen=request.form.getlist("at_once"),
        errors=errors,
    )


@bp.post("/admin/issuers")
@keeps_form("address")
def trust() -> ResponseReturnValue:
    """Trust an issuer by its address or its key file."""
    form = sent_form()
    chosen = request.files.get("file")
    address, file = form.text("address", 300), sent_file(chosen)
    if is_chosen(chosen) and not file:
        form.errors.setdefault("file", EMPTY)
    if form.errors:
        return issuers_page(form.errors)
    at_once = request.form.get("at_once") == "yes"
    try:
        service().issuers.trust(person_id(), address, file, at_once=at_once)
    except NotAllowed:
        raise
    except Mend as mend:
        return issuers_page(dict(mend.faults))
    except Refused as refusal:
        return issuers_page({"address": str(refusal)})
    flash("Trusted: its certificates are taken from now on.")
    return redirect("/admin/issuers", 303)


@bp.post("/admin/issuers/<uuid:issuer_id>/end")
def end(issuer_id: UUID) -> ResponseReturnValue:
    """Take nothing more of an issuer."""
    service().issuers.end(person_id(), issuer_id)
    flash("Taken back: nothing more of this issuer is taken. What was recognised stays.")
    return redirect("/admin/issuers", 303)


def sent_file(file: FileStorage | None) -> bytes:
    """What a chosen file holds; nothing where none was chosen."""
    return file.read(LARGEST) if file is not None and is_chosen(file) else b""


def is_chosen(file: FileStorage | None) -> bool:
    """Whether a file was chosen, whatever it holds."""
    return file is not None and bool(file.filename)
