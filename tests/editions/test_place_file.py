"""A place's file is used whole or not at all: nobody is left without whom to ring."""

import re
from dataclasses import replace
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questions.place import CONTACTS, SHIPPED
from quizbot.chat.concern import where_to_turn
from quizbot.editions.place import place_of
from quizbot.errors import Misconfigured
from quizbot.reminders.letters import Contents, Setting, digest
from quizbot.reminders.quiet import read_quiet
from quizbot.service import open_service
from tests.conftest import settings_for
from tests.made import TODAY
from web import create_app, frame

GOOD = SHIPPED.read_text()
NAMES = re.findall(r"^\[(.+)\]$", GOOD, re.MULTILINE)

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def broken(path, how):
    """Write a file that is broken in one of many ways."""
    match how:
        case "missing":
            path.unlink(missing_ok=True)
        case "a folder":
            path.mkdir()
        case "empty":
            path.write_text("")
        case "blank":
            path.write_text("\n  \n# nothing yet\n")
        case "not UTF-8":
            path.write_bytes(GOOD.replace("Children's", "Children’s").encode("cp1252"))
        case "UTF-16":
            path.write_text(GOOD, encoding="utf-16")
        case "a slip":
            path.write_text(GOOD.replace("value = true", "value = yes", 1))
        case "cut off":
            path.write_text(GOOD[: len(GOOD) // 2] + '"')
        case "another kind of value":
            path.write_text(GOOD.replace("value = 3\n", 'value = "three"\n', 1))
        case "a list":
            path.write_text(f"settings = [1, 2]\n{GOOD}")
    return path


WAYS = (
    "missing", "a folder", "empty", "blank", "not UTF-8", "UTF-16", "a slip", "cut off",
    "another kind of value", "a list",
)  # fmt: skip


@pytest.mark.parametrize("how", WAYS)
def test_a_file_that_cannot_be_used_is_refused_in_a_sentence(tmp_path, clock, how):
    path = broken(tmp_path / "place.toml", how)

    with pytest.raises(Misconfigured) as refusal:
        place_of(path, clock)

    assert str(refusal.value).startswith(f"QUIZBOT_PLACE: {path} cannot be used: ")
    assert "\n" not in str(refusal.value)
    assert "`quizbot place check`" in str(refusal.value)


def with_setting(name, line):
    """The shipped file with one line of a setting in place of the one there was."""
    field = line.partition(" =")[0]
    before, head, after = GOOD.partition(f"\n[{name}]\n")
    return before + head + re.sub(f"{field} = [^\n]*", lambda _: line, after, count=1)


@pytest.mark.parametrize("name", CONTACTS)
@pytest.mark.parametrize(
    "line",
    ['value = ""', 'value = "  "', 'value = "\\u00a0"', 'value = "\\u200b"', 'value = "–"',
     'value = "two\\u2028lines"', "value = 5", 'type = "url"', "owner = 1", 'review_by = "soon"'],
)  # fmt: skip
def test_a_contact_that_says_nothing_is_refused(tmp_path, clock, name, line):
    path = tmp_path / "place.toml"
    path.write_text(with_setting(name, line))

    with pytest.raises(Misconfigured, match=name):
        place_of(path, clock)


@pytest.mark.parametrize("how", WAYS)
def test_a_file_that_breaks_under_a_running_service_is_not_taken(tmp_path, clock, how):
    path = tmp_path / "place.toml"
    path.write_text(GOOD)
    before = place_of(path, clock)
    path.unlink()
    broken(path, how)

    assert place_of(path, clock) == before


def test_going_on_with_the_last_good_file_is_said(tmp_path, clock, capfd):
    path = tmp_path / "place.toml"
    path.write_text(GOOD)
    place_of(path, clock)
    path.unlink()

    place_of(path, clock)

    told = capfd.readouterr().err
    assert f"{path} cannot be used: is missing" in told
    assert "Until then what it said before stands." in told


# Whatever the file


@st.composite
def files(draw):
    """The shipped file, changed here and there as hands and programs change files."""
    text = GOOD
    for _ in range(draw(st.integers(1, 3))):
        name = re.escape(draw(st.sampled_from([*CONTACTS, *NAMES])))
        block = re.search(rf"\n\[{name}\]\n(?:[^\n]+\n)+", text)
        if block is None:
            continue
        field = draw(st.sampled_from(["type", "value", "owner", "review_by", "all"]))
        value = draw(
            st.sampled_from(['""', '" "', "yes", "true", "0", "12", '"12 34"', '"text"', "[]",
                             '"telephone"', '"email"', "2020-01-01", '"\\u200b"', '"\\t"', "", '"'])
            | st.text(max_size=20).map(lambda words: f'"{words}"')
        )  # fmt: skip
        if field == "all":
            changed = draw(st.sampled_from(["\n", block[0] * 2, f"\n[{name}]\n"]))
        else:
            changed = re.sub(rf"{field} = [^\n]*", lambda _: f"{field} = {value}", block[0])  # noqa: B023
        text = text.replace(block[0], changed)
    content = text.encode("utf-8", "surrogatepass")
    if draw(st.booleans()):
        at = draw(st.integers(0, len(content)))
        content = content[:at] + draw(st.binary(max_size=3)) + content[at + 1 :]
    return content


@pytest.fixture(scope="module")
def pages(filled_sqlite, tmp_path_factory):
    """The pages, on a service of their own."""
    folder = tmp_path_factory.mktemp("pages")
    service = open_service(settings_for(f"sqlite:///{filled_sqlite}", folder))
    yield create_app(service)
    service.close()


def shown(pages, service):
    """What stands at the foot of every page."""
    base = pages.jinja_env.get_template("base.html")
    made = base.render(nav=[], csrf_token="", **frame(service))
    return unescape(re.sub(r"<[^>]+>", "", made[made.index("<footer") :]))


@given(content=files())
def test_every_file_is_refused_or_tells_everybody_whom_to_ring(tmp_path_factory, pages, content):
    path = tmp_path_factory.mktemp("place") / "place.toml"
    path.write_bytes(content)
    service = pages.extensions["quizbot"]
    try:
        place = place_of(path, service.now)
    except Misconfigured:
        return

    service = replace(service, place=place)

    foot, concern = shown(pages, service), where_to_turn(service)
    quiet = read_quiet(service.settings.quiet_hours, service.settings.quiet_days)
    setting = Setting.of(place, service.settings.public_url, quiet)
    letter = " ".join(digest(Contents(met=1), setting, TODAY).text.split())
    for team, phone in (
        ("referral_team", "referral_phone"),
        ("out_of_hours_team", "out_of_hours_phone"),
    ):
        called, number = place.text(team), place.text(phone)
        assert any(letter.isalnum() for letter in called)
        assert sum(letter.isdigit() for letter in number) >= 3
        for told in (foot, concern):
            assert f"{called}, {number}" in told
    assert " ".join(place.text("referral_phone").split()) in letter
    assert not re.search(r", ?[,.]", foot[foot.index("Otherwise") :])


@on_sqlite
@pytest.mark.parametrize("how", WAYS)
def test_no_service_is_opened_on_a_broken_file(database_url, tmp_path, clock, how):
    path = broken(tmp_path / "place.toml", how)

    with pytest.raises(Misconfigured, match="QUIZBOT_PLACE"):
        open_service(settings_for(database_url, tmp_path, place=path), clock)
