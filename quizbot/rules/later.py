"""Did it change practice? Two questions some weeks after a pass: what may be answered; pure."""

from dataclasses import dataclass

ASK_USED = "Have you used what it was about since then?"
ASK_HINDERED = "What got in the way?"
USED = {
    "used": "Yes",
    "not-come-up": "No: it has not come up",
    "not-used": "No: it came up, and I did otherwise",
}
HINDERED = {
    "nothing": "Nothing",
    "time": "Time",
    "unsure": "I was not sure what to do",
    "others": "Others work in another way",
    "systems": "Forms or systems",
}
ANSWERED = "answered"
VOLUNTARY = (
    "It is up to you. Your answer is counted with your agency and the questionnaire, and nobody"
    " keeps that it was yours; no case, and no words of your own, are asked for."
)


@dataclass(frozen=True)
class LaterFigure:
    """One thing that the board counts of it: its item, and what it says."""

    item: str
    label: str


FIGURES = (
    LaterFigure(ANSWERED, "Answered, of those who were asked"),
    *(LaterFigure(f"used:{key}", f"{ASK_USED} {says}") for key, says in USED.items()),
    *(LaterFigure(f"hindered:{key}", f"{ASK_HINDERED} {says}") for key, says in HINDERED.items()),
)
