"""Learning systems: which there are, who comes from them, what they are told."""

from dataclasses import dataclass

from quizbot.editions.editions import Editions
from quizbot.lti.launches import Launches
from quizbot.lti.line_items import LineItems
from quizbot.lti.making import MadeItems
from quizbot.lti.own_keys import OwnKeys
from quizbot.lti.platforms import Platforms
from quizbot.lti.registering import Registering
from quizbot.lti.scores import Scores
from quizbot.lti.services import ServicesOfCourses
from quizbot.signin.accounts import Accounts
from quizbot.store.connections import Connections
from quizbot.store.core import Core


@dataclass(frozen=True, kw_only=True)
class LtiParts:
    """What the service has of this room."""

    platforms: Platforms
    registering: Registering
    launches: Launches
    own_keys: OwnKeys
    scores: Scores


def open_lti(
    core: Core,
    *,
    editions: Editions,
    accounts: Accounts,
    connections: Connections,
    public_url: str,
    partnership: str,
    is_on: bool,
    may_be_private: bool,
) -> LtiParts:
    """Each with what it stands on, by name."""
    platforms = Platforms(
        database=core.database,
        audit=core.audit,
        signer=core.signer,
        now=core.now,
        is_on=is_on,
        may_be_private=may_be_private,
    )
    own_keys = OwnKeys(database=core.database, signer=core.signer, now=core.now)
    services = ServicesOfCourses(platforms, own_keys, core.now)
    return LtiParts(
        platforms=platforms,
        registering=Registering(
            platforms=platforms,
            connections=connections,
            public_url=public_url,
            partnership=partnership,
        ),
        launches=Launches(
            database=core.database,
            platforms=platforms,
            accounts=accounts,
            line_items=LineItems(database=core.database, now=core.now),
            own_keys=own_keys,
            connections=connections,
            editions=editions,
            signer=core.signer,
            public_url=public_url,
            now=core.now,
        ),
        own_keys=own_keys,
        scores=Scores(
            database=core.database,
            platforms=platforms,
            services=services,
            made_items=MadeItems(services),
            connections=connections,
            editions=editions,
            now=core.now,
        ),
    )
