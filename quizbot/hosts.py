"""Addresses of machines as people write them: read strictly, and written in one way."""

import ipaddress
import re
from functools import lru_cache
from urllib.parse import urlsplit

from quizbot.words import is_showable

PORTS = {"http": 80, "https": 443}
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104  (where a server may listen; nobody can open it)
LOOPBACK = ("localhost", "127.0.0.1", "[::1]")

_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_BRACKETS = re.compile(r"\[(?P<inside>[^\[\]]*)\](?::(?P<port>.*))?")
EXAMPLE = "such as https://knowledge.example.org"


def read_host(text: str) -> str:
    """A machine's name or number in its one writing; ValueError says what is wrong with it."""
    if text.startswith("["):
        return f"[{_version_6(text.strip('[]'))}]"
    host = text.lower().removesuffix(".")
    if not host:
        raise ValueError("it names no machine")
    if not host.isascii():
        raise ValueError(f"{text!r} has letters that are no ASCII: write the name as xn--…")
    *_, last = labels = host.split(".")
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise ValueError(f"{text!r} is no name of a machine")
    if last.isdigit() or last.startswith("0x"):  # a browser would read it as a number
        try:
            return str(ipaddress.IPv4Address(host))
        except ValueError:
            raise ValueError(f"{text!r} is no number of a machine") from None
    return host


def read_host_and_port(text: str) -> tuple[str, int | None]:
    """A machine, and the port where one is told."""
    if text.count(":") > 1 and not text.startswith("["):
        raise ValueError(f"write an IPv6 address in brackets: [{text}]")
    if text.startswith("["):
        found = _BRACKETS.fullmatch(text)
        if found is None:
            raise ValueError(f"{text!r} is no address: after the ] comes : and a port, or nothing")
        return read_host(f"[{found['inside']}]"), _port(found["port"])
    host, _, port = text.partition(":")
    return read_host(host), _port(port if ":" in text else None)


def read_web_address(url: str, *, may_have_path: bool = False) -> str:
    """A web address in its one writing: no capitals, no final dot, no port that goes unsaid."""
    scheme, colon, rest = url.partition("://")
    scheme = scheme.lower()
    if not colon or scheme not in PORTS:
        raise ValueError(f"must be an address {EXAMPLE}")
    if not is_showable(url) or " " in url or "\\" in url:
        raise ValueError(f"must be an address without spaces, {EXAMPLE}")
    where, slash, path = re.match(r"([^/?#]*)(/?)(.*)", rest).groups()  # type: ignore[union-attr]
    if "@" in where:
        raise ValueError(f"must be an address without name and password, {EXAMPLE}")
    if re.search(r"[?#]", rest):
        raise ValueError(f"must be an address without ? and #, {EXAMPLE}")
    if path and not may_have_path:
        raise ValueError(
            f"must end with the machine's name or its port, {EXAMPLE}: the service needs a name of"
            f" its own and cannot live below /{path}"
        )
    host, port = _read(where)
    if host.strip("[]") in EVERYWHERE:
        raise ValueError(
            f"must be the address that people open: {host} means every address of this machine"
        )
    shown = "" if port in (None, PORTS[scheme]) else f":{port}"
    return f"{scheme}://{host}{shown}{slash}{path}".rstrip("/")


@lru_cache(1000)
def plain_host(text: str) -> str:
    """Where a request says it went, in the one writing; as it is where it cannot be read."""
    try:
        host, port = read_host_and_port(text)
    except ValueError:
        return text
    return host if port is None or port in PORTS.values() else f"{host}:{port}"


@lru_cache(1000)
def host_of(url: str) -> str:
    """The machine and port of a web address, as `plain_host` writes them."""
    return plain_host(url.partition("://")[2].partition("/")[0])


def origin(url: str) -> str:
    """The scheme and machine of a page by the web, as a page's policy names it; else nothing."""
    try:
        parts = urlsplit(url)
        host, port = read_host_and_port(parts.netloc)
    except ValueError:
        return ""
    if parts.scheme not in PORTS:
        return ""
    shown = "" if port in (None, PORTS[parts.scheme]) else f":{port}"
    return f"{parts.scheme}://{host}{shown}"


def in_url(host: str) -> str:
    """An address to listen at as a web address has it: IPv6 in brackets."""
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


def neighbourhood(text: str) -> str:
    """Whose a network address is: IPv4 whole, of IPv6 the half that a household or office gets.

    Proxies write a port after it, or brackets around it; what is no address is nobody's own.
    """
    bare = text.strip()
    if found := _BRACKETS.fullmatch(bare):
        bare = found["inside"]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        address = ipaddress.ip_address(bare.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.IPv6Network((address, 64), strict=False))
    return str(address)


def _read(where: str) -> tuple[str, int | None]:
    """The same, where `host:` stands for the port that goes unsaid."""
    try:
        return read_host_and_port(where.removesuffix(":"))
    except ValueError as error:
        raise ValueError(f"must be an address {EXAMPLE}: {error}") from None


def _version_6(text: str) -> str:
    try:
        return str(ipaddress.IPv6Address(text))
    except ValueError:
        raise ValueError(f"{text!r} is no IPv6 address") from None


def _port(text: str | None) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= 65535):
        raise ValueError(f"the port is a number from 1 to 65535, not {text[:20]!r}")
    return int(text)
