"""What is said when, and to whom it did not get."""

from dataclasses import dataclass

from quizbot.editions.editions import Editions
from quizbot.outbox.notices import Notices
from quizbot.reminders.announcing import Announcing
from quizbot.reminders.digests import Digests
from quizbot.reminders.letters import Setting
from quizbot.reminders.nightly import Nightly
from quizbot.reminders.preferences import Preferences
from quizbot.reminders.quiet import Quiet
from quizbot.reminders.undelivered import Troubles
from quizbot.rules.ladder import Step
from quizbot.signin.chats import Links
from quizbot.standing.confirming import Confirmations
from quizbot.standing.standings import Standings
from quizbot.standing.tellings import Tellings
from quizbot.store.core import Core


@dataclass(frozen=True, kw_only=True)
class RemindersParts:
    """What the service has of this room."""

    nightly: Nightly
    announcing: Announcing
    digests: Digests
    troubles: Troubles
    preferences: Preferences
    quiet: Quiet


def open_reminders(
    core: Core,
    *,
    editions: Editions,
    standings: Standings,
    confirmations: Confirmations,
    tellings: Tellings,
    notices: Notices,
    links: Links,
    ladder: tuple[Step, ...],
    quiet: Quiet,
    setting: Setting,
    is_trial: bool,
) -> RemindersParts:
    """Each with what it stands on, by name."""
    return RemindersParts(
        nightly=Nightly(
            database=core.database,
            standings=standings,
            confirmations=confirmations,
            notices=notices,
            ladder=ladder,
            quiet=quiet,
            is_trial=is_trial,
            now=core.now,
        ),
        announcing=Announcing(database=core.database, tellings=tellings, notices=notices),
        digests=Digests(
            database=core.database,
            editions=editions,
            standings=standings,
            confirmations=confirmations,
            tellings=tellings,
            notices=notices,
            quiet=quiet,
            setting=setting,
            links=links,
            now=core.now,
        ),
        troubles=Troubles(
            database=core.database,
            editions=editions,
            standings=standings,
            audit=core.audit,
            now=core.now,
        ),
        preferences=Preferences(database=core.database, audit=core.audit, now=core.now),
        quiet=quiet,
    )
