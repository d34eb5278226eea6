"""Where learning systems send people: the way in, a choice for a course, and being connected.

In a frame browsers keep no cookie of ours. So a page in a frame needs none, stands on a word in its
address, and offers the rest in a tab of its own.
"""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Blueprint, Response, current_app, flash, g, jsonify, redirect, request, session
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response as BaseResponse

from quizbot.errors import NotFound, Refused, SignInRefused
from quizbot.hosts import origin
from quizbot.lti.claims import BadLaunch
from quizbot.lti.launches import Launch, LtiAnswer
from quizbot.rules.pick import Mode
from quizbot.signin.codes import SignedIn
from web.auth import VIA_COURSE, end_session, from_machine, let_in, public
from web.current import packed, page, service, signed_in

bp = Blueprint("lti", __name__, url_prefix="/lti")
View = TypeVar("View", bound=Callable[..., Any])

COOKIE = "course"  # the words of the launches that were begun in this browser
AT_ONCE = 3  # tabs
AWAY = 600  # seconds
ANYBODY = ("*",)  # who may show a page on which there is nothing to press
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; manifest-src 'self'; base-uri 'none';"
)


def told_in_frames(view: View) -> View:
    """A refusal is a page that a frame may show: otherwise it would be blank there."""

    @wraps(view)
    def told(*args: Any, **given: Any) -> ResponseReturnValue:
        try:
            return cast("ResponseReturnValue", view(*args, **given))
        except Refused as refusal:
            status = 404 if isinstance(refusal, NotFound) else 400
            return framed("lti/refused.html", ANYBODY, status, words=str(refusal))

    return cast("View", told)


@bp.get("/login")
@from_machine
@told_in_frames
def begin() -> ResponseReturnValue:
    """A learning system sends a browser: on to its page of signing in, which sends it back."""
    return sent_there(request.args)


@bp.post("/login")
@from_machine
@told_in_frames
def begin_by_form() -> ResponseReturnValue:
    """The same, as most learning systems do it."""
    return sent_there(request.form)


def sent_there(fields: Any) -> ResponseReturnValue:
    """Away, with a word in this browser by which it is known again where it keeps cookies."""
    way = service().launches.begin({name: str(value)[:4000] for name, value in fields.items()})
    answer = redirect(way.address, 303)
    words = ".".join([*words_of_browser()[1 - AT_ONCE :], way.word])
    keep_words(answer, words)
    return answer


@bp.post("/launch")
@from_machine
@told_in_frames
def launch() -> ResponseReturnValue:
    """Back from there with a token: proven, and on to an address of this launch alone."""
    form = request.form
    launched = service().launches.arrive(
        form.get("state", "")[:1000], form.get("id_token", ""), form.get("error", "")
    )
    way = "choose" if launched.is_choice else "open"
    return redirect(f"/lti/{way}/{launched.word}", 303)


@bp.get("/launch/<module>/<mode>")
@public
def not_by_hand(module: str, mode: str) -> ResponseReturnValue:  # noqa: ARG001
    """What a course keeps of an activity, opened as if it were a page."""
    service().platforms.must_be_on()
    return redirect(f"/modules/{module}", 303)


@bp.get("/open/<word>")
@public
@told_in_frames
def offer(word: str) -> ResponseReturnValue:
    """In a tab of its own straight on, if this browser began it; else somebody says who they are.

    In a frame a link to a tab of its own.
    """
    launched = to_open(word)
    if request.headers.get("Sec-Fetch-Dest") != "document":
        return framed(
            "lti/new_tab.html",
            launched.message.framers,
            launch=launched,
            title=title_of(launched),
            tells_score=bool(launched.message.line_item),
        )
    if launched.is_used and signed_in() is not None:
        return redirect(where(launched), 303)
    if service().launches.is_of(launched, words_of_browser()):
        return come_in(launched)
    return page("lti/confirm.html", launch=launched, title=title_of(launched))


@bp.post("/open/<word>")
@public
@told_in_frames
def enter(word: str) -> ResponseReturnValue:
    """The person says that it is they."""
    return come_in(to_open(word))


def to_open(word: str) -> Launch:
    """A launch that signs somebody in."""
    launched = service().launches.look(word)
    if launched.is_choice:
        raise NotFound("This is the choice of a questionnaire for a course.")
    return launched


def come_in(launched: Launch) -> ResponseReturnValue:
    """Sign in whoever it is; practice without a record for who is nobody here."""
    platform, there = launched.platform, where(launched)
    try:
        found = service().launches.open(launched)
    except SignInRefused as refusal:
        raise BadLaunch(str(refusal), str(refusal)) from None
    if not isinstance(found, SignedIn):
        if VIA_COURSE in session:  # at a computer that others use, it was somebody else
            end_session()
            g.person_id = g.name = None
        return page(
            "lti/nobodys.html",
            launch=launched,
            waiting=found,
            title=title_of(launched),
            there=there,
        )
    session["next"] = there
    answer = cast("BaseResponse", let_in(found))
    session[VIA_COURSE] = platform.title
    if launched.message.mode == Mode.PRACTICE:
        flash(f"{platform.title} asks you to practise: press Start practice.")
    elif launched.message.line_item:
        flash(f"When you submit, {platform.title} is told your score and whether you passed.")
    keep_words(answer, "")
    return answer


def title_of(launched: Launch) -> str:
    """What a launch is for, as a page calls it."""
    module = launched.message.module
    try:
        return service().editions.current(module).module.title if module else ""
    except NotFound:
        return ""


def where(launched: Launch) -> str:
    """Where a launch leads: to its module's page, or to the list of all."""
    return f"/modules/{launched.message.module}" if title_of(launched) else "/"


@bp.get("/choose/<word>")
@from_machine
@told_in_frames
def choose(word: str) -> ResponseReturnValue:
    """Somebody adds an activity to a course: which questionnaire is it, and does it count?"""
    return choices(word, "")


def choices(word: str, error: str, module: str = "", mode: str = "") -> ResponseReturnValue:
    """The form, with what was chosen."""
    launched = to_choose(word)
    offers = service().editions.offers()
    return framed(
        "lti/choose.html",
        launched.message.framers,
        400 if error else 200,
        launch=launched,
        modules=[(offer.module.id, offer.module.title, offer.module.summary) for offer in offers],
        errors={"module": error} if error else {},
        module=module,
        mode=mode or Mode.ASSURED.value,
    )


@bp.post("/choose/<word>")
@from_machine
@told_in_frames
def chosen(word: str) -> ResponseReturnValue:
    """What was chosen goes back to the course, sealed by us."""
    launched = to_choose(word)
    module, mode = request.form.get("module", ""), request.form.get("mode", "")
    if "nothing" in request.form:
        return sent_back(launched, service().launches.choose_nothing(launched))
    if not module:
        return choices(word, "Choose a questionnaire", mode=mode)
    return sent_back(launched, service().launches.choose(launched, module, mode))


def to_choose(word: str) -> Launch:
    """A launch that asks for a choice."""
    launched = service().launches.look(word)
    if not launched.is_choice:
        raise NotFound("This is an activity of a course, and no choice.")
    return launched


def sent_back(launched: Launch, answer: LtiAnswer) -> ResponseReturnValue:
    """A form to the learning system, which a script sends where there are scripts."""
    return framed(
        "lti/send.html",
        launched.message.framers,
        launch=launched,
        answer=answer,
        forms_to=origin(answer.address),
        has_script=True,
    )


@bp.get("/register/<word>")
@from_machine
@told_in_frames
def register(word: str) -> ResponseReturnValue:
    """A learning system opens the link that a lead made for it."""
    invitation = service().platforms.invited(word)
    configuration = request.args.get("openid_configuration", "")[:1000]
    framers = (origin(invitation.address),)
    if not configuration:
        return framed("lti/link.html", ANYBODY, address=request.base_url)
    token = request.args.get("registration_token", "")
    platform_id = service().registering.register(word, configuration, token)
    platform = service().platforms.by_id(platform_id)
    answer = framed("lti/registered.html", framers, platform=platform, has_script=True)
    answer.headers["Cross-Origin-Opener-Policy"] = "unsafe-none"  # the script tells the opener
    return answer


@bp.get("/keys")
@from_machine
def keys() -> ResponseReturnValue:
    """The public halves of the keys with which we sign to learning systems."""
    service().platforms.must_be_on()
    answer = jsonify(service().own_keys.published())
    answer.headers["Cache-Control"] = "public, max-age=300"
    return answer


def framed(
    template: str,
    framers: Iterable[str],
    status: int = 200,
    *,
    forms_to: str = "",
    has_script: bool = False,
    **given: Any,
) -> Response:
    """A page that these origins may show in a frame: without a menu, and without a cookie."""
    frame = cast("dict[str, Any]", current_app.extensions["frame"])
    made = current_app.jinja_env.get_template(template).render(**frame, **given)
    answer = packed(made, status)
    allowed = " ".join(framers) or "'none'"
    script = " script-src 'self';" if has_script else ""
    answer.headers["Content-Security-Policy"] = (
        f"{POLICY}{script} form-action 'self' {forms_to}".rstrip() + f"; frame-ancestors {allowed}"
    )
    return answer


def words_of_browser() -> list[str]:
    """The words of the launches begun in this browser."""
    return [word for word in request.cookies.get(COOKIE, "")[:200].split(".") if word][-AT_ONCE:]


def keep_words(answer: BaseResponse, words: str) -> None:
    """Let a browser keep them while it is away; in a frame it will not."""
    answer.set_cookie(
        COOKIE,
        words,
        max_age=AWAY if words else 0,
        path="/lti",
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )
