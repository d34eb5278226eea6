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
    r"|i'?m (?:only )?(?:[89]|1[0-7])\b(?! ?(?:%|min|hour|day|question|of|out|per))"
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
    r"\bkill(?:ing)? my ?self\b|\b(?:kill|killed) me\b|(?<!this is )(?<!that is )(?<!it's )\bkilling me\b",
    r"\bsuicid\w*",
    r"\bend(?:ing)? (?:it|my life|it all|things)\b",
    r"\bhate my life\b",
    r"\b(?:don'?t|do not|didn'?t) want to (?:be here|live|be alive|wake up|go on)\b",
    r"\b(?:can'?t|cannot|can not) (?:go on|cope)\b(?! to)",
    r"\b(?:can'?t|cannot|can not) (?:take|do|stand) (?:it|this|life) (?:any ?more|any longer)\b",
    r"\b(?:nobody|no ?one|no one) (?:would|will|'d) (?:even )?(?:miss|notice|care)\b|\bbetter off without me\b",
    r"\bfeel(?:ing|s)? (?:like )?(?:giving up|dying|hopeless|worthless|there'?s no point)\b|\bno point (?:in )?(?:living|going on)\b",
    r"^(?:please )?help me(?: please)?\W*$",
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
    r"\b(?:worried|concerned|anxious|frightened|scared) (?:about|for) (?!(?:a|my|the|this|that|some) (?:due|dates?|tests?"
    r"|quiz\w*|questions?|question\w*|certificate|results?|scores?|pass\w*|deadlines?|modules?|training|exams?|answers?|link)\b)(?:a|an|my|one|some|this|that|the"
    r"|him|her|his|them|someone|somebody)\b",
    r"\b(?:colleague|member of staff|teacher|coach|carer|nurse|worker)\b.*\b(?:inappropriate\w*|hit|slapped"
    r"|touch\w*|messag\w+|texting|alone with|locked)\b",
    r"\b(?:not|isn'?t|stopped) breathing\b",
    r"\bbeing (?:\w+ly )?(?:abused|groomed|exploited|hurt|beaten|raped|touched|trafficked)\b(?!.*\?$)",
    r"\bgoing to have (?:her )?(?:fgm|cut)\b|\bhave (?:her|my|their|the)? ?(?:daughter|girl|niece|sister)s? cut\b",
)
# What somebody saw, was told or did, whoever it is about.
_SIGNS = (
    r"\bblack eyes?\b|\bsplit lip\b|\bburn marks?\b|\bmarks? on (?:her|his|the|their|a) \w+|\bflinch\w*",
    r"\bblood (?:in|on) (?:her|his|the|their)\b|\bknickers\b|\bprivate parts?\b",
    r"\b(?:in|into|in to) (?:her|his|my|their) bed(?:room)?\b|\bwatch(?:es|ed|ing)? (?:me|her|him|them) (?:in|while|when|get|undress|sleep|shower)",
    r"\bmak(?:es?|ing) (?:me|him|her|them|us) (?:do|watch|touch|strip|undress)\b|\bmade (?:me|him|her|them) (?:do|watch|touch)\b",
    r"\bsecret (?:games?|touch\w*|friend)\b|\bour (?:little )?secret\b|\bspecial (?:game|cuddle)s?\b",
    r"\b(?:asking|asks?|asked|want\w*|send\w*|sent) (?:\w+ ){0,4}(?:pics?|nudes?|naked|dick)\b|\b(?:pics?|nudes?|photos?|pictures?|videos?) of (?:me|her|him|them|my|a|child\w*|kids?|girls?|boys?)\b",
    r"\bshook (?:him|her|it|them|the|my|a)\b|\bshak(?:en|ing|e) (?:him|her|the baby|my baby|a baby)\b",
    r"\bsomething (?:bad|awful|terrible|stupid|horrible) to (?:my|the|a|him|her|them)\b",
    r"\b(?:left|leav\w+|lives?|living) (?:\w+ ){0,4}(?:in (?:a|the) (?:hot )?car|by (?:him|her|them) ?sel(?:f|ves)|alone|on (?:his|her|their) own)\b",
    r"\b(?:alone|by (?:him|her|them) ?sel(?:f|ves)|on (?:his|her|their) own) (?:all|every|over|at|for) (?:day|night|\w+)",
    r"\b(?:has|have|had|is|are|do|does|did|wo|is|are)(?:n't| not) (?:being |been )?(?:feed\w*|fed|eaten|allowed (?:food|to eat|home|out|in))\b",
    r"\bno (?:food|coat|heating|electric\w*|beds?|clean clothes|shoes|nappies)\b",
    r"\bsleep(?:s|ing)? (?:on|in|rough) (?:the |a )?(?:floor|sofa|street|car|squat|shed|park)\b|\bsquat\b|\bdog (?:mess|poo|shit)\b|\bhead ?lice\b|\bnits\b|\bsqualor\b",
    r"\b(?:to be|be|get|getting|got|being|been) cut\b(?! off)|\bcircumcis\w*|\bradicali[sz]\w*|\bextremis\w*|\bcuckoo\w*|\btraffick\w*",
    r"\b(?:smell\w*|stink\w*|stank|reek\w*) (?:of|strongly of|really) (?:alcohol|drink|booze|weed|cannabis|urine|wee|bad)\b|\b(?:turn\w*|came|come|picks?|picked|collect\w*|driv\w+) (?:\w+ ){0,5}(?:drunk|high|stoned|off (?:his|her) face)\b",
    r"\bthr(?:ew|own|ows?|owing) (?:\w+ ){1,3}(?:at|against|down|across) (?:me|him|her|them|my|the|his)\b|\b(?:pull(?:s|ed|ing)?|drag\w*|grab\w*|push\w*|shov\w*) (?:me|him|her|them|the (?:child|boy|girl|kid|baby)) (?:by|down|over|against|into|out|across)?\b",
    r"\b(?:taken|took|take|taking|snatched) (?:\w+ )?(?:kids?|children|child|son|daughter|baby|them|him|her) (?:and|away|out|to|from|abroad|without|back)\b",
    r"\b(?:wo|would|do|does)(?:n't| not) (?:let (?:me|us|him|her|them|anyone|anybody|\w+) (?:in|see|out|go|eat|leave)|open the door|answer the door)\b",
    r"\block(?:s|ed|ing)? (?:me|him|her|them|us|the (?:fridge|kitchen|cupboards?|door|bedroom))\b",
    r"\b(?:sexual\w*|inappropriate\w*) (?:\w+ ){0,2}(?:relationship|contact|comments?|with|towards?|things?|messag\w+|images?|videos?)\b",
)
# Sure to be about procedure: asked in general, and of nobody.
_IN_GENERAL = re.compile(
    r"^(?:what(?:'s| is| are| does| do you mean| counts| happens| did| was the answer)|who (?:chairs|decides|attends"
    r"|leads|sees|calls|makes)|when (?:must|should|does|do|is)|which|how (?:many|long|often|soon|do i pass)"
    r"|define|explain|why (?:is|was|does)|can you explain|tell me about|the difference|(?:(?:a|the|give me a) )?questions? (?:about|on))\b"
)
_OF_SOMEBODY = re.compile(
    r"\b(?:i'?m|i am|i've|i have|i saw|i think|my|me|us|our|told|tonight|today|now|just|he|she|him"
    r"|her|his|this (?:child|baby|boy|girl|family))\b"
)
# Somebody asks for a questionnaire, and says nothing of anybody.
_FOR_A_QUIZ = re.compile(
    r"\b(?:questionnaires?|quiz(?:zes)?|modules?|(?:do|take|doing|taking) the (?:\w+ ){1,3}one)\b"
)
_OF_A_CASE = re.compile(
    r"\b(?:he|she|her|him|his|they|them|told|saw|tonight|today|now|hit|hits|hurt|hurts|home"
    r"|my (?!manager|boss|team|lead|answers?|certificate|results?|training)\w+)\b"
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
_SURE = re.compile("|".join((*_DISTRESS, *_ALWAYS, *_SIGNS)))
_SHORTENED = re.compile(
    r"\b(ca|do|wo|has|is|did|does|have|was|would|are|could)nt\b|\b(i)(m|ve)\b|\b(he|she|there)(s)\b|\b(they)(re|ve)\b"
)


def sounds_like_concern(words: str) -> bool:
    """Whether words may be about a real child, a disclosure, or somebody in distress."""
    plain = _spelt_out(" ".join(words.casefold().replace("’", "'").split()))
    if not plain or _ANSWER.match(plain):
        return False
    if _IN_GENERAL.match(plain) and not _OF_SOMEBODY.search(plain):
        return False
    if _FOR_A_QUIZ.search(plain) and not (_OF_A_CASE.search(plain) or _SURE.search(plain)):
        return False
    found = (_SURE, _CHILD_AND_HARM, _SOMEBODY_AND_HARM)
    return any(pattern.search(plain) for pattern in found)


def _spelt_out(plain: str) -> str:
    """With the apostrophes that people leave out: cant, im, hes."""

    def put(found: re.Match[str]) -> str:
        first, *rest = [part for part in found.groups() if part]
        return f"{first}'{rest[0]}" if rest else f"{first}n't"

    return _SHORTENED.sub(put, plain)


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
