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


def test_what_changed_is_told_in_words_and_not_in_ids(workbench):
    module = workbench.service.editions.current("referrals").module
    draft_id = workbench.service.drafts.edit(workbench.amina, workbench.question_id)
    page = workbench.service.drafts.one(workbench.amina, draft_id)
    options = [dict(one) for one in page.sheet.question["option"]]
    wrong = next(number for number, one in enumerate(options) if not one.get("right"))
    belief = next(n for n in module.misconceptions if n != options[wrong]["misconception"])
    options[wrong] |= {"misconception": belief, "errs": "fact", "why": "It is another matter."}
    source = next(iter(module.sources))

    workbench.changed(
        workbench.amina, draft_id, option=options, level="recall", quiet=True,
        review_by="2029-02-28",
        sources=[{"id": source, "at": "page 3"}], needs=["is.duty_in_force"],
        decision=[{"change": "wt26-x", "verdict": "stands", "why": "It still holds."}],
    )  # fmt: skip

    changes = workbench.service.drafts.one(workbench.efua, draft_id).changes
    told = {one.called: "".join(p.words for p in one.pieces if p.kind != "out").strip()
            for one in changes}  # fmt: skip
    answer = f"Answer {wrong + 1}"
    assert told[f"{answer}: the belief it stands for"] == module.misconceptions[belief]
    assert told[f"{answer}: how it is wrong"] == "It has a fact wrong"
    assert told[f"{answer}: why"] == "It is another matter."
    assert told["What it asks for"] == "Recall"
    assert told["When it is to be looked at again"] == "28 February 2029"
    assert told["What it rests on"] == f"{module.sources[source].title}, page 3"
    assert told["Asked only where this is on"].startswith("On when the duty to share")
    assert told["What the right act is like"] == "The smaller, slower or more ordinary act"
    assert told["Changes of guidance"].endswith("It stands as it is: It still holds.")


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
    (conflict,) = refusal.value.conflicts
    assert conflict.theirs == ASK
    assert conflict.mine == "Whom do you tell FIRST?"
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


def test_the_same_words_are_changed_in_a_questions_twins_too(workbench):
    drafts = workbench.service.drafts
    module = workbench.service.editions.current("referrals").module
    twin = next(one for one in module.asked if one.twin and one.kind == "one-of")
    draft_id = drafts.edit(workbench.amina, twin.id)
    rows = [dict(row) for row in drafts.one(workbench.amina, draft_id).sheet.question["option"]]
    was, now = rows[1]["text"], f"{rows[1]['text'].rstrip('.')}, and say so."
    rows[1]["text"] = now
    workbench.changed(workbench.amina, draft_id, option=rows)
    assert drafts.one(workbench.amina, draft_id).leaves_twins

    others = drafts.twins_too(workbench.amina, draft_id)

    assert twin.twin in others
    lines = {line.question_id: line.draft_id for line in drafts.all(workbench.amina)}
    for other in others:
        texts = [
            row["text"]
            for row in drafts.one(workbench.amina, lines[other]).sheet.question["option"]
        ]
        assert now in texts
        assert was not in texts
    page = drafts.one(workbench.amina, draft_id)
    assert not page.leaves_twins
    assert page.faults == ()


def test_nothing_is_changed_in_twins_where_no_answer_has_other_words(workbench):
    drafts = workbench.service.drafts
    draft_id = drafts.edit(workbench.amina, workbench.question_id)

    with pytest.raises(Refused):
        drafts.twins_too(workbench.amina, draft_id)


def test_a_draft_that_lacks_something_is_unfinished_until_it_is_there(workbench):
    drafts = workbench.service.drafts
    new = drafts.new(workbench.amina, "referrals", "consent", "one-of")
    change = drafts.edit(workbench.amina, workbench.question_id)

    lines = {line.draft_id: line for line in drafts.all(workbench.carys)}

    assert (lines[new].state_words, lines[change].state_words) == ("Unfinished", "To be read")
    drafts.save(workbench.amina, change, 1, without_a_reason)
    assert drafts.one(workbench.carys, change).line.is_unfinished


def test_somebody_with_two_windows_is_told_that_it_was_they_who_saved(workbench):
    drafts = workbench.service.drafts
    draft_id = drafts.edit(workbench.amina, workbench.question_id)
    drafts.save(workbench.amina, draft_id, 1, with_fields(ask=ASK))

    with pytest.raises(Overtaken) as both:
        drafts.save(workbench.amina, draft_id, 1, with_fields(ask="What do you do NEXT?"))

    assert str(both.value).startswith("You saved this in another window.")


def without_a_reason(sheet):
    return replace(sheet, question={n: v for n, v in sheet.question.items() if n != "because"})
