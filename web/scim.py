"""`/scim/v2` on the wire: no cookie, no page, no form; a token, and what the service answers."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from flask import Flask

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PREFIX = "/scim/v2"
LARGEST = 1 << 20  # bytes
KIND = "application/scim+json; charset=utf-8"


def with_directory(app: Flask, inside: "WSGIApplication") -> "WSGIApplication":
    """Pages as they are, and beside them the door of a directory."""

    def call(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if not path.startswith(PREFIX) or path[len(PREFIX) : len(PREFIX) + 1] not in ("", "/"):
            return inside(environ, start_response)
        service = app.extensions["quizbot"]
        length = environ.get("CONTENT_LENGTH") or "0"
        size = int(length) if length.isascii() and length.isdecimal() else 0
        # One byte more than may be sent tells that it was too much.
        body = environ["wsgi.input"].read(min(size, LARGEST + 1)) if size else b""
        reply = service.scim.asked(
            method=environ["REQUEST_METHOD"],
            path=path.removeprefix(PREFIX),
            query=dict(parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True)),
            body=body,
            address=f"{service.settings.public_url}{PREFIX}",
            authorization=environ.get("HTTP_AUTHORIZATION", ""),
            if_match=environ.get("HTTP_IF_MATCH", ""),
            if_none_match=environ.get("HTTP_IF_NONE_MATCH", ""),
        )
        sent: bytes = reply.body
        status = HTTPStatus(reply.status)
        headers = [*reply.headers.items(), ("Content-Length", str(len(sent)))]
        headers += [("Content-Type", KIND)] if sent else []
        start_response(f"{reply.status} {status.phrase}", headers)
        return [sent]

    return call
