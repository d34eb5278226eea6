"""Candidates and others from outside: invited by a manager, asked for a questionnaire."""

from collections.abc import Mapping
from datetime import timedelta

from flask import Blueprint, flash, redirect, request
from flask.typing import ResponseReturnValue

from quizbot.errors import Mend, NotAllowed, Refused
from quizbot.words import LONGEST
from web.auth import keeps_form, sent_form
from web.current import page, person_id, service
from web.forms import typed

bp = Blueprint("guests", __name__, url_prefix="/team/guests")
USUAL = timedelta(days=14)


@bp.get("/new")
def new() -> ResponseReturnValue:
    """Whom to invite, for what, until when."""
    return show({"until": typed(service().today() + USUAL), "modules": []}, {})


def show(values: Mapping[str, object], errors: dict[str, str]) -> ResponseReturnValue:
    """The form, with what was typed and what is wrong with it."""
    team = service().reports.team(person_id())
    status = 400 if errors else 200
    return page("guests/new.html", status, modules=team.modules, values=values, errors=errors)


@bp.post("/new")
@keeps_form("name")
def invite() -> ResponseReturnValue:
    """A guest until a day, asked for it by that day."""
    team = service().reports.team(person_id())
    form = sent_form()
    name = form.text("name", LONGEST["name"], "Enter the name of the person you invite")
    email = form.text("email", LONGEST["email"], "Enter their e-mail address")
    known = [module for module, _ in team.modules]
    modules = form.choices("modules", known, "Choose at least one questionnaire")
    until = form.day("until", "Enter the day by which it is to be done")
    reason = form.text("reason")
    if until is not None and not form.errors:
        try:
            guest = service().people.invite_guest(person_id(), name, email, until)
            service().requests.ask(person_id(), [guest], modules, until, reason)
        except Mend as mend:
            form.errors |= mend.faults
        except NotAllowed:
            raise
        except Refused as refusal:
            form.errors["until"] = str(refusal)
        else:
            flash(invited(service().guests.name_of(guest), name))
            return redirect("/team/requests", 303)
    values = {**request.form.to_dict(), "modules": modules, "until": form.typed_day("until")}
    return show(values, form.errors)


def invited(known: str, name: str) -> str:
    """Who is invited: by the name they have here, where another was typed."""
    done = f"{known} is invited, and told so by e-mail."
    if known.casefold() == " ".join(name.split()).casefold():
        return done
    return f"{done} This address is known here under that name; {name} was not noted."
