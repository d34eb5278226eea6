"""One partnership's service: everything the web, the bot and the command line call."""

import secrets
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from questions.place import Place
from quizbot.attempts.attempts import Attempts
from quizbot.attempts.huddles import Huddles
from quizbot.attempts.tryout import TryOut
from quizbot.attempts.turns import Preview, preview_of
from quizbot.clock import Clock, london_day, utc_now
from quizbot.config import VAR, Settings
from quizbot.editions.editions import Editions
from quizbot.editions.place import Places, place_of
from quizbot.editions.problems import Problems
from quizbot.editions.signatures import Signatures
from quizbot.editions.sources import RestsOn, rests_on
from quizbot.editions.worth import Known
from quizbot.evidence.attestations import Attestations
from quizbot.evidence.certificates import Certificates
from quizbot.evidence.guide import Guides
from quizbot.evidence.transcripts import Transcripts
from quizbot.figures.board import Board
from quizbot.figures.counting import Counting
from quizbot.figures.team import Reports
from quizbot.outbox.notices import Notices
from quizbot.people.file.uploads import Uploads
from quizbot.people.finding import Finder
from quizbot.people.guests import Guests
from quizbot.people.joining import Joining
from quizbot.people.people import People
from quizbot.people.roles import Roles
from quizbot.people.staff import Staff
from quizbot.people.units import Units
from quizbot.privacy.erasure import Erasure
from quizbot.privacy.own_data import OwnData
from quizbot.privacy.retention import Retention
from quizbot.privacy.trail import Trail
from quizbot.reminders.digests import Digests
from quizbot.reminders.letters import Setting
from quizbot.reminders.nightly import Nightly
from quizbot.reminders.preferences import Preferences
from quizbot.reminders.quiet import read_quiet
from quizbot.reminders.undelivered import Troubles
from quizbot.rules.ladder import read_ladder
from quizbot.signin.chats import Links
from quizbot.signin.codes import SignIn
from quizbot.signin.slips import Slips
from quizbot.signing import Signer
from quizbot.standing.dispensations import Dispensations
from quizbot.standing.duties import Duties
from quizbot.standing.endings import Endings
from quizbot.standing.requests import Requests
from quizbot.standing.requirements import Rules
from quizbot.standing.standings import Standings
from quizbot.store.audit import Audit
from quizbot.store.database import Database, open_database


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
    joining: Joining
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
    requests: Requests
    dispensations: Dispensations
    rules: Rules
    attestations: Attestations
    guides: Guides
    reports: Reports
    problems: Problems
    signatures: Signatures
    counting: Counting
    board: Board
    now: Clock

    def rests_on(self, module: str) -> RestsOn:
        """What a module's current edition rests on."""
        current = self.editions.current(module)
        return rests_on(current, self.signatures.of(current))

    def preview(self, edition_id: UUID, question_id: str) -> Preview:
        """A question as learners see it, with its key told, for who may see editions."""
        return preview_of(self.editions.by_id(edition_id), question_id)

    def today(self) -> date:
        """The day in London."""
        return london_day(self.now())

    def close(self) -> None:
        """Let the database go."""
        self.database.dispose()


def open_service(settings: Settings, now: Clock = utc_now, place: Place | None = None) -> Service:
    """Wire a service together; Misconfigured where the settings do not allow it.

    A `place` that is given is taken as it is: by what shows nobody its names and numbers.
    """
    place = place or place_of(settings.place, now)
    database = open_database(settings.database_url)
    signer = Signer(lambda: settings.key)
    audit = Audit(database, now)
    erasure = Erasure(database, audit, now)
    editions = Editions(database, audit, now, settings.signature_needed)
    notices = Notices(database, now)
    standings = Standings(database, editions, now)
    duties = Duties(database, editions, standings)
    endings = Endings(standings, audit)
    counting = Counting(database, editions, standings, now)
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
        places=Places(database, editions, settings.place, settings.local_banks, place, now),
        audit=audit,
        trail=Trail(database, now),
        own_data=OwnData(database, editions, audit, now),
        erasure=erasure,
        retention=Retention(database, audit, erasure, now),
        editions=editions,
        figures=Known(now),
        people=People(database, audit, notices, endings, now),
        finder=Finder(database, now),
        staff=Staff(database, audit, notices, endings, now),
        roles=Roles(database, audit, now),
        joining=Joining(database, audit, now),
        units=Units(database, audit, endings, now),
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
        requests=Requests(database, editions, standings, notices, audit, now),
        dispensations=Dispensations(database, standings, audit, now),
        rules=Rules(database, editions, standings, endings, audit, now),
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
