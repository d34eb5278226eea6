"""The board's page and file say how many have confirmed a change, of those who were asked."""

from tests.changed import changed, take
from tests.figures.test_confirmed import colleagues
from tests.pages.conftest import Visitor


def test_the_board_shows_it_and_its_file_has_it(service, clock, people, app):
    others = colleagues(service, 12)
    found = changed(service, clock, people.amina, others=others)
    for who in others[:7]:
        take(found.service, who)
    found.service.counting.month(clock.at.date())
    app.extensions["quizbot"] = found.service

    efua = Visitor(app, found.service).sign_in("efua@northmoor.example")
    page = efua.get("/board")
    assert "Changes of guidance: confirmed, of those who were asked to" in page.words
    assert "Do not wait for an answer. Tea making 7 of 12 58%, 32% to 81%" in page.words
    assert "of those who were asked to confirm it" in page.words

    csv = efua.client.get("/board/export.csv").get_data(as_text=True)
    kind = '"Change of guidance confirmed, of those asked to"'
    assert f"Police,Tea making,{kind},Do not wait for an answer.,7,12," in csv
