"""A mail server on loopback that does as a test says: the real protocol, with faults by script."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult


@dataclass
class Server:
    """What it took, and what it does next: `refuses` maps a command to its reply."""

    port: int = 0
    taken: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    mailed_from: list[str] = field(default_factory=list)
    refuses: dict[str, str] = field(default_factory=dict)
    hangs_at: str = ""
    hanging: int = 0  # clients that wait for it at this moment
    drops_at: str = ""
    was_encrypted: list[bool] = field(default_factory=list)
    signed_in: list[tuple[bytes, bytes]] = field(default_factory=list)
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def url(self) -> str:
        """Its address, as a setting has it."""
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_MAIL(self, server, _session, envelope, address, _options):  # noqa: N802
        """Who it is from."""
        if reply := await self._next("MAIL", server):
            return reply
        envelope.mail_from = address
        self.mailed_from.append(address)
        return "250 OK"

    async def handle_RCPT(self, server, _session, envelope, address, _options):  # noqa: N802
        """Who it is to."""
        if reply := await self._next("RCPT", server):
            return reply
        envelope.rcpt_tos.append(address)
        self.recipients.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        """The message itself; taken even where the answer then fails to come."""
        reply = self.refuses.get("DATA")
        if reply is None:
            message = message_from_bytes(envelope.content, policy=policy.default)
            assert isinstance(message, EmailMessage)
            self.taken.append(message)
            self.was_encrypted.append(session.ssl is not None)
        return await self._next("DATA", server) or "250 OK"

    async def _next(self, command: str, server: Any) -> str | None:
        if self.hangs_at == command:
            self.hanging += 1
            try:
                await self.ended.wait()
            finally:
                self.hanging -= 1
        if self.drops_at == command:
            server.transport.abort()
        return self.refuses.get(command)


@contextlib.contextmanager
def running(
    tls: ssl.SSLContext | None = None, user: tuple[bytes, bytes] | None = None
) -> Iterator[Server]:
    """A server on a free port, gone afterwards."""
    server = Server()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        server.port = probe.getsockname()[1]

    def sign_in(_server, _session, _envelope, _mechanism, given):
        server.signed_in.append((given.login, given.password))
        return AuthResult(success=(given.login, given.password) == user)

    controller = Controller(
        server,
        hostname="127.0.0.1",
        port=server.port,
        tls_context=tls,
        authenticator=sign_in if user else None,
        auth_required=user is not None,
        auth_require_tls=user is not None,
    )
    controller.start()
    try:
        yield server
    finally:
        controller.loop.call_soon_threadsafe(server.ended.set)
        controller.stop()
