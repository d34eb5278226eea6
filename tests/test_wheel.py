"""The wheel: it holds the three packages with their data, and works away from this folder."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.house import OURS, ROOT


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", folder],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def unpacked(wheel, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("unpacked")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def elsewhere(unpacked: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run Python on the unpacked wheel, away from the project's folder."""
    return subprocess.run(
        [sys.executable, *command],
        cwd=unpacked,
        env={**os.environ, "PYTHONPATH": str(unpacked)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_holds_every_file_of_the_packages_and_nothing_else(wheel):
    here = {
        str(path.relative_to(ROOT))
        for package in OURS
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    with zipfile.ZipFile(wheel) as archive:
        held = set(archive.namelist())

    assert here == {name for name in held if ".dist-info/" not in name}


def test_it_carries_both_licences_and_the_command(wheel):
    with zipfile.ZipFile(wheel) as archive:
        notes = {name.partition(".dist-info/")[2]: name for name in archive.namelist()}
        commands = archive.read(notes["entry_points.txt"]).decode()

    assert {"licenses/LICENSE", "licenses/LICENSE-banks"} <= notes.keys()
    assert "quizbot = quizbot.cli:main" in commands


def test_its_packages_are_found_where_they_were_unpacked(unpacked):
    names = ", ".join(OURS)

    asked = elsewhere(unpacked, "-c", f"import {names}; print(*(p.__file__ for p in ({names})))")

    assert asked.stdout.split() == [str(unpacked / name / "__init__.py") for name in OURS]


def test_its_banks_are_read_and_found_good(unpacked):
    checked = elsewhere(unpacked, "-c", "from quizbot.cli import main; main()", "banks", "check")

    assert checked.returncode == 0, checked.stdout + checked.stderr
