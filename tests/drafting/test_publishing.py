"""Publishing drafts: only what was read, told before the button, the same from files later."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from questions.bank import SHIPPED, read_banks
from questions.exchange.model import Draft
from questions.exchange.own import content_of
from questions.exchange.toml import question_text
from questions.local import fingerprint
from questions.made_here import Act, MadeHere, Sheet
from quizbot.errors import NotAllowed, OutOfDate, Refused
from quizbot.rules.pick import Mode
from quizbot.service import open_service
from quizbot.store.tables import problem_report
from tests.conftest import settings_for
from tests.drafting.conftest import with_fields
from tools.running import BY_LETTER

ASK = "What should you do FIRST about what you have heard?"


@pytest.fixture
def read_again(tmp_path):
    """Referrals as the next start would read it from its files, without the other banks."""
    (tmp_path / "banks").mkdir()
    (tmp_path / "banks" / "referrals").symlink_to(SHIPPED / "referrals")

    def read_again(service):
        place, today = service.place, service.today()
        here = service.publishing.made_here()
        (bank,) = read_banks(tmp_path / "banks", place, today, BY_LETTER, here=here)
        return bank

    return read_again


def drafted(workbench, **fields):
    draft_id = workbench.service.drafts.edit(workbench.amina, workbench.question_id)
    workbench.changed(workbench.amina, draft_id, **(fields or {"ask": ASK}))
    return draft_id


def test_a_draft_that_was_read_becomes_a_new_edition(workbench):
    service = workbench.service
    before = service.editions.current("referrals")
    draft_id = drafted(workbench)
    workbench.read(draft_id)

    label = workbench.publish(draft_id)

    after = service.editions.current("referrals")
    assert (label, after.label) == (f"{before.label}.1", f"{before.label}.1")
    assert after.questions[workbench.question_id].ask == ASK
    assert before.questions[workbench.question_id].ask != ASK
    assert after.module.changes[-1].what == "Changed here: 1 question changed."
    assert service.drafts.one(workbench.amina, draft_id).line.state_words == "Published"


def twins(module):
    """The first family of questions with the same options: each names another of it."""
    families: list[set[str]] = []
    for one in module.questions:
        if one.twin:
            touched = [family for family in families if {one.id, one.twin} & family]
            families = [family for family in families if family not in touched]
            families.append({one.id, one.twin}.union(*touched))
    return min(families, key=lambda family: (len(family), min(family)))


def test_an_option_that_twins_share_is_changed_in_all_of_them(workbench):
    service = workbench.service
    family = sorted(twins(service.editions.current("referrals").module))
    drafts = [service.drafts.edit(workbench.amina, one) for one in family]
    shared = service.drafts.one(workbench.amina, drafts[0]).sheet.question["option"][0]["text"]
    changed = f"{shared.rstrip('.')} now."
    for draft_id in drafts:
        options = [dict(one) for one in sheet_of(service, workbench, draft_id)["option"]]
        for one in options:
            if one["text"] == shared:
                one["text"] = changed
        workbench.changed(workbench.amina, draft_id, option=options)
        if draft_id is drafts[0]:
            told = service.drafts.one(workbench.amina, draft_id).found
            assert any("twin" in one.words for one in told)

    for draft_id in drafts:
        found = service.drafts.one(workbench.amina, draft_id).found
        assert [one.words for one in found if one.level == "fault"] == []
        workbench.read(draft_id)
    workbench.publish(*drafts)

    after = service.editions.current("referrals")
    for one in family:
        assert changed in [o.text for o in after.questions[one].options]


def sheet_of(service, workbench, draft_id):
    return service.drafts.one(workbench.amina, draft_id).sheet.question


def test_what_nobody_read_is_not_published(workbench):
    draft_id = drafted(workbench)

    proposal = workbench.service.publishing.propose(workbench.efua, "referrals", [draft_id])

    assert proposal.drafts == ()
    assert [line.draft_id for line in proposal.waiting] == [draft_id]
    with pytest.raises(Refused):
        workbench.service.publishing.publish(workbench.efua, "referrals", [draft_id], proposal.seen)


def test_before_the_button_stands_what_the_edition_will_be(workbench):
    draft_id = drafted(workbench)
    workbench.read(draft_id)

    proposal = workbench.service.publishing.propose(workbench.efua, "referrals", [draft_id])

    assert [(one.question_id, one.state) for one in proposal.differences] == [
        (workbench.question_id, "changed")
    ]
    assert proposal.practice_only == ""
    assert proposal.robots
    assert not proposal.is_guessable
    assert proposal.may_publish


def test_what_was_changed_after_it_was_looked_at_is_not_published(workbench):
    draft_id = drafted(workbench)
    workbench.read(draft_id)
    proposal = workbench.service.publishing.propose(workbench.efua, "referrals", [draft_id])
    workbench.changed(workbench.amina, draft_id, ask="What should you do FIRST about this?")
    workbench.read(draft_id)

    with pytest.raises(OutOfDate):
        workbench.service.publishing.publish(workbench.efua, "referrals", [draft_id], proposal.seen)


def test_the_next_start_reads_the_same_edition_from_its_files(workbench, read_again):
    service = workbench.service
    draft_id = drafted(workbench)
    workbench.read(draft_id)
    workbench.publish(draft_id)

    bank = read_again(service)

    assert not bank.has_faults
    assert service.editions.unpublished([bank], service.place) == []


def test_several_publications_are_one_bank_when_they_are_read_again(workbench, read_again):
    service = workbench.service
    first = drafted(workbench)
    workbench.read(first)
    workbench.publish(first)
    copied = service.drafts.copy(workbench.amina, workbench.question_id)
    workbench.changed(
        workbench.amina, copied, ask="Whom should you tell FIRST about all this, and today?"
    )
    workbench.read(copied)
    other = next(
        q.id for q in service.editions.current("referrals").module.asked
        if q.must_know is None and q.id != workbench.question_id
    )  # fmt: skip
    gone = service.drafts.withdraw(workbench.amina, other, "It was answered by nobody.")
    workbench.read(gone)
    workbench.publish(copied, gone)
    second = drafted(workbench, ask="What should you do FIRST, before all else?")
    workbench.read(second)
    workbench.publish(second)

    bank = read_again(service)

    current = service.editions.current("referrals")
    assert current.label.endswith(".3")
    assert current.questions[other].withdrawn.why == "It was answered by nobody."
    assert service.editions.unpublished([bank], service.place) == []


SAYS = "A form that is sent is a form that is read"
PAPER = {"title": "Northmoor procedure", "edition": "2026", "publisher": "Northmoor"}


def with_own_names(sheet):
    """A question with a belief and a source that are new."""
    rows = [dict(row) for row in sheet.question["option"]]
    wrong = next(row for row in rows if not row.get("right"))
    wrong["misconception"] = "form-is-read"
    cited = [*sheet.question["sources"], {"id": "northmoor", "at": "3.1"}]
    return replace(
        sheet,
        question={**sheet.question, "option": rows, "sources": cited},
        beliefs={"form-is-read": SAYS},
        sources={"northmoor": PAPER},
    )


def test_what_a_question_brought_stays_with_it_when_it_is_changed_again(workbench, read_again):
    service = workbench.service
    first = service.drafts.edit(workbench.amina, workbench.question_id)
    service.drafts.save(workbench.amina, first, 1, with_own_names)
    workbench.read(first)
    workbench.publish(first)
    second = drafted(workbench)
    workbench.read(second)

    workbench.publish(second)

    current = service.editions.current("referrals").module
    assert current.misconceptions["form-is-read"] == SAYS
    bank = read_again(service)
    assert not bank.has_faults
    assert service.editions.unpublished([bank], service.place) == []


def test_what_only_another_question_names_any_more_stays_with_that(workbench, read_again):
    service = workbench.service
    before = Sheet.of(service.editions.current("referrals").questions[workbench.question_id])
    first = service.drafts.edit(workbench.amina, workbench.question_id)
    service.drafts.save(workbench.amina, first, 1, with_own_names)
    workbench.read(first)
    workbench.publish(first)
    copied = service.drafts.copy(workbench.amina, workbench.question_id)
    workbench.changed(
        workbench.amina, copied, ask="Whom should you tell FIRST about all this, and today?"
    )
    workbench.read(copied)
    workbench.publish(copied)
    given = drafted(workbench, option=before.question["option"])
    workbench.read(given)

    workbench.publish(given)

    assert "form-is-read" in service.editions.current("referrals").module.misconceptions
    bank = read_again(service)
    assert not bank.has_faults
    assert service.editions.unpublished([bank], service.place) == []


def test_a_question_made_here_is_withdrawn_and_read_again_so(workbench, read_again):
    service = workbench.service
    copied = service.drafts.copy(workbench.amina, workbench.question_id)
    workbench.changed(
        workbench.amina, copied, ask="Whom should you tell FIRST about all this, and today?"
    )
    workbench.read(copied)
    workbench.publish(copied)
    id_ = f"{workbench.question_id}-copy"
    gone = service.drafts.withdraw(workbench.amina, id_, "It was answered by nobody.")
    workbench.read(gone)

    workbench.publish(gone)

    assert service.editions.current("referrals").questions[id_].withdrawn
    bank = read_again(service)
    assert not bank.has_faults
    assert service.editions.unpublished([bank], service.place) == []


def test_a_belief_made_here_goes_with_the_last_question_that_names_it(workbench, read_again):
    service = workbench.service
    before = service.editions.current("referrals").module
    first = service.drafts.edit(workbench.amina, workbench.question_id)
    service.drafts.save(workbench.amina, first, 1, with_own_names)
    workbench.read(first)
    workbench.publish(first)
    back = Sheet.of(before.questions[[q.id for q in before.questions].index(workbench.question_id)])
    second = drafted(workbench, option=back.question["option"], sources=back.question["sources"])
    workbench.read(second)

    workbench.publish(second)

    current = service.editions.current("referrals").module
    assert current.misconceptions == before.misconceptions
    assert current.sources == before.sources
    assert service.editions.unpublished([read_again(service)], service.place) == []


def test_a_review_that_is_put_off_is_a_change_like_any_other(workbench, read_again):
    draft_id = drafted(workbench, review_by="2028-01-31")
    workbench.read(draft_id)
    workbench.publish(draft_id)

    bank = read_again(workbench.service)

    current = workbench.service.editions.current("referrals")
    assert str(current.questions[workbench.question_id].review_by) == "2028-01-31"
    assert workbench.service.editions.unpublished([bank], workbench.service.place) == []


def test_where_the_national_question_changed_too_it_stands_until_somebody_decides(workbench):
    service = workbench.service
    draft_id = drafted(workbench)
    workbench.read(draft_id)
    workbench.publish(draft_id)
    here = service.publishing.made_here()["referrals"]
    changes = tuple(replace(one, base="another-base") for one in here.changes)
    moved = {"referrals": MadeHere(changes, here.editions)}

    banks = read_banks(SHIPPED, service.place, service.today(), BY_LETTER, here=moved)

    bank = next(bank for bank in banks if bank.id == "referrals")
    question = next(q for q in bank.module.questions if q.id == workbench.question_id)
    assert question.ask != ASK
    assert question.check.startswith("The national bank has changed this question")
    assert [one.question for one in bank.findings if one.rule == "conflict"] == [question.id]


def test_a_conflict_is_decided_by_publishing_what_is_to_stand(workbench, read_again):
    service = workbench.service
    draft_id = drafted(workbench)
    workbench.read(draft_id)
    workbench.publish(draft_id)
    here = service.publishing.made_here()["referrals"]
    changes = tuple(replace(one, base="another-base") for one in here.changes)
    moved = {"referrals": MadeHere(changes, here.editions)}
    banks = read_banks(SHIPPED, service.place, service.today(), BY_LETTER, here=moved)
    service.editions.publish([b for b in banks if b.id == "referrals"], service.place)

    again = drafted(workbench, ask="What should you do FIRST, as we do it here?")
    workbench.read(again)
    workbench.publish(again)

    question = service.editions.current("referrals").questions[workbench.question_id]
    assert question.ask == "What should you do FIRST, as we do it here?"
    assert question.check == ""
    assert service.editions.unpublished([read_again(service)], service.place) == []


def test_what_would_leave_no_plan_is_refused(workbench):
    service = workbench.service
    asked = service.editions.current("referrals").module.asked
    drafts = [
        service.drafts.withdraw(workbench.amina, question.id, "Not needed.")
        for question in asked
        if question.objective == workbench_objective(service, workbench)
    ]
    for draft_id in drafts:
        workbench.read(draft_id)

    proposal = service.publishing.propose(workbench.efua, "referrals", drafts)

    assert not proposal.may_publish
    assert any("no question" in one.words or "no attempt" in one.words for one in proposal.wrong)
    with pytest.raises(Refused):
        service.publishing.publish(workbench.efua, "referrals", drafts, proposal.seen)


def workbench_objective(service, workbench):
    return service.editions.current("referrals").questions[workbench.question_id].objective


def test_a_draft_of_a_question_that_was_withdrawn_meanwhile_is_refused(workbench):
    service = workbench.service
    gone = service.drafts.withdraw(workbench.amina, workbench.question_id, "Not needed.")
    workbench.read(gone)
    workbench.publish(gone)
    with service.database.writing(queue="drafts") as connection:
        sheet = Sheet.of(service.editions.by_id(
            service.editions.history()[-1].edition_id
        ).questions[workbench.question_id])  # fmt: skip
        late = service.drafts.bring(
            connection, workbench.amina, "referrals", workbench.question_id, Act.EDIT, sheet, sheet
        )
    workbench.read(late)

    proposal = service.publishing.propose(workbench.efua, "referrals", [late])

    assert [one.rule for one in proposal.wrong] == ["withdrawn"]
    assert "does not come back" in proposal.wrong[0].words


def test_a_withdrawn_question_cannot_be_changed_any_more(workbench):
    gone = workbench.service.drafts.withdraw(workbench.amina, workbench.question_id, "Not needed.")
    workbench.read(gone)
    workbench.publish(gone)

    with pytest.raises(Refused):
        workbench.service.drafts.edit(workbench.amina, workbench.question_id)


def test_a_published_id_does_not_come_back_as_another_question(workbench):
    service = workbench.service
    copied = service.drafts.copy(workbench.amina, workbench.question_id)
    service.drafts.save(workbench.amina, copied, 1, with_fields(id="ref-once", ask=ASK))
    workbench.read(copied)
    workbench.publish(copied)
    place, _ = service.place, None
    banks = read_banks(SHIPPED, place, service.today(), BY_LETTER)  # as if it were taken away
    service.editions.publish([b for b in banks if b.id == "referrals"], place)
    again = service.drafts.copy(workbench.amina, workbench.question_id)
    service.drafts.save(
        workbench.amina, again, 1, with_fields(id="ref-once", ask="What do you do FIRST of all?")
    )
    workbench.read(again)

    proposal = service.publishing.propose(workbench.efua, "referrals", [again])

    assert [one.rule for one in proposal.wrong] == ["id"]


def test_a_report_is_mended_by_publishing_the_draft_that_it_led_to(workbench):
    service = workbench.service
    current = service.editions.current("referrals")
    service.problems.report(current.id, workbench.question_id, "It misleads.", workbench.bashir)
    (problem,) = service.problems.all(workbench.efua)
    draft_id = service.drafts.edit(workbench.amina, workbench.question_id, problem.problem_id)
    assert service.drafts.one(workbench.amina, draft_id).problem_words == "It misleads."
    workbench.changed(workbench.amina, draft_id, ask=ASK)
    workbench.read(draft_id)

    label = workbench.publish(draft_id)

    with service.database.reading() as connection:
        row = connection.execute(select(problem_report)).one()
    assert (row.state, row.mended_in) == ("mended", label)


def test_an_open_attempt_keeps_the_edition_that_it_began_with(workbench):
    service = workbench.service
    taken = service.attempts.start(workbench.bashir, "referrals", Mode.ASSURED)
    before = service.attempts.turn(workbench.bashir, taken, 1).edition.id
    draft_id = drafted(workbench)
    workbench.read(draft_id)

    workbench.publish(draft_id)

    assert service.attempts.turn(workbench.bashir, taken, 1).edition.id == before


def test_two_who_publish_at_once_publish_one_after_the_other(workbench, people):
    service = workbench.service
    draft_id = drafted(workbench)
    workbench.read(draft_id)
    seen = service.publishing.propose(workbench.efua, "referrals", [draft_id]).seen
    service.publishing.publish(workbench.efua, "referrals", [draft_id], seen)

    with pytest.raises(OutOfDate):
        service.publishing.publish(workbench.efua, "referrals", [draft_id], seen)


def test_a_question_made_here_is_found_by_its_words(workbench):
    draft_id = drafted(workbench)
    workbench.read(draft_id)
    workbench.publish(draft_id)

    (line,) = workbench.service.question_lines.here(workbench.amina)

    assert (line.question_id, line.where, line.stands) == (
        workbench.question_id, "the browser", True
    )  # fmt: skip
    card = workbench.service.question_lines.card(workbench.amina, workbench.question_id)
    assert [one.state for one in card.past] == ["changed", "new"]


def test_only_leads_publish(workbench, people):
    with pytest.raises(NotAllowed):
        workbench.service.publishing.propose(workbench.carys, "referrals")


def test_the_fingerprint_of_what_was_made_here_is_that_of_its_question(workbench):
    draft_id = drafted(workbench)
    workbench.read(draft_id)
    national = workbench.service.editions.written(workbench.service.editions.current("referrals"))
    before = next(q for q in national.questions if q.id == workbench.question_id)

    workbench.publish(draft_id)

    (change,) = workbench.service.publishing.made_here()["referrals"].changes
    assert change.base == fingerprint(before)


@pytest.fixture
def with_folder(workbench, database_url, tmp_path, clock):
    """The same place with a file of its own that replaces the question."""
    service = workbench.service
    question = next(
        q
        for q in service.editions.written(service.editions.current("referrals")).questions
        if q.id == workbench.question_id
    )
    folder = tmp_path / "ours" / "referrals"
    folder.mkdir(parents=True)
    text = question_text(Draft(content_of(question) | {"ask": "What do you do FIRST, as here?"}))
    text = text.replace("[[question", "[[replace").replace(
        f'id = "{question.id}"', f'id = "{question.id}"\nbase = "{fingerprint(question)}"'
    )
    (folder / f"{question.objective}.toml").write_text(text)
    opened = open_service(settings_for(database_url, tmp_path, local_banks=folder.parent), clock)
    yield replace(workbench, service=opened)
    opened.close()


def test_where_a_file_and_the_browser_speak_the_file_stands_and_says_so(workbench, with_folder):
    draft_id = drafted(workbench)
    workbench.read(draft_id)
    workbench.publish(draft_id)
    service, folder = with_folder.service, with_folder.service.settings.local_banks

    banks = read_banks(
        SHIPPED, service.place, service.today(), folder, here=service.publishing.made_here()
    )

    bank = next(bank for bank in banks if bank.id == "referrals")
    question = next(q for q in bank.module.questions if q.id == workbench.question_id)
    assert question.ask == "What do you do FIRST, as here?"
    assert any("was changed in the browser too" in one.words for one in bank.findings)
    lines = service.question_lines.here(workbench.amina)
    assert [(line.where == "the browser", line.stands) for line in lines] == [
        (False, True),
        (True, False),
    ]


def test_what_a_file_speaks_of_is_not_published_from_the_browser(with_folder):
    draft_id = drafted(with_folder)
    with_folder.read(draft_id)

    proposal = with_folder.service.publishing.propose(with_folder.efua, "referrals", [draft_id])

    assert [one.rule for one in proposal.wrong] == ["local"]
    assert "change it there" in proposal.wrong[0].words
    card = with_folder.service.question_lines.card(with_folder.amina, with_folder.question_id)
    assert card.file.endswith(".toml")
