"""The Teams adapter: the Bot Connector's protocol, plainly: activities in, Adaptive Cards out.

The protocol is four addresses and a few JSON objects, and all that may be asked goes through
`quizbot/outgoing.py`; Microsoft's libraries bring a web server, a second set of models and a
client of their own for it, and answer 500 to activities that they do not know.
"""

from quizbot.chat.teams.door import TeamsDoor, TeamsReply

__all__ = ["TeamsDoor", "TeamsReply"]
