"""How a question, an answer and its feedback look in a chat."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from questions.kinds import Input
from quizbot.attempts.turns import ChangeShown, QuestionReview, Result, Review, Turn
from quizbot.attempts.updating import UpdateOffer
from quizbot.chat import carried
from quizbot.chat.carried import button
from quizbot.chat.said import Button, ChoiceFields, Message
from quizbot.chat.split import messages
from quizbot.editions.feedback import Feedback
from quizbot.words import MANAGER_SEES, long_date

CHOSEN = "✓ "
DONE = "That’s my answer"
IN_A_ROW = 7

Rows = tuple[tuple[Button, ...], ...]
_NONE: Rows = ()


def question(
    turn: Turn, attempt_id: UUID, chosen: str | None = None, *, edits: bool = False
) -> tuple[Message, ...]:
    """A question to answer; `chosen` is what was tapped so far where several taps make a reply."""
    text, rows, given = turn.spoken, _NONE, chosen
    if turn.question.input is Input.ONE:
        if turn.reply:
            text += f"\n\nYour answer so far: {turn.shown_reply[0].upper()}"
        rows = _letters(turn, attempt_id)
    elif turn.question.input is Input.SEVERAL:
        chosen = "".join(turn.shown_reply) if chosen is None else chosen
        text += f"\n\nTap all that apply, then “{DONE}”."
        rows = _toggles(turn, attempt_id, chosen)
    else:
        if chosen is None and turn.reply:
            text += f"\n\nYour answer so far:\n{placed(turn, ''.join(turn.shown_reply))}"
        chosen = chosen or ""
        text += "\n\n" + _next_place(turn, chosen)
        rows = _places(turn, attempt_id, chosen)
    beside = () if turn.is_practice else _aside(turn, attempt_id, chosen or "")
    made = messages(text, rows + ((beside,) if beside else ()), edits=edits)
    if len(made) > 1:  # too long for one message: letters will do
        return made
    return (replace(made[0], fields=_fields(turn, attempt_id, given, beside)),)


def _fields(
    turn: Turn, attempt_id: UUID, chosen: str | None, beside: tuple[Button, ...]
) -> ChoiceFields:
    """The same question as a form."""
    asked, menus = turn.question, turn.question.menus
    several = asked.input is Input.SEVERAL
    opening = [*turn.opening, *([asked.ask] if menus else [])]
    hint = " Choose all that apply." if several else ""
    return ChoiceFields(
        "\n\n".join(opening),
        menus or (f"{asked.ask}{hint}".strip() or "Your answer",),
        tuple((choice.letter, choice.text) for choice in turn.choices),
        "".join(turn.shown_reply) if chosen is None else chosen,
        button(DONE, carried.ANSWER, attempt_id, turn.number).carries,
        DONE,
        takes_several=several,
        beside=beside,
    )


def answered(turn: Turn, attempt_id: UUID) -> tuple[Message, ...]:
    """In place of a question that was answered: the same, with the answer."""
    given = ", ".join(letter.upper() for letter in sorted(turn.shown_reply))
    if turn.question.menus:
        given = "\n" + placed(turn, "".join(turn.shown_reply))
    rows: Rows = ()
    if not turn.is_practice:
        rows = ((button("Change my answer", carried.ASK_AGAIN, attempt_id, turn.number),),)
    return messages(f"{turn.spoken}\n\nYour answer: {given}", rows, edits=True)


def placed(turn: Turn, chosen: str) -> str:
    """What stands where, with menus."""
    texts = {choice.letter: choice.text for choice in turn.choices}
    lines = []
    for at, menu in enumerate(turn.question.menus):
        given = f"{chosen[at].upper()}  {texts.get(chosen[at], '')}" if at < len(chosen) else "…"
        lines.append(f"{menu}: {given}")
    return "\n".join(lines)


def _next_place(turn: Turn, chosen: str) -> str:
    text = placed(turn, chosen)
    if len(chosen) < len(turn.question.menus):
        return f"{text}\n\nTap the letter that belongs to: {turn.question.menus[len(chosen)]}"
    return f"{text}\n\nIs that your answer?"


def _letters(turn: Turn, attempt_id: UUID) -> Rows:
    return (
        tuple(
            button(choice.letter.upper(), carried.ANSWER, attempt_id, turn.number, choice.letter)
            for choice in turn.choices
        ),
    )


def _toggles(turn: Turn, attempt_id: UUID, chosen: str) -> Rows:
    row = []
    for choice in turn.choices:
        letter = choice.letter
        after = chosen.replace(letter, "") if letter in chosen else chosen + letter
        words = f"{CHOSEN if letter in chosen else ''}{letter.upper()}"
        after = "".join(sorted(after))
        row.append(button(words, carried.CHOOSE, attempt_id, turn.number, after))
    if not chosen:
        return (tuple(row),)
    return (tuple(row), (button(DONE, carried.ANSWER, attempt_id, turn.number, chosen),))


def _places(turn: Turn, attempt_id: UUID, chosen: str) -> Rows:
    rows: Rows = ()
    if len(chosen) < len(turn.question.menus):
        left = (choice.letter for choice in turn.choices if choice.letter not in chosen)
        rows += (
            tuple(
                button(one.upper(), carried.CHOOSE, attempt_id, turn.number, chosen + one)
                for one in left
            ),
        )
    else:
        rows += ((button(DONE, carried.ANSWER, attempt_id, turn.number, chosen),),)
    if chosen:
        rows += ((button("Begin again", carried.CHOOSE, attempt_id, turn.number, ""),),)
    return rows


def _aside(turn: Turn, attempt_id: UUID, chosen: str) -> tuple[Button, ...]:
    flag = (
        button("Take the flag away", carried.FLAG, attempt_id, turn.number, 0, chosen)
        if turn.is_flagged
        else button("Flag it", carried.FLAG, attempt_id, turn.number, 1, chosen)
    )
    return flag, button("Review", carried.REVIEW, attempt_id)


# What an answer comes to


def feedback(turn: Turn, attempt_id: UUID) -> tuple[Message, ...]:
    """After an answer in practice."""
    found = turn.feedback
    assert found is not None
    text = told(found)
    if found.check:
        text += f"\n\nPractice only. Before it counts: {found.check}"
    if turn.next_number is None:
        go_on = button("See the outcome", carried.OUTCOME, attempt_id)
    else:
        go_on = button("Continue", carried.ASK, attempt_id, turn.next_number)
    return messages(text, ((go_on,),))


def told(found: Feedback) -> str:
    """Right or not, what is right and why, and what that rests on."""
    parts = ["✓ That is right." if found.is_right else "✗ That is not right."]
    if not found.is_right and not found.lines[0].menu:
        if len(found.key) == 1:
            parts.append(f"The right answer is: {found.key[0]}")
        else:
            parts.append("\n".join(["The right answers are:", *(f"• {key}" for key in found.key)]))
    return "\n\n".join([*parts, found.spoken])


# Before and after handing in


def review(found: Review) -> tuple[Message, ...]:
    """What is answered and flagged, and the button that hands in."""
    parts = [f"Review your answers · {found.title}"]
    if found.unanswered:
        one = found.unanswered == 1
        parts.append(
            f"{found.unanswered} {'question has' if one else 'questions have'} no answer yet."
            f" If you submit now, {'it counts' if one else 'they count'} as wrong."
        )
    else:
        parts.append("Every question has an answer.")
    notable = [line for line in found.lines if line.state != "answered"]
    if notable:
        parts.append(
            "\n".join(
                f"{line.number}. {_short(f'{line.scenario} {line.ask}'.strip())} ({line.state})"
                for line in notable
            )
        )
    parts.append(
        "Tap a number to look at a question again. Once submitted, answers cannot be changed. You"
        " see the outcome at once, with every question."
    )
    numbers = [
        button(
            f"{line.number}{'' if line.is_answered else ' ?'}{' ⚑' if line.is_flagged else ''}",
            carried.ASK,
            found.attempt_id,
            line.number,
        )
        for line in found.lines
    ]
    submit = (button("Submit answers", carried.SUBMIT, found.attempt_id),)
    return messages("\n\n".join(parts), (*in_rows(numbers), submit))


def in_rows(buttons: list[Button]) -> Rows:
    """A few beside each other."""
    return tuple(tuple(buttons[at : at + IN_A_ROW]) for at in range(0, len(buttons), IN_A_ROW))


def outcome(
    result: Result, attempt_id: UUID, public_url: str, *, is_try: bool, must_wait: str = ""
) -> tuple[Message, ...]:
    """Passed or not and why, what was shown, and where to read every question."""
    module, found = result.edition.module, result.outcome
    word = "Passed" if found.passed else "Not passed this time"
    if result.is_practice:
        word = "Practice finished"
    why = found.why
    if result.is_practice:
        why += (
            " That would have been a pass."
            if found.passed
            else " That would not have been a pass yet."
        )
    parts = [f"{word}: {module.title}\n{found.share:.0%}. {why}"]
    parts += [one.words for one in result.regraded]
    if found.must_knows_missed:
        missed = "\n".join(f"• {says}" for says in found.must_knows_missed)
        parts.append(f"Essential points to put right first:\n{missed}")
    shown = []
    for objective in found.objectives:
        state = f"{objective.right} of {objective.asked} right"
        words = f"{'shown' if objective.is_shown else 'not shown'}, {state}"
        shown.append(f"• {objective.title}: {words if objective.asked else 'not asked'}")
    parts.append("What was shown:\n" + "\n".join(shown))
    again = (button("Take it again", carried.MODULE, module.id),)
    if is_try:
        parts.append(
            "Nothing of this is kept: it goes now that you have seen it. To have it count: /link"
        )
        return messages("\n\n".join(parts), (again,))
    parts.append(_what_next(result, public_url, must_wait))
    wrong = [told.number for told in result.told if not told.feedback.is_right]
    numbers = [button(f"{n} ✗", carried.TELL, attempt_id, n) for n in wrong]
    rows = in_rows(numbers)
    if len(wrong) < len(result.told):
        rows += ((button("Every question, one by one", carried.TELL, attempt_id, 1),),)
    return messages("\n\n".join(parts), (*rows, again))


# Changes of guidance


def changed(changes: Sequence[ChangeShown], number: int) -> tuple[Message, ...]:
    """Before the questions about a change: what was, what is now and what to do differently."""
    found = changes[number - 1]
    of = f", {number} of {len(changes)}" if len(changes) > 1 else ""
    parts = [f"What changed{of}"]
    if found.is_taken_back:
        parts.append("Nobody asks this of you any more. You may finish it all the same.")
    parts += [
        f"It was: {found.was}",
        f"It is now, since {long_date(found.starts_on)}: {found.now}",
        f"What to do differently: {found.matters}",
    ]
    return messages("\n\n".join(parts))


def updated(result: Result, attempt_id: UUID, left: Sequence[UpdateOffer]) -> tuple[Message, ...]:
    """Which changes are confirmed, what was missed, and to take it again at once."""
    module, found = result.edition.module, result.outcome
    word = "Confirmed" if found.passed else "Not confirmed yet"
    parts = [f"{word}: {module.title}\n{found.why}"]
    if result.withdrawn:
        parts.append(
            f"A safeguarding lead withdrew this on {long_date(result.withdrawn.on)}: it does not"
            f" count. {result.withdrawn.reason}"
        )
    parts.append(
        "\n".join(
            f"{'✓' if one.is_confirmed else '✗'} {one.now}"
            + (" (Nobody asks this of you any more.)" if one.is_taken_back else "")
            for one in result.changes
        )
    )
    parts += [one.words for one in result.regraded]
    if not found.passed:
        parts.append("Read below what was missed, and why. You may take it again at once.")
    parts.append(f"What you have passed stays valid. {MANAGER_SEES}")
    wrong = [told.number for told in result.told if not told.feedback.is_right]
    rows = in_rows([button(f"{n} ✗", carried.TELL, attempt_id, n) for n in wrong])
    if len(wrong) < len(result.told):
        rows += ((button("Every question, one by one", carried.TELL, attempt_id, 1),),)
    return messages("\n\n".join(parts), (*rows, *((confirm(offer),) for offer in left)))


def confirm(offer: UpdateOffer) -> Button:
    """The button that begins an update, or goes on with it."""
    what = "Go on" if offer.open_id else "Confirm what changed"
    return button(f"{what}: {offer.title}", carried.CONFIRM, offer.module)


def _what_next(result: Result, public_url: str, must_wait: str) -> str:
    if result.is_practice:
        return "Nothing of this counts. Below is every question with the reason behind its answer."
    if result.outcome.passed:
        return f"Your certificate is on your record: {public_url}/me\n{MANAGER_SEES}"
    again = must_wait or "When you are ready, take it again: questions you have not met come first."
    return (
        "Read below what was missed, and why. Talk it over with a colleague or your manager."
        f" {again} {MANAGER_SEES}"
    )


def explained(result: Result, attempt_id: UUID, number: int, *, edits: bool) -> tuple[Message, ...]:
    """One question of a finished attempt, and ways to the others."""
    found = result.told[number - 1]
    text = f"{_of_result(result, found)}\n\n{told(found.feedback)}"
    if not found.feedback.is_answered:
        text = text.replace("✗ That is not right.", "✗ This was not answered, so it counts wrong.")
    total, row = len(result.told), []
    if number > 1:
        row.append(button(f"◀ Question {number - 1}", carried.TELL, attempt_id, number - 1, "e"))
    if number < total:
        row.append(button(f"Question {number + 1} ▶", carried.TELL, attempt_id, number + 1, "e"))
    back = button("The outcome", carried.OUTCOME, attempt_id)
    return messages(text, (tuple(row), (back,)) if row else ((back,),), edits=edits)


def _of_result(result: Result, found: QuestionReview) -> str:
    parts = [f"Question {found.number} of {len(result.told)} · {result.edition.module.title}"]
    if found.question.scenario:
        parts.append(found.question.scenario)
    return "\n\n".join([*parts, found.question.ask])


def _short(words: str, most: int = 90) -> str:
    return words if len(words) <= most else words[: most - 1].rsplit(" ", 1)[0] + "…"
