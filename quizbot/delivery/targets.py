"""The systems that are told of results, as an operator names them."""

import base64
import binascii
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from quizbot.errors import Misconfigured
from quizbot.hosts import host_of, read_web_address

XAPI = "xapi"
WEBHOOK = "webhook"
SHORTEST_SECRET = 24  # bytes, as those who wrote the rules of these signatures ask

_NAME = re.compile(r"[a-z][a-z0-9-]{0,30}")
_FIELDS = {"name": str, "url": str, "secret_file": str, "private": bool}


@dataclass(frozen=True, kw_only=True)
class Target:
    """One system: where it is, and how it knows that it is we who speak."""

    name: str  # as its connection is called: xapi, or webhook:hr
    kind: str
    url: str
    user: str = ""
    secret: bytes = field(repr=False)
    version: str = ""
    private: bool = False

    @property
    def host(self) -> str:
        """Its machine."""
        return host_of(self.url)


def read_targets(
    xapi_url: str,
    xapi_secret_file: Path | None,
    version: str,
    webhooks: Path | None,
    *,
    private: bool,
) -> tuple[Target, ...]:
    """All of them; Misconfigured with a line for each fault."""
    faults: list[str] = []
    found = [*_store(xapi_url, xapi_secret_file, version, faults, private=private)]
    if webhooks is not None:
        found += _webhooks(webhooks, faults)
    names = [target.name for target in found]
    faults += [f"{name} is named twice" for name in sorted(set(names)) if names.count(name) > 1]
    if faults:
        raise Misconfigured("\n".join(f"{fault}." for fault in faults))
    return tuple(found)


def _store(
    url: str, file: Path | None, version: str, faults: list[str], *, private: bool
) -> Iterator[Target]:
    """The learning record store, if there is one."""
    if not url:
        return
    if file is None:
        faults.append("QUIZBOT_XAPI_SECRET_FILE is not set: a file with key:secret of the store")
        return
    pair = _secret(file, "QUIZBOT_XAPI_SECRET_FILE", faults)
    user, colon, secret = pair.partition(":")
    if pair and not (user and colon and secret):
        faults.append(f"QUIZBOT_XAPI_SECRET_FILE: {file} must hold key:secret in one line")
    where = _address(url, "QUIZBOT_XAPI_URL", faults, private=private)
    own = {"user": user, "secret": secret.encode(), "version": version, "private": private}
    yield Target(name=XAPI, kind=XAPI, url=where, **own)  # type: ignore[arg-type]


def _webhooks(file: Path, faults: list[str]) -> Iterator[Target]:
    """Those of a file."""
    try:
        content = tomllib.loads(file.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        faults.append(f"QUIZBOT_WEBHOOKS: {file} cannot be read: {error.strerror}")
        return
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        faults.append(f"QUIZBOT_WEBHOOKS: {file} is no TOML file: {error}")
        return
    tables = content.get("webhook")
    if set(content) != {"webhook"} or not isinstance(tables, list):
        faults.append(f"QUIZBOT_WEBHOOKS: in {file} name each system below a line [[webhook]]")
        return
    for number, table in enumerate(tables, 1):
        whose = f"QUIZBOT_WEBHOOKS, {file}: webhook {number}"
        before = len(faults)
        faults += [f"{whose}: {fault}" for fault in _field_faults(table)]
        if len(faults) > before:
            continue
        private = table.get("private", False)
        url = _address(table["url"], f"{whose}: url", faults, private=private)
        text = _secret(file.parent / table["secret_file"], f"{whose}: secret_file", faults)
        secret = _key(text)
        if text and len(secret) < SHORTEST_SECRET:
            faults.append(f"{whose}: the secret needs {SHORTEST_SECRET} random bytes or more")
        name = f"{WEBHOOK}:{table['name']}"
        yield Target(name=name, kind=WEBHOOK, url=url, secret=secret, private=private)


def _field_faults(table: Any) -> Iterator[str]:
    if not isinstance(table, dict):
        yield "it must be a table"
        return
    for name, value in table.items():
        if name not in _FIELDS:
            yield f"{name} is not known: {', '.join(_FIELDS)} are"
        elif not isinstance(value, _FIELDS[name]):
            yield f"{name} must be {'true or false' if _FIELDS[name] is bool else 'text'}"
    for name in ("name", "url", "secret_file"):
        if not table.get(name):
            yield f"{name} is missing"
    if not _NAME.fullmatch(str(table.get("name", "a"))):
        yield "name must be of small letters, digits and hyphens, such as hr"


def _address(url: str, whose: str, faults: list[str], *, private: bool) -> str:
    try:
        found = read_web_address(url, may_have_path=True)
    except ValueError as error:
        faults.append(f"{whose} {error}")
        return ""
    if not (found.startswith("https://") or private):
        allowed = f"{_by(whose)} where it is of your own network or this machine"
        faults.append(f"{whose} must begin with https://; http needs {allowed}")
    return found


def _by(whose: str) -> str:
    """How an operator lets a target be private."""
    return "QUIZBOT_XAPI_PRIVATE=yes" if whose == "QUIZBOT_XAPI_URL" else "private = true"


def _secret(file: Path, whose: str, faults: list[str]) -> str:
    try:
        text = file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        faults.append(f"{whose}: {file} cannot be read: {reason}")
        return ""
    if len(text.split()) != 1:
        faults.append(f"{whose}: {file} must hold one line, nothing else")
        return ""
    return text


def _key(text: str) -> bytes:
    """The bytes of a secret; `whsec_` says that they are written in base64."""
    if not text.startswith("whsec_"):
        return text.encode()
    try:
        return base64.b64decode(text.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        return b""
