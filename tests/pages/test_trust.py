"""The audit trail as it is searched, one's own data, what the privacy page says, the icon."""

import io
import json
import zipfile
from dataclasses import replace
from datetime import date

import pytest

from quizbot.access import Role
from quizbot.privacy.register import REGISTER, RegisterPart
from quizbot.privacy.trail import ACTIONS, PAGE, Wanted
from quizbot.standing.requirements import Draft


@pytest.fixture
def efua_page(fresh_browser, people):
    """Efua, who leads the whole partnership, and whose sign-in is in the trail."""
    return fresh_browser().sign_in_by_code("efua@northmoor.example")


def lines(page):
    """The rows of the trail, cell by cell."""
    tables = page.main.all("table")
    return [[c.words for c in row.all("th", "td")] for row in tables[0].all("tr")[1:]] \
        if tables else []  # fmt: skip


def test_a_lead_reads_who_did_what_by_name(efua_page):
    page = efua_page.get("/admin/audit")

    number, when, what, by, about, _ = lines(page)[0]
    assert (what, by, about) == ("Signed in", "Efua Mensah", "Efua Mensah")
    assert when == "21 Nov 2026, 09:00"
    assert int(number) == len(lines(page))


def test_the_trail_tells_the_terms_of_a_rule_and_what_a_change_made_of_them(
    efua_page, service, people
):
    first = Draft(
        unit="Northmoor/Council",
        modules=("referrals",),
        in_force_from=date(2026, 12, 1),
        job="Social worker",
        within_months=6,
        grace_days=28,
        reason="As Amina said.",
    )
    (rule_id,) = service.rules.save(first, first.fingerprint, people.efua)
    then = replace(
        first, within_months=1, every_months=12, window_days=30, in_force_to=date(2028, 1, 1)
    )
    service.rules.change(rule_id, then, then.fingerprint, people.efua)

    changed, saved = lines(efua_page.get("/admin/audit"))[:2]

    before = "within 6 months of starting, once, 28 days of grace, from 1 December 2026"
    after = (
        "within 1 month of starting, and again every 12 months, renewed up to 30 days early,"
        " 28 days of grace, from 1 December 2026 to 1 January 2028"
    )
    assert (changed[2], saved[2]) == ("Rule changed", "Rule saved")
    assert f"terms: {before}" in saved[5]
    assert "job: Social worker" in saved[5]
    assert f"before: {before}" in changed[5]
    assert f"after: {after}" in changed[5]
    assert "reason changed: no" in changed[5]
    assert "As Amina said." not in efua_page.page.words


def test_the_trail_is_reached_from_the_admin_page(efua_page):
    assert efua_page.get("/admin").links["Audit"] == "/admin/audit"


def test_it_is_searched_by_name_action_and_days(efua_page, fresh_browser, service, people, clock):
    fresh_browser().sign_in_by_code("amina@northmoor.example")
    clock.forward(days=2)
    service.people.grant("amina@northmoor.example", Role.AUDITOR, "Northmoor", by=people.efua)

    def found(**fields):
        efua_page.get("/admin/audit")
        query = "&".join(f"{name}={value}" for name, value in fields.items())
        return lines(efua_page.get(f"/admin/audit?{query}"))

    assert [row[2] for row in found(who="amina")] == [
        "Role given",
        "Signed in",
        "People whom an import touched",
    ]
    assert [row[4] for row in found(action="role.grant")] == ["Amina Rahman", "Efua Mensah"]
    day = {"since-day": 23, "since-month": 11, "since-year": 2026}
    assert [row[2] for row in found(**day)] == ["Role given"]
    until = {"until-day": 22, "until-month": 11, "until-year": 2026}
    assert len(found(**until, action="role.grant")) == 1
    assert found(action="unit.end") == []
    assert "There is no such row." in efua_page.page.words


def test_a_name_in_the_trail_leads_to_all_of_that_person(efua_page, people):
    efua_page.get("/admin/audit?action=sign-in")

    page = efua_page.follow("Efua Mensah")

    assert page.path == f"/admin/audit?person={people.efua}"
    assert str(people.efua) not in [
        one["value"] for one in page.tree.all("input", name="who") if "value" in one
    ]
    assert page.tree.all("input", name="person")[0]["value"] == str(people.efua)
    assert "Only rows about, or by, Efua" in page.words
    assert len(lines(page)) == 3


def test_a_long_trail_is_paged_and_no_row_is_lost_or_shown_twice(efua_page, service, people):
    for _ in range(2 * PAGE):
        service.sign_in.end_everywhere(people.amina)
    newest = service.audit.head().number

    numbers = []
    page = efua_page.get("/admin/audit")
    while True:
        numbers += [int(row[0]) for row in lines(page)]
        if "Older rows" not in page.links:
            break
        page = efua_page.follow("Older rows")

    assert numbers == list(range(newest, 0, -1))
    assert "Newest rows" in page.links


def test_a_name_that_changed_is_shown_as_it_is_now(efua_page, service, people):
    service.staff.edit(
        people.efua, people.amina, "Amina Aziz", "amina@northmoor.example", "N1"
    )  # fmt: skip

    page = efua_page.get("/admin/audit?action=person.edit")

    assert lines(page)[0][4] == "Amina Aziz"


def test_who_was_erased_has_no_name_in_the_trail(efua_page, service, people):
    service.erasure.erase(people.bashir, "they still work here")

    page = efua_page.get(f"/admin/audit?who={people.bashir}")

    assert lines(page)[0][2:5] == ["Personal data erased", "Operator", "Erased"]
    assert "Bashir" not in page.main.words


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("who=nobody-is-called-this", "Nobody is called this: check the spelling"),
        ("action=drop.table", "Choose one of these"),
        ("since-day=31&since-month=2&since-year=2026", "Enter a real day, such as 30 6 2027"),
        ("until-day=x", "Enter a real day, such as 30 6 2027"),
        (
            "since-day=2&since-month=2&since-year=2026&until-day=1&until-month=2&until-year=2026",
            "The last day cannot be before the first",
        ),
        ("who=" + "x" * 201, "Shorten this to 200 characters: it has 201"),
        ("who=%00", "This holds characters that cannot be shown: type it anew"),
        ("since-day=1&since-month=1&since-year=99999", "Enter a real day, such as 30 6 2027"),
        ("since-day=1&since-month=1&since-year=1", "Enter a year such as 2026"),
        ("until-day=31&until-month=12&until-year=9999", "Enter a year such as 2026"),
    ],
)
def test_what_makes_no_sense_is_told_and_kept(efua_page, query, words):
    page = efua_page.get(f"/admin/audit?{query}")

    assert page.status == 400
    assert page.errors == [words]
    assert lines(page) == []


@pytest.mark.parametrize("who", ["<script>", "' OR 1=1 --", "%25", "_", "\\"])
def test_hostile_words_find_nobody(efua_page, who):
    page = efua_page.get(f"/admin/audit?who={who}")

    assert page.status == 400
    assert "<script>" not in page.body


@pytest.mark.parametrize("row", ["-1", "x", "9" * 30, "1.5", "٣", ""])
def test_a_row_that_is_none_is_not_gone_on_from(efua_page, row):
    assert len(lines(efua_page.get(f"/admin/audit?before={row}"))) == len(
        lines(efua_page.get("/admin/audit"))
    )


def test_an_auditor_of_the_whole_reads_it_too(fresh_browser, service):
    service.people.grant("dylan@northmoor.example", Role.AUDITOR, "Northmoor")
    dylan = fresh_browser().sign_in("dylan@northmoor.example")

    assert dylan.get("/admin/audit").status == 200


@pytest.mark.parametrize("role", [Role.LEAD, Role.AUDITOR, Role.MANAGER])
def test_a_role_over_a_part_of_it_does_not_open_the_trail(fresh_browser, service, role):
    service.people.grant("dylan@northmoor.example", role, "Northmoor/Police")
    dylan = fresh_browser().sign_in("dylan@northmoor.example")

    page = dylan.get("/admin/audit?who=amina")

    assert page.status == 403
    assert "Amina" not in page.words


def test_the_trail_is_closed_to_everybody_else(amina_page, carys_page, anyone):
    assert amina_page.get("/admin/audit").status == 403
    assert carys_page.get("/admin/audit").status == 403
    assert anyone.get("/admin/audit").location == "/sign-in"


# One's own data


def test_my_data_is_downloaded_from_my_record_and_that_is_noted(amina_page, service, people, take):
    take(amina_page, "Start", wrong_at=(1,))
    link = amina_page.get("/me").links["Download all that is kept about me"]

    sent = amina_page.client.get(link)

    assert sent.mimetype == "application/zip"
    assert sent.headers["Content-Disposition"] == 'attachment; filename="my-data.zip"'
    assert sent.headers["Cache-Control"] == "no-store"
    with zipfile.ZipFile(io.BytesIO(sent.data)) as found:
        content = json.loads(found.read("data.json"))
    (who,) = next(one["rows"] for one in content["kept"] if one["what"] == "Who you are")
    assert who["your name"] == "Amina Rahman"
    found = service.trail.search(people.efua, Wanted(action="export.person"))
    assert [line.actor.words for line in found.lines] == ["Amina Rahman"]


def test_my_data_is_mine_alone(anyone, bashir_page):
    assert anyone.get("/me/data.zip").location == "/sign-in"

    sent = bashir_page.client.get("/me/data.zip")

    with zipfile.ZipFile(io.BytesIO(sent.data)) as found:
        words = found.read("read-me.html").decode()
    assert "Bashir Aziz" in words
    assert "Amina" not in words


# What the privacy page says


def test_the_privacy_page_tells_every_holding_of_the_register(anyone):
    page = anyone.get("/privacy")

    told = [[line.words for line in one.all("li")] for one in page.main.all("ul")]
    names = [one.words for one in page.main.all("h4")]
    assert sorted(names) == sorted(holding.title for holding in REGISTER)
    for holding in REGISTER:
        kept = [f"What: {', '.join(holding.told_words)}"] if holding.told_words else []
        assert [
            *kept,
            f"Why: {holding.why}",
            f"How long: {holding.term.value}",
            f"Who sees it: {holding.seen_by}",
        ] in told


def test_the_privacy_page_has_its_contents_first_and_its_long_list_folded(anyone):
    page = anyone.get("/privacy")

    contents = page.main.all("nav")[0].all("a")
    headings = {one["id"]: one.words for one in page.main.all("h2")}
    assert {link["href"].removeprefix("#"): link.words for link in contents} == headings
    folds = page.main.all("details")
    assert len(folds) == len(RegisterPart)
    assert not any("open" in one.attributes for one in folds)


def test_the_long_list_of_the_privacy_page_is_opened_as_a_whole(anyone):
    anyone.get("/privacy")

    page = anyone.follow("Open all of it")

    assert all("open" in one.attributes for one in page.main.all("details"))


@pytest.mark.parametrize("part", list(RegisterPart), ids=lambda part: part.name)
def test_each_part_of_the_register_holds_something(part):
    assert [one.title for one in REGISTER if one.part is part]


# The icon


def test_the_snippet_leads_here_and_shows_the_icon(anyone, service):
    page = anyone.get("/link")

    (box,) = page.main.all("textarea")
    url = service.settings.public_url
    assert f'<a href="{url}/"><img src="{url}/link/icon.svg"' in box.words
    (shown,) = page.main.all("img")
    assert shown["src"] == "/link/icon.svg"
    assert shown["alt"]
    assert anyone.get("/").tree.all("a", href="/link")


@pytest.mark.parametrize(("kind", "begins"), [("svg", b"<svg "), ("png", b"\x89PNG")])
def test_the_icon_is_there_for_other_sites(anyone, kind, begins):
    sent = anyone.client.get(f"/link/icon.{kind}")

    assert sent.data.startswith(begins)
    assert len(sent.data) < 20_000
    assert sent.headers["Cache-Control"] == "public, max-age=86400"
    assert sent.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "Set-Cookie" not in sent.headers


@pytest.mark.parametrize("kind", ["gif", "svgz", "..", "%2e%2e%2fapp.css"])
def test_there_is_no_other_icon(anyone, kind):
    assert anyone.get(f"/link/icon.{kind}").status == 404


def test_a_phone_can_put_the_service_on_its_home_screen(anyone):
    page = anyone.get("/")
    (leads,) = page.tree.all("link", rel="manifest")
    (touch,) = page.tree.all("link", rel="apple-touch-icon")

    told = anyone.client.get(leads["href"])

    assert told.mimetype == "application/manifest+json"
    assert "manifest-src 'self'" in told.headers["Content-Security-Policy"]
    shown = [icon["src"] for icon in told.json["icons"]]
    assert [icon["sizes"] for icon in told.json["icons"]] == ["192x192", "512x512"]
    for address in (*shown, touch["href"]):
        assert anyone.client.get(address).data.startswith(b"\x89PNG")
    assert anyone.get(told.json["start_url"]).status == 200


def test_every_action_can_be_chosen(efua_page):
    (menu,) = [m for m in efua_page.get("/admin/audit").main.all("select") if m["id"] == "action"]

    assert {option["value"] for option in menu.all("option")} == {"", *ACTIONS}
