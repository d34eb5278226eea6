"""The conversation: words and taps in, messages and choices out, on any channel.

It knows no channel and remembers nothing: where a person stands is in the database, and a button
carries all that its tap needs. Each method may be called from any thread and blocks; what one chat
says is given to it in the order in which it was said.

To add a channel, write one adapter beside `terminal.py` and `telegram.py`; nothing here changes.
It has to

1. turn what arrives into a `Heard`, with a short name for the channel and its name for the chat;
2. call `hear`, and show the parts of what it returns in order, `whisper` on the button tapped;
3. after a `Poll` was posted call `posted` with the channel's id for that message; for a `StopPoll`
   close that message's poll, call `counted` with its votes, and show what that returns (a channel
   without polls hands each vote to `voted`, and gets them from `votes`);
4. call `done` when all of it was shown: the same update is answered by nothing from then on;
5. tell `moved` when a chat got another name, and `blocked` when the person shut us out;
6. where it can show them, make its menu from `COMMANDS`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from questions.kinds import Input
from quizbot.access import ChatKey, Who
from quizbot.chat import asking, carried, concern, group, later, plain, told
from quizbot.chat.commands import COMMANDS, Command
from quizbot.chat.said import Heard, Message, Said
from quizbot.errors import (
    AlreadyAnswered,
    AlreadySubmitted,
    BadReply,
    NotFound,
    Refused,
)
from quizbot.rules.pick import Mode
from quizbot.service import Service

__all__ = ["COMMANDS", "Command", "Conversation"]

NOT_WORDS = {
    "edit": "An edited message changes nothing here: please send it again as a new one.",
    "forward": "Forwarded messages are not read here. Please use your own words, or the buttons.",
    "voice": "Voice messages cannot be heard here.",
    "audio": "Sound cannot be heard here. Please type, or tap a button.",
}
NOT_READ = (
    "Only words and buttons are understood here; nothing that you sent was looked at or kept."
)
OLD_BUTTON = "That button is from something that is over. /modules lists what you can take."


@dataclass(frozen=True)
class Conversation:
    """Everything that can be said in a chat; state is in the service's database alone."""

    service: Service

    def hear(self, heard: Heard) -> Said:
        """Answer; in a private chat there is always something to read."""
        self.service.places.refresh()
        try:
            if not heard.is_private:
                return group.hear(self.service, heard)
            if heard.tap:
                return self._tapped(heard)
            return self._said(heard)
        except (Refused, BadReply) as refusal:
            return told.refused(str(refusal))

    def posted(self, heard: Heard, carries: str, message: str) -> None:
        """A poll was posted as this message of the channel's."""
        group.posted(self.service, heard, carries, message)

    def counted(self, heard: Heard, carries: str, votes: Sequence[int] | None) -> Said:
        """A poll was closed with these votes by option; None where it could not be."""
        try:
            return group.counted(self.service, heard, carries, votes)
        except Refused as refusal:
            return Said(whisper=str(refusal))

    def voted(self, heard: Heard, carries: str, voter: str, option: int) -> Said:
        """Somebody voted in a poll that the channel shows as a form; what to whisper to them."""
        try:
            return group.voted(self.service, heard, carries, voter, option)
        except Refused as refusal:
            return Said(whisper=str(refusal))

    def votes(self, heard: Heard, carries: str) -> tuple[int, ...] | None:
        """The votes of such a poll by option; None where it is over."""
        try:
            return group.votes(self.service, heard, carries)
        except Refused:
            return None

    def is_repeated(self, heard: Heard) -> bool:
        """Whether this update was heard, and its answer shown, before."""
        return heard.update is not None and self.service.links.was_seen(heard.channel, heard.update)

    def done(self, heard: Heard) -> None:
        """What was heard is answered and shown: note it, and forget a try that has ended."""
        if heard.update is not None:
            self.service.links.note_seen(heard.channel, heard.update)
        if heard.is_private and heard.tap.startswith(f"{carried.OUTCOME}:"):
            self.service.attempts.forget_try(self.service.links.chat(heard.channel, heard.address))

    def moved(self, channel: str, old: str, new: str) -> None:
        """A chat has another name now, such as a group that became a supergroup."""
        self.service.links.move(channel, old, new)

    def blocked(self, channel: str, address: str) -> None:
        """The person has shut us out: nothing is sent there any more."""
        self.service.links.block(channel, address)

    # Words

    def _said(self, heard: Heard) -> Said:
        words = heard.words.strip()
        if heard.other or not words:  # words may stand under a photo, or be forwarded
            return self._unclear(heard, words, NOT_WORDS.get(heard.other, NOT_READ))
        if words.startswith("/"):
            return self._slash(heard, *plain.slash(words))
        titles = self._titles()
        if (wish := plain.button_meant(words)) and (said := self._typed_button(heard, wish)):
            return said
        if module := plain.module_meant(words, titles, whole=True):
            return self._module(heard, module)
        if plain.is_letters(words):
            return self._resume(heard, "", before="Please tap a letter under the question.")
        if name := plain.command_meant(words):
            return self._command(heard, name, "")
        if concern.sounds_like_concern(words):
            return told.one(concern.answer(self.service))
        if module := plain.module_nearly_meant(words, titles):
            return self._module(heard, module)
        return self._unclear(heard, words)

    def _slash(self, heard: Heard, name: str, rest: str) -> Said:
        """A command with nothing after it, or with what it takes; anything else is words."""
        if not rest or plain.is_around(rest):
            if name in self._commands():
                return self._command(heard, name, "")
            return self._unclear(heard, name, f"There is no command /{name[:40]}; /help lists all.")
        if name == "start" and plain.is_payload(rest):
            return self._start(heard, rest)
        titles, first = self._titles(), ""
        if name in ("take", "huddle"):
            if plain.module_meant(rest, titles, whole=True):
                return self._command(heard, name, rest)
            first = "There is no questionnaire of that name."
            if not concern.sounds_like_concern(rest) and plain.module_nearly_meant(rest, titles):
                return self._command(heard, name, rest)
        return self._unclear(heard, f"{name} {rest}", first)

    def _unclear(self, heard: Heard, words: str, first: str = "") -> Said:
        """Words that are no command, nor a name: the safe answer comes first."""
        if concern.sounds_like_concern(words):
            return told.one(concern.answer(self.service))
        titles = self._titles()
        module = plain.module_meant(words, titles)
        text = concern.either(self.service, first or "That was not understood.")
        return self._ways_on(heard, text, {module: titles[module]} if module else {})

    def _command(self, heard: Heard, name: str, rest: str) -> Said:
        answers = self._commands()
        return answers[name](heard, rest) if name in answers else told.refused(OLD_BUTTON)

    def _commands(self) -> Mapping[str, Callable[[Heard, str], Said]]:
        return {
            "start": self._start,
            "modules": lambda _heard, _rest: told.modules(self.service.editions.offers()),
            "take": self._take,
            "resume": self._resume,
            "me": self._me,
            "team": self._team,
            "link": self._link,
            "stop": self._stop,
            "pause": lambda heard, _rest: told.kept(is_linked=self._person(heard) is not None),
            "huddle": lambda _heard, _rest: told.with_ways_on(
                "A huddle is for a group: one question that a team votes on, talks about and votes"
                " on again. Add this bot to your team’s group, and say /huddle there."
            ),
            "help": lambda _heard, _rest: told.helped(self.service),
            "privacy": lambda _heard, _rest: told.privacy(self.service),
            "thanks": lambda _heard, _rest: told.with_ways_on("You are welcome."),
        }

    def _start(self, heard: Heard, payload: str) -> Said:
        if payload:
            name = self.service.links.accept(payload, heard.channel, heard.address, heard.way)
            return told.linked(name)
        return told.welcome(self.service, is_linked=self._person(heard) is not None)

    def _take(self, heard: Heard, name: str) -> Said:
        if not name:
            return told.modules(self.service.editions.offers())
        titles = self._titles()
        module = plain.module_meant(name, titles, whole=True)
        return self._module(heard, module or plain.module_nearly_meant(name, titles))

    def _module(self, heard: Heard, module: str) -> Said:
        who, offer = self._who(heard), self.service.editions.offer(module)
        lines = [line for line in self.service.attempts.of(who, 0) if line.is_open]
        if not isinstance(who, ChatKey):
            mine = [line for line in lines if line.module == module and not line.is_update]
            before = self.service.attempts.before(who, offer.edition)
            changed = [one for one in self.service.updates.offers(who) if one.module == module]
            return told.module(offer, mine, before.must_wait, changed, before.shorter)
        if lines and lines[0].module != module:
            return told.instead(lines[0], offer)
        return self._begin(heard, module, before=told.before_try(offer) if not lines else None)

    def _begin(
        self, heard: Heard, module: str, mode: Mode = Mode.PRACTICE, before: Message | None = None
    ) -> Said:
        who = self._who(heard)
        attempt_id = self.service.attempts.start(who, module, mode)
        said = self._go_on(who, attempt_id)
        return Said(((before,) if before else ()) + said.parts)

    def _resume(self, heard: Heard, _rest: str, before: str = "") -> Said:
        who = self._who(heard)
        lines = [line for line in self.service.attempts.of(who, 0) if line.is_open]
        if not lines:
            words = "Nothing is begun here. Say the name of a questionnaire to begin."
            if isinstance(who, ChatKey):
                words += " This chat is not linked to an account: what you began there is there."
                return told.one(words, (told.MODULES, told.LINK))
            return told.with_ways_on(words)
        if len(lines) > 1:
            return told.which(lines)
        said = self._go_on(who, lines[0].attempt_id)
        first = told.one(before).parts if before else ()
        return Said(first + said.parts)

    def _ways_on(self, heard: Heard, words: str, named: Mapping[str, str]) -> Said:
        begun = [line for line in self.service.attempts.of(self._who(heard), 0) if line.is_open]
        return told.with_ways_on(words, is_begun=bool(begun), named=named)

    def _typed_button(self, heard: Heard, wish: str) -> Said | None:
        """What a button under the question does, typed; nothing where no such button is shown."""
        who = self._who(heard)
        begun = [line for line in self.service.attempts.of(who, 0) if line.is_open]
        if len(begun) != 1 or (wish != "skip" and begun[0].mode is Mode.PRACTICE):
            return None
        attempt_id = begun[0].attempt_id
        number = self.service.attempts.where(who, attempt_id)
        if wish == "review" or number is None:
            return self._review(who, attempt_id)
        if wish == "flag":
            self.service.attempts.flag(who, attempt_id, number, flagged=True)
            return self._question(who, attempt_id, number)
        return self._question(who, attempt_id, number % begun[0].total + 1)

    def _me(self, heard: Heard, _rest: str) -> Said:
        person_id = self._person(heard)
        if person_id is None:
            return told.unlinked(self.service.attempts.of(self._who(heard)))
        return told.me(
            self.service.duties.mine(person_id),
            self.service.attempts.of(person_id, 5),
            self.service.settings.public_url,
            self.service.updates.offers(person_id),
            self.service.afterwards.of(person_id),
        )

    def _team(self, heard: Heard, _rest: str) -> Said:
        person_id = self._person(heard)
        if person_id is None:
            return told.unlinked(())
        return told.team(self.service.reports.team(person_id), self.service.settings.public_url)

    def _link(self, heard: Heard, _rest: str) -> Said:
        person_id = self._person(heard)
        if person_id is not None:
            return told.is_linked(self.service.people.rights(person_id).name)
        asked = self.service.links.ask(heard.channel, heard.address, heard.way)
        return told.link(asked, self.service.settings.public_url)

    def _stop(self, heard: Heard, _rest: str) -> Said:
        was_linked = self.service.links.leave(heard.channel, heard.address)
        return told.stopped(was_linked=was_linked)

    # Taps

    def _tapped(self, heard: Heard) -> Said:
        what, parts = carried.read(heard.tap)
        try:
            if what == carried.COMMAND:
                return self._command(heard, parts[0], "")
            if what in (carried.MODULE, carried.BEGIN, carried.START, carried.CONFIRM):
                return self._tapped_module(heard, what, parts)
            if what == carried.LATER:
                return self._later(heard, parts)
            if what == carried.SNOOZE:
                return self._snooze(heard)
            if what == carried.UNLINK:
                return self._stop(heard, "")
            return self._tapped_attempt(self._who(heard), what, parts)
        except (ValueError, IndexError) as broken:
            if isinstance(broken, BadReply):
                raise
            return told.refused(OLD_BUTTON)

    def _tapped_module(self, heard: Heard, what: str, parts: list[str]) -> Said:
        *mode, module = parts
        module = next((known for known in self._titles() if known.startswith(module)), module)
        if what == carried.MODULE:
            return self._module(heard, module)
        if what == carried.BEGIN:
            return self._begin(heard, module)
        if what == carried.CONFIRM:
            return self._confirm(heard, module)
        return self._begin(heard, module, Mode(mode[0]))

    def _confirm(self, heard: Heard, module: str) -> Said:
        """Begin to confirm what changed, or go on with it."""
        person_id = self._person(heard)
        if person_id is None:
            return told.unlinked(())
        return self._go_on(person_id, self.service.updates.start(person_id, module))

    def _tapped_attempt(self, who: Who, what: str, parts: list[str]) -> Said:
        attempt_id = carried.an_id(parts[0])
        try:
            if what == carried.REVIEW:
                return self._review(who, attempt_id)
            if what == carried.SUBMIT:
                self.service.attempts.submit(who, attempt_id)
                return self._outcome(who, attempt_id)
            if what == carried.OUTCOME:
                return self._outcome(who, attempt_id)
            return self._tapped_question(who, attempt_id, what, int(parts[1]), parts[2:])
        except AlreadySubmitted as refusal:
            return told.handed_in(str(refusal), attempt_id)
        except NotFound:
            return told.not_there(is_try=isinstance(who, ChatKey))

    def _tapped_question(
        self, who: Who, attempt_id: UUID, what: str, number: int, rest: list[str]
    ) -> Said:
        if what == carried.TELL:
            result = self.service.attempts.result(who, attempt_id)
            if not 1 <= number <= len(result.told):
                return told.refused(OLD_BUTTON)
            return Said(asking.explained(result, attempt_id, number, edits=rest == ["e"]))
        if what == carried.ANSWER:
            return self._answer(who, attempt_id, number, rest[0])
        if what == carried.FLAG:
            self.service.attempts.flag(who, attempt_id, number, flagged=rest[0] == "1")
            return self._question(who, attempt_id, number, rest[1], edits=True)
        if what == carried.CHOOSE:
            return self._question(who, attempt_id, number, rest[0], edits=True)
        if what in (carried.ASK, carried.ASK_AGAIN):
            return self._question(who, attempt_id, number, edits=what == carried.ASK_AGAIN)
        return told.refused(OLD_BUTTON)

    def _question(
        self,
        who: Who,
        attempt_id: UUID,
        number: int,
        chosen: str | None = None,
        *,
        edits: bool = False,
    ) -> Said:
        turn = self.service.attempts.turn(who, attempt_id, number)
        if turn.feedback is not None:  # answered in practice: tell again what it came to
            return Said(asking.feedback(turn, attempt_id))
        letters = {choice.letter for choice in turn.choices}
        most = len(turn.question.menus) or len(letters)
        if chosen is not None and (
            not set(chosen) <= letters
            or len(set(chosen)) < len(chosen)
            or len(chosen) > most
            or turn.question.input is Input.ONE
        ):
            chosen = None
        asked = asking.question(turn, attempt_id, chosen, edits=edits)
        if turn.opens and not turn.reply and chosen is None and not edits:
            changes = self.service.attempts.changes(who, attempt_id)
            return Said(asking.changed(changes, turn.opens) + asked)
        return Said(asked)

    def _answer(self, who: Who, attempt_id: UUID, number: int, letters: str) -> Said:
        try:
            answered = self.service.attempts.answer(
                who, attempt_id, number, tuple(letters), flagged=None
            )
        except AlreadyAnswered as refusal:
            turn = self.service.attempts.turn(who, attempt_id, number)
            first = told.one(f"{refusal} Here is what it came to.").parts
            return Said(first + asking.feedback(turn, attempt_id), whisper=str(refusal))
        except BadReply as refusal:
            again = self._question(who, attempt_id, number)
            return Said(told.one(f"{refusal}.").parts + again.parts, whisper=str(refusal))
        turn = self.service.attempts.turn(who, attempt_id, number)
        if answered.mode is Mode.PRACTICE:
            return Said(asking.answered(turn, attempt_id) + asking.feedback(turn, attempt_id))
        review = self.service.attempts.review(who, attempt_id)
        ahead = [*range(number + 1, answered.total + 1), *range(1, number)]
        left = [n for n in ahead if not review.lines[n - 1].is_answered]
        after = self._question(who, attempt_id, left[0]).parts if left else asking.review(review)
        return Said(asking.answered(turn, attempt_id) + after, whisper="Kept")

    def _review(self, who: Who, attempt_id: UUID) -> Said:
        return Said(asking.review(self.service.attempts.review(who, attempt_id)))

    def _outcome(self, who: Who, attempt_id: UUID) -> Said:
        if self.service.attempts.where(who, attempt_id) is not None:
            return self._go_on(who, attempt_id)  # not finished: what is left of it
        attempts = self.service.attempts
        result = attempts.result(who, attempt_id)
        url = self.service.settings.public_url
        if result.is_update and not isinstance(who, ChatKey):
            left = [offer for offer in self.service.updates.offers(who) if not offer.cannot]
            return Said(asking.updated(result, attempt_id, left))
        is_try = isinstance(who, ChatKey)  # it is gone after this, and so are its buttons
        wait = "" if isinstance(who, ChatKey) else attempts.must_wait(who, result.edition.module)
        return Said(asking.outcome(result, attempt_id, url, is_try=is_try, must_wait=wait))

    def _go_on(self, who: Who, attempt_id: UUID) -> Said:
        number = self.service.attempts.where(who, attempt_id)
        if number is None:
            return self._outcome(who, attempt_id)
        turn = self.service.attempts.turn(who, attempt_id, number)
        if turn.reply and not turn.is_practice:  # every question has an answer
            return self._review(who, attempt_id)
        return self._question(who, attempt_id, number)

    # Who is asking

    def _who(self, heard: Heard) -> Who:
        return self.service.links.who(heard.channel, heard.address, heard.way)

    def _person(self, heard: Heard) -> UUID | None:
        who = self._who(heard)
        return None if isinstance(who, ChatKey) else who

    def _titles(self) -> dict[str, str]:
        return {one.module.id: one.module.title for one in self.service.editions.all_current()}

    def _later(self, heard: Heard, parts: Sequence[str]) -> Said:
        person_id = self._person(heard)
        if person_id is None:
            return told.unlinked(())
        try:
            return later.hear(self.service, person_id, parts)
        except NotFound as refusal:
            return told.one(str(refusal))

    def _snooze(self, heard: Heard) -> Said:
        person_id = self._person(heard)
        if person_id is None:
            return told.unlinked(())
        until = self.service.preferences.snooze(person_id)
        return told.snoozed(until)
