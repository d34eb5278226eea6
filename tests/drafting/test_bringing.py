"""Questions in and out: banks as files, comments and all, and files of other systems as drafts."""

import json
import re
from pathlib import Path

import pytest
from sqlalchemy import func, select

from questions.bank import SHIPPED, linted, read_banks
from questions.exchange.formats import FORMATS
from questions.exchange.losses import write
from questions.local import fingerprint
from questions.made_here import Act
from quizbot.access import Role
from quizbot.errors import BadFile, BadReply, NotAllowed
from quizbot.service import open_service
from quizbot.store.migrate import upgrade
from quizbot.store.tables import draft, person
from tests import made
from tests.conftest import PEOPLE, settings_for
from tests.counted import counted
from tests.drafting.conftest import with_fields
from tools.running import BY_LETTER

ASK = "What should you do FIRST about what you have heard?"
GIFT = """\
::Who rings::You are a teacher. Sam, aged 9, is hungry each day. What should you do FIRST? {
=Ring the front door today#She may need help now.
~Wait for the next visit#She would stay hungry.
~Ask another pupil about it#That is not for a child.
}
"""


def exported(service, folder: Path) -> Path:
    service.bringing.write_folder(folder, [SHIPPED])
    return folder


def test_a_bank_that_is_written_is_byte_for_byte_what_did_not_change(workbench, tmp_path):
    folder = exported(workbench.service, tmp_path / "banks")

    here = {path.name for path in (BY_LETTER / "referrals").iterdir()}  # withdraws some
    same = [path for path in (SHIPPED / "referrals").glob("*.toml") if path.name not in here]
    assert len(same) > 5
    for path in same:
        assert (folder / "referrals" / path.name).read_text() == path.read_text(), path.name


def test_comments_stay_beside_every_question_but_the_one_that_changed(workbench, tmp_path):
    folder = tmp_path / "banks"
    exported(workbench.service, folder)
    question = workbench.service.editions.current("referrals").questions[workbench.question_id]
    file = folder / "referrals" / f"{question.objective}.toml"
    text = file.read_text()
    other = re.findall(r'^id = "(.*)"', text, re.MULTILINE)
    other = next(one for one in other if one != workbench.question_id)
    text = text.replace(f'id = "{other}"', f'id = "{other}"  # a note of ours')
    text = text.replace(f'id = "{workbench.question_id}"', f'id = "{workbench.question_id}"  # old')
    file.write_text(text)
    draft_id = workbench.service.drafts.edit(workbench.amina, workbench.question_id)
    workbench.changed(workbench.amina, draft_id, ask=ASK)
    workbench.read(draft_id)
    workbench.publish(draft_id)

    exported(workbench.service, folder)

    written = file.read_text()
    assert "# a note of ours" in written
    assert "# old" not in written
    assert ASK in written
    lines = [line for line in text.splitlines() if line not in written.splitlines()]
    assert len(lines) < 4  # nothing else was touched


def test_what_is_exported_and_imported_where_it_came_from_changes_nothing(workbench, tmp_path):
    folder = exported(workbench.service, tmp_path / "banks")

    (report,) = workbench.service.bringing.bring_folder(folder)

    assert report.lines == ()
    assert report.same == len(workbench.service.editions.current("referrals").module.questions)


def publish_all(workbench, service, module):
    drafts = [line for line in service.drafts.all(workbench.efua) if line.module == module]
    for line in drafts:
        service.drafts.agree(workbench.efua, line.draft_id, line.version)
    proposal = service.publishing.propose(workbench.efua, module)
    assert proposal.wrong == ()
    ids = [line.draft_id for line in proposal.drafts]
    return service.publishing.publish(workbench.efua, module, ids, proposal.seen)


def test_a_bank_exported_imported_and_published_is_the_same_edition(workbench, tmp_path, clock):
    service = workbench.service
    copied = service.drafts.copy(workbench.amina, workbench.question_id)
    workbench.changed(workbench.amina, copied, ask="Whom should you tell FIRST about all this?")
    changed = service.drafts.edit(workbench.amina, workbench.question_id)
    workbench.changed(workbench.amina, changed, ask=ASK)
    for draft_id in (copied, changed):
        workbench.read(draft_id)
    workbench.publish(copied, changed)
    folder = exported(service, tmp_path / "banks")
    url = f"sqlite:///{tmp_path / 'other.db'}"
    other = open_service(settings_for(url, tmp_path), clock)
    upgrade(other.database)
    (tmp_path / "people.csv").write_text(PEOPLE)
    other.people.import_file(tmp_path / "people.csv", make_units=True)
    other.people.grant("efua@northmoor.example", Role.LEAD, "Northmoor")
    elsewhere = type(workbench)(other, *_ids(other), workbench.question_id)

    (report,) = other.bringing.bring_folder(folder)
    publish_all(elsewhere, other, "referrals")

    assert report.lines[0].act is Act.HEAD
    here, there = (one.editions.current("referrals") for one in (service, other))
    assert (there.label, there.fingerprint) == (here.label, here.fingerprint)
    (again,) = other.bringing.bring_folder(folder)
    assert again.lines == ()
    other.close()


def _ids(service):
    with service.database.reading() as connection:
        rows = connection.execute(select(person.c.name, person.c.id)).all()
    named = {name.split()[0].lower(): id_ for name, id_ in rows}
    return (named["efua"], named["amina"], named["carys"], named["bashir"])


def test_what_is_otherwise_in_a_folder_becomes_drafts(workbench, tmp_path):
    folder = exported(workbench.service, tmp_path / "banks")
    question = workbench.service.editions.current("referrals").questions[workbench.question_id]
    file = folder / "referrals" / f"{question.objective}.toml"
    file.write_text(file.read_text().replace(question.because, "Because it was heard here first."))

    (report,) = workbench.service.bringing.bring_folder(folder)

    assert [(one.question_id, one.act) for one in report.lines] == [(question.id, Act.EDIT)]
    page = workbench.service.drafts.one(workbench.efua, report.lines[0].draft_id)
    assert page.line.made_by == "The operator"
    assert [one.name for one in page.changes] == ["because"]


@pytest.mark.parametrize("format_", list(FORMATS))
def test_our_own_module_taken_out_and_brought_in_again_changes_nothing_it_holds(workbench, format_):
    service = workbench.service
    name, written = service.bringing.as_file(workbench.efua, "referrals", format_)

    report = service.bringing.bring_file(workbench.efua, written.data, name, "referrals", "consent")

    changed = [one for one in report.lines if one.act is Act.EDIT]
    assert len(changed) <= (0 if format_ != "aiken" else len(report.lines)), changed[:3]


def test_the_words_of_another_place_do_not_take_the_place_of_our_slots(workbench, service):
    current = service.editions.written(service.editions.current("referrals"))
    questions = [(one, one.model_dump(mode="json", by_alias=True)) for one in current.asked]
    ours, content = next(pair for pair in questions if service.place.slots_in(pair[1]))
    words = dict.fromkeys(service.place.slots_in(content), "Southmere Hub")
    filled = made.place(**words).fill(content).content
    theirs = type(ours).model_validate_json(json.dumps(filled))
    data = write(current, FORMATS["csv"], [theirs]).data
    assert b"Southmere Hub" in data

    report = service.bringing.bring_file(workbench.efua, data, "theirs.csv", "referrals", "consent")

    assert (report.lines, report.same) == ((), 1)


def test_a_file_becomes_drafts_with_what_an_author_has_to_add(workbench):
    service = workbench.service

    report = service.bringing.bring_file(
        workbench.amina, GIFT.encode(), "who.gift", "referrals", "consent"
    )

    (line,) = report.lines
    assert (line.question_id, line.act) == ("who-rings", Act.NEW)
    assert {"because", "sources", "misconception"} <= set(line.to_add)
    page = service.drafts.one(workbench.carys, line.draft_id)
    assert page.line.brought_from == "who.gift"
    assert page.faults


def test_the_same_file_brought_in_twice_makes_no_second_draft(workbench):
    service = workbench.service
    first = service.bringing.bring_file(
        workbench.amina, GIFT.encode(), "who.gift", "referrals", "consent"
    )

    again = service.bringing.bring_file(
        workbench.amina, GIFT.encode(), "who.gift", "referrals", "consent"
    )

    assert [one.draft_id for one in again.lines] == [one.draft_id for one in first.lines]
    with service.database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(draft)).scalar() == 1


def test_an_id_that_another_question_has_is_not_taken_from_it(workbench):
    service = workbench.service
    kind = service.editions.current("referrals").questions[workbench.question_id].kind
    assert kind == "one-of"
    theirs = GIFT.replace("Who rings", workbench.question_id).replace("~", "=", 1)
    theirs = theirs.replace("=Ring", "~%50%Ring").replace("=Wait", "~%50%Wait")

    report = service.bringing.bring_file(
        workbench.amina, theirs.encode(), "q.gift", "referrals", "consent"
    )

    assert [one.question_id for one in report.lines] == [f"{workbench.question_id}-2"]
    assert any("another question’s here" in note.words for note in report.told)


def test_a_withdrawn_question_does_not_come_back_by_a_file(workbench):
    service = workbench.service
    name, written = service.bringing.as_file(workbench.efua, "referrals", "csv")
    gone = service.drafts.withdraw(workbench.amina, workbench.question_id, "Not needed.")
    workbench.read(gone)
    workbench.publish(gone)

    report = service.bringing.bring_file(workbench.efua, written.data, name, "referrals", "consent")

    assert [note.question for note in report.left_out] == [workbench.question_id]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b"%PDF-1.7 nothing", "is a PDF"),
        (b"\x89PNG\r\n", "is an image"),
        (b"just words", "is none of Moodle XML"),
        (b"\xff\xfe\x00", "is not UTF-8"),
        (
            b'<!DOCTYPE quiz [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><quiz>&b;</quiz>',
            "entit",
        ),
    ],
)
def test_what_is_no_file_of_questions_is_refused_with_a_reason(workbench, data, words):
    with pytest.raises(BadFile, match="(?i)" + words) as refusal:
        workbench.service.bringing.bring_file(
            workbench.amina, data, "questions.xml", "referrals", "consent"
        )

    assert str(refusal.value).startswith("This file was not read")


def test_a_file_of_another_kind_than_its_name_says_is_read_as_what_it_is(workbench):
    report = workbench.service.bringing.bring_file(
        workbench.amina, GIFT.encode(), "../../questions.xml", "referrals", "consent"
    )

    assert len(report.lines) == 1
    assert any("is named .xml" in note.words for note in report.told)
    page = workbench.service.drafts.one(workbench.carys, report.lines[0].draft_id)
    assert page.line.brought_from == "questions.xml"


def test_an_objective_that_is_not_there_is_refused(workbench):
    with pytest.raises(BadReply):
        workbench.service.bringing.bring_file(
            workbench.amina, GIFT.encode(), "q.gift", "referrals", "alchemy"
        )


def test_who_is_no_author_brings_nothing_in_and_takes_nothing_out(workbench):
    for act in (
        lambda: workbench.service.bringing.bring_file(
            workbench.bashir, GIFT.encode(), "q.gift", "referrals", "consent"
        ),
        lambda: workbench.service.bringing.as_file(workbench.bashir, "referrals", "csv"),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_ten_times_the_questions_come_in_with_ten_times_the_work(workbench):
    def bring(first, many):
        questions = "\n".join(
            GIFT.replace("Who rings", f"Who rings {n}").replace("aged 9", f"aged {n}")
            for n in range(first, first + many)
        )
        return workbench.service.bringing.bring_file(
            workbench.amina, questions.encode(), f"{many}.gift", "referrals", "consent"
        )

    _, few = counted(lambda: bring(1000, 50))
    report, many = counted(lambda: bring(0, 500))

    assert len(report.lines) == 500
    assert many < 12 * few


def test_a_draft_that_was_brought_in_is_completed_read_and_published(workbench):
    service = workbench.service
    report = service.bringing.bring_file(
        workbench.amina, GIFT.encode(), "who.gift", "referrals", "consent"
    )
    (line,) = report.lines
    completed(workbench, line.draft_id)
    assert service.drafts.one(workbench.amina, line.draft_id).faults == ()
    workbench.read(line.draft_id)

    workbench.publish(line.draft_id)

    assert "who-rings" in service.editions.current("referrals").questions
    again = read_banks(SHIPPED, service.place, service.today(), here=service.publishing.made_here())
    bank = next(one for one in again if one.id == "referrals")
    assert fingerprint(next(q for q in bank.module.questions if q.id == "who-rings"))


def completed(workbench, draft_id):
    """What a file of others cannot hold, added by an author."""
    page = workbench.service.drafts.one(workbench.amina, draft_id)
    current = workbench.service.editions.current("referrals").module
    belief, source = next(iter(current.misconceptions)), next(iter(current.sources))
    why = "It is natural to want to be sure. Sam would go on being hungry all that time."
    options = [
        {**one, "why": why} if one.get("right") else
        {**one, "why": why, "misconception": belief, "errs": "less"}
        for one in page.sheet.question["option"]
    ]  # fmt: skip
    workbench.changed(
        workbench.amina, draft_id, option=options, level="apply",
        authority="good-practice", sensitive="none", review_by="2027-06-30",
        because="A reasonable worry is enough to refer, and a call lets others look.",
        sources=[{"id": source, "at": "not numbered"}],
    )  # fmt: skip


def test_thirty_questions_that_apply_a_rule_are_published_as_what_they_are(workbench):
    service = workbench.service
    many = "\n".join(
        GIFT.replace("Who rings", f"Who rings {n}").replace("aged 9", f"aged {n % 15}")
        for n in range(30)
    )
    report = service.bringing.bring_file(
        workbench.amina, many.encode(), "thirty.gift", "referrals", "consent"
    )
    for line in report.lines:
        completed(workbench, line.draft_id)
        workbench.read(line.draft_id)

    proposal = service.publishing.propose(workbench.efua, "referrals")

    assert proposal.wrong == ()
    assert any(one.rule == "W37" and "`quiet`" in one.words for one in proposal.warnings)
    service.publishing.publish(
        workbench.efua, "referrals", [line.draft_id for line in report.lines], proposal.seen
    )
    assert service.editions.current("referrals").questions["who-rings-29"].level == "apply"
    again = read_banks(SHIPPED, service.place, service.today(), here=service.publishing.made_here())
    bank = linted(next(one for one in again if one.id == "referrals"))
    assert [one for one in bank.findings if one.level == "fault"] == []


def test_a_second_import_brings_changes_into_the_open_draft_as_a_version(workbench, tmp_path):
    folder = exported(workbench.service, tmp_path / "banks")
    draft_id = workbench.service.drafts.edit(workbench.amina, workbench.question_id)
    workbench.service.drafts.save(workbench.amina, draft_id, 1, with_fields(ask=ASK))
    question = workbench.service.editions.current("referrals").questions[workbench.question_id]
    file = folder / "referrals" / f"{question.objective}.toml"
    file.write_text(file.read_text().replace(question.because, "Because it was heard here first."))

    (report,) = workbench.service.bringing.bring_folder(folder)

    page = workbench.service.drafts.one(workbench.amina, draft_id)
    assert [one.draft_id for one in report.lines] == [draft_id]
    assert [one.number for one in page.versions] == [3, 2, 1]
    assert page.versions[1].changes[0].name == "ask"
