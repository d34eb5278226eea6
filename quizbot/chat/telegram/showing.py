"""What the conversation says, as Telegram shows it: messages, buttons, polls."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TypeVar
from urllib.parse import urlsplit

from telegram import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions
from telegram.error import ChatMigrated

from quizbot.chat import polls
from quizbot.chat.conversation import Conversation
from quizbot.chat.said import Button, Heard, Message, Part, Poll, Said, StopPoll
from quizbot.chat.telegram.calls import PAUSES, Bot, Pace, Unsaid, surely, tell
from quizbot.chat.telegram.hearing import CHANNEL
from quizbot.outbox.mail import Fate

LONGEST_WHISPER = 200
SAME = "message is not modified"
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
UNSURE = "My last message may not have reached you. /resume shows where you are."
UNSURE_HERE = (
    "My last message may not have reached this group. /huddle and the name of the questionnaire"
    " shows where you are."
)
ADMITTED = 24  # times that this is tried, over ten minutes
NO_TOPIC = ("thread not found", "topic_closed", "topic_deleted")
STAYED_BEHIND = "the message stayed behind in the group that this was"

T = TypeVar("T")


@dataclass
class Showing:
    """Shows what is said in one chat, in answer to one thing heard."""

    bot: Bot
    pace: Pace
    conversation: Conversation
    heard: Heard
    query: CallbackQuery | None = None

    def __post_init__(self) -> None:
        self.chat = int(self.heard.address)
        self.topic = int(self.heard.topic) if self.heard.topic else None
        message = self.query.message if self.query is not None else None
        self.tapped = message.message_id if message is not None else None

    async def show(self, said: Said) -> None:
        """All of it in order; the tap is answered meanwhile."""
        answering = asyncio.ensure_future(self._whisper(said.whisper))
        try:
            await self._parts(said.parts)
        finally:
            await answering

    async def _parts(self, parts: Sequence[Part]) -> None:
        for part in parts:
            if isinstance(part, Poll):
                await self._post(part)
            elif isinstance(part, StopPoll):
                await self._close(part)
            elif part.edits and self.tapped is not None:
                await self._edit(part, self.tapped)
                self.tapped = None  # what follows must not take its place
            else:
                await self._say(part)

    async def admit(self) -> None:
        """Say that something may not have come; nobody is left waiting for nothing.

        Twice does no harm, so it is tried until it is taken.
        """
        words = UNSURE if self.heard.is_private else UNSURE_HERE
        await self._there(
            lambda: self.bot.send_message(self.chat, words, message_thread_id=self.topic),
            repeats=True,
            most=ADMITTED,
        )

    async def _say(self, part: Message) -> None:
        text, keyboard = shown(part)
        try:
            await self._there(
                lambda: self.bot.send_message(
                    self.chat,
                    text,
                    reply_markup=keyboard,
                    link_preview_options=NO_PREVIEW,
                    message_thread_id=self.topic,
                )
            )
        except Unsaid as error:
            if error.sent.fate is not Fate.UNCERTAIN:
                raise
            tell(f"an answer is {error.sent.fate}: {error.sent.trouble}")
            await self.admit()  # it may have arrived, and is not said again

    async def _edit(self, part: Message, message_id: int) -> None:
        text, keyboard = shown(part)
        try:
            await self._there(
                lambda: self.bot.edit_message_text(
                    text,
                    self.chat,
                    message_id,
                    reply_markup=keyboard,
                    link_preview_options=NO_PREVIEW,
                ),
                repeats=True,
                is_of_before=True,
            )
        except Unsaid as error:
            if error.is_gone or error.sent.fate is not Fate.FAILED:
                raise
            if SAME not in error.sent.trouble.lower():  # it is gone, or too old: say it anew
                await self._say(part)

    async def _post(self, part: Poll) -> None:
        """Post a poll, once: where there is none, or may be none, the group votes by hand."""
        try:
            message = await self._there(
                lambda: self.bot.post_poll(self.chat, self.topic, part.ask, part.options)
            )
        except Unsaid as error:
            if error.is_gone or error.sent.fate not in (Fate.FAILED, Fate.UNCERTAIN):
                raise
            tell(f"a poll is {error.sent.fate}: {error.sent.trouble}")
            is_sure = error.sent.fate is Fate.FAILED
            await self._parts(polls.by_hand(part, is_sure=is_sure).parts)
            return
        await asyncio.to_thread(self.conversation.posted, self.heard, part.carries, message)

    async def _close(self, part: StopPoll) -> None:
        try:
            votes: tuple[int, ...] | None = await self._there(
                lambda: self.bot.close_poll(self.chat, int(part.message)),
                repeats=True,
                is_of_before=True,
            )
        except Unsaid as error:
            if error.is_gone:
                raise
            votes = None
        counted = self.conversation.counted
        await self._parts((await asyncio.to_thread(counted, self.heard, part.carries, votes)).parts)

    async def _whisper(self, words: str) -> None:
        query = self.query
        if query is None:
            return
        answer = self.bot.answer_callback_query
        with contextlib.suppress(Unsaid):  # it was answered, or the tap was too long ago
            await surely(
                lambda: answer(query.id, words[:LONGEST_WHISPER] or None),
                repeats=True,
                pace=self.pace,
            )

    async def _there(
        self,
        call: Callable[[], Awaitable[T]],
        *,
        repeats: bool = False,
        is_of_before: bool = False,
        most: int = len(PAUSES),
    ) -> T:
        """In the chat, wherever it has moved to, and in its topic as long as that is open.

        What is of before, a message with a number, has stayed where the chat was.
        """
        while True:
            try:
                return await surely(call, repeats=repeats, pace=self.pace, most=most)
            except ChatMigrated as error:
                await self._follow(error.new_chat_id)
                if is_of_before:
                    raise Unsaid(Fate.FAILED, STAYED_BEHIND) from None
            except Unsaid as error:
                trouble = error.sent.trouble.lower()
                if self.topic is None or not any(words in trouble for words in NO_TOPIC):
                    raise
                self.topic = None  # it is closed or gone; the chat is still there

    async def _follow(self, chat: int) -> None:
        old, self.chat = self.chat, chat
        self.tapped = None  # what was there is not here
        await asyncio.to_thread(self.conversation.moved, CHANNEL, str(old), str(chat))


def shown(part: Message) -> tuple[str, InlineKeyboardMarkup | None]:
    """Its words and buttons; a link that Telegram would refuse is told in the words."""
    text = part.text
    rows = []
    for row in part.rows:
        for button in row:
            if button.link and not is_public(button.link):
                text += f"\n\n{button.words}: {button.link}"
        kept = [_button(button) for button in row if not button.link or is_public(button.link)]
        if kept:
            rows.append(kept)
    return text, InlineKeyboardMarkup(rows) if rows else None


def is_public(link: str) -> bool:
    """Whether Telegram lets a button lead there: to a name with a dot, not to a machine nearby."""
    parts = urlsplit(link)
    host = parts.hostname or ""
    try:
        ip_address(host)
    except ValueError:
        return parts.scheme in ("http", "https") and "." in host
    return False


def _button(button: Button) -> InlineKeyboardButton:
    if button.link:
        return InlineKeyboardButton(button.words, url=button.link)
    return InlineKeyboardButton(button.words, callback_data=button.carries)
