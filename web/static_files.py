"""Styles, script and icons: read once, compressed once, under an address that changes with them."""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from flask import Flask, Response, abort, request

FOLDER = Path(__file__).with_name("static")
SERVED = (".css", ".js", ".svg", ".png")


@dataclass(frozen=True)
class StaticFile:
    """A file as it is sent."""

    body: bytes
    packed: bytes
    mimetype: str


def serve_static(app: Flask) -> None:
    """Add `/static/<hash>/<name>`, cached for a year, and `static(name)` for templates."""
    files = {
        path.relative_to(FOLDER).as_posix(): StaticFile(
            body=path.read_bytes(),
            packed=gzip.compress(path.read_bytes(), 9, mtime=0),
            mimetype=mimetypes.types_map[path.suffix],
        )
        for path in FOLDER.rglob("*")
        if path.suffix in SERVED
    }
    content = b"".join(name.encode() + file.body for name, file in sorted(files.items()))
    stamp = hashlib.sha256(content).hexdigest()[:10]

    def send(stamp: str, name: str) -> Response:  # noqa: ARG001  (any stamp gets today's file)
        found = files.get(name)
        if found is None:
            abort(404)
        is_packed = "gzip" in request.headers.get("Accept-Encoding", "")
        response = Response(found.packed if is_packed else found.body, mimetype=found.mimetype)
        if is_packed:
            response.headers["Content-Encoding"] = "gzip"
        response.headers["Vary"] = "Accept-Encoding"
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response

    app.add_url_rule("/static/<stamp>/<path:name>", "static", send)
    app.jinja_env.globals["static"] = lambda name: f"/static/{stamp}/{name}"
