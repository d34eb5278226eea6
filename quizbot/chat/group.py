"""In a group: nothing about anybody; one question for a team, voted on twice."""

from collections.abc import Mapping, Sequence

from quizbot.access import ChatKey
from quizbot.attempts.huddles import Huddling
from quizbot.chat import carried, concern, plain, told
from quizbot.chat.carried import button
from quizbot.chat.commands import COMMANDS
from quizbot.chat.said import Button, Heard, Message, Part, Poll, Said, StopPoll
from quizbot.chat.split import messages
from quizbot.errors import NotFound
from quizbot.service import Service

HERE = [command.name for command in COMMANDS if command.groups]
IN_PRIVATE = "That is for a chat of your own with this bot: here everybody would read it."


def hear(service: Service, heard: Heard) -> Said:
    """Answer a command or a tap; what people say to each other is left alone."""
    if heard.tap:
        return _tapped(service, heard)
    words = heard.words.strip()
    if not words.startswith("/"):
        is_concern = words and concern.shows_a_sign(words)
        return told.one(concern.answer(service)) if is_concern else Said()
    name, rest = plain.slash(words)
    is_known = any(command.name == name for command in COMMANDS)
    if rest and not plain.is_around(rest):
        return _with_words(service, heard, name, rest) if is_known else _of_another(service, rest)
    if name == "huddle":
        return _begin(service, heard, "")
    if name in ("help", "start"):
        return told.one(
            "In a group there is one thing to do together: /huddle and the name of a questionnaire"
            " puts one question to an anonymous vote, twice, with talk between. Nothing is kept of"
            " who voted what. For anything else, write to this bot in a chat of your own.\n\n"
            + concern.where_to_turn(service)
        )
    if name == "modules":
        titles = [f"• {offer.module.title}" for offer in service.editions.offers()]
        return told.one("\n".join(["For a huddle there are:", *titles]))
    if name == "privacy":
        return told.one(
            "In a group nothing is kept of anybody: a vote is anonymous, and only its numbers are"
            " known, until the huddle ends."
        )
    return told.one(IN_PRIVATE) if is_known else Said()


def _with_words(service: Service, heard: Heard, name: str, rest: str) -> Said:
    """A command of ours with words after it: a questionnaire's name, or the safe answer."""
    titles = _titles(service)
    module = plain.module_meant(rest, titles, whole=True) if name in ("huddle", "take") else ""
    if not module:
        if concern.sounds_like_concern(rest) or concern.sounds_like_concern(f"{name} {rest}"):
            return told.one(concern.answer(service))
        module = plain.module_nearly_meant(rest, titles) if name == "huddle" else ""
    if name == "huddle" and module:
        return _begin(service, heard, module)
    if name == "take" and module:
        return told.one(IN_PRIVATE)
    first = (
        "There is no questionnaire of that name."
        if name == "huddle"
        else "That was not understood."
    )
    return told.one(concern.either(service, first), *(_names(titles) if name == "huddle" else ()))


def _of_another(service: Service, rest: str) -> Said:
    """A command of another bot's is left alone, unless something is wrong."""
    return told.one(concern.answer(service)) if concern.shows_a_sign(rest) else Said()


def _titles(service: Service) -> dict[str, str]:
    return {one.module.id: one.module.title for one in service.editions.all_current()}


def _names(titles: Mapping[str, str]) -> list[tuple[Button, ...]]:
    return [(button(title, carried.HUDDLE, id_),) for id_, title in titles.items()]


def _group(service: Service, heard: Heard) -> ChatKey:
    return service.links.chat(heard.channel, heard.place)


def _begin(service: Service, heard: Heard, module: str) -> Said:
    titles = _titles(service)
    if module not in titles:
        return told.one("Which one?", *_names(titles))
    found, is_fresh = service.huddles.start(_group(service, heard), module)
    if not is_fresh and (found.message or found.round == 2):  # there is no poll during the talk
        return Said(
            messages(
                f"A huddle is going on: {found.question.ask}",
                ((_next_step(found),),),
            )
        )
    title = f"Huddle · {found.edition.module.title}"
    intro = [title, "Vote for yourself first, without talking: nobody sees who chose what."]
    if found.question.scenario:
        intro.append(found.question.scenario)
    return Said((*messages("\n\n".join(intro)), *_vote(found, found.round)))


def _next_step(found: Huddling) -> Button:
    if found.round == 2:
        return button("Vote again", carried.VOTE_AGAIN, found.huddle_id)
    return button("Close the vote", carried.CLOSE_VOTE, found.huddle_id, found.round)


def _vote(found: Huddling, at_round: int) -> tuple[Part, ...]:
    close = button("Close the vote", carried.CLOSE_VOTE, found.huddle_id, at_round)
    return (
        Poll(
            found.question.ask,
            tuple(choice.text for choice in found.choices),
            close.carries,
        ),
        Message("When everybody has voted:", ((close,),)),
    )


def _tapped(service: Service, heard: Heard) -> Said:
    what, parts = carried.read(heard.tap)
    group = _group(service, heard)
    try:
        if what == carried.HUDDLE:
            return _begin(service, heard, parts[0])
        huddle_id = carried.an_id(parts[0])
        if what == carried.VOTE_AGAIN:
            found = service.huddles.vote_again(group, huddle_id)
            again = "Vote again, each for yourself. Has the talk changed your mind?"
            return Said((Message(again, edits=True), *_vote(found, 3)))
        if what == carried.CLOSE_VOTE:
            found = service.huddles.of(group, huddle_id)
            if found.round != int(parts[1]):
                return Said(whisper="That vote is closed already.")
            if not found.message:  # it was never said where the poll is
                return counted(service, heard, heard.tap, None)
            return Said(
                (Message("The vote is closed.", edits=True), StopPoll(found.message, heard.tap))
            )
    except NotFound as refusal:
        return Said(whisper=str(refusal))
    except (ValueError, IndexError):
        pass
    return Said(whisper=IN_PRIVATE)


def posted(service: Service, heard: Heard, carries: str, message: str) -> None:
    """Note where the poll is."""
    _, (huddle_id, at_round) = carried.read(carries)
    service.huddles.posted(_group(service, heard), carried.an_id(huddle_id), int(at_round), message)


def voted(service: Service, heard: Heard, carries: str, voter: str, option: int) -> Said:
    """Take a vote, where the channel has no polls; only a code of this vote is kept of who it is.

    What is said to it is for the voter's eyes.
    """
    try:
        _, (huddle_id, at_round) = carried.read(carries)
        found, at = carried.an_id(huddle_id), int(at_round)
    except ValueError:
        return Said(whisper=IN_PRIVATE)
    code = service.signer.hash("huddle vote", str(found), str(at), voter)[:16]
    service.huddles.vote(_group(service, heard), found, at, code, option)
    return Said(whisper="Your vote is taken. Until the vote is closed you can change it.")


def votes(service: Service, heard: Heard, carries: str) -> tuple[int, ...]:
    """The votes that were taken so, by option."""
    _, (huddle_id, _) = carried.read(carries)
    return service.huddles.votes(_group(service, heard), carried.an_id(huddle_id))


def counted(service: Service, heard: Heard, carries: str, votes: Sequence[int] | None) -> Said:
    """After the first vote there is talk; after the second, what is right and why."""
    _, (huddle_id, at_round) = carried.read(carries)
    found = service.huddles.counted(
        _group(service, heard), carried.an_id(huddle_id), int(at_round), votes
    )
    if found.round == 1:
        return Said(
            messages(
                f"{_votes('The first vote', found, votes)}\n\nNow talk: what speaks for each"
                " answer, and what would you look up? Nobody need say what they voted.",
                ((button("Vote again", carried.VOTE_AGAIN, found.huddle_id),),),
            )
        )
    feedback = found.feedback
    lines = [f"{'✓' if line.right else '•'} {line.text}\n{line.why}" for line in feedback.lines]
    parts = [
        _votes("The first vote", found, found.first_votes),
        _votes("The second vote", found, votes),
        f"The right answer is: {'; '.join(feedback.key)}",
        *lines,
        f"Because: {feedback.because}",
        f"{feedback.authority_words}: {feedback.rests_on}.",
    ]
    return Said(messages("\n\n".join(parts)))


def _votes(title: str, found: Huddling, votes: Sequence[int] | None) -> str:
    if votes is None or len(votes) != len(found.choices):
        return f"{title} could not be counted."
    lines = [f"{count} · {choice.text}" for count, choice in zip(votes, found.choices, strict=True)]
    return "\n".join([f"{title}:", *lines])
