"""`/admin/lti`: learning systems, for who leads all of it: connect, change and end."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect
from flask.typing import ResponseReturnValue

from quizbot.errors import Mend, NotAllowed
from quizbot.lti.platforms import Platform, PlatformDraft
from web.auth import keeps_form, sent_form
from web.current import page, person_id, service
from web.forms import Form

bp = Blueprint("learning_systems", __name__, url_prefix="/admin/lti")


@bp.get("")
def index() -> ResponseReturnValue:
    """Those that are connected, and our own addresses."""
    platforms = service().platforms
    if not platforms.is_on:
        rights = service().people.rights(person_id())
        if not rights.leads:
            raise NotAllowed("This page is for safeguarding leads.")
        return page("learning_systems/off.html")
    lines = platforms.seen_by(person_id())
    return page("learning_systems/index.html", lines=lines, ours=ours())


def ours() -> list[tuple[str, str]]:
    """What is typed in there, as Moodle calls it."""
    base = service().settings.public_url
    return [
        ("Tool URL", f"{base}/lti/launch"),
        ("Public keyset", f"{base}/lti/keys"),
        ("Initiate login URL", f"{base}/lti/login"),
        ("Redirection URI(s)", f"{base}/lti/launch"),
    ]


@bp.get("/invite")
def ask_invitation() -> ResponseReturnValue:
    """Which learning system may connect itself."""
    service().platforms.seen_by(person_id())
    return page("learning_systems/invite.html", draft=PlatformDraft(), errors={}, link="")


@bp.post("/invite")
@keeps_form("title")
def invite() -> ResponseReturnValue:
    """A link for it, shown this once."""
    form = sent_form()
    draft = drafted(form)
    if not form.errors:
        try:
            word = service().platforms.invite(person_id(), draft)
        except Mend as mend:
            form.errors |= mend.faults
        else:
            link = f"{service().settings.public_url}/lti/register/{word}"
            return page("learning_systems/invite.html", draft=draft, errors={}, link=link)
    given = {"draft": draft, "errors": form.errors, "link": ""}
    return page("learning_systems/invite.html", 400, **given)


@bp.get("/new")
def ask_new() -> ResponseReturnValue:
    """A learning system by hand."""
    service().platforms.seen_by(person_id())
    return page("learning_systems/new.html", draft=PlatformDraft(), errors={}, ours=ours())


@bp.post("/new")
@keeps_form("title")
def add() -> ResponseReturnValue:
    """Connect it."""
    form = sent_form()
    draft = drafted(form)
    if not form.errors:
        try:
            platform_id = service().platforms.add(person_id(), draft)
        except Mend as mend:
            form.errors |= mend.faults
        else:
            tried = service().launches.check(service().platforms.by_id(platform_id))
            flash(f"{draft.title} is connected. {tried.words}")
            return redirect(f"/admin/lti/{platform_id}", 303)
    given = {"draft": draft, "errors": form.errors, "ours": ours()}
    return page("learning_systems/new.html", 400, **given)


@bp.get("/<uuid:platform_id>")
def show(platform_id: UUID) -> ResponseReturnValue:
    """One, with what may be changed of it."""
    service().platforms.seen_by(person_id())
    platform = service().platforms.by_id(platform_id)
    return shown(platform, draft_of(platform), {})


@bp.post("/<uuid:platform_id>")
@keeps_form("title")
def change(platform_id: UUID) -> ResponseReturnValue:
    """Its deployments, and for whose addresses it speaks."""
    platforms = service().platforms
    platforms.seen_by(person_id())
    form = sent_form()
    draft = drafted(form)
    if not form.errors:
        try:
            platforms.change(person_id(), platform_id, draft)
        except Mend as mend:
            form.errors |= mend.faults
        else:
            flash("It is saved.")
            return redirect(f"/admin/lti/{platform_id}", 303)
    return shown(platforms.by_id(platform_id), draft, form.errors)


def shown(platform: Platform, draft: PlatformDraft, errors: dict[str, str]) -> ResponseReturnValue:
    """The page of one."""
    state = service().connections.of(platform.name)
    given: dict[str, Any] = {"platform": platform, "draft": draft, "state": state}
    return page("learning_systems/one.html", 400 if errors else 200, errors=errors, **given)


@bp.post("/<uuid:platform_id>/end")
def end(platform_id: UUID) -> ResponseReturnValue:
    """Nobody comes from it any more."""
    service().platforms.end(person_id(), platform_id)
    flash("It is connected no more: nobody comes in from it, and it is told nothing.")
    return redirect("/admin/lti", 303)


def drafted(form: Form) -> PlatformDraft:
    """What was typed."""
    names = [name for name in asdict(PlatformDraft()) if name != "are_verified"]
    typed = {name: form.text(name, 8000) for name in names}
    return PlatformDraft(**typed, are_verified=form.fields.get("are_verified") == "yes")


def draft_of(platform: Platform) -> PlatformDraft:
    """What may be changed of one, as its form has it."""
    return PlatformDraft(
        title=platform.title,
        deployments="\n".join(platform.deployments),
        hosts="\n".join(platform.hosts),
        domains="\n".join(platform.domains),
        are_verified=platform.are_verified,
    )
