"""Whom each line of a people file means, and what is wrong when lines are held side by side."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from quizbot.access import GUEST, is_below
from quizbot.people.file.reading import Fault
from quizbot.people.file.sheet import Sheet

MEND = "Mend it, or have units made that are not there yet."
ROUNDS = 30  # a manager left out, whose people are left out, and so on

_IDENTIFY = """
-- An address without a number, where another line of the file gives both: the same person.
UPDATE line SET ref = (SELECT MIN(o.ref) FROM line o WHERE o.email = line.email)
    WHERE ref IS NULL;
-- A number is one whatever its capitals; the very spelling goes first, should two be kept already.
UPDATE line SET person = COALESCE(
    (SELECT id FROM known WHERE folded(ref) = folded(line.ref) AND ref = line.ref),
    (SELECT MIN(id) FROM known WHERE folded(ref) = folded(line.ref)));
UPDATE line SET person = (SELECT id FROM known WHERE known.email = line.email
    AND (known.ref IS NULL OR line.ref IS NULL)) WHERE person IS NULL;
CREATE TABLE fresh AS SELECT who, new_id() AS id FROM
    (SELECT DISTINCT COALESCE('r' || folded(ref), 'e' || email) AS who FROM line
     WHERE person IS NULL AND COALESCE(ref, email) IS NOT NULL);
CREATE UNIQUE INDEX fresh_who ON fresh (who);
UPDATE line SET person = (SELECT id FROM fresh
    WHERE who = COALESCE('r' || folded(ref), 'e' || email)) WHERE person IS NULL;
CREATE INDEX line_person ON line (person, line);
CREATE TABLE becomes (person PRIMARY KEY, name, email, ref, starts_on, has_lines, is_known)
    WITHOUT ROWID;
CREATE INDEX becomes_email ON becomes (email);
CREATE INDEX becomes_ref ON becomes (folded(ref));
CREATE TABLE gone (person PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE gives_up (person PRIMARY KEY, email) WITHOUT ROWID;
"""

_BECOME = """
DELETE FROM becomes;
INSERT INTO becomes SELECT person, MIN(name), MIN(email), MIN(ref), MIN(starts_on), 1, 0 FROM line
    WHERE is_bad = 0 AND person IS NOT NULL GROUP BY person;
INSERT INTO becomes SELECT id, name, email, ref, NULL, 0, 1 FROM known WHERE true
    ON CONFLICT (person) DO UPDATE SET is_known = 1,
    name = COALESCE(becomes.name, excluded.name),
    email = COALESCE(becomes.email, excluded.email), ref = COALESCE(excluded.ref, becomes.ref);
UPDATE line SET manager_person = COALESCE(
    (SELECT person FROM becomes WHERE folded(ref) = folded(line.manager) AND ref = line.manager),
    (SELECT MIN(person) FROM becomes WHERE folded(ref) = folded(line.manager)),
    (SELECT person FROM becomes WHERE email = line.manager_email))
    WHERE manager IS NOT NULL AND is_bad = 0;
"""

# Known people who are not in a file that is complete for a unit where they hold a post.
_GONE = """
INSERT OR IGNORE INTO gone SELECT DISTINCT held.person FROM held
    JOIN known ON known.id = held.person
    WHERE held.is_within AND (held.ends_on IS NULL OR held.ends_on >= :today) AND NOT known.is_guest
    AND (known.left_on IS NULL OR known.left_on >= :today)
    AND NOT EXISTS (SELECT 1 FROM line WHERE line.person = held.person)
"""


# Leavers whose address a line gives to somebody else.
_GIVES_UP = """
SELECT known.id, known.email FROM known JOIN becomes ON becomes.person = known.id
    WHERE NOT becomes.has_lines AND known.left_on < :today AND EXISTS (SELECT 1 FROM line
    WHERE line.email = known.email AND line.is_bad = 0 AND line.person != known.id)
"""


@dataclass(frozen=True)
class Checks:
    """What an import may do, and the faults of its lines."""

    sheet: Sheet
    make_units: bool = False
    good_rows: bool = False
    over: tuple[str, ...] | None = None  # the units of a lead, folded; None for all

    def run(self) -> int:
        """Work out whom the lines mean; how many faults there are.

        A line with a fault is held against the others by its sound cells, so that nothing comes to
        light only when that fault is mended. Where only good lines are taken, the others then are
        left out, with all who rest on them.
        """
        sheet = self.sheet
        self._identify()
        if self.good_rows:
            self._hold_together(of_bad=True)
            sheet.mark_bad()
        for _ in range(ROUNDS):
            self._hold_together()
            if not self.good_rows or not sheet.mark_bad():
                break
        return sheet.count("SELECT COUNT(*) FROM fault")

    def again(self) -> None:
        """Hold the lines against each other once more, after some were left out."""
        self._hold_together()

    def _identify(self) -> None:
        """Whom each line means."""
        for statement in _statements(_IDENTIFY):
            self.sheet.sql.execute(statement)

    def _hold_together(self, *, of_bad: bool = False) -> None:
        """Hold the lines that are not left out against each other, and note what is wrong."""
        sheet = self.sheet
        for statement in _statements(_BECOME):
            sheet.sql.execute(statement)
        sheet.sql.execute(_GONE, {"today": sheet.today.isoformat()})
        self._hand_on()
        for check in (
            self._units, _contradictions, self._addresses, self._managers, _doubled, self._theirs,
        ):  # fmt: skip
            sheet.add_faults(check(sheet), of_bad=of_bad)

    def _hand_on(self) -> None:
        """An address of somebody who has left may be another's now: they give it up.

        Somebody has to confirm it; a lead does so only of people of their own units.
        """
        today = {"today": self.sheet.today.isoformat()}
        found = [
            (person, email)
            for person, email in self.sheet.all(_GIVES_UP, today).fetchall()
            if self.over is None or self._is_theirs(person)
        ]
        sql = self.sheet.sql
        sql.execute("DELETE FROM gives_up")
        sql.executemany("INSERT INTO gives_up VALUES (?, ?)", found)
        sql.execute("UPDATE becomes SET email = NULL WHERE person IN (SELECT person FROM gives_up)")

    def _units(self, sheet: Sheet) -> Iterator[Fault]:
        """Units that are not there, and may not be made or are not this lead's."""
        known = {key: (path, ended) for key, path, ended in
                 sheet.all("SELECT key, path, ended_on FROM unit")}  # fmt: skip
        live = [key for key, (_, ended_on) in known.items() if ended_on is None]
        asked = list(sheet.all("SELECT unit_key, MIN(unit) FROM line WHERE unit_key IS NOT NULL"
                               " AND is_bad = 0 GROUP BY 1"))  # fmt: skip
        for key, path in asked:
            words = self._unit_words(key, path, known, live)
            if words:
                lines = sheet.all("SELECT line FROM line WHERE unit_key = ? AND is_bad = 0", (key,))
                yield from (Fault(line, "unit", words) for (line,) in lines)
        guests = sheet.all("SELECT line FROM line WHERE folded(job) = ? AND is_bad = 0",
                           (GUEST.casefold(),))  # fmt: skip
        for (line,) in guests:
            yield Fault(line, "job", f"{GUEST!r} is for candidates: name the job")

    def _unit_words(
        self, key: str, path: str, known: dict[str, tuple[str, str | None]], live: list[str]
    ) -> str:
        if self.over is not None and not is_below(key, self.over):
            return f"{path!r} is not below a unit that you lead"
        if self.make_units or (key in known and known[key][1] is None):
            return ""
        if key in known:
            return f"{path!r} ended on {known[key][1]}. {MEND}"
        close = get_close_matches(key, live, n=1, cutoff=0.5) if len(live) <= 5000 else []
        hint = f": did you mean {known[close[0]][0]!r}?" if close else "."
        return f"{path!r} is not a unit{hint} {MEND}"

    def _addresses(self, sheet: Sheet) -> Iterator[Fault]:
        """Two people who would have one address."""
        shared = sheet.all("SELECT email, MIN(has_lines) FROM becomes WHERE email IS NOT NULL"
                           " GROUP BY email HAVING COUNT(*) > 1")  # fmt: skip
        for email, all_in_file in list(shared):
            lines = "SELECT line, person FROM line WHERE email = ? AND is_bad = 0 ORDER BY line"
            claims = list(sheet.all(lines, (email,)))
            first, second = _first_two(claims)
            for line, person in claims:
                other = second if person == first[1] else first
                whose = f"somebody else on line {other[0]}" if other else "somebody else here"
                how = "whose it is keeps it; for the other leave it empty, and print a sign-in slip"
                if not all_in_file and self._has_leaver(email):
                    whose += ", who has left"
                    how = "ask a lead of the units they were in to take it from their record"
                words = f"belongs to {whose}: one address, one person. So {how}"
                yield Fault(line, "email", words)

    def _has_leaver(self, email: str) -> bool:
        query = "SELECT EXISTS (SELECT 1 FROM known WHERE email = ? AND left_on < ?)"
        return bool(self.sheet.count(query, (email, self.sheet.today.isoformat())))

    def _managers(self, sheet: Sheet) -> Iterator[Fault]:
        """Managers who are nobody, the person themselves, or gone."""
        is_whole = not sheet.count("SELECT EXISTS (SELECT 1 FROM line WHERE person IS NULL)")
        rows = sheet.all(
            "SELECT line.line, line.manager, line.manager_person, line.person,"
            " known.left_on, known.is_guest, gone.person FROM line"
            " LEFT JOIN becomes ON becomes.person = line.manager_person"
            " LEFT JOIN known ON known.id = line.manager_person"
            " LEFT JOIN gone ON gone.person = line.manager_person"
            " WHERE line.manager IS NOT NULL AND line.is_bad = 0"
            " AND (becomes.has_lines IS NOT 1 OR line.manager_person = line.person)"
        )
        for line, manager, person, own, left_on, is_guest, gone in rows:
            words = ""
            if person is None:
                words = f"{manager!r} is in neither the file nor the database"
            elif person == own:
                words = "nobody is their own manager"
            elif left_on and left_on < sheet.today.isoformat():
                words = f"{manager!r} has left"
            elif is_guest:
                words = f"{manager!r} is a guest"
            elif gone and is_whole:
                words = f"{manager!r} is not in this file, which is said to be complete"
            if words:
                yield Fault(line, "manager", words)

    def _theirs(self, sheet: Sheet) -> Iterator[Fault]:
        """A lead gives a post to anybody, but renames only people of their own units."""
        if self.over is None:
            return
        closed = sheet.all("SELECT known.id, known.name FROM gone JOIN known ON known.id = person"
                           " WHERE person IN (SELECT person FROM granted)")  # fmt: skip
        for person, name in list(closed):
            if not self._is_theirs(person):
                words = "is not in this file, and has a post or role outside the units you lead"
                yield Fault(1, "", f"{name} {words}: ask a lead of all of them")
        for line, person, name, email, ref in sheet.all(
            "SELECT line.line, known.id, becomes.name IS NOT known.name,"
            " becomes.email IS NOT known.email, becomes.ref IS NOT known.ref"
            " FROM line JOIN known ON known.id = line.person"
            " JOIN becomes ON becomes.person = known.id WHERE line.is_bad = 0"
        ):
            title = "name" if name else "email" if email else "staff_ref" if ref else ""
            if title and not self._is_theirs(person):
                words = "is another here, and this person is not of the units that you lead"
                yield Fault(line, title, words)

    def _is_theirs(self, person: bytes) -> bool:
        held = "SELECT unit_key, ends_on IS NULL OR ends_on >= ? FROM held WHERE person = ?"
        posts = list(self.sheet.all(held, (self.sheet.today.isoformat(), person)))
        keys = [key for key, is_open in posts if is_open] or [key for key, _ in posts]
        keys += [key for (key,) in self.sheet.all("SELECT unit_key FROM granted WHERE person = ?",
                                                  (person,))]  # fmt: skip
        return all(is_below(key, self.over or ()) for key in keys)


Claim = tuple[int, bytes]


def _first_two(claims: Sequence[Claim]) -> tuple[Claim, Claim | None]:
    """The first line that claims a thing, and the first that claims it for somebody else."""
    first = claims[0] if claims else (0, b"")
    return first, next((claim for claim in claims if claim[1] != first[1]), None)


def _contradictions(sheet: Sheet) -> Iterator[Fault]:
    """Lines of one person that call them differently, or write their number in two ways."""
    otherwise = "is another than on line {} for the same person: write the right one on both"
    capitals = "differs by capitals alone from line {}: write it in one way"
    for title, column, who, compared, words in (
        ("name", "name", "person", "name", otherwise),
        ("email", "email", "person", "email", otherwise),
        ("staff_ref", "ref", "person", "folded(ref)", otherwise),
        ("staff_ref", "ref", "folded(ref)", "ref", capitals),
    ):
        given = f"FROM line WHERE is_bad = 0 AND {who} IS NOT NULL AND {column} IS NOT NULL"
        several = f"SELECT {who} {given} GROUP BY 1 HAVING COUNT(DISTINCT {compared}) > 1"
        for (one,) in list(sheet.all(several)):
            query = f"SELECT line, {compared} {given} AND {who} = ? ORDER BY line"
            claims = list(sheet.all(query, (one,)))
            first, second = _first_two(claims)
            for line, value in claims:
                other = second if value == first[1] else first
                yield Fault(line, title, words.format(other[0]) if other else "")


def _doubled(sheet: Sheet) -> Iterator[Fault]:
    """Two lines about one post: the second says nothing new, or both contradict each other."""
    groups = list(sheet.all(
        "SELECT person, unit_key, folded(job), MIN(line), COUNT(DISTINCT starts_on),"
        " COUNT(DISTINCT COALESCE(manager_person, manager, '')), COUNT(starts_on) = COUNT(*)"
        " FROM line WHERE is_bad = 0 AND person IS NOT NULL AND unit_key IS NOT NULL"
        " AND job IS NOT NULL GROUP BY 1, 2, 3 HAVING COUNT(*) > 1"
    ))  # fmt: skip
    for person, key, job, first, days, managers, has_all_days in groups:
        lines = sheet.all(
            "SELECT line FROM line WHERE person = ? AND unit_key = ? AND folded(job) = ?"
            " AND is_bad = 0 ORDER BY line",
            (person, key, job),
        )
        numbers = [line for (line,) in lines]
        if days <= 1 and managers == 1:
            words = "is the same as" if has_all_days else "is about the same post as"
            how = "delete one of them"
            yield from (Fault(n, "", f"{words} line {first}: {how}") for n in numbers[1:])
            continue
        title = "started_on" if days > 1 else "manager"
        for number in numbers:
            other = first if number != first else numbers[1]
            words = (
                f"is another than on line {other} for the same post: delete the one that is wrong"
            )
            yield Fault(number, title, words)


def _statements(script: str) -> Iterable[str]:
    """The statements of a script, without what is said about them."""
    kept = (line for line in script.splitlines() if not line.startswith("--"))
    return [statement for statement in "\n".join(kept).split(";") if statement.strip()]
