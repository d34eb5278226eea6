"""Certificates as credentials: given out, told of, and verified by machines elsewhere."""

import json
from typing import Any

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from quizbot.errors import NotFound, NotOffered, Refused
from web.auth import public
from web.current import person_id, service

bp = Blueprint("passports", __name__)
SIGNED = "text/plain; charset=utf-8"  # as Open Badges 3.0 has it for a signed credential
KEPT_FOR = 300  # seconds that a key set may be kept


@bp.after_request
def hide(response: Response) -> Response:
    """For machines that were shown an address: no search engine lists it, any page may ask it."""
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@bp.get("/certificates/<code>.json")
@public
def credential(code: str) -> ResponseReturnValue:
    """The credential of a certificate, in an envelope of JSON."""
    try:
        return told(service().passports.enveloped(code))
    except (NotFound, NotOffered) as refusal:
        return refused(refusal)


@bp.get("/certificates/<code>.jwt")
@public
def token(code: str) -> ResponseReturnValue:
    """The same as it is signed, and nothing around it."""
    try:
        return for_all(Response(service().passports.credential(code), content_type=SIGNED))
    except (NotFound, NotOffered) as refusal:
        return refused(refusal)


@bp.get("/certificates/<code>/status.json")
@public
def state(code: str) -> ResponseReturnValue:
    """Whether it holds, was withdrawn or has expired, to read."""
    try:
        return told(service().passports.state(code))
    except NotFound as refusal:
        return refused(refusal)


@bp.get("/certificates/<code>/status.jwt")
@public
def status(code: str) -> ResponseReturnValue:
    """Whether it was withdrawn, signed, as verifiers ask."""
    try:
        return for_all(Response(service().passports.status_list(code), content_type=SIGNED))
    except NotFound as refusal:
        return refused(refusal)


@bp.get("/.well-known/jwks.json")
@public
def key_set() -> ResponseReturnValue:
    """By which keys all of it is verified; the file that another installation may be given."""
    made = told(service().passports.key_set())
    made.headers["Cache-Control"] = f"public, max-age={KEPT_FOR}"
    return made


@bp.get("/me/certificates/<code>.jwt")
def file(code: str) -> ResponseReturnValue:
    """One's own credential as a file, to bring elsewhere."""
    made = service().passports.own(person_id(), code)
    kept = {"Content-Disposition": f'attachment; filename="certificate-{code}.jwt"'}
    return Response(made, content_type=SIGNED, headers=kept)


def told(content: dict[str, Any], status: int = 200) -> Response:
    """JSON on its way."""
    body = json.dumps(content, ensure_ascii=False, indent=1)
    return for_all(Response(body, status, content_type="application/json; charset=utf-8"))


def for_all(response: Response) -> Response:
    """Whoever has the address may read it, a verifier in a browser too."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def refused(refusal: Refused) -> Response:
    """What there is not, or not any more, in words for whoever reads them."""
    return told({"error": str(refusal)}, 410 if isinstance(refusal, NotOffered) else 404)
