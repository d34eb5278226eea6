"""How people come in: codes, slips, linked chats, and accounts of their organisations."""

from dataclasses import dataclass
from pathlib import Path

from quizbot.outbox.notices import Notices
from quizbot.signin.accounts import Accounts
from quizbot.signin.chats import Links
from quizbot.signin.codes import SignIn
from quizbot.signin.organisations import Organisations
from quizbot.signin.providers import Provider, read_providers
from quizbot.signin.slips import Slips
from quizbot.store.connections import Connections
from quizbot.store.core import Core


@dataclass(frozen=True, kw_only=True)
class SignInParts:
    """What the service has of this room."""

    sign_in: SignIn
    slips: Slips
    links: Links
    accounts: Accounts
    organisations: Organisations
    connections: Connections


def open_signin(
    core: Core, *, notices: Notices, public_url: str, providers_file: Path | None
) -> SignInParts:
    """Each with what it stands on, by name."""
    providers = read_providers(providers_file)
    connections = Connections(database=core.database, now=core.now)
    accounts = Accounts(
        database=core.database,
        audit=core.audit,
        signer=core.signer,
        notices=notices,
        titles={provider.name: provider.title for provider in providers},
        now=core.now,
    )
    return SignInParts(
        sign_in=SignIn(
            database=core.database,
            notices=notices,
            audit=core.audit,
            signer=core.signer,
            now=core.now,
        ),
        slips=Slips(
            database=core.database,
            audit=core.audit,
            signer=core.signer,
            public_url=public_url,
            now=core.now,
        ),
        links=Links(database=core.database, audit=core.audit, signer=core.signer, now=core.now),
        accounts=accounts,
        organisations=_organisations(core, providers, accounts, connections),
        connections=connections,
    )


def _organisations(
    core: Core,
    providers: tuple[Provider, ...],
    accounts: Accounts,
    connections: Connections,
) -> Organisations:
    """What speaks to the providers, imported only where there are some."""
    if not providers:
        return Organisations(providers={}, accounts=accounts, connections=connections)
    from quizbot.signin.openid import OpenId

    known = {one.name: OpenId(one, core.signer, core.now) for one in providers}
    return Organisations(providers=known, accounts=accounts, connections=connections)
