"""Telegram's Bot API on loopback: real HTTP, strict where the real one is strict, faults by script.

`BotApi` is the server; `person` and `group` are the users' side of it. Nothing here knows our bot:
it is driven by the real library, unmodified, through `base_url` and `base_file_url`.
"""

from tools.botapi.wire import BotApi, Fault
from tools.botapi.world import Group, Limits, Person, World

__all__ = ["BotApi", "Fault", "Group", "Limits", "Person", "World"]
