"""What first attempts say of an edition's questions: page and CSV, for safeguarding leads."""

from uuid import UUID

from flask import Blueprint, g
from flask.typing import ResponseReturnValue

from quizbot.cells import csv_lines
from quizbot.figures.items import ItemsView
from web.chart import Shares, shares
from web.current import page, person_id, service
from web.exports import sent

bp = Blueprint("items", __name__, url_prefix="/admin/editions/<uuid:edition_id>")


@bp.get("/items")
def show(edition_id: UUID) -> ResponseReturnValue:
    """Every question's figures, what to look at first, and how sure the verdict is."""
    items = service().items.of(person_id(), edition_id)
    leads = g.rights.leads  # an author reads questions elsewhere, and regrades none
    return page(
        "items/show.html",
        items=items,
        edition=items.edition,
        chart=drawn(items),
        questions=f"/admin/editions/{edition_id}/questions" if leads else "/admin/questions",
        leads=leads,
    )


@bp.get("/items.csv")
def export_csv(edition_id: UUID) -> ResponseReturnValue:
    """The same for a spreadsheet, a line an option."""
    items = service().items.of(person_id(), edition_id)
    module = items.edition.module
    return sent(csv_lines(items.rows()), "text/csv", f"items-{module.id}-{module.edition}.csv")


def drawn(items: ItemsView) -> Shares:
    """The share right of each question that can be told of, by its number in the table."""
    return shares(
        [
            (
                str(line.number),
                (line.found.share, line.found.interval),
                line.margin.knowing if line.margin else None,
            )
            for line in items.told
            if line.found
        ]
    )
