"""The real pages with the door for Teams, and the emulated Connector that posts to it."""

import json

from quizbot.service import open_service
from tests.chat.telegrams import Taking
from tests.conftest import settings_for
from tools.connector import BotConnector
from web import create_app


def teams_service(url, folder, clock, connector, **given):
    """A service whose app in Teams speaks with the emulator."""
    return open_service(settings_for(url, folder, **{**connector.settings, **given}), clock)


def post_to(app, connector: BotConnector):
    """How the Connector posts to these pages."""
    client = app.test_client()

    def post(activity):
        sent = client.post(
            "/teams/messages",
            data=json.dumps(activity),
            content_type="application/json",
            headers={"Authorization": f"Bearer {connector.token()}"},
        )
        return sent.status_code, sent.data

    return post


def open_teams(service, connector: BotConnector):
    """Pages with the door for Teams, known to the Connector."""
    app = create_app(service)
    connector.world.post = post_to(app, connector)
    return app


class TakingInTeams(Taking):
    """Somebody who takes what they began, in Teams; right answers are looked up."""

    def fields(self, turn):
        """What to choose, field by field, to have it right."""
        letters = list(turn.question.shown(turn.question.key, turn.order))
        return [[one] for one in letters] if turn.question.menus else [letters]

    def reply(self, turn, within=20.0):  # noqa: ARG002  (what is posted is answered at once)
        """Answer the question that is on the screen."""
        assert self.person.taps("That’s my answer", self.fields(turn)) == 200
