"""The audit trail, searched by action, person and days."""

from urllib.parse import urlencode

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from quizbot.errors import Mend
from quizbot.privacy.trail import TrailPage, Wanted
from web.current import page, person_id, service
from web.forms import Form, as_uuid

bp = Blueprint("audit", __name__, url_prefix="/admin/audit")

LONGEST_ROW = 9  # digits: more rows than a trail can have, and both databases take the number
EMPTY = TrailPage((), None)


@bp.get("")
def show() -> ResponseReturnValue:
    """What was done, by whom, to what; the newest first."""
    form = Form(request.args)
    wanted = read(form)
    found = EMPTY
    try:
        # Looked up in any case: who may not see the trail is told that first.
        asked = Wanted() if form.errors else wanted
        found = service().trail.search(person_id(), asked)
    except Mend as mend:
        form.errors.update(mend.faults)
    exact = as_uuid(wanted.who)
    named = (name for line in found.lines for name in (line.actor, line.subject))
    fields = [pair for pair in request.args.items(multi=True) if pair[0] != "before"]
    return page(
        "audit/show.html",
        400 if form.errors else 200,
        found=EMPTY if form.errors else found,
        wanted=wanted,
        exact=exact,
        is_searched=any(value for _, value in fields),
        whom=next((name.words for name in named if exact and name.person_id == exact), ""),
        errors=form.errors,
        actions=[("", "Anything"), *service().trail.actions()],
        days={name: form.typed_day(name) for name in ("since", "until")},
        older=found.older and address([*fields, ("before", str(found.older))]),
        newest=address(fields) if wanted.before else "",
    )


def read(form: Form) -> Wanted:
    """What is looked for, as far as it can be read."""
    before = form.fields.get("before", "")
    is_row = before.isascii() and before.isdigit() and len(before) <= LONGEST_ROW
    return Wanted(
        action=form.text("action", 40),
        who=form.text("who", 200) or form.text("person", 36),
        since=form.day("since"),
        until=form.day("until"),
        before=int(before) if is_row else None,
    )


def address(fields: list[tuple[str, str]]) -> str:
    """The same search somewhere else in it."""
    return f"/admin/audit?{urlencode(fields)}"
