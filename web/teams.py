"""`/teams/messages` on the wire: no cookie, no page, no form; what the Bot Connector posts."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Flask

from quizbot.service import Service

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from quizbot.chat.teams import TeamsDoor

PATH = "/teams/messages"


class WithTeams:
    """Pages as they are, and beside them the door for Teams; it is loaded when it is knocked at."""

    def __init__(self, app: Flask, inside: "WSGIApplication") -> None:
        self.app, self.inside = app, inside
        self._door: TeamsDoor | None = None

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Hand on what is for the door; everything else is a page."""
        if environ.get("PATH_INFO") != PATH:
            return self.inside(environ, start_response)
        if environ["REQUEST_METHOD"] != "POST":
            start_response("405 METHOD NOT ALLOWED", [("Allow", "POST"), ("Content-Length", "0")])
            return [b""]
        door = self.door()
        length = environ.get("CONTENT_LENGTH") or "0"
        size = int(length) if length.isascii() and length.isdecimal() else 0
        # One byte more than may be sent tells that it was too much.
        body = environ["wsgi.input"].read(min(size, door.largest + 1)) if size else b""
        reply = door.posted(body, environ.get("HTTP_AUTHORIZATION", ""))
        headers = [("Content-Length", str(len(reply.body)))]
        headers += [("Content-Type", "application/json; charset=utf-8")] if reply.body else []
        start_response(f"{reply.status} {HTTPStatus(reply.status).phrase}", headers)
        return [reply.body]

    def door(self) -> "TeamsDoor":
        """The door of this process, on the service that the pages have."""
        service: Service = self.app.extensions["quizbot"]
        if self._door is None or self._door.service is not service:
            from quizbot.chat.teams import TeamsDoor

            self._door = TeamsDoor(service)
        return self._door


def with_teams(app: Flask, inside: "WSGIApplication") -> "WSGIApplication":
    """The pages with a door for Teams, where an app of Teams is set."""
    service: Service = app.extensions["quizbot"]
    return WithTeams(app, inside) if service.settings.teams_app else inside
