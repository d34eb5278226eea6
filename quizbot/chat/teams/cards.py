"""What the conversation says, as Teams shows it: plain words, or an Adaptive Card a message.

Words on a card are runs of text, which are shown as they are: a text block would read stars and
brackets as formatting. The data of a button is always an object: with anything else a tap sends
nothing.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from quizbot.chat.said import Button, ChoiceFields, Message, Poll
from quizbot.chat.teams.hearing import FIELDS, TAP, VOTE, field_names

Json = dict[str, Any]

CARD = "application/vnd.microsoft.card.adaptive"
VERSION = "1.5"
SCHEMA = "http://adaptivecards.io/schemas/adaptive-card.json"
BESIDE = 5  # buttons beside each other: Teams puts what is beyond six out of sight
LONGEST_SUMMARY = 120
CHOOSE, CHOOSE_SOME = "Choose one of the answers.", "Choose one or more of the answers."
VOTE_NOW = "Vote"


def activity(part: Message, *, is_group: bool = False) -> Json:
    """A message as it is posted: plain words, or a card where there is something to tap on."""
    if not (part.rows or part.fields or part.edits):
        return {"type": "message", "textFormat": "plain", "text": part.text}
    fields = None if is_group else part.fields
    body = [*_asked(fields)] if fields else [*_said(part.text)]
    if fields:
        body.append(_actions([_send(fields)]))
    body += [
        _actions([_button(one, is_group=is_group) for one in row])
        for whole in ((fields.beside,) if fields else part.rows)
        for row in _few(whole)
    ]
    return _posted(body, fields.opening if fields else part.text)


def poll(part: Poll) -> Json:
    """A vote as a form."""
    options = [(str(at), words) for at, words in enumerate(part.options)]
    vote = {
        "type": "Action.Execute",
        "title": VOTE_NOW,
        "verb": VOTE,
        "data": {VOTE: part.carries},
    }
    (name,) = field_names(1)
    body = [_choices(name, part.ask, options, ""), _actions([_with_fallback(vote)])]
    return _posted(body, part.ask)


def _posted(body: list[Json], words: str) -> Json:
    card = {"$schema": SCHEMA, "type": "AdaptiveCard", "version": VERSION, "body": body}
    first = words.partition("\n")[0]
    return {
        "type": "message",
        "summary": first[:LONGEST_SUMMARY],  # what a notification and a list of chats show
        "attachments": [{"contentType": CARD, "content": card}],
    }


def _said(text: str) -> Iterator[Json]:
    """Its lines; a blank one makes more room before the next."""
    spacing = "none"
    for line in text.split("\n"):
        if line.strip():
            yield {"type": "RichTextBlock", "spacing": spacing, "inlines": [_run(line)]}
            spacing = "small"
        elif spacing != "none":
            spacing = "medium"


def _run(words: str) -> Json:
    return {"type": "TextRun", "text": words}


def _asked(fields: ChoiceFields) -> Iterator[Json]:
    """What stands before the ask, and a labelled field for each thing to be chosen."""
    yield from _said(fields.opening)
    names = field_names(len(fields.labels))
    options = [(letter, f"{letter.upper()}  {text}") for letter, text in fields.options]
    for at, (name, label) in enumerate(zip(names, fields.labels, strict=True)):
        chosen = fields.chosen
        if len(names) > 1:
            chosen = chosen[at : at + 1]
        elif fields.takes_several:
            chosen = ",".join(chosen)
        field = _choices(name, label, options, chosen, takes_several=fields.takes_several)
        yield field | {"style": "compact"} if len(names) > 1 else field


def _choices(
    name: str,
    label: str,
    options: Iterable[tuple[str, str]],
    chosen: str,
    *,
    takes_several: bool = False,
) -> Json:
    return {
        "type": "Input.ChoiceSet",
        "id": name,
        "label": label,
        "style": "expanded",
        "isMultiSelect": takes_several,
        "isRequired": True,
        "errorMessage": CHOOSE_SOME if takes_several else CHOOSE,
        "wrap": True,
        "choices": [{"title": words, "value": value} for value, words in options],
        **({"value": chosen} if chosen else {}),
    }


def _send(fields: ChoiceFields) -> Json:
    """The button that sends what is chosen."""
    data = {TAP: fields.carries, FIELDS: len(fields.labels)}
    return {"type": "Action.Submit", "title": fields.send, "data": data}


def _button(button: Button, *, is_group: bool) -> Json:
    if button.link:
        return {"type": "Action.OpenUrl", "title": button.words, "url": button.link}
    made: Json = {
        "type": "Action.Execute" if is_group else "Action.Submit",
        "title": button.words,
        "data": {TAP: button.carries},
        "associatedInputs": "none",  # it goes through whether or not something is chosen
    }
    return _with_fallback(made | {"verb": TAP}) if is_group else made


def _with_fallback(action: Json) -> Json:
    """For a Teams that is too old to show what is answered to one person alone."""
    plain = {name: value for name, value in action.items() if name != "verb"}
    return action | {"fallback": plain | {"type": "Action.Submit"}}


def _actions(actions: list[Json]) -> Json:
    return {"type": "ActionSet", "actions": actions}


def _few(row: tuple[Button, ...]) -> Iterator[tuple[Button, ...]]:
    for at in range(0, len(row), BESIDE):
        yield row[at : at + BESIDE]
