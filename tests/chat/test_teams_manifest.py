"""The package of the app in Teams: what a command writes, and when it writes nothing."""

import io
import json
import struct
import zipfile
import zlib

import pytest

from quizbot.chat.commands import COMMANDS
from quizbot.chat.teams.manifest import package
from quizbot.errors import Misconfigured
from tests.conftest import settings_for
from tools.connector import APP, SECRET


@pytest.fixture
def settings(tmp_path):
    """Settings of an installation with an app in Teams."""
    own = {
        "teams_app": APP,
        "teams_secret": SECRET,
        "public_url": "https://knowledge.example.org",
    }
    return lambda **given: settings_for(
        f"sqlite:///{tmp_path / 'none.db'}", tmp_path, **{**own, **given}
    )


@pytest.fixture
def files(settings):
    made = package(settings(), "Northmoor Safeguarding Children Partnership")
    with zipfile.ZipFile(io.BytesIO(made)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def test_it_holds_a_manifest_and_two_pictures_and_no_secret(files):
    assert list(files) == ["manifest.json", "color.png", "outline.png"]
    assert all(SECRET.encode() not in content for content in files.values())


def test_the_manifest_says_what_teams_wants_to_know(files):
    found = json.loads(files["manifest.json"])

    (bot,) = found["bots"]
    assert found["id"] == bot["botId"] == APP
    assert found["developer"]["privacyUrl"] == "https://knowledge.example.org/privacy"
    assert found["validDomains"] == ["knowledge.example.org"]
    assert len(found["developer"]["name"]) <= 32
    assert len(found["name"]["short"]) <= 30
    assert len(found["description"]["short"]) <= 80
    assert bot["scopes"] == ["personal", "team", "groupChat"]


def test_its_menus_are_the_commands_of_the_chat(files):
    personal, groups = json.loads(files["manifest.json"])["bots"][0]["commandLists"]

    titles = [one["title"] for one in personal["commands"]]
    assert "unlink" in titles
    assert "stop" not in titles
    assert {"modules", "take", "resume", "me", "team", "link", "help", "privacy"} <= set(titles)
    assert [one["title"] for one in groups["commands"]] == [c.name for c in COMMANDS if c.groups]
    for menu in (personal, groups):
        assert len(menu["commands"]) <= 10
        assert all(len(one["title"]) <= 32 for one in menu["commands"])
        assert all(len(one["description"]) <= 128 for one in menu["commands"])


def pixels(picture):
    """Width, height and the four values of each point."""
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    width, height, depth, kind = struct.unpack(">IIBB", picture[16:26])
    assert (depth, kind) == (8, 6)
    length = struct.unpack(">I", picture[33:37])[0]
    rows = zlib.decompress(picture[41 : 41 + length])
    line = 1 + 4 * width
    points = [
        tuple(rows[row * line + 1 + 4 * at : row * line + 5 + 4 * at])
        for row in range(height)
        for at in range(width)
    ]
    return width, height, points


def test_one_picture_is_full_and_the_other_an_outline_in_white(files):
    width, height, full = pixels(files["color.png"])
    assert (width, height) == (192, 192)
    assert {point[3] for point in full} == {255}

    width, height, outline = pixels(files["outline.png"])
    assert (width, height) == (32, 32)
    assert {point[:3] for point in outline} == {(255, 255, 255)}
    assert {0, 255} <= {point[3] for point in outline}


def test_it_is_the_same_each_time(settings):
    assert package(settings(), "Northmoor") == package(settings(), "Northmoor")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"teams_app": ""}, "QUIZBOT_TEAMS_APP"),
        ({"public_url": "http://127.0.0.1:8000"}, "https address"),
    ],
    ids=["app", "address"],
)
def test_what_is_missing_is_told(settings, given, words):
    with pytest.raises(Misconfigured, match=words):
        package(settings(**given), "Northmoor")


@pytest.mark.parametrize(
    "given",
    [
        {"teams_app": "northmoor"},
        {"teams_tenant": "northmoor.example"},
        {"teams_secret": ""},
        {"teams_login": "login"},
    ],
    ids=["app", "tenant", "secret", "login"],
)
def test_a_setting_that_cannot_be_is_refused(settings, given):
    with pytest.raises(ValueError, match="must be"):
        settings(**given)
