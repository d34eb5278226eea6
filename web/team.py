"""What a manager sees."""

from collections.abc import Mapping
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, flash, redirect, request
from flask.typing import ResponseReturnValue

from quizbot.errors import Mend, NotAllowed, NotFound, Refused
from quizbot.figures.team import LOOKS, SORTS, View
from quizbot.rules.due import DispensationKind
from quizbot.words import LONGEST_REASON
from web.auth import keeps_form, sent_form
from web.current import page, person_id, service
from web.forms import as_uuid, typed
from web.paging import paging

bp = Blueprint("team", __name__, url_prefix="/team")
KINDS = tuple(kind.name.lower() for kind in DispensationKind)
MORE_TIME = ("extension", "More time until …", "A new day for what is asked now")
OF_LEADS = (
    ("pause", "A pause", "Long leave or illness: the days do not count"),
    ("exemption", "An exemption", "Nothing is asked while it lasts"),
    ("learning", "Recognised learning", "Learned elsewhere, with evidence you have seen"),
)


@bp.get("")
def show() -> ResponseReturnValue:
    """What needs attention, then a manager's people module by module as the address asks."""
    team = service().reports.team(person_id())
    seen = team.seen(team.view(request.args))
    number = seen.nearest(request.args.get("page", "1"))
    return page(
        "team/show.html",
        team=team,
        seen=seen,
        number=number,
        looks=[("", "Any"), *((look, words) for look, (words, _) in LOOKS.items())],
        sorts=SORTS.items(),
        columns=["Name", *(seen.modules[at][1] for at in seen.columns)],
        due_on=service().usual_due_on(),
        unfold=f"/team{query(seen.view, columns='all')}#all",
        query=query(seen.view),
        ask=f"/team/requests/new{query(seen.view, shown='yes')}",
        paging=paging(
            number, seen.pages, lambda n: f"/team{query(seen.view, page=n)}#all", reach=seen.pages
        ),
    )


def query(view: View, **more: object) -> str:
    """What an address needs to show the same people, and more where it is asked."""
    fields = {**view.fields, **more}
    return f"?{urlencode(fields)}" if fields else ""


@bp.get("/guide/<module>")
def guide(module: str) -> ResponseReturnValue:
    """What to talk about, with the team or with one person."""
    named = request.args.get("person", "")
    whom = as_uuid(named)
    if named and whom is None:
        raise NotFound("There is nobody of that kind in your team today.")
    return page("team/guide.html", guide=service().guides.of(person_id(), module, whom))


@bp.get("/people/<uuid:of_person>")
def person(of_person: UUID) -> ResponseReturnValue:
    """One of them: standing, objectives, attempts, and what has been granted."""
    return show_person(of_person, {})


def show_person(of_person: UUID, errors: Mapping[str, str]) -> ResponseReturnValue:
    """The person's page, with what is wrong with a form on it."""
    report = service().reports.person(person_id(), of_person)
    status = 400 if errors else 200
    return page(
        "team/person.html",
        status,
        report=report,
        kinds=[MORE_TIME, *(OF_LEADS if report.viewer_leads else ())],
        modules=[("all", "All questionnaires"), *((d.module, d.title) for d in report.modules)],
        module=request.args.get("module", ""),
        is_granting="module" in request.args or bool(errors),
        ends=typed(None if errors or report.viewer_leads else service().usual_due_on()),
        errors=errors,
        form=request.form,
    )


@bp.post("/people/<uuid:of_person>/dispensations")
@keeps_form("kind")
def grant(of_person: UUID) -> ResponseReturnValue:
    """Grant an extension, a pause, an exemption, or recognise learning."""
    form = sent_form()
    kind = form.choice("kind", KINDS, "Choose what to grant")
    known = [edition.module.id for edition in service().editions.all_current()]
    module = form.choice("module", ["all", *known], "Choose a questionnaire, or all")
    starts_on = form.day("starts") or service().today()
    ends_on = form.day("ends")
    reason = form.text("why", LONGEST_REASON, "Say why, in a few words: it is kept with the record")
    if form.errors:
        return show_person(of_person, form.errors)
    try:
        service().dispensations.grant(
            person_id(),
            of_person,
            DispensationKind[kind.upper()],
            None if module == "all" else module,
            starts_on,
            ends_on,
            reason,
        )
    except (NotAllowed, NotFound):
        raise
    except Mend as mend:
        return show_person(of_person, mend.faults)
    except Refused as refusal:
        return show_person(of_person, {"ends": str(refusal)})
    flash("Granted, and kept with the record.")
    is_from_team = request.form.get("back") == "team"
    return redirect("/team" if is_from_team else f"/team/people/{of_person}", 303)


@bp.get("/people/<uuid:of_person>/attempts/<uuid:attempt_id>/withdraw")
def withdrawing(of_person: UUID, attempt_id: UUID) -> ResponseReturnValue:
    """Should this attempt of theirs not count?"""
    return show_withdrawing(of_person, attempt_id, {})


def show_withdrawing(
    of_person: UUID, attempt_id: UUID, errors: Mapping[str, str]
) -> ResponseReturnValue:
    """The attempt with a form for the reason, and what is wrong with that."""
    found = service().withdrawals.find(person_id(), of_person, attempt_id)
    reason = request.form.get("reason", "")
    status = 400 if errors else 200
    return page("team/withdraw.html", status, found=found, reason=reason, errors=errors)


@bp.post("/people/<uuid:of_person>/attempts/<uuid:attempt_id>/withdraw")
@keeps_form("reason")
def withdraw(of_person: UUID, attempt_id: UUID) -> ResponseReturnValue:
    """Have an attempt of theirs count for nothing any more."""
    form = sent_form()
    reason = form.text("reason", 300, "Say why, in a few words: its person reads it")
    if form.errors:
        return show_withdrawing(of_person, attempt_id, form.errors)
    service().withdrawals.withdraw(person_id(), of_person, attempt_id, reason)
    flash("It is withdrawn, with its certificate if there was one. They are told.")
    return redirect(f"/team/people/{of_person}", 303)


@bp.post("/people/<uuid:of_person>/dispensations/<uuid:granted_id>/end")
def end_grant(of_person: UUID, granted_id: UUID) -> ResponseReturnValue:
    """End a pause or an exemption, or take back what was granted by mistake."""
    is_taken_back = service().dispensations.end(person_id(), granted_id)
    flash(
        "It is taken back, and does not count any more."
        if is_taken_back
        else "It has ended. What it covered until yesterday stands."
    )
    return redirect(f"/team/people/{of_person}", 303)
