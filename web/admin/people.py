"""People of a lead's units: find, add, edit, move, leave, roles."""

from datetime import date
from typing import Any
from urllib.parse import quote
from uuid import UUID

from flask import Blueprint, flash, redirect, request
from flask.typing import ResponseReturnValue

from quizbot.access import Role
from quizbot.errors import Mend, MustConfirm, NotAllowed, NotFound, Refused
from quizbot.people.finding import Card
from quizbot.people.forms import NewPost
from quizbot.words import LONGEST
from web.auth import keeps_form, sent_form
from web.current import page, person_id, service
from web.forms import Form, as_uuid, typed, units_by_id
from web.paging import paging

bp = Blueprint("people", __name__, url_prefix="/admin/people")

ROLES = (
    ("manager", "Manager", "Sees the records of everyone in the unit: a deputy or an assistant"),
    ("lead", "Safeguarding lead", "Keeps people, units and rules in order, and sees all records"),
    ("auditor", "Auditor", "Reads the figures, the editions and the audit trail; changes nothing"),
)


@bp.get("")
def index() -> ResponseReturnValue:
    """A list, by a part of the name, the address or the number."""
    words = request.args.get("q", "")[:200]
    number = request.args.get("page", "1")
    ticked = {name: bool(request.args.get(name)) for name in ("left", "unmanaged")}
    found = service().finder.find(
        person_id(),
        words,
        int(number[:6]) if number.isdecimal() else 1,
        with_left=ticked["left"],
        unmanaged=ticked["unmanaged"],
    )
    also = "".join(f"&{name}=yes" for name, is_ticked in ticked.items() if is_ticked)
    pages = paging(
        found.number, found.pages, lambda n: f"/admin/people?q={quote(words)}{also}&page={n}"
    )
    return page("admin/people.html", found=found, words=words, ticked=ticked, paging=pages)


@bp.get("/<uuid:of_person>")
def show(of_person: UUID) -> ResponseReturnValue:
    """One person: who they are, their posts and roles, and what can be done."""
    card = service().finder.card(person_id(), of_person)
    return page(
        "admin/person.html",
        card=card,
        roles={role[0]: role[1] for role in ROLES},
        has_providers=bool(service().organisations.buttons),
    )


@bp.get("/new")
def new() -> ResponseReturnValue:
    """An empty form for somebody new."""
    return new_form({"starts_on": typed(service().staff.today())}, {})


@bp.post("/new")
@keeps_form("name")
def add() -> ResponseReturnValue:
    """Add somebody with a first post."""
    form = sent_form()
    name, email, staff_ref = read_who(form)
    post = read_post(form)
    if post is not None and not form.errors:
        try:
            added = service().staff.add(person_id(), name, email, staff_ref, post)
        except Mend as mend:
            form.errors |= mend.faults
        else:
            flash(f"{name} is added.")
            return redirect(f"/admin/people/{added}", 303)
    return new_form(as_typed(form, "starts_on"), form.errors)


def new_form(values: dict[str, Any], errors: dict[str, str]) -> ResponseReturnValue:
    """Who they are, and their post."""
    return page(
        "admin/person_new.html",
        400 if errors else 200,
        values=values,
        errors=errors,
        units=units_by_id(service().people.units_of(person_id())),
    )


@bp.get("/<uuid:of_person>/edit")
def edit(of_person: UUID) -> ResponseReturnValue:
    """Name, address and number as they are."""
    card = service().finder.card(person_id(), of_person)
    values = {"name": card.name, "email": card.email or "", "staff_ref": card.staff_ref or ""}
    return page("admin/person_edit.html", card=card, values=values, errors={})


@bp.post("/<uuid:of_person>/edit")
@keeps_form("name")
def save(of_person: UUID) -> ResponseReturnValue:
    """Name, address and number as they are to be."""
    card = service().finder.card(person_id(), of_person)
    form = sent_form()
    who = read_who(form)
    if not form.errors:
        try:
            service().staff.edit(person_id(), of_person, *who)
        except Mend as mend:
            form.errors |= mend.faults
        else:
            return saved(of_person, "The changes are saved.")
    return page("admin/person_edit.html", 400, card=card, values=request.form, errors=form.errors)


@bp.get("/<uuid:of_person>/posts/new")
def new_post(of_person: UUID) -> ResponseReturnValue:
    """A form for a move, or for a further post."""
    card = service().finder.card(person_id(), of_person)
    held = card.open_posts
    values = {"starts_on": typed(service().staff.today()), "instead_of": "none"}
    if held:
        values |= {"instead_of": str(held[0].post_id), "manager": held[0].manager_reference}
        values |= {"job": held[0].job}
    return post_form(card, values, {})


@bp.post("/<uuid:of_person>/posts/new")
@keeps_form("job")
def add_post(of_person: UUID) -> ResponseReturnValue:
    """Move somebody, give them a further post, or take them back."""
    card = service().finder.card(person_id(), of_person)
    form = sent_form()
    post = read_post(form)
    known = ["none", *(str(held.post_id) for held in card.open_posts)]
    instead = (
        form.choice("instead_of", known, "Say whether this is a move") if held_any(card) else ""
    )
    if post is not None and not form.errors:
        try:
            service().staff.add_post(
                person_id(), of_person, post, as_uuid(instead), confirm=form.confirm
            )
        except Mend as mend:
            form.errors |= mend.faults
        except MustConfirm as asked:
            return post_form(card, as_typed(form, "starts_on"), {"confirm": str(asked)}, asked)
        else:
            return saved(of_person, "The new post is saved.")
    return post_form(card, as_typed(form, "starts_on"), form.errors)


def held_any(card: Card) -> bool:
    """Whether there is a post that could end with a new one."""
    return bool(card.open_posts)


def post_form(
    card: Card,
    values: dict[str, Any],
    errors: dict[str, str],
    asked: MustConfirm | None = None,
) -> ResponseReturnValue:
    """Unit, job, first day and manager; which post ends with it, and what is to be confirmed."""
    units = units_by_id(service().people.units_of(person_id()))
    status = 400 if errors else 200
    moves = [
        (str(held.post_id), f"A move: {held.job}, {held.unit} ends the day before")
        for held in card.open_posts
    ]
    return page(
        "admin/post_new.html",
        status,
        card=card,
        values=values,
        errors=errors,
        units=units,
        moves=[*moves, ("none", "A further post: nothing ends")],
        asked=asked,
    )


@bp.get("/<uuid:of_person>/posts/<uuid:post_id>")
def edit_post(of_person: UUID, post_id: UUID) -> ResponseReturnValue:
    """A post's job, manager and last day as they are."""
    card = service().finder.card(person_id(), of_person)
    held = held_post(card, post_id)
    values = {"job": held.job, "manager": held.manager_reference, "ends_on": typed(held.ends_on)}
    return edit_form(card, held, values, {})


@bp.post("/<uuid:of_person>/posts/<uuid:post_id>")
@keeps_form("job")
def save_post(of_person: UUID, post_id: UUID) -> ResponseReturnValue:
    """A post's job, manager and last day as they are to be."""
    card = service().finder.card(person_id(), of_person)
    held = held_post(card, post_id)
    form = sent_form()
    job = form.text("job", LONGEST["job"], "Enter the job title")
    manager = form.text("manager", LONGEST["manager"])
    ends_on = form.day("ends_on")
    if not form.errors:
        try:
            service().staff.change_post(
                person_id(), post_id, job, manager, ends_on, confirm=form.confirm
            )
        except Mend as mend:
            form.errors |= mend.faults
        except MustConfirm as asked:
            values = as_typed(form, "ends_on")
            return edit_form(card, held, values, {"confirm": str(asked)}, asked)
        else:
            return saved(of_person, "The post is saved.")
    return edit_form(card, held, as_typed(form, "ends_on"), form.errors)


def edit_form(
    card: Card,
    held: Any,
    values: dict[str, Any],
    errors: dict[str, str],
    asked: MustConfirm | None = None,
) -> ResponseReturnValue:
    """Job, manager and last day of a post, and what is to be confirmed."""
    status = 400 if errors else 200
    return page(
        "admin/post_edit.html", status, card=card, held=held, values=values, errors=errors,
        asked=asked,
    )  # fmt: skip


def held_post(card: Card, post_id: UUID) -> Any:
    """One of somebody's posts that has not ended."""
    for held in card.open_posts:
        if held.post_id == post_id:
            return held
    raise NotFound("There is no such post now in the units that you lead.")


@bp.get("/<uuid:of_person>/leave")
def leaving(of_person: UUID) -> ResponseReturnValue:
    """When is the last day?"""
    card = service().finder.card(person_id(), of_person)
    values = {"last_day": typed(service().staff.today())}
    return page("admin/person_leave.html", card=card, values=values, errors={}, asked=None)


@bp.post("/<uuid:of_person>/leave")
@keeps_form("last_day")
def leave(of_person: UUID) -> ResponseReturnValue:
    """Close somebody's posts, roles and sessions."""
    card = service().finder.card(person_id(), of_person)
    form = sent_form()
    last_day = form.day("last_day", "Enter the last day")
    asked = None
    if last_day is not None and not form.errors:
        try:
            wholly = service().staff.leave(person_id(), of_person, last_day, confirm=form.confirm)
        except Mend as mend:
            form.errors |= mend.faults
        except MustConfirm as must:
            asked, form.errors["confirm"] = must, str(must)
        else:
            words = "It is noted that {} leaves." if wholly else "{}'s posts in your units end."
            flash(words.format(card.name))
            return redirect("/admin/people", 303)
    values = as_typed(form, "last_day")
    return page(
        "admin/person_leave.html", 400, card=card, values=values, errors=form.errors, asked=asked
    )


@bp.post("/<uuid:of_person>/stay")
def stay(of_person: UUID) -> ResponseReturnValue:
    """They do not leave after all."""
    service().staff.stay(person_id(), of_person)
    return saved(of_person, "They stay. Roles that were to end with them can be given again.")


@bp.get("/<uuid:of_person>/roles/new")
def new_role(of_person: UUID) -> ResponseReturnValue:
    """A form for a role with dates."""
    card = service().finder.card(person_id(), of_person)
    return role_form(card, {"starts_on": typed(service().staff.today())}, {})


@bp.post("/<uuid:of_person>/roles/new")
@keeps_form("role")
def give_role(of_person: UUID) -> ResponseReturnValue:
    """Give a role over a unit and all below it, from a day and until one."""
    card = service().finder.card(person_id(), of_person)
    form = sent_form()
    role = form.choice("role", [role[0] for role in ROLES], "Choose a role")
    unit_id = read_unit(form)
    starts_on = form.day("starts_on", "Enter the first day")
    ends_on = form.day("ends_on")
    if unit_id is not None and starts_on is not None and not form.errors:
        try:
            service().roles.give(person_id(), of_person, Role(role), unit_id, starts_on, ends_on)
        except Mend as mend:
            form.errors |= mend.faults
        else:
            return saved(of_person, "The role is given.")
    return role_form(card, as_typed(form, "starts_on", "ends_on"), form.errors)


def role_form(card: Card, values: dict[str, Any], errors: dict[str, str]) -> ResponseReturnValue:
    """Which role, over which unit, from and until when."""
    units = units_by_id(service().people.units_of(person_id()))
    status = 400 if errors else 200
    return page(
        "admin/role_new.html", status, card=card, values=values, errors=errors, units=units,
        roles=ROLES,
    )  # fmt: skip


@bp.post("/<uuid:of_person>/roles/<uuid:grant_id>/end")
def end_role(of_person: UUID, grant_id: UUID) -> ResponseReturnValue:
    """End a role from today."""
    whose = service().roles.end(person_id(), grant_id)
    return saved(whose if whose == of_person else of_person, "The role has ended.")


def saved(of_person: UUID, words: str) -> ResponseReturnValue:
    """Back to the person."""
    flash(words)
    return redirect(f"/admin/people/{of_person}", 303)


def read_who(form: Form) -> tuple[str, str, str]:
    """Name, address and number as typed."""
    name = form.text("name", LONGEST["name"], "Enter the name")
    return name, form.text("email", LONGEST["email"]), form.text("staff_ref", LONGEST["staff_ref"])


def read_unit(form: Form) -> UUID | None:
    """The chosen unit."""
    unit_id = as_uuid(form.fields.get("unit", ""))
    if unit_id is None:
        form.errors.setdefault("unit", "Choose a unit")
    return unit_id


def read_post(form: Form) -> NewPost | None:
    """A post as typed, where it can be read."""
    unit_id = read_unit(form)
    job = form.text("job", LONGEST["job"], "Enter the job title")
    starts_on: date | None = form.day("starts_on", "Enter the first day in this post")
    manager = form.text("manager", LONGEST["manager"])
    if unit_id is None or starts_on is None:
        return None
    return NewPost(unit_id, job, starts_on, manager)


def as_typed(form: Form, *days: str) -> dict[str, Any]:
    """What was typed, to be shown again."""
    return {**form.fields.to_dict(), **{day: form.typed_day(day) for day in days}}


@bp.get("/<uuid:of_person>/join")
def join_form(of_person: UUID) -> ResponseReturnValue:
    """Which other record is the same person's; with one named, both beside each other."""
    return join_page(of_person, request.args.get("other", "")[:254], {})


def join_page(of_person: UUID, words: str, errors: dict[str, str]) -> ResponseReturnValue:
    """The form, and what would become of both records."""
    card = service().finder.card(person_id(), of_person)
    pair = None
    if words.strip():
        try:
            other = service().own_data.whose(words)
            pair = service().joining.look(of_person, other, person_id())
        except NotFound:  # whoever is elsewhere looks like nobody
            errors = {"other": "There is no such other record wholly in the units that you lead"}
        except (NotAllowed, Refused) as refusal:
            errors = {"other": str(refusal)}
    status = 400 if errors else 200
    is_joined = service().joining.last(of_person) is not None
    return page(
        "admin/person_join.html", status, card=card, pair=pair, words=words, errors=errors,
        is_joined=is_joined,
    )  # fmt: skip


@bp.post("/<uuid:of_person>/join")
@keeps_form("confirm")
def join(of_person: UUID) -> ResponseReturnValue:
    """Make them one, if that was confirmed."""
    words = request.form.get("other", "")[:254]
    form = sent_form()
    form.choice("confirm", ["yes"], "Say that these are one person, or leave them as two")
    if form.errors:
        return join_page(of_person, words, form.errors)
    other = as_uuid(words)
    if other is None:
        return join_page(of_person, words, {})
    service().joining.join(of_person, other, person_id())
    return saved(of_person, "The two records are one now.")


@bp.post("/<uuid:of_person>/join/undo")
def separate(of_person: UUID) -> ResponseReturnValue:
    """Make them two again, while nothing has followed."""
    service().joining.undo(of_person, person_id())
    return saved(of_person, "There are two records again. Both sign in anew and link chats anew.")
