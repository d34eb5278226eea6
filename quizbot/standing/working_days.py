"""Which days are working days in England."""

from datetime import date, timedelta
from functools import cache
from multiprocessing import get_context

SATURDAY = 5
ONE_DAY = timedelta(days=1)


def is_working_day(day: date) -> bool:
    """Whether a day is no weekend and no bank holiday."""
    return day.weekday() < SATURDAY and not is_bank_holiday(day)


def working_day(day: date) -> date:
    """The day itself, or else the first after it that is no weekend and no bank holiday."""
    while not is_working_day(day):
        day += ONE_DAY
    return day


@cache
def _england(decade: int) -> frozenset[date]:
    # The library loads every country of the world, 16 MB: in a process that ends with the answer.
    with get_context("spawn").Pool(1) as apart:
        return apart.apply(_read_library, (decade,))


def _read_library(decade: int) -> frozenset[date]:
    from holidays import country_holidays

    return frozenset(country_holidays("GB", subdiv="ENG", years=range(decade, decade + 10)))


def is_bank_holiday(day: date) -> bool:
    """Whether a day is a bank holiday in England, or the day that stands in for one."""
    return day in _england(day.year // 10 * 10)
