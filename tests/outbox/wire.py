"""The wire, as tests have it: it keeps what is sent, and says what a test wants it to say."""

from dataclasses import dataclass, field

from quizbot.outbox.mail import Fate, Mail, Sent


class Killed(BaseException):
    """The worker's process is gone at this point; nothing of ours catches it."""


@dataclass
class Wire:
    """Takes every message, unless `says` has another fate for its address."""

    taken: list[Mail] = field(default_factory=list)
    says: dict[str, Sent] = field(default_factory=dict)
    dies_before: bool = False
    dies_after: bool = False

    def __call__(self, mail: Mail, _key: str) -> Sent:
        if self.dies_before:
            raise Killed
        said = self.says.get(mail.to, Sent(Fate.SENT))
        if said.fate in (Fate.SENT, Fate.UNCERTAIN):
            self.taken.append(mail)
        if self.dies_after:
            raise Killed
        return said

    def to(self, name: str) -> list[Mail]:
        """What was sent to one of the named people."""
        return [mail for mail in self.taken if mail.to == f"{name}@northmoor.example"]

    def subjects(self, name: str) -> list[str]:
        """The subjects of it."""
        return [mail.subject for mail in self.to(name)]
