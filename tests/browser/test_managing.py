"""On the demonstration: a manager with five minutes, a business manager before a board meeting."""

import csv
import io

import pytest
from pypdf import PdfReader

from tools.tour import Taker


def main_of(taker: Taker) -> str:
    words: str = taker.page.locator("main").inner_text()
    return words


def follow(taker: Taker, words: str) -> None:
    """The first link with these words."""
    with taker.page.expect_navigation():
        taker.page.locator("main").get_by_role("link", name=words).first.click()


def open_folds(taker: Taker) -> None:
    """Open every part that is folded under its heading."""
    taker.page.locator("details:not([open])").evaluate_all(
        "folds => folds.forEach(fold => { fold.open = true })"
    )


def test_who_needs_me_what_was_not_shown_what_do_we_talk_about(come_in):
    manager = come_in("A manager")

    manager.open("/team")
    needs = main_of(manager)
    assert needs.index("Needs you first") < needs.index("\nEverybody\n")
    follow(manager, "Talk")
    assert manager.page.locator("h1").inner_text().startswith("What to talk about")
    open_folds(manager)
    talk = main_of(manager)
    assert "For a conversation with" in talk
    assert "Not shown" in talk
    assert talk.count("A good answer contains") == 3
    who = talk.partition("For a conversation with ")[2].partition(".")[0]

    manager.press("Confirm what was understood")
    manager.page.get_by_label(who, exact=True).check()
    manager.page.locator("input[name=objectives]").first.check()
    manager.page.locator("input[name=evidence][value=discussion]").check()
    manager.page.locator("input[name=statement]").check()
    manager.press("Confirm")
    told = main_of(manager)
    assert who in told
    assert "Discussion" in told or "discussion" in told

    manager.open("/team")
    follow(manager, who)
    assert "Nothing yet." not in main_of(manager).partition("Confirmed")[2].partition("Granted")[0]


def test_every_guide_is_one_printed_page(come_in):
    manager = come_in("A manager")
    manager.open("/team")
    guides = manager.page.locator("main a[href^='/team/guide/']")
    addresses = {link.get_attribute("href") for link in guides.all()}
    assert any("person=" in one for one in addresses)

    pages = {}
    for address in addresses:
        manager.open(address)
        printed = PdfReader(io.BytesIO(manager.page.pdf(format="A4", prefer_css_page_size=True)))
        pages[address] = len(printed.pages)

    assert set(pages.values()) == {1}, pages


@pytest.mark.parametrize("width", [320, 390, 768, 1024, 1100, 1200, 1280, 1600])
def test_the_whole_table_of_a_team_is_in_sight_or_it_says_that_it_moves(come_in, width):
    manager = come_in("A manager")
    manager.page.set_viewport_size({"width": width, "height": 900})
    manager.open("/team?columns=all")

    table = manager.page.locator(".app-scroll")
    fits = table.evaluate("region => region.scrollWidth <= region.clientWidth")
    says = manager.page.get_by_text("The table moves sideways").is_visible()

    assert manager.page.locator(".app-matrix thead th").count() == 9
    assert fits != says
    assert fits or width < 1184
    assert manager.page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_certificate_is_checked_at_the_address_of_its_code(come_in, demonstration):
    practitioner, anyone = come_in("A practitioner"), come_in()

    practitioner.open("/me")
    paper = practitioner.page.locator("main a[href$='.pdf'][href*=certificates]").first
    pdf = practitioner.page.request.get(demonstration.url + paper.get_attribute("href")).body()
    open_folds(practitioner)
    follow(practitioner, ", issued")
    address = practitioner.page.url.removeprefix(demonstration.url)
    # A test beside compares the squares of the code on the paper with this address.
    (page,) = PdfReader(io.BytesIO(pdf)).pages
    printed = "".join(page.extract_text().split())
    assert f"{demonstration.url}{address}" in printed

    anyone.open(address)
    seen = main_of(anyone)
    assert "Valid" in seen
    for line in ("Name", "Issued on", "Valid until", "Edition", "Issued by"):
        assert line in seen


def test_the_boards_paper_has_the_numbers_of_the_page_and_of_the_file(
    come_in, demonstration, tmp_path
):
    lead = come_in("A safeguarding lead")

    lead.open("/board")
    month = lead.page.locator("select[name=month]").input_value()
    paper = tmp_path / "board.pdf"
    # The command counts anew: other tests may have brought people since the page was counted.
    demonstration.quizbot("report", "board", "--month", month, str(paper))
    lead.open("/board")
    page = " ".join(main_of(lead).split())
    address = f"{demonstration.url}/board/export.csv?month={month}"
    file = lead.page.request.get(address).text().removeprefix("\ufeff")

    lines = list(csv.DictReader(io.StringIO(file)))
    told = " ".join(" ".join(sheet.extract_text() for sheet in PdfReader(paper).pages).split())
    in_date = [line for line in lines if line["Figure"].startswith("In date") and line["Share"]]
    assert len(in_date) > 5
    for line in in_date:
        figure = f"{line['People']} of {line['Of']}"
        assert figure in told
        assert figure in page
