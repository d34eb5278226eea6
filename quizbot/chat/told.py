"""What is said besides questions: welcome, lists, refusals, linking; pure but for the place."""

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from uuid import UUID

from quizbot.attempts.attempts import AttemptLine
from quizbot.attempts.updating import UpdateOffer
from quizbot.chat import carried, later
from quizbot.chat.asking import confirm
from quizbot.chat.carried import button
from quizbot.chat.commands import COMMANDS
from quizbot.chat.concern import where_to_turn
from quizbot.chat.said import Button, Message, Said
from quizbot.chat.split import messages
from quizbot.clock import london_day
from quizbot.editions.editions import Offer
from quizbot.evidence.afterwards import LaterAsk
from quizbot.figures.team import Team
from quizbot.outbox.notices import Note
from quizbot.rules.pick import Mode
from quizbot.rules.shrinking import Shorter
from quizbot.service import Service
from quizbot.signin.chats import LinkRequest
from quizbot.standing.duties import ModuleDuty
from quizbot.words import MANAGER_SEES, how_many, long_date

MODULES = button("Questionnaires", carried.COMMAND, "modules")
RESUME = button("Go on where I stopped", carried.COMMAND, "resume")
ME = button("What is asked of me", carried.COMMAND, "me")
LINK = button("Link my account", carried.COMMAND, "link")
HELP = button("Help", carried.COMMAND, "help")
MOST_NAMED = 8  # people in one sentence


def one(text: str, *rows: tuple[Button, ...]) -> Said:
    """A text, in as many messages as it takes."""
    return Said(messages(text, rows))


def with_ways_on(
    text: str, *, is_begun: bool = False, named: Mapping[str, str] = MappingProxyType({})
) -> Said:
    """A text, and what one may do next: what is named, and to go on with what is begun."""
    rows = [(button(title, carried.MODULE, id_),) for id_, title in named.items()]
    return one(text, *rows, *([(RESUME,)] if is_begun else []), (MODULES, HELP))


def refused(words: str) -> Said:
    """What the service refuses, in its own words."""
    return Said(messages(words, ((MODULES, RESUME),)), whisper=words[:180])


def handed_in(words: str, attempt_id: UUID) -> Said:
    """What was handed in never changes."""
    see = button("See the outcome", carried.OUTCOME, attempt_id)
    return Said(messages(words, ((see,),)), whisper=words[:180])


def not_there(*, is_try: bool) -> Said:
    """A button of something that is gone, or of somebody else: both are told alike."""
    if is_try:
        return refused(
            "That try is over, or it belongs to somebody else. Without an account a try is deleted"
            " when it ends, or after a day."
        )
    return refused("That is not among your questionnaires. “Go on” shows what is open.")


def welcome(service: Service, *, is_linked: bool) -> Said:
    """Who this is, what it is for, and where not to bring a concern."""
    partnership = service.place.text("partnership_name")
    of_place = f" ({partnership})" if partnership else ""
    first = (
        "The Knowledge: short questionnaires on safeguarding procedure, for everybody who works"
        f" with children{of_place}. Open book, no time limit, and every answer is explained."
    )
    parts = [first]
    if is_linked:
        parts.append("This chat is linked to your account: what you hand in counts.")
        row = (ME, MODULES)
    else:
        parts.append("You can practise at once, without an account. To have it count, link this"
                     " chat to your account.")  # fmt: skip
        row = (MODULES, LINK)
    parts.append("Never write here about a real child or family: nobody reads it. "
                 + where_to_turn(service).replace("\n", " "))  # fmt: skip
    return one("\n\n".join(parts), row)


def helped(service: Service) -> Said:
    """Every command, and whom to ring."""
    lines = [
        f"/{command.name}{f' <{command.takes}>' if command.takes else ''} – {command.words}"
        for command in COMMANDS
        if command.private
    ]
    return one(
        "You can tap buttons, or say the name of a questionnaire, or one of these:\n\n"
        + "\n".join(lines)
        + "\n\nIf you are worried about a child, do not write it here: nobody reads it.\n"
        + where_to_turn(service),
        (MODULES, ME),
    )


def privacy(service: Service) -> Said:
    """What is kept and what is not."""
    return one(
        "Without an account: your try is kept under a code made from this chat, and deleted when it"
        " ends or after a day.\n\nWith an account: what you take here is kept as if you took it on"
        f" the web. You see all of it. {MANAGER_SEES} The partnership sees figures about many"
        " people together. It is not used for discipline or capability procedures.\n\nThis chat’s"
        " address is kept encrypted while it is linked, and goes when you say /stop. Words that you"
        " write here are not kept. The company whose app this is sees what you write and tap: your"
        f" agency may rule that out.\n\nAll of it: {service.settings.public_url}/privacy",
        (MODULES,),
    )


# Questionnaires


def modules(offers: Sequence[Offer], before: str = "The questionnaires:") -> Said:
    """All there are, a button each."""
    lines = [
        f"• {offer.module.title} ({_size(offer)})"
        f"{'' if not offer.practice_only else ' – practice only today'}"
        for offer in offers
    ]
    if not lines:
        return one("There is no questionnaire yet.")
    rows = [(button(offer.module.title, carried.MODULE, offer.module.id),) for offer in offers]
    return one("\n".join([before, *lines]), *rows)


def _size(offer: Offer) -> str:
    minutes = how_many(offer.module.minutes, "minute")
    return f"{how_many(offer.questions_asked, 'question')}, about {minutes}"


def module(
    offer: Offer,
    open_lines: Sequence[AttemptLine],
    must_wait: str = "",
    changed: Sequence[UpdateOffer] = (),
    shorter: Shorter | None = None,
) -> Said:
    """What somebody with an account is told before they begin."""
    found = offer.module
    facts = f"{_size(offer)}, no time limit. Look things up if you like."
    parts = [f"{found.title}\n{found.summary}", facts]
    if offer.cannot_practise:
        parts.append(f"It cannot be taken today. {offer.cannot_practise}")
        return one("\n\n".join(parts), (MODULES,))
    parts += [_to_confirm(one) for one in changed]
    rows = [(confirm(one),) for one in changed if not one.cannot]
    modes = {line.mode: line for line in open_lines}
    if offer.practice_only:
        parts.append(f"For now there is practice only. {offer.practice_only}")
    elif must_wait and Mode.ASSURED not in modes:
        parts.append(must_wait)
    else:
        again, is_new = offer.retakes, Mode.ASSURED not in modes
        if shorter and is_new:
            parts.append(shorter.words)
        rule = shorter.rule if shorter and is_new else offer.rule
        parts.append(
            f"Start has it count. {rule} You can flag and change answers until you submit"
            f" them. {MANAGER_SEES}{' ' if again else ''}{again}"
        )
        rows.append((_start(found.id, Mode.ASSURED, "Start", modes),))
    parts.append("Practice tells you after each question, and nothing counts.")
    rows.append((_start(found.id, Mode.PRACTICE, "Start practice", modes),))
    return one("\n\n".join(parts), *rows)


def _start(module: str, mode: Mode, words: str, open_lines: dict[Mode, AttemptLine]) -> Button:
    if line := open_lines.get(mode):
        practice = " practice" if mode is Mode.PRACTICE else ""
        words = f"Continue{practice} ({line.answered} of {line.total} answered)"
    return button(words, carried.START, mode.value, module)


def before_try(offer: Offer) -> Message:
    """What somebody without an account is told before the first question."""
    found = offer.module
    (made,) = messages(
        f"{found.title}\n{found.summary}\n\nPractice: {_size(offer)}, and after each you are told"
        " what is right and why. Nothing counts, and nothing is kept when you are done. To have it"
        " count: /link"
    )
    return made


def instead(line: AttemptLine, offer: Offer) -> Said:
    """Without an account there is one try at a time."""
    return one(
        f"Your try of {line.title} is open: {line.answered} of {line.total} answered. Without an"
        " account there is one at a time, and beginning another lets this one go.",
        (button(f"Go on with {line.title}", carried.COMMAND, "resume"),),
        (button(f"Begin {offer.module.title} instead", carried.BEGIN, offer.module.id),),
    )


def which(lines: Sequence[AttemptLine]) -> Said:
    """Several are open."""
    rows = [
        (
            button(
                f"{_named(line)}: {line.answered} of {line.total}", carried.OUTCOME, line.attempt_id
            ),
        )
        for line in lines
    ]
    return one("You have begun several. Which one will you go on with?", *rows)


def _named(line: AttemptLine) -> str:
    return f"{line.title}{' (practice)' if line.mode is Mode.PRACTICE else ''}"


# One's own


def me(
    duties: Sequence[ModuleDuty],
    lines: Sequence[AttemptLine],
    public_url: str,
    to_confirm: Sequence[UpdateOffer] = (),
    afterwards: Sequence[LaterAsk] = (),
) -> Said:
    """What is asked, by when; what is open; what was taken last; what may be told about it."""
    asked = [duty for duty in duties if duty.is_asked]
    parts = [_to_confirm(offer) for offer in to_confirm]
    rows = [(confirm(offer),) for offer in to_confirm if not offer.cannot]
    if asked:
        parts.append("What is asked of you:\n" + "\n".join(f"• {_duty(duty)}" for duty in asked))
        rows += [
            (button(f"Take {duty.title}", carried.MODULE, duty.module),)
            for duty in asked
            if duty.state.rank >= 2
        ]
    elif not to_confirm:
        parts.append("Nothing is asked of you at the moment.")
    if begun := [line for line in lines if line.is_open]:
        parts.append(
            "Begun:\n"
            + "\n".join(f"• {_named(one)}: {one.answered} of {one.total} answered" for one in begun)
        )
        rows.append((RESUME,))
    if taken := [line for line in lines if line.submitted_at]:
        parts.append("Taken last:\n" + "\n".join(f"• {_taken(line)}" for line in taken))
    if afterwards:
        titles = ", ".join(one.title for one in afterwards)
        parts.append(f"Did it change practice? Two questions, if you like: {titles}.")
        rows += later.offers([(one.id, one.title) for one in afterwards])
    parts.append(f"All of it, and your certificates: {public_url}/me")
    return one("\n\n".join(parts), *(rows or [(MODULES,)]))


def _to_confirm(offer: UpdateOffer) -> str:
    """What somebody is to confirm of a questionnaire: was, now, by when and how much it is."""
    count = len(offer.changes)
    what = "a change" if count == 1 else how_many(count, "change")
    state = f"{offer.state.words.lower()}, due {long_date(offer.due_on)}"
    parts = [f"Confirm {what}: {offer.title}, {state}."]
    parts += [f"• Was: {one.was}\n  Now: {one.now}" for one in offer.changes]
    parts.append(offer.cannot or f"{offer.facts}. What you have passed stays valid.")
    return "\n".join(parts)


def _duty(duty: ModuleDuty) -> str:
    words = f"{duty.title}: {duty.state.words.lower()}"
    if duty.due_on:
        return f"{words}, due {long_date(duty.due_on)}"
    return f"{words} until {long_date(duty.lasts_to)}" if duty.lasts_to else words


def _taken(line: AttemptLine) -> str:
    assert line.submitted_at is not None
    done = "confirmed" if line.is_update else "passed"
    word = done if line.passed else f"not {done}"
    if line.mode is Mode.PRACTICE:
        word = "practice"
    if line.withdrawn:
        word += ", withdrawn"
    share = "" if line.share is None else f", {line.share:.0%}"
    return f"{line.title}: {word}{share}, {long_date(london_day(line.submitted_at))}"


def unlinked(lines: Sequence[AttemptLine]) -> Said:
    """What needs an account."""
    row = (RESUME, LINK) if any(line.is_open for line in lines) else (MODULES, LINK)
    return one(
        "This chat is not linked to an account, so nothing is known here of what is asked of you."
        " You can practise all the same.",
        row,
    )


def team(found: Team, public_url: str) -> Said:
    """Counts, and who needs their manager."""
    attention = found.attention
    parts = [f"Your team: {how_many(len(found.lines), 'person')}."]
    if attention.is_empty:
        parts.append("Nothing needs you today.")
    for words, needs in (
        ("Late", attention.late),
        ("Not passed twice: talk it over with them", attention.failed_twice),
        ("Asked, and not begun", attention.untouched),
    ):
        if needs:
            wait = f" ({attention.retakes})" if needs is attention.failed_twice else ""
            names = [
                f"• {need.name}: " + ", ".join(matter.title for matter in need.matters)
                for need in needs[:MOST_NAMED]
            ]
            more = len(needs) - MOST_NAMED
            parts.append(
                f"{words} ({len(needs)}){wait}:\n"
                + "\n".join(names)
                + (f"\n… and {more} more" * (more > 0))
            )
    waiting = {person_id for one in attention.waiting for person_id, _ in one.people}
    if waiting:
        parts.append(f"Passed lately, and nobody has confirmed it yet: {len(waiting)}.")
    parts.append(f"See all, ask and confirm: {public_url}/team")
    return one("\n\n".join(parts))


# Linking


def link(asked: LinkRequest, public_url: str) -> Said:
    """From the chat: a page to open and confirm."""
    url = f"{public_url}/me/chats/confirm?asked={asked.token}"
    return one(
        "To link this chat to your account, open this page, sign in, and confirm there within ten"
        f" minutes. It shows the number {asked.number}: if it shows another, do not confirm.\n\n"
        f"{url}",
        (Button("Open the page", link=url),),
    )


def linked(name: str) -> Said:
    """It is done."""
    return one(
        f"This chat is linked to the account of {name}. What you hand in here counts, as on the"
        " web, and you can change between the two at any time. /stop unlinks it at once.",
        (ME, MODULES),
    )


def is_linked(name: str) -> Said:
    """It was before."""
    return one(
        f"This chat is linked to the account of {name}.",
        (button("Unlink it", carried.UNLINK), ME),
    )


def kept(*, is_linked: bool) -> Said:
    """Somebody wants to stop for now: nothing has to be done for that."""
    text = "You can stop here at any time: all that you answered is kept. “Go on” takes you back."
    if not is_linked:
        return one(text + " Without an account, it is kept for a day.", (RESUME,))
    text += " If you meant that nothing should be sent to this chat any more, unlink it."
    return one(text, (RESUME,), (button("Unlink this chat", carried.UNLINK),))


def stopped(*, was_linked: bool) -> Said:
    """It is unlinked."""
    if was_linked:
        return one(
            "This chat is unlinked: nothing more is sent here, and its address is deleted. What you"
            " took stays on your record. Messages go to your e-mail address again."
        )
    return one("This chat is not linked, so nothing is sent here. A try that was open is deleted.")


def noticed(note: Note) -> Message:
    """A message that is owed to a chat: one, with what can be done about it."""
    rows = [(button(f"Take {title}", carried.MODULE, id_),) for id_, title in note.modules[:8]]
    rows += later.offers(note.later)
    if note.may_snooze:
        rows.append((button("No reminders for two weeks", carried.SNOOZE),))
    return messages(note.text, tuple(rows))[-1]


def snoozed(until: date) -> Said:
    """Reminders are put off."""
    return one(
        f"No reminders before {long_date(until)}. What is asked of you stays, and being late is"
        " told all the same."
    )
