"""A strict Bot Connector on loopback: Teams as an app sees it, with people who tap on its cards.

It signs what it posts, takes nothing without a token that it gave out, refuses cards that Teams
would refuse or show wrongly, and does what the real one does where something fails, by script.
"""

from tools.connector.cards import CardRefused
from tools.connector.wire import APP, OLD_SECRET, SECRET, TENANT, BotConnector
from tools.connector.world import Person, Room

__all__ = ["APP", "OLD_SECRET", "SECRET", "TENANT", "BotConnector", "CardRefused", "Person", "Room"]
