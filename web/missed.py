"""A reply that could not be taken: the question's page tells why, and still has what was chosen."""

from collections.abc import Sequence

from flask import redirect, request, session
from flask.typing import ResponseReturnValue

from quizbot.attempts.turns import Turn
from quizbot.errors import BadReply

MOST_TICKED = 6  # questions: what is ticked on them travels in a cookie


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
    ticked = {path: kept for path, kept in _ticked().items() if path != request.path}
    ticked[request.path] = [letter[:1] for letter in reply[:8]]
    session["ticked"] = dict(list(ticked.items())[-MOST_TICKED:])


def what_was_chosen() -> Sequence[str] | None:
    """What was chosen on this page and could not be taken then, once."""
    ticked = dict(_ticked())
    chosen = ticked.pop(request.path, None)
    if ticked:
        session["ticked"] = ticked
    else:
        session.pop("ticked", None)
    return chosen


def _ticked() -> dict[str, list[str]]:
    found: dict[str, list[str]] = session.get("ticked", {})
    return found


def what_was_missed(turn: Turn, chosen: Sequence[str] | None) -> str:
    """What is wrong with what was chosen just now; nothing for who comes back here later."""
    if b"missed" not in request.query_string or chosen is None:
        return ""
    try:
        turn.question.read(tuple(chosen), turn.order)
    except BadReply as error:
        return str(error)
    return ""


def way_on(
    base: str, module: str, number: int, total: int, go: str, opens: int = 0, opens_next: int = 0
) -> str:
    """Where Skip, Back and Review lead from a question.

    In an update `opens` is the change that it is the first question about, `opens_next` the one
    that the next question is: what was and what is now stand between.
    """
    if (go == "back" and opens) or (go == "on" and opens_next):
        return f"{base}/changes/{opens if go == 'back' else opens_next}"
    if go == "back":
        return f"{base}/questions/{number - 1}" if number > 1 else f"/modules/{module}"
    return f"{base}/questions/{number + 1}" if go == "on" and number < total else f"{base}/review"
