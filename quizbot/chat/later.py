"""Did it change practice? The two questions some weeks after a pass, in a chat: one tap each."""

from collections.abc import Sequence
from uuid import UUID

from quizbot.chat import carried
from quizbot.chat.carried import button
from quizbot.chat.said import Button, Message, Said
from quizbot.errors import Refused
from quizbot.evidence.afterwards import LaterAsk
from quizbot.rules.later import ASK_HINDERED, ASK_USED, HINDERED, USED, VOLUNTARY
from quizbot.service import Service

NO = "-"
THANKS = "Thank you. It is counted without your name."
LEFT = "That is fine: you are not asked again about this."


def offers(asks: Sequence[tuple[UUID, str]]) -> tuple[tuple[Button], ...]:
    """A button a questionnaire that somebody is asked about, each in a row of its own."""
    return tuple(
        (button(f"Two questions: {title}", carried.LATER, ask_id),) for ask_id, title in asks
    )


def hear(service: Service, person_id: UUID, parts: Sequence[str]) -> Said:
    """The first question, the second, or what was answered; nothing is kept between the two."""
    ask_id, *replies = carried.an_id(parts[0]), *parts[1:]
    if replies == [NO]:
        service.afterwards.decline(person_id, ask_id)
        return _edited(LEFT)
    chosen = [_named(reply, known) for reply, known in zip(replies, (USED, HINDERED), strict=False)]
    if len(chosen) > 1:
        service.afterwards.answer(person_id, ask_id, chosen[0], chosen[1])
        return _edited(THANKS)
    ask = service.afterwards.find(person_id, ask_id)
    return _second(ask, replies[0]) if chosen else _first(ask)


def _first(ask: LaterAsk) -> Said:
    rows = [
        (button(says, carried.LATER, ask.id, number),) for number, says in enumerate(USED.values())
    ]
    rows.append((button("No, thank you", carried.LATER, ask.id, NO),))
    words = f"Did it change practice? {ask.title}\n\n{VOLUNTARY}\n\n1 of 2. {ASK_USED}"
    return Said((Message(words, tuple(rows), edits=False),))


def _second(ask: LaterAsk, used: str) -> Said:
    rows = [
        (button(says, carried.LATER, ask.id, used, number),)
        for number, says in enumerate(HINDERED.values())
    ]
    rows.append((button("No, thank you", carried.LATER, ask.id, NO),))
    words = f"Did it change practice? {ask.title}\n\n2 of 2. {ASK_HINDERED}"
    return Said((Message(words, tuple(rows), edits=True),))


def _edited(words: str) -> Said:
    return Said((Message(words, edits=True),), whisper=words)


def _named(reply: str, known: dict[str, str]) -> str:
    """The answer of a number in a button; Refused where the button is of none."""
    if not (reply.isascii() and reply.isdecimal() and int(reply) < len(known)):
        raise Refused("That button is from something that is over.")
    return list(known)[int(reply)]
