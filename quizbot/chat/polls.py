"""What a group reads in place of a poll that it does not permit, or that may not have come."""

from quizbot.chat.said import Poll, Said
from quizbot.chat.split import messages

FORBIDDEN = (
    "Polls are not permitted in this group, so please vote by a show of hands, all at the same"
    " moment. An administrator can permit polls in the group’s settings; then the next vote is"
    " anonymous."
)
UNSURE = "If no poll can be seen here, please vote by a show of hands, all at the same moment."


def by_hand(poll: Poll, *, is_sure: bool) -> Said:
    """The question and its options as words; `is_sure` where there certainly is no poll."""
    options = [f"{chr(ord('A') + at)}  {text}" for at, text in enumerate(poll.options)]
    words = [FORBIDDEN if is_sure else UNSURE, poll.ask, "\n".join(options)]
    return Said(messages("\n\n".join(words)))
