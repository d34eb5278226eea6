"""The one door to machines elsewhere: configured hosts alone, bounded in size and time.

What is asked here comes from settings and from what other machines say of themselves, so an
address is never trusted: its host has to be known, and where its name leads has to be public unless
the operator said otherwise. The machine that was looked at is the one that is spoken to.
"""

import http.client
import ipaddress
import json
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlencode, urlsplit

from quizbot.errors import Refused
from quizbot.hosts import plain_host, read_host
from quizbot.words import how_many, is_showable

LARGEST = 512 * 1024  # bytes of an answer
WITHIN = 10.0  # seconds for all of it
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
Number = ipaddress.IPv4Address | ipaddress.IPv6Address


class Unreachable(Refused):
    """A machine elsewhere that did not answer, or that we may not ask; the text says which."""


class CutOff(Unreachable):
    """It was asked and did not answer: what it was asked to do may be done."""


@dataclass(frozen=True)
class OutsideAnswer:
    """What a machine elsewhere said."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_right(self) -> bool:
        """Whether it did what it was asked."""
        return 200 <= self.status < 300

    def json(self) -> Any:
        """What it said as JSON; ValueError where it is none."""
        try:
            return json.loads(self.body)
        except RecursionError:
            raise ValueError("it is nested too deeply") from None


@dataclass(frozen=True)
class OutsideDoor:
    """Asks the `hosts` that somebody configured, as `plain_host` writes them, and nobody else.

    By https, but for this machine itself; redirects are answers and are not followed.
    """

    hosts: frozenset[str]
    may_be_private: bool = False
    allowed_by: str = "`private = true`"  # how whoever runs the service lets private ones be asked
    largest: int = LARGEST
    within: float = WITHIN

    def ask(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> OutsideAnswer:
        """One request; Unreachable says what was in its way."""
        asked = {"Accept-Encoding": "identity", "Connection": "close", **(headers or {})}
        with self._reached(url) as (connection, path):
            connection.request(method, path, body=body, headers=asked)
            return self._answer(connection.getresponse())

    def knock(self, url: str) -> None:
        """Reach a machine and ask it nothing; Unreachable says what was in the way."""
        with self._reached(url):
            pass

    def form(self, url: str, fields: Mapping[str, str], **headers: str) -> OutsideAnswer:
        """Send fields as a page's form does, and take JSON."""
        kind = "application/x-www-form-urlencoded"
        own = {"Content-Type": kind, "Accept": "application/json", **headers}
        return self.ask("POST", url, own, urlencode(fields).encode())

    def must_know(self, url: str) -> None:
        """Unreachable, with the reason, where an address would not be asked."""
        self._read(url)

    @contextmanager
    def _reached(self, url: str) -> Iterator[tuple["_Pinned", str]]:
        """A connection to where an address leads, and its path, while it is used."""
        scheme, host, port, path = self._read(url)
        shown = host if port == http.client.HTTPS_PORT else f"{host}:{port}"
        try:
            numbers = _look_up(host, port)
        except (OSError, UnicodeError):
            raise Unreachable(
                f"The name {host} leads nowhere: look at its writing and at the name server."
            ) from None
        allowed = [number for number in numbers if self._is_allowed(ipaddress.ip_address(number))]
        if not allowed:
            raise Unreachable(
                f"{host} leads to {numbers[0]}, which is a private address. Nothing was asked:"
                f" allow it with {self.allowed_by} if it is meant."
            )
        connection = _Pinned(host, port, allowed, is_secret=scheme == "https", within=self.within)
        try:
            with _bounded(connection, self.within):
                connection.connect()
                yield connection, path
            if connection.is_late:  # cut off in the middle it may look like an end
                raise TimeoutError
        except ssl.SSLCertVerificationError as error:
            raise Unreachable(
                f"The certificate of {shown} is not trusted: {error.verify_message}."
            ) from None
        except (OSError, http.client.HTTPException) as error:
            kind = CutOff if connection.is_connected else Unreachable
            if connection.is_late:
                raise kind(
                    f"{shown} did not answer within {how_many(round(self.within), 'second')}."
                ) from None
            raise kind(f"{shown} does not answer: {_reason(error)}.") from None
        finally:
            connection.close()

    def _read(self, url: str) -> tuple[str, str, int, str]:
        """Scheme, host, port and path; Unreachable where we may not go there."""
        try:
            parts = urlsplit(url)
            host, port = read_host(_bracketed(parts.hostname or "")), parts.port
        except ValueError:
            raise Unreachable(f"{url[:200]!r} is no address of a machine.") from None
        if parts.username is not None or not is_showable(url) or " " in url:
            raise Unreachable(f"{url[:200]!r} is no address of a machine.")
        if plain_host(parts.netloc) not in self.hosts:
            raise Unreachable(
                f"{plain_host(parts.netloc)} is not among the machines that may be asked. Add it to"
                " `hosts` if it is meant."
            )
        bare = host.strip("[]")
        is_here = self.may_be_private and (bare == "localhost" or _is_loopback(bare))
        if parts.scheme != "https" and not (parts.scheme == "http" and is_here):
            raise Unreachable(
                f"{host} is asked by https alone, not by {parts.scheme or 'nothing'}."
            )
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return parts.scheme, bare, port or (443 if parts.scheme == "https" else 80), path

    def _is_allowed(self, number: Number) -> bool:
        return is_public(number) or (self.may_be_private and is_in_house(number))

    def _answer(self, answer: http.client.HTTPResponse) -> OutsideAnswer:
        body = answer.read(self.largest + 1)
        if len(body) > self.largest:
            raise http.client.HTTPException(f"it said more than {self.largest // 1024} KB")
        if answer.length:
            raise http.client.HTTPException("it stopped in the middle")
        headers = {name.lower(): value for name, value in answer.getheaders()}
        return OutsideAnswer(answer.status, headers, body)


def is_public(number: Number) -> bool:
    """Whether an address is of the open network, whatever way it is written in."""
    return all(one.is_global and not one.is_multicast for one in _meanings(number))


def is_in_house(number: Number) -> bool:
    """Whether it is an organisation's own or this machine's: never one that only machines of a
    data centre answer, such as 169.254.169.254."""
    return all(
        not (one.is_link_local or one.is_multicast or one.is_unspecified or one.is_reserved)
        for one in _meanings(number)
        if not one.is_loopback
    )


def _meanings(number: Number) -> Iterator[Number]:
    """An address, or the older one that it carries."""
    if isinstance(number, ipaddress.IPv6Address):
        carried = number.ipv4_mapped or number.sixtofour
        if number in NAT64:
            carried = ipaddress.IPv4Address(int(number) & 0xFFFFFFFF)
        if carried is not None:
            yield carried
            return
    yield number


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _look_up(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]).partition("%")[0] for one in found))


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror[:1].lower() + error.strerror[1:]
    return str(error).rstrip(".")[:200] or "the connection was cut"


@cache
def _trust() -> ssl.SSLContext:
    return ssl.create_default_context()


class _Pinned(http.client.HTTPConnection):
    """A connection to one of the addresses that were looked at; the name is not looked up again."""

    def __init__(
        self, host: str, port: int, numbers: list[str], *, is_secret: bool, within: float
    ) -> None:
        super().__init__(_bracketed(host) if ":" in host else host, port, timeout=within)
        self.name, self.numbers, self.is_secret = host, numbers, is_secret
        self.is_late = self.is_connected = False
        if is_secret:
            self.default_port = http.client.HTTPS_PORT

    def connect(self) -> None:
        """To the first of the addresses that lets us in."""
        *others, last = self.numbers
        for number in others:
            with suppress(OSError):
                self.sock = socket.create_connection((number, self.port), self.timeout)
                break
        else:
            self.sock = socket.create_connection((last, self.port), self.timeout)
        if self.is_secret:
            self.sock = _trust().wrap_socket(self.sock, server_hostname=self.name)
        self.is_connected = True

    def cut(self) -> None:
        """Its time is over: whoever waits for it is woken."""
        self.is_late = True
        with suppress(OSError, AttributeError):
            self.sock.shutdown(socket.SHUT_RDWR)


@contextmanager
def _bounded(connection: _Pinned, within: float) -> Iterator[None]:
    """All of it within its time, also where a byte comes now and then."""
    timer = threading.Timer(within, connection.cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
