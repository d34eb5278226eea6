"""Somebody comes from a learning system: sent to sign in there, proven, and let in here, once.

What travels in the browser is one word with our seal, from which the nonce is made. A launch that
was proven becomes a word in an address, for a browser in a frame keeps no cookie of ours.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from sqlalchemy import Row, select, update

from quizbot.clock import Clock
from quizbot.editions.editions import Editions
from quizbot.errors import NotFound, Refused
from quizbot.lti.claims import (
    ASSURED,
    CLAIM,
    DEEP,
    DEEP_LINKING,
    LAUNCH,
    MODES,
    RESOURCE,
    VERSION,
    BadLaunch,
    LtiMessage,
    is_ours,
    read_message,
)
from quizbot.lti.line_items import LineItems
from quizbot.lti.own_keys import ALGORITHM, OwnKeys
from quizbot.lti.platforms import Platform, Platforms
from quizbot.signin.accounts import Accounts, NobodysYet, ProvenAccount, vouched_address
from quizbot.signin.codes import SignedIn
from quizbot.signin.published import LONGEST_TOKEN, PublishedKeys, Publisher, as_text
from quizbot.signing import Signer
from quizbot.store.connections import Connections, Tried
from quizbot.store.database import Database
from quizbot.store.tables import lti_launch, new_id

PROVIDER = "lti"  # of accounts, beside those of the file of providers
UNDER_WAY_FOR = 600  # seconds that somebody may be on the way through their learning system
STANDS_FOR = timedelta(hours=1)  # in which a proven launch may be opened
LEEWAY = 120  # seconds by which clocks may differ
OLDEST = 3600  # seconds since a token was made, whatever it says of its end
MAXIMUM = 100  # of a score
TAG = "the-knowledge"  # of line items that are ours
USED = "This launch was used before. Go back to your learning system and open the activity again."
OLD = "This launch has run out. Go back to your learning system and open the activity again."
NO_SUCH = "This learning system is not connected to this service. Ask whoever set up the activity."


@dataclass(frozen=True)
class WayThere:
    """Where a browser is sent to sign in, and the word by which it is known when it is back."""

    address: str
    word: str


@dataclass(frozen=True)
class Launch:
    """A proven launch on its way: by whom, from where, and whether it was opened before."""

    launch_id: UUID
    word: str
    browser: str  # the hash of the word that the browser had when it was sent away
    platform: Platform
    message: LtiMessage
    is_used: bool

    @property
    def is_choice(self) -> bool:
        """Whether somebody is to choose a questionnaire for their course."""
        return self.message.kind == DEEP_LINKING


@dataclass(frozen=True)
class LtiAnswer:
    """What a browser takes back to a learning system."""

    address: str
    token: str


@dataclass(frozen=True)
class Launches:
    """From the first request of a learning system to the person who is signed in."""

    database: Database
    platforms: Platforms
    accounts: Accounts
    line_items: LineItems
    own_keys: OwnKeys
    connections: Connections
    editions: Editions
    signer: Signer
    public_url: str
    now: Clock
    _keys: dict[tuple[str, ...], PublishedKeys] = field(default_factory=dict, repr=False)

    # There

    def begin(self, fields: Mapping[str, str]) -> WayThere:
        """Where to send a browser that a learning system sent to us."""
        self.platforms.must_be_on()
        issuer, hint = fields.get("iss", ""), fields.get("login_hint", "")
        platform = self.platforms.of_issuer(issuer, fields.get("client_id", ""))
        if platform is None:
            raise BadLaunch("Who is not connected began a launch.", NO_SUCH)
        if not hint or not is_ours(fields.get("target_link_uri", ""), self.public_url):
            raise self._noted(platform, BadLaunch("It asks for an address that is not ours."))
        deployment = fields.get("lti_deployment_id", "")
        if deployment and deployment not in platform.deployments:
            raise self._noted(platform, _no_deployment(deployment))
        word = secrets.token_urlsafe(18)
        state = self._state(word, platform)
        asked = {
            "scope": "openid",
            "response_type": "id_token",
            "response_mode": "form_post",
            "prompt": "none",
            "client_id": platform.client_id,
            "redirect_uri": f"{self.public_url}{LAUNCH}",
            "login_hint": hint,
            "state": state,
            "nonce": self._nonce(state),
        }
        if message_hint := fields.get("lti_message_hint", ""):
            asked["lti_message_hint"] = message_hint
        joint = "&" if "?" in platform.login_url else "?"
        return WayThere(f"{platform.login_url}{joint}{urlencode(asked)}", word)

    # And back

    def arrive(self, state: str, token: str, error: str = "") -> Launch:
        """Prove a launch and keep it; each only once."""
        self.platforms.must_be_on()
        word, platform = self._begun(state)
        if error:
            raise self._noted(
                platform,
                BadLaunch(
                    f"It sent somebody back with the error {error[:60]!r}.",
                    "Your learning system did not let you through. Sign in there, and open the"
                    " activity again.",
                ),
            )
        try:
            claims = self._proven(platform, state, token)
            message = read_message(claims, self.public_url, platform.login_url)
            if message.deployment not in platform.deployments:
                raise _no_deployment(message.deployment)
        except Refused as refusal:
            raise self._noted(platform, refusal) from None
        self.connections.note_use(platform.name)
        self._note_scores(platform, message)
        return self._keep(word, state, platform, self._fit(platform, message))

    def look(self, word: str) -> Launch:
        """A launch by its word; NotFound where it has run out."""
        self.platforms.must_be_on()
        query = select(lti_launch).where(
            lti_launch.c.word_hash == self._hash("word", word),
            lti_launch.c.made_at > self.now() - STANDS_FOR,
        )
        with self.database.reading() as connection:
            row = connection.execute(query).first()
        if row is None:
            raise NotFound(OLD)
        return self._launch(row, word)

    def is_of(self, launch: Launch, words: list[str]) -> bool:
        """Whether one of the words that a browser was given when it was sent away is this one's."""
        return any(self.signer.matches(launch.browser, "lti browser", word) for word in words)

    def open(self, launch: Launch) -> SignedIn | NobodysYet:
        """Sign in who came, once; NobodysYet where we do not know who that is here."""
        if launch.is_choice:
            raise NotFound("This launch asks for a choice and signs nobody in.")
        self._use(launch)
        message, platform = launch.message, launch.platform
        if not message.subject:
            return NobodysYet("", "Your learning system did not say who you are.")
        found = self.accounts.come_in(
            ProvenAccount(
                provider=PROVIDER,
                issuer=platform.issuer,
                deployment=message.deployment,
                subject=message.subject,
                address=message.address,
                calls_itself=message.calls_itself,
            )
        )
        if isinstance(found, SignedIn) and message.line_item:
            self.line_items.keep(found.person_id, platform.platform_id, message)
        return found

    # A choice for a course

    def choose(self, launch: Launch, module: str, mode: str) -> LtiAnswer:
        """What goes back to the learning system: a link to a module, to practise or to count."""
        if mode not in MODES:
            raise NotFound("Choose whether it counts or is practice.")
        found = self.editions.current(module).module
        url = f"{self.public_url}{LAUNCH}/{found.id}/{mode}"
        title = found.title if mode == ASSURED else f"{found.title} (practice)"
        item: dict[str, Any] = {
            "type": RESOURCE,
            "title": title,
            "text": found.summary,
            "url": url,
            "custom": {"module": found.id, "mode": mode},
        }
        if mode == ASSURED:
            item["lineItem"] = {
                "label": title,
                "scoreMaximum": MAXIMUM,
                "resourceId": found.id,
                "tag": TAG,
            }
        if launch.message.takes_window:
            item["window"] = {"targetName": "_blank"}
        return self._answer(launch, [item])

    def choose_nothing(self, launch: Launch) -> LtiAnswer:
        """Back without a link."""
        return self._answer(launch, [])

    def _answer(self, launch: Launch, items: list[dict[str, Any]]) -> LtiAnswer:
        platform, message = launch.platform, launch.message
        claims: dict[str, Any] = {
            "iss": platform.client_id,
            "aud": platform.issuer,
            "nonce": secrets.token_urlsafe(18),
            f"{CLAIM}deployment_id": message.deployment,
            f"{CLAIM}message_type": "LtiDeepLinkingResponse",
            f"{CLAIM}version": VERSION,
            f"{DEEP}content_items": items,
        }
        if message.data:
            claims[f"{DEEP}data"] = message.data
        return LtiAnswer(message.return_url, self.own_keys.signed(claims))

    # What the public methods are made of.

    def check(self, platform: Platform) -> Tried:
        """Ask a learning system for its keys."""
        keys = self._keys_of(platform)
        keys.publisher.forgive()
        keys.forget()
        try:
            keys.keys()
            keys.publisher.door.must_know(platform.token_url)
        except Refused as error:
            return self.connections.note(platform.name, Tried.fault(str(error)))
        words = "Its keys were found. Whether it takes scores shows with the first."
        return self.connections.note(platform.name, Tried.well(words))

    def _note_scores(self, platform: Platform, message: LtiMessage) -> None:
        """Whether a course lets us tell it results, which is told beside how launches are."""
        if message.no_scores:
            self.connections.note_fault(platform.name_of_scores, message.no_scores)
        elif message.line_item:
            self.connections.note_use(platform.name_of_scores)

    def _fit(self, platform: Platform, message: LtiMessage) -> LtiMessage:
        """A message with no more than this learning system may say."""
        address = vouched_address(
            message.address,
            is_vouched_for=platform.are_verified,
            speaks_for=platform.speaks_for,
        )
        line_item = message.line_item
        if line_item:
            try:
                self.platforms.door(platform.machines).must_know(line_item)
            except Refused as error:
                self.connections.note_fault(platform.name, f"No score can be sent: {error}")
                line_item = ""
        return replace(message, address=address, line_item=line_item)

    def _proven(self, platform: Platform, state: str, token: str) -> Mapping[str, Any]:
        """The claims of a token that this learning system made for us, just now, for this state."""
        if not token or len(token) > LONGEST_TOKEN:
            raise BadLaunch("It sent nobody's token.")
        try:
            read = self._keys_of(platform).read(token, (ALGORITHM,))
        except ValueError as error:
            raise BadLaunch(f"Its token cannot be trusted ({error}).") from None
        claims = read.claims
        if not isinstance(claims, dict):
            raise BadLaunch("Its token holds no claims.")
        if claims.get("iss") != platform.issuer:
            raise BadLaunch("Its token names another issuer.")
        audience = claims.get("aud")
        if audience not in (platform.client_id, [platform.client_id]):
            raise BadLaunch("Its token is for another client.")
        if claims.get("azp", platform.client_id) != platform.client_id:
            raise BadLaunch("Its token was asked for by another client.")
        if claims.get("nonce") != self._nonce(state):
            raise BadLaunch("Its token is of another launch.")
        self._must_be_of_now(claims)
        return claims

    def _must_be_of_now(self, claims: Mapping[str, Any]) -> None:
        now = self.now().timestamp()
        times = [claims.get(name) for name in ("iat", "exp")]
        if not all(isinstance(at, int | float) and not isinstance(at, bool) for at in times):
            raise BadLaunch("Its token does not say from when until when it stands.")
        made, ends = (float(at) for at in times if at is not None)
        if ends <= now - LEEWAY or made < now - OLDEST:
            raise BadLaunch("Its token has run out: look at the clocks of both machines.", OLD)
        starts = claims.get("nbf", made)
        if max(made, starts if isinstance(starts, int | float) else made) > now + LEEWAY:
            raise BadLaunch("Its token is of a time to come: look at the clocks of both machines.")

    def _keys_of(self, platform: Platform) -> PublishedKeys:
        """Its keys, kept in this process; another address of them is another's."""
        key = (platform.platform_id.hex, platform.keys_url, *sorted(platform.machines))
        if key not in self._keys:
            publisher = Publisher(platform.title, self.platforms.door(platform.machines))
            self._keys[key] = PublishedKeys(publisher, lambda: platform.keys_url)
        return self._keys[key]

    def _state(self, word: str, platform: Platform) -> str:
        at = int(self.now().timestamp())
        content = f"{word}.{platform.platform_id.hex}.{at}"
        return f"{content}.{self.signer.hash('lti state', content)[:32]}"

    def _nonce(self, state: str) -> str:
        return self.signer.hash("lti nonce", state)[:32]

    def _begun(self, state: str) -> tuple[str, Platform]:
        """The word and the learning system of a state of ours that is not too old."""
        content, _, seal = state.rpartition(".")
        word, _, rest = content.partition(".")
        is_ours_sealed = state.isascii() and secrets.compare_digest(
            self.signer.hash("lti state", content)[:32], seal
        )
        if not is_ours_sealed:
            raise BadLaunch("A launch came that was not begun here.")
        of_platform, _, at = rest.partition(".")
        if self.now().timestamp() - int(at) > UNDER_WAY_FOR:
            raise BadLaunch("A launch came back too late.", OLD)
        return word, self.platforms.by_id(UUID(of_platform))

    def _keep(self, browser: str, state: str, platform: Platform, message: LtiMessage) -> Launch:
        word = secrets.token_urlsafe(24)
        row = {
            "id": new_id(),
            "state_hash": self._hash("state", state),
            "word_hash": self._hash("word", word),
            "platform_id": platform.platform_id,
            "kind": "choose" if message.kind == DEEP_LINKING else "open",
            "told": json.dumps(
                {**asdict(message), "browser": self.signer.hash("lti browser", browser)}
            ),
            "made_at": self.now(),
            "used_at": None,
        }
        with self.database.writing() as connection:
            is_new = self.database.insert_once(connection, lti_launch, row)
        if not is_new:
            raise self._noted(platform, BadLaunch("A launch came a second time.", USED))
        return self.look(word)

    def _launch(self, row: Row[*tuple[Any, ...]], word: str) -> Launch:
        told = json.loads(row.told)
        browser = as_text(told.pop("browser"))
        message = LtiMessage(**{**told, "framers": tuple(told["framers"])})
        platform = self.platforms.by_id(row.platform_id)
        return Launch(row.id, word, browser, platform, message, row.used_at is not None)

    def _use(self, launch: Launch) -> None:
        """Note that a launch is used; refused where it was before."""
        with self.database.writing() as connection:
            is_first = connection.execute(
                update(lti_launch)
                .where(lti_launch.c.id == launch.launch_id, lti_launch.c.used_at.is_(None))
                .values(used_at=self.now())
            ).rowcount
        if not is_first:
            raise BadLaunch("A launch was opened a second time.", USED)

    def _hash(self, what: str, words: str) -> str:
        return self.signer.hash(f"lti {what}", words)

    def _noted(self, platform: Platform, error: Refused) -> Refused:
        """The fault in the operator's words is kept; what the person reads says what to do."""
        self.connections.note_fault(platform.name, getattr(error, "fault", "") or str(error))
        if isinstance(error, BadLaunch):
            return error
        return BadLaunch(
            str(error),
            f"{platform.title} could not be asked whether this is right. Try again in a few"
            " minutes, or sign in with a code.",
        )


def _no_deployment(deployment: str) -> BadLaunch:
    return BadLaunch(
        f"It names a deployment that is not listed: {deployment[:60]!r}.",
        "This course's learning system is not connected to this service yet. Ask whoever set up the"
        " activity to add its deployment.",
    )
