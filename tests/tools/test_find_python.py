"""The Python that a virtual environment is made with: one that works, and better a fast one."""

import subprocess
from pathlib import Path

import pytest

FIND = Path(__file__).parents[2] / "tools" / "find-python"
ANSWERS = """\
#!/bin/sh
case "$2" in
*version_info*) exit {is_old} ;;
*ensurepip*) exit {is_lacking} ;;
*optimizations*) exit {is_slow} ;;
esac
exit 3
"""


@pytest.fixture
def found(tmp_path):
    """Which Python is found among some that answer as told, where the system has none."""

    def found(**pythons):
        for name, told in pythons.items():
            python = tmp_path / name.replace("_", ".")
            told = {"is_old": 0, "is_lacking": 0, "is_slow": 0} | told
            python.write_text(ANSWERS.format(**told))
            python.chmod(0o755)
        script = tmp_path / "find"
        script.write_text(FIND.read_text().replace("/usr/bin/", "/nowhere/"))
        done = subprocess.run(
            ["/bin/sh", script],
            env={"PATH": f"{tmp_path}:/nowhere"},
            capture_output=True,
            text=True,
        )
        return Path(done.stdout.strip()).name or done.stderr.strip()

    return found


def test_an_optimised_one_is_taken_before_a_newer_one(found):
    assert found(python3_13={"is_slow": 1}, python3_12={}, python3_11={}) == "python3.12"


def test_where_none_is_optimised_the_newest_is_taken(found):
    assert found(python3_13={"is_slow": 1}, python3_12={"is_slow": 1}) == "python3.13"


def test_one_that_can_make_a_virtual_environment_is_taken_before_one_that_cannot(found):
    assert found(python3_13={"is_lacking": 1}, python3_12={"is_slow": 1}) == "python3.12"
    assert found(python3_12={"is_lacking": 1}) == "python3.13"


def test_what_is_too_old_is_no_python_for_us(found):
    assert found(python3={"is_old": 1}).startswith("Python 3.11 or newer is needed")
