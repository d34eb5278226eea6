"""What a pass is worth, on the page of sources and on the edition's."""

from dataclasses import replace

import pytest

from questions.panel import Kind
from quizbot.editions.worth import EditionFigures
from tests import made


@pytest.fixture
def read(service, app, clock, tmp_path):
    """Referrals as language models have read it."""
    module = service.editions.current("referrals").module
    folder = made.readings(module, tmp_path / "panel", {Kind.OPTIONS: 3, Kind.INFORMED: 10})
    app.extensions["quizbot"] = replace(service, figures=EditionFigures(clock, folder))
    return app


def test_the_sources_page_says_both_figures_and_who_read(read, anyone):
    page = anyone.get("/modules/referrals/sources")

    assert "What a pass is worth" in page.words
    assert "right would pass fewer than 1 time in 100 at the first try" in page.words
    assert "Somebody who knows would pass more than 99 times in 100." in page.words
    assert "language models read and saw the options alone: 2 papers" in page.words


def test_what_nobody_has_read_is_not_measured_yet(anyone, service, app, clock, tmp_path):
    app.extensions["quizbot"] = replace(service, figures=EditionFigures(clock, tmp_path / "none"))

    page = anyone.get("/modules/referrals/sources")

    assert "Not measured yet: how often somebody would pass who does not know." in page.words


def test_the_editions_page_says_the_same_to_a_lead(read, fresh_browser, people, service):
    lead = fresh_browser().sign_in("efua@northmoor.example")
    edition = service.editions.current("referrals")

    page = lead.get(f"/admin/editions/{edition.id}")

    assert "would pass fewer than 1 time in 100 at the first" in page.words
