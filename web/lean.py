"""The hot pages, lean: their frame and each question are rendered once and kept.

What differs is put in afterwards: each choice's words, for the order is an attempt's own, and what
is this person's.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, cast
from uuid import UUID

from flask import Flask, Response, current_app, request, session
from markupsafe import Markup, escape

from questions.kinds import Choice, Input
from quizbot.attempts.turns import Review, Turn
from web.current import in_pieces, menu, signed_in, token
from web.missed import way_on
from web.pieces import Fresh, Kept, slot

LETTERS = "abcdefgh"
NOTHING: tuple[Fresh, ...] = ()
CHECKED = (Fresh(" checked"),)


class Lean:
    """What of the hot pages is the same for everybody, by what it depends on."""

    def __init__(self, app: Flask, frame: dict[str, Any]) -> None:
        self.templates = app.jinja_env
        self.question = app.jinja_env.get_template("attempt/question.html")
        self.frame = frame
        self.frames: dict[tuple[bool, bool], Kept] = {}
        self.fragments: dict[tuple[UUID, str], Kept] = {}
        self.arounds: dict[tuple[Any, ...], Kept] = {}

    def framed(self, *, has_errors: bool, is_signed_in: bool) -> Kept:
        """The frame around a page's own title, way back and content."""
        key = (has_errors, is_signed_in)
        found = self.frames.get(key)
        if found is None:
            made = self.templates.get_template("lean.html").render(
                markers=[slot(name) for name in ("title", "back", "content")],
                nav=menu(),
                errors=has_errors,
                signed_in_name="Signed in" if is_signed_in else None,
                csrf_token=slot("token"),
                **self.frame,
            )
            found = self.frames[key] = Kept(made)
        return found

    def inputs(self, turn: Turn, chosen: Sequence[str]) -> Iterable[Fresh]:
        """The question and its choices, in the order of this attempt."""
        given: dict[str, tuple[Fresh, ...]] = {}
        for choice in turn.choices:
            given[choice.letter] = (Fresh(escape(choice.text)),)
            given[f"{choice.letter} checked"] = CHECKED if choice.letter in chosen else NOTHING
        return self._kept_inputs(turn).filled(given)

    def _kept_inputs(self, turn: Turn) -> Kept:
        """The same for every order: each choice has its letter, and a slot for its words."""
        key = (turn.edition.id, turn.question.id)
        found = self.fragments.get(key)
        if found is None:
            blank = [replace(choice, text=slot(choice.letter)) for choice in turn.choices]
            made = self.inputs_anew(turn, blank, {}, ())
            if turn.question.input is not Input.MENUS:
                for letter in LETTERS:
                    made = made.replace(_value(letter), _value(letter) + slot(f"{letter} checked"))
            found = self.fragments[key] = Kept(made)
        return found

    def inputs_anew(
        self,
        turn: Turn,
        choices: Sequence[Choice],
        errors: dict[str, str],
        chosen: Sequence[str],
    ) -> str:
        """The same, rendered for this once."""
        template = self.templates.get_template(f"attempt/inputs/{turn.question.input}.html")
        made = template.render(
            question=turn.question, choices=choices, errors=errors, chosen=chosen
        )
        if turn.question.input is not Input.MENUS:
            for letter in set(chosen).intersection(LETTERS):
                made = made.replace(_value(letter), f"{_value(letter)} checked")
        return made

    def around(self, turn: Turn, *, is_flagged: bool, is_from_review: bool) -> Kept:
        """What is around the choices of an open question."""
        place = (turn.edition.id, turn.mode, turn.number, turn.total, turn.next_number, turn.part)
        key = (*place, is_flagged, is_from_review)
        found = self.arounds.get(key)
        if found is None:
            made = self.question.render(
                turn=turn,
                flagged=is_flagged,
                from_review=is_from_review,
                inputs=slot("inputs"),
                base=slot("base"),
                csrf_token=slot("token"),
            )
            found = self.arounds[key] = Kept(made)
        return found

    def is_plain(self, turn: Turn) -> bool:
        """Whether a question's page is made of what can be kept."""
        return turn.feedback is None and turn.question.sensitive != "strong"

    def review(self, found: Review, form_token: str, *, is_asked: bool) -> Iterable[Fresh]:
        """What is answered, flagged and unanswered of an open attempt, in the same frame."""
        title = f"Review your answers: {found.title}"
        back = f"/attempts/{found.attempt_id}/questions/{len(found.lines)}"
        content = self.templates.get_template("attempt/review.html").render(
            review=found, is_asked=is_asked, csrf_token=form_token
        )
        return self.framed(has_errors=False, is_signed_in=True).filled(
            {
                "title": (Fresh(escape(title)),),
                "back": (Fresh(f'<a class="govuk-back-link" href="{back}">Back</a>'),),
                "token": (Fresh(form_token),),
                "content": (Fresh(content),),
            }
        )

    def page(
        self,
        turn: Turn,
        base: str,
        form_token: str,
        frame: Kept,
        content: Iterable[Fresh],
    ) -> Iterable[Fresh]:
        """A question's page around its content; a link back only where nothing can be ticked."""
        module = turn.edition.module
        title = f"{turn.question.ask} – question {turn.number} of {turn.total}, {module.title}"
        back = way_on(base, module.id, turn.number, turn.total, "back", turn.opens)
        link = f'<a class="govuk-back-link" href="{escape(back)}">Back</a>'
        return frame.filled(
            {
                "title": (Fresh(escape(title)),),
                "back": (Fresh(link),) if turn.feedback else NOTHING,
                "token": (Fresh(form_token),),
                "content": content,
            }
        )

    def plain_content(
        self,
        turn: Turn,
        base: str,
        form_token: str,
        chosen: Sequence[str],
        *,
        is_flagged: bool,
        is_from_review: bool,
    ) -> Iterable[Fresh]:
        """An open question with its choices, all of it from what is kept."""
        has_menus = turn.question.input is Input.MENUS
        if has_menus and any(chosen):
            made = self.inputs_anew(turn, turn.choices, {}, chosen)
            inputs: Iterable[Fresh] = (Fresh(made),)
        else:
            inputs = self.inputs(turn, chosen)
        around = self.around(turn, is_flagged=is_flagged, is_from_review=is_from_review)
        return around.filled(
            {"inputs": inputs, "base": (Fresh(escape(base)),), "token": (Fresh(form_token),)}
        )


def _value(letter: str) -> str:
    """How a choice to tick has its letter."""
    return f'value="{letter}"'


def review_page(found: Review, *, is_asked: bool) -> Response:
    """An attempt question by question, before it is handed in."""
    lean = cast("Lean", current_app.extensions["lean"])
    return in_pieces(lean.review(found, token(), is_asked=is_asked))


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
    is_from_review = b"review" in request.query_string
    if request.method == "POST":
        is_from_review = "to_review" in request.form
    form_token = token()
    if errors or "_flashes" in session or not lean.is_plain(turn):
        inputs = "" if turn.feedback else lean.inputs_anew(turn, turn.choices, errors, chosen)
        made = lean.question.render(
            turn=turn,
            question=turn.question,
            feedback=turn.feedback,
            inputs=Markup(inputs),  # noqa: S704  (made by our own template, which escapes)
            base=base,
            outcome=outcome,
            errors=errors,
            flagged=is_flagged,
            from_review=is_from_review,
            csrf_token=form_token,
        )
        content: Iterable[Fresh] = (Fresh(made),)
    else:
        content = lean.plain_content(
            turn, base, form_token, chosen, is_flagged=is_flagged, is_from_review=is_from_review
        )
    frame = lean.framed(has_errors=bool(errors), is_signed_in=signed_in() is not None)
    pieces = lean.page(turn, base, form_token, frame, content)
    return in_pieces(pieces, 400 if errors else 200)
