"""One partnership's service: everything the web, the bot and the command line call."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from questions.place import Place
from quizbot.attempts.parts import AttemptsParts, open_attempts
from quizbot.attempts.turns import QuestionPreview, preview_of
from quizbot.clock import Clock, london_day, utc_now
from quizbot.config import Settings
from quizbot.connected import Connected
from quizbot.delivery.parts import DeliveryParts, open_delivery
from quizbot.delivery.targets import read_targets
from quizbot.drafting.parts import DraftingParts, open_drafting
from quizbot.editions.parts import EditionsParts, open_editions
from quizbot.editions.place import place_of
from quizbot.editions.place_settings import LiveSettings
from quizbot.editions.sources import RestsOn, rests_on
from quizbot.errors import Misconfigured
from quizbot.evidence.parts import EvidenceParts, open_evidence
from quizbot.figures.parts import FiguresParts, open_figures
from quizbot.lti.parts import LtiParts, open_lti
from quizbot.outbox.notices import Notices
from quizbot.outbox.results import Results
from quizbot.outbox.vitals import Vitals
from quizbot.people.parts import PeopleParts, open_people
from quizbot.privacy.parts import PrivacyParts, open_privacy
from quizbot.reminders.letters import Setting
from quizbot.reminders.parts import RemindersParts, open_reminders
from quizbot.reminders.quiet import read_quiet
from quizbot.rules.ladder import read_ladder
from quizbot.signin.parts import SignInParts, open_signin
from quizbot.signing import Signer
from quizbot.standing.parts import StandingParts, open_standing
from quizbot.standing.working_days import working_day
from quizbot.store.audit import Audit
from quizbot.store.core import Core
from quizbot.store.database import BEGINS_WITHIN, Database, open_database
from quizbot.store.migrate import current, serves

USUAL = timedelta(days=28)


@dataclass(frozen=True, kw_only=True)
class Service(
    Core,
    EditionsParts,
    DraftingParts,
    SignInParts,
    StandingParts,
    PeopleParts,
    RemindersParts,
    EvidenceParts,
    AttemptsParts,
    FiguresParts,
    PrivacyParts,
    DeliveryParts,
    LtiParts,
):
    """The one door: the parts of every room, each by its name, as `service.people`.

    All state that is a partnership's hangs here, so that one process can hold several.
    """

    settings: Settings
    place: Place
    notices: Notices
    connected: Connected
    vitals: Vitals

    def rests_on(self, module: str) -> RestsOn:
        """What a module's current edition rests on."""
        current = self.editions.current(module)
        return rests_on(current, self.signatures.of(current))

    def preview(self, edition_id: UUID, question_id: str) -> QuestionPreview:
        """A question as learners see it, with its key told, for who may see editions."""
        return preview_of(self.editions.by_id(edition_id), question_id)

    def draft_preview(self, by: UUID, draft_id: UUID) -> QuestionPreview:
        """A draft as learners would see it, for who may read it."""
        edition = self.drafts.as_edition(by, draft_id)
        return preview_of(edition, edition.module.questions[0].id)

    def today(self) -> date:
        """The day in London."""
        return london_day(self.now())

    def usual_due_on(self) -> date:
        """By when something is asked where nobody says: the first working day in four weeks."""
        return working_day(self.today() + USUAL)

    def close(self) -> None:
        """Let the database go."""
        self.database.dispose()


def open_service(settings: Settings, now: Clock = utc_now, place: Place | None = None) -> Service:
    """Open every room on those below it; Misconfigured where the settings do not allow it.

    A `place` that is given is taken as it is: by what shows nobody its names and numbers.
    """
    database = open_database(settings.database_url)
    try:
        return _open_on(database, settings, now, place)
    except BaseException:
        database.dispose()  # nobody else would: what is refused is not handed over
        raise


def open_ready(settings: Settings, place: Place | None = None) -> Service:
    """The same on a database that answers and is up to date; Refused where it is not."""
    database = open_database(settings.database_url)
    try:
        database.reach(BEGINS_WITHIN)
        if not serves(database):
            at = current(database)
            state = "has no tables yet" if at is None else "is not up to date"
            raise Misconfigured(f"The database {state}: run `quizbot db upgrade` or `make serve`.")
        return _open_on(database, settings, utc_now, place)
    except BaseException:
        database.dispose()
        raise


def _open_on(database: Database, settings: Settings, now: Clock, place: Place | None) -> Service:
    live = None
    if place is None:
        live = LiveSettings(place_of(settings.place, now), database)
        live.refresh()
        place = Place(live)
    issuer, public_url = place.text("partnership_name"), settings.public_url
    core = Core(
        database=database,
        audit=Audit(database, now),
        signer=Signer(lambda: settings.key),
        now=now,
    )
    notices = Notices(database, now)
    targets = read_targets(
        settings.xapi_url,
        settings.xapi_secret_file,
        settings.xapi_version,
        settings.webhooks,
        private=settings.xapi_private,
    )
    names = tuple(target.name for target in targets)
    results = Results(database, names, now, tells_courses=settings.lti)
    asked = open_editions(
        core,
        place=place,
        live=live,
        place_file=settings.place,
        local_banks=settings.local_banks,
        signature_needed=settings.signature_needed,
    )
    editions = asked.editions
    drafting = open_drafting(
        core,
        editions=editions,
        worth=asked.figures,
        place=place,
        local_banks=settings.local_banks,
    )
    signin = open_signin(core, notices=notices, public_url=public_url, providers_file=settings.oidc)
    standing = open_standing(core, editions=editions, notices=notices, is_on=place.is_on)
    quiet = read_quiet(settings.quiet_hours, settings.quiet_days)
    people = open_people(
        core,
        notices=notices,
        endings=standing.endings,
        uploads_folder=settings.folder / "uploads",
        directory_top=settings.scim,
    )
    reminders = open_reminders(
        core,
        editions=editions,
        standings=standing.standings,
        confirmations=standing.confirmations,
        tellings=standing.tellings,
        notices=notices,
        links=signin.links,
        ladder=read_ladder(settings.ladder),
        quiet=quiet,
        setting=Setting.of(place, public_url, quiet),
        is_trial=bool(settings.trial),
    )
    evidence = open_evidence(
        core,
        editions=editions,
        standings=standing.standings,
        confirmations=standing.confirmations,
        dispensations=standing.dispensations,
        connections=signin.connections,
        notices=notices,
        results=results,
        issuer=issuer,
        public_url=public_url,
        issuers_private=settings.issuers_private,
        ask_later=settings.ask_later,
    )
    attempts = open_attempts(
        core,
        editions=editions,
        standings=standing.standings,
        confirmations=standing.confirmations,
        notices=notices,
        results=results,
        certificates=evidence.certificates,
        regrades=evidence.regrades,
    )
    figures = open_figures(
        core,
        editions=editions,
        standings=standing.standings,
        confirmations=standing.confirmations,
        duties=standing.duties,
        attestations=evidence.attestations,
        brought=evidence.brought,
        beliefs=evidence.beliefs,
        problems=asked.problems,
        drafts=drafting.drafts,
        authors=drafting.authors,
        places=asked.places,
        troubles=reminders.troubles,
        people=people.people,
        finder=people.finder,
        change_lines=standing.change_lines,
        forgotten=standing.forgotten,
        signatures=asked.signatures,
        worth=asked.figures,
        changes=standing.changes,
        regrades=evidence.regrades,
        requests=standing.requests,
        issuer=issuer,
    )
    privacy = open_privacy(core, editions=editions)
    delivery = open_delivery(
        core,
        editions=editions,
        connections=signin.connections,
        results=results,
        targets=targets,
        public_url=public_url,
    )
    lti = open_lti(
        core,
        editions=editions,
        accounts=signin.accounts,
        connections=signin.connections,
        public_url=public_url,
        partnership=issuer,
        is_on=settings.lti,
        may_be_private=settings.lti_private,
    )
    rooms = (
        core,
        asked,
        drafting,
        signin,
        standing,
        people,
        reminders,
        evidence,
        attempts,
        figures,
        privacy,
        delivery,
        lti,
    )
    vitals = Vitals(database, now)
    connected = Connected(
        connections=signin.connections,
        organisations=signin.organisations,
        deliveries=delivery.deliveries,
        directory=people.directory,
        issuers=evidence.issuers,
        platforms=lti.platforms,
        launches=lti.launches,
        scores=lti.scores,
        settings=settings,
    )
    own: dict[str, Any] = {
        "settings": settings,
        "place": place,
        "notices": notices,
        "vitals": vitals,
    }
    return Service(**own, connected=connected, **_all_of(rooms))


def _all_of(rooms: tuple[object, ...]) -> dict[str, Any]:
    """Every part of them by its name: the fields of Service, which refuses one too few or many."""
    return {name: part for room in rooms for name, part in vars(room).items()}
