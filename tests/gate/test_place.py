"""A place's settings: read strictly, and filled into what is asked."""

from datetime import date

import pytest

from questions.place import CONTACTS as CONTACTS_IN_ORDER
from questions.place import Place, read_place
from tests.gate.samples import TODAY, the_place

CONTACTS = ("partnership_name", "referral_team", "out_of_hours_team")
PHONES = ("referral_phone", "out_of_hours_phone")
SETTING = 'type = "{type}"\nvalue = {value}\nowner = "a@northmoor.example"\nreview_by = {day}\n'
NEEDED = "".join(
    f"[{name}]\n" + SETTING.format(type=type_, value=value, day="2027-04-30")
    for names, type_, value in (
        (CONTACTS, "text", '"Northmoor"'),
        (PHONES, "telephone", '"01632 1"'),
    )
    for name in names
).replace('"01632 1"', '"01632 960120"')


def read(tmp_path, more="", needed=NEEDED):
    path = tmp_path / "place.toml"
    path.write_text(needed + more)
    place, findings = read_place(path, TODAY)
    return place, [str(finding) for finding in findings]


def setting(type_, value, day="2027-04-30"):
    return "[odd]\n" + SETTING.format(type=type_, value=value, day=day)


def test_a_place_in_order_has_no_findings(tmp_path):
    place, found = read(tmp_path, setting("days", "10"))

    assert found == []
    assert place.text("odd") == "10"
    assert place.text("nowhere") == ""
    assert not place.is_fictional
    assert the_place().is_fictional


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (setting("text", '"two\\nlines"'), "`value` must be one line of at most 300 characters"),
        (setting("text", '"{brace}"'), "without braces, not '{brace}'"),
        (setting("telephone", '"ring me"'), "`value` must be digits and spaces, not 'ring me'"),
        (setting("email", '"northmoor"'), "`value` must be an e-mail address"),
        (setting("url", '"northmoor"'), "`value` must be an address that begins with https://"),
        (setting("days", '"ten"'), "`value` must be a number of days, no quotes, not 'ten'"),
        (setting("days", "true"), "`value` must be a number of days, no quotes, not True"),
        (setting("switch", '"yes"'), "`value` must be true or false, without quotes, not 'yes'"),
        (setting("text", "5"), "`value` must be one line"),
        (setting("list", "5"), "`type` must be 'text'"),
        ("[odd]\n", "`type` is missing: add it"),
        ("[Odd]\nvalue = 1\n", "a setting is [lower_case_name] and four lines below it"),
    ],
)
def test_what_is_wrong_with_a_setting_is_told_and_left_out(tmp_path, more, words):
    place, found = read(tmp_path, more)

    assert any(words in line for line in found)
    assert "odd" not in place.settings


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (setting("text", '""'), "odd: is empty: questions that need it are not asked"),
        (setting("days", "5", "2026-11-20"), "odd: was to be looked at by 2026-11-20"),
    ],
)
def test_what_is_empty_or_stale_is_a_warning(tmp_path, more, words):
    place, (line,) = read(tmp_path, more)

    assert words in line
    assert "odd" in place.settings


def test_every_page_needs_the_contacts(tmp_path):
    _, found = read(tmp_path, needed="")

    assert found == [
        f"place.toml, {name}: is missing: every page shows it, so add it [place]"
        for name in CONTACTS_IN_ORDER
    ]


def test_names_may_be_dotted(tmp_path):
    place, found = read(tmp_path, setting("days", "7").replace("odd", "cg.later.visits"))

    assert found == []
    assert place.text("cg.later.visits") == "7"


def test_a_file_that_cannot_be_read_is_one_line(tmp_path):
    place, (finding,) = read_place(tmp_path / "nowhere.toml", TODAY)

    assert place.settings == {}
    assert "is missing" in str(finding)


def test_slots_are_filled_until_their_settings_grow_stale(tmp_path):
    place, _ = read(tmp_path, setting("days", "7", "2027-01-31"))

    filled = place.fill({"ask": "Ring {referral_team} in {odd} days?", "also": ["{nowhere}", 3]})

    assert filled.content == {"ask": "Ring Northmoor in 7 days?", "also": ["{nowhere}", 3]}
    assert filled.unfilled == ("nowhere",)
    assert filled.until == date(2027, 1, 31)
    assert Place({}).fill("nothing to fill").until is None


def test_a_switch_that_is_not_set_is_off(tmp_path):
    place, _ = read(tmp_path, setting("switch", "true"))

    assert place.is_on("odd")
    assert not place.is_on("nowhere")
