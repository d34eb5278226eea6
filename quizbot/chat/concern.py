"""Words that sound like a child at risk, a disclosure or distress: answered at once, never kept.

Better once too often than not at all: what is not recognised is answered with the same numbers, so
that a word missing from `concern.toml` costs nobody anything. Nothing here is logged, and nothing
looks anything up.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from typing import Any

from quizbot.chat.wording import any_of, lowered, spelt, told, words_of
from quizbot.service import Service

LONGEST_READ = 1500  # characters
MANY = 150  # words: whoever writes as many has something to tell

_TO_17 = (
    r"(?:[1-9]|1[0-7]|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen"
    r"|fourteen|fifteen|sixteen|seventeen)\b"
)
_NO_AGE = (
    r"(?! ?(?:%|min|hour|hr|day|week|month|question|of|out|per|am|pm|o'?clock|right|wrong|more"
    r"|points|down|in\b|into|through|:))"
)
# "3yo", "4/12", "u5s", "Year 9 girl", "she's only thirteen", "a six-year-old"
_AGE = re.compile(
    r"\b(?:\d{1,2} ?(?:yrs?|years?|mths?|months?|wks?|weeks?|days?)[ -]?olds?|\d{1,2} ?y(?:r|/)?o\b"
    r"|\d{1,2}/(?:12|40|52|7)\b|u\d{1,2}s\b|(?:yr|year) ?\d{1,2}s? (?:girl|boy|pupil)"
    r"|(?:s?he'?s?|is|was|aged|they'?re|who'?s)"
    rf" (?:(?:is|only|just|about|like|nearly|barely) )*{_TO_17}{_NO_AGE}"
    rf"|{_TO_17}[ -](?:year|month|week)s?[ -]olds?)"
)
# "im 8", "i am only nine", "I'm in year 6"
_A_CHILD_WRITES = re.compile(
    rf"\bi(?:'?m| am) (?:(?:only|just|nearly|a) )*(?![1-4]\b|one\b|two\b){_TO_17}{_NO_AGE}"
    r"|\bi(?:'?m| am) in (?:year|yr|y) ?\d"
)
# Chinese, Japanese, Thai, Lao, Khmer, Burmese: several words without a space between.
_UNPARTED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]{3}")
_NOTHING_ELSE = frozenset(
    f" {words} "
    for words in ("help me", "help me please", "please help me", "im scared", "im so scared")
)
_SOME = ("a", "this", "that", "little", "poor", "wee", "another")  # child of no name

# "b because the child ...", "I'd say C, the social worker ...", "C I think", "D, she's competent"
_AN_ANSWER = re.compile(
    r"^\W*(?:[a-hA-H](?:,| -)? (?i:because|becuase|cos|as|since|if|is|i think|i reckon|surely"
    r"|definitely)\b"
    r"|[a-hA-H](?:(?:,| and|, and| &|/) ?[b-hB-H])* ?(?:[.,:;)?]|[-–] ?)\s*\S"
    r"|(?i:(?:my )?order is \d|steps\W|ticks? \d|\d(?:\W{1,3}\d){2,})"
    r"|(?i:ooh|oh|hmm|tricky)[^\w]{1,3}[A-H]\?"
    r"|(?i:i'?d (?:have )?(?:say|said|pick|choose|go|go for|go with|gone for|gone with)"
    r"|going (?:for|with)|i go with|i (?:think|reckon|say|put|pick|chose|picked|went for|went with)"
    r"|(?:my )?answer is|it'?s|q\d+ is)"
    r" (?:A(?=\W*$|[.,;:!)]| because| cos| as| since)|[B-H]\b))"
)

# "q3", "question 12": which one is meant. "ticked B", "she says B": what was marked.
_ONE_OF_THEM = re.compile(
    r" (?:q|question|slide) ?\d+(?= )| (?:wrong on|wrote) (?:no|number) \d+(?= )"
    r"| (?:put|typed|ment|chose|picked|ticked|clicked|marked|presed|says?|said|as|its|is it|was it)"
    r" (?:[b-h](?= )|a(?= (?:because|but|and|or|not|as|then|so|if)? ?$| (?:because|but|or) ))"
)
# "the strangling question", "the sexual abuse ones"
_NAMED = re.compile(
    r" (?:the|this|that|a|your|one of the) (?:[^ ]+ ){0,3}(?:(?<! in )question|scenario|case study"
    r"|example|option|feedback|module|quiz)s?(?= )"
    r"| (?:in|on|of|for|from|about) the (?:[^ ]+ ){0,2}[^ ]+(?<!worst)(?<!phone) case(?= )"
    r"| for the (?:[^ ]+ ){1,2}one(?= )"
    r"| the case (?:with|where|about)(?= )"
)
# Nobody's child in particular: "if a child goes missing from care who does ..."
_OF_NOBODY = re.compile(
    r"^ (?:(?:so|and|but|hi|hello) )*(?:if|when|where|once) (?:a|an|any|two|there is a) .*"
    r" (?:who|what|how|where|do|does|should|must|can|could|would|is it|is that|are|which) "
)
# "does county lines come under s47"; who asks after "it", "you" or "someone" may have somebody.
_ASKS = re.compile(
    r"^ (?:(?:so|and|but|hi|hello) )*"
    r"(?:is|are|does|do|can|could|should|must|would|who|whos|when|which|how|why|where)"
    r" (?!(?:it|this|that|he|she|they|there|someone|somebody|anyone|anybody|you|u|to|can|hear|see"
    r"|do you) )"
)
# What may be, and is of nobody: "if a child is", "when the parents are".
_SUPPOSED = re.compile(
    r" (?:if|when|where|whether|unless|until|that|how) (?:(?:a|an|the|any|your) )?[^ ]+(?= )"
)

# Kinds of sign: words of two of the grave ones need nobody; what is everyday about one's own
# people says little beside a word of the questionnaires, and less what goes on around one.
_GRAVE = frozenset(
    ("force", "body", "touch", "fear", "food", "online", "used", "drink", "mind", "shorthand")
)
_EVERYDAY = frozenset(("night", "secret", "mind", "poorly", "bedtime"))
_OF_THE_TRADE = frozenset(("used", "secret", "shorthand", "away"))
_AROUND = frozenset(("noise", "deed"))  # children are noisy, and others "did it" too


def sounds_like_concern(words: str) -> bool:
    """Whether words may be about a real child, a disclosure, or somebody in distress."""
    return shows_a_sign(words) or speaks_of_somebody(words)


def shows_a_sign(words: str) -> bool:
    """Whether words hold a sign of something wrong, and somebody it is about."""
    words = words[:LONGEST_READ]
    plain, said = lowered(words), _read(words)
    if _A_CHILD_WRITES.search(plain) or said in _NOTHING_ELSE or _has(said, "to_die"):
        return True
    if _is_of_a_story(words, said):
        return False
    if _has(said, "enough", "is_mine") or _is_a_sign_elsewhere(said):
        return True
    if _is_procedure(words, said):
        return _is_case(said)
    kinds = _kinds(said)
    if _has(said, "asking", "terms") or (kinds - _EVERYDAY and _has(said, "roles")):
        return True
    if kinds <= _EVERYDAY:
        said = _lists()["at_home"].sub("", said)
    if kinds and (_has(said, "pointed", "child", "grown", "kin") or _AGE.search(plain)):
        return True
    return _holds_two_grave(said)


def speaks_of_somebody(words: str) -> bool:
    """Whether words are about a person, or in another language, and not about a questionnaire."""
    if len(words.split()) >= MANY:
        return True
    words = words[:LONGEST_READ]
    said = _read(words)
    if _is_procedure(words, said) or _is_of_a_story(words, said):
        return False
    return (
        _is_another_language(words, said)
        or _has(said, "pointed", "grown", "kin")
        or (_has(said, "a_child") and not _has(said, "ours"))
    )


def _read(words: str) -> str:
    """The words that are judged: spelt alike, without idioms."""
    idioms: re.Pattern[str] = _lists()["idioms"]
    return idioms.sub("", spelt(words).replace(" my own ", " my "))


def _is_a_sign_elsewhere(said: str) -> bool:
    """Whether words of another language hold a sign, and somebody who is in no story."""
    if not (_has(said, "foreign_who") and _has(said, "foreign_signs")):
        return False
    return not _has(said, "foreign_questionnaire") or _has(said, "foreign_mine")


def _is_another_language(words: str, said: str) -> bool:
    """Whether words are a sentence in another language, or in shorthand."""
    is_greeting = _has(said, "foreign_greetings") or any(
        one in words for one in _lists()["greetings_in_signs"]
    )
    if is_greeting and not _has(said, "foreign_who", "foreign_signs"):
        return False
    if _UNPARTED.search(words):
        return not _has(said, "foreign_questionnaire") or _has(said, "foreign_signs")
    if _has(said, "foreign_questionnaire") and not _is_a_sign_elsewhere(said):
        return False
    if sum(any(_is_foreign(letter) for letter in word) for word in words.split()) >= 2:
        return True
    plain = [word for word in words_of(words) if len(word) > 1]
    english = [word for word in plain if word in _lists()["english"] or _is_a_slip(word)]
    return len(plain) >= 4 and (len(english) <= len(plain) * 0.2 or _has(said, "foreign_who"))


def _is_a_slip(word: str) -> bool:
    """Whether it is an English word but for a slip of the finger: "stratgey", "chidlrens"."""
    return len(word) > 5 and bool(get_close_matches(word, _lists()["longer"], 1, 0.85))


def _is_foreign(letter: str) -> bool:
    return letter.isalpha() and not letter.isascii()


def _is_of_a_story(words: str, said: str) -> bool:
    """Whether words are plainly about a question's story, an answer to it or a rule in general.

    They are not where somebody says that it is their own, or real.
    """
    left = _lists()["of_the_quiz"].sub(" ", said)
    if _has(left, "really", "i_am", "ours") or _has(said, "a_child_told"):
        return False
    if _AN_ANSWER.match(words):
        return True
    if _has(left, "lately"):
        return False
    if _has(said, "story") or _ONE_OF_THEM.search(said) or _NAMED.search(said):
        return True
    if _has(said, "i", "at_once") or _tells(said):
        return False
    return _is_a_rule(said)


def _is_a_rule(said: str) -> bool:
    """Whether words say or ask what is done in general, in the words of the trade."""
    if _has(said, "to_do"):
        return _has(said, "trade", "of_all") and not _has(said, "he_or_she")
    if not _has(said, "trade"):
        return False
    if _OF_NOBODY.search(said):
        return True
    if _has(said, "pointed"):
        return False
    if _ASKS.search(said) or _has(said, "general"):
        return True
    is_grave = bool(_kinds(said) - _OF_THE_TRADE or _AGE.search(said))
    return _has(said, "its_name", "ought") and not is_grave


def _tells(said: str) -> bool:
    """Whether words say how somebody is, or what is done: "a man is touching kids"."""
    return _has(_SUPPOSED.sub("", said), "how_they_are")


def _is_procedure(words: str, said: str) -> bool:
    """Whether words are about the questionnaires, or a question in general such as they ask."""
    if _AN_ANSWER.match(words) and not _has(said, "pointed", "ours"):
        return True
    return _has(said, "questionnaire", "content", "general")


def _is_case(said: str) -> bool:
    """Whether words about procedure are about somebody real all the same."""
    if _has(said, "asking") and _has(said, "child", "pointed", "grown", "kin"):
        return True
    kinds = _kinds(said) - _EVERYDAY
    return bool((kinds and _has(said, "pointed")) or (kinds - _AROUND and _has(said, "ours")))


def _kinds(said: str) -> set[str]:
    """The kinds of sign that words hold."""
    return {kind for kind, signs in _lists()["signs"].items() if signs.search(said)}


def _holds_two_grave(said: str) -> bool:
    """Whether words hold two signs of different grave kinds; one word is one sign."""
    found = [
        (kind, sign.span()) for kind in _GRAVE for sign in _lists()["signs"][kind].finditer(said)
    ]
    return any(
        one != other and (here[1] <= there[0] or there[1] <= here[0])
        for one, here in found
        for other, there in found
    )


def _has(said: str, *names: str) -> bool:
    """Whether words hold anything of these lists."""
    return any(_lists()[name].search(said) for name in names)


@cache
def _lists() -> dict[str, Any]:
    words = told()
    who, quiz = words["who"], words["questionnaire"]
    people = {name: any_of(who[name], plural=True) for name in ("child", "grown", "roles", "kin")}
    everybody = [one for name in people for one in who[name]]
    english = {*words["english"]["words"], *_words_in(quiz), *_words_in(words["in_general"])}
    english |= {word for phrase in words["idioms"] for word in phrase.split()}
    plain = (
        (words, ("idioms", "enough", "to_die", "asking", "terms")),
        (who, ("pointed", "i", "i_am", "really", "lately", "at_once")),
        (quiz, ("story", "content", "ought")),
    )
    as_written = {name: any_of(lists[name]) for lists, names in plain for name in names}
    elsewhere = {
        f"foreign_{name}": any_of(words["languages"][name])
        for name in ("who", "signs", "mine", "questionnaire", "greetings")
    }
    return (
        people
        | as_written
        | elsewhere
        | {
            "ours": any_of(f"my {one}" for one in everybody),
            "trade": any_of(quiz["trade"], plural=True),
            "of_all": any_of(quiz["of_all"], plural=True),
            "to_do": _beginning(quiz["to_do"]),
            "its_name": _beginning(quiz["its_name"]),
            "of_the_quiz": any_of(quiz["mine"]),
            "a_child_told": any_of(f"{child} .. told me" for child in who["child"]),
            "he_or_she": any_of(("he", "she")),
            "how_they_are": re.compile(
                any_of(everybody, plural=True).pattern
                + r" (?:is|are|was|were|has|wants|keeps|being)(?= )"
            ),
            "at_home": any_of((f"my {one}" for one in who["household"]), plural=True),
            "is_mine": any_of(f"is my {one}" for one in everybody if one not in who["roles"]),
            "a_child": any_of(f"{one} {child}" for one in _SOME for child in who["child"]),
            "english": frozenset(english),
            "longer": sorted(word for word in english if len(word) > 5),
            "signs": {kind: any_of(signs, plural=True) for kind, signs in words["signs"].items()},
            "questionnaire": any_of(quiz["words"], plural=True),
            "general": _beginning(words["in_general"]["words"]),
            # Scripts whose vowels are signs beside a letter: what is no letter parts our words.
            "greetings_in_signs": words["languages"]["greetings_in_signs"],
        }
    )


def _beginning(phrases: Iterable[str]) -> re.Pattern[str]:
    """A pattern for words that begin with one of some phrases, or with little before it."""
    little = "so|and|but|hi|hello|please|no|yes|not|never|dont|first|then|always|just|straight"
    return re.compile(rf"^ (?:(?:{little}) )*{any_of(phrases).pattern}")


def _words_in(lists: Mapping[str, list[str]]) -> Iterator[str]:
    """Each whole word of some lists."""
    return (word for phrases in lists.values() for phrase in phrases for word in phrase.split())


# What is said


def helplines() -> str:
    """Who listens to anybody, anywhere in the country."""
    return "Childline 0800 1111, Samaritans 116 123: free, day and night."


def where_to_turn(service: Service, first: str = "If a child is in danger now: 999.") -> str:
    """Whom to ring, by this place's own settings; a number that is not set is left out."""
    return "\n".join([first, *_teams(service), helplines()])


def _teams(service: Service) -> list[str]:
    lines = []
    for team, phone, when in (
        ("referral_team", "referral_phone", "referral_hours"),
        ("out_of_hours_team", "out_of_hours_phone", ""),
    ):
        called, number = service.place.text(team), service.place.text(phone)
        if called or number:
            hours = service.place.text(when) if when else "out of hours"
            lines.append(", ".join(part for part in (called, number, hours) if part) + ".")
    if lines and service.place.is_fictional:
        lines[-1] += " (This is a fictional place: its teams and numbers are made up.)"
    return lines


def answer(service: Service) -> str:
    """What is said at once to words that sound like a concern."""
    teams = "\n".join(_teams(service))
    return (
        "If anybody is in danger now, ring 999.\n\n"
        "This is not read by anyone, and nothing of it is kept here. If it is about a real child,"
        f" or somebody has told you something, please do not wait for this service:\n{teams}\n\n"
        "If it is about you, whatever your age, you need not be alone with it: Samaritans listen"
        " day and night on 116 123, and Childline, for everybody under 19, on 0800 1111.\n\n"
        "If you only meant a questionnaire, say /modules."
    )


def either(service: Service, first: str = "That was not understood.") -> str:
    """What is said where it is not clear what is meant: both ways, in six lines."""
    about = "If this is about a child, or about you, please do not wait. In danger now: 999."
    return (
        f"{first} It is not read by anyone, and not kept.\n{where_to_turn(service, about)}\n"
        "If you meant a questionnaire: say its name, or tap a button."
    )
