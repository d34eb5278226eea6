"""What in a people file may be a slip: nothing is wrong with it, but somebody should look first.

A spreadsheet that cut the zeros off a number makes two people of one; a number given to somebody
new makes one person of two. Either takes evidence away from whom it belongs to.
"""

from collections.abc import Iterable, Iterator, Mapping

from quizbot.people.file.reading import Doubt, Fault
from quizbot.people.file.sheet import Sheet
from quizbot.words import plain_letters

MOST_IN_RING = 6  # people of a ring who are named


def name_key(name: str | None) -> str:
    """A name as people would call it the same: without accents, commas, capitals or order."""
    letters = plain_letters(name or "")
    return " ".join(sorted("".join(c if c.isalnum() else " " for c in letters).split()))


def number_key(staff_ref: str | None) -> str:
    """A staff number without what spreadsheets and typists change: zeros in front, dashes."""
    return "".join(c for c in (staff_ref or "").casefold() if c.isalnum()).lstrip("0")


def find_doubts(sheet: Sheet) -> None:
    """Note all of them on the sheet: there may be as many as lines."""
    sheet.sql.create_function("name_key", 1, name_key, deterministic=True)
    sheet.sql.create_function("number_key", 1, number_key, deterministic=True)
    for doubts in (_twins(sheet), _renamed(sheet), _handed_on(sheet), _rings(sheet)):
        sheet.add_doubts(doubts)


# Every comparison is by an index: a file may hold a hundred thousand people of one name.
_TO_COMPARE = """
CREATE TABLE joiner AS SELECT becomes.person AS person, becomes.name AS name, becomes.ref AS ref,
    MIN(line.line) AS line, name_key(becomes.name) AS name_key,
    number_key(becomes.ref) AS number_key
    FROM becomes JOIN line ON line.person = becomes.person AND line.is_bad = 0
    WHERE NOT becomes.is_known GROUP BY becomes.person;
CREATE TABLE starting AS SELECT joiner.person AS person, joiner.line AS line,
    joiner.name_key AS name_key, line.unit_key AS unit_key, folded(line.job) AS job,
    line.starts_on AS starts_on
    FROM joiner JOIN line ON line.person = joiner.person AND line.is_bad = 0;
CREATE TABLE other AS SELECT id AS person, ref IS NULL AS has_no_number, gone.person IS NOT NULL
    AS goes, name_key(name) AS name_key, number_key(ref) AS number_key
    FROM known LEFT JOIN gone ON gone.person = known.id;
CREATE TABLE holding AS SELECT other.person AS person, other.name_key AS name_key,
    held.unit_key AS unit_key, held.starts_on AS starts_on
    FROM other JOIN held ON held.person = other.person;
CREATE INDEX other_number ON other (number_key);
CREATE INDEX other_name ON other (name_key, goes, has_no_number);
CREATE INDEX holding_unit ON holding (name_key, unit_key);
CREATE INDEX holding_start ON holding (name_key, starts_on);
CREATE TABLE twin AS
    SELECT joiner.line AS line, other.person AS person FROM joiner
        JOIN other ON other.number_key = joiner.number_key WHERE joiner.number_key != ''
    UNION SELECT joiner.line, (SELECT person FROM other WHERE other.name_key = joiner.name_key
        AND goes LIMIT 1) FROM joiner
    UNION SELECT joiner.line, (SELECT person FROM other WHERE other.name_key = joiner.name_key
        AND NOT goes AND has_no_number LIMIT 1) FROM joiner
    UNION SELECT joiner.line, (SELECT person FROM other WHERE other.name_key = joiner.name_key
        LIMIT 1) FROM joiner WHERE joiner.ref IS NULL
    UNION SELECT line, (SELECT person FROM holding WHERE holding.name_key = starting.name_key
        AND holding.unit_key = starting.unit_key LIMIT 1) FROM starting
    UNION SELECT line, (SELECT person FROM holding WHERE holding.name_key = starting.name_key
        AND holding.starts_on = starting.starts_on LIMIT 1) FROM starting
"""
_TWINS = """
SELECT twin.line, known.name, known.ref, known.left_on, gone.person IS NOT NULL FROM twin
    JOIN known ON known.id = twin.person LEFT JOIN gone ON gone.person = twin.person
"""
# Of several new people with one number but for zeros, or one name and the same post: all but one.
_TWINS_OF_FILE = """
SELECT joiner.line, (SELECT name FROM joiner a WHERE a.line = first), (SELECT ref FROM joiner a
    WHERE a.line = first), first FROM joiner JOIN (
        SELECT number_key, MIN(line) AS first FROM joiner WHERE number_key != ''
        GROUP BY number_key HAVING COUNT(*) > 1
    ) AS many ON many.number_key = joiner.number_key WHERE joiner.line != first
UNION
SELECT starting.line, (SELECT name FROM joiner a WHERE a.line = first), (SELECT ref FROM joiner a
    WHERE a.line = first), first FROM starting JOIN (
        SELECT name_key, unit_key, job, starts_on, MIN(line) AS first FROM starting
        GROUP BY 1, 2, 3, 4 HAVING COUNT(DISTINCT person) > 1
    ) AS many ON many.name_key = starting.name_key AND many.unit_key = starting.unit_key
        AND many.job = starting.job AND many.starts_on = starting.starts_on
    WHERE starting.line != first
"""


def _twins(sheet: Sheet) -> Iterator[Doubt]:
    """Somebody new who may be somebody known."""
    if not sheet.count("SELECT EXISTS (SELECT 1 FROM becomes WHERE has_lines AND NOT is_known)"):
        return
    for statement in (*_TO_COMPARE.split(";"), "CREATE INDEX joiner_line ON joiner (line)"):
        sheet.sql.execute(statement)
    for line, name, ref, left_on, goes in sheet.all(_TWINS):
        who = f"{name} ({ref or 'without a number'})"
        if goes:
            known = f"{who}, who would leave by this file"
        elif left_on:
            known = f"{who}, who left on {left_on}"
        else:
            known = f"{who}, who is here"
        words = (
            f"would be somebody new, and may be {known}. If so, write the number as it is there;"
            " if these are two people, confirm"
        )
        yield Doubt(Fault(line, "staff_ref", words))
    for line, name, ref, first in sheet.all(_TWINS_OF_FILE):
        words = (
            f"would be somebody new, as would {name} ({ref or 'without a number'}) on line"
            f" {first}: if it is one person, write one number; if these are two, confirm"
        )
        yield Doubt(Fault(line, "staff_ref", words))


def _renamed(sheet: Sheet) -> Iterator[Doubt]:
    """A record that would be called otherwise, so much that it may be somebody else's."""
    rows = sheet.all(
        "SELECT MIN(line.line), known.name, becomes.name, becomes.ref,"
        " known.email IS NOT NULL AND becomes.email IS NOT NULL AND becomes.email != known.email"
        " FROM becomes JOIN known ON known.id = becomes.person"
        " JOIN line ON line.person = becomes.person AND line.is_bad = 0"
        " WHERE name_key(becomes.name) != name_key(known.name) GROUP BY becomes.person"
    )
    for line, before, after, ref, is_readdressed in rows:
        old, new = set(name_key(before).split()), set(name_key(after).split())
        if old <= new or new <= old or (old & new and not is_readdressed):
            continue  # a marriage, a middle name, a nickname
        number = f"{ref} is {before} here" if ref else f"this address is {before}’s here"
        words = (
            f"{number}, and {after} on this line. All that {before} has shown would be {after}’s:"
            " if this is somebody else, give them a number of their own; if it is one person,"
            " confirm"
        )
        yield Doubt(Fault(line, "name", words))


def _handed_on(sheet: Sheet) -> Iterator[Doubt]:
    """The address of somebody who has left, given to another."""
    rows = sheet.all(
        "SELECT MIN(line.line), known.name, known.ref, known.left_on, line.name FROM gives_up"
        " JOIN known ON known.id = gives_up.person"
        " JOIN line ON line.email = gives_up.email AND line.is_bad = 0 GROUP BY gives_up.person"
    )
    for line, name, ref, left_on, to in rows:
        who = f"{name} ({ref or 'without a number'})"
        words = (
            f"is the address of {who}, who left on {left_on}. If {to} has it now, confirm: it goes"
            f" from {name}’s record, which keeps all else. If this is {name}, who is back, write"
            " the number as it is there"
        )
        yield Doubt(Fault(line, "email", words))


def _rings(sheet: Sheet) -> Iterator[Doubt]:
    """People who manage each other in a ring, each ring once, where the file speaks of one."""
    today = sheet.today.isoformat()
    edges: dict[bytes, set[bytes]] = {}
    line_of: dict[bytes, int] = {}
    rows = sheet.all(
        "SELECT person, manager_person, line FROM line WHERE is_bad = 0 AND person IS NOT NULL"
        " AND manager_person IS NOT NULL ORDER BY line"
    )
    for person, manager, line in rows:
        edges.setdefault(person, set()).add(manager)
        line_of.setdefault(person, line)
    held = sheet.all(
        "SELECT person, manager FROM held WHERE manager IS NOT NULL"
        " AND (ends_on IS NULL OR ends_on >= ?)"
        " AND (? = 0 OR person NOT IN (SELECT person FROM line WHERE person IS NOT NULL))"
        " AND person NOT IN (SELECT person FROM gone)",
        (today, int(sheet.tells_manager)),
    )
    for person, manager in held:
        edges.setdefault(person, set()).add(manager)
    for ring in rings(edges):
        lines = sorted(line_of[person] for person in ring if person in line_of)
        if not lines:
            continue
        names = [_name(sheet, person) for person in ring[:MOST_IN_RING]]
        more = f" and {len(ring) - MOST_IN_RING} more" if len(ring) > MOST_IN_RING else ""
        words = f"a ring of managers, each under the next: {', '.join(names)}{more}"
        yield Doubt(Fault(lines[0], "manager", words), must_be_confirmed=False)


def rings(edges: Mapping[bytes, Iterable[bytes]]) -> list[list[bytes]]:
    """Groups in which everybody is, through others, above everybody; each in its own order.

    Tarjan's strongly connected components, without recursion: a chain may be long.
    """
    found: list[list[bytes]] = []
    index: dict[bytes, int] = {}
    low: dict[bytes, int] = {}
    stack: list[bytes] = []
    waiting: set[bytes] = set()
    for root in edges:
        if root in index:
            continue
        work = [(root, iter(edges.get(root, ())))]
        index[root] = low[root] = len(index)
        stack.append(root)
        waiting.add(root)
        while work:
            one, above = work[-1]
            for chief in above:
                if chief not in index:
                    index[chief] = low[chief] = len(index)
                    stack.append(chief)
                    waiting.add(chief)
                    work.append((chief, iter(edges.get(chief, ()))))
                    break
                if chief in waiting:
                    low[one] = min(low[one], index[chief])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[one])
                if low[one] == index[one]:
                    ring: list[bytes] = []
                    while not ring or ring[-1] != one:
                        ring.append(stack.pop())
                        waiting.discard(ring[-1])
                    if len(ring) > 1:
                        found.append(ring[::-1])
    return found


def _name(sheet: Sheet, person: bytes) -> str:
    row = sheet.all("SELECT name FROM becomes WHERE person = ?", (person,)).fetchone()
    return str(row[0]) if row else "somebody unknown"
