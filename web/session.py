"""Sessions in a signed cookie of ids; a signature that was checked once is not checked again."""

import time
from typing import Any

from flask import Flask, Request, Response
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from itsdangerous import BadSignature, URLSafeTimedSerializer

MOST_KEPT = 2000
LONGEST_KEPT = 4000  # so that nobody fills the memory with cookies of their own


class KeptSessions(SecureCookieSessionInterface):
    """Flask's own, but that the signer is made once and that checked cookies are remembered.

    A cookie's signature stays right for ever; only its age is looked at each time.
    """

    def __init__(self, secret: bytes, lasts: float) -> None:
        self.signer = URLSafeTimedSerializer(secret, salt="session")
        self.lasts = lasts
        self.checked: dict[str, tuple[dict[str, Any], float]] = {}

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession:
        """What the cookie says, or an empty session; told again by the header as it came."""
        header = request.environ.get("HTTP_COOKIE")
        if not header:
            return SecureCookieSession()
        found = self.checked.get(header)
        if found is None:
            found = self._check(request.cookies.get(app.config["SESSION_COOKIE_NAME"], ""))
            if found is None:
                return SecureCookieSession()
            if len(header) < LONGEST_KEPT:
                if len(self.checked) >= MOST_KEPT:
                    self.checked.clear()
                self.checked[header] = found
        return SecureCookieSession(self._if_young(found))

    def known(self, header: str) -> dict[str, Any] | None:
        """What a cookie says that was checked before and is not too old; None for any other."""
        found = self.checked.get(header)
        return self._if_young(found) if found else None

    def _if_young(self, found: tuple[dict[str, Any], float]) -> dict[str, Any] | None:
        content, signed_at = found
        return None if time.time() - signed_at > self.lasts else content

    def _check(self, cookie: str) -> tuple[dict[str, Any], float] | None:
        try:
            content, at = self.signer.loads(cookie, return_timestamp=True)
        except BadSignature:
            return None
        return (content, at.timestamp()) if isinstance(content, dict) else None

    def save_session(self, app: Flask, session: Any, response: Response) -> None:
        """Send a new cookie only where something changed."""
        if not session.modified:
            return  # no `Vary`: every page says that it may not be kept
        name = app.config["SESSION_COOKIE_NAME"]
        response.vary.add("Cookie")
        if not session:
            response.delete_cookie(name)
            return
        response.set_cookie(
            name,
            self.signer.dumps(dict(session)),
            expires=self.get_expiration_time(app, session),
            httponly=True,
            samesite="Lax",
            secure=app.config["SESSION_COOKIE_SECURE"],
        )
