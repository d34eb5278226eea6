"""`quizbot connections`: what is on, and what does not work, in words."""

import shutil

import pytest

from tests.signin.provider import SECRET, running, table


@pytest.fixture
def council(folder, filled_sqlite, monkeypatch):
    """A service that knows one provider."""
    (folder / "var").mkdir(exist_ok=True)
    shutil.copy(filled_sqlite, folder / "var" / "quizbot.db")
    (folder / "client-secret").write_text(SECRET)
    with running() as issuer:
        more = {"domains": ["northmoor.example"], "private": True}
        file = folder / "providers.toml"
        file.write_text(table("council", "Northmoor Council", issuer, **more))
        monkeypatch.setenv("QUIZBOT_OIDC", str(file))
        yield issuer


def test_what_works_is_told_and_what_is_off(run, council):
    said = run("connections", "check")

    assert said.code == 0
    assert "ok     Sign-in: Northmoor Council." in said.out
    assert "off    Telegram." in said.out
    assert SECRET not in said.out


def test_what_does_not_work_is_told_and_ends_with_one(run, council):
    council.metadata = {"jwks_uri": "https://keys.example.org/certs"}

    said = run("connections", "check")

    assert said.code == 1
    assert "FAULT  Sign-in: Northmoor Council." in said.out
    assert "keys.example.org is not among the machines that may be asked" in said.out
    assert "Add it to `hosts`" in said.out


def test_what_was_noted_is_listed(run, council):
    council.status = 503
    run("connections", "check")

    said = run("connections", "list")

    assert "answers with status 503" in said.out


def test_a_file_of_providers_that_is_wrong_is_told_before_anything_starts(run, council, folder):
    (folder / "providers.toml").write_text('[[provider]]\nname = "council"\n')

    said = run("connections", "check")

    assert said.code == 1
    assert "provider 1 (council): title is missing." in said.err
