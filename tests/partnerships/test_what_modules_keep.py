"""What modules keep is every partnership's: none of it is one's own."""

import functools
import gc
import sys
from types import BuiltinFunctionType, CodeType, FunctionType, MethodType, ModuleType

import pytest

from quizbot.outbox.mail import Fate, Sent
from quizbot.service import open_service
from quizbot.work import Work
from tests import house
from tests.conftest import settings_for
from tests.house import OURS, ROOT
from web import House, create_app

PASSED_BY = (ModuleType, type, FunctionType, MethodType, BuiltinFunctionType, CodeType)
# Kept by what was asked alone: nobody gets from these what they did not bring themselves.
BY_WHAT_IS_ASKED = {"plain_host", "host_of", "urlsplit", "_read", "_last_good"}


def sources():
    for package in OURS:
        for path in sorted((ROOT / package).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), path.read_text()


def test_what_a_module_keeps_is_known_to_be_nobodys():
    faults = [fault for name, text in sources() for fault in house.kept_faults(name, text)]
    there = {f"{name} {kept}" for name, text in sources() for kept in house.kept_names(text)}

    assert not faults, "\n".join(faults)
    assert set(house.KEPT) - there == set(), "nothing of these is kept any more"


@pytest.mark.parametrize(
    "source",
    [
        "@cache\ndef people(): ...",
        "@functools.lru_cache(8)\ndef people(x): ...",
        "def f():\n    return lru_cache(8)(g)",
        "_seen = {}\ndef f(x):\n    _seen[x] = 1",
        "_seen: set[str] = set()\ndef f(x):\n    _seen.add(x)",
        "STATE = State()\ndef f(x):\n    STATE.who = x",
        "who = ''\ndef f(x):\n    global who\n    who = x",
    ],
    ids=["cache", "lru-cache", "cache-inside", "dict", "set", "attribute", "global"],
)
def test_what_is_kept_is_found(source):
    assert house.kept_faults("quizbot/new.py", source)


@pytest.mark.parametrize(
    "source",
    ["KNOWN = {'a': 1}\ndef f(x):\n    return KNOWN[x]", "def f(x):\n    x.seen.add(1)"],
    ids=["constant", "its-own"],
)
def test_what_is_not_kept_is_not_told(source):
    assert house.kept_faults("quizbot/new.py", source) == []


def holders(marks):
    """What of our modules leads to a text with one of these marks, by name."""
    found: set[str] = set()
    clean: set[int] = set()
    for module in [m for n, m in sys.modules.items() if n.partition(".")[0] in OURS]:
        for name, value in list(vars(module).items()):
            is_cache = isinstance(value, functools._lru_cache_wrapper)
            is_looked_at = is_cache or not isinstance(value, PASSED_BY)
            if is_looked_at and leads_to(value, marks, clean, is_cache=is_cache):
                found.add(name)
    return found


def leads_to(start, marks, clean, *, is_cache):
    """Whether a mark is anywhere below something that a module holds."""
    seen, waiting = set(), gc.get_referents(start) if is_cache else [start]
    while waiting:
        one = waiting.pop()
        if id(one) in seen or id(one) in clean or isinstance(one, PASSED_BY):
            continue
        seen.add(id(one))
        if isinstance(one, str | bytes):
            text = one if isinstance(one, str) else one.decode("latin-1")
            if any(mark in text for mark in marks):
                return True
        waiting += gc.get_referents(one)
    clean |= seen
    return False


@pytest.mark.parametrize(
    "database_url", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)
def test_nothing_that_a_module_holds_leads_to_anything_of_a_partnership(
    database_url, tmp_path, clock
):
    place = tmp_path / "place.toml"
    shipped = (ROOT / "questions" / "place.toml").read_text()
    place.write_text(shipped.replace("Northmoor Safeguarding", "Zarquon Safeguarding"))
    service = open_service(
        settings_for(
            database_url,
            tmp_path,
            place=place,
            partnership="zarquon",
            secret_key="zarquon alone knows this, and nobody else",
            public_url="https://zarquon.example",
            mail_from="Zarquon <quiz@zarquon.example>",
        ),
        clock,
    )
    Work(service, wire=lambda _mail, _number: Sent(Fate.SENT)).once()
    visitor = create_app(service, House()).test_client()
    for path in ("/", "/modules/referrals", "/modules/referrals/sources", "/sign-in", "/privacy"):
        assert visitor.get(path, base_url="https://zarquon.example").status_code == 200
    with service.database.reading() as connection:
        names = [name for (name,) in connection.exec_driver_sql("SELECT name FROM person")]
    service.people.rights(service.people.by_reference("N5"))
    service.places.view(service.people.by_reference("N5"))

    found = holders(["arquon", *names, *(f"{name.split()[0].lower()}@" for name in names)])
    service.close()

    assert found - BY_WHAT_IS_ASKED == set()
    assert "_last_good" in found  # the search finds what there is
