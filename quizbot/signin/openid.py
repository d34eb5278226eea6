"""OpenID Connect with one provider: where to send somebody, and whom it says has come back.

Only the code flow with PKCE, state and nonce. What travels in the browser is one random word; the
rest is made from it with our key. Nothing here knows people: `Accounts` says whose account it is.
"""

import base64
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from quizbot.clock import Clock
from quizbot.errors import Misconfigured, SignInRefused
from quizbot.outgoing import OutsideAnswer, OutsideDoor, Unreachable
from quizbot.signin.accounts import ProvenAccount, vouched_address
from quizbot.signin.providers import TENANT, Provider
from quizbot.signin.published import (
    KEPT_AT_MOST,
    KEPT_FOR,
    LONGEST_TOKEN,
    PublishedKeys,
    Publisher,
    as_text,
    is_yes,
)
from quizbot.signing import Signer
from quizbot.words import folded_address, is_showable

if TYPE_CHECKING:
    from joserfc.jwt import Token

# Signed by a key that only the provider has: `none` and HS… would let others sign.
ALGORITHMS = (
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"),
    *("EdDSA", "Ed25519"),
)
LEEWAY = 120  # seconds by which clocks may differ
STANDS_FOR = 300  # seconds that word of signing out is taken where it does not say itself
LONGEST_SUBJECT = 255
ENDED = "http://schemas.openid.net/event/backchannel-logout"
NOT_OURS = ("invalid_client", "unauthorized_client")  # our settings are wrong, nobody's sign-in
NOBODYS_CODE = "a-code-that-nobody-has"  # with which a secret is tried
AGAIN = "Go back to the sign-in page and begin once more."


class Doubtful(SignInRefused):
    """What came back is not what the provider would say to us; `fault` is for the operator."""

    def __init__(self, fault: str) -> None:
        super().__init__(f"Your organisation's answer was not as it must be. {AGAIN}")
        self.fault = fault


@dataclass(frozen=True)
class SignedOutThere:
    """Whom a provider signed out: an account, one of its sessions, or both."""

    issuer: str
    subject: str
    sid: str


@dataclass
class OpenId:
    """One provider as it is spoken to; what it says of itself is kept for an hour."""

    provider: Provider
    signer: Signer
    now: Clock
    _metadata: dict[str, Any] = field(default_factory=dict, repr=False)
    _metadata_at: float = field(default=0.0, repr=False)

    @cached_property
    def door(self) -> OutsideDoor:
        """How it is reached."""
        return OutsideDoor(self.provider.hosts, may_be_private=self.provider.private)

    @cached_property
    def publisher(self) -> Publisher:
        """What it says of itself is asked for here."""
        return Publisher(self.provider.title, self.door)

    @cached_property
    def keys(self) -> PublishedKeys:
        """The keys with which it signs."""
        return PublishedKeys(self.publisher, lambda: self._endpoint("jwks_uri"))

    # There

    def begin(self, state: str, back: str) -> str:
        """The address to which somebody is sent to sign in, and from there to `back`."""
        from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
        from authlib.oauth2.rfc7636 import create_s256_code_challenge

        address: str = prepare_grant_uri(
            self._endpoint("authorization_endpoint"),
            client_id=self.provider.client_id,
            response_type="code",
            redirect_uri=back,
            scope="openid email profile",
            state=state,
            nonce=self._nonce(state),
            code_challenge=create_s256_code_challenge(self._verifier(state)),
            code_challenge_method="S256",
        )
        return address

    def way_out(self, back: str) -> str:
        """The address at which somebody signs out there too; nothing where there is none."""
        if not self.metadata().get("end_session_endpoint"):
            return ""
        from authlib.common.urls import add_params_to_uri

        fields = {"client_id": self.provider.client_id, "post_logout_redirect_uri": back}
        address: str = add_params_to_uri(self._endpoint("end_session_endpoint"), fields)
        return address

    # And back

    def finish(self, state: str, code: str, issuer: str, back: str) -> ProvenAccount:
        """Whom the provider says has signed in. `issuer` is who the answer says it is from."""
        metadata = self.metadata()
        if not code:
            raise Doubtful("It came back without a code.")
        if issuer or metadata.get("authorization_response_iss_parameter_supported") is True:
            self._check_sender(issuer)
        tokens = self._exchange(code, state, back)
        read = self._read(tokens.get("id_token"))
        claims = read.claims
        self._check(read, nonce=self._nonce(state), access_token=tokens.get("access_token"))
        if not (isinstance(claims.get("sub"), str) and 0 < len(claims["sub"]) <= LONGEST_SUBJECT):
            raise Doubtful("Its token names nobody.")
        if not claims.get(self.provider.address_claim):
            claims = {**self._userinfo(tokens, claims["sub"]), **claims}
        return self._account(claims)

    def ended(self, token: str) -> SignedOutThere:
        """What a provider tells us when somebody signed out there; Doubtful where it is not so."""
        read = self._read(token)
        claims = read.claims
        events, subject, sid = claims.get("events"), claims.get("sub", ""), claims.get("sid", "")
        if not isinstance(events, dict) or ENDED not in events:
            raise Doubtful("A notice of signing out is not marked as one.")
        if "nonce" in claims or not (subject or sid):
            raise Doubtful("A notice of signing out names nobody, or is a sign-in's token.")
        self._check(read)
        return SignedOutThere(claims["iss"], as_text(subject), as_text(sid))

    # What the provider says of itself

    def look(self, back: str) -> bool:
        """Ask for all of it anew; Unreachable or Misconfigured says what is wrong with it.

        Whether it knows our secret, as far as a code that nobody has tells: some look at it first.
        """
        self.publisher.forgive()
        self.keys.forget()
        self._metadata = {}
        self.metadata()
        self.keys.keys()
        for name in ("token_endpoint", "userinfo_endpoint"):
            if isinstance(url := self.metadata().get(name), str):
                self.door.must_know(url)
        return bool(self.provider.secret) and self._is_secret_known(back)

    def _is_secret_known(self, back: str) -> bool:
        """What it says to a code that nobody has; Misconfigured where it does not know us."""
        answer = self._exchange_for(NOBODYS_CODE, NOBODYS_CODE, back)
        error = self._found(answer).get("error")
        if error in NOT_OURS:
            raise Misconfigured(self._refusal({"error": error}))
        return error == "invalid_grant"

    def _must_be_safe(self, found: Mapping[str, Any], *names: str) -> None:
        """Where people are sent is a page by https, but for a machine in the house."""
        for name in names:
            url = found.get(name)
            schemes = ("https", "http") if self.provider.private else ("https",)
            if isinstance(url, str) and (
                urlsplit(url).scheme not in schemes or not is_showable(url)
            ):
                raise Misconfigured(f"{self.provider.title}: its {name} is no address by https.")

    def metadata(self) -> Mapping[str, Any]:
        """Its own description; Unreachable or Misconfigured says why there is none."""
        age = time.monotonic() - self._metadata_at
        if self._metadata and age < KEPT_FOR:
            return self._metadata
        try:
            found = self.publisher.fetch(self.provider.metadata)
            self._check_metadata(found)
        except (Unreachable, Misconfigured):
            if self._metadata and age < KEPT_AT_MOST:
                return self._metadata
            raise
        self._metadata, self._metadata_at = found, time.monotonic()
        return found

    def _check_metadata(self, found: Mapping[str, Any]) -> None:
        """Whether it is the provider that was configured, and has all that we need."""
        title, issuer = self.provider.title, found.get("issuer")
        if not isinstance(issuer, str) or not issuer:
            raise Misconfigured(f"{title}: what is at {self.provider.metadata} names no issuer.")
        is_of_many = TENANT in issuer
        if is_of_many and not self.provider.tenants:
            raise Misconfigured(
                f"{title} speaks for any organisation ({issuer}). Name the tenants that may sign in"
                " in a table `tenants`, or set the issuer of your own tenant."
            )
        if self.provider.tenants and not is_of_many:
            raise Misconfigured(
                f"{title} is of one organisation ({issuer}): set `domains` instead of `tenants`."
            )
        expected = self.provider.issuer
        if expected and not is_of_many and issuer.rstrip("/") != expected.rstrip("/"):
            raise Misconfigured(
                f"{title} calls itself {issuer}, and {expected} is configured: set that as issuer."
            )
        if is_of_many and urlsplit(issuer).netloc != urlsplit(self.provider.metadata).netloc:
            raise Misconfigured(f"{title} calls itself {issuer}, which is of another machine.")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            if not isinstance(found.get(name), str):
                raise Misconfigured(f"{title}: what is at {self.provider.metadata} has no {name}.")
        self._must_be_safe(found, "authorization_endpoint", "end_session_endpoint")

    def _endpoint(self, name: str) -> str:
        return str(self.metadata()[name])

    # A sign-in

    def _nonce(self, state: str) -> str:
        return self.signer.hash("openid nonce", self.provider.name, state)

    def _verifier(self, state: str) -> str:
        return self.signer.hash("openid verifier", self.provider.name, state)

    def _check_sender(self, issuer: str) -> None:
        """Whether an answer is from this provider and no other that sent its own code here."""
        known = str(self.metadata()["issuer"])
        allowed = {known.replace(TENANT, tenant) for tenant in self.provider.tenants} or {known}
        if issuer not in allowed | {known}:
            raise Doubtful(f"An answer came from {issuer[:200]!r} and not from {known}.")

    def _exchange(self, code: str, state: str, back: str) -> dict[str, Any]:
        """The tokens for a code."""
        answer = self._exchange_for(code, state, back)
        found = self._found(answer)
        if found.get("error") in NOT_OURS:
            raise Misconfigured(self._refusal(found))
        if not answer.is_right or "error" in found:
            raise Doubtful(self._refusal(found))
        return found

    def _exchange_for(self, code: str, state: str, back: str) -> OutsideAnswer:
        """What the provider answers to a code."""
        fields = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": back,
            "client_id": self.provider.client_id,
            "code_verifier": self._verifier(state),
        }
        headers = {}
        if self.provider.secret:
            ways = self.metadata().get("token_endpoint_auth_methods_supported")
            if isinstance(ways, list) and "client_secret_post" in ways:
                fields["client_secret"] = self.provider.secret
            else:
                headers["Authorization"] = self._basic()
        with self.publisher.one_at_a_time():
            return self.door.form(self._endpoint("token_endpoint"), fields, **headers)

    def _found(self, answer: OutsideAnswer) -> dict[str, Any]:
        """What it answered, tokens or a refusal; Unreachable where it is neither."""
        try:
            found = answer.json()
        except ValueError:
            found = None
        if answer.status >= 500 or not isinstance(found, dict):
            raise Unreachable(f"{self.provider.title} answers with status {answer.status}.")
        return found

    def _refusal(self, found: Mapping[str, Any]) -> str:
        """Why no tokens came, with what to do where that is known."""
        error = as_text(found.get("error", ""))
        advice = {
            "invalid_client": "look at client_id and the secret, which may have run out",
            "unauthorized_client": "allow the code flow for this client",
            "invalid_grant": "the code was old, used, or for another redirect address",
        }.get(error, "look at the client's settings there")
        return f"It gave no tokens ({error[:60] or 'no reason told'}): {advice}."

    def _basic(self) -> str:
        pair = f"{quote(self.provider.client_id, safe='')}:{quote(self.provider.secret, safe='')}"
        return f"Basic {base64.b64encode(pair.encode()).decode()}"

    def _read(self, token: object) -> "Token":
        """A token that this provider signed; an unknown key is looked for once."""
        if not isinstance(token, str) or len(token) > LONGEST_TOKEN:
            raise Doubtful("It gave no ID token.")
        try:
            read = self.keys.read(token, ALGORITHMS)
        except ValueError as error:
            raise Doubtful(f"Its token cannot be trusted ({error}).") from None
        if not isinstance(read.claims, dict):
            raise Doubtful("Its token holds no claims.")
        self._check_issuer(read.claims, str(read.header.get("kid")))
        return read

    def _check_issuer(self, claims: Mapping[str, Any], kid: str) -> None:
        """Whether a token is of the issuer, of an allowed tenant, and by a key for that tenant."""
        issuer, known = claims.get("iss"), str(self.metadata()["issuer"])
        tenant = ""
        if TENANT in known:
            tenant = as_text(claims.get("tid", "")).lower()
            if tenant not in self.provider.tenants:
                raise Doubtful("Its token is of an organisation that is not among the tenants.")
        if issuer != known.replace(TENANT, tenant):
            raise Doubtful("Its token names another issuer.")
        whose = self.keys.issuers.get(kid)
        if whose is not None and whose.replace(TENANT, tenant) != issuer:
            raise Doubtful("Its token is signed with a key of another issuer.")

    def _check(self, read: "Token", **given: object) -> None:
        """Whether a token is for us and of now, and of this very sign-in where its nonce is given.

        What tells of signing out need not say until when it stands, nor who it is about.
        """
        from authlib.oidc.core import CodeIDToken
        from joserfc.errors import JoseError

        client_id, claims = self.provider.client_id, read.claims
        try:
            if not given:
                claims = {"sub": claims.get("sid"), "exp": claims["iat"] + STANDS_FOR, **claims}
            token = CodeIDToken(
                claims,
                read.header,
                {"aud": {"essential": True, "value": client_id}},
                {"client_id": client_id, **given},
            )
            token.validate(now=int(self.now().timestamp()), leeway=LEEWAY)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            what = getattr(error, "description", "") or type(error).__name__
            raise Doubtful(f"Its token is not for us, or not of now ({what}).") from None

    def _userinfo(self, tokens: Mapping[str, Any], subject: str) -> dict[str, Any]:
        """What it says of somebody beside the token; nothing where it says nothing."""
        url, access = self.metadata().get("userinfo_endpoint"), tokens.get("access_token")
        if not isinstance(url, str) or not isinstance(access, str) or not access.isascii():
            return {}
        try:
            with self.publisher.one_at_a_time():
                answer = self.door.ask("GET", url, {"Authorization": f"Bearer {access.strip()}"})
            found = answer.json() if answer.is_right else None
        except (Unreachable, ValueError):
            return {}
        if not isinstance(found, dict) or found.get("sub") != subject:
            return {}
        return found

    def _account(self, claims: Mapping[str, Any]) -> ProvenAccount:
        tenant = as_text(claims.get("tid", "")).lower()
        address = vouched_address(
            claims.get(self.provider.address_claim),
            is_vouched_for=self.provider.addresses_are_verified
            or is_yes(claims.get("email_verified"))
            or is_yes(claims.get("xms_edov")),
            speaks_for=lambda one: self.provider.speaks_for(one, tenant),
        )
        told = folded_address(as_text(claims.get(self.provider.address_claim)))
        calls_itself = ", ".join(filter(None, [as_text(claims.get("name", "")), told]))
        return ProvenAccount(
            provider=self.provider.name,
            issuer=as_text(claims["iss"]),
            subject=claims["sub"],
            address=address,
            calls_itself=calls_itself[:300] if is_showable(calls_itself) else "",
            sid=as_text(claims.get("sid", "")),
        )
