"""Settings, read once from the environment or a `.env` file, all faults told together."""

import os
import re
import secrets
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from questions.place import SHIPPED as SHIPPED_PLACE
from quizbot.env_files import read_env_file
from quizbot.errors import Misconfigured
from quizbot.hosts import LOOPBACK, read_host_and_port, read_web_address
from quizbot.hosts import host_of as host_of
from quizbot.hosts import neighbourhood as neighbourhood
from quizbot.hosts import plain_host as plain_host
from quizbot.outbox.mail import read_allowed, read_sender
from quizbot.outbox.ways import read_way
from quizbot.reminders.quiet import read_days, read_hours
from quizbot.rules.ladder import SHIPPED as SHIPPED_LADDER
from quizbot.rules.ladder import read_ladder
from quizbot.store.database import read_database_url
from quizbot.words import folded_address, is_address, is_showable

VAR = Path("var")
SECRET_FILE = VAR / "secret-key"
ENV_FILE = Path(".env")
PREFIX = "QUIZBOT_"
NO_KEY = (
    "is not set and var/secret-key is missing or too short. Set it to 32 or more random"
    " characters, or remove the file and let `make serve` make it."
)
NO_FOLDER = (
    "QUIZBOT_PARTNERSHIP names one of several, and QUIZBOT_PARTNERSHIPS, the folder with a file of"
    " each, is not set."
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
    database_direct: str = Field("", repr=False)
    secret_key: str = Field("", validate_default=True, repr=False)
    public_url: str = "http://127.0.0.1:8000"
    hosts: str = ""
    any_host: bool = False  # set by `serve` and `demo` where nobody has told the address
    partnerships: Path | None = None
    partnership: str = ""
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
    issuers_private: bool = False
    lti: bool = False
    lti_private: bool = False
    telegram_token: str = Field("", repr=False)
    telegram_bot: str = ""
    telegram_api: str = "https://api.telegram.org"
    telegram_webhook: str = ""
    teams_app: str = ""
    teams_secret: str = Field("", validate_default=True, repr=False)
    teams_tenant: str = ""
    teams_login: str = "https://login.microsoftonline.com"
    teams_keys: str = "https://login.botframework.com/v1/.well-known/openidconfiguration"

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

    @field_validator("database_url", "database_direct")
    @classmethod
    def _a_database_we_know(cls, url: str) -> str:
        if url:
            read_database_url(url)
        return url

    @field_validator("public_url", "telegram_api", "teams_login", "teams_keys")
    @classmethod
    def _an_address(cls, url: str, info: ValidationInfo) -> str:
        return read_web_address(url, may_have_path=info.field_name != "public_url")

    @field_validator("teams_app", "teams_tenant")
    @classmethod
    def _a_number_of_microsofts(cls, number: str) -> str:
        number = number.lower()
        if number and not re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", number):
            raise ValueError("must be an ID such as 6f0b3c1e-2a44-4c5d-9e0f-7b1d2c3a4e5f")
        return number

    @field_validator("teams_secret")
    @classmethod
    def _there_with_its_app(cls, secret: str, info: ValidationInfo) -> str:
        if info.data.get("teams_app") and not secret:
            raise ValueError("must be set where QUIZBOT_TEAMS_APP is: the app's client secret")
        return secret

    @field_validator("hosts")
    @classmethod
    def _names_of_machines(cls, hosts: str) -> str:
        for host in hosts.replace(",", " ").split():
            try:
                read_host_and_port(host)
            except ValueError as error:
                example = "must be names of machines, such as quiz.example.org"
                raise ValueError(f"{example}: {error}") from None
        return hosts

    @field_validator("partnership")
    @classmethod
    def _a_name_of_a_file(cls, name: str) -> str:
        return read_name(name) if name else name

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
            or is_address(folded_address(contact))
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
        of_several = "each has its own" if self.partnerships else self.database_url
        return self.workers or workers_for(of_several, cores())

    @property
    def folder(self) -> Path:
        """Where it keeps files of its own: `var/`, or below it for each of several."""
        return VAR / self.partnership if self.partnership else VAR

    @property
    def other_hosts(self) -> frozenset[str]:
        """Names of old, or short ones, from which people are led to the address."""
        return frozenset(map(plain_host, self.hosts.replace(",", " ").split()))

    @property
    def all_hosts(self) -> frozenset[str]:
        """Every name by which a request may come."""
        return self.other_hosts | {host_of(self.public_url)}

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


# What is set once for the process, whichever partnerships it serves; the rest is each one's own.
OF_PROCESS = frozenset(
    ("partnerships", "workers", "threads", "proxy", "log", "log_requests", "metrics_token")
)
# What no file of a partnership may say: who it is comes from the file's name.
NOT_IN_FILES = OF_PROCESS | {"partnership", "any_host", "demo"}
NEEDED_IN_FILES = ("public_url", "secret_key", "database_url")
ENDING = ".env"
SECONDS_TO_CONNECT = 5


class PartnershipSettings(Settings):
    """The settings of one of several partnerships: what its file says, and nothing of around it."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what is handed over: the environment is everybody's."""
        return (init_settings,)

    @field_validator("database_url", "database_direct")
    @classmethod
    def _a_database_we_know(cls, url: str) -> str:
        """A server that does not answer is not waited for as long as its network would."""
        if not url:
            return url
        parsed = read_database_url(url)
        if parsed.get_backend_name() == "postgresql" and "connect_timeout" not in parsed.query:
            return url + ("&" if parsed.query else "?") + f"connect_timeout={SECONDS_TO_CONNECT}"
        return url

    @field_validator("secret_key")
    @classmethod
    def _long_enough(cls, key: str) -> str:
        """No secret is taken from `var/`: that would be everybody's."""
        if len(key) < 32:
            raise ValueError("must have 32 characters or more, chosen at random")
        return key


def read_name(text: str) -> str:
    """A partnership's name; ValueError says how one is written."""
    if not re.fullmatch(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?", text):
        raise ValueError(
            "must be the name of a partnership: small letters, figures and hyphens, at most 40,"
            " such as northmoor"
        )
    return text


def partnership_file(folder: Path, name: str) -> Path:
    """Where the settings of a partnership are."""
    return folder / f"{name}{ENDING}"


def read_partnership(path: Path, process: Settings, **given: Any) -> Settings:
    """The settings of the partnership whose file this is; Misconfigured tells each fault.

    Whatever its file leaves out is as the service comes: another's is never taken.
    """
    try:
        name = read_name(path.name.removesuffix(ENDING))
    except ValueError as error:
        raise Misconfigured(f"{path}: the file's name {error}.") from None
    if not path.exists():
        raise Misconfigured(f"{path} is not there: there is no partnership {name}.")
    said = {key.upper(): value.strip() for key, value in read_env_file(path).items()}
    faults = list(_strange(said))
    own = {key.removeprefix(PREFIX).lower(): value for key, value in said.items() if value}
    missing = [key for key in NEEDED_IN_FILES if not own.get(key)]
    told_already = [f"{PREFIX}{key.upper()}:" for key in missing]
    faults += [f"{name} is not set, and each partnership needs its own" for name in told_already]
    shared = {key: getattr(process, key) for key in OF_PROCESS & process.model_fields_set}
    shared.pop("partnerships", None)
    folder = VAR / name
    whole = {"mail_url": f"file:{folder / 'mail'}", **shared, **own, **given, "partnership": name}
    settings = None
    try:
        settings = PartnershipSettings(**whole)
    except ValidationError as error:
        faults += [line for line in _told(error) if not line.startswith(tuple(told_already))]
    if faults or settings is None:
        raise Misconfigured("\n".join(f"{path}: {line}" for line in faults))
    return settings


def _strange(said: Iterable[str]) -> Iterable[str]:
    """What a partnership's file has no say in, and what is no setting."""
    known = [PREFIX + name.upper() for name in Settings.model_fields.keys() - NOT_IN_FILES]
    process = [PREFIX + name.upper() for name in OF_PROCESS]
    for name in sorted(said):
        if name in process:
            yield f"{name}: is one for all partnerships: set it beside QUIZBOT_PARTNERSHIPS"
        elif name not in known:
            near = get_close_matches(name, known, n=1, cutoff=0.6)
            yield f"{name}: is no setting of a partnership" + (
                f": did you mean {near[0]}?" if near else ": take it away, or correct its name"
            )


def read_process() -> Settings:
    """What is set for the process, whichever partnerships it serves; Misconfigured with a line
    for each fault."""
    return _read(Settings)


def are_several() -> bool:
    """Whether a folder of partnerships is set, whichever is meant."""
    return bool(_set_to("PARTNERSHIPS"))


def read_several() -> Settings | None:
    """The process's settings where it serves several partnerships; None where it serves one."""
    if not are_several():
        return None
    process = read_process()
    return None if process.partnership else process


def read_settings(*, to_sign: bool = False, **given: Any) -> Settings:
    """The settings as the environment has them, or of several partnerships those of the one that
    is meant; Misconfigured with a line for each fault."""
    if not are_several():
        settings = _read(SigningSettings if to_sign else Settings, **given)
        if settings.partnership:
            raise Misconfigured(NO_FOLDER)
        return settings
    process = read_process()
    folder, name = process.partnerships, process.partnership
    assert folder is not None
    if not name:
        raise Misconfigured(f"Say which partnership is meant: {_which(folder)}.")
    if not (path := partnership_file(folder, name)).exists():
        raise Misconfigured(f"There is no partnership {name} in {folder}: {_which(folder)}.")
    return read_partnership(path, process, **given)


def names_in(folder: Path) -> list[str]:
    """The partnerships that have a file in the folder."""
    try:
        return sorted(path.name.removesuffix(ENDING) for path in folder.glob(f"[!.]*{ENDING}"))
    except OSError:
        return []


def _which(folder: Path) -> str:
    names = names_in(folder)
    if not names:
        return f"{folder} has no file of one yet; `quizbot partnerships add` makes the first"
    known = ", ".join(names[:10]) + (" and others" if len(names) > 10 else "")
    return f"`quizbot --partnership NAME …`, or QUIZBOT_PARTNERSHIP, with one of {known}"


def _set_to(name: str) -> str:
    """What the environment, or else `.env`, sets a name to; nothing where neither does."""
    for names in (os.environ, read_env_file(ENV_FILE)):
        for key, value in names.items():
            if key.upper() == PREFIX + name and value.strip():
                return value.strip()
    return ""


def _read(kind: type[Settings], **given: Any) -> Settings:
    _env_names()
    try:
        return kind(**given)
    except ValidationError as error:
        raise Misconfigured("\n".join(_told(error))) from None


# What pydantic finds, in words for an operator.
_MUST_BE = {
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "bool_parsing": "must be yes or no",
    "greater_than_equal": "must be {ge} or more",
    "less_than_equal": "must be {le} or less",
    "literal_error": "must be {expected}",
}


def _told(error: ValidationError) -> list[str]:
    """Each fault with the setting it is of."""
    lines = []
    for found in error.errors(include_url=False, include_input=False):
        name = PREFIX + "_".join(str(part) for part in found["loc"]).upper()
        given = found.get("ctx", {})
        plain = _MUST_BE.get(found["type"], "").format(**given)
        reason = plain or given.get("error", found["msg"])
        lines.append(f"{name}: {reason}")
    return lines


def strangers() -> list[str]:
    """What is set and does nothing, each as a sentence with the name that is nearest."""
    known = [PREFIX + name.upper() for name in Settings.model_fields]
    there = {name.upper() for name in (*os.environ, *_env_names())}
    told = []
    for name in sorted(name for name in there if name.startswith(PREFIX) and name not in known):
        near = get_close_matches(name, known, n=1, cutoff=0.6)
        told.append(
            f"{name} is no setting, so it does nothing"
            + (f": did you mean {near[0]}?" if near else ": take it away, or correct its name.")
        )
    if are_several():
        own = {PREFIX + name.upper() for name in Settings.model_fields.keys() - NOT_IN_FILES}
        told += [
            f"{name} is set beside QUIZBOT_PARTNERSHIPS, so it does nothing: each partnership's"
            " own file says it."
            for name in sorted(own & there)
        ]
    return told


def _env_names() -> Iterable[str]:
    """The names that `.env` sets; Misconfigured where the file cannot be read to its end."""
    return read_env_file(ENV_FILE)


def make_secret() -> None:
    """Keep a fresh secret in `var/`, unless there is one or a setting has one."""
    set_to = os.environ.get("QUIZBOT_SECRET_KEY") or read_env_file(ENV_FILE).get(
        "QUIZBOT_SECRET_KEY", ""
    )
    if set_to.strip() or SECRET_FILE.exists():
        return
    VAR.mkdir(exist_ok=True)
    file = os.open(SECRET_FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(file, "w") as out:
        out.write(secrets.token_urlsafe(48) + "\n")
