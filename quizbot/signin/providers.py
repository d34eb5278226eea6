"""Providers of identity as an operator names them in one file: read strictly, faults together."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from quizbot.errors import Misconfigured
from quizbot.hosts import plain_host, read_host, read_host_and_port
from quizbot.words import how_many, is_showable

OURS = ("code", "slip", "link")  # addresses below /sign-in that are no provider's
WELL_KNOWN = "/.well-known/openid-configuration"
TENANT = "{tenantid}"  # how Entra's metadata for many tenants writes whose issuer it is
CLAIMS = ("email", "preferred_username", "upn")
MOST_PROVIDERS = 20

_NAME = re.compile(r"[a-z][a-z0-9-]{0,30}")
_TENANT = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_FIELDS = {
    **dict.fromkeys(("name", "title", "issuer", "metadata", "client_id", "secret_file"), str),
    **dict.fromkeys(("domains", "hosts"), list),
    "tenants": dict,
    **dict.fromkeys(("private", "addresses_are_verified"), bool),
    "address_claim": str,
}


@dataclass(frozen=True, kw_only=True)
class Provider:
    """One place where an organisation's people sign in, and for which addresses it may speak."""

    name: str  # in the address of its page
    title: str  # on its button
    metadata: str  # where it describes itself
    issuer: str = ""  # what it must call itself; nothing where only the metadata's address is set
    client_id: str
    secret: str = field(default="", repr=False)
    domains: frozenset[str] = frozenset()
    tenants: Mapping[str, frozenset[str]] = field(default_factory=dict)  # each with its domains
    hosts: frozenset[str] = frozenset()
    private: bool = False
    addresses_are_verified: bool = False
    address_claim: str = "email"

    def speaks_for(self, address: str, tenant: str = "") -> bool:
        """Whether an address is of a domain that is this provider's, or that tenant's."""
        domain = address.rpartition("@")[2]
        return domain in (self.tenants.get(tenant, ()) if self.tenants else self.domains)


def read_providers(file: Path | None) -> tuple[Provider, ...]:
    """The providers of a file, in its order; Misconfigured with a line for each fault."""
    if file is None:
        return ()
    try:
        content = tomllib.loads(file.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise Misconfigured(f"QUIZBOT_OIDC: {file} cannot be read: {error.strerror}.") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Misconfigured(f"QUIZBOT_OIDC: {file} is no TOML file: {error}.") from None
    faults = [
        f"{name} is not known: only [[provider]] is" for name in content.keys() - {"provider"}
    ]
    tables = content.get("provider", [])
    if not isinstance(tables, list) or not tables or not all(isinstance(t, dict) for t in tables):
        faults.append("name each provider below a line [[provider]]")
        tables = []
    if len(tables) > MOST_PROVIDERS:
        faults.append(
            f"{how_many(len(tables), 'provider is', 'providers are')} named,"
            f" {MOST_PROVIDERS} at most can be"
        )
    found = []
    for number, table in enumerate(tables, 1):
        whose = f"provider {number} ({table.get('name', 'without a name')})"
        reading = _Reading(table, file.parent)
        provider = reading.provider()
        faults += [f"{whose}: {fault}" for fault in reading.faults]
        if provider is not None:
            found.append(provider)
    names = [provider.name for provider in found]
    faults += [f"the name {name} is given twice" for name in set(names) if names.count(name) > 1]
    if faults:
        raise Misconfigured("\n".join(f"QUIZBOT_OIDC, {file}: {fault}." for fault in faults))
    return tuple(found)


class _Reading:
    """One table, field by field, and what is wrong with it."""

    def __init__(self, table: dict[str, Any], folder: Path) -> None:
        self.table, self.folder = table, folder
        self.faults: list[str] = []

    def provider(self) -> Provider | None:
        """The provider; None where there are faults."""
        self._fields()
        if self.faults:
            return None
        name = self._text("name")
        if not _NAME.fullmatch(name) or name in OURS:
            self.faults.append(
                "name is part of an address: small letters, digits and hyphens, such as council"
            )
        issuer, metadata = self._where()
        hosts = {plain_host(urlsplit(url).netloc) for url in (issuer, metadata) if url}
        made = Provider(
            name=name,
            title=self._text("title"),
            issuer=issuer,
            metadata=metadata,
            client_id=self._text("client_id"),
            secret=self._secret(),
            domains=self._domains("domains", self.table.get("domains", [])),
            tenants=dict(self._tenants()),
            hosts=frozenset(hosts | set(self._hosts())),
            private=self.table.get("private", False),
            addresses_are_verified=self.table.get("addresses_are_verified", False),
            address_claim=self._claim(),
        )
        if bool(made.domains) == bool(made.tenants):
            self.faults.append(
                "say for which addresses it speaks: domains, or for Entra's many tenants a table"
                " tenants, and not both"
            )
        return None if self.faults else made

    def _fields(self) -> None:
        for name, value in self.table.items():
            kind = _FIELDS.get(name)
            if kind is None:
                self.faults.append(f"{name} is not known: {', '.join(_FIELDS)} are")
            elif not isinstance(value, kind):
                words = {str: "text", list: "a list", dict: "a table", bool: "true or false"}
                self.faults.append(f"{name} must be {words[kind]}")

    def _text(self, name: str) -> str:
        value = str(self.table.get(name, "")).strip()
        if not value:
            self.faults.append(f"{name} is missing")
        elif not is_showable(value) or len(value) > 300:
            self.faults.append(f"{name} must be a line of at most 300 letters")
        return value

    def _where(self) -> tuple[str, str]:
        """The issuer and the address of its metadata: the one is made from the other."""
        issuer = self.table.get("issuer", "").strip()
        metadata = self.table.get("metadata", "").strip()
        if not (issuer or metadata):
            self.faults.append("issuer is missing: the address by which the provider calls itself")
        for name, url in (("issuer", issuer), ("metadata", metadata)):
            if url and (fault := self._address_fault(url)):
                self.faults.append(f"{name} {fault}")
        return issuer, metadata or issuer.rstrip("/") + WELL_KNOWN

    def _address_fault(self, url: str) -> str:
        parts = urlsplit(url) if is_showable(url) and " " not in url else urlsplit("")
        schemes = ("https", "http") if self.table.get("private") is True else ("https",)
        if parts.scheme == "http" and "http" not in schemes:
            return (
                "must begin with https://, or be of this machine and have private = true beside it"
            )
        if parts.scheme not in schemes or not parts.netloc or "@" in parts.netloc or parts.fragment:
            return "must be an address such as https://login.example.org"
        try:
            read_host_and_port(parts.netloc)
        except ValueError as error:
            return f"must be an address such as https://login.example.org: {error}"
        return ""

    def _secret(self) -> str:
        file = str(self.table.get("secret_file", ""))
        if not file:
            return ""  # a public client: PKCE alone
        try:
            secret: str = (self.folder / file).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
            self.faults.append(f"secret_file {file} cannot be read: {reason}")
            return ""
        if not secret or len(secret.split()) != 1:
            self.faults.append(f"secret_file {file} must hold the secret in one line, nothing else")
        return secret

    def _domains(self, name: str, values: Any) -> frozenset[str]:
        found = set()
        for value in values if isinstance(values, list) else [values]:
            try:
                domain = read_host(str(value).strip())
            except ValueError as error:
                self.faults.append(f"{name}: {error}")
                continue
            if "." not in domain:
                self.faults.append(f"{name}: {value!r} is no domain such as northmoor.example")
            found.add(domain)
        return frozenset(found)

    def _tenants(self) -> Iterator[tuple[str, frozenset[str]]]:
        for tenant, domains in self.table.get("tenants", {}).items():
            if not _TENANT.fullmatch(tenant.lower()):
                self.faults.append(
                    f"tenants: {tenant!r} is no tenant's id, such as 8 digits-4-4-4-12"
                )
            named = self._domains(f"tenants, {tenant}", domains)
            if not named:
                self.faults.append(f"tenants, {tenant}: name the domains for which it speaks")
            yield tenant.lower(), named

    def _hosts(self) -> Iterator[str]:
        for value in self.table.get("hosts", []):
            try:
                read_host_and_port(str(value))
            except ValueError as error:
                self.faults.append(f"hosts: {error}")
            yield plain_host(str(value))

    def _claim(self) -> str:
        claim: str = self.table.get("address_claim", "email")
        if claim not in CLAIMS:
            self.faults.append(f"address_claim must be one of {', '.join(CLAIMS)}")
        return claim
