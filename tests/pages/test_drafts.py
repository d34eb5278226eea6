"""The workbench as leads and authors meet it: found, edited step by step, read, published."""

from dataclasses import replace
from functools import partial

import pytest

from questions.made_here import Sheet
from quizbot.drafting.question_lines import QuestionSought
from quizbot.store.tables import draft
from tests import made
from tests.counted import counted

ASK = "What should you do FIRST about what you have heard?"
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>'\"&{{ 7 * 7 }}"


@pytest.fixture
def authors(service, people):
    for name in ("amina", "carys"):
        service.authors.give(people.efua, f"{name}@northmoor.example", "referrals", None)


@pytest.fixture
def question(service):
    current = service.editions.current("referrals")
    return next(q for q in current.module.asked if q.kind == "one-of" and not q.twin)


def draft_path(visitor):
    return "/".join(visitor.page.path.split("/")[:4])


def test_from_a_question_to_a_new_edition_by_three_people(
    authors, question, amina_page, carys_page, efua_page, service
):
    amina_page.get(f"/admin/questions/{question.id}")
    amina_page.press("Edit")
    assert amina_page.page.heading == "What is asked"
    amina_page.press("Save and see the draft", ask=ASK, **kept(amina_page, "ask"))
    path = amina_page.page.path
    assert "somebody else has to read it" in amina_page.page.words

    carys_page.get(path)
    carys_page.press("I have read it and agree", words="It is clearer.", act="agree")
    assert "You have read it and agree." in carys_page.page.words
    assert "Here is the next to read." not in carys_page.page.words
    efua_page.get(path)
    efua_page.follow("See what publishing would do")
    assert "Yes: attempts that count can be made from it." in efua_page.page.words
    assert "read by Carys Evans" in efua_page.page.words
    efua_page.press("Publish edition 2026.2.1")

    assert service.editions.current("referrals").questions[question.id].ask == ASK
    past = efua_page.get(f"/admin/questions/{question.id}")
    assert "Edition 2026.2.1" in past.words
    assert past.main.all("ins")


def test_who_agrees_is_led_to_the_next_and_told_so(
    authors, question, amina_page, carys_page, service, people
):
    asked = service.editions.current("referrals").module.asked
    another = next(one for one in asked if one.id != question.id and not one.twin)
    drafts = [service.drafts.edit(people.amina, one.id) for one in (question, another)]
    service.drafts.new(people.amina, "referrals", "consent", "one-of")  # nobody can agree with it

    carys_page.get(f"/admin/drafts/{drafts[0]}")
    carys_page.press("I have read it and agree", act="agree")

    assert carys_page.page.path == f"/admin/drafts/{drafts[1]}"
    assert "Here is the next to read." in carys_page.page.words


def kept(visitor, *but):
    """The rest of a form as it stands, as a browser would send it."""
    form = visitor.page.main.all("form")[-1]
    found = {}
    for area in form.all("textarea"):
        found[area["name"]] = area.words
    for select in form.all("select"):
        chosen = [o["value"] for o in select.all("option") if "selected" in o]
        found[select["name"]] = chosen[0] if chosen else ""
    for one in form.all("input"):
        if one["type"] in ("radio", "checkbox") and "checked" in one:
            found[one["name"]] = one["value"]
    return {name: value for name, value in found.items() if name not in but}


def test_whatever_is_wrong_stands_beside_its_field_and_leads_there(authors, question, amina_page):
    amina_page.get(f"/admin/questions/{question.id}")
    amina_page.press("Edit")

    page = amina_page.press("Save and see the draft", ask="Nothing much", **kept(amina_page, "ask"))

    assert "What is asked 1 to mend" in page.words
    href = next(h for w, h in page.links.items() if 'does not end with "?"' in w)
    assert href.endswith("/asked?check=yes#ask")
    asked = amina_page.get(href.partition("#")[0])
    assert 'does not end with "?"' in asked.words
    (field,) = [one for one in asked.main.all("textarea") if one["name"] == "ask"]
    assert "ask-error" in field["aria-describedby"]


def test_nothing_is_wrong_in_a_step_before_it_is_begun_or_the_check_is_asked_for(
    authors, amina_page
):
    begin(amina_page)
    path = draft_path(amina_page)
    amina_page.press("Save and see the draft", ask="What should you do FIRST?")

    seen = amina_page.get(path).words

    assert "Why, and what it rests on Not begun" in seen
    assert "Not begun: The answers; Why, and what it rests on; How it counts." in seen
    for step in ("answers", "reasons", "counts"):
        assert not errors_beside(amina_page.get(f"{path}/{step}"))
    checked = amina_page.press("Save and check", go="stay")
    assert "Choose what it asks for" in errors_beside(checked)
    assert "Choose what stands behind the right answer" in errors_beside(checked)


def begin(visitor):
    """An empty question."""
    visitor.get("/admin/drafts/new")
    visitor.press("Begin", objective="referrals/consent", kind="one-of")


def errors_beside(page):
    """What stands beside the fields of a form."""
    found = [one.words for one in page.main.all("p") if "govuk-error-message" in one["class"]]
    return [words.removeprefix("Error: ") for words in found]


def test_facts_and_names_are_chosen_from_lists_with_words(authors, question, amina_page, service):
    amina_page.get(f"/admin/questions/{question.id}")
    amina_page.press("Edit")
    path = draft_path(amina_page)

    facts = amina_page.get(f"{path}/counts").main.all("input", name="facts")

    assert {one["value"] for one in facts if "checked" in one} == {*question.facts}
    labels = [one.words for one in amina_page.page.main.all("label")]
    assert any(words.startswith(f"{question.facts[0]}: ") for words in labels)
    assert "Names for the people in a story" in amina_page.get(f"{path}/asked").words
    assert "Priya" in amina_page.page.words


def test_what_a_place_turns_on_is_said_in_words_and_kept_by_its_name(
    authors, question, amina_page, service, people
):
    amina_page.get(f"/admin/questions/{question.id}")
    amina_page.press("Edit")
    path = draft_path(amina_page)

    page = amina_page.get(f"{path}/counts")

    labels = [one.words for one in page.main.all("label")]
    assert any("duty to share of section 16LA" in words for words in labels)
    assert "is.duty_in_force" not in labels
    amina_page.press("Save and see the draft", go="done", needs="is.duty_in_force")
    (line,) = service.drafts.all(people.efua)
    assert service.drafts.one(people.efua, line.draft_id).sheet.question["needs"] == [
        "is.duty_in_force"
    ]
    assert "duty to share of section 16LA" in amina_page.page.words
    assert "is.duty_in_force" not in amina_page.page.words


def test_a_belief_that_nobody_uses_any_more_goes_from_the_list(authors, amina_page):
    says = "A form that is sent is a form that is read"
    begin(amina_page)
    path = draft_path(amina_page)
    answers = {"option-1-text": "Ring now", "right": "1", "option-2-text": "Send a form"}
    amina_page.get(f"{path}/answers")
    amina_page.press("Save and check", go="stay", **answers, **{"option-2-belief": says})
    assert says in beliefs(amina_page.page)
    begin(amina_page)
    other = draft_path(amina_page)
    assert says in beliefs(amina_page.get(f"{other}/answers"))

    amina_page.get(f"{path}/answers")
    amina_page.press(
        "Save and check", go="stay", **answers, **{"option-2-misconception": "no-referral-needed"}
    )

    assert says not in beliefs(amina_page.page)
    assert says not in beliefs(amina_page.get(f"{other}/answers"))


def test_two_beliefs_that_begin_alike_stay_two(authors, amina_page, service, people):
    long = "Somebody else has surely rung the front door about"
    begin(amina_page)
    amina_page.get(f"{draft_path(amina_page)}/answers")

    amina_page.press(
        "Save and check",
        **{"go": "stay", "option-1-text": "Ring", "option-2-text": "Wait"},
        **{"option-1-belief": f"{long} him", "option-2-belief": f"{long} her"},
    )

    (line,) = service.drafts.all(people.efua)
    kept = service.drafts.one(people.efua, line.draft_id).sheet.beliefs
    assert sorted(kept.values()) == [f"{long} her", f"{long} him"]


def beliefs(page):
    """The beliefs that the first answer can choose."""
    (select,) = [s for s in page.main.all("select") if s["name"] == "option-1-misconception"]
    return [option.words for option in select.all("option")]


def test_a_form_that_was_open_while_somebody_else_saved_asks_whose_words_stand(
    authors, question, amina_page, carys_page, service, people
):
    amina_page.get(f"/admin/questions/{question.id}")
    amina_page.press("Edit")
    carys_page.get(amina_page.page.path)
    amina_page.press("Save and see the draft", ask=ASK, **kept(amina_page, "ask"))

    both = carys_page.press(
        "Save and see the draft", ask="Whom do you tell FIRST of all?", **kept(carys_page, "ask")
    )

    assert both.status == 409
    assert both.heading == "Amina Rahman saved this meanwhile"
    assert [one.words for one in both.main.all("legend")] == ["The question"]
    assert ASK in both.words
    assert "Whom do you tell FIRST of all?" in both.words
    unchosen = carys_page.press("Save what I chose", **{"choose-ask": ""})
    assert unchosen.errors == ["Choose one of the two"]
    saved = carys_page.press("Save what I chose", **{"choose-ask": "mine"})
    assert saved.status == 200
    (line,) = service.drafts.all(people.efua)
    page = service.drafts.one(people.efua, line.draft_id)
    assert page.sheet.question["ask"] == "Whom do you tell FIRST of all?"
    assert [one.by for one in page.versions] == ["Carys Evans", "Amina Rahman", "Amina Rahman"]


def test_two_who_change_different_answers_of_one_form_are_asked_nothing(
    authors, question, amina_page, carys_page, service, people
):
    amina_page.get(f"/admin/questions/{question.id}")
    amina_page.press("Edit")
    path = f"{draft_path(amina_page)}/answers"
    amina_page.get(path)
    carys_page.get(path)
    first, second = "option-1-text", "option-2-text"
    amina_page.press(
        "Save and see the draft", **{first: "Ring them now"}, **kept(amina_page, first)
    )

    saved = carys_page.press(
        "Save and see the draft", **{second: "Write a long letter"}, **kept(carys_page, second)
    )

    assert saved.status == 200
    assert "Amina Rahman saved something else meanwhile. Both are kept" in saved.words
    (line,) = service.drafts.all(people.efua)
    options = service.drafts.one(people.efua, line.draft_id).sheet.question["option"]
    assert [one["text"] for one in options][:2] == ["Ring them now", "Write a long letter"]


def test_the_back_button_overwrites_nothing(authors, question, amina_page, service, people):
    amina_page.get(f"/admin/questions/{question.id}")
    first = amina_page.press("Edit")
    old = kept(amina_page, "ask")
    version = [one["value"] for one in first.main.all("input", name="version")]
    amina_page.press("Save and check", go="stay", ask=ASK, **kept(amina_page, "ask"))

    back = amina_page.post(
        first.path, [("version", version[0]), ("ask", "Whom do you ask FIRST?"), *old.items()]
    )

    assert back.status == 409
    (line,) = service.drafts.all(people.efua)
    assert line.ask == ASK


def test_a_form_that_is_too_old_is_shown_again_with_all_that_was_typed(
    authors, question, amina_page, service, people
):
    amina_page.get(f"/admin/questions/{question.id}")
    amina_page.press("Edit")
    amina_page.token = "too old"

    page = amina_page.post(
        amina_page.page.path, [("version", "1"), ("ask", ASK), *kept(amina_page, "ask").items()]
    )

    assert page.status == 400
    assert ASK in page.body
    assert service.drafts.all(people.efua)[0].version == 1


def test_who_is_signed_out_while_writing_loses_nothing(
    authors, question, amina_page, fresh_browser, service, people
):
    amina_page.get(f"/admin/questions/{question.id}")
    amina_page.press("Edit")
    path, rest = amina_page.page.path, kept(amina_page, "ask")
    service.sign_in.end_everywhere(people.amina)

    page = amina_page.post(path, [("version", "1"), ("ask", ASK), *rest.items()])

    assert page.status == 401
    assert page.heading == "Sign in, then save"
    form = page.form("Go on with what I wrote")
    fields = [(one["name"], one["value"]) for one in form.all("input")]
    amina_page.sign_in_by_code("amina@northmoor.example")
    shown = amina_page.client.post(path, data=dict(fields))
    assert ASK in shown.get_data(as_text=True)


@pytest.mark.parametrize("kind", ["one-of", "several-of", "in-order", "match"])
def test_each_kind_of_question_is_written_in_the_browser(
    authors, amina_page, service, people, kind
):
    amina_page.get("/admin/drafts/new")
    amina_page.press("Begin", objective="referrals/consent", kind=kind)
    amina_page.press(
        "Save and continue",
        id=f"ref-made-{kind}",
        ask="What should you do FIRST with what you know?",
        scenario="You are a school nurse. Priya, aged 8, tells you that she is hungry.",
        **kept(amina_page, "ask", "scenario", "id"),
    )

    page = amina_page.press("Save and continue", **{**kept(amina_page), **ANSWERS[kind](service)})

    assert page.heading == "Why, and what it rests on"
    source = next(iter(service.editions.current("referrals").module.sources))
    amina_page.press(
        "Save and continue",
        because="A reasonable worry is enough to refer, and a call today lets others look.",
        **{"source-1-id": source, "source-1-at": "not numbered"},
    )
    amina_page.press(
        "Save and continue",
        level="apply",
        authority="good-practice",
        facts="R1",
        since="2026.2",
        **{"review_by-day": "30", "review_by-month": "6", "review_by-year": "2027"},
    )
    (line,) = service.drafts.all(people.amina)
    found = service.drafts.one(people.amina, line.draft_id)
    assert found.faults == ()
    shown = amina_page.get(f"/admin/drafts/{line.draft_id}/preview")
    assert "What is told afterwards" in shown.words
    assert "In a chat" in shown.words


WHY = "It is natural to want to be sure first. She would go on being hungry meanwhile."


def options(service, *, several):
    belief = next(iter(service.editions.current("referrals").module.misconceptions))
    found: dict[str, object] = {"right": ["1", "2"] if several else ["1"]}
    texts = ("Ring the front door", "Write it down", "Wait for her next visit")
    for number, text in enumerate(texts, 1):
        found |= {f"option-{number}-text": text, f"option-{number}-why": WHY}
        found |= {f"option-{number}-misconception": belief, f"option-{number}-errs": "less"}
    return found


def steps(service):
    texts = ("Listen to her", "Ring the front door", "Write it down")
    found: dict[str, object] = {}
    for number, text in enumerate(texts, 1):
        found |= {f"step-{number}-text": text, f"step-{number}-why": WHY}
    return found | {
        "mixup-1": "1", "mixup-1-other": "2", "mixup-1-belief": "Writing it down comes first",
    }  # fmt: skip


def pairs(service):
    found: dict[str, object] = {}
    for number in (1, 2, 3):
        found |= {f"pair-{number}-left": f"Left {number}", f"pair-{number}-why": WHY}
        found |= {f"pair-{number}-right": f"Right {number}"}
    return found


ANSWERS = {
    "one-of": lambda s: options(s, several=False),
    "several-of": lambda s: options(s, several=True),
    "in-order": steps,
    "match": pairs,
}


def test_a_belief_and_a_source_that_are_new_come_with_the_question(
    authors, question, amina_page, service, people
):
    amina_page.get(f"/admin/questions/{question.id}")
    amina_page.press("Edit")
    path = draft_path(amina_page)
    amina_page.get(f"{path}/answers")
    wrong = 1 + next(n for n, option in enumerate(question.options) if not option.right)
    amina_page.press(
        "Save and continue",
        **{**kept(amina_page), f"option-{wrong}-belief": "Somebody else will ring"},
    )
    amina_page.press(
        "Save and see the draft",
        **{
            **kept(amina_page),
            "new-title": "Our threshold document",
            "new-edition": "2026",
            "new-publisher": "Northmoor partnership",
            "new-kind": "local",
            "new-at": "page 3",
        },
    )

    (line,) = service.drafts.all(people.amina)
    page = service.drafts.one(people.amina, line.draft_id)
    assert page.sheet.beliefs == {"somebody-else-will-ring": "Somebody else will ring"}
    assert page.sheet.sources["our-threshold-document"]["kind"] == "local"
    assert not page.faults
    assert page.sheet.question["sources"][-1] == {"id": "our-threshold-document", "at": "page 3"}


def test_hostile_markup_is_shown_as_words_in_every_field(
    authors, question, amina_page, carys_page, service, people
):
    draft_id = service.drafts.edit(people.amina, question.id)
    hostile = {"id": question.id, "kind": "one-of"}
    hostile |= dict.fromkeys(("scenario", "ask", "because", "check", "level", "since"), HOSTILE)
    hostile |= {"option": [{"text": HOSTILE, "why": HOSTILE, "misconception": HOSTILE}] * 3}
    hostile |= {"sources": [{"id": HOSTILE, "at": HOSTILE}], "facts": [HOSTILE], "twin": HOSTILE}
    hostile |= {
        "lesson": dict.fromkeys(("review", "at", "says"), HOSTILE),
        "allow": {"W9": HOSTILE},
    }
    hostile |= {"not_with": [HOSTILE], "needs": [HOSTILE], "must_know": HOSTILE}
    sheet = Sheet(hostile, "consent", {"b": HOSTILE}, {"s": {"title": HOSTILE}}, HOSTILE)
    service.drafts.save(people.amina, draft_id, 1, lambda _: sheet)
    service.drafts.comment(people.amina, draft_id, HOSTILE)

    paths = [f"/admin/drafts/{draft_id}", "/admin/drafts", f"/admin/questions/{question.id}"]
    steps = ("asked", "answers", "reasons", "counts", "preview")
    paths += [f"/admin/drafts/{draft_id}/{step}" for step in steps]
    for path in paths:
        page = carys_page.get(path)
        assert page.status == 200, path
        assert "<script>alert" not in page.body
        assert "<img src=x" not in page.body


def test_hostile_words_that_were_published_stay_words_wherever_they_are_read(efua_page, service):
    service.editions.publish([made.bank()], made.place())
    before = service.editions.current("tea")
    by_objective = made.questions()
    by_objective["leaves"][:3] = hostile_ones()
    service.editions.publish([made.bank(by_objective=by_objective)], made.place())
    new = service.editions.current("tea")

    for id_ in ("leaves-1", "leaves-2", "leaves-3"):
        for path in (
            f"/admin/questions/{id_}",
            "/admin/questions?words=onerror",
            f"/admin/editions/{new.id}",
            f"/admin/editions/{new.id}/questions/{id_}",
            f"/admin/editions/{new.id}/since/{before.id}",
            f"/admin/editions/{new.id}/questions/{id_}/regrade",
            f"/problems/{new.id}/{id_}",
            "/admin/exchange/tea/gift",
        ):
            page = efua_page.get(path)
            assert page.status == 200, path
            assert "<script>alert" not in page.body, path
            assert "<img src=x" not in page.body, path


def hostile_ones():
    """A question of options, one of steps and one of pairs, with markup in every text."""
    said = dict.fromkeys(("scenario", "ask", "because", "check"), HOSTILE)
    first = made.question("leaves-1", **said)
    first["option"] = [{**one, "text": f"{HOSTILE} {n}", "why": HOSTILE}
                       for n, one in enumerate(first["option"])]  # fmt: skip
    steps = [{"text": f"{HOSTILE} {n}", "why": HOSTILE} for n in range(3)]
    pairs = [{"left": f"{HOSTILE} {n}", "right": f"{n} {HOSTILE}", "why": HOSTILE}
             for n in range(3)]  # fmt: skip
    return [
        first,
        made.question("leaves-2", **said, kind="in-order", option=None, step=steps),
        made.question("leaves-3", **said, kind="match", option=None, pair=pairs),
    ]


def test_a_field_that_holds_what_cannot_be_shown_is_told_and_not_kept(
    authors, question, amina_page, service, people
):
    amina_page.get(f"/admin/questions/{question.id}")
    amina_page.press("Edit")

    page = amina_page.press("Save and continue", ask="What\x00?", **kept(amina_page, "ask"))

    assert page.status == 400
    assert page.errors == ["This holds characters that cannot be shown: type it anew"]
    assert service.drafts.all(people.amina)[0].version == 1


def test_two_thousand_questions_are_found_by_words_in_pages(service, people, efua_page):
    service.editions.publish([tea_of(1000)], made.place())

    found = efua_page.get("/admin/questions?words=about+leaves-77&within=tea")

    assert "11 questions" in found.words
    everything = efua_page.get("/admin/questions?within=tea")
    assert listed_on(everything) == 10
    assert "201" in everything.words


def listed_on(page):
    """How many lines a list of questions or drafts has on a page."""
    return sum(len(one.all("li")) for one in page.main.all("ul") if "app-questions" in one["class"])


def test_many_drafts_are_listed_in_pages(service, people, efua_page):
    asked = "\n\n".join(f"::Many {n}::What about {n}? {{=Ring ~Wait ~Ask}}" for n in range(40))
    service.bringing.bring_file(people.efua, asked.encode(), "many.gift", "referrals", "consent")

    first = efua_page.get("/admin/drafts")
    last = efua_page.get("/admin/drafts?state=open&page=4")

    assert "Referrals: 40" in first.words
    assert (listed_on(first), listed_on(last)) == (10, 10)


def test_ten_times_the_questions_are_searched_with_ten_times_the_work(service, people, efua_page):
    search = partial(efua_page.get, "/admin/questions?words=about+leaves-7&within=tea")
    work = []
    for many in (100, 1000):
        service.editions.publish([tea_of(many)], made.place())
        efua_page.get("/admin/questions")  # worked out once
        work.append(counted(search)[1])

    assert work[1] < 10 * work[0]
    assert work[1] < 2000 * 500  # calls, for each question that is looked through


def tea_of(many):
    """A bank with so many questions of each of its two objectives."""
    return made.bank(
        by_objective={
            "water": [made.question(f"water-boil-{n}", must_know="boil") for n in range(2)]
            + [made.question(f"water-{n}") for n in range(many)],
            "leaves": [made.question(f"leaves-{n}") for n in range(many)],
        }
    )


def test_a_question_is_found_by_source_review_flag_and_report(service, people, efua_page, question):
    current = service.editions.current("referrals")
    service.problems.report(current.id, question.id, "It misleads.", people.amina)

    reported = efua_page.get("/admin/questions?reported=yes")
    cited = efua_page.get(f"/admin/questions?source={question.sources[0].id}")
    placed = efua_page.get(
        f"/admin/questions?source={question.sources[0].id}&at={question.sources[0].at[:20]}"
    )
    essential = efua_page.get("/admin/questions?flag=essential&within=referrals")
    none = efua_page.get("/admin/questions?words=zzyzx")

    assert "1 question" in reported.words
    assert question.ask in cited.words
    assert number_of(placed) <= number_of(cited)
    assert number_of(placed) >= 1
    assert "Essential" in essential.words
    assert "Nothing is found" in none.words


def number_of(page):
    """How many questions were found."""
    (words,) = [
        h.words for h in page.main.all("h2") if h.words.split()[1:] in (["question"], ["questions"])
    ]
    return int(words.split()[0].replace(",", ""))


def test_a_question_is_found_by_objective_review_day_and_readers_margin(service, people, efua_page):
    asked = service.editions.current("referrals").reading_order
    of_consent = [one for one in asked if one.objective == "consent"]
    first = min(one.review_by for one in asked)
    day = f"review_until-day={first.day}&review_until-month={first.month}"
    sought = QuestionSought(module="referrals", margin=20)
    thin = service.question_lines.find(people.efua, sought).count

    consent = efua_page.get("/admin/questions?within=referrals/consent")
    soon = efua_page.get(f"/admin/questions?within=referrals&{day}&review_until-year={first.year}")
    few = efua_page.get("/admin/questions?within=referrals&margin=20")

    assert number_of(consent) == len(of_consent)
    assert number_of(soon) == sum(one.review_by == first for one in asked)
    assert number_of(few) == thin
    assert 0 <= thin < len(asked)


def test_a_report_leads_to_the_draft_that_mends_it(service, people, efua_page, question):
    current = service.editions.current("referrals")
    service.problems.report(current.id, question.id, "It misleads.", people.amina)
    efua_page.get("/admin/reports")

    efua_page.press(f"Mend the question : {question.ask}", act="edit")

    page = efua_page.get(draft_path(efua_page))
    assert "Reported: It misleads." in page.words
    back = page.links["The report, and its answer"]
    assert back.partition("#")[2] in efua_page.get(back).body


def test_leads_name_authors_and_end_them(efua_page, service, people):
    efua_page.get("/admin/authors")
    wrong = efua_page.press("Name as author", email="nobody@northmoor.example", module="referrals")
    assert wrong.errors == ["Nobody here has this address: check it, or add the person first"]
    efua_page.press("Name as author", email="bashir@northmoor.example", module="all")
    told = "Bashir Aziz may draft and read from now on: Every questionnaire."
    assert told in efua_page.page.words

    ended = efua_page.press("End Bashir Aziz, Every questionnaire")

    assert "Bashir Aziz is no author any more: Every questionnaire." in ended.words
    assert service.authors.all(people.efua) == []


def test_authors_have_questions_in_their_menu_and_others_have_not(authors, amina_page, bashir_page):
    assert "Questions" in amina_page.get("/me").menu
    assert "Questions" not in bashir_page.get("/me").menu


def test_a_withdrawal_is_drafted_with_its_reason(authors, amina_page, question, service, people):
    amina_page.get(f"/admin/questions/{question.id}")
    empty = amina_page.press("Draft the withdrawal", act="withdraw", why="")
    assert empty.errors == ["Say why, in a few words"]

    page = amina_page.press("Draft the withdrawal", act="withdraw", why="The rule is gone.")

    assert "The rule is gone." in page.words
    assert service.drafts.all(people.amina)[0].act == "withdraw"
    with service.database.reading() as connection:
        assert len(connection.execute(draft.select()).all()) == 1


# Whatever an author opens, and nobody else who is not a lead.
OF_AUTHORS = (
    "/admin/questions",
    "/admin/questions/{question}",
    "/admin/drafts",
    "/admin/drafts/new",
    "/admin/drafts/{draft}",
    "/admin/drafts/{draft}/asked",
    "/admin/drafts/{draft}/answers",
    "/admin/drafts/{draft}/reasons",
    "/admin/drafts/{draft}/counts",
    "/admin/drafts/{draft}/preview",
    "/admin/exchange",
    "/admin/exchange/referrals/csv",
    "/admin/editions",
    "/admin/editions/{edition}",
    "/admin/editions/{edition}/questions/{question}",
    "/admin/editions/{edition}/items",
)
OF_LEADS = ("/admin/authors", "/admin/drafts/publish/referrals", "/admin/people", "/admin/changes",
            "/admin/place", "/admin/reports", "/board", "/team",
            "/admin")  # fmt: skip


def test_authors_open_what_is_written_and_nothing_of_people(
    authors, question, amina_page, bashir_page, service, people
):
    draft_id = service.drafts.edit(people.carys, question.id)
    given = {"draft": draft_id, "question": question.id,
             "edition": service.editions.current("referrals").id}  # fmt: skip

    for path in OF_AUTHORS:
        assert amina_page.get(path.format(**given)).status == 200, path
        assert bashir_page.get(path.format(**given)).status in (403, 404), path
    for path in OF_LEADS:
        assert amina_page.get(path.format(**given)).status == 403, path


def test_an_author_changes_nothing_by_the_addresses_of_leads(
    authors, question, amina_page, service, people
):
    draft_id = service.drafts.edit(people.carys, question.id)
    amina_page.get("/admin/drafts")
    (grant, *_) = service.authors.all(people.efua)

    for path in (
        "/admin/authors",
        f"/admin/authors/{grant.grant_id}/end",
        "/admin/drafts/publish/referrals",
    ):
        fields = [
            ("draft", str(draft_id)),
            ("email", "bashir@northmoor.example"),
            ("module", "all"),
        ]
        assert amina_page.post(path, fields).status == 403, path
    assert len(service.authors.all(people.efua)) == 2
    assert service.drafts.one(people.efua, draft_id).line.state == "open"


def test_what_was_typed_stays_where_the_draft_was_published_meanwhile(
    authors, question, amina_page, service, people
):
    amina_page.get(f"/admin/questions/{question.id}")
    amina_page.press("Edit")
    path = amina_page.page.path
    (line,) = service.drafts.all(people.efua)
    service.drafts.drop(people.efua, line.draft_id)

    page = amina_page.press("Save and continue", ask=ASK, **kept(amina_page, "ask"))

    assert page.errors == ["This draft is published or given up: begin a new one."]
    assert ASK in page.body
    assert amina_page.get(path).status == 404


def test_a_lead_is_told_of_drafts_to_read_and_to_publish(
    efua_page, authors, question, service, people
):
    draft_id = service.drafts.edit(people.amina, question.id)
    assert "1 draft of a question to read" in efua_page.get("/admin").words

    service.drafts.agree(people.efua, draft_id, 1)

    assert (
        "1 draft of a question that was read and can be published" in efua_page.get("/admin").words
    )


def test_an_unfinished_draft_is_shown_as_far_as_it_is_with_what_is_missing(authors, amina_page):
    begin(amina_page)
    path = draft_path(amina_page)
    amina_page.press("Save and continue", ask="What should you do FIRST?", sensitive="none")
    answers = {"option-1-text": "Ring now", "right": "1", "option-2-text": "Send a form"}
    amina_page.press("Save and see the draft", go="done", **answers)

    page = amina_page.follow("See it as learners would")

    assert page.status == 200
    assert page.heading == "What should you do FIRST?"
    assert "Answer 1 Right Ring now No reason written yet." in page.words
    href = page.links["Choose what it asks for"]
    assert href == f"{path}/counts?check=yes#level"
    assert page.links["Write why, to somebody who chose it"].endswith(
        "/answers?check=yes#option-2-why"
    )


def test_a_questions_page_shows_its_answers_with_reasons_and_where_it_rests(
    efua_page, question, service
):
    module = service.editions.current("referrals").module

    page = efua_page.get(f"/admin/questions/{question.id}")

    for number, option in enumerate(question.options, 1):
        right = "Right " if option.right else ""
        assert f"Answer {number} {right}{option.text} {option.why}" in page.words
    assert module.sources[question.sources[0].id].title in page.words
    assert "Margin" not in page.words


@pytest.mark.parametrize(
    ("margin", "words"),
    [
        (None, ""),
        (0.0, "Readers who know are not more often right than readers who guess"),
        (-0.1, "Readers who know are not more often right than readers who guess"),
        (0.35, "Readers who know are ahead of readers who guess by 35 of 100"),
    ],
    ids=["unread", "as good", "worse", "ahead"],
)
def test_what_readers_have_shown_is_said_in_words(
    efua_page, question, service, people, margin, words
):
    sought = QuestionSought(words=question.id)
    line = service.question_lines.find(people.efua, sought).lines[0]

    assert replace(line, margin=margin).margin_words == words
