"""The services of a learning system, asked with a token that it gives to who signs for itself."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from quizbot.clock import Clock
from quizbot.errors import Refused
from quizbot.lti.own_keys import OwnKeys
from quizbot.lti.platforms import Platform, Platforms
from quizbot.outgoing import OutsideAnswer
from quizbot.words import is_showable

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
RENEWS_BEFORE = timedelta(seconds=60)


@dataclass(frozen=True)
class AccessToken:
    """What opens a learning system's services, until when."""

    word: str
    until: datetime


class Shut(Refused):
    """A learning system that gives us no token for now; the text is for the operator."""


@dataclass(frozen=True)
class ServicesOfCourses:
    """Asks them; a token is kept until shortly before it ends, one for each of their scopes."""

    platforms: Platforms
    own_keys: OwnKeys
    now: Clock
    _tokens: dict[tuple[UUID, str], AccessToken] = field(default_factory=dict, repr=False)

    def ask(
        self,
        platform: Platform,
        scope: str,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None = None,
    ) -> OutsideAnswer:
        """One request; Shut or Unreachable where it cannot be made."""
        door = self.platforms.door(platform.machines)
        token = self._token(platform, scope, afresh=False)
        answer = door.ask(method, url, {**headers, "Authorization": f"Bearer {token}"}, body)
        if answer.status == 401:  # it may have ended the token before its time
            token = self._token(platform, scope, afresh=True)
            answer = door.ask(method, url, {**headers, "Authorization": f"Bearer {token}"}, body)
        return answer

    def _token(self, platform: Platform, scope: str, *, afresh: bool) -> str:
        known = self._tokens.get((platform.platform_id, scope))
        if known is not None and not afresh and self.now() < known.until:
            return known.word
        assertion = {
            "iss": platform.client_id,
            "sub": platform.client_id,
            "aud": platform.audience or platform.token_url,
            "jti": secrets.token_urlsafe(18),
        }
        fields = {
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION,
            "client_assertion": self.own_keys.signed(assertion),
            "scope": scope,
        }
        answer = self.platforms.door(platform.machines).form(platform.token_url, fields)
        try:
            found = answer.json()
        except ValueError:
            found = None
        word = found.get("access_token") if isinstance(found, dict) else None
        if not answer.is_right or not _is_token(word):
            raise Shut(_why(answer, found))
        assert isinstance(word, str)
        until = self.now() + _lasts(found) - RENEWS_BEFORE
        self._tokens[platform.platform_id, scope] = AccessToken(word, until)
        return word


def _lasts(found: Mapping[str, object]) -> timedelta:
    seconds = found.get("expires_in")
    if not isinstance(seconds, int | float) or isinstance(seconds, bool):
        return timedelta(seconds=3600)
    return timedelta(seconds=min(max(float(seconds), 0), 86400))


def _is_token(word: object) -> bool:
    return isinstance(word, str) and 0 < len(word) <= 8000 and word.isascii() and is_showable(word)


def _why(answer: OutsideAnswer, found: object) -> str:
    error = found.get("error") if isinstance(found, dict) else ""
    told = f" ({error[:60]})" if isinstance(error, str) and error else ""
    return f"It gave no token for scores, with status {answer.status}{told}."
