"""The locks: what they may hold, and that they agree with each other and with the project."""

import ast
import re
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, packages_distributions
from importlib.metadata import requires as requirements_of

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house import OURS, ROOT

LOCKS = sorted(path.name for path in ROOT.glob("requirements*.lock"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())

# What would tell where a lock was made, or send an installation somewhere else.
ADDRESS_OR_PATH = re.compile(
    r"://|@|\bfile:|\\\\|[\w.-]*/[\w.-]*|^\s*-(?!-hash=)|--(?!hash=)", re.MULTILINE
)


def versions(lock: str) -> dict[str, str]:
    """Package and version of every line that names one."""
    found = re.findall(r"^([a-z0-9][a-z0-9._-]*)(?:\[[^\]]*\])?==([^\s;]+)", lock, re.MULTILINE)
    return dict(found)


def extras(lock: str) -> dict[str, set[str]]:
    """The extras with which a package is pinned."""
    found = re.findall(r"^([a-z0-9][a-z0-9._-]*)\[([^\]]*)\]==", lock, re.MULTILINE)
    return {name: {extra.strip() for extra in given.split(",")} for name, given in found}


def read(name: str) -> str:
    return (ROOT / name).read_text()


def requires(package: str) -> list[str]:
    """What an installed package asks for; nothing of one for another system."""
    try:
        return requirements_of(package) or []
    except PackageNotFoundError:
        return []


def wanted(*groups: str) -> list[Requirement]:
    named = [entry for group in groups for entry in PROJECT["dependency-groups"][group]]
    return [Requirement(entry) for entry in named]


def missing(requirements: list[Requirement], locked: dict[str, str]) -> list[str]:
    return [
        str(need)
        for need in requirements
        if not need.specifier.contains(locked.get(canonicalize_name(need.name), "0"))
    ]


def test_the_service_the_tests_and_upkeep_are_locked():
    assert LOCKS == ["requirements-test.lock", "requirements-upkeep.lock", "requirements.lock"]


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_holds_no_address_and_no_path(name):
    found = ADDRESS_OR_PATH.search(read(name))

    assert not found, f"{name} holds {found[0]!r}: write it anew with make lock"


@pytest.mark.parametrize(
    "line",
    [
        "--index-url https://example.org/simple",
        "-i x",
        "--find-links wheels",
        "flask @ file:///tmp/flask.whl",
        "# made by: compile /home/amina/pyproject.toml",
        "-e .",
        "    # via -r requirements.in/x",
    ],
)
def test_an_address_or_path_would_be_found(line):
    assert ADDRESS_OR_PATH.search(f"flask==3.1.3 \\\n    --hash=sha256:ab\n{line}\n")


@pytest.mark.parametrize("name", LOCKS)
def test_every_version_is_hashed(name):
    entries = re.split(r"\n(?=[a-z0-9])", read(name).strip())

    assert len(entries) == len(versions(read(name)))
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []


def test_the_tests_run_on_the_versions_that_serve():
    service, tests = versions(read("requirements.lock")), versions(read("requirements-test.lock"))

    assert service.items() <= tests.items()


def test_the_locks_hold_what_the_project_asks_for():
    service = [Requirement(entry) for entry in PROJECT["project"]["dependencies"]]
    locked = {name: versions(read(name)) for name in LOCKS}

    assert missing([*service, *wanted("build")], locked["requirements.lock"]) == []
    assert missing(wanted("test"), locked["requirements-test.lock"]) == []
    assert missing(wanted("upkeep"), locked["requirements-upkeep.lock"]) == []


def imported(*folders: str) -> set[str]:
    """The distributions of others that the code of some folders imports."""
    own = {*sys.stdlib_module_names, *OURS, "tests", "tools", "_typeshed"}
    names = {
        name.partition(".")[0]
        for folder in folders
        for path in (ROOT / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        for name in names_in(node)
    }
    brought = packages_distributions()
    return {canonicalize_name(brought[name][0]) for name in names - own}


def names_in(node: ast.AST) -> list[str]:
    if isinstance(node, ast.ImportFrom):
        return [node.module or ""] if not node.level else []
    return [alias.name for alias in node.names] if isinstance(node, ast.Import) else []


def test_what_is_imported_is_asked_for_and_what_is_asked_for_is_imported():
    service = {
        canonicalize_name(Requirement(entry).name) for entry in PROJECT["project"]["dependencies"]
    }
    tests = {canonicalize_name(need.name) for need in wanted("test")}
    files = {"manimgx-fonts", "manimgx-fonts-cjk", "tzdata"}  # read, and not imported

    assert imported(*OURS) == service - files
    assert imported("tests", "tools") <= service | tests


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-test.lock"])
def test_what_a_package_asks_for_with_extras_is_pinned_with_them(name):
    locked, pinned = versions(read(name)), extras(read(name))
    asked = [
        (package, need)
        for package in locked
        for need in map(Requirement, requires(package))
        if need.extras and (need.marker is None or need.marker.evaluate({"extra": ""}))
    ]

    assert name != "requirements-test.lock" or asked, "no package asks for extras any more"
    unpinned = [
        f"{package} asks for {need}"
        for package, need in asked
        if not need.extras <= pinned.get(canonicalize_name(need.name), set())
    ]
    assert unpinned == [], "write the lock anew with make lock"


def test_a_package_that_is_not_locked_is_told():
    assert missing([Requirement("flask>=4")], {"flask": "3.1.3"}) == ["flask>=4"]
    assert missing([Requirement("flask>=3")], {}) == ["flask>=3"]


def test_what_serves_brings_no_tool_of_the_tests():
    assert not {"pytest", "playwright", "mypy", "ruff"} & versions(read("requirements.lock")).keys()
