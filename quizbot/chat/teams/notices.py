"""Messages that are owed, sent to chats in Teams by the worker."""

from quizbot.chat import told
from quizbot.chat.teams import cards
from quizbot.chat.teams.calls import Connector, ConnectorTrouble
from quizbot.chat.teams.showing import shown
from quizbot.config import Settings
from quizbot.outbox.mail import Fate, Sent
from quizbot.outbox.notices import Note

NO_WAY = "Teams has not told yet where this chat takes messages"


class TeamsWire:
    """Sends one message and says what became of it; may be called from many threads at once."""

    def __init__(self, settings: Settings) -> None:
        self._connector = Connector(settings)

    def __call__(self, note: Note, key: str) -> Sent:  # noqa: ARG002  (Teams takes no key)
        if not note.way:  # it is told when they write there
            return Sent(Fate.GONE, NO_WAY)
        made = cards.activity(shown(told.noticed(note)))
        try:
            self._connector.send(note.way, note.address, made)
        except ConnectorTrouble as error:
            return error.sent
        return Sent(Fate.SENT)
