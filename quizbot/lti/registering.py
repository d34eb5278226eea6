"""Dynamic registration: a learning system opens our link, we read what it is, and say what we are.

Only the machine that a lead named may do so, and only once.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from quizbot.errors import Mend, Refused
from quizbot.hosts import host_of, plain_host
from quizbot.lti.claims import (
    DEEP_LINKING,
    LAUNCH,
    LINE_ITEM_SCOPE,
    LONGEST_ID,
    RESOURCE_LINK,
    SCORE_SCOPE,
)
from quizbot.lti.platforms import Invitation, Platforms, address_fault, connection_name
from quizbot.outgoing import OutsideDoor, Unreachable
from quizbot.signin.published import as_text
from quizbot.store.connections import Connections
from quizbot.words import is_showable

TOOL = "https://purl.imsglobal.org/spec/lti-tool-configuration"
CLAIMS = ("iss", "sub", "name", "given_name", "family_name", "email")
NAMED = ("authorization_endpoint", "token_endpoint", "jwks_uri", "registration_endpoint")
LONGEST_WORD = 8000  # characters of the token that goes back to it


class NotRegistered(Refused):
    """What was in the way of connecting; the text is for whoever set it up."""


@dataclass(frozen=True)
class Registering:
    """Connects one learning system, as it describes itself."""

    platforms: Platforms
    connections: Connections
    public_url: str
    partnership: str

    def register(self, word: str, configuration_url: str, token: str) -> UUID:
        """Connect who opened a link; NotFound or NotRegistered says why it is not."""
        invitation = self.platforms.invited(word)
        host = plain_host(urlsplit(invitation.address).netloc)
        if _host(configuration_url) != host:
            raise NotRegistered(
                f"This link was made for {invitation.address}, and something else opened it. Make"
                " another link with the right address."
            )
        door = self.platforms.door([host])
        try:
            described = self._described(door, configuration_url, invitation)
            answered = self._introduce(door, described, token)
        except Unreachable as error:
            raise NotRegistered(f"{error} The link stands: try again.") from None
        values = {
            "issuer": described["issuer"],
            "client_id": _client_id(answered),
            "deployments": _deployments(answered),
            "login_url": described["authorization_endpoint"],
            "token_url": described["token_endpoint"],
            "keys_url": described["jwks_uri"],
            "audience": as_text(described.get("authorization_server")),
        }
        try:
            platform_id = self.platforms.connect(invitation, values)
        except Mend as error:
            raise NotRegistered(f"{error}.") from None
        self.connections.note_use(connection_name(platform_id))
        return platform_id

    def ourselves(self) -> dict[str, Any]:
        """What we tell a learning system of us."""
        launch = f"{self.public_url}{LAUNCH}"
        return {
            "application_type": "web",
            "response_types": ["id_token"],
            "grant_types": ["implicit", "client_credentials"],
            "initiate_login_uri": f"{self.public_url}/lti/login",
            "redirect_uris": [launch],
            "client_name": "The Knowledge",
            "client_uri": self.public_url,
            "policy_uri": f"{self.public_url}/privacy",
            "jwks_uri": f"{self.public_url}/lti/keys",
            "token_endpoint_auth_method": "private_key_jwt",
            "scope": f"{SCORE_SCOPE} {LINE_ITEM_SCOPE}",
            TOOL: {
                "domain": host_of(self.public_url),
                "description": f"Safeguarding questionnaires of {self.partnership}",
                "target_link_uri": launch,
                "claims": list(CLAIMS),
                "messages": [
                    {"type": RESOURCE_LINK, "target_link_uri": launch, "label": "The Knowledge"},
                    {
                        "type": DEEP_LINKING,
                        "target_link_uri": launch,
                        "label": "Choose a questionnaire",
                        "placements": ["ContentArea"],
                    },
                ],
            },
        }

    def _described(self, door: OutsideDoor, url: str, invitation: Invitation) -> Mapping[str, Any]:
        """What a learning system says of itself, as far as it can be believed."""
        answer = door.ask("GET", url, {"Accept": "application/json"})
        found = _object(answer.body) if answer.is_right else None
        if found is None:
            raise NotRegistered(f"What is at {url[:200]} describes no learning system.")
        issuer = found.get("issuer")
        if not isinstance(issuer, str) or _host(issuer) != _host(url) or len(issuer) > 500:
            raise NotRegistered(
                f"It calls itself {as_text(issuer)[:200]!r}, which is of another machine than"
                f" {invitation.address}. Nothing was connected."
            )
        for name in NAMED:
            fault = address_fault(
                as_text(found.get(name)), may_be_private=self.platforms.may_be_private
            )
            if fault:
                raise NotRegistered(f"Its description has no {name} by https.")
        for name in NAMED[1:]:
            door.must_know(found[name])
        return found

    def _introduce(
        self, door: OutsideDoor, described: Mapping[str, Any], token: str
    ) -> Mapping[str, Any]:
        """Say who we are; what it made of it."""
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if token:
            if len(token) > LONGEST_WORD or not token.isascii() or not is_showable(token):
                raise NotRegistered("It sent a registration token that is none.")
            headers["Authorization"] = f"Bearer {token}"
        body = json.dumps(self.ourselves()).encode()
        answer = door.ask("POST", described["registration_endpoint"], headers, body)
        found = _object(answer.body)
        if not answer.is_right or found is None:
            reason = answer.body[:200].decode("utf-8", "replace")
            raise NotRegistered(
                f"It did not take us, with status {answer.status}"
                + (f" and the words {reason!r}." if reason and is_showable(reason) else ".")
                + " Begin again there; this link stands."
            )
        return found


def _client_id(answered: Mapping[str, Any]) -> str:
    client_id = as_text(answered.get("client_id"))
    if not client_id or len(client_id) > LONGEST_ID or not is_showable(client_id):
        raise NotRegistered("It took us and gave us no client id. Ask whoever looks after it.")
    return client_id


def _deployments(answered: Mapping[str, Any]) -> tuple[str, ...]:
    """The deployment that it made with it, where it made one; else a lead adds it later."""
    settings = answered.get(TOOL)
    found = as_text(settings.get("deployment_id")) if isinstance(settings, dict) else ""
    return (found,) if found and len(found) <= LONGEST_ID and is_showable(found) else ()


def _host(url: str) -> str:
    try:
        return plain_host(urlsplit(url).netloc)
    except ValueError:
        return ""


def _object(body: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
