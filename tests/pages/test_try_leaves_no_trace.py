"""Trying changes no table: every row is compared before and after."""

import pytest
from sqlalchemy import select
from sqlmodel import SQLModel


def everything(service):
    """Every row of every table."""
    with service.database.reading() as connection:
        return {
            table.name: sorted(str(tuple(row)) for row in connection.execute(select(table)))
            for table in SQLModel.metadata.sorted_tables
        }


def test_a_whole_try_changes_no_table(anyone, take, service):
    before = everything(service)
    assert before["edition"]
    assert before["person"]

    take(anyone, "Try it now", wrong_at=(2, 5))

    assert everything(service) == before


def test_a_try_broken_off_begun_again_and_answered_badly_changes_no_table(anyone, service, keys):
    before = everything(service)

    anyone.get("/modules/referrals")
    question = anyone.press("Try it now")
    anyone.press("Check answer", reply=keys.right(question))
    anyone.post(question.path, [("reply", "z")])
    anyone.post(question.path)
    anyone.get("/try/referrals/outcome")
    anyone.get("/modules/referrals")
    anyone.press("Try it now")
    anyone.get("/try/referrals/questions/99")

    assert everything(service) == before


def test_signed_in_a_try_counts_for_nothing_either(amina_page, service, keys):
    before = everything(service)
    amina_page.get("/me")

    assert amina_page.post("/try/referrals").status == 303
    question = amina_page.get("/try/referrals/questions/1")
    amina_page.press("Check answer", reply=keys.right(question))

    assert everything(service) == before


def test_a_try_needs_no_database_that_can_be_written(anyone, service, keys):
    """Reading alone, as of a database whose disk is full."""

    def forbidden(*_):
        raise AssertionError("a try wrote to the database")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(service.database.writer, "begin", forbidden)
        anyone.get("/modules/referrals")
        question = anyone.press("Try it now")
        anyone.press("Check answer", reply=keys.right(question))

    assert "That is right" in anyone.page.words
