"""Talking and confirming, as a manager does it on pages, and as the person finds it."""

from typing import Any

import pytest

from tests.people.people_files import TEAM, Files
from web.forms import gone, left_out

FILLED = {
    "objectives": ["consent", "escalate"],
    "evidence": ["discussion", "practice"],
    "note": "We went through two cases.",
    "statement": "2026-1",
}


def confirm(page, named, **given):
    """Fill in the form and send it."""
    page.get("/team/attest?module=referrals")
    return page.press("Confirm", **({"people": str(named.amina)} | FILLED | given))


def test_a_manager_goes_from_the_guide_to_the_confirmation(carys_page, people):
    page = carys_page.get("/team/guide/referrals")
    assert "Not taken yet: Amina Rahman." in page.words
    assert "It is not required of them. Not taken is not the same as not shown." in page.words

    page = carys_page.follow("Confirm what was understood")

    assert page.heading == "Confirm understanding: Referrals"
    assert "No names of children, no case details." in page.words
    assert "it is not for discipline or capability procedures" in page.words


def test_what_answers_a_case_is_told_as_about_that_case(carys_page):
    sections = list(carys_page.get("/team/guide/referrals").main.all("section"))
    essential, of_a_case = ([term.words for term in one.all("dt")] for one in sections[:2])

    general = ["Ask", "A good answer contains", "Try it on a case", "Listen for"]
    assert essential == [*general, "Read together"]
    case = ["Ask", "Try it on a case", "A good answer contains, in this case"]
    assert of_a_case == [*case, "Read together"]


@pytest.mark.parametrize(
    ("wrong_at", "says"),
    [
        ((), "All that was asked in the latest {} was shown: these areas are worth keeping alive."),
        ((1,), "What was least shown in the latest {} comes first; what was shown is worth"),
        (range(1, 15), "These areas were least shown in the latest {}."),
    ],
)
def test_a_guide_calls_least_shown_only_what_was_not_shown(
    carys_page, amina_page, take, people, wrong_at, says
):
    take(amina_page, "Start", wrong_at=wrong_at)

    of_the_team = carys_page.get("/team/guide/referrals")
    assert says.format("attempts") in of_the_team.words
    assert says.format("attempt") in carys_page.get(of_amina(people)).words
    assert ("least shown" in of_the_team.words) == bool(wrong_at)


def test_who_has_taken_it_is_nothing_that_a_guide_does_not_know(
    carys_page, amina_page, take, people
):
    before = carys_page.get(of_amina(people)).words
    take(amina_page, "Start")

    for path in ("/team/guide/referrals", of_amina(people)):
        unknown = carys_page.get(path).words.partition("What this page does not know")[2]
        assert unknown.lstrip().startswith("What people do at work.")
        assert "Everybody" not in carys_page.page.words
    assert "What this page does not know Not taken yet: Amina Rahman." in before


def of_amina(people):
    """The address of the guide for a conversation with Amina."""
    return f"/team/guide/referrals?person={people.amina}"


def test_a_guide_for_one_person_has_them_ticked_in_the_end(carys_page, people):
    carys_page.get(f"/team/guide/referrals?person={people.amina}")
    page = carys_page.follow("Confirm what was understood")

    assert [one["value"] for one in page.tree.all("input") if "checked" in one] == [
        str(people.amina)
    ]


def test_whom_one_confirms_stands_alone_and_everybody_else_is_folded(
    carys_page, service, people, tmp_path
):
    Files(service, tmp_path).take(f"T1,Zora Newcome,,{TEAM},Social worker,2026-01-05,N3")

    page = carys_page.get(f"/team/attest?module=referrals&person={people.amina}")

    labels = [one.words for one in page.main.all("label") if one.within("details") is None]
    (folded,) = page.main.all("details")
    assert labels[0] == "Amina Rahman"
    assert "Zora Newcome" not in labels
    assert "Zora Newcome" in folded.words
    assert "open" not in folded
    page = carys_page.press("Show", find="zora")
    assert "open" in page.main.all("details")[0]
    assert page.main.all("input", value=str(people.amina))[0]["checked"] == ""


def test_a_guide_never_shows_a_reply(carys_page, amina_page, take, service, people):
    take(amina_page, "Start", wrong_at=(1, 2, 3))
    (line,) = service.attempts.of(people.amina)
    result = service.attempts.result(people.amina, line.attempt_id)
    # A twin's right answer is this question's wrong one, and what is right may stand in a guide.
    right = {q.text_of(letter) for q in result.edition.module.asked for letter in q.key}
    told = [one for one in result.told if not right.issuperset(one.feedback.chosen)]

    for path in ("/team/guide/referrals", f"/team/guide/referrals?person={people.amina}"):
        body = carys_page.get(path).body
        for one in told:
            assert not any(
                words in body
                for words in one.feedback.chosen
                if not (one.feedback.is_right or words in right)
            )


@pytest.mark.parametrize("person", ["x", "0193", "../etc", "%00"])
def test_a_guide_for_nobody_is_not_found(carys_page, person):
    assert carys_page.get(f"/team/guide/referrals?person={person}").status == 404
    assert carys_page.get("/team/guide/no-such").status == 404


def test_a_guide_for_somebody_elses_person_is_not_found(carys_page, people):
    assert carys_page.get(f"/team/guide/referrals?person={people.bashir}").status == 404


def test_a_confirmation_is_seen_by_both_and_commented_on_once(carys_page, amina_page, people):
    assert "Confirmed: 1." in confirm(carys_page, people).words

    amina_page.get("/me")
    amina_page.follow("Referrals, 21 November 2026")
    assert "Carys Evans" in amina_page.page.words
    assert "We went through two cases." in amina_page.page.words
    page = amina_page.press("Keep my comment", comment="That is how I remember it.")
    assert "That is how I remember it." in page.words
    assert "Keep my comment" not in page.buttons

    carys_page.get(f"/team/people/{people.amina}")
    assert "Amina Rahman commented on it." in carys_page.page.words
    page = carys_page.follow("Referrals, 21 November 2026")
    assert "That is how I remember it." in page.words


def test_a_second_comment_is_refused(carys_page, amina_page, people):
    confirm(carys_page, people)
    amina_page.get("/me")
    path = amina_page.page.links["Referrals, 21 November 2026"]
    amina_page.get(path)
    amina_page.press("Keep my comment", comment="Once.")

    again = amina_page.post(path, [("comment", "Twice.")])

    assert again.status == 400
    assert "a comment is not changed" in again.words
    assert "Twice." not in amina_page.get(path).words


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"people": []}, "Choose at least one person"),
        ({"people": "no-such"}, gone("Choose at least one person")),
        ({"objectives": []}, "Choose at least one area"),
        ({"objectives": ["consent", "<b>"]}, left_out(1, 2)),
        ({"evidence": []}, "Tick what you have looked at"),
        ({"evidence": ["discussion", "hearsay"]}, left_out(1, 2)),
        ({"evidence": ["quiz"]}, "has not taken this questionnaire"),
        ({"statement": []}, "Tick the statement to confirm it"),
        ({"statement": "1999-1"}, gone("Tick the statement to confirm it")),
        ({"note": "x" * 301}, "Shorten this to 300"),
        ({"note": "bell \a"}, "cannot be shown"),
    ],
)
def test_a_form_with_a_fault_keeps_what_was_typed(carys_page, people, service, given, words):
    page = confirm(carys_page, people, **given)

    assert page.status == 400
    assert words in page.words
    if "note" not in given:
        assert "We went through two cases." in page.body
    assert service.attestations.mine(people.amina) == ()


def test_somebody_elses_people_cannot_be_chosen(carys_page, people, service):
    page = confirm(carys_page, people, people=[str(people.amina), str(people.bashir)])

    assert page.status == 400
    assert service.attestations.mine(people.bashir) == ()
    assert service.attestations.mine(people.amina) == ()


def test_a_questionnaire_that_is_none_is_not_found(carys_page):
    carys_page.get("/team/attest")
    assert carys_page.get("/team/attest?module=no-such").status == 404
    assert carys_page.post("/team/attest", [("module", "no-such")]).status == 404
    assert carys_page.post("/team/attest").status == 404


def test_it_is_withdrawn_with_a_reason_and_stays(carys_page, amina_page, people):
    confirm(carys_page, people)
    carys_page.get(f"/team/people/{people.amina}")
    carys_page.follow("Referrals, 21 November 2026")

    refused = carys_page.press("Withdraw", reason=" ")
    assert refused.status == 400
    assert "Say why" in refused.words
    page = carys_page.press("Withdraw", reason="The wrong areas were ticked.")

    assert "Withdrawn on 21 November 2026. The reason: The wrong areas were ticked." in page.words
    assert "Withdraw" not in page.buttons
    assert "Withdrawn" in amina_page.get("/me").words


def test_nobody_else_finds_reads_withdraws_or_comments(carys_page, bashir_page, people, service):
    confirm(carys_page, people)
    (said,) = service.attestations.mine(people.amina)
    one, mine = f"/team/attest/{said.attestation_id}", f"/me/confirmations/{said.attestation_id}"
    bashir_page.get("/me")

    for path in (one, mine):
        assert bashir_page.get(path).status == 404
    assert bashir_page.post(f"{one}/withdraw", [("reason", "No.")]).status == 404
    assert bashir_page.post(mine, [("comment", "No.")]).status == 404
    assert carys_page.post(mine, [("comment", "For her.")]).status == 404
    (now,) = service.attestations.mine(people.amina)
    assert (now.withdrawn_on, now.commented_on) == (None, None)


def test_a_person_never_withdraws_what_was_confirmed_of_them(
    carys_page, amina_page, people, service
):
    confirm(carys_page, people)
    (said,) = service.attestations.mine(people.amina)
    amina_page.get("/me")

    sent = amina_page.post(f"/team/attest/{said.attestation_id}/withdraw", [("reason", "No.")])

    assert sent.status == 404
    assert service.attestations.mine(people.amina)[0].withdrawn_on is None


def test_a_form_from_an_old_page_is_shown_again_with_what_was_typed(carys_page, people, service):
    carys_page.get("/team/attest?module=referrals")
    fields = [
        ("module", "referrals"),
        ("people", str(people.amina)),
        ("note", "Kept."),
        ("csrf_token", "old"),
    ]
    carys_page.token = "old"

    page = carys_page.post("/team/attest", fields)

    assert page.status == 400
    assert "Kept." in page.body
    assert service.attestations.mine(people.amina) == ()


def test_the_person_is_told_by_the_days_message(carys_page, people, service, clock):
    confirm(carys_page, people)
    clock.forward(days=2)  # a Monday morning

    from quizbot.work import Work
    from tests.pages.conftest import mails

    Work(service).once()

    told = [text for to, _, text in mails(service) if to == "amina@northmoor.example"]
    assert any("Your manager has confirmed what you understand" in text for text in told)


def test_all_that_was_passed_lately_is_confirmed_on_one_page_by_what_it_showed(
    carys_page, amina_page, take, people, service
):
    take(amina_page, "Start", misses_one=True)
    carys_page.get("/team")

    page = carys_page.follow("Confirm 1 person")
    boxes = page.main.all("input", name="passes")
    assert ["checked" in box for box in boxes] == [True]
    assert "Not shown:" in page.words
    page = carys_page.press("Confirm", evidence="discussion", statement="2026-1")

    assert "Confirmed: 1." in page.words
    (said,) = service.attestations.mine(people.amina)
    (objectives,) = service.reports.person(people.carys, people.amina).objectives.values()
    assert said.objectives == tuple(one.title for one in objectives if one.is_shown)
    assert not all(one.is_shown for one in objectives)
    assert "Nothing was passed lately" in carys_page.get("/team/attest").words


def test_a_pass_before_a_failed_attempt_is_neither_counted_nor_offered(
    carys_page, amina_page, take, clock
):
    take(amina_page, "Start")
    assert "Passed lately: Referrals" in carys_page.get("/team").words
    clock.forward(days=1)

    take(amina_page, "Start", wrong_at=range(1, 15))

    assert "Passed lately" not in carys_page.get("/team").words
    assert "Nothing was passed lately" in carys_page.get("/team/attest").words


@pytest.mark.parametrize("field", ["passes", "evidence", "statement"])
def test_what_is_missing_is_told_and_nothing_is_confirmed(
    carys_page, amina_page, take, people, service, field
):
    take(amina_page, "Start")
    carys_page.get("/team/attest")

    given: dict[str, Any] = {"evidence": "discussion", "statement": "2026-1"} | {field: []}
    page = carys_page.press("Confirm", **given)

    assert page.status == 400
    assert len(page.errors) == 1
    assert service.attestations.mine(people.amina) == ()


def test_a_pass_that_has_changed_meanwhile_is_looked_at_again(
    carys_page, amina_page, take, people, service, clock
):
    take(amina_page, "Start")
    carys_page.get("/team/attest")
    clock.forward(days=1)
    take(amina_page, "Start", wrong_at=(2,))

    page = carys_page.press("Confirm", evidence="discussion", statement="2026-1")

    assert page.errors == [gone("Tick at least one pass")]
    assert service.attestations.mine(people.amina) == ()


def test_the_areas_that_were_shown_are_ticked_and_the_others_named(
    carys_page, amina_page, take, people, service
):
    take(amina_page, "Start", wrong_at=(2,))

    page = carys_page.get(f"/team/attest?module=referrals&person={people.amina}")

    (objectives,) = service.reports.person(people.carys, people.amina).objectives.values()
    labels = {label["for"]: label.words for label in page.main.all("label")}
    ticked = [labels[b["id"]] for b in page.main.all("input", name="objectives") if "checked" in b]
    assert ticked == [one.title for one in objectives if one.is_shown]
    assert "Not shown: " in page.words
