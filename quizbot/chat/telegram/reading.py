"""Updates as they come, read one by one: what the library cannot read holds up no other.

A newer or older Bot API, or a server that makes mistakes, sends what the library refuses as a
whole. Of such an update the little that we need is tried by itself, so that who wrote is answered;
what is beyond that too is left out. What is told of it names places in code, never what it held.
"""

import json
import re
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from telegram import Bot, Update

from quizbot.chat.telegram.hearing import Told, chat_of, told_by

Json = dict[str, Any]

LARGEST_NUMBER = (1 << 63) - 1  # of an update that can be noted
_NUMBER = re.compile(r'"update_id"\s*:\s*(\d{1,18})(?!\d)')
_NAME = re.compile(r"[a-z][a-z_]{0,39}")
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{},]', re.DOTALL)
_UNREADABLE = (ValueError, RecursionError)


@dataclass(frozen=True)
class Read:
    """What an update came to: nothing to hear where `update` is None; `trouble` is for the log."""

    number: int | None
    update: Update | None = None
    told: Told | None = None
    chat: int = 0
    trouble: str = ""


def read(raw: object, bot: Bot, our_name: str) -> Read:
    """An update as it came, whatever it is; nothing is raised."""
    number = number_of(raw)
    try:
        return _heard(raw, number, bot, our_name)
    except Exception as error:  # noqa: BLE001  (whatever it is, others must not wait for it)
        trouble = f"{_kind(raw)}: {where(error)}"
    try:
        found = _heard(bare(raw), number, bot, our_name)
    except Exception:  # noqa: BLE001  (what went wrong first is told)
        return Read(number, trouble=f"left out, {trouble}")
    return Read(number, found.update, found.told, found.chat, f"read in part, {trouble}")


def loads(body: bytes) -> object:
    """An update out of a body; where it cannot be read, its number alone, or nothing."""
    words = body.decode("utf-8", "replace")
    try:
        return json.loads(words)
    except _UNREADABLE:
        found = _NUMBER.search(words)
        return {"update_id": int(found[1])} if found else None


def loads_all(body: bytes) -> Json:
    """An answer of Telegram's with updates in it: what one of them holds spoils no other."""
    words = body.decode("utf-8", "replace")
    try:
        found: Json = json.loads(words)
    except _UNREADABLE:
        return {"ok": True, "result": [loads(part.encode()) for part in _parts(words)]}
    return found


def where(error: Exception) -> str:
    """Where it went wrong, without its words: they may hold what somebody wrote."""
    return f"{type(error).__name__}\n{''.join(traceback.format_tb(error.__traceback__)[-8:])}"


def bare(raw: object) -> Json:
    """An update of the few fields that we need, those of the right kind alone."""
    if not isinstance(raw, dict):
        raise TypeError
    kept: Json = {"update_id": number_of(raw)}
    for kind in ("message", "edited_message"):
        if kind in raw:
            return kept | {kind: _message(raw[kind])}
    if "callback_query" in raw:
        return kept | {"callback_query": _query(raw["callback_query"])}
    return kept | {"my_chat_member": _membership(raw["my_chat_member"])}


def _heard(raw: object, number: int | None, bot: Bot, our_name: str) -> Read:
    """Read and understood; the library checks no types, so that is where wrong ones are found."""
    if not isinstance(raw, dict) or number is None or not isinstance(raw.get("update_id"), int):
        raise TypeError
    if len(raw) < 2:  # its number was found, and nothing else of it
        raise ValueError
    update = Update.de_json(raw, bot)
    if all(getattr(update, name, None) is None for name in raw if name != "update_id"):
        raise ValueError  # of a kind that the library does not know
    told = told_by(update, our_name)
    if told is not None:
        _must_be_plain(vars(told))
    return Read(number, update, told, int(chat_of(update)))


def _must_be_plain(told: Mapping[str, object]) -> None:
    for name, value in told.items():
        if not isinstance(value, str | bool | int | None):
            raise TypeError
        if name in ("address", "old", "new"):
            int(str(value))
        if name in ("words", "tap") and not isinstance(value, str):
            raise TypeError


def number_of(raw: object) -> int | None:
    """The number of an update; None where it has none that can be noted."""
    found = raw.get("update_id") if isinstance(raw, dict) else None
    if isinstance(found, bool) or not isinstance(found, int | str):
        return None
    try:
        number = int(found)
    except ValueError:
        return None
    return number if 0 <= number <= LARGEST_NUMBER else None


def _kind(raw: object) -> str:
    """Which kind it is, for the log: a name of Telegram's, or nothing."""
    names = raw.keys() - {"update_id"} if isinstance(raw, dict) else set()
    return "/".join(sorted(n for n in names if isinstance(n, str) and _NAME.fullmatch(n))) or "?"


def _parts(words: str) -> Iterator[str]:
    """The members of the array that is the result, cut apart without being read."""
    start = words.find("[", max(words.find('"result"'), 0))
    if start < 0:
        return
    depth, begun = 0, start + 1
    for token in _TOKEN.finditer(words, start):
        what = token[0]
        depth += (what in "[{") - (what in "]}")
        if depth == 0 or (depth == 1 and what == ","):
            if part := words[begun : token.start()].strip():
                yield part
            begun = token.end()
        if depth == 0:
            return


# ---- the little that we need ---------------------------------------------------------------------

Check = Callable[[Any], bool]


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


_KEPT: dict[str, Check] = {
    "message_id": _is_number,
    "date": _is_number,
    "message_thread_id": _is_number,
    "migrate_to_chat_id": _is_number,
    "migrate_from_chat_id": _is_number,
    "is_topic_message": lambda value: value is True,
    "caption": lambda value: isinstance(value, str),
    "text": lambda value: isinstance(value, str),
}


def _message(raw: Json) -> Json:
    kept = {name: raw[name] for name, fits in _KEPT.items() if name in raw and fits(raw[name])}
    if "forward_origin" in raw and "text" in kept:  # read as under a photo: not as their own words
        kept["caption"] = kept.pop("text")
    return {"message_id": 0, "date": 1, **kept, "chat": _chat(raw["chat"])}


def _chat(raw: Json) -> Json:
    number = int(raw["id"])
    kind = raw.get("type")
    if not isinstance(kind, str):
        kind = "private" if number > 0 else "group"
    return {"id": number, "type": kind}


def _user(raw: Json) -> Json:
    return {"id": int(raw["id"]), "is_bot": raw.get("is_bot") is True, "first_name": ""}


def _query(raw: Json) -> Json:
    kept = {"id": str(raw["id"]), "from": _user(raw["from"]), "chat_instance": ""}
    if "message" in raw:
        message = _message(raw["message"])
        message.pop("text", None)
        kept["message"] = message
    if isinstance(raw.get("data"), str):
        kept["data"] = raw["data"]
    return kept


def _membership(raw: Json) -> Json:
    """Only that we are shut out is told: that we are let in is heard when somebody writes."""
    if raw["new_chat_member"]["status"] not in ("kicked", "left"):
        raise ValueError
    gone = {"user": _user(raw["new_chat_member"]["user"]), "status": "left"}
    return {
        "chat": _chat(raw["chat"]),
        "from": _user(raw["from"]),
        "date": 0,
        "old_chat_member": gone,
        "new_chat_member": gone,
    }
