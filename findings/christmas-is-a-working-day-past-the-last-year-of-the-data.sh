#!/usr/bin/env bash
# govuk-bank-holidays 0.19: past the last year of the list that it brings (2028), every weekday is a
# working day, Christmas Day too, without an error or a warning.
# One would guess that a day of which nothing is known is refused, or that fixed days go on.
# What it means for dates counted in working days some years on (a pass that is valid for three years
# ends past the list): take a library that works the days out, or refuse days past the last one listed.
# Seen: "25 December 2028: False", "25 December 2029: True".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install govuk-bank-holidays==0.19
cat > "$folder/try.py" <<'PY'
from datetime import date

from govuk_bank_holidays.bank_holidays import BankHolidays

days = BankHolidays(use_cached_holidays=True)
for year in (2028, 2029):
    day = date(year, 12, 25)
    work = days.is_work_day(day, division=BankHolidays.ENGLAND_AND_WALES)
    print(f"{day:%d %B %Y}: {work}")
PY
said=$("$folder/venv/bin/python" -W ignore "$folder/try.py")
printf '%s\n' "$said"
[ "$said" = "25 December 2028: False
25 December 2029: True" ]
