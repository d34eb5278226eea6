"""Every act that the audit trail has a name for is done, and the row that it leaves is read."""

import io
import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from questions.register import ChangeKind
from quizbot.access import Role
from quizbot.editions.changes_here import ChangeToEnter
from quizbot.evidence.attestations import STATEMENT, AttestationDraft
from quizbot.evidence.regrades import RegradeDraft
from quizbot.people.forms import NewPost
from quizbot.privacy.erasure import SENTENCE
from quizbot.privacy.trail import ACTIONS
from quizbot.reminders.preferences import Chosen
from quizbot.rules.due import DispensationKind
from quizbot.rules.pick import Mode
from quizbot.rules.regrading import Ruling
from quizbot.rules.updates import Whom
from quizbot.signin.accounts import ProvenAccount
from quizbot.standing.change_drafts import ChangeDraft
from quizbot.standing.requirements import Draft
from quizbot.store.audit import OPERATOR
from quizbot.store.tables import attempt, audit, certificate, post, role_grant, unit
from tests import made
from tests.evidence.elsewhere import Foreign
from tests.first_attempts import took
from tests.people.people_files import without_address
from tests.stored import rows

AMINA = "amina@northmoor.example"
TODAY = date(2026, 11, 21)
LATER = date(2026, 12, 31)
SOONER = date(2026, 12, 30)
HERE = ("telegram", "4711471147")
# Those on whole databases are done in test_backups.py and test_demo.py, those of a directory in
# test_directory.py, those of learning systems in test_connecting.py, what issuers say later on in
# test_asked_again.py.
ELSEWHERE = {
    "lti.invite",
    "lti.connect",
    "lti.change",
    "lti.end",
    "passport.gone-back",
    "passport.stands-again",
    "scim.confirm",
    "database.backup",
    "database.restore",
    "database.copy",
    "demo.fill",
}

# Rows are written and chained on both kinds in test_audit.py.
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def one(service, column, *conditions):
    """The first value of a column."""
    with service.database.reading() as connection:
        return connection.execute(select(column).where(*conditions)).scalars().first()


def unit_of(service, path):
    return one(service, unit.c.id, unit.c.path == path)


def sign_in(s, p):
    sign_in_id = s.sign_in.ask(AMINA)
    code = s.sign_in.mail({"sign_in": str(sign_in_id), "too_many": False}).subject[:6]
    s.sign_in.enter(sign_in_id, code)


def end_token(s, p):
    token = s.scim_tokens.make("Entra")
    s.scim_tokens.end(s.scim_tokens.by_end(token[-4:]))


def save_place(s, p):
    setting = s.place.settings["referral_hours"].model_copy(update={"value": "always"})
    seen = s.places.preview(p.efua, "referral_hours", setting).fingerprint
    s.places.save(p.efua, "referral_hours", setting, seen)


def leave_place(s, p):
    save_place(s, p)
    s.places.leave_to_file(p.efua, "referral_hours")


def bind_account(s, p):
    proven = ProvenAccount(
        provider="council", issuer="https://login.example", subject="1", address=AMINA
    )
    s.accounts.come_in(proven)


def take_account_off(s, p):
    bind_account(s, p)
    (line,) = s.accounts.of(p.amina)
    s.accounts.end(p.efua, p.amina, line.account_id)


def import_(s, p):
    file = Path(s.settings.mail_url.removeprefix("file:")).with_name("people.csv")
    file.write_text("No,name,unit,job,started_on\nN9,Gita Rao,Northmoor/Health,Nurse,2026-02-02\n")
    s.people.import_file(file, make_units=True, columns={"No": "staff_ref"})


def new_post(s, job="Nurse"):
    return NewPost(unit_of(s, "Northmoor/Police"), job, TODAY)


def come_back(s, p):
    s.staff.leave(p.efua, p.bashir, TODAY - timedelta(days=1))
    s.staff.add_post(p.efua, p.bashir, new_post(s))


def stay(s, p):
    s.staff.leave(p.efua, p.amina, LATER)
    s.staff.stay(p.efua, p.amina)


def separate(s, p):
    s.joining.join(p.amina, p.bashir, p.efua)
    s.joining.undo(p.amina, p.efua)


def change_post(s, p):
    post_id = one(s, post.c.id, post.c.person_id == p.amina)
    s.staff.change_post(p.efua, post_id, "Senior social worker", "N3", None)


def end_role(s, p):
    s.people.grant(AMINA, Role.AUDITOR, "Northmoor")
    s.roles.end(p.efua, one(s, role_grant.c.id, role_grant.c.person_id == p.amina))


def add_unit(s, p):
    return s.units.add(p.efua, unit_of(s, "Northmoor"), "Fire")


def move_unit(s, p):
    s.units.move(p.efua, add_unit(s, p), unit_of(s, "Northmoor/Police"))


def confirm(s, p):
    s.attestations.make(
        p.carys,
        AttestationDraft(
            "referrals", (p.amina,), ("consent",), ("discussion",), STATEMENT, "Amina told why."
        ),
    )
    return s.attestations.mine(p.amina)[0].attestation_id


def take(s, p):
    taken = s.attempts.start(p.amina, "referrals", Mode.ASSURED)
    for number in range(1, s.attempts.turn(p.amina, taken, 1).total + 1):
        turn = s.attempts.turn(p.amina, taken, number)
        reply = turn.question.shown(turn.question.key, turn.order)
        s.attempts.answer(p.amina, taken, number, reply)
    s.attempts.submit(p.amina, taken)


def withdraw_certificate(s, p):
    take(s, p)
    s.certificates.withdraw(p.efua, one(s, certificate.c.code), "Amina was helped.")


def withdraw_attempt(s, p):
    take(s, p)
    s.withdrawals.withdraw(p.efua, p.amina, one(s, attempt.c.id), "Amina was helped.")


def trust_issuer(s, p):
    file = json.dumps(Foreign(s.now, url="https://southmere.example").key_set()).encode()
    return s.issuers.trust(p.efua, "", file, at_once=False)


def bring_certificate(s, p):
    trust_issuer(s, p)
    return s.brought.bring(
        p.amina, Foreign(s.now, url="https://southmere.example").token()
    ).brought_id


def regrade(s, p):
    s.editions.publish([made.bank(pass_share=0.66)], made.place())
    tea = s.editions.current("tea")
    wrong = {"water-boil-1": "b", "water-1": "c", "leaves-1": "a", "leaves-2": "b"}
    took(s, tea, [wrong], whose=[p.amina])
    draft = RegradeDraft(tea.id, "leaves-1", Ruling.CREDIT)
    s.regrades.decide(p.efua, draft, "Amina was right as well.")


def answer_report(s, p):
    edition = s.editions.current("referrals")
    s.problems.report(edition.id, next(iter(edition.questions)), "Amina doubts it.", p.amina)
    s.problems.answer(p.efua, s.problems.all(p.efua)[0].problem_id, "Thank you, Amina.")


def ask(s, p):
    s.requests.ask(p.carys, [p.amina], ["referrals"], LATER, "Amina Rahman asked for it.")


def take_back(s, p):
    ask(s, p)
    s.requests.withdraw(p.carys, s.requests.by(p.carys)[0].request_id)


def pause(s, p):
    kind = DispensationKind.PAUSE
    return s.dispensations.grant(p.efua, p.amina, kind, None, TODAY, None, "Amina is ill.")


def rule(s, p, **given):
    draft = Draft(
        unit="Northmoor",
        modules=("referrals",),
        in_force_from=TODAY,
        within_days=30,
        reason="Amina’s idea.",
    )
    (rule_id,) = s.rules.save(draft, draft.fingerprint, p.efua)
    return rule_id


def tell_change(s, p, **given):
    recognise(s, p)
    draft = ChangeDraft(**{"change": "k13-edition-of-2026", "unit": "Northmoor", **given})
    return s.changes.apply(draft, draft.fingerprint, p.efua)


def ask_change(s, p):
    whom = Whom.EVERYBODY
    return tell_change(s, p, change="k23-marriage-at-18", due_on=LATER, whom=whom)


def enter_change(s, p):
    draft = ChangeToEnter(
        source="pot",
        after="third",
        in_force=LATER,
        questions=("water-1",),
        was="Fill it.",
        now="Half fill it.",
        matters="Half fill the pot.",
        kind=ChangeKind.REVERSED,
        roles=(),
        has_read="The third edition.",
    )
    s.editions.publish([made.bank()], made.place())
    return s.changes_here.enter(p.efua, draft, draft.fingerprint)


def end_overdue(s, p):
    rule(s, p)
    s.now.forward(days=100)
    post_id = one(s, post.c.id, post.c.person_id == p.amina)
    today = s.today()
    s.staff.change_post(p.efua, post_id, "Social worker", "N3", today, confirm=True)


def change_rule(s, p):
    rule_id = rule(s, p)
    draft = Draft(
        unit="Northmoor",
        modules=("referrals",),
        in_force_from=TODAY,
        within_days=60,
        reason="The same.",
    )
    s.rules.change(rule_id, draft, draft.fingerprint, p.efua)


def link(s, p):
    s.links.accept(s.links.payload(p.amina), *HERE)


def recognise(s, p):
    return s.dispensations.grant(
        p.efua, p.amina, DispensationKind.LEARNING, None, s.today(), None, "Certificate."
    )


def send_to_chat(s, p):
    link(s, p)
    s.links.send_to(p.amina, s.links.of(p.amina)[0].link_id)


def unlink(s, p):
    link(s, p)
    s.links.leave(*HERE)


def ask_for_pack(s, p):
    return s.packs.ask(p.efua, "", "")


def take_pack(s, p):
    pack_id = ask_for_pack(s, p)
    list(s.packs.work())
    s.packs.fetch(p.efua, pack_id)


def take_figures(s, p):
    s.board.report()  # counts them
    s.board.export(p.efua)


def name_author(s, p):
    s.authors.give(p.efua, AMINA, "referrals", None)


def author_no_longer(s, p):
    name_author(s, p)
    s.authors.end(p.efua, s.authors.all(p.efua)[0].grant_id)


def draft_question(s, p):
    return s.drafts.edit(p.efua, next(iter(s.editions.current("referrals").questions)))


def read_draft(s, p):
    name_author(s, p)
    s.drafts.agree(p.amina, draft_question(s, p), 1, "Amina has read it.")


def bring_questions(s, p):
    file = b"::Amina::Which of these is tea? {=This ~That ~Those}"
    s.bringing.bring_file(p.efua, file, "rao.gift", "referrals", "consent")


def keep_no_longer(s, p):
    s.sign_in.ask(AMINA)
    s.now.forward(days=2)
    s.retention.run()


# What is done, by whom, and to whom where that is a person.
ACTS = {
    "sign-in": ("amina", "amina", sign_in),
    "sign-in.end-everywhere": ("amina", "amina", lambda s, p: s.sign_in.end_everywhere(p.amina)),
    "sign-in.slip": (
        "efua", "amina", lambda s, p: s.slips.print_for(without_address(s, p.amina), p.efua)
    ),
    "account.bind": ("amina", "amina", bind_account),
    "account.end": ("efua", "amina", take_account_off),
    "role.grant": (
        "efua", "amina", lambda s, p: s.people.grant(AMINA, Role.AUDITOR, "Northmoor", by=p.efua)
    ),
    "role.revoke": ("efua", "amina", end_role),
    "person.add": ("efua", "", lambda s, p: s.staff.add(p.efua, "Gita Rao", "", "N9", new_post(s))),
    "person.edit": ("efua", "amina", lambda s, p: s.staff.edit(p.efua, p.amina, "Amina R", AMINA,
                                                              "N1")),
    "person.guest": (
        "carys", "", lambda s, p: s.people.invite_guest(p.carys, "Gita Rao", "g@x.example", LATER)
    ),
    "person.leave": ("efua", "amina", lambda s, p: s.staff.leave(p.efua, p.amina, LATER)),
    "person.stay": ("efua", "amina", stay),
    "person.return": ("efua", "bashir", come_back),
    "person.erase": (OPERATOR, "amina", lambda s, p: s.erasure.erase(p.amina, SENTENCE)),
    "person.join": ("efua", "amina", lambda s, p: s.joining.join(p.amina, p.bashir, p.efua)),
    "person.separate": ("efua", "amina", separate),
    "post.add": ("efua", "amina", lambda s, p: s.staff.add_post(p.efua, p.amina, new_post(s))),
    "post.change": ("efua", "amina", change_post),
    "unit.add": ("efua", "", add_unit),
    "unit.rename": ("efua", "", lambda s, p: s.units.rename(p.efua, add_unit(s, p), "Fire crew")),
    "unit.move": ("efua", "", move_unit),
    "unit.end": ("efua", "", lambda s, p: s.units.end(p.efua, add_unit(s, p))),
    "people.import": (OPERATOR, "", import_),
    "people.import.part": (OPERATOR, "", import_),
    "import.columns": (OPERATOR, "", import_),
    "attestation.make": ("carys", "amina", confirm),
    "attestation.withdraw": (
        "carys", "amina", lambda s, p: s.attestations.withdraw(p.carys, confirm(s, p), "Not Amina.")
    ),
    "attestation.comment": (
        "amina", "amina", lambda s, p: s.attestations.comment(p.amina, confirm(s, p), "Amina: yes.")
    ),
    "certificate.withdraw": ("efua", "", withdraw_certificate),
    "attempt.withdraw": ("efua", "amina", withdraw_attempt),
    "attempt.regrade": ("efua", "amina", regrade),
    "question.regrade": ("efua", "", regrade),
    "passport.key": ("service", "", lambda s, _: s.passports.key_set()),
    "passport.withdraw-keys": (OPERATOR, "", lambda s, _: s.passport_keys.rotate(withdraw=True)),
    "issuer.trust": ("efua", "", trust_issuer),
    "issuer.end": ("efua", "", lambda s, p: s.issuers.end(p.efua, trust_issuer(s, p))),
    "passport.bring": ("amina", "amina", bring_certificate),
    "passport.drop": (
        "amina", "amina", lambda s, p: s.brought.drop(p.amina, bring_certificate(s, p))
    ),
    "passport.recognise": (
        "efua", "amina",
        lambda s, p: s.brought.recognise(p.efua, bring_certificate(s, p), "referrals"),
    ),
    "passport.refuse": (
        "efua", "amina",
        lambda s, p: s.brought.refuse(p.efua, bring_certificate(s, p), "Not Amina’s."),
    ),
    "edition.sign": (
        "efua", "", lambda s, p: s.signatures.sign(s.editions.current("referrals").id, "Gita Rao",
                                                   "Designated nurse", "Every key.", p.efua)
    ),
    "edition.publish": (OPERATOR, "", lambda s, _: s.editions.publish([made.bank()], made.place())),
    "scim.token": (OPERATOR, "", lambda s, _: s.scim_tokens.make("Entra")),
    "scim.end": (OPERATOR, "", end_token),
    "place.save": ("efua", "", save_place),
    "place.leave": ("efua", "", leave_place),
    "author.grant": ("efua", "amina", name_author),
    "author.revoke": ("efua", "amina", author_no_longer),
    "draft.begin": ("efua", "", draft_question),
    "draft.bring": ("efua", "", bring_questions),
    "draft.read": ("amina", "", read_draft),
    "draft.drop": ("efua", "", lambda s, p: s.drafts.drop(p.efua, draft_question(s, p))),
    "problem.answer": ("efua", "", answer_report),
    "board.export": ("efua", "", take_figures),
    "pack.ask": ("efua", "", ask_for_pack),
    "pack.export": ("efua", "", take_pack),
    "overdue.export": ("efua", "", lambda s, p: s.lateness.export(p.efua, {})),
    "team.export": ("carys", "carys", lambda s, p: list(s.reports.export(p.carys, {}, "csv"))),
    "transcript.export": ("amina", "amina", lambda s, p: s.transcripts.paper(p.amina)),
    "export.person": ("amina", "amina", lambda s, p: s.own_data.copy(p.amina, p.amina)),
    "export.people": (OPERATOR, "", lambda s, _: s.people.export(io.StringIO())),
    "request.make": ("carys", "amina", ask),
    "request.withdraw": ("carys", "amina", take_back),
    "dispensation.grant": ("efua", "amina", pause),
    "dispensation.end": ("efua", "amina", lambda s, p: s.dispensations.end(p.efua, pause(s, p))),
    "dispensation.withdraw": (
        "efua", "amina", lambda s, p: s.dispensations.end(p.efua, recognise(s, p))
    ),
    "duty.end": ("efua", "amina", end_overdue),
    "requirement.save": ("efua", "", rule),
    "requirement.change": ("efua", "", change_rule),
    "requirement.end": ("efua", "", lambda s, p: s.rules.end(rule(s, p), LATER, p.efua)),
    "change.tell": ("efua", "", tell_change),
    "change.ask": ("efua", "", ask_change),
    "change.correct": (
        "efua", "", lambda s, p: s.changes.correct(ask_change(s, p), SOONER, "Sooner.", p.efua)
    ),
    "change.withdraw": (
        "efua", "", lambda s, p: s.changes.withdraw(ask_change(s, p), "Too soon.", p.efua)
    ),
    "change.enter": ("efua", "", enter_change),
    "change.remove": (
        "efua", "", lambda s, p: s.changes_here.take_back(p.efua, enter_change(s, p), "A slip.")
    ),
    "preference.choose": (
        "amina", "amina", lambda s, p: s.preferences.choose(p.amina, Chosen(nudges=False))
    ),
    "preference.snooze": ("amina", "amina", lambda s, p: s.preferences.snooze(p.amina)),
    "chat.link": ("amina", "amina", link),
    "chat.unlink": ("amina", "amina", unlink),
    "chat.notices": ("amina", "amina", send_to_chat),
    "notice.again": ("efua", "amina", lambda s, p: s.troubles.send_again(p.efua, p.amina)),
    "notice.settle": ("efua", "amina", lambda s, p: s.troubles.settle(p.efua, p.amina)),
    "retention.run": (OPERATOR, "", keep_no_longer),
}  # fmt: skip
NAMES = ("Amina", "Rahman", "Gita", "Rao", "Bashir", "Efua", "@", HERE[1], "N1")


def test_every_act_with_a_name_is_done_here():
    assert set(ACTIONS) - ELSEWHERE == set(ACTS)


@on_sqlite
@pytest.mark.parametrize("action", ACTS)
def test_an_act_is_recorded_with_who_did_it_to_whom_and_without_a_name(
    service, people, clock, action
):
    actor, subject, act = ACTS[action]
    clock.forward(hours=3)
    before = service.audit.head().number

    act(service, people)

    new = rows(service, audit, audit.c.number > before)
    row = [row for row in new if row.action == action][-1]
    assert row.at == clock()
    assert row.actor == str(getattr(people, actor, actor))
    if subject:
        assert row.subject == str(getattr(people, subject))
    for name in NAMES:
        assert name not in str([(row.subject, row.details) for row in new])
    assert service.audit.verify() == service.audit.head()
