"""What the service refuses, in words for the person; shown as they stand on a page and in chat."""

from questions.kinds import BadReply


class Refused(Exception):
    """Something the service will not do; the text says what is wrong or what to do."""


class NotFound(Refused):
    """There is no such thing, or not for this person: both are told alike."""


class NotFinished(NotFound):
    """The attempt has no outcome yet: it is still being taken."""


class NotAllowed(Refused):
    """The thing exists and this person may not do it."""


class AlreadyAnswered(Refused):
    """In practice the first answer stands."""


class AlreadySubmitted(Refused):
    """An attempt that was handed in never changes."""


class Unanswered(Refused):
    """Some questions of an attempt have no answer, and it is not to be handed in like that."""


class NotOffered(Refused):
    """The module cannot be taken in this way now."""


class SignInRefused(Refused):
    """A code that is wrong, old or used up."""


class SignedOut(Refused):
    """The session does not stand any more: sign in again."""


class BadFile(Refused):
    """A file that was not taken; `faults` has a line for each thing to mend."""

    def __init__(self, words: str, faults: tuple[str, ...] = ()) -> None:
        super().__init__(words)
        self.faults = faults


class Mend(Refused):
    """A form that was not taken; `faults` has for each field what to do about it."""

    def __init__(self, **faults: str) -> None:
        super().__init__(" ".join(faults.values()))
        self.faults = faults


class MustConfirm(Refused):
    """Something that is done only once somebody says that it is meant; `lines` tell what it is."""

    def __init__(self, words: str, lines: tuple[str, ...]) -> None:
        super().__init__(words)
        self.lines = lines


class OutOfDate(Refused):
    """What was shown before is not so any more; look again, then decide."""


class Busy(Refused):
    """The database could not be written within the time allowed; nothing was lost."""


class Broken(Refused):
    """The audit trail is not as it was written; the text names the row."""


class Misconfigured(Refused):
    """Settings with which the service cannot run; one line for each fault."""


__all__ = [
    "AlreadyAnswered",
    "AlreadySubmitted",
    "BadFile",
    "BadReply",
    "Broken",
    "Busy",
    "Mend",
    "Misconfigured",
    "MustConfirm",
    "NotAllowed",
    "NotFound",
    "NotOffered",
    "OutOfDate",
    "Refused",
    "SignInRefused",
    "SignedOut",
]
