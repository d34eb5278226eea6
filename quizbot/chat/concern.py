"""Words that sound like a child at risk, a disclosure or distress: answered at once, never kept.

Better once too often than not at all: what is meant as a plain question about procedure is told
apart only where it surely is one. Nothing here is logged, and nothing looks anything up.
"""

# ruff: noqa: E501, ISC004  (a pattern reads best whole)

import re

from quizbot.service import Service

_CHILD = (
    r"child|children|childs|bab(?:y|ies)|toddlers?|infants?|newborn|kids?|kiddies?|boys?|girls?"
    r"|lads?|pupils?|students?|teen(?:ager)?s?|youngsters?|minors?|sons?|daughters?|niece|nephew"
    r"|grand(?:son|daughter|child|children|kids?)|brother|sister|siblings?|stepson|stepdaughter"
    r"|famil(?:y|ies)|little one|young (?:person|people|man|woman|lad)|neighbours?"
    r"|(?:\d+|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen)"
    r"[ -]?(?:year|yr|month|week)s?[ -]?olds?|(?:s?he'?s|is|aged) \d{1,2}\b|under ?age"
)
_HARM = (
    r"hit(?:s|ting)?|hurt(?:s|ing)?|harm(?:s|ed|ing)?|bruis\w*|burn(?:s|t|ed|ing)?|abus\w*|neglect\w*"
    r"|touch(?:es|ed|ing)?|rap(?:e|ed|ing)|assault\w*|beat(?:s|en|ing)?|punch\w*|kick\w*|slap\w*"
    r"|smack\w*|belt|starv\w*|hungry|(?:not|n'?t|never|nothing to) (?:been )?(?:fed|eat|eaten)"
    r"|fractur\w*|broken (?:arm|leg|rib|bone)s?|unconscious|breathing|shak(?:en|ing|es)|strangl\w*"
    r"|chok\w*|stab\w*|shot|threat\w*|kill\w*|dead|dying|missing|run ?away|ran away|disappeared"
    r"|home alone|left alone|alone (?:at|in)|on (?:his|her|their) own|locked|scream\w*|crying|cries"
    r"|groom(?:ed|ing|er)|exploit\w*|county lines|gangs?|drugs?|dealers?|weapons?|kni(?:fe|ves)|fgm|cut"
    r"|mutilat\w*|marr(?:y|ied)|forced|pregnant|naked|nudes?|indecent|pictures|photos|online"
    r"|disclos\w*|scared|frighten\w*|terrif\w*|afraid|unsafe|not safe|in danger|at risk|inappropriate"
    r"|self[ -]?harm\w*|overdos\w*|tablets|suicid\w*|drunk|drinking|filthy|van|messag\w*|cars"
    r"|bad (?:things|feeling)|wrong (?:at home|with)|allegation|taken away|take the|marks|hiding|police"
)
_WORRY = (
    r"worr(?:y|ied|ies)|concern(?:s|ed)?|anxious about|bad feeling|suspect\w*|i think|i saw|i see"
    r"|(?:just )?(?:told|tells|telling) (?:me|us)|says? (?:that )?(?:he|she|they|his|her|someone|a )"
    r"|make a referral|need to refer|refer (?:a|this|my)"
)
_SOMEBODY = (
    r"dad|father|daddy|mum|mother|mummy|mam|parents?|step ?(?:dad|father|mum|mother)|uncle|aunt\w*"
    r"|grand(?:dad|father|mum|mother|pa|ma)|partner|husband|wife|boyfriend|girlfriend|ex|carer|coach"
    r"|teacher|colleague|neighbour|grown[ -]?up|adult|man|men|someone|somebody|brother|cousin"
    r"|member of staff|staff|foster carer|nurse|he|she|they|him|her|his|their"
)

_DISTRESS = (
    r"\b(?:want|going|ready|ought) to die\b",
    r"\bwish i (?:was|were) dead\b",
    r"\bkill(?:ing)? (?:my ?self|me)\b",
    r"\bsuicid\w*",
    r"\bend(?:ing)? (?:it|my life|it all|things)\b",
    r"\bhate my life\b",
    r"\b(?:don'?t|do not|didn'?t) want to (?:be here|live|be alive|wake up|go on)\b",
    r"\b(?:can'?t|cannot|can not) (?:go on|cope|take (?:it|this)|do this) ?(?:any ?more|any longer)?",
    r"\bself[ -]?harm(?:s|ed|ing)?\b.*\b(?:i|me|my|he|she|they|again)\b",
    r"\b(?:i|i'?ve|he|she|they|been) (?:have |has |been |am )*self[ -]?harm\w*",
    r"\b(?:cut(?:ting)?|hurt(?:ing)?|harm(?:ing)?) my ?self\b",
    r"\b(?:overdos\w*|taken (?:\w+ )?(?:tablets|pills))\b",
    r"\bbreak(?:ing)? ?down\b(?!.*\b(?:of|by)\b)",
    r"\b(?:i'?m|i am|am) (?:really |so |very )?(?:not (?:ok|okay|safe|coping)|in danger|suicidal"
    r"|desperate|scared|frightened|terrified|distressed|triggered)\b",
    r"\btrigger(?:ed|ing|s)\b",
    r"\bupset me\b",
    r"\bbrought (?:it|everything|things|memories) (?:all )?back\b",
    r"\bhappened to me\b",
    r"\bi (?:was|got|am|'?m|have been|'?ve been|am being|'?m being) (?:being )?(?:\w+ly )?"
    r"(?:abused|raped|assaulted|hit|hurt|beaten|attacked|groomed|touched|threatened|stalked)",
    r"\b(?:scared|afraid|frightened) (?:to go|of going) home\b",
    r"\b(?:don'?t|do not) feel safe\b",
    r"\bhelp me\b.*\b(?:hurt\w*|danger|please)\b|\bplease help me\b|\bplease help\b.*\b(?:now|urgent)",
)
_ALWAYS = (
    rf"\b(?:{_SOMEBODY})\b.{{0,25}}\b(?:hit|hits|hitting|hurt|hurts|hurting|beat|beats|beating|rap(?:ed|es|ing)"
    r"|punch(?:es|ed|ing)?|kick(?:s|ed|ing)?|slap(?:s|ped|ping)?|abus(?:es|ed|ing)|strangl(?:es|ed|ing|e)"
    r"|stab(?:s|bed|bing)|touch(?:es|ed|ing)|threaten(?:s|ed|ing)?|attack(?:s|ed|ing))\b.{0,20}"
    r"\b(?:me|my|her|him|his|them|their|us|someone|child\w*|kids?|bab\w+)\b",
    r"\bthreaten\w* to (?:kill|hurt|harm|take)\b",
    r"\b(?:at risk|in danger|hurt|attacked|abused) (?:right )?now\b",
    r"\bwho (?:do|should|can) (?:i|we) (?:call|ring|phone|tell|contact|report)\b.*"
    r"\b(?:child|kid|abuse|concern|worr\w+|risk|danger|now|urgent\w*|about (?:a|him|her|this))\b",
    r"\breport(?:ing)? (?:\w+ )?(?:abuse|neglect|(?:a |my |some )?concerns? about|an? (?:incident|assault))\b",
    r"\b(?:need|want) to report\b",
    r"\b(?:need|want|have|like) to (?:make|do|put in|raise) an? (?:urgent )?(?:referral|safeguarding \w+)"
    r"(?: (?:for|about|on|today|now))",
    r"\burgent (?:advice|help|safeguarding)\b|\bneed (?:some )?help (?:right )?now\b|\bemergency\b",
    r"\ballegations?\b.*\b(?:against|about|teacher|staff|colleague|carer|our|my|now)\b",
    r"\b(?:made|making|had|has|received|given) (?:me )?(?:a|an) (?:\w+ )?disclosure\b|\bdisclosed\b",
    r"\b(?:worried|concerned|anxious|frightened|scared) (?:about|for) (?:a|an|my|one|some|this|that|the"
    r"|him|her|his|them|someone|somebody)\b",
    r"\b(?:colleague|member of staff|teacher|coach|carer|nurse|worker)\b.*\b(?:inappropriate\w*|hit|slapped"
    r"|touch\w*|messag\w+|texting|alone with|locked)\b",
    r"\b(?:not|isn'?t|stopped) breathing\b",
    r"\bbeing (?:\w+ly )?(?:abused|groomed|exploited|hurt|beaten|raped|touched|trafficked)\b(?!.*\?$)",
    r"\bgoing to have (?:her )?(?:fgm|cut)\b|\bhave (?:her|my|their|the)? ?(?:daughter|girl|niece|sister)s? cut\b",
)
# Sure to be about procedure: asked in general, and of nobody.
_IN_GENERAL = re.compile(
    r"^(?:what(?:'s| is| are| does| do you mean| counts| did| was the answer)|who (?:chairs|decides|attends"
    r"|leads|sees|calls|makes)|when (?:must|should|does|do|is)|which|how (?:many|long|often|soon|do i pass)"
    r"|define|explain|why (?:is|was|does)|can you explain|tell me about|the difference)\b"
)
_OF_SOMEBODY = re.compile(
    r"\b(?:i'?m|i am|i've|i have|i saw|i think|my|me|us|our|told|tonight|today|now|just|he|she|him"
    r"|her|his|this (?:child|baby|boy|girl|family))\b"
)
_ANSWER = re.compile(r"^[a-h](?:[\s,.;&+/]*(?:and\s+)?[a-h])*[.!)]?$")
_CHILD_AND_HARM = re.compile(
    rf"(?=.*\b(?:{_CHILD})\b)(?=.*\b(?:{_HARM})\b)|(?=.*\b(?:{_CHILD})\b)(?=.*\b(?:{_WORRY})\b)"
)
_SOMEBODY_AND_HARM = re.compile(
    r"\b(?:s?he|s?he's|they|her|his|him|them|their|mum|dad|mother|father)\b.{0,60}\b(?:bruis\w*|burn(?:s|t|ed)"
    r"|county lines|gang|abus\w*|groom\w*|exploit\w*|raped?|assault\w*|overdos\w*|fgm|strangl\w*|starv\w*"
    r"|suicid\w*|belt|stabbed|trafficked|weapon|marks|home alone|left alone|run away|ran away|terrified"
    r"|dealers?|drugs)\b"
)
_SURE = re.compile("|".join((*_DISTRESS, *_ALWAYS)))


def sounds_like_concern(words: str) -> bool:
    """Whether words may be about a real child, a disclosure, or somebody in distress."""
    plain = " ".join(words.casefold().replace("’", "'").split())
    if not plain or _ANSWER.match(plain):
        return False
    if _IN_GENERAL.match(plain) and not _OF_SOMEBODY.search(plain):
        return False
    found = (_SURE, _CHILD_AND_HARM, _SOMEBODY_AND_HARM)
    return any(pattern.search(plain) for pattern in found)


def is_letters(words: str) -> bool:
    """Whether somebody typed the letters of an answer, and nothing else."""
    return bool(_ANSWER.match(words.strip().casefold()))


def where_to_turn(service: Service) -> str:
    """Whom to ring, by this place's own settings; a number that is not set is left out."""
    lines = ["If a child is in danger now: 999."]
    for team, phone, when in (
        ("referral_team", "referral_phone", "referral_hours"),
        ("out_of_hours_team", "out_of_hours_phone", ""),
    ):
        called, number = service.place.text(team), service.place.text(phone)
        if called or number:
            hours = service.place.text(when) if when else "out of hours"
            lines.append(", ".join(part for part in (called, number, hours) if part) + ".")
    if service.place.is_fictional:
        lines.append("This is a fictional place: its teams and numbers are made up.")
    return "\n".join(lines)


def answer(service: Service) -> str:
    """What is said at once to words that sound like a concern."""
    return (
        "This is not read by anyone, and nothing of it is kept here. If it is about a real child, or"
        " somebody has told you something, please do not wait for this service:\n\n"
        f"{where_to_turn(service)}\n\n"
        "If it is about you, you need not be alone with it: in an emergency ring 999; Samaritans"
        " listen day and night on 116 123, and Childline on 0800 1111.\n\n"
        "If you only meant a questionnaire, say /modules."
    )
