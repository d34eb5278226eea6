"""How the app in Teams is: whether Microsoft lets us in, and whether we can know who posts."""

from collections.abc import Iterator

from quizbot.chat.teams.calls import Connector, ConnectorTrouble, NotLetIn
from quizbot.chat.teams.tokens import IncomingTokens
from quizbot.clock import utc_now
from quizbot.config import Settings
from quizbot.doctor import Level, Look
from quizbot.outgoing import Unreachable

NOT_SET = "no app is set up: QUIZBOT_TEAMS_APP is not set"
COMPARE = (
    "Compare the three with the app's registration, and make a new secret where the last has run"
    " out."
)
REACH = "Let this machine reach that address; docs/connect/teams.md lists them all."


def look(settings: Settings) -> list[Look]:
    """Everything that can be told; one line where Teams is not wanted."""
    if not settings.teams_app:
        return [Look("Teams", Level.OK, NOT_SET)]
    return [*_secret(settings), *_keys(settings), *_address(settings)]


def faults(settings: Settings) -> list[Look]:
    """What is in the way of it now: no token for us, or no keys of theirs."""
    tried = (*_secret(settings), *_keys(settings))
    return [one for one in tried if one.level is Level.FAULT]


def _secret(settings: Settings) -> Iterator[Look]:
    try:
        Connector(settings).token()
    except ConnectorTrouble as error:
        words = f"Teams cannot be written to: {error.sent.trouble}"
        advice = COMPARE if isinstance(error, NotLetIn) else REACH
        yield Look("Teams secret", Level.FAULT, words, advice)
    else:
        yield Look("Teams secret", Level.OK, "Microsoft knows it")


def _keys(settings: Settings) -> Iterator[Look]:
    try:
        IncomingTokens(settings, utc_now).look()
    except Unreachable as error:
        words = f"nobody who posts as Teams can be known: {error}"
        yield Look("Teams keys", Level.FAULT, words, REACH)
    else:
        yield Look("Teams keys", Level.OK, "the Connector's keys are there")


def _address(settings: Settings) -> Iterator[Look]:
    where = f"{settings.public_url}/teams/messages"
    if settings.is_https:
        yield Look("Teams address", Level.OK, f"Teams is to post to {where}")
    else:
        words = f"Teams posts to no address such as {where}"
        advice = "Set QUIZBOT_PUBLIC_URL to the https address by which Microsoft reaches us."
        yield Look("Teams address", Level.WARNING, words, advice)
