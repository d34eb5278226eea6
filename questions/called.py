"""What the parts of a question are called, and what can be chosen for them, as people read it."""

from questions.kinds import Authority, Errs, Verdict

KINDS = {
    "one-of": "One best answer",
    "several-of": "Several answers, all to be chosen",
    "in-order": "Steps to put in order",
    "match": "Pairs to put together",
}
LEVELS = {"recall": "Recall", "understand": "Understand", "apply": "Apply"}
AUTHORITIES = {
    Authority.STATUTORY.value: "The law",
    Authority.STATUTORY_GUIDANCE.value: "Statutory guidance",
    Authority.LOCAL.value: "Local procedure",
    Authority.GOOD_PRACTICE.value: "Good practice",
}
SENSITIVE = {"none": "No", "mild": "A little", "strong": "Yes: it is asked in practice only"}
ERRS = {
    Errs.LESS.value: "It does too little",
    Errs.MORE.value: "It does too much",
    Errs.FACT.value: "It has a fact wrong",
}
VERDICTS = {
    Verdict.STANDS.value: "It stands as it is",
    Verdict.REVISED.value: "It was revised",
    Verdict.WITHDRAWN.value: "It is withdrawn",
    Verdict.NEW.value: "It was written for the change",
}
FIELDS = {
    "id": "Its id",
    "kind": "Kind",
    "objective": "What it is to show",
    "scenario": "Who you are, and what has happened",
    "ask": "The question",
    "sensitive": "Whether it touches on something hard",
    "because": "Why the right answer is right",
    "sources": "What it rests on",
    "lesson": "What a review taught",
    "level": "What it asks for",
    "authority": "What stands behind the right answer",
    "must_know": "The essential point",
    "facts": "Facts of the national questions that it asks for",
    "review_by": "When it is to be looked at again",
    "since": "Since which edition",
    "check": "What is still to be confirmed",
    "needs": "Asked only where this is on",
    "held": "Why it is not asked here",
    "not_with": "Not in one attempt with",
    "twin": "Twin",
    "quiet": "What the right act is like",
    "allow": "Kept with a reason",
    "decision": "Changes of guidance",
    "withdrawn": "Withdrawn",
    "why": "Why it is withdrawn",
    "beliefs": "New beliefs",
    "new-sources": "New sources",
}
PARTS = {
    "option": "Answer",
    "step": "Step",
    "pair": "Pair",
    "mixup": "Mix-up",
    "sources": "Source",
    "decision": "Change of guidance",
    "allow": "Kept with a reason",
}
INNER = {
    "text": "words",
    "why": "why",
    "left": "left",
    "right": "what belongs to it",
    "misconception": "the belief it stands for",
    "missed": "the belief of who leaves it out",
    "errs": "how it is wrong",
    "swap": "the two numbers",
    "id": "which source",
    "at": "place in it",
    "verdict": "what of this question",
    "change": "which change",
}
QUIET = "The smaller, slower or more ordinary act"
VALUES = {
    "kind": KINDS,
    "level": LEVELS,
    "authority": AUTHORITIES,
    "sensitive": SENSITIVE,
    "errs": ERRS,
    "verdict": VERDICTS,
}


def part_called(field: str) -> str:
    """A field's name for people, by its name in a version: `ask`, or `option-2-why`."""
    if field in FIELDS:
        return FIELDS[field]
    part, _, rest = field.partition("-")
    number, _, inner = rest.partition("-")
    called = PARTS.get(part, part)
    if part == "allow":
        return called
    if inner == "right" and part == "option":
        return f"{called} {number}: is it right?"
    return f"{called} {number}: {INNER.get(inner, inner)}" if inner else f"{called} {number}"


def value_called(name: str, value: str) -> str:
    """A value that is chosen, in the words of its list; any other as it is."""
    return VALUES.get(name, {}).get(value, value)
