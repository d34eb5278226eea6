"""A call of a service that is killed amid it is no call to the platforms that tests talk to."""

import socket
from urllib.parse import urlsplit

from tools.botapi import BotApi
from tools.connector import BotConnector

HEAD = "POST {path} HTTP/1.1\r\nHost: platform\r\nContent-Type: application/json\r\n"


def answer_to_a_part(url, path):
    """What comes of a request of which the second half is never sent."""
    at = urlsplit(url)
    with socket.create_connection((at.hostname, at.port), 60) as line:
        line.sendall(f"{HEAD.format(path=path)}Content-Length: 40\r\n\r\n{{".encode())
        line.shutdown(socket.SHUT_WR)
        return line.recv(1000)


def test_of_a_message_to_teams():
    with BotConnector() as connector:
        assert answer_to_a_part(connector.url, "/uk/v3/conversations/1/activities") == b""

        assert (connector.refused, connector.calls) == ([], [])


def test_of_a_message_to_telegram():
    with BotApi() as api:
        assert answer_to_a_part(api.base_url, f"/bot{api.token}/sendMessage") == b""

        assert api.calls == []
