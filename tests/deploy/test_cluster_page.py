"""docs/cluster.md names only what is there, and says of each program where it comes from."""

import re

import pytest

from quizbot.config import Settings
from tests.house import ROOT

PAGE = (ROOT / "docs" / "cluster.md").read_text()
FILES = sorted(file.name for file in (ROOT / "deploy" / "cluster").iterdir())


def test_every_setting_of_the_page_is_there():
    known = {f"QUIZBOT_{name.upper()}" for name in Settings.model_fields}

    assert set(re.findall(r"QUIZBOT_[A-Z_]+", PAGE)) <= known


@pytest.mark.parametrize("name", FILES)
def test_every_file_has_its_place_in_a_step(name):
    steps = PAGE.partition("## Set up")[2].partition("## What happens when")[0]

    assert f"{name}`" in steps


@pytest.mark.parametrize(
    ("program", "package"),
    [
        ("patronictl", "patroni"), ("pg_dropcluster", "postgresql"), ("socat -", "socat"),
        ("quizbot db", "postgresql-client"), ("etcdctl", "etcd-client"),
    ],
)  # fmt: skip
def test_what_is_typed_was_installed_before(program, package):
    steps = PAGE.partition("## Set up")[2]
    installed = [found.start() for found in re.finditer(r"apt install [\w -]*", steps)
                 if package in found[0].split()]  # fmt: skip

    assert installed, package
    assert installed[0] < steps.index(program)


def test_patronictl_is_told_where_its_settings_are():
    first, *_ = re.findall(r"`patronictl ([^`]*)`", PAGE.partition("## Set up")[2])

    assert first.startswith("-c /etc/patroni/config.yml ")
