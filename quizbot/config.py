"""Settings, read once from the environment or a `.env` file, all faults told together."""

import os
import re
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from questions.place import SHIPPED as SHIPPED_PLACE
from quizbot.errors import Misconfigured
from quizbot.outbox.mail import read_allowed
from quizbot.reminders.quiet import read_days, read_hours
from quizbot.rules.ladder import SHIPPED as SHIPPED_LADDER
from quizbot.rules.ladder import read_ladder

VAR = Path("var")
SECRET_FILE = VAR / "secret-key"
NO_KEY = (
    "is not set and var/secret-key is missing or too short. Set it to 32 or more random"
    " characters, or remove the file and let `make serve` make it."
)


def kept_secret() -> str:
    """The secret kept in `var/`; nothing where there is none that may be used."""
    try:
        kept = SECRET_FILE.read_text().strip()
    except OSError:
        return ""
    # An empty one, cut off as it was made, would sign for anybody.
    return kept if len(kept) >= 32 else ""


_READERS: dict[str, Callable[[str], object]] = {
    "trial": read_allowed,
    "ladder": read_ladder,
    "quiet_hours": read_hours,
    "quiet_days": read_days,
}


class Settings(BaseSettings):
    """Everything an operator can set; the README's table tells it again in words."""

    model_config = SettingsConfigDict(
        env_prefix="QUIZBOT_", env_file=".env", frozen=True, extra="ignore"
    )

    database_url: str = "sqlite:///var/quizbot.db"
    secret_key: str = Field("", validate_default=True)
    public_url: str = "http://127.0.0.1:8000"
    mail_url: str = "file:var/mail"
    mail_from: str = "The Knowledge <knowledge@northmoor.example>"
    place: Path = SHIPPED_PLACE
    local_banks: Path | None = None
    proxy: int = Field(default=0, ge=0, le=5)
    trial: str = ""
    ladder: str = SHIPPED_LADDER
    quiet_hours: str = "19:00-08:00"
    quiet_days: str = "weekends, holidays"
    demo: bool = False
    signature_needed: bool = False
    telegram_token: str = ""
    telegram_bot: str = ""
    telegram_api: str = "https://api.telegram.org"
    telegram_webhook: str = ""

    @field_validator("database_url")
    @classmethod
    def _a_database_we_know(cls, url: str) -> str:
        scheme = urlsplit(url).scheme
        if scheme not in ("sqlite", "postgresql", "postgresql+psycopg"):
            raise ValueError("must begin with sqlite:/// or postgresql://")
        return url

    @field_validator("mail_url")
    @classmethod
    def _a_way_to_send(cls, url: str) -> str:
        if urlsplit(url).scheme not in ("file", "smtp", "smtps"):
            raise ValueError("must begin with file:, smtp:// or smtps://")
        return url

    @field_validator("public_url", "telegram_api")
    @classmethod
    def _an_address(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise ValueError("must be an address such as https://knowledge.example.org")
        return url.rstrip("/")

    @field_validator("telegram_webhook")
    @classmethod
    def _an_address_for_telegram(cls, url: str) -> str:
        parts = urlsplit(url)
        is_here = parts.hostname == "127.0.0.1"  # an emulator beside us
        if url and (parts.scheme != "https" or not parts.netloc) and not is_here:
            raise ValueError("must be an address such as https://knowledge.example.org/telegram")
        return url

    @field_validator("telegram_bot")
    @classmethod
    def _a_name(cls, name: str) -> str:
        if name and not re.fullmatch(r"@?[A-Za-z][A-Za-z0-9_]{4,31}", name):
            raise ValueError("must be the bot's user name, such as NorthmoorKnowledgeBot")
        return name.removeprefix("@")

    @field_validator("trial", "ladder", "quiet_hours", "quiet_days")
    @classmethod
    def _can_be_read(cls, text: str, info: ValidationInfo) -> str:
        _READERS[info.field_name or ""](text)
        return text

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
    try:
        return (SigningSettings if to_sign else Settings)(**given)
    except ValidationError as error:
        lines = []
        for found in error.errors(include_url=False):
            name = "QUIZBOT_" + "_".join(str(part) for part in found["loc"]).upper()
            reason = found.get("ctx", {}).get("error", found["msg"])
            lines.append(f"{name}: {reason}")
        raise Misconfigured("\n".join(lines)) from None


def make_secret() -> None:
    """Keep a fresh secret in `var/`, unless there is one or the environment has one."""
    if os.environ.get("QUIZBOT_SECRET_KEY") or SECRET_FILE.exists():
        return
    VAR.mkdir(exist_ok=True)
    file = os.open(SECRET_FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(file, "w") as out:
        out.write(secrets.token_urlsafe(48) + "\n")
