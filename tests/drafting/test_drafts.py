"""Drafts: begun once, saved at every step, never overwritten unseen, read by somebody else."""

from dataclasses import replace

import pytest

from questions.made_here import Act
from quizbot.drafting.drafts import Overtaken
from quizbot.errors import BadReply, NotAllowed, NotFound, OutOfDate, Refused
from tests.drafting.conftest import with_fields

ASK = "What should you do FIRST about what you have heard?"


def test_a_change_begins_as_the_question_with_its_slots(workbench):
    drafts = workbench.service.drafts

    draft_id = drafts.edit(workbench.amina, workbench.question_id)

    page = drafts.one(workbench.amina, draft_id)
    assert page.line.act is Act.EDIT
    assert page.sheet.question["id"] == workbench.question_id
    assert page.faults == ()
    assert page.changes == ()


def test_a_second_editor_comes_to_the_same_draft(workbench):
    drafts = workbench.service.drafts

    first = drafts.edit(workbench.amina, workbench.question_id)

    assert drafts.edit(workbench.carys, workbench.question_id) == first


def test_every_version_is_kept_with_who_wrote_it_and_what_changed(workbench):
    draft_id = workbench.service.drafts.edit(workbench.amina, workbench.question_id)

    workbench.changed(workbench.amina, draft_id, ask=ASK)
    workbench.changed(workbench.carys, draft_id, because="A reason that is told in plain words.")

    page = workbench.service.drafts.one(workbench.efua, draft_id)
    told = [(one.number, one.by, [c.name for c in one.changes]) for one in page.versions]
    assert told == [
        (3, "Carys Evans", ["because"]),
        (2, "Amina Rahman", ["ask"]),
        (1, "Amina Rahman", []),
    ]
    assert [one.name for one in page.changes] == ["ask", "because"]


def test_a_button_that_is_pressed_twice_saves_once(workbench):
    drafts = workbench.service.drafts
    draft_id = drafts.edit(workbench.amina, workbench.question_id)
    drafts.save(workbench.amina, draft_id, 1, with_fields(ask=ASK))

    again = drafts.save(workbench.amina, draft_id, 1, with_fields(ask=ASK))

    assert again.version == 2


def test_two_who_change_different_parts_both_keep_theirs(workbench):
    drafts = workbench.service.drafts
    draft_id = drafts.edit(workbench.amina, workbench.question_id)
    drafts.save(workbench.amina, draft_id, 1, with_fields(ask=ASK))

    drafts.save(workbench.carys, draft_id, 1, with_fields(because="Because it was heard here."))

    sheet = drafts.one(workbench.efua, draft_id).sheet
    assert sheet.question["ask"] == ASK
    assert sheet.question["because"] == "Because it was heard here."


def test_the_second_who_changes_the_same_part_sees_both_and_nothing_is_overwritten(workbench):
    drafts = workbench.service.drafts
    draft_id = drafts.edit(workbench.amina, workbench.question_id)
    drafts.save(workbench.amina, draft_id, 1, with_fields(ask=ASK))

    with pytest.raises(Overtaken) as refusal:
        drafts.save(workbench.carys, draft_id, 1, with_fields(ask="Whom do you tell FIRST?"))

    assert refusal.value.who == "Amina Rahman"
    assert refusal.value.theirs.question["ask"] == ASK
    assert refusal.value.mine.question["ask"] == "Whom do you tell FIRST?"
    assert drafts.one(workbench.efua, draft_id).sheet.question["ask"] == ASK


def test_nobody_reads_what_they_wrote(workbench):
    drafts = workbench.service.drafts
    draft_id = drafts.edit(workbench.amina, workbench.question_id)
    version = workbench.changed(workbench.amina, draft_id, ask=ASK)

    with pytest.raises(NotAllowed):
        drafts.agree(workbench.amina, draft_id, version)

    assert not drafts.one(workbench.amina, draft_id).may_agree


def test_a_change_after_it_was_read_has_to_be_read_again(workbench):
    drafts = workbench.service.drafts
    draft_id = drafts.edit(workbench.amina, workbench.question_id)
    workbench.changed(workbench.amina, draft_id, ask=ASK)
    workbench.read(draft_id)
    assert drafts.one(workbench.amina, draft_id).line.readers == ("Carys Evans",)

    workbench.changed(workbench.amina, draft_id, because="Another reason, in plain words.")

    assert drafts.one(workbench.amina, draft_id).line.readers == ()
    with pytest.raises(OutOfDate):
        drafts.agree(workbench.carys, draft_id, 2)


def test_a_reader_who_then_writes_is_no_reader_any_more(workbench):
    drafts = workbench.service.drafts
    draft_id = drafts.edit(workbench.amina, workbench.question_id)
    workbench.changed(workbench.amina, draft_id, ask=ASK)
    workbench.read(draft_id)

    workbench.changed(workbench.carys, draft_id, ask="Whom should you tell FIRST about it?")

    with pytest.raises(NotAllowed):
        drafts.agree(workbench.carys, draft_id, 3)


def test_what_has_faults_cannot_be_agreed_with(workbench):
    drafts = workbench.service.drafts
    draft_id = drafts.edit(workbench.amina, workbench.question_id)
    version = workbench.changed(workbench.amina, draft_id, ask="Nothing")

    with pytest.raises(Refused):
        drafts.agree(workbench.carys, draft_id, version)


def test_a_copy_has_an_id_of_its_own_and_is_new(workbench):
    drafts = workbench.service.drafts

    draft_id = drafts.copy(workbench.amina, workbench.question_id)

    page = drafts.one(workbench.amina, draft_id)
    assert page.line.act is Act.NEW
    assert page.line.question_id == f"{workbench.question_id}-copy"


def test_a_new_question_may_be_called_as_no_other_is(workbench):
    drafts = workbench.service.drafts
    draft_id = drafts.new(workbench.amina, "referrals", "consent", "one-of")

    with pytest.raises(BadReply):
        drafts.save(workbench.amina, draft_id, 1, with_fields(id=workbench.question_id))
    drafts.save(workbench.amina, draft_id, 1, with_fields(id="ref-never-used"))

    assert drafts.one(workbench.amina, draft_id).line.question_id == "ref-never-used"


def test_a_question_that_is_published_keeps_its_id(workbench):
    drafts = workbench.service.drafts
    draft_id = drafts.edit(workbench.amina, workbench.question_id)

    with pytest.raises(BadReply):
        drafts.save(workbench.amina, draft_id, 1, with_fields(id="ref-other"))


@pytest.mark.parametrize("who", ["bashir", "dylan"])
def test_who_is_no_author_sees_and_changes_no_draft(workbench, people, who):
    drafts, other = workbench.service.drafts, getattr(people, who)
    draft_id = drafts.edit(workbench.amina, workbench.question_id)

    for act in (
        lambda: drafts.all(other),
        lambda: drafts.one(other, draft_id),
        lambda: drafts.edit(other, workbench.question_id),
        lambda: drafts.new(other, "referrals", "consent", "one-of"),
        lambda: drafts.save(other, draft_id, 1, with_fields(ask=ASK)),
        lambda: drafts.comment(other, draft_id, "Well"),
        lambda: drafts.agree(other, draft_id, 1),
        lambda: drafts.drop(other, draft_id),
        lambda: workbench.service.question_lines.here(other),
        lambda: workbench.service.authors.all(other),
        lambda: workbench.service.publishing.propose(other, "referrals"),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_an_author_of_another_questionnaire_finds_no_draft_of_this(workbench, service, people):
    draft_id = service.drafts.edit(workbench.amina, workbench.question_id)
    service.authors.give(people.efua, "bashir@northmoor.example", "", None)
    assert service.drafts.one(people.bashir, draft_id).line.draft_id == draft_id
    (given,) = [
        line for line in service.authors.all(people.efua) if line.person_id == people.bashir
    ]

    service.authors.end(people.efua, given.grant_id)

    with pytest.raises(NotAllowed):
        service.drafts.one(people.bashir, draft_id)


def test_authors_draft_and_read_and_do_not_publish(workbench):
    draft_id = workbench.service.drafts.edit(workbench.amina, workbench.question_id)
    workbench.changed(workbench.amina, draft_id, ask=ASK)
    workbench.read(draft_id)

    with pytest.raises(NotAllowed):
        workbench.service.publishing.publish(workbench.amina, "referrals", [draft_id], "")
    with pytest.raises(NotAllowed):
        workbench.service.authors.give(workbench.amina, "dylan@northmoor.example", "", None)


def test_a_draft_that_was_given_up_stays_on_record_and_can_be_begun_anew(workbench):
    drafts = workbench.service.drafts
    draft_id = drafts.edit(workbench.amina, workbench.question_id)

    drafts.drop(workbench.amina, draft_id)

    assert drafts.all(workbench.amina) == []
    assert drafts.one(workbench.amina, draft_id).line.state_words == "Given up"
    assert drafts.edit(workbench.amina, workbench.question_id) != draft_id


def test_a_draft_that_nobody_has_is_not_found(workbench, people):
    with pytest.raises(NotFound):
        workbench.service.drafts.one(people.efua, people.efua)


def test_a_draft_is_bounded(workbench):
    drafts = workbench.service.drafts
    draft_id = drafts.edit(workbench.amina, workbench.question_id)

    with pytest.raises(BadReply):
        drafts.save(workbench.amina, draft_id, 1, lambda sheet: replace(sheet, why="x" * 70_000))
