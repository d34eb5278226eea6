"""Questions of a finished attempt, each in a section: what is the same for everybody is kept.

A choice is told in a few ways, whoever chose it; what stands around the choices, in a few more. An
outcome puts these together by the order in which this person saw the choices.
"""

from functools import lru_cache
from typing import Any

from flask import Flask
from markupsafe import Markup, escape

from questions.kinds import Line
from quizbot.attempts.turns import QuestionReview
from quizbot.editions.editions import Edition
from web.pieces import cut, slot

LINES_KEPT = 4096
SECTIONS_KEPT = 1024


class Reviewed:
    """Gives templates `told_line` and `reviewed`."""

    def __init__(self, app: Flask) -> None:
        self.templates = app.jinja_env
        self.line = lru_cache(LINES_KEPT)(self._line)
        self.kept: dict[tuple[Any, ...], list[str]] = {}
        self.templates.globals.update(told_line=self.line, reviewed=self.section)

    def _line(self, line: Line, is_only: bool) -> Markup:
        """One choice: what it was, and why."""
        made = self.templates.get_template("attempt/line.html").render(line=line, is_only=is_only)
        return Markup(made)  # noqa: S704  (made by our own template, which escapes)

    def section(self, told: QuestionReview, edition: Edition, here: str, is_open: bool) -> Markup:
        """A question with what was answered, folded or open; `here` is the page it stands on."""
        lines, is_only = told.feedback.lines, told.feedback.is_only
        given = {str(at): self.line(one, is_only) for at, one in enumerate(lines)}
        given |= {"number": escape(told.number), "here": escape(here)}
        parts = self._around(told, edition, is_open)
        made = "".join([given[part] if at % 2 else part for at, part in enumerate(parts)])
        return Markup(made)  # noqa: S704  (of parts that our own templates made)

    def _around(self, told: QuestionReview, edition: Edition, is_open: bool) -> list[str]:
        """What stands around the lines, with a slot for each of them."""
        feedback = told.feedback
        ways = (
            is_open,
            feedback.is_answered,
            feedback.is_right,
            *(one.chosen for one in feedback.lines),
        )
        key = (edition.id, told.question.id, *ways)
        found = self.kept.get(key)
        if found is None:
            if len(self.kept) >= SECTIONS_KEPT:
                self.kept.clear()
            made = self.templates.get_template("attempt/reviewed.html").render(
                told=told,
                edition_id=edition.id,
                is_open=is_open,
                number=slot("number"),
                here=slot("here"),
                told_line=lambda line, _: slot(str(feedback.lines.index(line))),
            )
            found = self.kept[key] = cut(made)
        return found
