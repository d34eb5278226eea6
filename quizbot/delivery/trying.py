"""Whether a system that is told of results would take them, as far as asking can tell.

A store is asked what it is, and for a statement that nobody made: nothing is written and nobody's
result is read. A webhook has nothing to ask for, so its machine is reached and told nothing.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from quizbot.delivery.targets import XAPI, Target
from quizbot.store.connections import Tried

if TYPE_CHECKING:
    from quizbot.outgoing import OutsideAnswer, OutsideDoor

KNOWS_ITSELF = "x-experience-api-version"  # a header of every answer of a store


def door_to(target: Target) -> "OutsideDoor":
    """The one way to its machine, and to no other."""
    from quizbot.outgoing import OutsideDoor

    allowed_by = "QUIZBOT_XAPI_PRIVATE=yes" if target.kind == XAPI else "`private = true`"
    hosts = frozenset([target.host])
    return OutsideDoor(hosts, may_be_private=target.private, allowed_by=allowed_by)


def try_webhook(target: Target) -> Tried:
    """Whether its machine is there; what it makes of a call only a call could tell."""
    from quizbot.outgoing import Unreachable

    try:
        door_to(target).knock(target.url)
    except Unreachable as error:
        return Tried.fault(str(error))
    return Tried.not_asked(
        f"{target.host} can be reached. It was asked nothing: whether the address and the secret"
        " are right shows at the next result that is handed in."
    )


def try_store(target: Target, headers: Mapping[str, str]) -> Tried:
    """Whether there is a store that speaks our version and knows our key."""
    from quizbot.outgoing import Unreachable

    door = door_to(target)
    try:
        about = door.ask("GET", f"{target.url}/about", headers)
        nobodys = f"{target.url}/statements?statementId={uuid4()}"
        answer = door.ask("GET", nobodys, headers)
    except Unreachable as error:
        return Tried.fault(str(error))
    if fault := _fault(target, about, answer):
        return Tried.fault(fault)
    if answer.status == HTTPStatus.FORBIDDEN:
        return Tried.not_asked(
            f"{target.host} answers, and lets our key read nothing. Whether it may write shows at"
            " the next result that is handed in."
        )
    return Tried.well(f"{target.host} is a learning record store and knows our key.")


def _fault(target: Target, about: "OutsideAnswer", answer: "OutsideAnswer") -> str:
    """What is wrong by these two answers; nothing where they are those of a store."""
    said, status = f"{target.host} answers with status {answer.status}", answer.status
    if status == HTTPStatus.UNAUTHORIZED:
        return f"{said}: it does not know the key in QUIZBOT_XAPI_SECRET_FILE."
    versions = _versions(about)
    if versions and not any(one[:3] == target.version[:3] for one in versions):
        spoken = ", ".join(versions)
        return f"{target.host} speaks xAPI {spoken}, and QUIZBOT_XAPI_VERSION is {target.version}."
    is_store = bool(versions) or KNOWS_ITSELF in answer.headers
    if status == HTTPStatus.NOT_FOUND and not is_store:
        return f"{said}: there is no learning record store below QUIZBOT_XAPI_URL."
    if status == HTTPStatus.BAD_REQUEST:
        return f"{said}: try another QUIZBOT_XAPI_VERSION."
    is_known = answer.is_right or status in (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND)
    return "" if is_known else f"{said}."


def _versions(about: "OutsideAnswer") -> list[str]:
    """Which a store says that it speaks; many say nothing."""
    if not about.is_right:
        return []
    try:
        found: Any = about.json()
    except ValueError:
        return []
    listed = found.get("version") if isinstance(found, dict) else None
    return [str(one)[:20] for one in listed if one] if isinstance(listed, list) else []
