"""The question's page, lean: its frame and each question are rendered once and kept.

What differs is put in afterwards: each choice's words, for the order is an attempt's own, and what
is this person's.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast
from uuid import UUID

from flask import Flask, Response, current_app, request, session
from markupsafe import Markup, escape

from questions.kinds import Choice, Input
from quizbot.attempts.turns import Turn
from web.current import menu, packed, signed_in, token

MARKERS = tuple(f"\x02{name}\x03" for name in ("title", "back", "content"))
INNER = tuple(f"\x02{name}\x03" for name in ("inputs", "base", "token"))


def _slot(letter: str) -> str:
    """Stands for the words of the choice under a letter."""
    return f"\x02choice {letter}\x03"


class Lean:
    """What of the hot pages is the same for everybody, by what it depends on."""

    def __init__(self, app: Flask, frame: dict[str, Any]) -> None:
        self.templates = app.jinja_env
        self.question = app.jinja_env.get_template("attempt/question.html")
        self.frame = frame
        self.frames: dict[tuple[bool, bool], list[str]] = {}
        self.fragments: dict[tuple[UUID, str], str] = {}
        self.arounds: dict[tuple[Any, ...], str] = {}

    def pieces(self, *, has_errors: bool) -> list[str]:
        """The frame before, between and after a page's own title, way back and content."""
        is_signed_in = signed_in() is not None
        key = (has_errors, is_signed_in)
        found = self.frames.get(key)
        if found is None:
            rest = self.templates.get_template("lean.html").render(
                markers=MARKERS,
                nav=menu(),
                errors=has_errors,
                signed_in_name="Signed in" if is_signed_in else None,
                csrf_token=INNER[2],
                **self.frame,
            )
            found = []
            for marker in MARKERS:
                before, _, rest = rest.partition(marker)
                found.append(before)
            found.append(rest)
            self.frames[key] = found
        return found

    def inputs(self, turn: Turn, errors: dict[str, str], chosen: Sequence[str]) -> Markup:
        """The question and its choices, in the order of this attempt."""
        has_menus = turn.question.input is Input.MENUS
        if errors or (has_menus and any(chosen)):
            made = self._inputs(turn, turn.choices, errors, chosen)
        else:
            made = self._kept_inputs(turn)
            for choice in turn.choices:
                made = made.replace(_slot(choice.letter), escape(choice.text))
        for choice in turn.choices if chosen and not has_menus else ():
            if choice.letter in chosen:
                value = f'value="{choice.letter}"'
                made = made.replace(value, f"{value} checked")
        return Markup(made)  # noqa: S704  (made by our own template, which escapes)

    def _kept_inputs(self, turn: Turn) -> str:
        """The same for every order: each choice has its letter, and a slot for its words."""
        key = (turn.edition.id, turn.question.id)
        made = self.fragments.get(key)
        if made is None:
            blank = [replace(choice, text=_slot(choice.letter)) for choice in turn.choices]
            made = self.fragments[key] = self._inputs(turn, blank, {}, ())
        return made

    def _inputs(
        self,
        turn: Turn,
        choices: Sequence[Choice],
        errors: dict[str, str],
        chosen: Sequence[str],
    ) -> str:
        template = self.templates.get_template(f"attempt/inputs/{turn.question.input}.html")
        return template.render(
            question=turn.question, choices=choices, errors=errors, chosen=chosen
        )

    def content(
        self, turn: Turn, inputs: Markup, base: str, *, is_flagged: bool, is_from_review: bool
    ) -> str:
        """What is around the choices of an open question; kept but for three markers."""
        place = (turn.edition.id, turn.mode, turn.number, turn.total, turn.next_number)
        key = (*place, is_flagged, is_from_review)
        around = self.arounds.get(key)
        if around is None:
            names = dict(zip(("inputs", "base", "csrf_token"), INNER, strict=True))
            around = self.question.render(
                turn=turn, flagged=is_flagged, from_review=is_from_review, **names
            )
            self.arounds[key] = around
        for marker, words in zip(INNER, (inputs, escape(base), token()), strict=True):
            around = around.replace(marker, words)
        return around


def question_page(
    turn: Turn,
    base: str,
    outcome: str,
    *,
    errors: dict[str, str],
    chosen: Sequence[str],
    is_flagged: bool,
) -> Response:
    """One question on its page, or in practice its feedback."""
    lean = cast("Lean", current_app.extensions["lean"])
    if turn.feedback:
        errors = {}  # answered already, perhaps in another tab: nothing is left to mend
    head, after_title, after_back, tail = lean.pieces(has_errors=bool(errors))
    module = turn.edition.module
    title = f"{turn.question.ask} – question {turn.number} of {turn.total}, {module.title}"
    back = f"{base}/questions/{turn.number - 1}" if turn.number > 1 else f"/modules/{module.id}"
    is_from_review = b"review" in request.query_string
    if request.method == "POST":
        is_from_review = "to_review" in request.form
    if is_from_review:
        back = f"{base}/review"
    inputs = Markup("") if turn.feedback else lean.inputs(turn, errors, chosen)
    if turn.feedback or errors or "_flashes" in session or turn.question.sensitive == "strong":
        content = lean.question.render(
            turn=turn,
            question=turn.question,
            feedback=turn.feedback,
            inputs=inputs,
            base=base,
            outcome=outcome,
            errors=errors,
            flagged=is_flagged,
            from_review=is_from_review,
            csrf_token=token(),
        )
    else:
        content = lean.content(
            turn, inputs, base, is_flagged=is_flagged, is_from_review=is_from_review
        )
    after_title = after_title.replace(INNER[2], token())  # in the form to sign out
    made = "".join((head, escape(title), after_title, back, after_back, content, tail))
    return packed(made, 400 if errors else 200)
