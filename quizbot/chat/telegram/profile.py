"""What the bot says of itself: its menus and its descriptions, set where they are not so yet."""

from collections.abc import Awaitable, Callable
from typing import Any

from telegram import (
    BotCommand,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeDefault,
)

from quizbot.chat.conversation import COMMANDS
from quizbot.chat.telegram.calls import Bot, surely

DESCRIPTION = (
    "Short questionnaires on safeguarding procedure, for everyone who works with children. Try any"
    " of them here without an account, or link this chat to yours so that they count. Every answer"
    " is explained, with its source.\n\nNever write about a real child here: nobody reads it. If a"
    " child is in danger, call 999."
)
SHORT = "Questionnaires on safeguarding procedure. Nobody reads what you write: in danger call 999."

_SCOPES = (
    (BotCommandScopeDefault(), [c for c in COMMANDS if c.private]),
    (BotCommandScopeAllPrivateChats(), [c for c in COMMANDS if c.private]),
    (BotCommandScopeAllGroupChats(), [c for c in COMMANDS if c.groups]),
)


async def introduce(bot: Bot) -> None:
    """Set menus and descriptions; Telegram allows few such changes, so look first."""
    for scope, commands in _SCOPES:
        menu = tuple(BotCommand(command.name, command.words) for command in commands)
        if await _asked(bot.get_my_commands, scope) != menu:
            await _asked(bot.set_my_commands, menu, scope)
    if (await _asked(bot.get_my_description)).description != DESCRIPTION:
        await _asked(bot.set_my_description, DESCRIPTION)
    if (await _asked(bot.get_my_short_description)).short_description != SHORT:
        await _asked(bot.set_my_short_description, SHORT)


async def _asked(method: Callable[..., Awaitable[Any]], *given: Any) -> Any:
    return await surely(lambda: method(*given), repeats=True)
