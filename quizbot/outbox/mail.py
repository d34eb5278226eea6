"""Sending one message by e-mail, and saying plainly what became of it."""

import contextlib
import os
import re
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate
from enum import StrEnum
from pathlib import Path
from urllib.parse import unquote

from quizbot.hosts import read_host_and_port
from quizbot.words import folded_address, is_address, is_showable

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


class Reason(StrEnum):
    """What kind of trouble kept a message back: by this, not by its words, advice is chosen."""

    OTHER = ""
    WRONG_ADDRESS = "wrong-address"
    NO_ADDRESS = "no-address"
    FULL = "full"
    CHAT_GONE = "chat-gone"
    SENDER = "sender"  # ours, which the mail server does not take
    TRIAL = "trial"


@dataclass(frozen=True)
class Sent:
    """The fate of a message, and the trouble in plain words (never an address) and by its kind."""

    fate: Fate
    trouble: str = ""
    reason: Reason = Reason.OTHER


@dataclass(frozen=True)
class Mail:
    """A message before it is one."""

    to: str
    subject: str
    text: str
    html: str = ""


Mailer = Callable[[Mail, str], Sent]


@dataclass(frozen=True)
class Server:
    """A mail server as `QUIZBOT_MAIL_URL` names it."""

    host: str
    port: int
    is_secure: bool
    user: str = ""
    password: str = field(default="", repr=False)


def read_way(url: str) -> Server | Path:
    """Where messages go by an address: a server, or a folder; ValueError says what to mend.

    No part of a password is ever in what it says.
    """
    scheme, _, rest = url.partition(":")
    match scheme.lower():
        case "file":
            return _read_folder(rest)
        case "smtp" | "smtps":
            return _read_server(rest, is_secure=scheme.lower() == "smtps")
    raise ValueError("must begin with file:, smtp://, smtps:// or notify:")


def _read_folder(rest: str) -> Path:
    if re.match("//[^/]", rest):
        raise ValueError("write file:var/mail for a folder here, file:///var/mail for one from /")
    if not rest.strip("/ "):
        raise ValueError("names no folder: write file:var/mail")
    if not is_showable(rest):
        raise ValueError("names a folder with a letter that cannot be printed")
    return Path(rest)


def _read_server(rest: str, *, is_secure: bool) -> Server:
    if not rest.startswith("//"):
        raise ValueError("must be written as smtp://mail.example.org:587, with // after the colon")
    said, at, where = rest[2:].rpartition("@")
    user, password = _read_name_and_password(said) if at else ("", "")
    if re.search(r"[/?#]", where.removesuffix("/")):
        # Whoever left out the @ may have a password here, so nothing of it is shown.
        raise ValueError("after the server and its port comes nothing: take away / ? or #")
    try:
        host, port = read_host_and_port(where.removesuffix("/"))
    except ValueError as error:
        told = str(error) if at or ":" not in where else "is no server and port"
        raise ValueError(f"{told}; write smtp://mail.example.org:587") from None
    return Server(host.strip("[]"), port or (465 if is_secure else 25), is_secure, user, password)


def _read_name_and_password(said: str) -> tuple[str, str]:
    for letter in said:
        if letter in "/?#@[]" or letter.isspace() or not is_showable(letter):
            raise ValueError(_write(letter))
    if re.search(r"%(?![0-9A-Fa-f]{2})", said):
        raise ValueError(_write("%"))
    user, colon, password = said.partition(":")
    if not (user and colon and password):
        raise ValueError(
            "the name and the password belong together: smtp://name:password@mail.example.org"
        )
    try:
        both = unquote(user, errors="strict"), unquote(password, errors="strict")
    except UnicodeDecodeError:
        raise ValueError("% and two digits must stand for a letter: write % as %25") from None
    if not all(part.isascii() and is_showable(part) for part in both):
        raise ValueError("a mail server takes a name and a password of plain ASCII letters alone")
    return both


def _write(letter: str) -> str:
    coded = "".join(f"%{byte:02X}" for byte in letter.encode("utf-8", "surrogatepass"))
    shown = letter if is_showable(letter) and not letter.isspace() else "a space or break"
    return f"in the name and the password write {shown} as {coded}"


@dataclass(frozen=True)
class Sender:
    """Whom messages come from: one address, and a name to show with it."""

    address: str
    name: str = ""


def read_sender(text: str) -> Sender:
    """The sender as people write it, commas in the name and all; ValueError says what to mend."""
    example = "such as Northmoor Children <quiz@northmoor.example>"
    name, address = "", text.strip()
    if address.endswith(">"):
        name, _, address = address.removesuffix(">").rpartition("<")
    name, address = _unquoted(name.strip()), address.strip()
    if not is_showable(name) or set(name) & set("<>"):
        raise ValueError(f"must be one name and one address, {example}")
    if not address.isascii():
        raise ValueError("must have an address of plain ASCII letters: write the domain as xn--…")
    address = folded_address(address)
    if not is_address(address):
        raise ValueError(f"must be one e-mail address, with a name before it or none, {example}")
    try:
        Address(name, addr_spec=address)
    except (ValueError, MessageError, IndexError):
        raise ValueError(f"must be one e-mail address that mail can come from, {example}") from None
    return Sender(address, name)


def _unquoted(name: str) -> str:
    if len(name) > 1 and name[0] == name[-1] == '"':
        return re.sub(r"\\(.)", r"\1", name[1:-1])
    return name


def mailer(url: str, sender: str) -> Mailer:
    """How to send by an address such as `file:var/mail`, `smtp://host:25` or `smtps://…`."""
    way, who = read_way(url), read_sender(sender)

    def send(mail: Mail, key: str) -> Sent:
        try:
            letter = Letter.of(mail, who, key)
        except (ValueError, IndexError, MessageError):  # it holds what no header can
            return Sent(Fate.FAILED, "the address cannot be used for e-mail", Reason.WRONG_ADDRESS)
        return _keep(way, letter, key) if isinstance(way, Path) else _send(way, letter)

    return send


def reach(url: str, sender: str) -> Sent:
    """Whether a message could leave now: SENT where it could. None is sent."""
    way, who = read_way(url), read_sender(sender)
    if isinstance(way, Path):
        return _writable(way)
    try:
        server = _connected(way)
    except _BROKEN as error:
        return Sent(Fate.DOWN, _no_answer(way, error))
    try:
        if refused := _greeted(server, way, who):
            return refused
        server.rset()
        server.quit()
    except _BROKEN as error:
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


@dataclass(frozen=True)
class Letter:
    """A message as it goes over the wire, whole before any server is asked."""

    sender: str
    recipient: str
    content: bytes

    @classmethod
    def of(cls, mail: Mail, who: Sender, key: str) -> "Letter":
        """The message with its headers; ValueError and the like where it cannot be one."""
        message = EmailMessage(policy=_WIRE)
        message["From"] = Address(who.name, addr_spec=who.address)
        message["To"] = mail.to
        message["Subject"] = mail.subject
        message["Date"] = formatdate(localtime=False)
        message["Message-ID"] = f"<{key}@{who.address.partition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        message["X-Auto-Response-Suppress"] = "All"
        message["X-Notice"] = key
        message.set_content(mail.text)
        if mail.html:
            message.add_alternative(mail.html, subtype="html")
        if not mail.to.isascii() or [one.addr_spec for one in message["To"].addresses] != [mail.to]:
            # One address, two readings: it could go to somebody else.
            raise ValueError("the header would name another mailbox")
        return cls(who.address, mail.to, bytes(message))


def _keep(folder: Path, letter: Letter, key: str) -> Sent:
    """One `.eml` a message; written aside and renamed, so that nobody reads half of it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        draft = folder / f".{key}.part"
        draft.write_bytes(letter.content)
        draft.rename(folder / f"{key}.eml")
    except OSError as error:
        return Sent(Fate.DOWN, f"the mail folder cannot be written: {error.strerror}")
    return Sent(Fate.SENT)


# What ends a conversation: the line, the server's words, or a name that nobody can look up.
_BROKEN = (OSError, smtplib.SMTPException, ValueError)


def _send(way: Server, letter: Letter) -> Sent:
    try:
        server = _connected(way)
    except _BROKEN as error:
        return Sent(Fate.DOWN, _no_answer(way, error))
    try:
        return _spoken(server, way, letter)
    finally:
        server.close()


def _connected(way: Server) -> smtplib.SMTP:
    if way.is_secure:
        context = ssl.create_default_context()
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            way.host, way.port, timeout=TIMEOUT, context=context
        )
    else:
        server = smtplib.SMTP(way.host, way.port, timeout=TIMEOUT)
        server.ehlo()
        if server.has_extn("starttls"):
            server.starttls(context=ssl.create_default_context())
    server.ehlo()
    return server


def _greeted(server: smtplib.SMTP, way: Server, who: Sender) -> Sent | None:
    """Tell who we are and whom messages come from; what the server refuses of it, or nothing.

    What is refused here it would refuse for every message of ours.
    """
    try:
        if way.user:
            server.login(way.user, way.password)
    except smtplib.SMTPNotSupportedError:
        return Sent(Fate.DOWN, "the mail server takes no name and password here")
    except smtplib.SMTPAuthenticationError as error:
        refused = f"the mail server refuses our name and password ({error.smtp_code})"
        return Sent(Fate.DOWN, refused)
    code, _ = server.mail(who.address)
    if code >= 400:
        return Sent(Fate.DOWN, f"the mail server refuses our sender ({code})", Reason.SENDER)
    return None


def _spoken(server: smtplib.SMTP, way: Server, letter: Letter) -> Sent:
    """One message, step by step: only from the end of DATA on is its fate uncertain."""
    try:
        if refused := _greeted(server, way, Sender(letter.sender)):
            return refused
        code, words = server.rcpt(letter.recipient)
        if code >= 400:
            return _refused(code, words)
        code, words = server.docmd("DATA")
        if code != 354:
            return _refused(code, words)
    except _BROKEN as error:
        return Sent(Fate.RETRY, f"the mail server broke off: {_plain(error)}")
    return _handed_over(server, letter)


def _handed_over(server: smtplib.SMTP, letter: Letter) -> Sent:
    quoted = letter.content.replace(b"\r\n.", b"\r\n..")
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
        return Sent(Fate.RETRY, f"the mailbox is full ({code})", Reason.FULL)
    if code in (550, 551, 553):
        return Sent(Fate.FAILED, f"the address is not known ({code})", Reason.WRONG_ADDRESS)
    fate = Fate.FAILED if code >= 500 else Fate.RETRY
    return Sent(fate, f"the mail server refused ({code})")


def _no_answer(way: Server, error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the mail server's certificate is not to be trusted: {error.verify_message}"
    if isinstance(error, ssl.SSLError) and way.is_secure:
        return f"the mail server speaks no smtps at port {way.port}: try smtp:// (STARTTLS)"
    return f"the mail server does not answer: {_plain(error)}"


def _plain(error: Exception) -> str:
    return (
        type(error).__name__ if not isinstance(error, OSError) else (error.strerror or "no answer")
    )
