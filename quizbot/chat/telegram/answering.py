"""Updates answered: those of one chat in order, those of different chats at the same time."""

import asyncio
from dataclasses import dataclass, field

from telegram import CallbackQuery

from quizbot.chat.conversation import Conversation
from quizbot.chat.said import Heard, Said, say
from quizbot.chat.telegram.calls import Bot, Pace, Unsaid, tell
from quizbot.chat.telegram.hearing import CHANNEL, Blocked, Moved
from quizbot.chat.telegram.reading import Read, read, where
from quizbot.chat.telegram.showing import Showing
from quizbot.errors import Refused

GRACE = 8.0  # seconds that what is in hand has when the bot is stopped
DOUBLE = 2.0  # seconds after an answer within which the same tap again is a finger that slipped
SORRY = "That did not work. Nothing was lost: please try again."

Tapped = tuple[int, int, str]


@dataclass
class Tap:
    """The last tap of a chat, and when it was answered."""

    what: Tapped
    ended: float | None = None

    def is_again(self, what: Tapped | None, now: float) -> bool:
        """Whether the same finger tapped twice on the same button."""
        return self.what == what and (self.ended is None or now - self.ended < DOUBLE)


@dataclass
class Answering:
    """Takes updates and answers them; an update that is cancelled was not answered."""

    conversation: Conversation
    bot: Bot
    pace: Pace = field(default_factory=Pace)
    in_hand: dict[int, asyncio.Task[None]] = field(default_factory=dict)  # by update
    _last_of: dict[int, asyncio.Task[None]] = field(default_factory=dict)  # by chat
    _taps: dict[int, Tap] = field(default_factory=dict)  # the last thing heard, by chat

    def read(self, raw: object) -> Read:
        """An update as it came; what could not be read of it is in the log."""
        found = read(raw, self.bot, self.bot.username)
        if found.trouble:
            tell(f"an update could not be read, number {found.number}: {found.trouble}")
        return found

    def take(self, update: Read) -> asyncio.Task[None]:
        """Answer it as soon as all that its chat said before is answered; it has a number."""
        number, chat = update.number, update.chat
        assert number is not None
        tap = self._tap(update)
        before = self._last_of.get(chat) if update.update is not None else None
        task = asyncio.create_task(self._in_turn(update, before, is_double=tap is None))
        self.in_hand[number] = task
        if update.update is not None:
            self._last_of[chat] = task

        def ended(task: asyncio.Task[None]) -> None:
            del self.in_hand[number]
            if self._last_of.get(chat) is task:
                del self._last_of[chat]
            if tap is not None:
                self._end_tap(chat, tap)

        task.add_done_callback(ended)
        return task

    async def finish(self) -> None:
        """Wait for what is in hand, but not for ever."""
        if self.in_hand:
            _, late = await asyncio.wait(self.in_hand.values(), timeout=GRACE)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def _tap(self, update: Read) -> Tap | None:
        """What is kept of it to know a double tap by; None where it is one."""
        what = _tapped(update)
        last = self._taps.get(update.chat)
        if last is not None and last.is_again(what, asyncio.get_running_loop().time()):
            return None
        tap = Tap(what or (0, 0, ""))
        if what is not None:
            self._taps[update.chat] = tap
        else:
            self._taps.pop(update.chat, None)
        return tap

    def _end_tap(self, chat: int, tap: Tap) -> None:
        loop = asyncio.get_running_loop()
        tap.ended = loop.time()

        def forget() -> None:
            if self._taps.get(chat) is tap:
                del self._taps[chat]

        loop.call_later(DOUBLE, forget)

    async def _in_turn(
        self, update: Read, before: asyncio.Task[None] | None, *, is_double: bool
    ) -> None:
        if before is not None:
            await asyncio.wait({before})
        try:
            await self._answer(update, is_double=is_double)
        except Exception as error:  # noqa: BLE001  (one update must not end the others)
            tell(f"an update was not answered: {where(error)}")

    async def _answer(self, update: Read, *, is_double: bool) -> None:
        told = update.told
        if update.update is None:
            await self._done(Heard(CHANNEL, "0", update=update.number))
        elif isinstance(told, Moved):
            await asyncio.to_thread(self.conversation.moved, CHANNEL, told.old, told.new)
        elif isinstance(told, Blocked):
            await asyncio.to_thread(self.conversation.blocked, CHANNEL, told.address)
        elif told is not None:
            await self._speak(told, update.update.callback_query, is_double=is_double)

    async def _speak(self, heard: Heard, query: CallbackQuery | None, *, is_double: bool) -> None:
        """Hear it in a thread, show what is said, and note that it is done.

        Killed in between, the bot hears it again: what was heard is recorded once all the same,
        and what is said is shown at least once.
        """
        said = Said() if is_double else await asyncio.to_thread(self._said, heard)
        if said is None:
            return
        showing = Showing(self.bot, self.pace, self.conversation, heard, query)
        try:
            await showing.show(said)
        except Unsaid as error:
            await self._unsaid(error, showing)
        except Exception as error:  # noqa: BLE001  (whoever waits is told, and the operator)
            tell(f"an answer was not shown: {where(error)}")
            await self._admit(showing)
        await self._done(heard)

    async def _unsaid(self, error: Unsaid, showing: Showing) -> None:
        """What could not be shown: to a chat that is shut nothing is, anybody else is told."""
        if error.is_gone:
            address = showing.heard.address
            await asyncio.to_thread(self.conversation.blocked, CHANNEL, address)
            return
        tell(f"an answer is {error.sent.fate}: {error.sent.trouble}")
        await self._admit(showing)

    async def _admit(self, showing: Showing) -> None:
        try:
            await showing.admit()
        except Unsaid as error:
            tell(f"nor could that be told; it is {error.sent.fate}: {error.sent.trouble}")

    async def _done(self, heard: Heard) -> None:
        await asyncio.to_thread(self.conversation.done, heard)

    def _said(self, heard: Heard) -> Said | None:
        try:
            return None if self.conversation.is_repeated(heard) else self.conversation.hear(heard)
        except Refused as error:
            return say(str(error))
        except Exception as error:  # noqa: BLE001  (the person gets a sentence, the operator this)
            tell(f"an update was not understood: {where(error)}")
            return say(SORRY)


def _tapped(update: Read) -> Tapped | None:
    """By whom, on which message, on what; None where it is no tap."""
    query = update.update.callback_query if update.update is not None else None
    if query is None or query.message is None:
        return None
    return query.from_user.id, query.message.message_id, query.data or ""
