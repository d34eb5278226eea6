"""Whether the service is well: each thing looked at, how it is, and what to do about it.

To look at one more thing, write a function that yields findings and name it in `LOOKS`. What needs
a channel's library is looked at by that channel; see `quizbot/cli/doctor.py`.
"""

import platform
import shutil
import sqlite3
import sys
import sysconfig
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Integer, cast, func, select, text
from sqlalchemy.engine import make_url

from questions.bank import SHIPPED, read_banks
from questions.findings import faults
from questions.place import SHIPPED as SHIPPED_PLACE
from questions.place import read_place
from quizbot.clock import Clock, london_day
from quizbot.config import SECRET_FILE, Settings
from quizbot.drafting.publishing import made_here
from quizbot.editions.changes_here import RegisterHere
from quizbot.editions.editions import Editions
from quizbot.editions.place import place_trouble
from quizbot.editions.place_settings import laid_over, saved_settings
from quizbot.errors import Misconfigured, Refused
from quizbot.outbox.mail import Fate, Reason
from quizbot.outbox.vitals import Signs, Vitals
from quizbot.outbox.ways import reach
from quizbot.store.audit import Audit
from quizbot.store.database import DAMAGED, STANDS_STILL, Database, open_database
from quizbot.store.migrate import current, newest, serves
from quizbot.store.tables import audit, publication
from quizbot.words import how_many, long_date

SQLITE_MENDED = (3, 51, 3)
LOW, FULL = 2_000, 200  # megabytes of room on the disk
DAY_LATE = timedelta(days=2)
BACKUP_OLD = timedelta(days=8)
BESIDE = 10  # connections of the worker, the bot and whoever looks into the database

NAMES = {"work": "worker", "telegram": "bot"}


class Level(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True)
class Look:
    """One thing that was looked at; `advice` says what to do where it is not well."""

    what: str
    level: Level
    words: str
    advice: str = ""


def ok(what: str, words: str) -> Look:
    """It is well."""
    return Look(what, Level.OK, words)


def warning(what: str, words: str, advice: str) -> Look:
    """It works, and somebody should know."""
    return Look(what, Level.WARNING, words, advice)


def fault(what: str, words: str, advice: str) -> Look:
    """It does not work."""
    return Look(what, Level.FAULT, words, advice)


@dataclass(frozen=True)
class Patient:
    """What is looked at: the settings, and the database if it can be opened."""

    settings: Settings
    database: Database | None
    now: Clock

    @property
    def is_missing(self) -> bool:
        """Whether there is no file yet; looking into one would make it."""
        url = make_url(self.settings.database_url)
        return url.get_backend_name() == "sqlite" and not Path(url.database or "").exists()

    @property
    def is_ready(self) -> bool:
        """Whether the database has the tables that the service needs."""
        if self.database is None or self.is_missing:
            return False
        try:
            return serves(self.database)
        except Refused:
            return False

    def signs(self) -> Signs:
        """What is owed, and who is at work."""
        assert self.database is not None
        return Vitals(self.database, self.now).read()

    def rows(self, statement: Any) -> list[Any]:
        """What a statement finds in the database."""
        assert self.database is not None
        with self.database.reading() as connection:
            return list(connection.execute(statement))


def look_at(settings: Settings, now: Clock) -> Iterator[Look]:
    """Everything, one after the other; what cannot be looked at says why."""
    database = None
    try:
        database = open_database(settings.database_url)
        database.reach()
    except Refused as error:
        database = None
        yield fault("database", str(error), "Check QUIZBOT_DATABASE_URL; the README tells of it.")
    try:
        patient = Patient(settings, database, now)
        for look in LOOKS:
            try:
                yield from look(patient)
            except Refused as error:
                yield fault(look.__name__, str(error), "Mend this first, then look again.")
    finally:
        if database is not None:
            database.dispose()


# ---- the database ------------------------------------------------------------------------------


def tables(patient: Patient) -> Iterator[Look]:
    """Whether the database can be reached, and is at the newest migration."""
    if patient.database is None:
        return
    advice = "Run `quizbot db upgrade`, or start the service by `make serve`."
    if patient.is_missing:
        yield fault("database", f"there is none at {patient.settings.database_url}", advice)
        return
    at = current(patient.database)
    kind = "SQLite" if patient.database.is_sqlite else "PostgreSQL"
    if at is None:
        yield fault("database", f"{kind} is reached and has no tables yet", advice)
    elif at < newest():
        yield fault("database", f"it is at migration {at}, this service needs {newest()}", advice)
    elif not serves(patient.database):
        newer = "Install the newer version of the service again, or restore a backup from before."
        yield fault("database", f"it is at migration {at}, this service knows {newest()}", newer)
    else:
        newest_of = "the newest migration" if at == newest() else "a newer release's migration"
        yield ok("database", f"{kind}, at {newest_of}, {at}")


def kept(patient: Patient) -> Iterator[Look]:
    """Whether anything can be kept: nobody else holds the file, and the service may write it."""
    if patient.database is None or not patient.is_ready:
        return
    advice = "docs/operations.md tells, under these words, what to do."
    try:
        with patient.database.writing() as connection:
            if patient.database.is_sqlite:
                return
            only_reads = connection.execute(text("SHOW transaction_read_only")).scalar_one()
    except Refused as error:
        yield fault("database", str(error), advice)
    else:
        if only_reads == "on":
            yield fault("database", STANDS_STILL, advice)


def sqlite(patient: Patient) -> Iterator[Look]:
    """Whether this SQLite may harm a database, and whether there is room for it to grow."""
    if patient.database is None or not patient.database.is_sqlite:
        return
    version = sqlite3.sqlite_version
    if sqlite3.sqlite_version_info < SQLITE_MENDED:
        yield warning(
            "SQLite",
            f"version {version} may, very rarely, damage a database while it is written from two"
            " sides (mended in 3.51.3); the service's own lock keeps the two apart",
            "Write to the database through the service alone, take backups by `quizbot db backup`,"
            " and use PostgreSQL where that is not enough.",
        )
    else:
        yield ok("SQLite", f"version {version}")
    if not patient.is_missing:
        found = patient.rows(text("PRAGMA quick_check(1)"))[0][0]
        if found != "ok":
            yield fault("database", f"the file is damaged: {found}", DAMAGED)
    path = Path(make_url(patient.settings.database_url).database or "")
    room = shutil.disk_usage(path.parent).free // 1_000_000
    if room < LOW:
        make = fault if room < FULL else warning
        yield make("disk", f"{room} MB are left", "Make room: answers cannot be kept without.")
    else:
        yield ok("disk", f"{room / 1000:.0f} GB are left")


def backup(patient: Patient) -> Iterator[Look]:
    """Whether there is a backup that is not too old; where it is kept is nothing we know."""
    if not patient.is_ready:
        return
    ((at,),) = patient.rows(select(func.max(audit.c.at)).where(audit.c.action == "database.backup"))
    advice = "Run `quizbot db backup FILE` every night, as the timer in deploy/systemd does."
    if at is None:
        yield warning("backup", "none was ever made by `quizbot db backup`", advice)
    elif patient.now() - at > BACKUP_OLD:
        yield warning(
            "backup", f"the last was made {how_many((patient.now() - at).days, 'day')} ago", advice
        )
    else:
        yield ok("backup", f"the last was made {_ago(patient.now(), at)} ago")


# ---- what it runs on ----------------------------------------------------------------------------


def python(_patient: Patient) -> Iterator[Look]:
    """Whether this Python is a fast one."""
    words = f"version {platform.python_version()}, {sys.base_prefix}"
    how = sysconfig.get_config_var("CONFIG_ARGS") or ""
    # A distribution's own is optimised: Debian's only does not tell so.
    if sys.base_prefix == "/usr" or "--enable-optimizations" in how:
        yield ok("Python", words)
    else:
        yield warning(
            "Python",
            f"{words}, was built without optimisation: pages take about a fifth longer",
            "Install your system's own (on Debian python3 and python3-venv), remove .venv, and run"
            " make again.",
        )


def web(patient: Patient) -> Iterator[Look]:
    """Whether as many web workers as are set can reach the database."""
    settings = patient.settings
    at_once = settings.web_workers * settings.threads
    words = (
        f"{how_many(settings.web_workers, 'worker')},"
        f" {how_many(settings.threads, 'request')} at once in each"
    )
    if patient.database is None or patient.database.is_sqlite:
        yield ok("web", words)
        return
    ((most,),) = patient.rows(select(cast(func.current_setting("max_connections"), Integer)))
    needed = 2 * at_once + BESIDE
    if needed > most:
        yield warning(
            "web",
            f"{words}, want up to {how_many(needed, 'connection')}, and the server lets {most} in",
            "Raise max_connections of PostgreSQL, or lower QUIZBOT_WORKERS or QUIZBOT_THREADS.",
        )
    else:
        yield ok("web", words)


# ---- secrets and addresses ---------------------------------------------------------------------


def secret(patient: Patient) -> Iterator[Look]:
    """Whether there is a secret to sign with."""
    try:
        assert patient.settings.key
    except Misconfigured as error:
        yield fault("secret", "there is none", str(error))
    else:
        yield ok("secret", "there is one")
    if patient.settings.partnership:
        return  # its secret is in its own file
    if SECRET_FILE.exists() and SECRET_FILE.stat().st_mode & 0o077:
        yield warning(
            "secret",
            f"{SECRET_FILE} can be read by other users of this machine",
            f"Run `chmod 600 {SECRET_FILE}`.",
        )


def address(patient: Patient) -> Iterator[Look]:
    """Whether people reach the service by an address that is safe."""
    url = patient.settings.public_url
    host = urlsplit(url).hostname or ""
    if patient.settings.is_https and not patient.settings.proxy:
        yield warning(
            "address",
            f"{url}, and QUIZBOT_PROXY is 0: all seem to come from one address, the proxy's",
            "Set QUIZBOT_PROXY to how many proxies are in front, so that limits are each person's.",
        )
    elif patient.settings.is_https:
        yield ok("address", url)
    elif host in ("127.0.0.1", "localhost"):
        yield warning(
            "address",
            f"{url} is this machine alone",
            "Set QUIZBOT_PUBLIC_URL to the address that people use, before anybody is invited.",
        )
    else:
        yield fault(
            "address",
            f"{url} is not https: sign-in codes and cookies could be read on the way",
            "Put a proxy with a certificate in front, and set QUIZBOT_PUBLIC_URL to https://…",
        )


# ---- mail and the outbox -----------------------------------------------------------------------


def mail(patient: Patient) -> Iterator[Look]:
    """Whether mail can leave."""
    settings = patient.settings
    found = reach(settings.mail_url, settings.mail_from)
    if found.fate is not Fate.SENT:
        yield fault("mail", found.trouble, _mail_advice(found.reason))
    elif settings.mail_url.startswith("file:"):
        words = f"messages are files in {settings.mail_url.removeprefix('file:')}"
        yield warning("mail", words, "Set QUIZBOT_MAIL_URL to smtp://… so that they leave.")
    else:
        yield ok("mail", "the mail server answers, and takes our name and our sender")
    if settings.mail_from == Settings.model_fields["mail_from"].default:
        yield warning(
            "sender",
            "messages come from a made-up address",
            "Set QUIZBOT_MAIL_FROM to an address of yours that may be answered.",
        )
    if settings.trial:
        yield warning(
            "trial",
            "messages leave only to the addresses in QUIZBOT_TRIAL",
            "Take QUIZBOT_TRIAL away when everybody shall get theirs.",
        )


def _mail_advice(reason: Reason) -> str:
    if reason is Reason.SENDER:
        return "Set QUIZBOT_MAIL_FROM to an address that this mail server may send for."
    return "Check QUIZBOT_MAIL_URL and the mail server."


def outbox(patient: Patient) -> Iterator[Look]:
    """Whether what is owed leaves."""
    if not patient.is_ready:
        return
    signs = patient.signs()
    if signs.oldest_late:
        yield fault(
            "outbox",
            f"{how_many(signs.late_codes, 'code waits', 'codes wait')}, the oldest since"
            f" {_ago(patient.now(), signs.oldest_late)}",
            "See whether the worker runs (`quizbot work`) and what its log says.",
        )
    if signs.failed:
        yield warning(
            "outbox",
            f"{how_many(signs.failed, 'message')} of the last week failed, or may not have arrived",
            "Leads see them at /admin/messages, each with what to do.",
        )
    if not signs.late_codes and not signs.failed:
        yield ok("outbox", "nothing is late, nothing failed in the last week")


def workers(patient: Patient) -> Iterator[Look]:
    """Whether somebody sends what is owed, and whether the bot is at work where there is one."""
    if not patient.is_ready:
        return
    signs = patient.signs()
    needed = {"work": "Start the service (`quizbot serve`), or `quizbot work` alone."}
    if patient.settings.telegram_token and not patient.settings.telegram_webhook:
        needed["telegram"] = "Start the bot: `quizbot bot`."
    for name, advice in needed.items():
        if name in signs.at_work:
            yield ok(NAMES[name], "at work")
        else:
            yield warning(NAMES[name], "none is at work", advice)


def day(patient: Patient) -> Iterator[Look]:
    """Whether the day's work is done: what is owed is found by it, and old things are deleted."""
    if not patient.is_ready:
        return
    done, today = patient.signs().day_done_on, london_day(patient.now())
    if done is None:
        yield ok("day", "no day's work was done yet")
    elif today - done > DAY_LATE:
        yield fault(
            "day",
            f"the day's work was last done {how_many((today - done).days, 'day')} ago: nobody is"
            " reminded",
            "See whether the worker runs (`quizbot work`) and what its log says.",
        )
    else:
        yield ok("day", f"its work was last done on {long_date(done)}")


# ---- what is asked -----------------------------------------------------------------------------


def place(patient: Patient) -> Iterator[Look]:
    """Whether the local names and numbers are there, and still right."""
    file = patient.settings.place
    found, findings = read_place(file, london_day(patient.now()))
    wrong = faults(findings)
    advice = "`quizbot place check` tells each, and what to do."
    if wrong:
        yield fault(
            "place",
            place_trouble(file, wrong),
            "No start is possible with it; what runs goes on with what the file said before.",
        )
    elif findings:
        yield warning(
            "place",
            f"{how_many(len(findings), 'setting is', 'settings are')} empty or out of date",
            advice,
        )
    elif file == SHIPPED_PLACE or found.is_fictional:
        yield warning(
            "place",
            "names and telephone numbers are those of a made-up place",
            "Write your own place.toml and set QUIZBOT_PLACE to it, before anybody is invited.",
        )
    else:
        yield ok("place", f"{how_many(len(found.settings), 'setting')}, all filled and current")


def banks(patient: Patient) -> Iterator[Look]:
    """Whether what people are asked is what the banks and the place say now."""
    if not patient.is_ready or patient.database is None:
        return
    today = london_day(patient.now())
    of_file, _ = read_place(patient.settings.place, today)
    with patient.database.reading() as connection:
        here = laid_over(of_file, saved_settings(connection))
    made = made_here(patient.database)
    register = RegisterHere(patient.database).read()
    found = read_banks(SHIPPED, here, today, patient.settings.local_banks, register, made)
    audit = Audit(patient.database, patient.now)
    signed = patient.settings.signature_needed
    editions = Editions(patient.database, audit, patient.now, signed)
    advice = "`quizbot banks check` tells each; then `quizbot banks publish`."
    published = {row.module for row in patient.rows(select(publication.c.module).distinct())}
    if not published:
        yield fault("banks", "nothing is published", "Run `quizbot banks publish`.")
        return
    torn = sorted(bank.id for bank in found if bank.has_faults)
    if torn:
        yield warning("banks", f"faults keep from being published: {', '.join(torn)}", advice)
    changed = editions.unpublished(found, here)
    if changed:
        words = f"people are not yet asked what is in the files: {', '.join(changed)}"
        yield warning("banks", words, advice)
    practice = [o.module.id for o in editions.offers() if o.practice_only]
    if practice:
        words = f"practice only, and counts for nobody: {', '.join(sorted(practice))}"
        yield warning("banks", words, "The module's page says why; `quizbot banks coverage` too.")
    if not (torn or changed or practice):
        yield ok(
            "banks",
            f"{how_many(len(published), 'questionnaire')}, published as they are in the files",
        )


def _ago(now: datetime, then: datetime) -> str:
    minutes = int((now - then).total_seconds() // 60)
    return how_many(minutes, "minute") if minutes < 120 else how_many(minutes // 60, "hour")


LOOKS: tuple[Callable[[Patient], Iterator[Look]], ...] = (
    tables,
    kept,
    sqlite,
    backup,
    python,
    web,
    secret,
    address,
    mail,
    outbox,
    workers,
    day,
    place,
    banks,
)
