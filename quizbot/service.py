"""One partnership's service: everything the web, the bot and the command line call."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from questions.place import Place, read_place
from quizbot.attempts import Attempts
from quizbot.attestations import Attestations
from quizbot.audit import Audit
from quizbot.board import Board
from quizbot.board_count import Counting
from quizbot.certificates import Certificates
from quizbot.clock import Clock, london_day, utc_now
from quizbot.config import VAR, Settings
from quizbot.db import Database, open_database
from quizbot.digests import Digests
from quizbot.duties import Duties
from quizbot.editions import Editions
from quizbot.erasure import Erasure
from quizbot.figures import Known
from quizbot.guide import Guides
from quizbot.huddles import Huddles
from quizbot.ladder import read_ladder
from quizbot.letters import Setting
from quizbot.links import Links
from quizbot.nightly import Nightly
from quizbot.notices import Notices
from quizbot.own_data import OwnData
from quizbot.people import People
from quizbot.people_find import Finder
from quizbot.people_guests import Guests
from quizbot.people_roles import Roles
from quizbot.people_staff import Staff
from quizbot.people_units import Units
from quizbot.places import Places
from quizbot.preferences import Preferences
from quizbot.problems import Problems
from quizbot.quiet import read_quiet
from quizbot.reports import Reports
from quizbot.rests_on import RestsOn, rests_on
from quizbot.retention import Retention
from quizbot.rules import Rules
from quizbot.signatures import Signatures
from quizbot.signin import SignIn
from quizbot.signing import Signer
from quizbot.slips import Slips
from quizbot.standings import Standings
from quizbot.trail import Trail
from quizbot.transcripts import Transcripts
from quizbot.troubles import Troubles
from quizbot.tryout import TryOut
from quizbot.turns import Preview, preview_of
from quizbot.uploads import Uploads


@dataclass(frozen=True)
class Service:
    """All state that is a partnership's hangs here, so that one process can hold several."""

    settings: Settings
    database: Database
    signer: Signer
    place: Place
    places: Places
    audit: Audit
    trail: Trail
    own_data: OwnData
    erasure: Erasure
    retention: Retention
    editions: Editions
    figures: Known
    people: People
    finder: Finder
    staff: Staff
    roles: Roles
    units: Units
    guests: Guests
    uploads: Uploads
    attempts: Attempts
    certificates: Certificates
    transcripts: Transcripts
    try_out: TryOut
    links: Links
    huddles: Huddles
    notices: Notices
    nightly: Nightly
    digests: Digests
    troubles: Troubles
    preferences: Preferences
    sign_in: SignIn
    slips: Slips
    standings: Standings
    duties: Duties
    rules: Rules
    attestations: Attestations
    guides: Guides
    reports: Reports
    problems: Problems
    signatures: Signatures
    counting: Counting
    board: Board
    now: Clock

    def people_to_show(self) -> Mapping[str, str]:
        """Addresses of a demonstration's people by role; none unless the database is one."""
        from quizbot import demo  # it stands on this module

        return demo.ROLES if demo.is_demo(self) else {}

    def rests_on(self, module: str) -> RestsOn:
        """What a module's current edition rests on."""
        current = self.editions.current(module)
        return rests_on(current, self.signatures.of(current))

    def preview(self, edition_id: UUID, question_id: str) -> Preview:
        """A question as learners see it, with its key told, for who may see editions."""
        return preview_of(self.editions.by_id(edition_id), question_id)

    def close(self) -> None:
        """Let the database go."""
        self.database.dispose()


def open_service(settings: Settings, now: Clock = utc_now) -> Service:
    """Wire a service together; Misconfigured where the settings do not allow it."""
    database = open_database(settings.database_url)
    signer = Signer(lambda: settings.key)
    audit = Audit(database, now)
    erasure = Erasure(database, audit, now)
    editions = Editions(database, audit, now, settings.signature_needed)
    notices = Notices(database, now)
    standings = Standings(database, editions, now)
    duties = Duties(database, editions, standings, notices, audit, now)
    counting = Counting(database, editions, standings, now)
    place = place_of(settings.place, now)
    issuer = place.text("partnership_name")
    certificates = Certificates(database, standings, audit, issuer, settings.public_url, now)
    quiet = read_quiet(settings.quiet_hours, settings.quiet_days)
    links = Links(database, audit, signer, now)
    attestations = Attestations(database, editions, notices, audit, now)
    return Service(
        settings=settings,
        database=database,
        signer=signer,
        place=place,
        places=Places(database, editions, settings.place, settings.local_banks, now),
        audit=audit,
        trail=Trail(database, now),
        own_data=OwnData(database, editions, audit, now),
        erasure=erasure,
        retention=Retention(database, audit, erasure, now),
        editions=editions,
        figures=Known(now),
        people=People(database, audit, now),
        finder=Finder(database, now),
        staff=Staff(database, audit, now),
        roles=Roles(database, audit, now),
        units=Units(database, audit, now),
        guests=Guests(database, audit, now),
        uploads=Uploads(VAR / "uploads"),
        attempts=Attempts(
            database, editions, notices, certificates, now, seed=lambda: secrets.randbits(64)
        ),
        certificates=certificates,
        transcripts=Transcripts(database, editions, audit, issuer, now),
        try_out=TryOut(editions, signer, now),
        links=links,
        huddles=Huddles(database, editions, now, seed=lambda: secrets.randbits(64)),
        notices=notices,
        nightly=Nightly(
            database,
            standings,
            notices,
            read_ladder(settings.ladder),
            quiet,
            is_trial=bool(settings.trial),
            now=now,
        ),
        digests=Digests(
            database,
            editions,
            standings,
            notices,
            quiet,
            letter_setting(settings, place),
            links,
            now,
        ),
        troubles=Troubles(database, editions, standings, audit, now),
        preferences=Preferences(database, audit, now),
        sign_in=SignIn(database, notices, audit, signer, now),
        slips=Slips(database, audit, signer, settings.public_url, now),
        standings=standings,
        duties=duties,
        rules=Rules(database, editions, standings, audit, now),
        attestations=attestations,
        guides=Guides(database, editions, standings, now),
        reports=Reports(database, editions, standings, duties, attestations, audit, now),
        problems=Problems(database, editions, audit, now),
        signatures=Signatures(database, editions, audit, now),
        counting=counting,
        board=Board(database, editions, counting, audit, now),
        now=now,
    )


def letter_setting(settings: Settings, place: Place) -> Setting:
    """What every letter says alike."""
    return Setting(
        settings.public_url,
        place.text("partnership_name"),
        place.text("referral_team"),
        place.text("referral_phone"),
    )


def place_of(path: Path, now: Clock) -> Place:
    """The place as far as its file can be read; `place check` tells what is wrong with it."""
    return read_place(path, london_day(now()))[0]
