"""Sending one message by e-mail, and saying plainly what became of it."""

import contextlib
import os
import re
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate
from enum import StrEnum
from pathlib import Path
from urllib.parse import unquote, urlsplit

from quizbot.words import folded_address, is_address

TIMEOUT = 20.0  # seconds for each step of a conversation with a mail server

# Every line short and plain ASCII on the wire: not every server takes more.
_WIRE = SMTP.clone(cte_type="7bit")


class Fate(StrEnum):
    """What became of a message."""

    SENT = "sent"
    RETRY = "retry"  # certainly not sent; worth trying again
    DOWN = "down"  # certainly not sent, and neither would any other be
    FAILED = "failed"  # certainly not sent, and never will be
    GONE = "gone"  # certainly not sent: the chat is blocked or deleted, and stays so
    UNCERTAIN = "uncertain"  # may have been sent, so must not be repeated


@dataclass(frozen=True)
class Sent:
    """The fate of a message, and the trouble in plain words (never an address)."""

    fate: Fate
    trouble: str = ""


@dataclass(frozen=True)
class Mail:
    """A message before it is one."""

    to: str
    subject: str
    text: str
    html: str = ""


Mailer = Callable[[Mail, str], Sent]


def mailer(url: str, sender: str) -> Mailer:
    """How to send by an address such as `file:var/mail`, `smtp://host:25` or `smtps://…`."""
    is_file = urlsplit(url).scheme == "file"
    folder = Path(url.removeprefix("file:"))

    def send(mail: Mail, key: str) -> Sent:
        try:
            message = _message(mail, sender, key)
        except (ValueError, IndexError):  # it holds what no header can
            return Sent(Fate.FAILED, "the address cannot be used for e-mail")
        return _keep(folder, message, key) if is_file else _send(url, message)

    return send


def reach(url: str) -> Sent:
    """Whether a message could leave now: SENT where it could. None is sent."""
    if urlsplit(url).scheme == "file":
        return _writable(Path(url.removeprefix("file:")))
    parts = urlsplit(url)
    secure = parts.scheme == "smtps"
    try:
        server = _connected(
            parts.hostname or "127.0.0.1", parts.port or (465 if secure else 25), secure=secure
        )
    except (OSError, smtplib.SMTPException) as error:
        return Sent(Fate.DOWN, f"the mail server does not answer: {_plain(error)}")
    try:
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.quit()
    except (smtplib.SMTPAuthenticationError, smtplib.SMTPNotSupportedError):
        return Sent(Fate.DOWN, "the mail server refuses our name and password")
    except (OSError, smtplib.SMTPException) as error:
        return Sent(Fate.DOWN, f"the mail server broke off: {_plain(error)}")
    finally:
        server.close()
    return Sent(Fate.SENT)


def _writable(folder: Path) -> Sent:
    """A folder that is not there yet is made by the first message."""
    there = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    if os.access(there, os.W_OK | os.X_OK) and there.is_dir():
        return Sent(Fate.SENT)
    return Sent(Fate.DOWN, f"the mail folder cannot be written: {there}")


def read_allowed(text: str) -> frozenset[str] | None:
    """Who alone may get messages while this is tried out; None where everybody may."""
    allowed = frozenset(folded_address(word) for word in text.split(",") if word.strip())
    if faults := sorted(word for word in allowed if not is_address(word)):
        raise ValueError(f"not an e-mail address: {', '.join(faults)}")
    return allowed or None


def _message(mail: Mail, sender: str, key: str) -> EmailMessage:
    message = EmailMessage(policy=_WIRE)
    message["From"] = sender
    message["To"] = mail.to
    if not mail.to.isascii() or [one.addr_spec for one in message["To"].addresses] != [mail.to]:
        raise ValueError("the header would name another mailbox")
    message["Subject"] = mail.subject
    message["Date"] = formatdate(localtime=False)
    message["Message-ID"] = f"<{key}@{message['From'].addresses[0].domain or 'localhost'}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message["X-Notice"] = key
    message.set_content(mail.text)
    if mail.html:
        message.add_alternative(mail.html, subtype="html")
    return message


def _keep(folder: Path, message: EmailMessage, key: str) -> Sent:
    """One `.eml` a message; written aside and renamed, so that nobody reads half of it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        draft = folder / f".{key}.part"
        draft.write_bytes(bytes(message))
        draft.rename(folder / f"{key}.eml")
    except OSError as error:
        return Sent(Fate.DOWN, f"the mail folder cannot be written: {error.strerror}")
    return Sent(Fate.SENT)


def _send(url: str, message: EmailMessage) -> Sent:
    parts = urlsplit(url)
    secure = parts.scheme == "smtps"
    host, port = parts.hostname or "127.0.0.1", parts.port or (465 if secure else 25)
    try:
        server = _connected(host, port, secure=secure)
    except (OSError, smtplib.SMTPException) as error:
        return Sent(Fate.DOWN, f"the mail server does not answer: {_plain(error)}")
    try:
        return _spoken(server, parts.username, parts.password, message)
    finally:
        server.close()


def _connected(host: str, port: int, *, secure: bool) -> smtplib.SMTP:
    if secure:
        context = ssl.create_default_context()
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=TIMEOUT, context=context)
    else:
        server = smtplib.SMTP(host, port, timeout=TIMEOUT)
        server.ehlo()
        if server.has_extn("starttls"):
            server.starttls(context=ssl.create_default_context())
    server.ehlo()
    return server


def _spoken(
    server: smtplib.SMTP, user: str | None, password: str | None, message: EmailMessage
) -> Sent:
    """One message, step by step: only from the end of DATA on is its fate uncertain."""
    recipient = message["To"].addresses[0].addr_spec
    sender = message["From"].addresses[0].addr_spec
    try:
        if user:
            server.login(unquote(user), unquote(password or ""))
        code, words = server.mail(sender)
        if code >= 400:  # it would refuse every message of ours
            return Sent(Fate.DOWN, f"the mail server refuses our sender ({code})")
        code, words = server.rcpt(recipient)
        if code >= 400:
            return _refused(code, words)
        code, words = server.docmd("DATA")
        if code != 354:
            return _refused(code, words)
    except (smtplib.SMTPAuthenticationError, smtplib.SMTPNotSupportedError):
        return Sent(Fate.DOWN, "the mail server refuses our name and password")
    except (OSError, smtplib.SMTPException) as error:
        return Sent(Fate.RETRY, f"the mail server broke off: {_plain(error)}")
    return _handed_over(server, message)


def _handed_over(server: smtplib.SMTP, message: EmailMessage) -> Sent:
    quoted = bytes(message).replace(b"\r\n.", b"\r\n..")
    try:
        server.send(quoted + (b"" if quoted.endswith(b"\r\n") else b"\r\n"))
    except OSError as error:
        # Without the closing dot no server may take the message.
        return Sent(Fate.RETRY, f"the mail server broke off: {_plain(error)}")
    try:
        server.send(b".\r\n")
        code, words = server.getreply()
    except (OSError, smtplib.SMTPException) as error:
        return Sent(Fate.UNCERTAIN, f"no answer after the message was handed over: {_plain(error)}")
    if code >= 400:
        return _refused(code, words)
    with contextlib.suppress(OSError, smtplib.SMTPException):  # it is sent all the same
        server.quit()
    return Sent(Fate.SENT)


def _refused(code: int, words: bytes) -> Sent:
    """A full mailbox may be emptied, whatever its code; other refusals are as they say."""
    if code in (452, 552) or re.search(rb"\b[45]\.2\.2\b", words):
        return Sent(Fate.RETRY, f"the mailbox is full ({code})")
    reason = "the address is not known" if code in (550, 551, 553) else "the mail server refused"
    return Sent(Fate.FAILED if code >= 500 else Fate.RETRY, f"{reason} ({code})")


def _plain(error: Exception) -> str:
    return (
        type(error).__name__ if not isinstance(error, OSError) else (error.strerror or "no answer")
    )
