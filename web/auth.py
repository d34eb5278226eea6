"""Signing in and out; every page is closed unless it is marked public, every form has a token."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID

from flask import Blueprint, Flask, abort, current_app, flash, g, redirect, request, session
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response as BaseResponse

from quizbot.access import NO_SESSION, Session
from quizbot.config import Settings, host_of, plain_host
from quizbot.errors import BadReply, SignedOut, SignInRefused
from quizbot.signin.codes import SignedIn
from quizbot.words import is_showable
from web.current import is_token, page, service, token
from web.forms import Form, replied
from web.missed import keep_chosen
from web.watch import PAGE

bp = Blueprint("auth", __name__)
View = TypeVar("View", bound=Callable[..., Any])

KNOWN = "known"  # the cookie of a browser in which somebody signed in before
KNOWN_FOR = timedelta(days=180)
SIGNS_OF_LIFE = (
    "about.live",
    "about.ready",
    "about.metrics",
)  # asked by machines, by whatever name
LONGEST_ADDRESS = 500  # characters to come back to: it travels in a cookie
REFUSED = "knowledge.refused"  # what the lane met already, in a request's environment
VIA_COURSE = "course"  # in the session of who came from a learning system: what that is called
OWN = ("/me", "/modules/", "/attempts/", "/problems/", "/later/")
LASTING = ("/me/chats/", "/me/due/")
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
EXPIRED = "This page had been open for too long. Check it and send it again: nothing was lost."


def public(view: View) -> View:
    """Mark a page that anyone may see."""
    view.is_public = True  # type: ignore[attr-defined]
    return view


def lean(view: View) -> View:
    """Mark a page on the hot path: its menu is the short one, so no rights are looked up, and
    the service checks the session in the statement that it needs anyway (`session`)."""
    view.is_lean = True  # type: ignore[attr-defined]
    return view


def from_machine(view: View) -> View:
    """Mark what another machine calls: no browser's cookie counts there, and no form's token."""
    view.is_from_machine = True  # type: ignore[attr-defined]
    return view


def keeps_form(field: str) -> Callable[[View], View]:
    """Mark a form that is shown again, filled, when its token has run out.

    The view takes the form from `sent_form`, which tells of it as it tells of anything else that is
    to be mended: at this field. A form without the mark is refused before its view is asked.
    """

    def mark(view: View) -> View:
        view.keeps_form = field  # type: ignore[attr-defined]
        return view

    return mark


def carries_form(view: View) -> View:
    """Mark a form that takes long to write: who is signed out meanwhile loses nothing of it.

    What was sent stays on the page that asks to sign in elsewhere, and is sent again from there.
    """
    view.carries_form = True  # type: ignore[attr-defined]
    return view


def sent_form() -> Form:
    """The form as it came; one that is too old holds an error, and so nothing is done with it."""
    return Form(request.form, dict(g.form_errors), is_expired=bool(g.form_errors))


def takes_file(largest: int, *, by_authors: bool = False) -> Callable[[View], View]:
    """Mark a form to which a lead sends a file; for everybody else it is as small as any other.

    Authors of questions may send theirs too where that is said.
    """

    def mark(view: View) -> View:
        view.largest = largest  # type: ignore[attr-defined]
        view.by_authors = by_authors  # type: ignore[attr-defined]
        return view

    return mark


def guard(app: Flask) -> None:
    """Ask these before every request, and answer a session that does not stand any more."""
    app.before_request(before)
    app.register_error_handler(SignedOut, signed_out)


def before() -> ResponseReturnValue | None:
    """No nonsense, a person where the page wants one, and a form of ours."""
    if (met := request.environ.get(REFUSED)) is not None:
        raise met
    if (there := check_host()) is not None:
        return there
    if not is_showable(request.path):
        abort(404)  # no page has such an address, and PostgreSQL would choke on it
    endpoint = request.endpoint
    request.environ[PAGE] = endpoint
    view = current_app.view_functions.get(endpoint or "")
    g.person_id = None
    if endpoint == "static" or getattr(view, "is_from_machine", False):
        return None
    if view is None:  # no such page, told to whoever it is
        return know_person(nowhere)
    refusal = know_person(view)
    if refusal is None and request.method == "POST":
        largest = getattr(view, "largest", None)
        if largest is not None and (
            g.rights.leads or (getattr(view, "by_authors", False) and g.rights.writes)
        ):
            request.max_content_length = largest  # before anything of the form is read
        check_form(view)
    return refusal


def may_send_files(view: Callable[..., Any]) -> bool:
    """Whether what is larger than a form is taken from this person."""
    return bool(g.rights.leads or (getattr(view, "by_authors", False) and g.rights.writes))


@public
def nowhere() -> None:
    """The page of an address that has none."""


def know_person(view: Callable[..., Any]) -> ResponseReturnValue | None:
    """Who is asking, from the session; a page that is not public asks to sign in first."""
    found = session.get("p")
    if found is not None:
        g.session = Session(UUID(session.get("s", NO_SESSION.hex)), session["e"])
        if getattr(view, "is_lean", False):
            g.person_id = UUID(found)
            return None
        try:
            g.rights = service().people.rights(UUID(found), g.session)
        except SignedOut:
            session.clear()
        else:
            g.person_id, g.name = UUID(found), g.rights.name
            return None if VIA_COURSE not in session else stay_in_own(view)
    return None if getattr(view, "is_public", False) else ask_to_sign_in()


def stay_in_own(view: Callable[..., Any]) -> ResponseReturnValue | None:
    """Who came from a learning system has what is their own, whatever else they may do here.

    Whoever looks after such a system can be anybody there: so nobody leads or manages by it, and
    nothing that lasts longer than a session is given out.
    """
    g.rights = replace(g.rights, manages=False, lead_of=(), auditor_of=(), is_author=False)
    path = request.path
    is_own = path.startswith(OWN) and not path.startswith(LASTING)
    if is_own or getattr(view, "is_public", False):
        return None
    return page("lti/own.html", 403, title=session[VIA_COURSE])


def ask_to_sign_in() -> ResponseReturnValue:
    """To the sign-in page, and back to where they wanted to go; what they answered is kept."""
    view = current_app.view_functions.get(request.endpoint or "")
    if request.method == "POST" and getattr(view, "carries_form", False):
        fields = [one for one in request.form.items(multi=True) if one[0] != "csrf_token"]
        if fields:
            return page("auth/carried.html", 401, path=request.path, fields=fields)
    session["next"] = way_back()
    session.pop("begin", None)
    words = "Sign in to go on."
    if request.method == "POST" and (reply := replied(request.form)):
        keep_chosen(reply)
        words += " What you had chosen is kept."
    flash(words)
    return redirect("/sign-in", 303)


def way_back() -> str:
    """Where to go on after signing in: this page, or the one whose button was pressed."""
    wanted = request.full_path.rstrip("?")
    if request.method == "POST":
        adapter = current_app.create_url_adapter(request)
        is_page = adapter is not None and adapter.test(method="GET")
        wanted = request.path if is_page else request.path.rpartition("/")[0]
    return wanted if len(wanted) < LONGEST_ADDRESS else "/me"


def signed_out(_refusal: SignedOut) -> ResponseReturnValue:
    """What the service found while it looked for something else."""
    session.clear()
    return ask_to_sign_in()


def check_form(view: Callable[..., Any]) -> None:
    """A form comes from a page of ours, shown in this very session."""
    if is_foreign(request.headers.get("Origin"), request.host, service().settings):
        abort(400, "This form came from another site, so nothing was done.")
    if request.content_length and request.mimetype not in FORMS:
        abort(400, "This takes what a page's form sends, and nothing else. Nothing was done.")
    g.form_errors = {}
    if is_token(request.form.get("csrf_token", "")):
        return
    field = getattr(view, "keeps_form", "")
    if field:
        g.form_errors = {field: expired()}
    else:
        abort(
            400,
            why_no_cookie()
            or "This page had been open for too long, so nothing was done. Go back, load it"
            " again and press the button once more.",
        )


def is_foreign(origin: str | None, host: str, settings: Settings) -> bool:
    """Whether a form was on another site's page, as far as the browser tells."""
    ours = (plain_host(host), host_of(settings.public_url))
    return origin is not None and host_of(origin) not in ours


def check_host() -> ResponseReturnValue | None:
    """Where people's address is set, no other is answered: links and forms would go astray.

    From another name of the service people are led to it.
    """
    settings = service().settings
    if request.endpoint in SIGNS_OF_LIFE or settings.is_our_host(request.host):
        return None
    address = settings.public_url
    is_known = plain_host(request.host) in settings.other_hosts and is_showable(request.path)
    if is_known and request.method in ("GET", "HEAD"):
        return redirect(address + request.full_path.rstrip("?"), 308)
    return abort(400, f"This service is at {address} and at no other address. Open it there.")


def expired() -> str:
    """Why a form cannot be taken as it came: it is old, or the cookie it needs did not come."""
    return why_no_cookie() or EXPIRED


def why_no_cookie() -> str:
    """What to do where no cookie of ours came with a form; nothing where one did."""
    if current_app.config["SESSION_COOKIE_NAME"] in request.cookies:
        return ""
    settings = service().settings
    opened = request.headers.get("Origin") or request.headers.get("Referer") or request.url
    if settings.is_https and opened.startswith("http://"):
        return (
            "Nothing was done, because the cookie that this page needs did not come back. The page"
            f" was opened by http, and cookies are kept for https alone: open {settings.public_url}"
        )
    return (
        "Nothing was done, because the cookie that this page needs did not come back. Try once"
        " more. If it does not come again, let this site keep cookies, or use a window that is not"
        " private."
    )


@bp.get("/sign-in")
@public
def ask() -> ResponseReturnValue:
    """Ask for the address."""
    if g.person_id is not None:
        return redirect("/me", 303)
    return ask_page("", {}, 200)


def ask_page(email: str, errors: dict[str, str], status: int = 400) -> ResponseReturnValue:
    """The address to mail a code to, and the organisations whose accounts sign in."""
    buttons = service().organisations.buttons
    return page("auth/ask.html", status, email=email, errors=errors, buttons=buttons)


def sign_in_page(refusal: str) -> ResponseReturnValue:
    """The same where an organisation's account did not sign in: a code still does."""
    flash(refusal)
    return ask_page("", {})


@bp.post("/sign-in")
@public
@keeps_form("email")
def send() -> ResponseReturnValue:
    """Have a code sent, if the address is known; the page never tells whether it is."""
    email = request.form.get("email", "").strip()[:300]
    form = sent_form()
    if form.errors:
        return ask_page(email, form.errors)
    if wanted := request.form.get("begin", ""):
        begin = service().editions.current(wanted).module.id
        session.update(begin=begin, next=f"/modules/{begin}/attempts")
    try:
        asked = service().sign_in.ask(
            email, request.remote_addr or "", request.cookies.get(KNOWN, "")
        )
    except (BadReply, SignInRefused) as error:
        return ask_page(email, {"email": str(error)})
    session["signing_in"] = str(asked)
    session["address"] = email
    return redirect("/sign-in/code", 303)


@bp.get("/sign-in/code")
@public
def code() -> ResponseReturnValue:
    """Ask for the six digits."""
    if "signing_in" not in session:
        return redirect("/sign-in", 303)
    return page("auth/code.html", email=session["address"], errors={})


@bp.post("/sign-in/code")
@public
@keeps_form("code")
def enter() -> ResponseReturnValue:
    """Check the digits."""
    waiting = session.get("signing_in")
    if waiting is None:
        return redirect("/sign-in", 303)
    form = sent_form()
    if form.errors:
        return page("auth/code.html", 400, email=session["address"], errors=form.errors)
    try:
        signed_in = service().sign_in.enter(UUID(waiting), request.form.get("code", "")[:40])
    except (SignInRefused, BadReply) as error:
        return page("auth/code.html", 400, email=session["address"], errors={"code": str(error)})
    return let_in(signed_in)


def let_in(signed_in: SignedIn) -> ResponseReturnValue:
    """A fresh session, so that an older cookie is worth nothing; then where they wanted to go."""
    there = session.get("next") or first_page(signed_in)
    kept = {name: session[name] for name in ("ticked", "begin") if name in session}
    end_session()
    session.permanent = True
    stand_on(signed_in)
    token()
    session.update(kept)
    answer = redirect(there, 303)
    remember(answer, signed_in)
    return answer


def first_page(signed_in: SignedIn) -> str:
    """Where somebody's day begins: what waits for leads, the team of managers, one's own record."""
    rights = service().people.rights(
        signed_in.person_id, Session(signed_in.session_id, signed_in.epoch)
    )
    if rights.leads:
        return "/admin"
    return "/team" if rights.manages else "/me"


def remember(answer: BaseResponse, signed_in: SignedIn) -> None:
    """Let the browser be known to its person: strangers cannot use up the codes asked for here."""
    answer.set_cookie(
        KNOWN,
        service().sign_in.mark(signed_in, request.cookies.get(KNOWN, "")),
        max_age=KNOWN_FOR,
        path="/sign-in",
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )


def stand_on(signed_in: SignedIn) -> None:
    """Let this browser's session be theirs."""
    session.update(as_kept(signed_in))


def as_kept(signed_in: SignedIn) -> dict[str, str | int]:
    """What the cookie says of who is signed in: ids alone."""
    return {"p": str(signed_in.person_id), "e": signed_in.epoch, "s": signed_in.session_id.hex}


def end_session() -> None:
    """This browser's session, on the server too: a copy of its cookie opens nothing."""
    if "s" in session:
        service().sign_in.end(UUID(session["s"]))
    session.clear()


@bp.post("/sign-out")
@public
def leave() -> ResponseReturnValue:
    """End this browser's session; at its organisation somebody may still be signed in."""
    via = session.get("via", "")
    end_session()
    if via:
        return redirect(f"/signed-out/{via}", 303)
    flash("You are signed out.")
    return redirect("/", 303)
