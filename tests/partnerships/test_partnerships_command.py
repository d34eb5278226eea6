"""`quizbot partnerships`: one more is made whole, and a command is run for each."""

import json

import pytest

from tests.partnerships.serving import Several


@pytest.fixture
def several(tmp_path):
    return Several(tmp_path)


def test_one_is_made_whole_before_it_is_served(several):
    address = f"http://northmoor.example:{several.port}"

    said = several.quizbot("partnerships", "add", "northmoor", "--address", address)

    file = several.files / "northmoor.env"
    assert f"{file} is made" in said
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in several.files.iterdir()] == ["northmoor.env"]
    assert several.quizbot("--partnership", "northmoor", "db", "check") == several.quizbot(
        "partnerships", "each", "db", "check"
    ).removeprefix("northmoor:\n")
    (line,) = json.loads(several.quizbot("partnerships", "list", "--json"))
    assert line == {"name": "northmoor", "address": address, "fault": ""}

    refused = several.ended("partnerships", "add", "southbay", "--address", address)

    assert refused.returncode == 1
    assert "both are reached by the same name of a machine" in refused.stderr
    assert [path.name for path in several.files.iterdir()] == ["northmoor.env"]


@pytest.mark.parametrize(
    ("name", "address", "words"),
    [
        ("North", "https://n.example", "The name must be the name of a partnership"),
        ("north", "n.example", "QUIZBOT_PUBLIC_URL: must be an address"),
        ("north", "https://n.example/x y", "without spaces, quotes and #"),
    ],
    ids=["name", "address", "spaces"],
)
def test_what_cannot_be_one_is_refused_and_leaves_nothing(several, name, address, words):
    refused = several.ended("partnerships", "add", name, "--address", address)

    assert refused.returncode == 1
    assert words in refused.stderr
    assert list(several.files.iterdir()) == []


def test_without_a_folder_there_are_no_partnerships(several):
    del several.environment["QUIZBOT_PARTNERSHIPS"]

    refused = several.ended("partnerships", "list")

    assert refused.returncode == 1
    assert refused.stderr.startswith("QUIZBOT_PARTNERSHIPS is not set: one partnership is served")


def test_a_name_without_a_folder_is_refused(several):
    del several.environment["QUIZBOT_PARTNERSHIPS"]

    refused = several.ended("--partnership", "northmoor", "units", "list")

    assert refused.returncode == 1
    assert refused.stderr.startswith("QUIZBOT_PARTNERSHIP names one of several, and")
