"""A reply that could not be taken: the question's page tells why, and still has what was chosen."""

from collections.abc import Sequence

from flask import redirect, request, session
from flask.typing import ResponseReturnValue

from quizbot.attempts.turns import Turn
from quizbot.errors import BadReply


def are_letters(reply: Sequence[str]) -> bool:
    """Whether a reply is what a page of ours could send: too little, or too much, but letters."""
    return len(reply) <= 8 and all(letter in ("", *"abcdefgh") for letter in reply)


def missed(reply: Sequence[str]) -> ResponseReturnValue:
    """Back to the question, which tells what is missing.

    It is told on a page that was asked for and not on the answer to a form: who goes back to that
    later would be shown a browser's own error.
    """
    keep_chosen(reply)
    more = "".join(f"&{name}" for name in ("flag", "to_review") if name in request.form)
    return redirect(f"{request.path}?missed{more.replace('to_review', 'review')}", 303)


def keep_chosen(reply: Sequence[str]) -> None:
    """Have what was chosen stand on the question's page when it is shown next."""
    session["kept"] = [request.path, [letter[:1] for letter in reply[:8]]]


def what_was_chosen() -> Sequence[str] | None:
    """What was chosen on this page and could not be taken then, once."""
    kept = session.get("kept")
    return session.pop("kept")[1] if kept and kept[0] == request.path else None


def what_was_missed(turn: Turn, chosen: Sequence[str] | None) -> str:
    """What is wrong with what was chosen just now; nothing for who comes back here later."""
    if b"missed" not in request.query_string or chosen is None:
        return ""
    try:
        turn.question.read(tuple(chosen), turn.order)
    except BadReply as error:
        return str(error)
    return ""
