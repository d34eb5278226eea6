"""Settings, read once from the environment or a `.env` file, all faults told together."""

import os
import re
import secrets
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from io import StringIO
from pathlib import Path
from typing import Any, Literal

from dotenv.parser import parse_stream
from pydantic import Field, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from questions.place import SHIPPED as SHIPPED_PLACE
from quizbot.errors import Misconfigured
from quizbot.hosts import LOOPBACK, read_web_address
from quizbot.hosts import host_of as host_of
from quizbot.hosts import neighbourhood as neighbourhood
from quizbot.hosts import plain_host as plain_host
from quizbot.outbox.mail import read_allowed, read_sender
from quizbot.outbox.ways import read_way
from quizbot.reminders.quiet import read_days, read_hours
from quizbot.rules.ladder import SHIPPED as SHIPPED_LADDER
from quizbot.rules.ladder import read_ladder
from quizbot.store.database import read_database_url
from quizbot.words import is_address, is_showable

VAR = Path("var")
SECRET_FILE = VAR / "secret-key"
ENV_FILE = Path(".env")
PREFIX = "QUIZBOT_"
NO_KEY = (
    "is not set and var/secret-key is missing or too short. Set it to 32 or more random"
    " characters, or remove the file and let `make serve` make it."
)
MOST_BY_ITSELF = 8  # web workers where nobody says how many


def cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def workers_for(database_url: str, core_count: int) -> int:
    """How many processes serve best.

    SQLite has one writer whatever the cores, so a third process would only wait.
    """
    return 2 if database_url.startswith("sqlite:") else min(max(2, core_count), MOST_BY_ITSELF)


def kept_secret() -> str:
    """The secret kept in `var/`; nothing where there is none that may be used."""
    try:
        kept = SECRET_FILE.read_text().strip()
    except OSError:
        return ""
    # An empty one, cut off as it was made, would sign for anybody.
    return kept if len(kept) >= 32 else ""


_READERS: dict[str, Callable[[str], object]] = {
    "mail_url": read_way,
    "mail_from": read_sender,
    "trial": read_allowed,
    "ladder": read_ladder,
    "quiet_hours": read_hours,
    "quiet_days": read_days,
}


class Settings(BaseSettings):
    """Everything an operator can set; the README's table tells it again in words."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=ENV_FILE,
        env_file_encoding="utf-8-sig",
        env_ignore_empty=True,
        frozen=True,
        extra="ignore",
        hide_input_in_errors=True,
    )

    database_url: str = Field("sqlite:///var/quizbot.db", repr=False)
    secret_key: str = Field("", validate_default=True, repr=False)
    public_url: str = "http://127.0.0.1:8000"
    any_host: bool = False  # set by `serve` and `demo` where nobody has told the address
    mail_url: str = Field("file:var/mail", repr=False)
    mail_from: str = "The Knowledge <knowledge@northmoor.example>"
    place: Path = SHIPPED_PLACE
    local_banks: Path | None = None
    workers: int | None = Field(default=None, ge=1, le=64)
    threads: int = Field(default=2, ge=1, le=8)
    proxy: int = Field(default=0, ge=0, le=5)
    trial: str = ""
    ladder: str = SHIPPED_LADDER
    ask_later: int | None = Field(default=None, ge=1, le=365)
    quiet_hours: str = "19:00-08:00"
    quiet_days: str = "weekends, holidays"
    demo: bool = False
    signature_needed: bool = False
    security_contact: str = ""
    oidc: Path | None = None
    xapi_url: str = ""
    xapi_secret_file: Path | None = None
    xapi_version: Literal["1.0.3", "2.0.0"] = "1.0.3"
    xapi_private: bool = False
    webhooks: Path | None = None
    log: str = "text"
    log_requests: bool = False
    metrics_token: str = Field("", repr=False)
    scim: str = ""
    telegram_token: str = Field("", repr=False)
    telegram_bot: str = ""
    telegram_api: str = "https://api.telegram.org"
    telegram_webhook: str = ""

    @model_validator(mode="before")
    @classmethod
    def _empty_is_not_set(cls, given: Any) -> Any:
        """A name with nothing behind it, as in `QUIZBOT_PROXY=`, is as if it were not there."""
        kept = {}
        for name, value in dict(given).items():
            if isinstance(value, str):
                # A key is whatever was given: another one signs out everybody.
                bare = value if name == "secret_key" and value.strip() else value.strip()
                if bare:
                    kept[name] = bare
            else:
                kept[name] = value
        return kept

    @field_validator("database_url")
    @classmethod
    def _a_database_we_know(cls, url: str) -> str:
        read_database_url(url)
        return url

    @field_validator("public_url", "telegram_api")
    @classmethod
    def _an_address(cls, url: str, info: ValidationInfo) -> str:
        return read_web_address(url, may_have_path=info.field_name == "telegram_api")

    @field_validator("telegram_webhook")
    @classmethod
    def _an_address_for_telegram(cls, url: str) -> str:
        if not url:
            return url
        example = "must be an address such as https://knowledge.example.org/telegram"
        try:
            address = read_web_address(url, may_have_path=True)
        except ValueError:
            raise ValueError(example) from None
        is_here = host_of(address).startswith("127.0.0.1")  # an emulator beside us
        if not address.startswith("https://") and not is_here:
            raise ValueError(example)
        return url

    @field_validator("scim")
    @classmethod
    def _a_unit(cls, path: str) -> str:
        if path and not all(part.strip() for part in path.split("/")):
            raise ValueError("must be a unit, written from the top, such as Northmoor/Council")
        return path

    @field_validator("security_contact")
    @classmethod
    def _a_way_to_tell_us(cls, contact: str) -> str:
        if (
            not contact
            or is_address(contact)
            or (contact.startswith("https://") and is_showable(contact))
        ):
            return contact
        raise ValueError("must be an e-mail address, or a page such as https://example.org/report")

    @field_validator("telegram_bot")
    @classmethod
    def _a_name(cls, name: str) -> str:
        if name and not re.fullmatch(r"@?[A-Za-z][A-Za-z0-9_]{4,31}", name):
            raise ValueError("must be the bot's user name, such as NorthmoorKnowledgeBot")
        return name.removeprefix("@")

    @field_validator("mail_url", "mail_from", "trial", "ladder", "quiet_hours", "quiet_days")
    @classmethod
    def _can_be_read(cls, text: str, info: ValidationInfo) -> str:
        _READERS[info.field_name or ""](text)
        return text

    @field_validator("log")
    @classmethod
    def _a_manner(cls, manner: str) -> str:
        if manner not in ("text", "json"):
            raise ValueError("must be text or json")
        return manner

    @field_validator("metrics_token")
    @classmethod
    def _not_to_be_guessed(cls, token: str) -> str:
        if token and not re.fullmatch(r"[!-~]{16,200}", token):
            raise ValueError("must have 16 characters or more, chosen at random, without spaces")
        return token

    @field_validator("secret_key")
    @classmethod
    def _long_enough(cls, key: str) -> str:
        if key and len(key) < 32:
            raise ValueError("must have 32 characters or more, chosen at random")
        return key or kept_secret()

    @property
    def is_https(self) -> bool:
        """Whether people reach the service by https, so that cookies may insist on it."""
        return self.public_url.startswith("https://")

    @property
    def web_workers(self) -> int:
        """How many processes answer requests: as set, or by the cores and the database."""
        return self.workers or workers_for(self.database_url, cores())

    @property
    def has_address(self) -> bool:
        """Whether somebody has told the address by which people reach the service."""
        return "public_url" in self.model_fields_set and not self.any_host

    def is_our_host(self, host: str) -> bool:
        """Whether a request for this host is for us: any is, until an address is set."""
        plain = plain_host(host)
        if not self.has_address or plain == host_of(self.public_url):
            return True
        return plain.rpartition(":")[0] in LOOPBACK or plain in LOOPBACK

    @property
    def key(self) -> bytes:
        """The secret that signs and encrypts; Misconfigured where there is none."""
        if not self.secret_key:
            raise Misconfigured(f"QUIZBOT_SECRET_KEY: {NO_KEY}")
        return self.secret_key.encode()


class SigningSettings(Settings):
    """The settings of what signs or encrypts as it goes, and so cannot start without a secret."""

    @field_validator("secret_key")
    @classmethod
    def _is_there(cls, key: str) -> str:
        if not key:
            raise ValueError(NO_KEY)
        return key


def read_settings(*, to_sign: bool = False, **given: Any) -> Settings:
    """The settings as the environment has them; Misconfigured with a line for each fault."""
    _env_names()
    try:
        return (SigningSettings if to_sign else Settings)(**given)
    except ValidationError as error:
        lines = []
        for found in error.errors(include_url=False, include_input=False):
            name = PREFIX + "_".join(str(part) for part in found["loc"]).upper()
            reason = found.get("ctx", {}).get("error", found["msg"])
            lines.append(f"{name}: {reason}")
        raise Misconfigured("\n".join(lines)) from None


def strangers() -> list[str]:
    """What is set and no setting, each as a sentence with the name that is nearest."""
    known = [PREFIX + name.upper() for name in Settings.model_fields]
    there = {name.upper() for name in (*os.environ, *_env_names())}
    told = []
    for name in sorted(name for name in there if name.startswith(PREFIX) and name not in known):
        near = get_close_matches(name, known, n=1, cutoff=0.6)
        told.append(
            f"{name} is no setting, so it does nothing"
            + (f": did you mean {near[0]}?" if near else ": take it away, or correct its name.")
        )
    return told


def _env_names() -> Iterable[str]:
    """The names that `.env` sets; Misconfigured where the file cannot be read to its end."""
    try:
        text = ENV_FILE.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        return ()
    except UnicodeDecodeError:
        raise Misconfigured(f"{ENV_FILE} is not UTF-8 text: save it as UTF-8.") from None
    except OSError as error:
        raise Misconfigured(f"{ENV_FILE} cannot be read: {error.strerror}.") from None
    if "\0" in text:
        raise Misconfigured(f"{ENV_FILE} is not UTF-8 text: save it as UTF-8.")
    lines = list(parse_stream(StringIO(text)))
    if torn := [line.original.line for line in lines if line.error]:
        numbers = ", ".join(map(str, torn))
        raise Misconfigured(f"{ENV_FILE}, line {numbers}: write NAME=value, or # before a remark.")
    return [line.key for line in lines if line.key]


def make_secret() -> None:
    """Keep a fresh secret in `var/`, unless there is one or the environment has one."""
    if os.environ.get("QUIZBOT_SECRET_KEY", "").strip() or SECRET_FILE.exists():
        return
    VAR.mkdir(exist_ok=True)
    file = os.open(SECRET_FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(file, "w") as out:
        out.write(secrets.token_urlsafe(48) + "\n")
