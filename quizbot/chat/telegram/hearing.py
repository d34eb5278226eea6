"""What reaches us from Telegram, as the conversation hears it."""

from dataclasses import dataclass

from telegram import ChatMemberUpdated, Message, Update
from telegram.constants import ChatMemberStatus, ChatType
from telegram.ext import filters
from telegram.helpers import effective_message_type

from quizbot.chat.said import Heard

CHANNEL = "telegram"
ASKED_FOR = ("message", "edited_message", "callback_query", "my_chat_member")


@dataclass(frozen=True)
class Moved:
    """A chat has another number: a group became a supergroup."""

    old: str
    new: str


@dataclass(frozen=True)
class Blocked:
    """Somebody shut us out, or a group threw us out."""

    address: str


Told = Heard | Moved | Blocked


def told_by(update: Update, our_name: str) -> Told | None:
    """What an update tells; None where there is nothing to answer."""
    if (query := update.callback_query) is not None:
        chat = query.message.chat if query.message is not None else None
        return Heard(
            CHANNEL,
            str(chat.id if chat else query.from_user.id),
            is_private=chat is None or chat.type == ChatType.PRIVATE,
            tap=query.data or "",
            other="" if query.data else "game",
            update=update.update_id,
            topic=_topic(query.message) if isinstance(query.message, Message) else "",
        )
    if update.my_chat_member is not None:
        return _membership(update.my_chat_member)
    if (edited := update.edited_message) is not None:
        return _heard(edited, update, other="edit") if _is_private(edited) else None
    if (message := update.message) is not None:
        return _message(message, update, our_name)
    return None


def chat_of(update: Update) -> int:
    """What is heard of one chat is answered in order."""
    if update.effective_chat is not None:
        return update.effective_chat.id
    return update.effective_user.id if update.effective_user is not None else 0


def _membership(change: ChatMemberUpdated) -> Blocked | None:
    gone = (ChatMemberStatus.BANNED, ChatMemberStatus.LEFT)
    return Blocked(str(change.chat.id)) if change.new_chat_member.status in gone else None


def _message(message: Message, update: Update, our_name: str) -> Told | None:
    if message.migrate_to_chat_id is not None:
        return Moved(str(message.chat.id), str(message.migrate_to_chat_id))
    if message.migrate_from_chat_id is not None:
        return Moved(str(message.migrate_from_chat_id), str(message.chat.id))
    if filters.StatusUpdate.ALL.check_update(update):
        return None  # somebody came, something was pinned: nothing was said
    if message.forward_origin is not None:
        return _heard(message, update, other="forward")
    if message.text is not None:
        return None if _is_for_another(message.text, our_name) else _heard(message, update)
    return _heard(message, update, other=str(effective_message_type(message) or "something"))


def _heard(message: Message, update: Update, other: str = "") -> Heard:
    return Heard(
        CHANNEL,
        str(message.chat.id),
        is_private=_is_private(message),
        # Also under a photo or forwarded: words about a child at risk are answered wherever.
        words=message.text or message.caption or "",
        other=other,
        update=update.update_id,
        topic=_topic(message),
    )


def _topic(message: Message) -> str:
    """In which topic of a forum it was said; replies have threads too, which are no topics."""
    return str(message.message_thread_id or "") if message.is_topic_message else ""


def _is_private(message: Message) -> bool:
    return message.chat.type == ChatType.PRIVATE


def _is_for_another(words: str, our_name: str) -> bool:
    command, _, name = words.partition(" ")[0].partition("@")
    return command.startswith("/") and bool(name) and name.lower() != our_name.lower()
