"""Mail by GOV.UK Notify, through its own client: beside SMTP, with the same fates.

Every message goes by one template that holds what it is given. Our number of a message is Notify's
reference: by it we learn whether a message was taken whose answer was lost, and what became of it.
"""

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs
from uuid import UUID

from quizbot.hosts import LOOPBACK, host_of, read_web_address
from quizbot.outbox.mail import Fate, Mail, Reason, Sent

if TYPE_CHECKING:
    from notifications_python_client.errors import APIError

OFFICIAL = "https://api.notifications.service.gov.uk"
WITHIN = 20  # seconds
SUBJECT, BODY = "((subject))", "((text))"  # the template, to be pasted there
PAGES = 20  # of 250 messages each that are looked through for what came back
BOUNCED = {
    "permanent-failure": ("the mailbox does not exist", Reason.WRONG_ADDRESS),
    "temporary-failure": ("the mailbox did not take it for three days", Reason.FULL),
    "technical-failure": ("GOV.UK Notify could not send it", Reason.OTHER),
}

_ID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_KEY = re.compile(rf"[A-Za-z0-9_.-]*?-?{_ID}-{_ID}")


@dataclass(frozen=True)
class NotifyWay:
    """Notify as `QUIZBOT_MAIL_URL` names it: a file with the key, and the template."""

    key_file: Path
    template: str
    api: str = OFFICIAL

    def key(self) -> str:
        """The key; ValueError where the file holds none. A line end in it would shift its parts."""
        try:
            text = self.key_file.read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise ValueError(f"the key of GOV.UK Notify cannot be read: {self.key_file}") from None
        if not _KEY.fullmatch(text):
            raise ValueError(
                f"{self.key_file} holds no key of GOV.UK Notify: it is a name and two long ids, all"
                " with hyphens, in one line"
            )
        return text


def read_notify(rest: str) -> NotifyWay:
    """What follows `notify:`; ValueError says what to mend."""
    file, _, query = rest.partition("?")
    fields = {name: values[-1] for name, values in parse_qs(query, keep_blank_values=True).items()}
    template, api = fields.pop("template", "").lower(), fields.pop("api", OFFICIAL)
    if not file.strip("/ ") or fields:
        raise ValueError("write notify:/etc/knowledge/notify-key?template=…")
    if not re.fullmatch(_ID, template):
        raise ValueError("names no template: notify:FILE?template=… with the id that Notify shows")
    api = read_web_address(api)
    if not api.startswith("https://") and host_of(api).partition(":")[0] not in LOOPBACK:
        raise ValueError("api= must be an https address")
    return NotifyWay(Path(file), template, api)


@dataclass(frozen=True)
class Bounce:
    """A message that Notify could not deliver after all."""

    number: UUID
    trouble: str
    reason: Reason


@dataclass(frozen=True)
class Notify:
    """Sends, looks whether it could, and tells what came back."""

    way: NotifyWay
    _kept: dict[str, Any] = field(default_factory=dict, repr=False)

    def send(self, mail: Mail, number: str) -> Sent:
        """Have one message sent; UNCERTAIN only where Notify cannot even say whether it has it."""
        from notifications_python_client.errors import APIError

        try:
            self._client().send_email_notification(
                mail.to,
                self.way.template,
                personalisation={"subject": mail.subject, "text": mail.text},
                reference=number,
            )
        except ValueError as error:
            return Sent(Fate.DOWN, str(error))
        except APIError as error:
            return self._fate(error, number)
        return Sent(Fate.SENT)

    def reach(self) -> Sent:
        """Whether the key is known and the template is as it must be. Nothing is sent."""
        from notifications_python_client.errors import APIError

        try:
            found = self._client().get_template(self.way.template)
        except ValueError as error:
            return Sent(Fate.DOWN, str(error))
        except APIError as error:
            if error.response is not None and error.response.status_code == 404:
                return Sent(Fate.DOWN, "GOV.UK Notify has no such template", Reason.SENDER)
            return Sent(Fate.DOWN, _down(error))
        words = f"{found.get('subject', '')} {found.get('body', '')}"
        if found.get("type") != "email" or not all(word in words for word in (SUBJECT, BODY)):
            trouble = f"the template must be one for e-mail with {SUBJECT} and {BODY}"
            return Sent(Fate.DOWN, trouble, Reason.SENDER)
        return Sent(Fate.SENT)

    def bounces(self, since: datetime) -> Iterator[Bounce]:
        """What could not be delivered of all that was handed over since."""
        from notifications_python_client.errors import APIError

        for status, (trouble, reason) in BOUNCED.items():
            try:
                for found in self._listed(status, since):
                    yield Bounce(UUID(found["reference"]), trouble, reason)
            except (APIError, ValueError):
                return

    # What the public methods are made of.

    def _client(self) -> Any:  # its methods have no types
        if "client" not in self._kept:
            from notifications_python_client.notifications import NotificationsAPIClient

            # What it would log holds Notify's own words; what went wrong we say ourselves.
            logging.getLogger("notifications_python_client").setLevel(logging.CRITICAL + 1)
            client: Any = NotificationsAPIClient
            self._kept["client"] = client(self.way.key(), base_url=self.way.api, timeout=WITHIN)
        return self._kept["client"]

    def _listed(self, status: str, since: datetime) -> Iterator[dict[str, Any]]:
        """Messages in a state, the newest first; those without a reference of ours are not ours."""
        older = None
        for _ in range(PAGES):
            answer = self._client().get_all_notifications(
                status=status, template_type="email", older_than=older
            )
            found = answer["notifications"]
            for one in found:
                if datetime.fromisoformat(one["created_at"]) < since:
                    return
                if re.fullmatch(_ID, one["reference"] or ""):
                    yield one
            if not found:
                return
            older = found[-1]["id"]

    def _fate(self, error: "APIError", number: str) -> Sent:
        response = error.response
        if response is None:
            return self._unanswered(error, number)
        said = _said(error)
        if response.status_code == 400:
            if "team-only" in said or "trial mode" in said:
                trouble = "this key of GOV.UK Notify reaches your own team alone"
                if "trial mode" in said:
                    trouble = "the service at GOV.UK Notify is on trial: it reaches your team alone"
                return Sent(Fate.FAILED, trouble, Reason.TRIAL)
            if "email_address" in said:
                trouble = "the address cannot be used for e-mail"
                return Sent(Fate.FAILED, trouble, Reason.WRONG_ADDRESS)
            return Sent(Fate.DOWN, "GOV.UK Notify does not take our template", Reason.SENDER)
        if response.status_code in (401, 403, 404, 429):
            return Sent(Fate.DOWN, _down(error))
        return self._looked_up(number, f"GOV.UK Notify answers with {response.status_code}")

    def _unanswered(self, error: "APIError", number: str) -> Sent:
        """Nothing came back: certainly not sent where there was nobody to send it to."""
        cause = str(error.__cause__)
        if "NewConnectionError" in cause or "NameResolutionError" in cause:
            return Sent(Fate.DOWN, "GOV.UK Notify does not answer")
        return self._looked_up(number, "GOV.UK Notify did not answer in time")

    def _looked_up(self, number: str, trouble: str) -> Sent:
        """Whether a message was taken whose answer was lost: Notify knows it by our number."""
        from notifications_python_client.errors import APIError

        try:
            found = self._client().get_all_notifications(reference=number)
        except APIError:
            return Sent(Fate.UNCERTAIN, trouble)
        return Sent(Fate.SENT) if found["notifications"] else Sent(Fate.RETRY, trouble)


def recent(now: datetime) -> datetime:
    """From when on messages may still come back: Notify tries for three days."""
    return now - timedelta(days=4)


def _said(error: "APIError") -> str:
    """What Notify says is wrong, without anybody's address."""
    said: Any = error.message
    if isinstance(said, list):
        return " ".join(str(one.get("message", "")) for one in said if isinstance(one, dict))
    return str(said)


def _down(error: "APIError") -> str:
    if error.response is None:
        return "GOV.UK Notify does not answer"
    if error.response.status_code == 429:
        is_daily = "TooManyRequests" in str(error.response.text)
        limit = "the limit of the day" if is_daily else "the limit of a minute"
        return f"{limit} at GOV.UK Notify is reached"
    if error.response.status_code in (401, 403):
        return "GOV.UK Notify does not take our key, or our clock is wrong"
    return f"GOV.UK Notify answers with {error.response.status_code}"
