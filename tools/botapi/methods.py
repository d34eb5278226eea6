"""What each method of the Bot API does, and what it refuses in which words."""

import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

from tools.botapi.world import QUERY_LASTS, Chat, Json, Refusal, World, utf16

Given = dict[str, Any]
Method = Callable[[World, Given], Any]

LONGEST_TEXT, LONGEST_CAPTION, LONGEST_DATA = 4096, 1024, 64
LONGEST_ASK, LONGEST_OPTION, LONGEST_EXPLANATION, MOST_OPTIONS = 300, 100, 200, 10
SAME = (
    "message is not modified: specified new message content and reply markup are exactly the same"
    " as a current content and reply markup of the message"
)
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
ACTIONS = ("typing", "upload_photo", "upload_document", "choose_sticker", "find_location")
SCOPES = {
    "default": (),
    "all_private_chats": (),
    "all_group_chats": (),
    "all_chat_administrators": (),
    "chat": ("chat_id",),
    "chat_administrators": ("chat_id",),
    "chat_member": ("chat_id", "user_id"),
}

TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "s": "strikethrough",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "a": "text_link",
}


# ---- who and where -----------------------------------------------------------------------------


def get_me(world: World, _given: Given) -> Json:
    """Who the bot is."""
    return world.bot


def _open_chat(world: World, given: Given) -> Chat:
    """The chat that is meant, where the bot may write now."""
    chat = world.chats.get(_number(given, "chat_id"))
    if chat is None:
        raise Refusal(400, "chat not found")
    if chat.moved_to:
        words = "group chat was upgraded to a supergroup chat"
        raise Refusal(400, words, migrate_to_chat_id=chat.moved_to)
    if chat.shut:
        raise Refusal(403, chat.shut)
    if not chat.is_open:
        raise Refusal(403, "bot can't initiate conversation with a user")
    return chat


def _to_send(world: World, given: Given, kind: str = "text messages") -> Chat:
    chat = _open_chat(world, given)
    if kind in chat.withheld:
        raise Refusal(400, f"not enough rights to send {kind} to the chat")
    topic = _topic(given)
    if topic and topic not in chat.topics:
        raise Refusal(400, "message thread not found")
    if chat.topics.get(topic) == "closed":
        raise Refusal(400, "TOPIC_CLOSED")
    if world.limits is not None:
        world.limits.must_allow(chat.id, world.now())
    return chat


def _topic(given: Given) -> int:
    return _number(given, "message_thread_id") if "message_thread_id" in given else 0


def _number(given: Given, name: str) -> int:
    try:
        return int(given[name])
    except KeyError:
        raise Refusal(400, f"{name} is empty") from None
    except ValueError:
        raise Refusal(400, "chat not found") from None


def _listed(given: Given, name: str) -> list[Any]:
    """A field that comes as JSON text in a form, and as itself in JSON."""
    found = given.get(name, "[]")
    try:
        parsed = json.loads(found) if isinstance(found, str) else found
    except ValueError:
        raise Refusal(400, f"can't parse {name} JSON object") from None
    if not isinstance(parsed, list):
        raise Refusal(400, f"can't parse {name}: expected an Array")
    return parsed


def _object(given: Given, name: str) -> Json:
    found = given.get(name, "{}")
    try:
        parsed = json.loads(found) if isinstance(found, str) else found
    except ValueError:
        raise Refusal(400, f"can't parse {name} JSON object") from None
    if not isinstance(parsed, dict):
        raise Refusal(400, f"object expected as {name}")
    return parsed


def _is_on(given: Given, name: str, *, otherwise: bool = False) -> bool:
    return str(given.get(name, otherwise)).lower() in ("true", "1")


# ---- messages ----------------------------------------------------------------------------------


def send_message(world: World, given: Given) -> Json:
    """A message of words."""
    text, entities = _marked(given, "text", "entities")
    _must_fit(text, LONGEST_TEXT, "message text is empty", "message is too long")
    markup = _markup(given)
    chat = _to_send(world, given)
    return world.new_message(chat, world.bot, _topic(given), text=text, **entities, **markup)


def edit_message_text(world: World, given: Given) -> Json:
    """Other words and buttons for a message of the bot's."""
    text, entities = _marked(given, "text", "entities")
    _must_fit(text, LONGEST_TEXT, "message text is empty", "MESSAGE_TOO_LONG")
    message = _to_edit(world, given)
    if "text" not in message:
        raise Refusal(400, "there is no text in the message to edit")
    return _changed(world, message, text=text, **entities, **_markup(given))


def edit_message_reply_markup(world: World, given: Given) -> Json:
    """Other buttons for a message of the bot's."""
    message = _to_edit(world, given)
    kept = {key: message[key] for key in ("text", "entities") if key in message}
    return _changed(world, message, **kept, **_markup(given))


def _to_edit(world: World, given: Given) -> Json:
    chat = _open_chat(world, given)
    message = chat.messages.get(_number(given, "message_id"))
    if message is None:
        raise Refusal(400, "message to edit not found")
    if not message["from"]["is_bot"]:
        raise Refusal(400, "message can't be edited")
    return message


def _changed(world: World, message: Json, **content: Any) -> Json:
    names = ("text", "entities", "reply_markup")
    if {name: message[name] for name in names if name in message} == content:
        raise Refusal(400, SAME)
    for name in names:
        message.pop(name, None)
    message |= {**content, "edit_date": int(world.now())}
    world.changed.notify_all()
    return message


def delete_message(world: World, given: Given) -> bool:
    """Take a message away."""
    chat = _open_chat(world, given)
    message = chat.messages.get(_number(given, "message_id"))
    if message is None:
        raise Refusal(400, "message to delete not found")
    if world.now() - message["date"] > 48 * 3600:
        raise Refusal(400, "message can't be deleted for everyone")
    del chat.messages[message["message_id"]]
    return True


def send_document(world: World, given: Given) -> Json:
    """A file; kept, so that it can be fetched again."""
    return _with_file(world, given, "document")


def send_photo(world: World, given: Given) -> Json:
    """A picture."""
    return _with_file(world, given, "photo")


def _with_file(world: World, given: Given, kind: str) -> Json:
    caption, entities = _marked(given, "caption", "caption_entities")
    if utf16(caption) > LONGEST_CAPTION:
        raise Refusal(400, "message caption is too long")
    content = given.get(kind)
    if isinstance(content, str) and content.startswith("attach://"):
        content = given.get(content.removeprefix("attach://"))
    if not isinstance(content, tuple):
        raise Refusal(400, f"there is no {kind} in the request")
    name, body = content
    chat = _to_send(world, given)
    file_id = f"file{world.unique()}"
    world.files[file_id] = body
    file: Json = {"file_id": file_id, "file_unique_id": file_id, "file_size": len(body)}
    shown: Any = {**file, "file_name": name}
    if kind == "photo":
        shown = [{**file, "width": 90, "height": 90}]
    words = {"caption": caption} if caption else {}
    marked = {"caption_entities": found} if (found := entities.get("entities")) else {}
    content = {kind: shown, **words, **marked, **_markup(given)}
    return world.new_message(chat, world.bot, _topic(given), **content)


def get_file(world: World, given: Given) -> Json:
    """Where a file can be fetched."""
    file_id = str(given.get("file_id", ""))
    if file_id not in world.files:
        raise Refusal(400, "invalid file_id")
    size = len(world.files[file_id])
    path = f"documents/{file_id}"
    return {"file_id": file_id, "file_unique_id": file_id, "file_size": size, "file_path": path}


def send_chat_action(world: World, given: Given) -> bool:
    """The line that says what the bot is doing."""
    _open_chat(world, given)
    if given.get("action") not in ACTIONS:
        raise Refusal(400, "wrong parameter action in request")
    return True


def _must_fit(text: str, most: int, empty: str, too_long: str) -> None:
    if not text.strip():
        raise Refusal(400, empty)
    if utf16(text) > most:
        raise Refusal(400, too_long)


def _markup(given: Given) -> Json:
    """Buttons, as the server stores them."""
    if not given.get("reply_markup"):
        return {}
    markup = _object(given, "reply_markup")
    if "inline_keyboard" not in markup:
        return {}  # keyboards of other kinds leave nothing at the message
    rows = markup["inline_keyboard"]
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise Refusal(400, 'field "inline_keyboard" must be an Array of Arrays')
    if sum(map(len, rows)) > 100:
        raise Refusal(400, "REPLY_MARKUP_TOO_LONG")
    for row in rows:
        for button in row:
            _must_be_button(button)
    rows = [row for row in rows if row]
    return {"reply_markup": {"inline_keyboard": rows}} if rows else {}


def _must_be_button(button: Json) -> None:
    if not str(button.get("text", "")).strip():
        raise Refusal(400, "inline keyboard button text must be non-empty")
    kinds = set(button) - {"text", "style", "icon_custom_emoji_id"}
    if len(kinds) != 1:
        raise Refusal(400, "can't parse inline keyboard button: Text buttons are unallowed")
    if "callback_data" in button:
        size = len(str(button["callback_data"]).encode())
        if not 1 <= size <= LONGEST_DATA:
            raise Refusal(400, "BUTTON_DATA_INVALID")
    if "url" in button:
        url = urlsplit(str(button["url"]))
        if url.scheme not in ("http", "https", "tg") or "." not in (url.hostname or "."):
            raise Refusal(400, "BUTTON_URL_INVALID")
        if re.fullmatch(r"127\.\d+\.\d+\.\d+", url.hostname or ""):
            words = f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL"
            raise Refusal(400, words)


# ---- marks in a text ---------------------------------------------------------------------------


class _Marked(HTMLParser):
    """Telegram's own HTML: few tags, all closed, anything else refused."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.found: list[Json] = []
        self.unclosed: list[tuple[str, Json]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            at = self.getpos()[1]
            raise _unparsed(f'Unsupported start tag "{tag}" at byte offset {at}')
        mark: Json = {"type": TAGS[tag], "offset": utf16(self.text)}
        if tag == "a":
            mark["url"] = dict(attrs).get("href", "")
        self.unclosed.append((tag, mark))

    def handle_endtag(self, tag: str) -> None:
        if not self.unclosed or self.unclosed[-1][0] != tag:
            raise _unparsed(
                f'Unmatched end tag at byte offset {self.getpos()[1]}, found "</{tag}>"'
            )
        mark = self.unclosed.pop()[1]
        mark["length"] = utf16(self.text) - mark["offset"]
        if mark["length"]:
            self.found.append(mark)

    def handle_data(self, data: str) -> None:
        self.text += data


def _unparsed(words: str) -> Refusal:
    return Refusal(400, f"can't parse entities: {words}")


def _marked(given: Given, name: str, entities: str) -> tuple[str, Json]:
    """The words as they will be shown, and the marks in them."""
    text = str(given.get(name, ""))
    mode = str(given.get("parse_mode", ""))
    if not mode:
        marks = _listed(given, entities)
        return text, {"entities": marks} if marks else {}
    if mode.lower() != "html":
        raise Refusal(400, f"unsupported parse_mode: {mode} (this emulator knows HTML alone)")
    parser = _Marked()
    parser.feed(text)
    parser.close()
    if parser.unclosed:
        tag = parser.unclosed[-1][0]
        raise _unparsed(f"Can't find end tag corresponding to start tag {tag}")
    return parser.text, {"entities": parser.found} if parser.found else {}


# ---- taps --------------------------------------------------------------------------------------


def answer_callback_query(world: World, given: Given) -> bool:
    """What a tap says at once; once, and not long after."""
    query = world.queries.get(str(given.get("callback_query_id")))
    if query is None or query["words"] is not None or world.now() - query["at"] > QUERY_LASTS:
        raise Refusal(400, TOO_OLD)
    words = str(given.get("text", ""))
    if len(words) > 200:
        raise Refusal(400, "MESSAGE_TOO_LONG")
    query["words"] = words
    world.changed.notify_all()
    return True


# ---- polls -------------------------------------------------------------------------------------


def send_poll(world: World, given: Given) -> Json:
    """A poll, with the limits of an ordinary one or of a quiz."""
    question = str(given.get("question", ""))
    if not question.strip():
        raise Refusal(400, "poll question can't be empty")
    if utf16(question) > LONGEST_ASK:
        raise Refusal(400, f"poll question length must not exceed {LONGEST_ASK}")
    options = [_option(at, found) for at, found in enumerate(_listed(given, "options"))]
    if len(options) < 2:
        raise Refusal(400, "poll must have at least 2 options")
    if len(options) > MOST_OPTIONS:
        raise Refusal(400, f"poll can't have more than {MOST_OPTIONS} options")
    kind = given.get("type", "regular")
    right = _right(given, options) if kind == "quiz" else {}
    is_anonymous = _is_on(given, "is_anonymous", otherwise=True)
    if _is_on(given, "allow_adding_options") and (is_anonymous or kind == "quiz"):
        raise Refusal(400, "options can't be added to anonymous polls and quizzes")
    chat = _to_send(world, given, "polls")
    if _is_on(given, "members_only") and chat.kind != "channel":
        raise Refusal(400, "members_only is for channel chats only")
    poll: Json = {
        "id": str(99000 + world.unique()),
        "question": question,
        "options": options,
        "total_voter_count": 0,
        "is_closed": False,
        "is_anonymous": is_anonymous,
        "type": kind,
        "allows_multiple_answers": _is_on(given, "allows_multiple_answers"),
        "allows_revoting": _is_on(given, "allows_revoting", otherwise=kind != "quiz"),
        "members_only": _is_on(given, "members_only"),
        **right,
    }
    if world.is_older:
        _made_older(poll)
    message = world.new_message(chat, world.bot, _topic(given), poll=poll, **_markup(given))
    world.polls[poll["id"]] = (chat.id, message["message_id"], poll)
    return message


def _made_older(poll: Json) -> None:
    """As servers sent it before Bot API 9.6."""
    for name in ("allows_revoting", "members_only"):
        del poll[name]
    for option in poll["options"]:
        del option["persistent_id"]
    if right := poll.pop("correct_option_ids", None):
        poll["correct_option_id"] = right[0]


def _option(at: int, found: str | Json) -> Json:
    text = found if isinstance(found, str) else str(found.get("text", ""))
    if not text.strip():
        raise Refusal(400, "poll options must be non-empty")
    if utf16(text) > LONGEST_OPTION:
        raise Refusal(400, f"poll options length must not exceed {LONGEST_OPTION}")
    # Opaque, and not the option's place: a bot that takes one for the other is found out.
    return {"persistent_id": f"option-{at + 70}", "text": text, "voter_count": 0}


def _right(given: Given, options: list[Json]) -> Json:
    chosen = _listed(given, "correct_option_ids")
    if not chosen or not all(0 <= int(at) < len(options) for at in chosen):
        raise Refusal(400, "wrong correct option ID specified")
    explanation = str(given.get("explanation", ""))
    if utf16(explanation) > LONGEST_EXPLANATION or explanation.count("\n") > 2:
        raise Refusal(400, "message is too long")
    return {"correct_option_ids": chosen, **({"explanation": explanation} if explanation else {})}


def stop_poll(world: World, given: Given) -> Json:
    """Close a poll; its votes."""
    chat = _open_chat(world, given)
    message = chat.messages.get(_number(given, "message_id"))
    if message is None or "poll" not in message:
        raise Refusal(400, "message with poll to stop not found")
    poll: Json = message["poll"]
    if poll["is_closed"]:
        raise Refusal(400, "poll has already been closed")
    poll["is_closed"] = True
    world.changed.notify_all()
    return poll


# ---- what the bot says of itself ---------------------------------------------------------------


def set_my_commands(world: World, given: Given) -> bool:
    """The menu, for a scope and a language."""
    commands = _listed(given, "commands")
    if len(commands) > 100:
        raise Refusal(400, "BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not re.fullmatch(r"[a-z0-9_]{1,32}", str(command.get("command", ""))):
            raise Refusal(400, "BOT_COMMAND_INVALID")
        if not 1 <= utf16(str(command.get("description", ""))) <= 256:
            raise Refusal(400, "BOT_COMMAND_DESCRIPTION_INVALID")
    world.commands[_scope(given)] = commands
    return True


def get_my_commands(world: World, given: Given) -> list[Json]:
    """The menu of a scope and a language."""
    return world.commands.get(_scope(given), [])


def delete_my_commands(world: World, given: Given) -> bool:
    """No menu of its own for a scope and a language."""
    world.commands.pop(_scope(given), None)
    return True


def _scope(given: Given) -> tuple[str, str]:
    scope = _object(given, "scope") or {"type": "default"}
    needed = SCOPES.get(str(scope.get("type")))
    if needed is None or any(name not in scope for name in needed):
        raise Refusal(400, "can't parse BotCommandScope")
    return json.dumps(scope, sort_keys=True), str(given.get("language_code", ""))


def _setter(name: str, most: int) -> Method:
    def put(world: World, given: Given) -> bool:
        words = str(given.get(name, ""))
        if utf16(words) > most:
            raise Refusal(400, f"{name} is too long")
        world.words[name, str(given.get("language_code", ""))] = words
        return True

    return put


def _getter(name: str) -> Method:
    def get(world: World, given: Given) -> Json:
        return {name: world.words.get((name, str(given.get("language_code", ""))), "")}

    return get


# ---- updates -----------------------------------------------------------------------------------


def get_updates(world: World, given: Given) -> list[Json]:
    """What is new since `offset`, waited for as long as `timeout` says; one may wait at a time."""
    if world.webhook:
        words = "can't use getUpdates method while webhook is active; use deleteWebhook to delete"
        raise Refusal(409, f"{words} the webhook first")
    if "allowed_updates" in given:
        world.allowed = _listed(given, "allowed_updates")
    limit = int(given.get("limit", 100))
    if not 1 <= limit <= 100:
        raise Refusal(400, "limit must be between 1 and 100")
    offset = int(given.get("offset", 0))
    _confirm(world, offset)
    world.poller += 1
    mine = world.poller
    world.changed.notify_all()
    world.changed.wait_for(
        lambda: world.pending or world.poller != mine or world.webhook,
        timeout=min(int(given.get("timeout", 0)), 50),
    )
    if world.poller != mine or world.webhook:
        words = "terminated by other getUpdates request; make sure that only one bot instance"
        raise Refusal(409, f"{words} is running")
    found = [world.pending[at] for at in sorted(world.pending)][:limit]
    return found[::-1] if world.is_reversed else found


def _confirm(world: World, offset: int) -> None:
    ids = sorted(world.pending)
    kept = ids[offset:] if offset < 0 else [at for at in ids if at >= offset]
    world.pending = {at: world.pending[at] for at in kept}
    world.changed.notify_all()


def set_webhook(world: World, given: Given) -> bool:
    """Have updates posted to an address, with a secret in a header."""
    url = str(given.get("url", ""))
    if not url:
        return delete_webhook(world, given)
    parts = urlsplit(url)
    is_here = parts.hostname == "127.0.0.1"  # tests have no certificate on loopback
    if parts.scheme != "https" and not is_here:
        raise Refusal(400, "bad webhook: An HTTPS URL must be provided for webhook")
    secret = str(given.get("secret_token", ""))
    if secret and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret):
        raise Refusal(400, "secret token contains unallowed characters")
    most = int(given.get("max_connections", 40))
    if not 1 <= most <= 100:
        raise Refusal(400, "max_connections must be between 1 and 100")
    if "allowed_updates" in given:
        world.allowed = _listed(given, "allowed_updates")
    if _is_on(given, "drop_pending_updates"):
        world.pending = {}
    world.webhook = {"url": url, "secret": secret, "max_connections": most}
    world.changed.notify_all()
    return True


def delete_webhook(world: World, given: Given) -> bool:
    """Have no updates posted any more."""
    if _is_on(given, "drop_pending_updates"):
        world.pending = {}
    world.webhook = {}
    world.changed.notify_all()
    return True


def get_webhook_info(world: World, _given: Given) -> Json:
    """Where updates are posted, how many wait, and what went wrong last."""
    hook = world.webhook
    return {
        "url": hook.get("url", ""),
        "has_custom_certificate": False,
        "pending_update_count": len(world.pending),
        **{key: hook[key] for key in ("last_error_date", "last_error_message") if key in hook},
        **({"max_connections": hook["max_connections"]} if hook else {}),
        **({"allowed_updates": world.allowed} if world.allowed else {}),
    }


METHODS: dict[str, Method] = {
    "getme": get_me,
    "getupdates": get_updates,
    "setwebhook": set_webhook,
    "deletewebhook": delete_webhook,
    "getwebhookinfo": get_webhook_info,
    "sendmessage": send_message,
    "editmessagetext": edit_message_text,
    "editmessagereplymarkup": edit_message_reply_markup,
    "deletemessage": delete_message,
    "answercallbackquery": answer_callback_query,
    "sendpoll": send_poll,
    "stoppoll": stop_poll,
    "senddocument": send_document,
    "sendphoto": send_photo,
    "sendchataction": send_chat_action,
    "getfile": get_file,
    "setmycommands": set_my_commands,
    "getmycommands": get_my_commands,
    "deletemycommands": delete_my_commands,
    "setmydescription": _setter("description", 512),
    "getmydescription": _getter("description"),
    "setmyshortdescription": _setter("short_description", 120),
    "getmyshortdescription": _getter("short_description"),
}
