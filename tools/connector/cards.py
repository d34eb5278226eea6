"""What Teams takes as a message and as an Adaptive Card; anything else is refused with a reason."""

import json
from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]

LARGEST = 28 * 1024  # bytes of a message
MOST_ACTIONS = 6  # of an action set: more are out of sight
CARD = "application/vnd.microsoft.card.adaptive"
_MESSAGE = {"type", "text", "textFormat", "summary", "attachments", "id", "replyToId"}
_ROOT = {"$schema", "type", "version", "body"}
_COMMON = {"type", "spacing", "separator"}
_CHOICES = {
    *("id", "label", "style", "isMultiSelect", "isRequired", "errorMessage", "wrap", "choices"),
    "value",
}
_ACTION = {"type", "title", "data", "associatedInputs", "verb", "fallback", "url", "tooltip"}


class CardRefused(Exception):
    """Teams would not take this, or not show it as it is meant."""


def must(holds: object, words: str) -> None:
    """CardRefused where it does not hold."""
    if not holds:
        raise CardRefused(words)


def check_message(activity: Json) -> None:
    """An activity that an app posts."""
    must(len(json.dumps(activity).encode()) <= LARGEST, "the message is too large")
    must(activity.get("type") == "message", "only messages are posted")
    must(set(activity) <= _MESSAGE, f"unknown fields: {set(activity) - _MESSAGE}")
    attached = activity.get("attachments", [])
    must(bool(activity.get("text")) != bool(attached), "either words or a card")
    if attached:
        (one,) = attached
        must(set(one) == {"contentType", "content"}, "an attachment has two fields")
        must(one["contentType"] == CARD, "no Adaptive Card")
        must(activity.get("summary"), "a notification would say that a card was sent")
        check_card(one["content"])
    else:
        must(activity.get("textFormat") == "plain", "words would be read as Markdown")


def check_card(card: Json) -> None:
    """A card, element by element."""
    must(set(card) == _ROOT, f"fields of a card: {set(card) ^ _ROOT}")
    must(card["type"] == "AdaptiveCard" and card["version"] == "1.5", "no card of version 1.5")
    must(card["body"], "an empty card")
    names = [one["id"] for one in card["body"] if "id" in one]
    must(len(set(names)) == len(names), "two fields of one name")
    for one in card["body"]:
        check = {
            "RichTextBlock": _text,
            "Input.ChoiceSet": _choices,
            "ActionSet": _actions,
        }.get(one.get("type"))
        must(check, f"unknown element {one.get('type')}")
        assert check is not None
        check(one)


def _text(block: Json) -> None:
    must(set(block) <= _COMMON | {"inlines"}, f"unknown in text: {set(block)}")
    must(block["inlines"], "text without words")
    for run in block["inlines"]:
        must(set(run) == {"type", "text"} and run["type"] == "TextRun", "no run of text")
        must(isinstance(run["text"], str) and run["text"].strip(), "a run without words")
        must("\n" not in run["text"], "a line break in a run is not shown everywhere")


def _choices(field: Json) -> None:
    must(set(field) <= _COMMON | _CHOICES, f"unknown in a field: {set(field)}")
    must(field["id"] and field.get("label", "").strip(), "a screen reader needs a label")
    must(field["style"] in ("compact", "expanded"), "no style of a choice")
    must(not field.get("isRequired") or field.get("errorMessage"), "required, and nothing is said")
    values = [one["value"] for one in field["choices"]]
    must(values and len(set(values)) == len(values), "two choices of one value")
    for one in field["choices"]:
        must(set(one) == {"title", "value"} and one["title"].strip(), "a choice without words")
        must("," not in one["value"], "a comma parts the values of several choices")
    chosen = field.get("value", "")
    chosen = chosen.split(",") if field.get("isMultiSelect") else [chosen]
    must(all(one in values for one in chosen if one), "what is chosen is no choice")


def _actions(found: Json) -> None:
    must(set(found) <= _COMMON | {"actions"}, "unknown in an action set")
    must(0 < len(found["actions"]) <= MOST_ACTIONS, "none or too many actions")
    for action in found["actions"]:
        _action(action)


def _action(action: Json) -> None:
    must(set(action) <= _ACTION, f"unknown in an action: {set(action)}")
    must(action.get("title", "").strip(), "a button without words")
    kind = action["type"]
    must(kind in ("Action.Submit", "Action.Execute", "Action.OpenUrl"), f"unknown action {kind}")
    if kind == "Action.OpenUrl":
        must(action["url"].startswith("https://"), "a link that Teams does not open")
        return
    must(isinstance(action.get("data"), dict), "with anything but an object nothing is sent")
    must(action.get("associatedInputs", "auto") in ("auto", "none"), "no such inputs")
    must((kind == "Action.Execute") == ("verb" in action), "a verb is for Execute")
    if "fallback" in action:
        _action(action["fallback"])


def fields_of(card: Json) -> Iterator[Json]:
    """Its fields, in order."""
    return (one for one in card["body"] if one["type"] == "Input.ChoiceSet")


def actions_of(card: Json) -> Iterator[Json]:
    """Its buttons, in order."""
    for one in card["body"]:
        if one["type"] == "ActionSet":
            yield from one["actions"]


def words_of(activity: Json) -> str:
    """All that can be read on a message, labels and choices too."""
    if not activity.get("attachments"):
        return str(activity["text"])
    lines = []
    for one in activity["attachments"][0]["content"]["body"]:
        if one["type"] == "RichTextBlock":
            lines.append("".join(run["text"] for run in one["inlines"]))
        elif one["type"] == "Input.ChoiceSet":
            lines += [one["label"], *(choice["title"] for choice in one["choices"])]
    return "\n".join(lines)
