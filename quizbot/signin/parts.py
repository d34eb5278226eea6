"""How people come in: codes, slips and linked chats."""

from dataclasses import dataclass

from quizbot.outbox.notices import Notices
from quizbot.signin.chats import Links
from quizbot.signin.codes import SignIn
from quizbot.signin.slips import Slips
from quizbot.store.core import Core


@dataclass(frozen=True, kw_only=True)
class SignInParts:
    """What the service has of this room."""

    sign_in: SignIn
    slips: Slips
    links: Links


def open_signin(core: Core, *, notices: Notices, public_url: str) -> SignInParts:
    """Each with what it stands on, by name."""
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
    )
