"""The shipped banks, read once for all tests that want them as they come."""

from collections.abc import Iterator, Mapping
from functools import cache

from questions.bank import SHIPPED, Bank, read_banks
from questions.module import Module
from tests.gate.samples import TODAY, the_place


@cache
def every_bank() -> tuple[Bank, ...]:
    """All that is found when they are read."""
    return tuple(read_banks(SHIPPED, the_place(), TODAY))


class ByName(Mapping[str, Bank]):
    """Each by its folder's name; none is read before a test asks for it."""

    def __getitem__(self, name: str) -> Bank:
        return {bank.id: bank for bank in every_bank()}[name]

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(path.parent.name for path in SHIPPED.glob("*/module.toml")))

    def __len__(self) -> int:
        return len(list(iter(self)))


BANKS = ByName()


def shipped_module(name: str) -> Module:
    """What is asked in one of them."""
    read = BANKS[name].module
    assert read is not None
    return read
