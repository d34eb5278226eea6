"""The inspection pack: every number of its paper is in a spreadsheet, no name, an hour's life."""

import csv
import io
import re
import shutil
import zipfile
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from uuid import UUID

import pytest
from pypdf import PdfReader
from sqlalchemy import func, select, update

from quizbot.access import Role
from quizbot.cells import as_meant
from quizbot.demo.roles import ROLES
from quizbot.errors import Mend, NotAllowed, NotFound
from quizbot.evidence.regrades import RegradeDraft
from quizbot.figures.pack.packs import LASTS, TRIES
from quizbot.rules.regrading import Ruling
from quizbot.rules.suppress import SMALLEST
from quizbot.service import Service, open_service
from quizbot.store.tables import audit, pack, pack_part, person, signature
from tests.conftest import Clock, settings_for
from tests.first_attempts import took
from tests.made import bank, place

FIRST, LAST = "2026-09", "2026-11"


@dataclass(frozen=True)
class Taken:
    """A pack of the demonstration in its lead's hand, and the service it was taken from."""

    service: Service
    lead: UUID
    files: dict[str, bytes]

    @cached_property
    def pages(self) -> list[str]:
        """What the paper says, page by page."""
        reader = PdfReader(io.BytesIO(self.files["inspection-pack.pdf"]))
        return [page.extract_text() for page in reader.pages]


@pytest.fixture(scope="module")
def taken(filled_demo, tmp_path_factory):
    """Made once, after two signatures: one of them is a formula."""
    folder = tmp_path_factory.mktemp("pack")
    path = folder / "demo.db"
    shutil.copy(filled_demo, path)
    service = open_service(settings_for(f"sqlite:///{path}", folder), Clock())
    lead = service.people.whose(ROLES["lead"])
    edition = service.editions.current("referrals")
    service.signatures.sign(edition.id, "Sigrid Signer", "Designated nurse", "Every key")
    service.signatures.sign(edition.id, "=1+1", "Nurse", "Every key")
    yield Taken(service, lead, made(service, lead))
    service.close()


def made(service, who, first=FIRST, last=LAST):
    """A pack as its lead has it in hand: its files by their names."""
    pack_id = service.packs.ask(who, first, last)
    for _ in service.packs.work():
        pass
    _, portions = service.packs.fetch(who, pack_id)
    return opened(b"".join(portions))


def opened(content):
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        assert file.testzip() is None
        return {name: file.read(name) for name in file.namelist()}


def tables(files):
    """Each spreadsheet, cell by cell as it was meant, its titles first."""
    return {
        name: [
            [as_meant(cell) for cell in row]
            for row in csv.reader(io.StringIO(content.decode("utf-8-sig")))
        ]
        for name, content in files.items()
        if name.endswith(".csv")
    }


def squeezed(words):
    """Without the blanks and hyphens at which lines are broken."""
    return re.sub(r"[\s\u00ad\u2010-]+", "", words)


def numbers_of(words):
    return set(re.findall(r"\d+(?:[.,]\d+)*", words))


def test_every_number_of_the_paper_is_in_a_spreadsheet_beside_it(taken):
    files = taken.files
    sheets = tables(files)
    cells = [cell for rows in sheets.values() for row in rows for cell in row]
    known = numbers_of(" ".join(cells))

    for number, page in enumerate(taken.pages, 1):
        lines = [line for line in page.splitlines() if not line.startswith("Inspection pack")]
        for found in numbers_of(" ".join(lines)):
            assert found in known, f"{found} on page {number} is in no spreadsheet"


def test_what_a_spreadsheet_says_is_printed_is_on_the_paper(taken):
    files = taken.files
    words = squeezed("".join(taken.pages))

    checked = 0
    for name, (head, *rows) in tables(files).items():
        if "As printed" not in head:
            continue
        for row in rows:
            assert squeezed(row[head.index("As printed")]) in words, (name, row)
            checked += 1
    assert checked > 50


def test_what_is_printed_is_what_its_numbers_say(taken):
    for name, (head, *rows) in tables(taken.files).items():
        if "As printed" not in head:
            continue
        for row in rows:
            line = dict(zip(head, row, strict=True))
            if not line["People"].isdecimal() or line["Of"] in ("0", "withheld"):
                continue
            share = f"{int(line['People']) / int(line['Of']):.0%}"
            assert line["Share"] == share, (name, row)
            assert line["As printed"] == (
                f"{line['People']} of {line['Of']}\n"
                f"{share}, {line['Interval from']} to {line['Interval to']}"
            )


def test_the_figures_are_those_of_the_board(taken):
    head, *rows = tables(taken.files)["completion.csv"]
    view = taken.service.board.export(taken.lead, LAST)

    told = {(row[0], row[2]): row[head.index("As printed")].split("\n")[0] for row in rows}

    assert told == {
        (figure.title, line.agency): line.words
        for figure in view.completion
        for line in figure.all_lines
    }


def test_no_small_number_is_told(taken):
    for name, (head, *rows) in tables(taken.files).items():
        if "As printed" not in head:
            continue
        for row in rows:
            line = dict(zip(head, row, strict=True))
            people, of = line["People"], line["Of"]
            if people.isdecimal() and of.isdecimal():
                for number in (int(people), int(of), int(of) - int(people)):
                    assert number == 0 or number >= SMALLEST, (name, row)


def test_it_names_nobody_but_who_signed(taken):
    files = taken.files

    everything = squeezed("".join(taken.pages)) + squeezed(
        " ".join(c for rows in tables(files).values() for row in rows for c in row)
    )
    with taken.service.database.reading() as connection:
        people = connection.execute(select(person.c.name, person.c.email)).all()
        signed = set(connection.execute(select(signature.c.name)).scalars())
    assert squeezed("Sigrid Signer") in everything
    for name, email in people:
        assert name in signed or squeezed(name) not in everything
        assert not email or squeezed(email) not in everything


def test_a_cell_that_would_be_a_formula_is_made_harmless(taken):
    content = taken.files["signatures.csv"].decode("utf-8-sig")

    assert ",'=1+1," in content


def test_the_paper_is_tagged_and_tells_the_end_of_the_trail(taken):
    files = taken.files

    reader = PdfReader(io.BytesIO(files["inspection-pack.pdf"]))
    (_, (number, fingerprint)) = tables(files)["trail.csv"]

    assert str(reader.root_object["/MarkInfo"]).startswith("{'/Marked': True")
    assert squeezed(fingerprint) in squeezed("".join(taken.pages))
    with taken.service.database.reading() as connection:
        row = connection.execute(select(audit).where(audit.c.number == int(number))).one()
    assert row.hash == fingerprint


# ---- asking, waiting, and the end ----------------------------------------------------------


def test_questions_found_faulty_are_in_it_with_what_came_of_them_and_no_small_number(
    service, people
):
    service.editions.publish([bank(pass_share=0.66)], place())
    tea = service.editions.current("tea")
    wrong = {"water-boil-1": "b", "water-1": "c", "leaves-1": "a", "leaves-2": "b"}
    took(service, tea, [wrong] * 7)
    took(service, tea, [{**wrong, "leaves-1": "b", "leaves-2": "c"}] * 2)
    for name in ("leaves-1", "leaves-2"):
        draft = RegradeDraft(tea.id, name, Ruling.CREDIT)
        service.regrades.decide(people.efua, draft, "Two can be defended.")

    files = made(service, people.efua, LAST, LAST)

    rows = list(csv.DictReader(io.StringIO(files["regrades.csv"].decode("utf-8-sig"))))
    assert [
        (one["Question"], one["Why"], one["Answers that count otherwise"], one["Passed after all"])
        for one in rows
    ] == [
        ("leaves-1", "Two can be defended.", "7", "7"),
        ("leaves-2", "Two can be defended.", "fewer than 5", "fewer than 5"),
    ]


def test_asking_and_taking_are_in_the_trail(taken):
    with taken.service.database.reading() as connection:
        acts = connection.execute(
            select(audit.c.action, audit.c.actor)
            .where(audit.c.action.startswith("pack."))
            .order_by(audit.c.number)
        ).all()

    assert [tuple(act) for act in acts] == [
        ("pack.ask", str(taken.lead)),
        ("pack.export", str(taken.lead)),
    ]


def test_it_is_for_leads_and_auditors_of_the_whole_alone(service, people):
    service.people.grant("dylan@northmoor.example", Role.LEAD, "Northmoor/Police")

    for who in (people.amina, people.carys, people.dylan):
        with pytest.raises(NotAllowed):
            service.packs.ask(who, "", "")
        assert not service.packs.may_ask(who)
    assert service.packs.may_ask(people.efua)


def test_somebody_elses_pack_is_not_found(service, people):
    service.people.grant("dylan@northmoor.example", Role.AUDITOR, "Northmoor")
    pack_id = service.packs.ask(people.efua, "", "")
    list(service.packs.work())

    with pytest.raises(NotFound):
        service.packs.fetch(people.dylan, pack_id)


def test_asking_again_while_one_is_made_makes_no_second(service, people):
    once = service.packs.ask(people.efua, "", "")

    assert service.packs.ask(people.efua, "", "") == once


def test_progress_is_told_step_by_step(service, people):
    service.packs.ask(people.efua, "", "")
    seen = []

    for _ in service.packs.work():
        (state,) = service.packs.of(people.efua)
        if state.step not in seen:
            seen.append(state.step)

    assert seen[0] == "Counting"
    assert seen[-1] == "Printing"
    assert service.packs.of(people.efua)[0].state == "done"


def test_after_an_hour_it_is_over_and_its_file_is_gone(service, people, clock):
    pack_id = service.packs.ask(people.efua, "", "")
    list(service.packs.work())
    clock.at += LASTS

    assert service.packs.of(people.efua)[0].state == "expired"
    with pytest.raises(NotFound, match="kept for an hour"):
        service.packs.fetch(people.efua, pack_id)
    list(service.packs.work())
    with service.database.reading() as connection:
        assert not connection.execute(select(func.count()).select_from(pack_part)).scalar()


def test_what_no_worker_makes_within_an_hour_says_what_to_do(service, people, clock):
    service.packs.ask(people.efua, "", "")
    clock.at += LASTS + timedelta(seconds=1)

    (state,) = service.packs.of(people.efua)

    assert state.state == "failed"
    assert "whether the worker is running" in state.trouble
    assert service.packs.ask(people.efua, "", "") != state.id


def test_a_worker_that_is_gone_leaves_it_to_the_next_but_not_for_ever(service, people):
    pack_id = service.packs.ask(people.efua, "", "")
    half_way = service.packs.work()
    next(half_way)
    half_way.close()
    list(service.packs.work())
    assert service.packs.of(people.efua)[0].state == "done"

    with service.database.writing() as connection:
        connection.execute(
            update(pack).where(pack.c.id == pack_id).values(state="making", tries=TRIES)
        )
    list(service.packs.work())
    (state,) = service.packs.of(people.efua)
    assert state.state == "failed"
    assert "stopped twice" in state.trouble


@pytest.mark.parametrize(
    ("first", "last", "error"),
    [
        ("2026-13", "", NotFound),
        ("November", "", NotFound),
        ("", "2027-01", NotFound),
        ("2019-01", "", NotFound),
        ("' OR 1=1", "", NotFound),
    ],
)
def test_months_that_are_none_are_refused(service, people, first, last, error):
    with pytest.raises(error):
        service.packs.ask(people.efua, first, last)


def test_a_first_month_after_the_last_is_to_be_mended(taken):
    with pytest.raises(Mend, match="cannot be after the last"):
        taken.service.packs.ask(taken.lead, LAST, FIRST)


def test_what_was_asked_told_and_taken_back_is_in_it_as_it_was_done(taken):
    sheets = tables(taken.files)
    head, *rows = sheets["changes.csv"]
    asked = head.index("People asked")
    done = {row[0]: row for row in rows}

    told, back, half = taken.service.changes.all()

    assert done[told.change][2] == "Told"
    assert done[told.change][asked] == ""
    assert done[back.change][5] != ""
    assert done[half.change][2] == "Asked to confirm"
    assert done[half.change][asked] == str(half.asked)


def test_how_many_confirmed_a_change_is_told_once_so_that_nobody_can_subtract(taken):
    """A total of its own, less the agencies that are told, would be the one that is withheld."""
    half = taken.service.changes.all()[-1]
    sheets = tables(taken.files)

    others = [rows for name, rows in sheets.items() if name != "confirmed.csv"]
    assert not any(
        row[0] == half.change and str(half.confirmed) in row[1:] for rows in others for row in rows
    )


def test_who_has_confirmed_a_change_is_told_as_on_the_board(taken):
    (figure,) = taken.service.board.whole(taken.service.today().replace(day=1)).changes

    _, *rows = tables(taken.files)["confirmed.csv"]

    assert [row[2] for row in rows] == [line.agency for line in figure.all_lines]
    for row, line in zip(rows, figure.all_lines, strict=True):
        known = ["withheld" if n is None else str(n) for n in (line.people, line.of)]
        known[0] = line.step or f"{'about ' if line.is_about else ''}{known[0]}"
        assert row[3:5] == known


def test_updates_count_for_changes_alone(demo, clock):
    """What somebody confirms moves no figure of completion, areas or lessons."""
    lead = demo.people.whose(ROLES["lead"])
    before = tables(made(demo, lead))
    who = demo.people.whose(ROLES["practitioner"])
    (offer,) = demo.updates.offers(who)
    update_id = demo.updates.start(who, offer.module)
    for number in range(1, offer.questions + 1):
        turn = demo.attempts.turn(who, update_id, number)
        demo.attempts.answer(
            who, update_id, number, turn.question.shown(turn.question.key, turn.order)
        )
    demo.attempts.submit(who, update_id)

    after = tables(made(demo, lead))

    moved = {name for name in before if before[name] != after[name]}
    assert {"confirmed.csv"} <= moved <= {"confirmed.csv", "trail.csv", "method.csv"}
