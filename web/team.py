"""What a manager sees."""

import csv
import io
from collections.abc import Iterator
from uuid import UUID

from flask import Blueprint, Response, flash, g, redirect, request
from flask.typing import ResponseReturnValue

from quizbot.due import DispensationKind
from quizbot.errors import NotAllowed, NotFound, Refused
from web.auth import EXPIRED, keeps_form
from web.current import page, person_id, service
from web.forms import Form

bp = Blueprint("team", __name__, url_prefix="/team")
KINDS = tuple(kind.name.lower() for kind in DispensationKind)


@bp.get("")
def show() -> ResponseReturnValue:
    """A manager's people, module by module."""
    return page("team/show.html", team=service().reports.team(person_id()))


@bp.get("/people/<uuid:of_person>")
def person(of_person: UUID) -> ResponseReturnValue:
    """One of them: standing, objectives, attempts, and what has been granted."""
    return show_person(of_person, {})


def show_person(of_person: UUID, errors: dict[str, str]) -> ResponseReturnValue:
    """The person's page, with what is wrong with a form on it."""
    report = service().reports.person(person_id(), of_person)
    status = 400 if errors else 200
    return page("team/person.html", status, report=report, errors=errors, form=request.form)


@bp.post("/people/<uuid:of_person>/dispensations")
@keeps_form
def grant(of_person: UUID) -> ResponseReturnValue:
    """Grant an extension, a pause, an exemption, or recognise learning."""
    form = Form(request.form)
    kind = form.choice("kind", KINDS, "Choose what to grant")
    known = [edition.module.id for edition in service().editions.all_current()]
    module = form.choice("module", ["all", *known], "Choose a questionnaire, or all")
    starts_on = form.day("starts") or service().duties.today()
    ends_on = form.day("ends")
    reason = form.text("why", 500, "Say why, in a few words: it is kept with the record")
    if g.form_expired:
        form.errors["kind"] = EXPIRED
    if form.errors:
        return show_person(of_person, form.errors)
    try:
        service().duties.grant(
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
    except Refused as refusal:
        return show_person(of_person, {"ends": str(refusal)})
    flash("Granted, and kept with the record.")
    return redirect(f"/team/people/{of_person}", 303)


@bp.post("/people/<uuid:of_person>/dispensations/<uuid:granted_id>/end")
def end_grant(of_person: UUID, granted_id: UUID) -> ResponseReturnValue:
    """End a pause or an exemption."""
    service().duties.end_grant(person_id(), granted_id)
    flash("It has ended. What it covered until yesterday stands.")
    return redirect(f"/team/people/{of_person}", 303)


@bp.get("/export.csv")
def export_csv() -> ResponseReturnValue:
    """The same lines for a spreadsheet."""
    team = service().reports.team(person_id())
    return Response(
        csv_lines(team.rows()),
        mimetype="text/csv",
        headers={"Content-Disposition": 'attachment; filename="team.csv"'},
    )


def csv_lines(rows: Iterator[tuple[str, ...]]) -> Iterator[str]:
    """Lines of a CSV file that a spreadsheet reads as text: no cell begins as a formula."""
    yield "\ufeff"
    for row in rows:
        line = io.StringIO()
        csv.writer(line).writerow(
            "'" + cell if cell[:1] in "=+-@\t\r" and cell else cell for cell in row
        )
        yield line.getvalue()
