"""The file that names providers: what it may hold, and what is told where it is wrong."""

import pytest

from quizbot.errors import Misconfigured
from quizbot.signin.providers import read_providers

TENANT = "11111111-aaaa-bbbb-cccc-222222222222"
RIGHT = """\
[[provider]]
name = "council"
title = "Northmoor Council"
issuer = "https://login.northmoor.example"
client_id = "knowledge"
secret_file = "secret"
domains = ["Northmoor.example"]
"""
MANY = f"""\
[[provider]]
name = "entra"
title = "Microsoft"
issuer = "https://login.example.org/organizations/v2.0"
client_id = "knowledge"
hosts = ["keys.example.org"]

[provider.tenants]
{TENANT.upper()} = ["northmoor.example"]
"""


@pytest.fixture
def read(tmp_path):
    """What the service makes of a file with this text."""
    (tmp_path / "secret").write_text("s3cret\n")

    def read(text):
        file = tmp_path / "providers.toml"
        file.write_text(text)
        return read_providers(file)

    return read


def test_without_a_file_there_are_none():
    assert read_providers(None) == ()


def test_a_provider_is_read_with_what_follows_from_its_address(read):
    (council,) = read(RIGHT)

    assert council.metadata == "https://login.northmoor.example/.well-known/openid-configuration"
    assert council.hosts == {"login.northmoor.example"}
    assert council.secret == "s3cret"
    assert "s3cret" not in repr(council)
    assert council.speaks_for("amina@northmoor.example")
    assert not council.speaks_for("amina@sub.northmoor.example")
    assert not council.speaks_for("amina@northmoor.example.evil.example")


def test_each_tenant_speaks_for_its_own_domains(read):
    (entra,) = read(MANY)

    assert entra.speaks_for("amina@northmoor.example", TENANT)
    assert not entra.speaks_for("amina@northmoor.example", "another")
    assert not entra.speaks_for("amina@northmoor.example")
    assert entra.hosts == {"login.example.org", "keys.example.org"}


@pytest.mark.parametrize(
    ("was", "now", "words"),
    [
        ('name = "council"', 'name = "code"', "name is part of an address"),
        ('name = "council"', 'name = "Our Council"', "name is part of an address"),
        ('title = "Northmoor Council"\n', "", "title is missing"),
        ('client_id = "knowledge"\n', "", "client_id is missing"),
        ('client_id = "knowledge"', "client_id = 7", "client_id must be text"),
        ("https://login", "http://login", "issuer must begin with https://, or be of this machine"),
        ("https://login", "https://me:word@login", "issuer must be an address"),
        ("https://login.northmoor.example", "https://", "issuer must be an address"),
        ('issuer = "https://login.northmoor.example"\n', "", "issuer is missing"),
        ('secret_file = "secret"', 'secret_file = "none"', "cannot be read: No such file"),
        ('domains = ["Northmoor.example"]\n', "", "for which addresses it speaks"),
        ('["Northmoor.example"]', '["northmoor"]', "no domain such as"),
        ('["Northmoor.example"]', '["*.example"]', "no name of a machine"),
        ("domains", "domain", "domain is not known"),
        ("[[provider]]", "[provider]", "below a line [[provider]]"),
        ("[[provider]]", "[[providers]]", "providers is not known"),
        ("[[provider]]", "[[provider", "no TOML file"),
        ("client_id", 'address_claim = "phone"\nclient_id', "address_claim must be one of"),
        (RIGHT, RIGHT + RIGHT, "the name council is given twice"),
        (RIGHT, MANY.replace("11111111", "1111"), "is no tenant's id"),
        (RIGHT, MANY.replace('["northmoor.example"]', "[]"), "name the domains"),
    ],
)
def test_what_is_wrong_is_told_with_whose_it_is(read, was, now, words):
    assert was in RIGHT

    with pytest.raises(Misconfigured) as told:
        read(RIGHT.replace(was, now))

    assert words in str(told.value)
    assert "QUIZBOT_OIDC" in str(told.value)


def test_all_faults_are_told_together(read):
    with pytest.raises(Misconfigured) as told:
        read('[[provider]]\nname = "A"\n[[provider]]\nname = "b"\n')

    assert "provider 1 (A)" in str(told.value)
    assert "provider 2 (b)" in str(told.value)
