"""Where a lead begins: everything there is to keep in order."""

from flask import Blueprint, g, request
from flask.typing import ResponseReturnValue

from quizbot.errors import NotAllowed
from web.current import page, person_id, service

bp = Blueprint("admin_home", __name__)

LEADS = (
    ("Questions", "/admin/questions", "Find, change, copy and withdraw what is asked"),
    ("Drafts", "/admin/drafts", "What is being written, read and published"),
    ("Questions in and out", "/admin/exchange", "Moodle, GIFT, QTI and tables, both ways"),
    ("Authors of questions", "/admin/authors", "Who may draft and read"),
    ("People", "/admin/people", "Take in a file from HR; find, add, move and close people"),
    (
        "Directory",
        "/admin/directory",
        "People kept in step by Entra or another, its keys, what waits",
    ),
    ("Units", "/admin/units", "Agencies and teams: one tree"),
    ("Rules", "/admin/requirements", "Who must take what, by when, and how often again"),
    ("Who will never be asked again", "/admin/requirements/health", "And why"),
    ("Messages in trouble", "/admin/messages", "What could not be sent, and what to do"),
    ("Learning systems", "/admin/lti", "Moodle and others: questionnaires inside their courses"),
    ("Connections", "/admin/connections", "Mail, chats and sign-in: on or off, and what to do"),
    ("Certificates from elsewhere", "/admin/brought", "What people brought, to recognise"),
    ("Issuers of certificates", "/admin/issuers", "Whose certificates are taken here"),
    ("Who is late", "/board/overdue", "By unit, questionnaire and manager, and since when"),
    ("Reports about questions", "/admin/reports", "What people found wrong, to answer"),
    ("What needs review", "/admin/reviews", "Until when each question counts, month by month"),
    ("Place", "/admin/place", "Local names and numbers, and the questions that need them"),
)
AUDITORS = (
    (
        "Changes of guidance",
        "/admin/changes",
        "What changed, whose pass rested on it, and who has confirmed it",
    ),
    ("Editions", "/admin/editions", "What is published, what changed, who signed it"),
    ("Audit", "/admin/audit", "What was done, when and by whom"),
)


@bp.get("/admin")
def show() -> ResponseReturnValue:
    """The pages that this person may use."""
    if not g.rights.sees_board:
        raise NotAllowed("This page is for safeguarding leads and auditors.")
    links = (*(LEADS if g.rights.leads else ()), *AUDITORS)
    tasks = service().desk.of(person_id()) if g.rights.leads else ()
    return page("admin_home/show.html", links=links, tasks=tasks, is_lead=g.rights.leads)


@bp.get("/admin/reviews")
def reviews() -> ResponseReturnValue:
    """Which questions are to be looked at again, and when."""
    months = service().desk.reviews(person_id())
    asked = request.args.get("month", "")
    shown = next((month for month in months if month.key == asked), months[0] if months else None)
    return page(
        "admin_home/reviews.html",
        months=months,
        shown=shown,
        owners=service().desk.owners(person_id()),
        may_name=g.rights.leads,
    )
