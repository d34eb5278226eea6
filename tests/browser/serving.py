"""Pages of a service in this process, for browsers: on loopback, until the test is over."""

import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from flask import Flask
from playwright.sync_api import Browser, BrowserContext
from werkzeug.serving import BaseWSGIServer, make_server

from quizbot.service import Service
from tests.pages.conftest import Visitor
from web import create_app

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ON_A_PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True}


def bounded(app: "WSGIApplication") -> "WSGIApplication":
    """The body of a request ends where its head says: with gunicorn it does, here it would not."""

    def call(environ: "WSGIEnvironment", start: "StartResponse") -> object:
        length = int(environ.get("CONTENT_LENGTH") or 0)
        environ["wsgi.input"] = io.BytesIO(environ["wsgi.input"].read(length))
        return app(environ, start)

    return call  # type: ignore[return-value]


@contextmanager
def listening() -> Iterator[BaseWSGIServer]:
    """A server that has an address already, and no pages yet."""
    server = make_server("127.0.0.1", 0, lambda *_: [], threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()


def address_of(server: BaseWSGIServer) -> str:
    """Where its pages are."""
    return f"http://127.0.0.1:{server.port}"


def open_to_browsers(server: BaseWSGIServer, service: Service) -> Flask:
    """Put the pages of a service behind the server's address."""
    app = create_app(service)
    server.app = bounded(app)
    return app


def signed_in(
    browser: Browser, address: str, app: Flask, service: Service, email: str, **more: Any
) -> BrowserContext:
    """A browser in which somebody is signed in: on a phone, or as is said."""
    context = browser.new_context(locale="en-GB", **(more or ON_A_PHONE))
    visitor = Visitor(app, service).sign_in(email)
    context.add_cookies(
        [
            {"name": cookie.key, "value": cookie.value, "url": address}
            for cookie in visitor.client._cookies.values()
        ]
    )
    return context
