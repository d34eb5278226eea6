"""Signing in with an organisation's account: the providers, and what each of them told us."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from quizbot.errors import Misconfigured, NotFound, Refused, SignInRefused
from quizbot.signin.accounts import Accounts, NobodysYet
from quizbot.signin.codes import SignedIn
from quizbot.store.connections import Connections, Tried

if TYPE_CHECKING:
    from quizbot.signin.openid import OpenId


@dataclass(frozen=True)
class ProviderButton:
    """A provider as the sign-in page offers it."""

    name: str
    title: str


@dataclass(frozen=True)
class Organisations:
    """Every provider by its name; what went right or wrong is noted for whoever looks after it."""

    providers: Mapping[str, "OpenId"]
    accounts: Accounts
    connections: Connections

    @property
    def buttons(self) -> list[ProviderButton]:
        """What the sign-in page offers beside the code, in the order of the file."""
        return [
            ProviderButton(name, known.provider.title) for name, known in self.providers.items()
        ]

    def title(self, name: str) -> str:
        """What a provider is called; NotFound where there is none of that name."""
        return self._of(name).provider.title

    def begin(self, name: str, state: str, back: str) -> str:
        """Where to send somebody to sign in; SignInRefused while that cannot be done."""
        known = self._of(name)
        try:
            return known.begin(state, back)
        except Refused as error:
            raise self._noted(name, error) from None

    def finish(
        self, name: str, state: str, code: str, issuer: str, back: str
    ) -> SignedIn | NobodysYet:
        """Sign in whoever came back, or say why the account is nobody's here yet."""
        known = self._of(name)
        try:
            proven = known.finish(state, code, issuer, back)
        except Refused as error:
            raise self._noted(name, error) from None
        self.connections.note_use(named(name))
        return self.accounts.come_in(proven)

    def refused(self, name: str, error: str) -> SignInRefused:
        """What to say where the provider sent somebody back without signing them in."""
        title = self.title(name)
        if error in ("access_denied", "login_required", "interaction_required"):
            return SignInRefused(f"{title} did not sign you in. Try again, or use a code.")
        self.connections.note_fault(
            named(name), f"It sent somebody back with the error {error[:60]!r}."
        )
        return SignInRefused(
            f"{title} could not sign you in. Sign in with a code, and tell your safeguarding lead."
        )

    def way_out(self, name: str, back: str) -> str:
        """Where somebody signs out at the provider too; nothing while it is not known."""
        try:
            return self._of(name).way_out(back)
        except Refused:
            return ""

    def ended_there(self, name: str, token: str) -> int:
        """A provider says that it signed somebody out: so do we; in how many browsers."""
        known = self._of(name)
        try:
            ended = known.ended(token)
        except SignInRefused:
            raise  # anybody may send what is no token: that is no fault of the connection
        except Refused as error:
            raise self._noted(name, error) from None
        return self.accounts.ended_there(ended.issuer, ended.subject, ended.sid)

    def check(self, name: str, back: str) -> Tried:
        """Ask a provider for what it says of itself, and of us."""
        known = self._of(name)
        try:
            is_secret_known = known.look(back)
        except Refused as error:
            return self.connections.note(named(name), Tried.fault(str(error)))
        words = "It is the one that is configured, and its keys are there"
        if is_secret_known:
            words = "It is the one that is configured, its keys are there, and it knows our secret"
        elif known.provider.secret:
            words += "; whether it knows our secret shows when somebody signs in"
        return self.connections.note(named(name), Tried.well(f"{words}."))

    def _of(self, name: str) -> "OpenId":
        known = self.providers.get(name)
        if known is None:
            raise NotFound("There is no such way to sign in here.")
        return known

    def _noted(self, name: str, error: Refused) -> SignInRefused:
        """The fault in the operator's words is kept; what the person reads says what to do."""
        self.connections.note_fault(named(name), getattr(error, "fault", "") or str(error))
        title = self.title(name)
        if isinstance(error, SignInRefused):
            return error
        if isinstance(error, Misconfigured):
            return SignInRefused(
                f"Signing in with {title} is not set up rightly, which is not your fault. Sign in"
                " with a code instead."
            )
        return SignInRefused(
            f"{title} does not answer at the moment. Sign in with a code instead, or try again in"
            " a few minutes."
        )


def named(name: str) -> str:
    """What a provider's connection is called."""
    return f"sign-in:{name}"
