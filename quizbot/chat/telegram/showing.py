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

from quizbot.chat.conversation import Conversation
from quizbot.chat.said import Button, Heard, Message, Part, Poll, Said, StopPoll
from quizbot.chat.telegram.calls import Bot, Unsaid, surely
from quizbot.chat.telegram.hearing import CHANNEL
from quizbot.outbox.mail import Fate

LONGEST_WHISPER = 200
SAME = "message is not modified"
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
UNSURE = "My last message may not have reached you. /resume shows where you are."

T = TypeVar("T")


@dataclass
class Showing:
    """Shows what is said in one chat, in answer to one thing heard."""

    bot: Bot
    conversation: Conversation
    heard: Heard
    query: CallbackQuery | None = None

    def __post_init__(self) -> None:
        self.chat = int(self.heard.address)
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

    async def _say(self, part: Message) -> None:
        text, keyboard = shown(part)
        try:
            await self._there(
                lambda: self.bot.send_message(
                    self.chat, text, reply_markup=keyboard, link_preview_options=NO_PREVIEW
                )
            )
        except Unsaid as error:
            if error.sent.fate is not Fate.UNCERTAIN or not self.heard.is_private:
                raise
            # It may have arrived and is not said again; but nobody is left waiting for nothing.
            await self._there(lambda: self.bot.send_message(self.chat, UNSURE))

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
            )
        except Unsaid as error:
            if error.is_gone or error.sent.fate is not Fate.FAILED:
                raise
            if SAME not in error.sent.trouble.lower():  # it is gone, or too old: say it anew
                await self._say(part)

    async def _post(self, part: Poll) -> None:
        posted = await self._there(
            lambda: self.bot.send_poll(self.chat, part.ask, part.options, is_anonymous=True)
        )
        await asyncio.to_thread(
            self.conversation.posted, self.heard, part.carries, str(posted.message_id)
        )

    async def _close(self, part: StopPoll) -> None:
        try:
            poll = await self._there(
                lambda: self.bot.stop_poll(self.chat, int(part.message)), repeats=True
            )
            votes = tuple(option.voter_count for option in poll.options)
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
            await surely(lambda: answer(query.id, words[:LONGEST_WHISPER] or None), repeats=True)

    async def _there(self, call: Callable[[], Awaitable[T]], *, repeats: bool = False) -> T:
        """In the chat, wherever it has moved to."""
        try:
            return await surely(call, repeats=repeats)
        except ChatMigrated as error:
            old, self.chat = self.chat, error.new_chat_id
            self.tapped = None  # what was there is not here
            await asyncio.to_thread(self.conversation.moved, CHANNEL, str(old), str(self.chat))
            return await surely(call, repeats=repeats)


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
