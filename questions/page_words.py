"""What a check says of a file, as a page says it of its form: no field's name, no file, no code."""

import re
from collections.abc import Callable, Sequence

Put = str | Callable[[re.Match[str]], str]
_ANSWERS = {"option": "answers", "step": "steps", "pair": "pairs"}
# What is said where a field is empty, by the field or by the list and the field in it.
_EMPTY = {
    "id": "Give it an id",
    "level": "Choose what it asks for",
    "authority": "Choose what stands behind the right answer",
    "since": "Give the edition since which it is asked",
    "review_by": "Give the day when it is to be looked at again",
    "sensitive": "Choose whether it touches on something hard",
    "ask": "Write the question",
    "because": "Write why the right answer is right",
    "sources": "Choose what it rests on",
    "sources id": "Choose the source",
    "sources at": "Give the place in this source, or “not numbered”",
    "option": "Write three or four answers",
    "option text": "Write the words of this answer",
    "option why": "Write why, to somebody who chose it",
    "step": "Write three to six steps",
    "step text": "Write the words of this step",
    "step why": "Write why it stands here",
    "pair": "Write three to six pairs",
    "pair left": "Write the left side of this pair",
    "pair right": "Write what belongs to it",
    "pair why": "Write why they belong together",
    "mixup swap": "Choose the two numbers that are taken for each other",
    "mixup misconception": "Choose the belief that this mix-up shows",
    "lesson review": "Name the review",
    "lesson at": "Give the place in the review",
    "lesson says": "Write what the review taught",
    "decision why": "Write why you decided so about the change of guidance",
}
# What an author has to add to a question that was brought in.
TO_ADD = {
    "level": "what it asks for",
    "authority": "what stands behind the right answer",
    "since": "since which edition",
    "review_by": "when it is to be looked at again",
    "sensitive": "whether it touches on something hard",
    "because": "why the right answer is right",
    "sources": "what it rests on",
    "why": "why, answer by answer",
    "misconception": "the beliefs of wrong answers",
    "errs": "how wrong answers are wrong",
}
_COUNTED = re.compile(r"needs at least (\d+), here are (\d+)|has (\d+): at most (\d+)")
_NO_ID = "Use small letters, figures and hyphens between them, and begin with a letter"


def gap_words(at: Sequence[int | str], words: str) -> str:
    """What reading a question found at one place of it, in words for a form."""
    names = [one for one in at if isinstance(one, str)]
    name = " ".join(names[:2])
    if names[:1] and names[0] in _ANSWERS and len(names) == 1 and (found := _COUNTED.search(words)):
        least, here, is_now, most = found.groups()
        what = _ANSWERS[names[0]]
        if least:
            return (
                f"Here are {here} {what}: write at least {least}" if here != "0" else _EMPTY[name]
            )
        return f"Here are {is_now} {what}: keep at most {most}"
    if re.search(r"is missing|is empty|needs at least", words):
        if names[:1] == ["allow"]:
            return "Write why the rule does not fit here"
        return _EMPTY.get(name) or _EMPTY.get(names[0] if names else "", page_words(words))
    if "lower-case words joined by hyphens" in words:
        return _NO_ID if name == "id" else "This is no id: choose from the list, or copy the id"
    if "must be a day" in words:
        return "Give a day, such as 30 6 2027"
    if " must be " in words:
        return "Choose this again: it cannot be kept as it is"
    if "is not a known field" in words:
        return "It came with something that no question has: save this page to leave that out"
    return page_words(words)


_CITE = "cited: choose one, or say what else stands behind it"
# In the order in which they are tried; all that fit are used.
_SAID: tuple[tuple[str, Put], ...] = (
    (r"^the file's name is no objective of module\.toml: .*", "Choose what it is to show"),
    (
        r"^misconception '[^']*' is not in module\.toml.*",
        "This belief is none of this questionnaire: choose one from the list",
    ),
    (
        r"^source '[^']*' is not in module\.toml.*",
        "This source is none of this questionnaire: choose one from the list",
    ),
    (
        r"^must-know '[^']*' is not in module\.toml.*",
        "This essential point is none of this questionnaire: choose one from the list",
    ),
    (
        r"^must-know '[^']*' belongs to objective .*",
        "This essential point belongs to another objective: choose that, or another point",
    ),
    (r"^must-know (\S+) has no question: write three", r"No question asks “\1”: write three"),
    (r"^objective '([^']*)' has no question: .*", r"No question is left for “\1”"),
    (r"^misconception '([^']*)' is not used.*", r"No question uses the belief “\1”"),
    (
        r"^`not_with` names '([^']*)', which is no other question here.*",
        r"“\1” is no other question of this questionnaire",
    ),
    (
        r"^`twin` names '([^']*)', which is no other question here.*",
        r"“\1” is no other question of this questionnaire",
    ),
    (
        r"^is no twin of '([^']*)': .*",
        r"“\1” is its twin, and twins have the same answers word for word: change both or clear it",
    ),
    (
        r"^has the same right answer as its twin '([^']*)': .*",
        r"Its twin “\1” has the same right answer: then the answers give it away",
    ),
    (
        r"^option \d+ is wrong but does not say how: .*",
        "Choose how it is wrong: too little, too much, or a fact",
    ),
    (r"^option \d+ is wrong but names no `misconception`: .*", "Choose the belief it stands for"),
    (
        r"^option \d+ is right: take its `misconception` away",
        "It is right: choose no belief for it",
    ),
    (r"^option \d+: `missed` belongs to a right option", "It is wrong: nobody misses it"),
    (r"^option \d+ is right: take its `errs` away", "It is right: choose no way of being wrong"),
    (r"^two (?:options|of them) say the same: .*", "Two say the same: change or remove one"),
    (
        r"^a one-of question has exactly one option with `right = true`, not (\d+)",
        lambda found: (
            "Tick the answer that is right"
            if found[1] == "0"
            else f"Tick one answer as right: here are {found[1]}"
        ),
    ),
    (r"^`missed` is for several-of questions: .*", "Only one answer is right: nobody misses it"),
    (r"^a several-of question has one to four .*", "Tick each answer that is right"),
    (
        r"^mixup \d+: `swap` names two different ones from 1 to (\d+)",
        r"Choose two different numbers, from 1 to \1",
    ),
    (r"^`needs` names '([^']*)', which .*", r"“\1” is nothing that this place can turn on"),
    (r"^`ask` does not end with", "The question does not end with"),
    (r"^`ask` has fewer than", "The question has fewer than"),
    (r"^`ask` ends with an article", "The question ends with an article"),
    (r"\bscenario and ask have\b", "story and question have"),
    (r"\bscenario and ask name no slot\b", "neither story nor question has a word of this place"),
    (r'say so: allow = \{ W05 = "([^"]*)" \}', r"keep it with that reason, “\1”"),
    (r'is `sensitive` "mild" or "strong"\?', "does it touch on something hard?"),
    (r"^names no `mixup`: say", "No mix-up is told: say"),
    (r"say why in `allow`", "keep it with a reason"),
    (r"name that in `not_with`", "keep the two out of one attempt"),
    (
        r"^is marked `statutory` but .*",
        f"It is said to rest on the law, but no section of an act and no regulation is {_CITE}",
    ),
    (
        r"^is marked `statutory-guidance` but .*",
        f"It is said to rest on statutory guidance, but none is {_CITE}",
    ),
    (
        r"is not an approved name: choose one from questions/names\.toml",
        "is not among the names for stories: choose one from the list of names",
    ),
    (
        r"choose another; if a term, add it to words\.toml",
        "choose one from the list of names; if a term, keep it with a reason",
    ),
    (
        r"^slot \{([^}]*)\} is no setting of the place.*",
        r"{\1} is no word of this place: copy one from the list of them",
    ),
    (r"^slot \{([^}]*)\} is empty at this place", r"{\1} is empty on the page Place"),
    (r"^slot \{([^}]*)\} is not filled in place\.toml", r"{\1} is empty on the page Place"),
    (r"^slot \{([^}]*)\} is a switch.*", r"{\1} is on or off, and no words: take it out"),
    (r"^'([^']*)' is no switch of the place", r"“\1” is nothing that this place can turn on"),
    (
        r"^'([^']*)' in `facts` is no number of a fact sheet.*",
        r"“\1” is no fact of the national questions: take it away",
    ),
    (
        r"^`allow` is not needed for W\d\d, .*",
        "What was kept with a reason is not found any more: clear the reason",
    ),
    (r"^`allow` names '([^']*)': .*", r"There is no rule “\1”: clear the reason"),
    (r"Add a \[\[decision\]\] to \S+", "Say below what was decided of it"),
    (
        r"^decides for '?([^' ]*)'?, which does not touch it: .*",
        r"It does not rest on the change “\1”: choose “Not decided” for that",
    ),
    (r"`objective_minimum`", "the right answers needed in each objective"),
    (r"are `quiet` \(the right answer is (.*?)\)", r"have as their right answer \1"),
    (r"decide `stands` or `withdrawn`", "decide that it stands or is withdrawn"),
    (r"\b(?:questions/)?(?:module|place|words|names)\.toml\b", "this questionnaire"),
    (r"`([^`]*)`", r"\1"),
)


def page_words(words: str) -> str:
    """A finding's words as a page says them."""
    for pattern, put in _SAID:
        words = re.sub(pattern, put, words, flags=re.DOTALL)
    return words[:1].upper() + words[1:]
