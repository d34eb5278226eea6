"""Printed sign-in slips, for people without a work address: a long code, one use, fourteen days."""

import secrets
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, insert, select, update

from quizbot.access import is_here, must_print_slips
from quizbot.clock import Clock, london_day
from quizbot.errors import BadReply, NotFound, Refused, SignInRefused
from quizbot.signin.codes import SignedIn
from quizbot.signing import Signer
from quizbot.store.audit import OPERATOR, Audit
from quizbot.store.database import Database
from quizbot.store.tables import new_id, person, sign_in
from quizbot.words import long_date

LASTS = timedelta(days=14)
LETTERS = "BCDFGHJKMNPQRSTVWXYZ"  # no vowels, so no words; no I, L or O, so no look-alikes
GROUPS = 4  # of four letters: more than a guesser gets through in the age of the world
TRIES = 20  # wrong codes an hour from one place
REFUSED = "This code is not right, was used already, or is older than 14 days. Ask for a new slip."


@dataclass(frozen=True)
class Slip:
    """A slip as it is printed; the code is nowhere else."""

    name: str
    code: str
    until: date
    address: str

    @property
    def text(self) -> str:
        """The slip as plain text."""
        return (
            f"Sign-in slip for {self.name}\n\n"
            f"Go to   {self.address}\n"
            f"Enter   {self.code}\n\n"
            f"It works once, until {long_date(self.until)}. Keep it to yourself:\n"
            "whoever has it can sign in as you. A new slip makes this one worthless.\n"
        )


@dataclass(frozen=True)
class Slips:
    """Printing slips, and signing in with one."""

    database: Database
    audit: Audit
    signer: Signer
    public_url: str
    now: Clock

    def print_for(self, person_id: UUID, by: UUID | None = None) -> Slip:
        """A new slip; those printed before and not used are worthless from now on."""
        today = london_day(self.now())
        letters = [secrets.choice(LETTERS) for _ in range(4 * GROUPS)]
        code = "-".join("".join(letters[at : at + 4]) for at in range(0, 4 * GROUPS, 4))
        with self.database.writing(queue=f"slip:{person_id}") as connection:
            if by is not None:
                must_print_slips(connection, by, person_id, today)
            row = connection.execute(
                select(person.c.name, person.c.sign_in_epoch).where(
                    person.c.id == person_id, is_here(today)
                )
            ).first()
            if row is None:
                raise NotFound("Slips are for people who are here now.")
            connection.execute(
                update(sign_in)
                .where(sign_in.c.person_id == person_id, sign_in.c.kind == "slip")
                .values(code_hash=None)
            )
            key = self._hash(code)
            # A slip is found by its code, so its hash stands where the address's does.
            whose = {"person_id": person_id, "epoch": row.sign_in_epoch, "made_by": by}
            self._note(connection, "slip", key, code_hash=key, **whose)
            self.audit.add(connection, by or OPERATOR, "sign-in.slip", person_id)
        return Slip(row.name, code, today + LASTS, f"{self.public_url}/sign-in/slip")

    def enter(self, words: str, place: str) -> SignedIn:
        """Check a code; right, it is used up. `place` is where it comes from, kept as a hash.

        Unknown, used and old take the same statements, and are told in the same words.
        """
        code = tidy(words)
        if not code:
            raise BadReply("Enter the code from your slip: 16 letters, such as BCDF-GHJK-MNPQ-RSTV")
        tries_key = self.signer.hash("slip-tries", place)
        with self.database.writing(queue="slips") as connection:
            tried = connection.execute(
                select(func.count()).where(
                    sign_in.c.address_key == tries_key,
                    sign_in.c.made_at > self.now() - timedelta(hours=1),
                )
            ).scalar_one()
            found = self._found(connection, self._hash(code))
            if found is not None:  # whatever others tried from there
                slip_id, who = found
                return self._enter(connection, slip_id, who)
            if tried < TRIES:
                self._note(connection, "slip-try", tries_key)
        if tried >= TRIES:
            raise SignInRefused(
                "Too many wrong codes came from here. Try again in an hour; a right one is taken"
                " at any time."
            )
        raise SignInRefused(REFUSED)

    def _found(self, connection: Connection, key: str) -> tuple[UUID, SignedIn] | None:
        """The slip with this code, if it still stands and its person is here.

        One who has left, or whose role has ended, has left no way in: what they printed ends too.
        """
        today = london_day(self.now())
        row = connection.execute(
            select(sign_in.c.id, sign_in.c.person_id, sign_in.c.made_by, person.c.sign_in_epoch)
            .join(person, person.c.id == sign_in.c.person_id)
            .where(
                sign_in.c.address_key == key,
                sign_in.c.code_hash == key,
                sign_in.c.kind == "slip",
                sign_in.c.used_at.is_(None),
                sign_in.c.made_at > self.now() - LASTS,
                sign_in.c.epoch == person.c.sign_in_epoch,
                is_here(today),
            )
        ).first()
        if row is None:
            return None
        found = row.id, SignedIn(row.person_id, row.sign_in_epoch)
        if row.made_by is None:  # printed by the operator
            return found
        try:
            must_print_slips(connection, row.made_by, row.person_id, today)
        except Refused:
            return None
        here = select(person.c.id).where(person.c.id == row.made_by, is_here(today))
        return found if connection.execute(here).first() is not None else None

    def _enter(self, connection: Connection, slip_id: UUID, who: SignedIn) -> SignedIn:
        connection.execute(
            update(sign_in).where(sign_in.c.id == slip_id).values(used_at=self.now())
        )
        self.audit.add(connection, who.person_id, "sign-in", who.person_id, kind="slip")
        return who

    def _note(self, connection: Connection, kind: str, key: str, **values: Any) -> None:
        connection.execute(
            insert(sign_in).values(
                id=new_id(), address_key=key, kind=kind, made_at=self.now(), tries=0, **values
            )
        )

    def _hash(self, code: str) -> str:
        return self.signer.hash("slip", tidy(code))


def tidy(words: str) -> str:
    """The letters of a code, however they were typed; nothing where it cannot be one."""
    letters = "".join(letter for letter in words.upper() if not letter.isspace() and letter != "-")
    is_one = len(letters) == 4 * GROUPS and all(letter in LETTERS for letter in letters)
    return letters if is_one else ""
