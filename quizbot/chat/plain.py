"""What plain words mean: a command, or the name of a questionnaire."""

# ruff: noqa: E501, ISC004  (a pattern reads best whole)

import re
from collections.abc import Mapping
from difflib import get_close_matches

# The first that is found wins.
_PHRASES = (
    ("thanks", r"^(?:thanks?(?: you)?|thx|cheers|ta|brilliant|great|lovely|perfect)\b"),
    ("stop", r"^(?:unlink|unsubscribe|leave me alone|unlink (?:this|my) chat)$"),
    ("pause", r"^(?:i (?:want|need|have|would like|'d like) to |can i )?(?:stop|pause|cancel|quit|finish|end)(?: (?:it|this|here|now"
              r"|for now|for today|later|please|and go on later))*\W*$"),
    ("help", r"^(?:help|\?+|what can (?:you|i) (?:do|say)|how does (?:this|it) work|commands)\b"),
    ("privacy", r"who sees|who can see|anonymous|privacy|private|my data|manager sees?\b|confidential"),
    ("resume", r"^(?:continue|carry on|go on|resume|next|keep going|where was i|back)\b|where (?:was|did) i"),
    (
        "me",
        r"\b(?:have|need|got|supposed|still) to (?:do|take|complete)\b|asked of me|outstanding"
        r"|overdue|\bdue\b|up to date|my (?:results?|record|certificates?|scores?)|certificate"
        r"|how did i do|reminders?|did i pass",
    ),
    ("link", r"\blink\b|\b(?:sign|log)(?:ged)? ?in\b|\blogin\b|my account|\bregister\b"),
    ("team", r"^(?:my )?team$|\bmy team\b|who (?:in my team )?needs me"),
    ("modules", r"^(?:list|menu|modules?|questionnaires?|quiz(?:zes)?|questions?|start again)\b"
                r"|what (?:is|questionnaires are) there|\bquiz\b"),
    ("start", r"^(?:hi|hello|hey|hiya|start|begin|good (?:morning|afternoon|evening))\b"),
)  # fmt: skip
_FILLER = frozenset(
    "a an the i me my to do on of for and please can could would like want take start try practise"
    " practice begin go with one about questionnaire questionnaires quiz module test enquiry asked"
    " enquiries manager need child protection".split()
)
_MEANT = {
    "s47": "section 47",
    "sec47": "section 47",
    "meeting": "discussions",
    "meetings": "discussions",
    "icpc": "conference",
}


def command_meant(words: str) -> str:
    """The command that somebody means; nothing where it is none."""
    plain = " ".join(words.casefold().replace("’", "'").split())
    return next((name for name, phrase in _PHRASES if re.search(phrase, plain)), "")


_BUTTONS = (
    ("review", r"^(?:review|check)(?: my answers| answers| it| them)?$"),
    ("review", r"^(?:submit|hand in|send)(?: my answers| answers| it| them)?$"),  # there it is sent
    ("flag", r"^flag(?: it| this)?$"),
    ("skip", r"^skip(?: it| this| for now)?$"),
)


def button_meant(words: str) -> str:
    """Which button under a question somebody types instead of tapping it; nothing where none."""
    plain = " ".join(words.casefold().split()).rstrip(".!")
    return next((name for name, phrase in _BUTTONS if re.search(phrase, plain)), "")


def module_meant(words: str, titles: Mapping[str, str], *, whole: bool = False) -> str:
    """The questionnaire that is named, by id and title; nothing where none is, or several are.

    With `whole` the words are nothing but its name.
    """
    said = _stems(words)
    known = {id_: _stems(title) | _stems(id_.replace("-", " ")) for id_, title in titles.items()}
    ids = {id_: _stems(id_.replace("-", " ")) for id_ in titles}
    if not said or (whole and not any(said <= stems for stems in known.values())):
        return ""
    named = [id_ for id_ in titles if ids[id_] <= said] or [
        id_ for id_ in titles if said <= known[id_]
    ]
    if len(named) == 1:
        return named[0]
    if len(said) <= 3 and not named:
        near = get_close_matches(
            " ".join(sorted(said)), [" ".join(sorted(stems)) for stems in ids.values()], 1, 0.75
        )
        if near:
            return next(id_ for id_, stems in ids.items() if " ".join(sorted(stems)) == near[0])
    return ""


def _stems(words: str) -> frozenset[str]:
    plain = re.findall(r"[a-z0-9]+", words.casefold())
    plain = " ".join(_MEANT.get(word, word) for word in plain).split()
    return frozenset(word.rstrip("s") or word for word in plain if word not in _FILLER)
