"""The package that a Teams administrator uploads: what the app is called, and what it may do."""

import io
import json
import math
import struct
import zipfile
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from quizbot.chat.commands import COMMANDS, Command
from quizbot.config import Settings
from quizbot.errors import Misconfigured
from quizbot.hosts import host_of

SCHEMA = "https://developer.microsoft.com/json-schemas/teams/v1.19/MicrosoftTeams.schema.json"
NAME = "The Knowledge"
SHORT = "Questionnaires on safeguarding procedure, with every answer explained."
FULL = (
    "Short questionnaires on safeguarding procedure, for everyone who works with children. Try any"
    " of them here without an account, or link the chat to yours so that they count. In a channel,"
    " a team votes on one question, talks about it and votes again.\n\nNever write about a real"
    " child here: nobody reads it. If a child is in danger, call 999."
)
ACCENT = "#0b3d44"
TITLES = {"stop": "unlink"}  # said alone, “stop” is a pause
NOT_LISTED = ("start", "huddle")  # in a chat of one's own: neither does anything more there
MOST_COMMANDS, LONGEST_NAME = 10, 32
PACKED = datetime(2026, 1, 1, tzinfo=UTC)  # the same package each time

Ink = tuple[int, int, int, int]
Shape = Callable[[float, float], tuple[Ink, float]]  # and how far it is to another ink, at least


def package(settings: Settings, partnership: str) -> bytes:
    """The package as a zip file; Misconfigured where Teams would not take it."""
    if not settings.teams_app:
        raise Misconfigured("Set QUIZBOT_TEAMS_APP first: the application ID of the bot.")
    if not settings.is_https:
        raise Misconfigured(
            "Set QUIZBOT_PUBLIC_URL to the https address that people open: Teams takes no other."
        )
    files = {
        "manifest.json": json.dumps(manifest(settings, partnership), indent=2).encode(),
        "color.png": _png(192, _colour),
        "outline.png": _png(32, _outline),
    }
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(zipfile.ZipInfo(name, PACKED.timetuple()[:6]), content)
    return made.getvalue()


def manifest(settings: Settings, partnership: str) -> dict[str, Any]:
    """What the package says of the app."""
    url = settings.public_url
    return {
        "$schema": SCHEMA,
        "manifestVersion": "1.19",
        "version": "1.0.0",
        "id": settings.teams_app,
        "developer": {
            "name": (partnership or NAME)[:LONGEST_NAME].strip(),
            "websiteUrl": url,
            "privacyUrl": f"{url}/privacy",
            "termsOfUseUrl": url,
        },
        "name": {"short": NAME, "full": NAME},
        "description": {"short": SHORT, "full": FULL},
        "icons": {"color": "color.png", "outline": "outline.png"},
        "accentColor": ACCENT,
        "bots": [
            {
                "botId": settings.teams_app,
                "scopes": ["personal", "team", "groupChat"],
                "supportsFiles": False,
                "isNotificationOnly": False,
                "commandLists": [
                    _menu(["personal"], lambda one: one.private and one.name not in NOT_LISTED),
                    _menu(["team", "groupChat"], lambda one: one.groups),
                ],
            }
        ],
        "permissions": ["identity", "messageTeamMembers"],
        "validDomains": [host_of(url)],
    }


def _menu(scopes: list[str], is_wanted: Callable[[Command], bool]) -> dict[str, Any]:
    commands = [
        {"title": TITLES.get(one.name, one.name), "description": one.words}
        for one in COMMANDS
        if is_wanted(one)
    ]
    return {"scopes": scopes, "commands": commands[:MOST_COMMANDS]}


# The icons: a speech bubble with a tick, drawn on a square whose sides are 1 long.

_TEAL, _WHITE, _NOTHING = (11, 61, 68, 255), (255, 255, 255, 255), (255, 255, 255, 0)
_TICK = ((0.34, 0.46), (0.46, 0.58), (0.68, 0.34))
_FINE = 4  # points a pixel each way


def _colour(x: float, y: float) -> tuple[Ink, float]:
    bubble, tick = _bubble(x, y), _tick(x, y) - 0.045
    return _WHITE if bubble < 0 < tick else _TEAL, min(abs(bubble), abs(tick))


def _outline(x: float, y: float) -> tuple[Ink, float]:
    line, tick = abs(_bubble(x, y) + 0.03) - 0.035, _tick(x, y) - 0.045
    return _WHITE if line < 0 or tick < 0 else _NOTHING, min(abs(line), abs(tick))


def _bubble(x: float, y: float) -> float:
    """How far outside of the bubble a point is; less than nothing inside."""
    round_by = 0.12
    across = max(abs(x - 0.5) - 0.32 + round_by, 0.0), max(abs(y - 0.45) - 0.25 + round_by, 0.0)
    inside = min(max(abs(x - 0.5) - 0.32, abs(y - 0.45) - 0.25) + round_by, 0.0)
    box = math.hypot(*across) + inside - round_by
    tail = max(0.6 - y, 0.3 - x, (x + y - 1.2) / math.sqrt(2))
    return min(box, tail)


def _tick(x: float, y: float) -> float:
    """How far from the tick a point is."""
    return min(_from_line(x, y, *ends) for ends in pairwise(_TICK))


def _from_line(x: float, y: float, start: tuple[float, float], end: tuple[float, float]) -> float:
    along, up = end[0] - start[0], end[1] - start[1]
    part = ((x - start[0]) * along + (y - start[1]) * up) / (along * along + up * up)
    part = min(max(part, 0.0), 1.0)
    return math.hypot(x - start[0] - part * along, y - start[1] - part * up)


def _png(size: int, shape: Shape) -> bytes:
    """A picture of a shape, its edges made smooth."""
    rows = bytearray()
    for row in range(size):
        rows.append(0)  # no filter
        for column in range(size):
            rows += _pixel(size, column, row, shape)
    header = struct.pack(">IIBBBBB", size, size, 8, 6, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(rows), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, content) for kind, content in parts)


def _pixel(size: int, column: int, row: int, shape: Shape) -> bytes:
    ink, room = shape((column + 0.5) / size, (row + 0.5) / size)
    if room * size > 1:  # by far the most: another ink begins further away than this pixel ends
        return bytes(ink)
    steps = [(at + 0.5) / _FINE for at in range(_FINE)]
    inks = [shape((column + x) / size, (row + y) / size)[0] for y in steps for x in steps]
    return bytes(round(sum(ink[part] for ink in inks) / len(inks)) for part in range(4))


def _chunk(kind: bytes, content: bytes) -> bytes:
    seal = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + seal
