"""What an installation is connected to: each connection's state, and what to do about it.

Addresses are told as machines' names and secrets never: whoever leads sees that there is one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from quizbot.access import must_lead
from quizbot.clock import LONDON, london_day
from quizbot.config import Settings
from quizbot.delivery.deliveries import Deliveries
from quizbot.delivery.targets import WEBHOOK, XAPI
from quizbot.evidence.passport.issuers import CONNECTION as ISSUERS
from quizbot.evidence.passport.issuers import Issuers
from quizbot.hosts import host_of
from quizbot.lti.launches import Launches
from quizbot.lti.platforms import Platforms
from quizbot.lti.scores import Scores
from quizbot.outbox.mail import Fate
from quizbot.outbox.notify import NotifyWay
from quizbot.outbox.ways import reach, read_way
from quizbot.people.scim.settling import Settling
from quizbot.signin.organisations import Organisations, named
from quizbot.store.connections import NEVER, Connections, ConnectionState, Tried
from quizbot.words import how_many, short_date

MAIL, TELEGRAM, TEAMS = "mail", "telegram", "teams"
GUIDES = "docs/connect/"
KINDS = (
    (XAPI, "Learning record store", "xapi.md"),
    (WEBHOOK, "Webhook", "webhooks.md"),
)


@dataclass(frozen=True)
class ConnectionLine:
    """One connection as the page and the command tell of it."""

    name: str
    title: str
    is_on: bool
    what: str
    state: ConnectionState = NEVER
    advice: str = ""

    @property
    def used_at(self) -> datetime | None:
        """When it last worked."""
        return self.state.used_at

    @property
    def fault(self) -> str:
        """What went wrong since; nothing where it worked after that."""
        return self.state.fault if self.state.is_faulty else ""


@dataclass(frozen=True)
class Connected:
    """Every connection that there may be, on or off."""

    connections: Connections
    organisations: Organisations
    deliveries: Deliveries
    directory: Settling
    issuers: Issuers
    platforms: Platforms
    launches: Launches
    scores: Scores
    settings: Settings

    def seen_by(self, lead_id: UUID) -> list[ConnectionLine]:
        """The same for a lead; NotAllowed for everybody else."""
        with self.connections.database.reading() as connection:
            must_lead(connection, lead_id, london_day(self.connections.now()))
        return self.all()

    def all(self) -> list[ConnectionLine]:
        """Each with what was noted of it."""
        noted = self.connections.all()
        return [
            *self._mail(noted),
            *self._telegram(noted),
            *self._teams(noted),
            *self._organisations(noted),
            *self._directory(),
            *self._learning_systems(noted),
            *self._results(noted),
            *self._issuers(noted),
        ]

    def check(self, line: ConnectionLine) -> Tried:
        """Try a connection that is on; of chats their own rooms tell.

        What nobody could be asked is what it was last.
        """
        tried = self._try(line)
        if tried.is_asked or not line.fault:
            return tried
        return Tried.fault(
            f"{tried.words} Last fault, {_moment(line.state.fault_at)}: {line.fault}"
        )

    def _try(self, line: ConnectionLine) -> Tried:
        kind, _, name = line.name.partition(":")
        if kind == MAIL:
            return self.connections.note(MAIL, self._try_mail())
        if kind in (XAPI, WEBHOOK):
            return self.deliveries.check(line.name)
        if kind == ISSUERS:
            return self.issuers.check()
        if kind == "scim":
            last = f"Last call: {_moment(line.used_at)}." if line.used_at else "It never did."
            return Tried.not_asked(f"Nothing is asked: it calls us. {last}")
        if kind == "lti":
            return self.launches.check(self.platforms.by_id(UUID(name)))
        back = f"{self.settings.public_url}/sign-in/{name}/back"
        return self.organisations.check(name, back)

    def _try_mail(self) -> Tried:
        """Whether a message could leave; none does."""
        sent = reach(self.settings.mail_url, self.settings.mail_from)
        if sent.fate is not Fate.SENT:
            return Tried.fault(f"{sent.trouble[:1].upper()}{sent.trouble[1:].rstrip('.')}.")
        if isinstance(read_way(self.settings.mail_url), NotifyWay):
            return Tried.well("It knows our key, and the template is as it must be.")
        return Tried.well("The mail server answers, and takes our name and our sender.")

    def _mail(self, noted: dict[str, ConnectionState]) -> Iterator[ConnectionLine]:
        way = read_way(self.settings.mail_url)
        state = noted.get(MAIL, NEVER)
        if isinstance(way, Path):
            what = f"Messages are written as files into {way}: nobody gets them."
            advice = "Set QUIZBOT_MAIL_URL, so that codes and reminders leave."
            yield ConnectionLine(MAIL, "E-mail", False, what, state, advice)
            return
        advice = ""
        if state.is_faulty:
            advice = "Look at QUIZBOT_MAIL_URL and at the mail server."
            if isinstance(way, NotifyWay):
                advice = f"Compare with {GUIDES}notify.md."
            advice += " What was not sent waits and is sent once it answers."
        by = "GOV.UK Notify" if isinstance(way, NotifyWay) else way.host
        what = f"Sign-in codes and reminders leave by {by}."
        yield ConnectionLine(MAIL, "E-mail", True, what, state, advice)

    def _telegram(self, noted: dict[str, ConnectionState]) -> Iterator[ConnectionLine]:
        is_on = bool(self.settings.telegram_token)
        bot = self.settings.telegram_bot
        what = f"People write to @{bot}." if bot else "People write to the bot."
        state = noted.get(TELEGRAM, NEVER)
        advice = "Ask whoever runs the service to see whether the bot runs."
        yield ConnectionLine(
            TELEGRAM,
            "Telegram",
            is_on,
            what if is_on else "Questionnaires and reminders in a chat: see the README.",
            state,
            advice if is_on and state.is_faulty else "",
        )

    def _teams(self, noted: dict[str, ConnectionState]) -> Iterator[ConnectionLine]:
        is_on = bool(self.settings.teams_app)
        state, guide = noted.get(TEAMS, NEVER), f"{GUIDES}teams.md"
        what = f"Questionnaires and reminders in a chat: {guide}."
        if is_on:
            what = f"Teams posts to {self.settings.public_url}/teams/messages."
        advice = f"Ask whoever runs the service to compare it with {guide}."
        advice += " Questionnaires go on in the browser, and what waits is sent once it works."
        yield ConnectionLine(
            TEAMS,
            "Microsoft Teams",
            is_on,
            what,
            state,
            advice if is_on and state.is_faulty else "",
        )

    def _organisations(self, noted: dict[str, ConnectionState]) -> Iterator[ConnectionLine]:
        guide = f"{GUIDES}openid-connect.md"
        if not self.organisations.providers:
            what = f"People sign in with a code by e-mail alone. How to change that: {guide}."
            yield ConnectionLine("sign-in", "Sign-in with an organisation", False, what)
        for name, known in self.organisations.providers.items():
            provider = known.provider
            domains = sorted(set().union(provider.domains, *provider.tenants.values()))
            what = f"Signs in addresses of {', '.join(domains)} by {host_of(provider.metadata)}."
            state = noted.get(named(name), NEVER)
            advice = f"Ask whoever runs the service to compare it with {guide}."
            yield ConnectionLine(
                named(name),
                f"Sign-in: {provider.title}",
                True,
                what,
                state,
                f"{advice} The code by e-mail works meanwhile." if state.is_faulty else "",
            )

    def _directory(self) -> Iterator[ConnectionLine]:
        """The directory that keeps people in step; it calls us, and looks after its own state."""
        now = self.directory.state()
        state = ConnectionState(now.last_use, now.last_fault_at, now.last_fault)
        what = f"People are kept in step by the file of people alone: {GUIDES}scim.md."
        advice = ""
        if now.is_on:
            what = (
                f"{how_many(now.users, 'person')} and {how_many(now.groups, 'group')} of {now.top}"
                " come from a directory."
            )
            if state.is_faulty:
                advice = f"Compare with {GUIDES}scim.md. "
            if now.held:
                advice += "It waits for a lead, at Admin, Directory: " + now.held
        yield ConnectionLine("scim", "Directory of people", now.is_on, what, state, advice.strip())

    def _issuers(self, noted: dict[str, ConnectionState]) -> Iterator[ConnectionLine]:
        """Issuers whose certificates are taken; where keys came as a file nobody is asked."""
        count = len(self.issuers.all())
        state = noted.get(ISSUERS, NEVER)
        what = f"Certificates of {how_many(count, 'issuer')} are taken."
        advice = f"Compare with {GUIDES}passport.md. What was brought waits for a lead."
        yield ConnectionLine(
            ISSUERS,
            "Certificates from elsewhere",
            bool(count),
            what if count else f"Nobody is trusted, so none is taken: {GUIDES}passport.md.",
            state,
            advice if count and state.is_faulty else "",
        )

    def _learning_systems(self, noted: dict[str, ConnectionState]) -> Iterator[ConnectionLine]:
        """Learning systems from which people come, and which are told their results."""
        guide = f"{GUIDES}lti.md"
        known = self.platforms.all() if self.platforms.is_on else []
        if not known:
            what = f"Nobody comes from a course of a learning system. How to change that: {guide}."
            yield ConnectionLine("lti", "Learning system", False, what)
            return
        waiting = self.scores.waiting()
        for one in known:
            queued, failed = waiting.get(one.platform_id, (0, 0))
            what = f"People come from courses of {host_of(one.keys_url)}."
            what += f" {how_many(queued, 'score waits', 'scores wait')}."
            state = noted.get(one.name, NEVER)
            advice = f"Compare with {guide}, at Admin, Learning systems." if state.is_faulty else ""
            if not one.deployments:
                advice = "Add its deployment at Admin, Learning systems: until then nobody comes."
            if failed:
                advice += (
                    f" {how_many(failed, 'score was', 'scores were')} refused: {guide} tells why"
                    " that may be."
                )
            scores = noted.get(one.name_of_scores, NEVER)
            if scores.is_faulty:
                advice += f" No results can be sent: {scores.fault}. {guide} tells where it is set."
            title = f"Learning system: {one.title}"
            yield ConnectionLine(one.name, title, True, what, state, advice.strip())

    def _results(self, noted: dict[str, ConnectionState]) -> Iterator[ConnectionLine]:
        """Systems that are told of results; a store and webhooks each have a guide."""
        targets = self.deliveries.targets
        for kind, title, guide in KINDS:
            if not any(target.kind == kind for target in targets):
                what = f"Nothing is told of results. How to change that: {GUIDES}{guide}."
                yield ConnectionLine(kind, title, False, what)
        waiting = self.deliveries.waiting() if targets else {}
        titles = {kind: (title, guide) for kind, title, guide in KINDS}
        for target in targets:
            title, guide = titles[target.kind]
            left = waiting[target.name]
            what = f"Results are told to {target.host}. "
            what += f"{how_many(left.queued, 'waits', 'wait')} to leave."
            advice = ""
            if noted.get(target.name, NEVER).is_faulty:
                advice = f"Compare with {GUIDES}{guide}. What waits leaves once it answers."
            if left.failed:
                advice += (
                    f" {how_many(left.failed, 'was', 'were')} refused: {GUIDES}{guide} tells how"
                    " to send such again."
                )
            name = target.name.partition(":")[2]
            state = noted.get(target.name, NEVER)
            shown = f"{title}: {name}" if name else title
            yield ConnectionLine(target.name, shown, True, what, state, advice.strip())


def _moment(at: datetime | None) -> str:
    """A moment as people here write it."""
    assert at is not None
    here = at.astimezone(LONDON)
    return f"{short_date(here)}, {here:%H:%M}"
