"""The way that mail takes, by its address: a folder, a mail server, or GOV.UK Notify."""

from pathlib import Path

from quizbot.outbox import mail
from quizbot.outbox.mail import Mailer, Sent, Server, read_sender
from quizbot.outbox.notify import Notify, NotifyWay, read_notify

NOTIFY = "notify:"


def read_way(url: str) -> Server | Path | NotifyWay:
    """Where messages go by an address; ValueError says what to mend."""
    if url.lower().startswith(NOTIFY):
        return read_notify(url[len(NOTIFY) :])
    return mail.read_way(url)


def mailer(url: str, sender: str) -> Mailer:
    """How to send by an address."""
    way = read_way(url)
    read_sender(sender)
    return Notify(way).send if isinstance(way, NotifyWay) else mail.mailer(url, sender)


def reach(url: str, sender: str) -> Sent:
    """Whether a message could leave now: SENT where it could. None is sent."""
    way = read_way(url)
    return Notify(way).reach() if isinstance(way, NotifyWay) else mail.reach(url, sender)
