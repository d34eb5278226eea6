"""Updates answered: those of one chat in order, those of different chats at the same time."""

import asyncio
import traceback
from dataclasses import dataclass, field

from telegram import CallbackQuery, Update

from quizbot.chat.conversation import Conversation
from quizbot.chat.said import Heard, Said, say
from quizbot.chat.telegram.calls import Bot, Unsaid, tell
from quizbot.chat.telegram.hearing import CHANNEL, Blocked, Moved, chat_of, told_by
from quizbot.chat.telegram.showing import Showing
from quizbot.errors import Refused

GRACE = 8.0  # seconds that what is in hand has when the bot is stopped
SORRY = "That did not work. Nothing was lost: please try again."


@dataclass
class Answering:
    """Takes updates and answers them; an update that is cancelled was not answered."""

    conversation: Conversation
    bot: Bot
    in_hand: dict[int, asyncio.Task[None]] = field(default_factory=dict)  # by update
    _last_of: dict[int, asyncio.Task[None]] = field(default_factory=dict)  # by chat

    def take(self, update: Update) -> asyncio.Task[None]:
        """Answer it as soon as all that its chat said before is answered."""
        chat, update_id = chat_of(update), update.update_id
        task = asyncio.create_task(self._in_turn(update, self._last_of.get(chat)))
        self._last_of[chat] = self.in_hand[update_id] = task

        def ended(task: asyncio.Task[None]) -> None:
            del self.in_hand[update_id]
            if self._last_of.get(chat) is task:
                del self._last_of[chat]

        task.add_done_callback(ended)
        return task

    async def finish(self) -> None:
        """Wait for what is in hand, but not for ever."""
        if self.in_hand:
            _, late = await asyncio.wait(self.in_hand.values(), timeout=GRACE)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _in_turn(self, update: Update, before: asyncio.Task[None] | None) -> None:
        if before is not None:
            await asyncio.wait({before})
        try:
            await self._answer(update)
        except Exception as error:  # noqa: BLE001  (one update must not end the others)
            tell(f"an update was not answered: {_where(error)}")

    async def _answer(self, update: Update) -> None:
        told = told_by(update, self.bot.username)
        if isinstance(told, Moved):
            await asyncio.to_thread(self.conversation.moved, CHANNEL, told.old, told.new)
        elif isinstance(told, Blocked):
            await asyncio.to_thread(self.conversation.blocked, CHANNEL, told.address)
        elif told is not None:
            await self._speak(told, update.callback_query)

    async def _speak(self, heard: Heard, query: CallbackQuery | None) -> None:
        """Hear it in a thread, show what is said, and note that it is done.

        Killed in between, the bot hears it again: what was heard is recorded once all the same,
        and what is said is shown at least once.
        """
        said = await asyncio.to_thread(self._said, heard)
        if said is None:
            return
        try:
            await Showing(self.bot, self.conversation, heard, query).show(said)
        except Unsaid as error:
            if error.is_gone:
                await asyncio.to_thread(self.conversation.blocked, CHANNEL, heard.address)
            else:
                tell(f"an answer is {error.sent.fate}: {error.sent.trouble}")
        await asyncio.to_thread(self.conversation.done, heard)

    def _said(self, heard: Heard) -> Said | None:
        try:
            return None if self.conversation.is_repeated(heard) else self.conversation.hear(heard)
        except Refused as error:
            return say(str(error))
        except Exception as error:  # noqa: BLE001  (the person gets a sentence, the operator this)
            tell(f"an update was not understood: {_where(error)}")
            return say(SORRY)


def _where(error: Exception) -> str:
    """Where it went wrong, without its words: they may hold what somebody wrote."""
    return f"{type(error).__name__}\n{''.join(traceback.format_tb(error.__traceback__))}"
