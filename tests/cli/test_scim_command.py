"""`quizbot scim`: keys of a directory, and how it is."""

import json

import pytest


@pytest.fixture
def here(run, filled, monkeypatch):
    monkeypatch.setenv("QUIZBOT_SCIM", "Northmoor")
    return run


def test_a_key_is_made_listed_and_ended(here):
    token = here("scim", "token", "Entra").out.strip()
    assert token.startswith("knowledge_scim_")

    (line,) = json.loads(here("scim", "tokens", "--json").out)
    assert (line["name"], line["last_four"]) == ("Entra", token[-4:])
    assert token not in here("scim", "tokens").out
    said = here("scim", "end", token[-4:])

    assert said.out == f"The key that ends with {token[-4:]} is ended.\n"
    assert here("scim", "end", token[-4:]).code == 1
    # One key in 64 ends so.
    assert here("scim", "end", "-to0").err == here("scim", "end", "5to0").err.replace("5", "-")


def test_how_it_is_can_be_asked(here):
    (line,) = json.loads(here("scim", "status", "--json").out)

    assert (line["is_on"], line["top"], line["users"]) == (True, "Northmoor", 0)
    assert here("scim", "take-in").out.startswith("Taken in: 0 joined")


def test_a_key_that_opens_nothing_yet_is_told_as_that(run, filled):
    said = run("scim", "token", "Entra")

    assert said.out.startswith("knowledge_scim_")
    assert said.err == "It opens nothing until QUIZBOT_SCIM names a unit.\n"
