"""Signing in with an organisation's account: away to the provider, back, and out again."""

import secrets
import time
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, request, session
from flask.typing import ResponseReturnValue

from quizbot.errors import Mend, SignInRefused
from quizbot.signin.codes import SignedIn
from web.auth import from_machine, keeps_form, let_in, public, sent_form, sign_in_page
from web.current import is_same, page, person_id, service

bp = Blueprint("accounts", __name__)

AWAY = 600  # seconds that somebody may take at the provider
AT_ONCE = 3  # sign-ins begun in one browser: tabs; older ones are forgotten, for cookies are small
SAID_NO = "access_denied"
LONGEST = 4000  # characters of what comes back
OLD = (
    "This sign-in was begun too long ago, in another browser, or is done already. Begin once more."
)


@bp.get("/sign-in/<provider>")
@public
def begin(provider: str) -> ResponseReturnValue:
    """Away to the provider; a link, for browsers let no form lead to another site."""
    organisations = service().organisations
    organisations.title(provider)
    state = secrets.token_urlsafe(24)
    try:
        address = organisations.begin(provider, state, back_to(provider))
    except SignInRefused as refusal:
        return sign_in_page(str(refusal))
    session["away"] = [*under_way()[1 - AT_ONCE :], [state, provider, int(time.time())]]
    return redirect(address, 303)


@bp.get("/sign-in/<provider>/back")
@public
def back(provider: str) -> ResponseReturnValue:
    """Back from the provider: only to the browser, and from the provider, where it was begun."""
    organisations = service().organisations
    organisations.title(provider)
    state = request.args.get("state", "")[:200]
    begun = under_way()
    mine = [one for one in begun if is_same(state, one[0]) and one[1] == provider]
    session["away"] = [one for one in begun if one not in mine]
    if not mine:
        # Some providers forget what they were given where somebody says no; nothing is done here.
        has_said_no = request.args.get("error") == SAID_NO
        return sign_in_page(str(organisations.refused(provider, SAID_NO)) if has_said_no else OLD)
    try:
        if "error" in request.args:
            raise organisations.refused(provider, request.args["error"])
        found = organisations.finish(
            provider,
            state,
            request.args.get("code", "")[:LONGEST],
            request.args.get("iss", "")[:LONGEST],
            back_to(provider),
        )
    except SignInRefused as refusal:
        return sign_in_page(str(refusal))
    if not isinstance(found, SignedIn):
        title = organisations.title(provider)
        return page("accounts/nobodys.html", 403, title=title, waiting=found)
    answer = let_in(found)
    session["via"] = provider
    return answer


@bp.get("/signed-out/<provider>")
@public
def out(provider: str) -> ResponseReturnValue:
    """Signed out here; there too, by a link, where the provider has a page for it."""
    organisations = service().organisations
    title = organisations.title(provider)
    address = organisations.way_out(provider, f"{our_address()}/")
    return page("accounts/out.html", title=title, address=address)


@bp.post("/sign-in/<provider>/ended")
@public
@from_machine
def ended(provider: str) -> ResponseReturnValue:
    """The provider tells that somebody signed out there."""
    try:
        service().organisations.ended_there(provider, request.form.get("logout_token", ""))
    except SignInRefused:
        abort(400, "This is no word of signing out by a provider that is known here.")
    return "", 200, {"Cache-Control": "no-store"}


@bp.get("/admin/people/<uuid:of_person>/accounts")
def show(of_person: UUID) -> ResponseReturnValue:
    """Which accounts sign somebody in, and a form for a further one."""
    return accounts_of(of_person, "", {})


@bp.post("/admin/people/<uuid:of_person>/accounts")
@keeps_form("number")
def give(of_person: UUID) -> ResponseReturnValue:
    """Have the account whose number somebody read out sign them in."""
    form = sent_form()
    number = form.text("number", 40, "Enter the number that the person was shown")
    if not form.errors:
        try:
            calls_itself = service().accounts.give(person_id(), of_person, number)
        except Mend as mend:
            form.errors |= mend.faults
        else:
            flash(f"{calls_itself or 'The account'} signs them in from now on.")
            return redirect(f"/admin/people/{of_person}/accounts", 303)
    return accounts_of(of_person, number, form.errors)


def accounts_of(of_person: UUID, number: str, errors: dict[str, str]) -> ResponseReturnValue:
    """One person's accounts, and what was typed."""
    card = service().finder.card(person_id(), of_person)
    lines = service().accounts.of(of_person)
    given = {"card": card, "lines": lines, "number": number, "errors": errors}
    return page("accounts/of_person.html", 400 if errors else 200, **given)


@bp.post("/admin/people/<uuid:of_person>/accounts/<uuid:account_id>/end")
def end(of_person: UUID, account_id: UUID) -> ResponseReturnValue:
    """Take an account off somebody."""
    service().accounts.end(person_id(), of_person, account_id)
    flash("This account signs nobody in any more, and where it was signed in, it is signed out.")
    return redirect(f"/admin/people/{of_person}/accounts", 303)


def under_way() -> list[list[Any]]:
    """The sign-ins begun in this browser that may still come back."""
    now = time.time()
    return [one for one in session.get("away", []) if now - float(one[2]) < AWAY]


def back_to(provider: str) -> str:
    """The address to which the provider sends people, as it has to be registered there."""
    return f"{our_address()}/sign-in/{provider}/back"


def our_address() -> str:
    """Where people reach us, without the last slash."""
    settings = service().settings
    return settings.public_url if settings.has_address else request.host_url.rstrip("/")
