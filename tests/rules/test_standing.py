"""Where a person stands: histories in a few words, and what must follow, worked out by hand.

A paragraph of the table is a sentence, a history, and days with the state, the due day (by) and the
last valid day (until) that must be found on them. A history is facts with bars between them:
`rule`, or `yearly`, `half-yearly` and `once` for short; `post FIRST..LAST`; `pass DAY`;
`learned DAY to OWN-END`; `request MADE by DAY`; `pause` or `exempt FIRST..LAST`;
`extend MADE to DAY`; `left DAY`; `guest LAST-DAY`; and more words in pairs, as `recorded DAY`.
"""

import itertools
from collections import defaultdict
from dataclasses import asdict, fields
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import (
    Column,
    Date,
    MetaData,
    Table,
    and_,
    case,
    create_engine,
    insert,
    select,
    text,
    true,
)

from quizbot.rules.due import (
    FOREVER,
    RANGES,
    Dates,
    Dispensation,
    DispensationKind,
    Facts,
    Post,
    Request,
    Requirement,
    State,
    cached_dates,
    due_from_dates,
    next_change,
    segments,
    standing,
    state_from_dates,
)

RULES = {
    "rule": {},
    "once": {"within": "30d", "grace": "28d"},
    "yearly": {"within": "30d", "grace": "28d", "every": "12m", "window": "30d"},
    "half-yearly": {"within": "30d", "grace": "28d", "every": "6m", "window": "30d"},
}

TABLE = """\
# Starting

nothing is asked before the first day
    yearly | post 2026-01-05
        2026-01-04 not required

a starter has the days that the rule gives
    yearly | post 2026-01-05
        2026-01-05 assigned by 2026-02-04

fifteen days before the due day it is still assigned
    yearly | post 2026-01-05
        2026-01-20 assigned by 2026-02-04

fourteen days before the due day it is due soon
    yearly | post 2026-01-05
        2026-01-21 due soon by 2026-02-04

the due day itself is not too late
    yearly | post 2026-01-05
        2026-02-04 due soon by 2026-02-04

the day after the due day is overdue
    yearly | post 2026-01-05
        2026-02-05 overdue by 2026-02-04

a rule may ask on the first day
    rule within 0d grace 0d | post 2026-01-05
        2026-01-05 due soon by 2026-01-05
        2026-01-06 overdue by 2026-01-05

six months from the last of August end with February
    rule within 6m | post 2026-08-31
        2026-09-01 assigned by 2027-02-28

six months from the last of August end on leap day in a leap year
    rule within 6m | post 2027-08-31
        2027-09-01 assigned by 2028-02-29

a year from leap day ends with February
    rule within 12m | post 2024-02-29
        2024-03-01 assigned by 2025-02-28

a post that ends is asked no more
    yearly | post 2026-01-05..2026-01-31
        2026-01-31 due soon by 2026-02-04
        2026-02-01 not required

# A new rule

a new rule gives those already here its grace
    yearly saved 2026-03-02 | post 2019-05-01
        2026-03-01 not required
        2026-03-02 assigned by 2026-03-30

a rule in force later gives its grace from then
    yearly saved 2026-03-02 from 2026-04-01 | post 2019-05-01
        2026-03-31 not required
        2026-04-01 assigned by 2026-04-29

a rule in force before it was saved gives its grace from the saving
    yearly saved 2026-03-02 from 2026-01-01 | post 2019-05-01
        2026-03-02 assigned by 2026-03-30

a recent starter has the longer of start and grace
    rule within 6m grace 28d saved 2026-03-02 | post 2026-02-20
        2026-03-02 assigned by 2026-08-20

a rule that has ended asks nothing
    yearly to 2026-02-28 | post 2026-01-05
        2026-02-28 overdue by 2026-02-04
        2026-03-01 not required

after a rule has ended a pass is still a pass
    yearly to 2026-02-28 | post 2026-01-05 | pass 2026-01-20
        2026-02-28 valid until 2027-01-20
        2026-03-01 passed

# A post recorded late

a post recorded after its due day is due in grace
    yearly | post 2026-01-05 recorded 2026-03-10
        2026-03-10 assigned by 2026-04-07

a post recorded late but before its due day is due then
    yearly | post 2026-01-05 recorded 2026-02-01
        2026-02-01 due soon by 2026-02-04

a post recorded on its due day is due then
    yearly | post 2026-01-05 recorded 2026-02-04
        2026-02-04 due soon by 2026-02-04

without grace a post recorded late is due at once, not in the past
    rule within 30d grace 0d | post 2026-01-05 recorded 2026-02-05
        2026-02-05 due soon by 2026-02-05

a file loaded years late is due in grace
    yearly | post 2019-05-01 recorded 2026-05-01
        2026-05-01 assigned by 2026-05-29

a whole history loaded on one day is due in grace
    yearly | post 2019-05-01..2022-12-31 recorded 2026-05-01 |
    post 2023-01-01 recorded 2026-05-01
        2026-05-01 assigned by 2026-05-29

a pass from before a file was loaded counts
    yearly | post 2019-05-01 recorded 2026-05-01 | pass 2026-04-01
        2026-05-01 valid until 2027-04-01

# Units and jobs

a rule for a unit asks the teams below it
    yearly unit North/Council | post 2026-01-05 unit North/Council/Team
        2026-01-05 assigned by 2026-02-04

a rule for a unit asks the unit itself
    yearly unit North/Council | post 2026-01-05 unit North/Council
        2026-01-05 assigned by 2026-02-04

a rule for a unit does not ask another
    yearly unit North/Council | post 2026-01-05 unit North/Police
        2026-01-05 not required

a unit whose name begins alike is another
    yearly unit North/Council | post 2026-01-05 unit North/Councillors
        2026-01-05 not required

a rule for a job asks those who do it, however it is written
    yearly job NURSE | post 2026-01-05 job nurse
        2026-01-05 assigned by 2026-02-04

a rule for a job does not ask another
    yearly job nurse | post 2026-01-05 job teacher
        2026-01-05 not required

# Moving

a move overnight keeps the start
    yearly | post 2026-01-05..2026-01-20 | post 2026-01-21
        2026-01-25 due soon by 2026-02-04

a gap of a week keeps the start
    yearly | post 2026-01-05..2026-01-20 | post 2026-01-28
        2026-01-28 due soon by 2026-02-04

in the gap nothing is asked
    yearly | post 2026-01-05..2026-01-20 | post 2026-01-28
        2026-01-24 not required

a gap of eight days is a new start
    yearly | post 2026-01-05..2026-01-20 | post 2026-01-29
        2026-01-29 assigned by 2026-02-28

a move does not mend what is overdue
    yearly | post 2026-01-05..2026-03-01 | post 2026-03-02
        2026-03-01 overdue by 2026-02-04
        2026-03-02 overdue by 2026-02-04

a move out of the unit ends what the rule asks
    yearly unit North/Council | post 2026-01-05..2026-01-20 unit North/Council |
    post 2026-01-21 unit North/Police
        2026-01-20 assigned by 2026-02-04
        2026-01-21 not required

a move into the unit starts then, however long one has been here
    yearly unit North/Council | post 2020-01-05..2026-01-20 unit North/Police |
    post 2026-01-21 unit North/Council
        2026-01-21 assigned by 2026-02-20

a move recorded late keeps a due day that is still to come
    rule within 6m grace 28d | post 2026-01-05..2026-03-01 |
    post 2026-03-02 recorded 2026-03-16
        2026-03-16 assigned by 2026-07-05

a move recorded late is not overdue on the day it is recorded
    yearly | post 2026-01-05..2026-03-01 | post 2026-03-02 recorded 2026-03-16
        2026-03-16 assigned by 2026-04-01

a correction that joins an old run to a new one makes nobody late
    yearly | post 2020-01-01..2024-12-31 | post 2026-05-01 |
    post 2025-01-01..2026-04-30 recorded 2026-05-10
        2026-05-10 assigned by 2026-05-31

a move on the day of starting leaves no trace
    yearly | post 2026-01-05..2026-01-04 | post 2026-01-05 unit North/Police
        2026-01-25 due soon by 2026-02-04

a post that ended before it began asks nothing
    yearly | post 2026-01-05..2026-01-04
        2026-01-04 not required
        2026-01-05 not required

a post that ended before it began is no start
    yearly | post 2026-01-01..2025-12-31 | post 2026-01-05
        2026-01-21 due soon by 2026-02-04

# Two posts

a second post does not put the due day off
    yearly | post 2026-01-05 | post 2026-03-02 unit North/Police
        2026-03-02 overdue by 2026-02-04

the end of one of two posts changes nothing
    yearly | post 2026-01-05..2026-01-31 | post 2026-01-12 unit North/Police
        2026-02-01 due soon by 2026-02-04

a second post recorded late gives no time
    yearly | post 2026-01-05 | post 2026-01-01 recorded 2026-06-01
        2026-06-02 overdue by 2026-02-04

two posts under two rules are due with the earlier
    rule within 60d unit North/Council | rule within 40d unit North/Police |
    post 2026-01-05 unit North/Council | post 2026-01-07 unit North/Police
        2026-01-05 assigned by 2026-03-06
        2026-01-07 assigned by 2026-02-16

# Leaving and coming back

the last day is a day like others
    yearly | post 2026-01-05 | left 2026-01-31
        2026-01-31 due soon by 2026-02-04

a leaver is asked nothing
    yearly | post 2026-01-05 | left 2026-01-31 | request 2026-01-10 by 2026-02-28
        2026-02-01 not required

a leaver who passed has passed
    yearly | post 2026-01-05 | left 2026-01-31 | pass 2026-01-10
        2026-02-01 passed

who comes back starts anew
    yearly | post 2024-01-08..2025-06-30 | post 2026-05-04
        2025-06-30 overdue by 2024-02-07
        2026-05-04 assigned by 2026-06-03

who comes back while valid is not asked again
    yearly | post 2024-01-08..2025-06-30 | post 2026-05-04 | pass 2025-06-10
        2026-05-03 passed
        2026-05-04 valid until 2026-06-10

who comes back when validity is over has a first due day again
    yearly | post 2024-01-08..2025-06-30 | post 2026-05-04 | pass 2025-03-01
        2026-05-04 assigned by 2026-06-03 until 2026-03-01
        2026-06-04 lapsed by 2026-06-03 until 2026-03-01

a post after the last day shows that somebody is back
    yearly | post 2026-01-05 | left 2026-01-31 | post 2026-03-02
        2026-02-15 not required
        2026-03-02 assigned by 2026-04-01

a request waits for one who comes back
    request 2026-01-05 by 2026-05-31 | post 2025-01-06 | left 2026-01-31 | post 2026-03-02
        2026-01-31 assigned by 2026-05-31
        2026-02-01 not required
        2026-03-01 not required
        2026-03-02 assigned by 2026-05-31

# Guests

a guest is asked until the end date
    request 2026-01-05 by 2026-01-31 | guest 2026-02-28
        2026-02-28 overdue by 2026-01-31
        2026-03-01 not required

a guest who passed has passed
    request 2026-01-05 by 2026-01-31 | guest 2026-02-28 | pass 2026-01-20
        2026-01-19 due soon by 2026-01-31
        2026-01-20 passed
        2026-03-01 passed

a guest who is taken on is asked again
    request 2026-01-05 by 2026-03-31 | guest 2026-01-31 | post 2026-02-09
        2026-02-08 not required
        2026-02-09 assigned by 2026-03-31

# Requests

a request is open from the day it is made
    request 2026-03-02 by 2026-03-31
        2026-03-01 not required
        2026-03-02 assigned by 2026-03-31

a request is overdue after its day
    request 2026-03-02 by 2026-03-31
        2026-03-31 due soon by 2026-03-31
        2026-04-01 overdue by 2026-03-31

a pass on the day of the request meets it
    request 2026-03-02 by 2026-03-31 | pass 2026-03-02
        2026-03-02 passed

a pass of the day before does not meet a request
    request 2026-03-02 by 2026-03-31 | pass 2026-03-01
        2026-03-01 passed
        2026-03-02 assigned by 2026-03-31

a late pass meets a request
    request 2026-03-02 by 2026-03-31 | pass 2026-04-10
        2026-04-09 overdue by 2026-03-31
        2026-04-10 passed

a withdrawn request asks nothing
    request 2026-03-02 by 2026-03-31 withdrawn 2026-03-10
        2026-03-09 assigned by 2026-03-31
        2026-03-10 not required

a request withdrawn on the day it was made was never there
    request 2026-03-02 by 2026-03-31 withdrawn 2026-03-02
        2026-03-02 not required

recognised learning does not meet a request
    request 2026-03-02 by 2026-03-31 | learned 2026-03-05
        2026-03-06 assigned by 2026-03-31

a request by a day in the past is due on the day it is made
    request 2026-03-02 by 2026-02-01
        2026-03-02 due soon by 2026-03-02

of two requests the earlier day counts
    request 2026-03-02 by 2026-05-31 | request 2026-03-05 by 2026-04-30
        2026-03-04 assigned by 2026-05-31
        2026-03-05 assigned by 2026-04-30

one pass meets two requests
    request 2026-03-02 by 2026-05-31 | request 2026-03-05 by 2026-04-30 | pass 2026-03-06
        2026-03-06 passed

a request is asked of one who is valid
    yearly | post 2026-01-05 | pass 2026-01-10 | request 2026-03-02 by 2026-03-31
        2026-03-02 assigned by 2026-03-31 until 2027-01-10

a missed request of one who is valid is overdue, not lapsed
    yearly | post 2026-01-05 | pass 2026-01-10 | request 2026-03-02 by 2026-03-31
        2026-04-01 overdue by 2026-03-31 until 2027-01-10

# Validity

a pass is valid until the same day a year later
    yearly | post 2026-01-05 | pass 2026-01-10
        2026-01-09 assigned by 2026-02-04
        2026-01-10 valid until 2027-01-10

the window opens its days before the end
    yearly | post 2026-01-05 | pass 2026-01-10
        2026-12-10 valid until 2027-01-10
        2026-12-11 renew soon until 2027-01-10

the last valid day is still valid
    yearly | post 2026-01-05 | pass 2026-01-10
        2027-01-10 renew soon until 2027-01-10

after the last valid day it has lapsed, due on that day
    yearly | post 2026-01-05 | pass 2026-01-10
        2027-01-11 lapsed by 2027-01-10 until 2027-01-10

without a window there is no renewing soon but on the last day
    rule within 30d every 12m | post 2026-01-05 | pass 2026-01-10
        2027-01-09 valid until 2027-01-10
        2027-01-10 renew soon until 2027-01-10

a pass on leap day is valid until the end of February
    yearly | post 2024-01-08 | pass 2024-02-29
        2024-02-29 valid until 2025-02-28

a pass on leap day is valid until leap day four years later
    rule within 30d every 48m | post 2024-01-08 | pass 2024-02-29
        2024-02-29 valid until 2028-02-29

six months from a pass on the last of August end with February
    half-yearly | post 2025-01-06 | pass 2025-08-31
        2025-08-31 valid until 2026-02-28

where once is enough a pass has no end
    once | post 2020-01-06 | pass 2020-02-01
        2026-01-01 valid

a pass from before the start counts
    yearly | post 2026-01-05 | pass 2025-12-01
        2026-01-04 passed
        2026-01-05 valid until 2026-12-01

a pass that ended before the start leaves the first due day
    yearly | post 2026-01-05 | pass 2023-01-01
        2026-01-05 assigned by 2026-02-04 until 2024-01-01
        2026-02-05 lapsed by 2026-02-04 until 2024-01-01

a pass that ends before the first due day leaves that day
    rule within 12m every 6m | post 2026-01-05 | pass 2026-01-10
        2026-07-10 renew soon until 2026-07-10
        2026-07-11 assigned by 2027-01-05 until 2026-07-10

# Renewing

renewing in the window keeps the anniversary
    yearly | post 2025-01-06 | pass 2025-01-10 | pass 2025-12-20
        2025-12-20 valid until 2027-01-10

the first day of the window is in it
    yearly | post 2025-01-06 | pass 2025-01-10 | pass 2025-12-11
        2025-12-11 valid until 2027-01-10

renewing before the window counts from its own day
    yearly | post 2025-01-06 | pass 2025-01-10 | pass 2025-12-10
        2025-12-10 valid until 2026-12-10

renewing on the last day keeps the anniversary
    yearly | post 2025-01-06 | pass 2025-01-10 | pass 2026-01-10
        2026-01-10 valid until 2027-01-10

renewing late gains nothing
    yearly | post 2025-01-06 | pass 2025-01-10 | pass 2026-02-01
        2026-01-31 lapsed by 2026-01-10 until 2026-01-10
        2026-02-01 valid until 2027-02-01

two passes on one day carry on once
    yearly | post 2025-01-06 | pass 2025-01-10 | pass 2025-12-20 | pass 2025-12-20
        2025-12-20 valid until 2027-01-10

a second pass in the window adds nothing
    yearly | post 2025-01-06 | pass 2025-01-10 | pass 2025-12-20 | pass 2026-01-05
        2026-01-05 valid until 2027-01-10

month ends do not drift
    half-yearly | post 2025-01-06 | pass 2025-08-31 | pass 2026-02-10
        2026-02-10 valid until 2026-08-31

month ends do not drift in the third term either
    half-yearly | post 2025-01-06 | pass 2025-08-31 | pass 2026-02-10 | pass 2026-08-15
        2026-08-15 valid until 2027-02-28

the anniversary of leap day comes back
    yearly | post 2024-01-08 | pass 2024-02-29 | pass 2025-02-10 | pass 2026-02-10 |
    pass 2027-02-10
        2026-02-10 valid until 2027-02-28
        2027-02-10 valid until 2028-02-29

one pass more costs no day, although it comes after the month was clipped
    half-yearly | post 2025-01-06 | pass 2025-08-31 | pass 2026-02-27
        2026-02-27 valid until 2026-08-31

# Recognised learning

recognised learning counts from the day it was learned
    yearly | post 2026-01-05 | learned 2025-11-01
        2026-01-05 valid until 2026-11-01

recognised learning does not count before it was learned
    yearly | post 2026-01-05 | learned 2026-01-20
        2026-01-19 assigned by 2026-02-04
        2026-01-20 valid until 2027-01-20

recognised learning ends on its own end if that is earlier
    yearly | post 2026-01-05 | learned 2025-11-01 to 2026-06-30
        2026-01-05 valid until 2026-06-30
        2026-07-01 lapsed by 2026-06-30 until 2026-06-30

recognised learning lasts no longer than a pass would
    yearly | post 2026-01-05 | learned 2025-11-01 to 2028-01-01
        2026-01-05 valid until 2026-11-01

recognised learning without an end has none where once is enough
    once | post 2026-01-05 | learned 2025-11-01
        2030-01-01 valid

the own end of recognised learning holds where once is enough too
    once | post 2026-01-05 | learned 2025-11-01 to 2026-06-30
        2026-06-30 renew soon until 2026-06-30
        2026-07-01 lapsed by 2026-06-30 until 2026-06-30

a pass in the window before its own end carries recognised learning on from the day it was learned
    yearly | post 2026-01-05 | learned 2025-11-01 to 2026-06-30 | pass 2026-06-10
        2026-06-09 renew soon until 2026-06-30
        2026-06-10 valid until 2027-11-01

the window of recognised learning lies before its own end
    yearly | post 2026-01-05 | learned 2025-11-01 to 2026-06-30 | pass 2026-05-30
        2026-05-30 valid until 2027-05-30

and a day later it is in the window
    yearly | post 2026-01-05 | learned 2025-11-01 to 2026-06-30 | pass 2026-05-31
        2026-05-31 valid until 2027-11-01

after its own end recognised learning is carried on no more
    yearly | post 2026-01-05 | learned 2025-11-01 to 2026-06-30 | pass 2026-07-01
        2026-07-01 valid until 2027-07-01

the month of recognised learning that is carried on ends once
    half-yearly | post 2025-01-06 | learned 2025-08-31 to 2026-01-31 | pass 2026-01-15
        2026-01-15 valid until 2026-08-31

recognised learning is carried on again and again from one day
    half-yearly | post 2025-01-06 | learned 2025-08-31 to 2026-01-31 | pass 2026-01-15 |
    pass 2026-08-15
        2026-08-15 valid until 2027-02-28

recognised learning in the window of recognised learning carries it on
    yearly | post 2025-01-06 | learned 2025-11-01 to 2026-06-30 | learned 2026-06-10 to 2026-09-30
        2026-06-10 valid until 2027-11-01

recognised learning in the window of a pass carries it on, whatever its own end
    yearly | post 2024-01-08 | pass 2025-01-10 | learned 2026-01-05 to 2026-03-31
        2026-01-05 valid until 2027-01-10

recognised learning that is carried on from its own end after a pause may be valid longer
    rule every 1m window 15d | post 2025-01-01 | learned 2025-01-05 to 2025-02-03 |
    pause 2025-01-22..2025-02-20 | pass 2025-03-01
        2025-03-01 valid until 2025-04-05

recognised learning that was over before it was learned costs no day
    yearly | post 2025-01-06 | pass 2025-01-10 | learned 2026-02-01 to 2025-06-30
        2026-02-02 lapsed by 2026-01-10 until 2026-01-10

recognised learning that is not asked for is no pass
    learned 2025-11-01
        2026-01-05 not required

# A changed rule

who is lapsed under a stricter rule has its grace
    yearly changed 2026-03-02 | post 2024-01-08 | pass 2024-06-01
        2026-03-02 assigned by 2026-03-30 until 2025-06-01
        2026-03-31 lapsed by 2026-03-30 until 2025-06-01

who must start sooner under a stricter rule has its grace
    yearly changed 2026-03-02 | post 2026-01-05
        2026-03-02 assigned by 2026-03-30

a changed rule does not touch who starts later
    yearly changed 2026-03-02 | post 2026-06-01
        2026-06-01 assigned by 2026-07-01

who is valid under the changed rule is valid
    yearly changed 2026-03-02 | post 2024-01-08 | pass 2025-12-01
        2026-03-02 valid until 2026-12-01
        2026-12-02 lapsed by 2026-12-01 until 2026-12-01

# Two requirements

of two requirements the worse and the earlier count
    yearly | rule within 6m every 36m | post 2025-01-06 | pass 2025-01-10
        2025-01-10 valid until 2026-01-10
        2026-01-11 lapsed by 2026-01-10 until 2026-01-10

of two first due days the earlier counts
    rule within 60d | rule within 30d | post 2026-01-05
        2026-01-05 assigned by 2026-02-04

a second requirement may make one renew sooner
    rule within 30d every 12m window 60d | rule within 30d every 12m window 10d |
    post 2026-01-05 | pass 2026-01-10
        2026-11-10 valid until 2027-01-10
        2026-11-11 renew soon until 2027-01-10

lapsed is shown before overdue, with the earlier day
    yearly | post 2025-01-06 | pass 2025-01-10 | request 2026-01-02 by 2026-01-05
        2026-01-10 overdue by 2026-01-05 until 2026-01-10
        2026-01-11 lapsed by 2026-01-05 until 2026-01-10

# Pauses and exemptions

a pause is shown while it lasts
    yearly | post 2026-01-05 | pause 2026-01-15..2026-02-28
        2026-01-14 assigned by 2026-03-21
        2026-01-15 paused
        2026-02-28 paused

the days of a pause do not count
    yearly | post 2026-01-05 | pause 2026-01-15..2026-02-28
        2026-03-01 assigned by 2026-03-21

of a pause from before the start, days after the start do not count
    yearly | post 2026-01-05 | pause 2025-12-01..2026-01-14
        2026-01-15 assigned by 2026-02-13

a pause that begins on the due day moves it
    yearly | post 2026-01-05 | pause 2026-02-04..2026-02-10
        2026-02-11 due soon by 2026-02-11

a due day that is past when the pause begins stays
    yearly | post 2026-01-05 | pause 2026-02-05..2026-02-28
        2026-03-01 overdue by 2026-02-04

a pause recorded afterwards moves the due day as well
    yearly | post 2026-01-05 | pause 2026-01-15..2026-02-28 made 2026-03-05
        2026-03-05 assigned by 2026-03-21

a day that is covered twice is left out once
    yearly | post 2026-01-05 | pause 2026-01-15..2026-01-24 | exempt 2026-01-20..2026-01-29
        2026-01-30 assigned by 2026-02-19

a pause may move the due day into the next
    yearly | post 2026-01-05 | pause 2026-01-26..2026-02-04 | pause 2026-02-10..2026-02-14
        2026-02-05 due soon by 2026-02-19
        2026-02-15 due soon by 2026-02-19

who starts in a pause under a rule without time is due on the first day back
    rule within 0d | post 2026-01-05 | pause 2026-01-05..2026-01-09
        2026-01-10 due soon by 2026-01-10

a pause moves validity on
    yearly | post 2026-01-05 | pass 2026-01-10 | pause 2026-03-01..2026-08-31
        2026-09-01 valid until 2027-07-13

a pause after the end of validity does not bring it back
    yearly | post 2025-01-06 | pass 2025-01-10 | pause 2026-02-01..2026-02-28
        2026-03-01 lapsed by 2026-01-10 until 2026-01-10

a pause moves the anniversary too
    yearly | post 2025-01-06 | pass 2025-01-10 | pause 2025-03-01..2025-03-31 | pass 2026-01-20
        2026-01-19 renew soon until 2026-02-10
        2026-01-20 valid until 2027-02-10

a pause moves the own end of recognised learning
    yearly | post 2025-01-06 | learned 2025-01-10 to 2025-06-30 | pause 2025-03-01..2025-03-31
        2025-04-01 valid until 2025-07-31

a pause moves a rule's grace
    yearly saved 2026-03-02 | post 2019-05-01 | pause 2026-03-10..2026-03-19
        2026-03-20 assigned by 2026-04-09

a pause of years ago does not move a new rule's grace
    yearly saved 2026-03-02 | post 2019-05-01 | pause 2022-01-01..2022-12-31
        2026-03-02 assigned by 2026-03-30

an exemption is shown while it lasts, and its days do not count
    yearly | post 2026-01-05 | exempt 2026-01-15..2026-02-28
        2026-02-28 exempt
        2026-03-01 assigned by 2026-03-21

an exemption without an end lasts
    yearly | post 2026-01-05 | exempt 2026-01-15
        2026-01-14 assigned by 2026-02-04
        2036-01-15 exempt

a pause is shown before an exemption
    yearly | post 2026-01-05 | exempt 2026-01-15 | pause 2026-01-20..2026-01-22
        2026-01-19 exempt
        2026-01-20 paused
        2026-01-23 exempt

a pause is shown although nothing is asked
    pause 2026-01-15..2026-02-28
        2026-01-15 paused
        2026-03-01 not required

a pause granted after a request moves its day
    request 2026-01-05 by 2026-01-31 | pause 2026-01-15..2026-02-28 made 2026-01-15
        2026-03-01 assigned by 2026-03-17

a request in knowledge of a pause keeps its day
    pause 2026-01-15..2026-02-28 made 2026-01-02 | request 2026-01-05 by 2026-03-20
        2026-03-01 assigned by 2026-03-20

# Extensions

an extension moves the due day to its own, from the day it is made
    yearly | post 2026-01-05 | extend 2026-01-20 to 2026-03-01
        2026-01-19 assigned by 2026-02-04
        2026-01-20 assigned by 2026-03-01
        2026-03-02 overdue by 2026-03-01

an extension mends what is overdue
    yearly | post 2026-01-05 | extend 2026-02-20 to 2026-03-01
        2026-02-19 overdue by 2026-02-04
        2026-02-20 due soon by 2026-03-01

an extension to an earlier day takes no time away
    yearly | post 2026-01-05 | extend 2026-01-10 to 2026-01-20
        2026-01-10 assigned by 2026-02-04

of two extensions the later day counts
    yearly | post 2026-01-05 | extend 2026-01-10 to 2026-04-01 |
    extend 2026-01-12 to 2026-03-01
        2026-01-12 assigned by 2026-04-01

an extension moves a request made before it
    request 2026-01-15 by 2026-02-15 | extend 2026-01-20 to 2026-06-30
        2026-01-20 assigned by 2026-06-30

an extension does not touch a request made after it
    extend 2026-01-10 to 2026-06-30 | request 2026-01-15 by 2026-02-15
        2026-01-15 assigned by 2026-02-15

an extension does not touch a post begun after it
    yearly | extend 2026-01-01 to 2026-06-30 | post 2026-01-05
        2026-01-05 assigned by 2026-02-04

an extension in the window moves the renewal
    yearly | post 2025-01-06 | pass 2025-01-10 | extend 2025-12-20 to 2026-02-10
        2026-01-10 renew soon until 2026-01-10
        2026-01-11 assigned by 2026-02-10 until 2026-01-10
        2026-02-11 lapsed by 2026-02-10 until 2026-01-10

an extension outlives a move
    yearly | post 2026-01-05..2026-02-01 | extend 2026-01-20 to 2026-05-31 | post 2026-02-02
        2026-02-02 assigned by 2026-05-31

a pause granted after an extension moves its day
    yearly | post 2026-01-05 | extend 2026-01-20 to 2026-03-31 |
    pause 2026-03-01..2026-05-31 made 2026-02-15
        2026-06-01 assigned by 2026-07-01

an extension in the midst of a pause keeps its day
    yearly | post 2026-01-05 | pause 2026-01-15..2026-05-31 made 2026-01-15 |
    extend 2026-03-15 to 2026-06-30
        2026-06-01 assigned by 2026-06-30

# No duty

who never took it and is not asked has nothing to do
    post 2026-01-05
        2026-01-05 not required

a pass of long ago is a pass
    post 2026-01-05 | pass 2011-10-01
        2011-09-30 not required
        2026-01-05 passed
"""


def cases():
    """Each paragraph of the table: its sentence, its history, and a day and what it finds."""
    for paragraph in TABLE.split("\n\n"):
        name, *lines = paragraph.splitlines()
        if lines:
            history = " ".join(line for line in lines if not line.startswith(" " * 8))
            follows = [line.split() for line in lines if line.startswith(" " * 8)]
            assert follows, f"Nothing is said to follow where {name}."
            yield pytest.param(history, [found(*words) for words in follows], id=name)


def found(on, *words):
    """Such as `2026-01-05 due soon by 2026-02-04 until 2025-06-01`."""
    split = next((n for n, word in enumerate(words) if word in ("by", "until")), len(words))
    days = dict(zip(words[split::2], words[split + 1 :: 2], strict=True))
    return day(on), State("-".join(words[:split])), day(days.get("by")), day(days.get("until"))


def facts(history):
    """The facts that a history tells; the ids of rules and requests are their numbers in it."""
    told = defaultdict(list)
    for number, fact in enumerate(history.split("|"), 1):
        kind, *words = fact.split()
        first, _, last = (words.pop(0) if kind not in RULES else "").partition("..")
        more = dict(zip(words[::2], words[1::2], strict=True))
        if kind in RULES:
            told["requirements"].append(rule(number, **{**RULES[kind], **more}))
        elif kind == "post":
            told["posts"].append(post(first, last, **more))
        elif kind == "request":
            days = day(first), day(more["by"]), day(more.get("withdrawn"))
            told["requests"].append(Request(UUID(int=number), *days))
        elif kind in GRANTED:
            made_on, ends_on = more.get("made", first), last or more.get("to")
            days = day(made_on), day(first), day(ends_on)
            told["dispensations"].append(Dispensation(GRANTED[kind], *days))
        else:
            told[DAYS[kind]].append(day(first))
    given: dict[str, Any] = {name: tuple(each) for name, each in told.items()}
    for name in given.keys() & {"left_on", "guest_until"}:
        (given[name],) = given[name]
    return Facts(**given)


GRANTED = {
    "pause": DispensationKind.PAUSE,
    "exempt": DispensationKind.EXEMPTION,
    "extend": DispensationKind.EXTENSION,
    "learned": DispensationKind.LEARNING,
}
DAYS = {"pass": "passes", "left": "left_on", "guest": "guest_until"}


def day(words):
    return date.fromisoformat(words) if words else None


def rule(number, within="0d", every="", saved="2020-01-01", **more):
    return Requirement(
        id=UUID(int=number),
        unit=more.get("unit", "North"),
        job=more.get("job", ""),
        saved_on=day(saved),
        in_force_from=day(more.get("from", saved)),
        in_force_to=day(more.get("to")),
        changed_on=day(more.get("changed")),
        within_days=int(within[:-1]) if within.endswith("d") else 0,
        within_months=int(within[:-1]) if within.endswith("m") else 0,
        every_months=int(every[:-1]) if every else None,
        window_days=int(more.get("window", "0d")[:-1]),
        grace_days=int(more.get("grace", "0d")[:-1]),
    )


def post(first, last, unit="North/Council/Team", job="nurse", recorded=""):
    return Post(unit, job, day(first), day(last), day(recorded or first))


@pytest.mark.parametrize(("history", "follows"), list(cases()))
def test_standing_follows_from_the_history(history, follows):
    told = [(on, standing(facts(history), on)) for on, *_ in follows]

    assert [(on, s.state, s.due_on, s.valid_until) for on, s in told] == follows


@pytest.mark.parametrize(("history", "follows"), list(cases()))
def test_the_dates_cached_on_a_day_tell_the_later_ones_up_to_which_they_hold(history, follows):
    dates = cached_dates(facts(history), follows[0][0])

    for on, state, due_on, _ in follows:
        if on <= dates.holds_to:
            assert (state_from_dates(dates, on), due_from_dates(dates, on, state)) == (
                state,
                due_on,
            )


def test_duties_say_what_asks_and_how_it_stands_the_worst_first():
    told = facts(
        "yearly | once | post 2025-01-06 | pass 2025-01-10"
        " | request 2026-01-02 by 2026-02-28 | request 2026-01-02 by 2026-01-30"
    )

    found = standing(told, date(2026, 1, 20))

    assert [(d.requirement_id or d.request_id).int for d in found.duties] == [1, 6, 5, 2]
    assert [d.state.words for d in found.duties] == ["Lapsed", "Due soon", "Assigned", "Valid"]
    assert [d.due_on for d in found.duties] == [
        date(2026, 1, 10),
        date(2026, 1, 30),
        date(2026, 2, 28),
        None,
    ]
    assert [d.valid_until for d in found.duties] == [date(2026, 1, 10), None, None, None]
    assert [d.made_on for d in found.duties] == [
        date(2025, 1, 6),
        date(2026, 1, 2),
        date(2026, 1, 2),
        date(2025, 1, 6),
    ]


@pytest.mark.parametrize(
    ("history", "until"),
    [
        ("pause 2026-01-15..2026-02-28", date(2026, 2, 28)),
        ("pause 2026-01-15..2026-02-28 | pause 2026-03-01..2026-03-05", date(2026, 3, 5)),
        ("exempt 2026-01-15..2026-02-28", date(2026, 2, 28)),
        ("exempt 2026-01-15", None),
        ("pause 2026-03-01..2026-03-05", None),
    ],
)
def test_a_pause_or_exemption_tells_its_last_day_and_what_waits_behind_it(history, until):
    found = standing(facts(f"yearly | post 2026-01-05 | {history}"), date(2026, 1, 20))

    assert found.until == until
    assert [duty.requirement_id for duty in found.duties] == [UUID(int=1)]


def test_states_read_as_words_and_rank_by_what_they_ask():
    assert [state.words for state in State] == [
        "Paused",
        "Exempt",
        "Lapsed",
        "Overdue",
        "Due soon",
        "Assigned",
        "Renew soon",
        "Valid",
        "Passed",
        "Not required",
    ]
    assert [state.rank for state in State] == [0, 0, 5, 5, 4, 3, 2, 1, 0, 0]


def test_the_changes_to_come_are_told_one_after_another():
    told = facts("yearly | post 2026-01-05..2027-12-31 | pass 2026-02-10")
    days = [date(2026, 1, 1)]

    while on := next_change(told, days[-1]):
        days.append(on)

    assert [f"{on} {standing(told, on).state.words}" for on in days[1:]] == [
        "2026-01-05 Assigned",
        "2026-01-21 Due soon",
        "2026-02-05 Overdue",
        "2026-02-10 Valid",
        "2027-01-11 Renew soon",
        "2027-02-11 Lapsed",
        "2028-01-01 Passed",
    ]


def test_segments_tell_the_whole_calendar():
    told = facts("yearly | post 2026-01-05 | pass 2026-02-10 | pause 2026-03-01..2026-03-31")

    found = segments(told)

    assert [(s.first.isoformat(), s.state.words) for s in found] == [
        ("0001-01-01", "Not required"),
        ("2026-01-05", "Assigned"),
        ("2026-01-21", "Due soon"),
        ("2026-02-05", "Overdue"),
        ("2026-02-10", "Valid"),
        ("2026-03-01", "Paused"),
        ("2026-04-01", "Valid"),
        ("2027-02-11", "Renew soon"),
        ("2027-03-14", "Lapsed"),
    ]
    assert [s.valid_until for s in found[-3:]] == [date(2027, 3, 13)] * 3
    assert all(s.last + timedelta(1) == t.first for s, t in itertools.pairwise(found))
    assert found[-1].last == FOREVER


def test_a_fact_that_changes_nothing_begins_no_segment():
    told = facts("yearly | post 2026-01-05 | extend 2026-01-10 to 2026-01-31")

    assert [s.first for s in segments(told)] == [
        date.min,
        date(2026, 1, 5),
        date(2026, 1, 21),
        date(2026, 2, 5),
    ]


def test_an_exemption_without_an_end_is_the_last_change():
    told = facts("yearly | post 2026-01-05 | exempt 2026-01-15")

    assert next_change(told, date(2026, 1, 14)) == date(2026, 1, 15)
    assert standing(told, date(2036, 1, 1)).state is State.EXEMPT
    assert segments(told)[-1].last == FOREVER


def test_cached_dates_need_nothing_more_from_a_pass_to_long_after_it_lapsed():
    told = facts("yearly | post 2026-01-05 | pass 2026-02-10")

    assert cached_dates(told, date(2026, 2, 10)) == Dates(
        lapses_after=date(2027, 2, 10),
        renew_from=date(2027, 1, 11),
        valid_until=date(2027, 2, 10),
        passed_on=date(2026, 2, 10),
    )


def test_cached_dates_hold_until_something_begins_or_ends_to_count():
    told = facts("yearly | post 2026-01-05..2026-06-30 | pause 2026-02-01..2026-02-05")

    assert cached_dates(told, date(2026, 1, 5)) == Dates(
        holds_to=date(2026, 6, 30),
        paused_from=date(2026, 2, 1),
        paused_to=date(2026, 2, 5),
        due_on=date(2026, 2, 9),
    )


def row(**days: Any):
    return Dates(**days)


def test_the_database_tells_states_by_the_same_comparisons():
    on = date(2026, 6, 1)
    days = [None, *(on + timedelta(n) for n in (-1, 0, 1, 14, 15)), FOREVER]
    names = [name for _, bounds in RANGES for name in dict.fromkeys(b.name for b in bounds)]
    pairs = itertools.combinations(dict.fromkeys(names), 2)
    rows = [row(**{one: a, other: b}) for one, other in pairs for a in days for b in days]
    cache = Table("cache", MetaData(), *(Column(f.name, Date) for f in fields(Dates)))
    ranges = [
        (and_(true(), *(b.compare(cache.c[b.name], b.limit(on)) for b in bounds)), state.value)
        for state, bounds in RANGES
    ]

    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        cache.create(connection)
        connection.execute(insert(cache), [asdict(each) for each in rows])
        told = connection.scalars(select(case(*ranges)).order_by(text("rowid"))).all()
    engine.dispose()

    assert told == [state_from_dates(each, on) for each in rows]
    assert {*told} == {*State}
