"""The board's page and file: who may see them, and that chart, tables and file agree."""

import csv
import io

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from quizbot.access import Role
from quizbot.figures.chart import BOTTOM, TOP, chart
from quizbot.store.tables import unit


@pytest.fixture
def counted(service):
    """Figures as of today."""
    service.counting.month(service.standings.today())
    return service


def table(page, caption):
    """The rows of the table under a caption, cell by cell, its titles first."""
    (found,) = [t for t in page.main.all("table") if caption in t.all("caption")[0].words]
    return [[cell.words for cell in row.all("th", "td")] for row in found.all("tr")]


def test_leads_and_auditors_find_the_board_in_the_menu(
    counted, efua_page, fresh_browser, carys_page
):
    counted.people.grant("dylan@northmoor.example", Role.AUDITOR, "Northmoor/Police")
    dylan = fresh_browser().sign_in("dylan@northmoor.example")

    for visitor in (efua_page, dylan):
        assert "Board" in visitor.get("/me").menu
        assert visitor.get("/board").status == 200
    assert "Board" not in carys_page.get("/me").menu


@pytest.mark.parametrize("path", ["/board", "/board/export.csv", "/board?month=2026-11"])
def test_the_board_is_closed_to_others(counted, amina_page, carys_page, anyone, path):
    assert amina_page.get(path).status == 403
    assert carys_page.get(path).status == 403
    assert anyone.get(path).location.startswith("/sign-in")


MONTHS = ["2026-13", "1999-01", "' OR 1=1", "9" * 5000]
NOWHERE = [
    *(f"{path}?month={month}" for path in ("/board", "/board/export.csv") for month in MONTHS),
    *(f"/board?{query}" for query in ("module=no-such", "module=%00", "agency=Northmoor/Nowhere")),
]


@pytest.mark.parametrize("path", NOWHERE, ids=range(len(NOWHERE)))
def test_what_is_not_there_is_not_found(counted, efua_page, path):
    assert efua_page.get(path).status == 404


def test_an_agency_that_is_not_theirs_is_not_found(counted, fresh_browser, people):
    counted.people.grant("dylan@northmoor.example", Role.AUDITOR, "Northmoor/Police")
    dylan = fresh_browser().sign_in("dylan@northmoor.example")

    assert dylan.get("/board?agency=Northmoor/Council").status == 404
    assert "Council" not in dylan.get("/board").words
    assert "Council" not in dylan.get("/board/export.csv").body


def test_before_the_first_count_the_page_says_so(efua_page):
    assert "Nothing has been counted yet" in efua_page.get("/board").words
    assert "Nothing has been counted yet" in efua_page.get("/board/export.csv").words


def test_nobody_asked_is_told_apart_from_not_in_date(counted, efua_page):
    page = efua_page.get("/board")

    assert table(page, "In date")[1] == ["Referrals", *["Nobody asked"] * 3]
    assert "is in no denominator" in page.words


def test_the_chart_has_words_and_the_same_numbers_beside_it(counted, efua_page):
    page = efua_page.get("/board?agency=Northmoor/Police")

    (svg,) = page.main.all("svg")
    assert svg["role"] == "img"
    assert svg["aria-labelledby"] == "trend-title trend-words"
    assert "in date at the end of each month" in svg.all("title")[0].words
    assert "Police as a dashed line" in svg.all("desc")[0].words
    assert table(page, "The same in numbers")[0] == ["Month", "All agencies", "Police"]
    assert table(page, "The same in numbers")[1][0] == "November 2026"


def test_the_file_has_the_lines_of_the_page(counted, efua_page, take, fresh_browser):
    counted.people.grant("efua@northmoor.example", Role.LEAD, "Northmoor")
    efua_page.get("/board")

    file = efua_page.get(efua_page.page.links["Download as CSV"])

    rows = list(csv.reader(io.StringIO(file.body.removeprefix("\ufeff"))))
    assert file.headers["Content-Disposition"] == 'attachment; filename="board-2026-11.csv"'
    assert rows[0][2:4] == ["Agency", "Questionnaire"]
    assert [row[2] for row in rows[1:4]] == ["All agencies", "Council", "Police"]
    assert all(row[6:8] == ["0", "0"] for row in rows[1:4])


def test_an_agency_named_like_a_formula_is_text_in_the_file(counted, efua_page, service, people):
    with service.database.reading() as connection:
        top = connection.execute(select(unit.c.id).where(unit.c.path == "Northmoor")).scalar_one()
    service.units.add(people.efua, top, "=HYPERLINK(1)")
    service.counting.month(service.standings.today())

    text = efua_page.get("/board/export.csv").body

    assert "'=HYPERLINK(1)" in text
    assert ",=HYPERLINK" not in text


def test_three_sentences_come_first_and_then_the_months_as_a_picture(counted, efua_page):
    page = efua_page.get("/board")

    sentences = [one.words for one in page.main.all("ul")[0].all("li")]
    assert len(sentences) == 3
    assert sentences[0].startswith("This is the first month that was counted")
    order = [page.body.index(words) for words in (sentences[0], "<svg", "<table")]
    assert order == sorted(order)


def test_a_number_leads_a_lead_to_who_is_late_there_and_an_auditor_nowhere(
    service, people, efua_page, fresh_browser, clock, tmp_path
):
    file = tmp_path / "more.csv"
    head = "staff_ref,name,email,unit,job,started_on,manager\n"
    lines = (f"T{n},Person {n:02},,Northmoor/Police,Nurse,2026-01-05,N3\n" for n in range(20))
    file.write_text(head + "".join(lines))
    service.people.import_file(file)
    team = [one.person_id for one in service.reports.pickable(people.carys)]
    service.requests.ask(people.carys, team, ["referrals"], service.today())
    clock.forward(days=1)
    service.counting.month(service.today())
    service.people.grant("dylan@northmoor.example", Role.AUDITOR, "Northmoor/Police")
    dylan, efua = (
        fresh_browser().sign_in(f"{name}@northmoor.example") for name in ("dylan", "efua")
    )
    late = "/board/overdue?unit=Northmoor%2FPolice&module=referrals"

    hrefs = [link["href"] for link in efua.get("/board").main.all("a")]
    assert late in hrefs
    assert "20 people" in efua.get(late).words
    assert not any("overdue" in link["href"] for link in dylan.get("/board").main.all("a"))


def test_the_month_is_taken_as_a_paper_whose_first_page_is_words_and_a_picture(counted, efua_page):
    sent = efua_page.client.get(efua_page.get("/board").links["PDF"])
    sheets = PdfReader(io.BytesIO(sent.data)).pages

    assert sent.headers["Content-Type"] == "application/pdf"
    assert 'filename="board-2026-11.pdf"' in sent.headers["Content-Disposition"]
    first, second = (" ".join(sheet.extract_text().split()) for sheet in sheets[:2])
    assert "This is the first month that was counted" in first
    assert "Referrals: in date, of those asked, month by month" in first
    # The picture itself: nobody is asked here, so no other words on the page have a share.
    assert [words for words in ("0%", "25%", "50%", "75%", "100%", "Nov 26") if words in first] == [
        *("0%", "25%", "50%", "75%", "100%", "Nov 26")
    ]
    assert second.startswith("In date, of those asked")


# ---- the inspection pack -------------------------------------------------------------------


def test_a_pack_is_asked_for_waited_for_and_downloaded(counted, efua_page):
    links = efua_page.get("/board").main.all("a")
    assert "/board/pack" in [link["href"] for link in links]

    waiting = efua_page.send("/board/pack", [("first", "2026-11"), ("last", "2026-11")])
    assert "Your pack is being made" in waiting.words
    for _ in counted.packs.work():
        pass
    ready = efua_page.get("/board/pack")
    (link,) = [a["href"] for a in ready.main.all("a") if a["href"].endswith(".zip")]
    sent = efua_page.client.get(link)

    assert sent.headers["Content-Type"].startswith("application/zip")
    assert "inspection-pack-2026-11-2026-11.zip" in sent.headers["Content-Disposition"]
    assert sent.data.startswith(b"PK")


def test_a_pack_for_those_who_lead_a_part_is_not_offered(counted, fresh_browser, people):
    counted.people.grant("dylan@northmoor.example", Role.LEAD, "Northmoor/Police")
    dylan = fresh_browser().sign_in("dylan@northmoor.example")

    assert "Inspection pack" not in dylan.get("/board").words
    assert dylan.get("/board/pack").status == 403


def test_months_that_are_none_make_no_pack(counted, efua_page):
    assert efua_page.post("/board/pack", [("first", "2026-13"), ("last", "")]).status == 404


# ---- the chart itself ----------------------------------------------------------------------


def test_a_share_is_drawn_between_the_edges_and_a_withheld_one_leaves_a_gap():
    whole = (0.0, (0.0, 0.4))
    full = (1.0, (0.6, 1.0))

    drawn = chart(["Sep", "Oct", "Nov", "Dec", "Jan"], [[whole, full, None, full, whole]])

    points = drawn.lines[0]
    assert (points[0].y, points[1].y) == (BOTTOM, TOP)
    assert points[2] is None
    assert [len(stroke.split()) for stroke in drawn.strokes(0)] == [2, 2]
    assert [words for _, words in drawn.grid] == ["0%", "25%", "50%", "75%", "100%"]
