"""A people file from HR: looked at first, then taken in as it was shown."""

from collections.abc import Iterator

from flask import Blueprint, Response, flash, redirect, request
from flask.typing import ResponseReturnValue

from quizbot.errors import BadFile, OutOfDate
from quizbot.people.file.days import DayOrder, DaysToChoose
from quizbot.people.file.in_words import PlannedPerson
from quizbot.people.file.reading import BEGINNING, MEANINGS, OtherTitles
from quizbot.people.file.uploads import Upload
from quizbot.people.people import Options, Plan
from quizbot.words import long_date
from web.auth import keeps_form, sent_form, takes_file
from web.current import page, person_id, service
from web.forms import units_by_path

bp = Blueprint("imports", __name__, url_prefix="/admin/people/import")

LARGEST = 201_000_000  # the file, and a little for the form around it
SHOWN = 50  # people of each kind on the page; the list to take away has all
NOT_ONE = "Choose a file"
IN_WORDS = {
    "staff_ref": "Staff number",
    "name": "Name",
    "forename": "Forename",
    "surname": "Surname",
    "email": "E-mail address",
    "unit": "Unit, written from the top with slashes",
    "job": "Job",
    "started_on": "Day on which the post began",
    "manager": "Manager: their staff number or address",
}
OURS = {name: name for name in MEANINGS}  # what is called as we call it
DAYS_IN_WORDS = {
    DayOrder.DAY_FIRST: "day first, as in Britain",
    DayOrder.MONTH_FIRST: "month first, as in the United States",
}
TITLES = {
    "leaves": "Leave",
    "loses posts": "Lose a post",
    "returns": "Return",
    "joins": "Join",
    "moves": "Move",
    "changes": "Change",
}


@bp.teardown_request
def let_go(_error: BaseException | None) -> None:
    """A large file lies on disk until it is closed, whatever becomes of the request."""
    request.close()


@bp.get("")
def ask() -> ResponseReturnValue:
    """Which file, and what it holds."""
    return form_page({}, {})


@bp.post("")
@keeps_form("file")
@takes_file(LARGEST)
def look() -> ResponseReturnValue:
    """Put the file aside, and show what it would do."""
    form = sent_form()
    units = service().people.units_of(person_id())
    holds = form.choice("holds", ["some", "all"], "Say what the file holds")
    unit = ""
    if holds == "all":
        unit = form.choice("unit", [line.path for line in units], "Choose the unit")
    file = request.files.get("file")
    if file is None or not file.filename:
        form.errors.setdefault("file", NOT_ONE)
    if file is None or form.errors:
        return form_page(request.form.to_dict(), form.errors)
    options = Options(
        make_units="units" in request.form.getlist("also"),
        unit=unit or None,
        complete=holds == "all",
    )
    try:
        token = service().uploads.keep(person_id(), file.stream, options)
    except BadFile as refusal:
        return form_page(request.form.to_dict(), {"file": str(refusal)})
    return redirect(f"/admin/people/import/{token}", 303)


def form_page(values: dict[str, str], errors: dict[str, str]) -> ResponseReturnValue:
    """The form; a chosen file cannot be shown again, so that alone is asked anew."""
    units = units_by_path(service().people.units_of(person_id()), "Choose the unit")
    status = 400 if errors else 200
    return page("admin/import.html", status, values=values, errors=errors, units=units)


@bp.get("/<token>")
def show(token: str) -> ResponseReturnValue:
    """What would change, person by person; or what is wrong, line by line."""
    return plan_page(token, {})


def plan_page(token: str, errors: dict[str, str]) -> ResponseReturnValue:
    """The plan as it is today."""
    upload = service().uploads.find(person_id(), token)
    try:
        with planned(upload) as plan:
            found = service().people.told_by_kind(plan, SHOWN)
            status = 400 if errors else 200
            return page(
                "admin/import_plan.html",
                status,
                token=token,
                plan=plan,
                counts=counted(plan),
                groups=[(TITLES[kind], *rest) for kind, *rest in found],
                errors=errors,
                seen=seen_of(plan),
            )
    except OtherTitles as refusal:
        return columns_page(upload, refusal, errors)
    except DaysToChoose as refusal:
        return days_page(token, refusal, {})
    except BadFile as refusal:
        service().uploads.drop(upload)
        return page("admin/import_refused.html", 400, words=str(refusal), faults=refusal.faults)


def columns_page(
    upload: Upload, refusal: OtherTitles, errors: dict[str, str]
) -> ResponseReturnValue:
    """What each of their columns holds, chosen once; what its title says is chosen already."""
    return page(
        "admin/import_columns.html",
        400 if errors or upload.options.columns else 200,
        token=upload.token,
        titles=refusal.titles,
        faults=refusal.faults,
        choices=[("", "Not needed"), *IN_WORDS.items()],
        chosen={**OURS, **refusal.likely, **upload.options.columns},
        line=refusal.line,
        lines=[(str(number), f"Line {number}: {words}") for number, words in refusal.first],
    )


def days_page(token: str, refusal: DaysToChoose, errors: dict[str, str]) -> ResponseReturnValue:
    """Which number of 03/04/2026 is the day, asked once for the file."""
    likely = max(refusal.certain, key=refusal.certain.__getitem__, default=None)
    return page(
        "admin/import_days.html",
        400 if errors else 200,
        token=token,
        line=refusal.line,
        written=refusal.written,
        choices=[
            (order.value, long_date(day), DAYS_IN_WORDS[order]) for order, day in refusal.readings
        ],
        likely=likely.value if likely and len(refusal.certain) == 1 else "",
        certain=[(DAYS_IN_WORDS[order], count) for order, count in refusal.certain.items()],
        errors=errors,
    )


def counted(plan: Plan) -> list[tuple[str, int]]:
    """How many people each thing happens to."""
    of = plan.counts
    lines = [
        ("Join", of.joined),
        ("Return", of.returned),
        ("Move", of.moved),
        ("Change", of.changed),
        ("Leave", of.left),
        ("As they were", of.same),
    ]
    return [*lines, ("Lines left out", of.left_out)] if plan.options.good_rows else lines


@bp.get("/<token>/changes.txt")
def changes(token: str) -> ResponseReturnValue:
    """All of the changes, as a text."""
    plan = planned(service().uploads.find(person_id(), token))
    changed = service().people.told(plan)

    def lines() -> Iterator[str]:
        with plan:
            yield from map(as_text, changed)

    return Response(lines(), mimetype="text/plain")


def as_text(told: PlannedPerson) -> str:
    """One person, with what changes indented below."""
    return "\n    ".join((told.heading, *told.details)) + "\n"


@bp.post("/<token>")
@keeps_form("confirm")
def take(token: str) -> ResponseReturnValue:
    """Take in what was shown, if it is still what would happen."""
    upload = service().uploads.find(person_id(), token)
    form = sent_form()
    if form.errors:
        return plan_page(token, form.errors)
    with planned(upload) as plan:
        if request.form.get("seen") != seen_of(plan):
            return plan_page(token, {"confirm": "People were changed meanwhile: look again"})
        confirmed = "yes" in request.form.getlist("confirm")
        if plan.needs_confirming and not confirmed:
            return plan_page(token, {"confirm": "Say that it is meant, or cancel"})
        try:
            done = service().people.apply(plan, confirm=confirmed, by=person_id())
        except OutOfDate as refusal:
            return plan_page(token, {"confirm": str(refusal)})
    service().uploads.drop(upload)
    flash(f"The file is taken in: {done}.")
    return redirect("/admin/people", 303)


@bp.post("/<token>/good")
def only_good(token: str) -> ResponseReturnValue:
    """Look at the same file without the lines that have a fault."""
    service().uploads.change(person_id(), token, good_rows=True)
    return redirect(f"/admin/people/import/{token}", 303)


@bp.post("/<token>/columns")
def name_columns(token: str) -> ResponseReturnValue:
    """Look at the same file with its columns named; or with its titles on another line."""
    if "titles_on" in request.form:
        wanted = request.form["titles_on"]
        if wanted.isascii() and wanted.isdecimal() and 0 < int(wanted[:3]) <= BEGINNING:
            service().uploads.change(person_id(), token, titles_on=int(wanted[:3]))
        return redirect(f"/admin/people/import/{token}", 303)
    given = zip(request.form.getlist("title"), request.form.getlist("means"), strict=False)
    columns = {title: means for title, means in given if means in ("", *MEANINGS)}
    known = service().uploads.find(person_id(), token).options.columns
    service().uploads.change(person_id(), token, columns={**known, **columns})
    return redirect(f"/admin/people/import/{token}", 303)


@bp.post("/<token>/days")
def say_days(token: str) -> ResponseReturnValue:
    """Look at the same file, its days read as was said."""
    upload = service().uploads.find(person_id(), token)
    form = sent_form()
    order = form.choice("days", list(DayOrder), "Say how this file writes days")
    if form.errors:
        try:
            planned(upload).close()
        except DaysToChoose as refusal:
            return days_page(token, refusal, form.errors)
        except BadFile:
            pass  # the file's own page tells what is the matter with it
    else:
        service().uploads.change(person_id(), token, days=order)
    return redirect(f"/admin/people/import/{token}", 303)


@bp.post("/<token>/cancel")
def cancel(token: str) -> ResponseReturnValue:
    """Delete the file; nothing is changed."""
    service().uploads.drop(service().uploads.find(person_id(), token))
    flash("Nothing was changed, and the file is deleted.")
    return redirect("/admin/people", 303)


def planned(upload: Upload) -> Plan:
    """What the file would do today."""
    plan: Plan = service().people.plan(upload.path, upload.options, person_id(), "the file")
    return plan


def seen_of(plan: Plan) -> str:
    """What a plan rests on: another state or day makes another plan."""
    return f"{plan.state}-{plan.today}"
