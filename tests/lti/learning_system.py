"""A learning system on loopback, strict where Moodle and the rules are, crooked where a test says.

Its messages are made, and ours are read, by a library that others wrote.
"""

import html
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from urllib.request import urlopen

from cryptography.hazmat.primitives.serialization import load_pem_private_key
from joserfc.jwk import RSAKey
from lti1p3platform.exceptions import LtiException
from lti1p3platform.ltiplatform import LTI1P3PlatformConfAbstract
from lti1p3platform.message_launch import LTIAdvantageMessageLaunchAbstract
from lti1p3platform.registration import Registration

CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
TOOL = "https://purl.imsglobal.org/spec/lti-tool-configuration"
SCORE_SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
LINE_ITEM_SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem"
ITEM_KIND = "application/vnd.ims.lis.v2.lineitem+json"
SCORE_KIND = "application/vnd.ims.lis.v1.score+json"
LEARNER = "http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"
TEACHER = "http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"
AUTO = "<script>document.forms[0].submit()</script>"


@cache
def private_key(number: int = 1) -> str:
    """A key to sign with, as PEM."""
    made = RSAKey.generate_key(2048, {"kid": str(number)}, auto_kid=False)
    return made.as_pem(private=True).decode()


@cache
def loaded_key(number: int) -> Any:
    """The same, read once: whoever reads a key proves it, which takes a tenth of a second."""
    return load_pem_private_key(private_key(number).encode(), password=None)


@cache
def public_key(number: int) -> dict[str, Any]:
    """The public half of it."""
    return Registration.get_jwk(private_key(number))


class Registered(Registration):  # type: ignore[misc]
    """The library's registration; the tool's keys are fetched where something of it is read."""

    def __init__(self, key: int, keys_of_tool: Callable[[], dict[str, Any]]) -> None:
        self.key, self.keys_of_tool = key, keys_of_tool

    def get_kid(self) -> str:
        return str(public_key(self.key)["kid"])

    def get_tool_key_set(self) -> Any:
        return self.keys_of_tool()


@dataclass(frozen=True)
class Asked:
    """A request as the library reads it."""

    get_data: dict[str, str]
    form_data: dict[str, str] = field(default_factory=dict)


class Configured(LTI1P3PlatformConfAbstract):  # type: ignore[misc]
    """The library's platform on one registration."""

    def init_platform_config(self, **given: Any) -> None:
        self._registration = given["registration"]

    def get_registration_by_params(self, **_: Any) -> Registration:
        return self._registration


class Launching(LTIAdvantageMessageLaunchAbstract):  # type: ignore[misc]
    """The library's launch, as what is posted."""

    def render_launch_form(self, launch_data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return launch_data


@dataclass
class LearningSystem:
    """Its one course with an activity, who is signed in there, and what it does wrong."""

    tool: str = "http://127.0.0.1:8000"
    tool_keys: Callable[[], dict[str, Any]] | None = None
    address: str = ""
    client_id: str = "the-knowledge-7"
    deployment: str = "3"
    user: str = "17"
    name: str = "Amina Rahman"
    email: str = "amina@northmoor.example"
    roles: list[str] = field(default_factory=lambda: [LEARNER])
    target: str = ""
    custom: dict[str, str] = field(default_factory=dict)
    is_choice: bool = False
    accepts: tuple[str, ...] = ("ltiResourceLink",)
    data: str = "course 2, section 4"
    is_graded: bool = True
    names_item: bool = True  # whether an activity has a line item before we make one
    may_make: bool = True
    may_score: bool = True
    looks_for: bool = True  # whether it finds line items by what they are of
    a_page: int = 50  # line items of an answer
    next_page: str = '<{}>; rel="next"'  # how it names the one that follows
    items: list[dict[str, Any]] = field(default_factory=list)  # that were made at its address
    item_status: list[int] = field(default_factory=list)  # of the next that are made, in turn
    loses_item: bool = False  # it makes the next, and its answer does not come
    more: dict[str, Any] = field(default_factory=dict)  # claims over what is right; None takes away
    signs: Callable[[dict[str, Any]], str] | None = None
    key: int = 1
    published: list[dict[str, Any]] | None = None
    issuer: str = ""
    described: dict[str, Any] = field(default_factory=dict)
    answered: dict[str, Any] = field(default_factory=dict)  # to a registration, over what is right
    registration_token: str = "a-token-for-one-registration"
    registered: dict[str, Any] | None = None
    score_status: list[int] = field(default_factory=list)  # of the next scores, in turn
    retry_after: str = ""
    token_status: int = 200
    ends_tokens: bool = False
    tokens: set[str] = field(default_factory=set)
    for_items: set[str] = field(default_factory=set)  # those that open line items, and no scores
    asked: list[str] = field(default_factory=list)
    scores: list[dict[str, Any]] = field(default_factory=list)
    chosen: list[dict[str, Any]] = field(default_factory=list)
    answers: list[dict[str, Any]] = field(default_factory=list)  # whole messages with a choice
    container: str = "iframe"

    @property
    def name_of_it(self) -> str:
        return self.issuer or self.address

    @property
    def configuration(self) -> str:
        return f"{self.address}/.well-known/openid-configuration"

    def registration(self) -> Registration:
        made = Registered(self.key, self.keys_of_tool)
        made.set_iss(self.name_of_it).set_client_id(self.client_id)
        made.set_deployment_id(self.deployment).set_platform_private_key(loaded_key(self.key))
        made.set_launch_url(self.target or f"{self.tool}/lti/launch")
        made.set_deeplink_launch_url(f"{self.tool}/lti/launch")
        made.set_platform_public_key(private_key(self.key))
        return made

    def configured(self) -> Configured:
        return Configured(registration=self.registration())

    def keys_of_tool(self) -> dict[str, Any]:
        if self.tool_keys is not None:
            return self.tool_keys()
        with urlopen(f"{self.tool}/lti/keys", timeout=60) as answer:
            return json.load(answer)

    def login(self) -> dict[str, str]:
        """What it sends a browser to us with, as Moodle does."""
        return {
            "iss": self.name_of_it,
            "target_link_uri": self.target or f"{self.tool}/lti/launch",
            "login_hint": self.user,
            "lti_message_hint": '{"cmid":2,"launchid":"ltilaunch2_1"}',
            "client_id": self.client_id,
            "lti_deployment_id": self.deployment,
        }

    def authorize(self, asked: dict[str, str]) -> dict[str, str]:
        """What it posts to us when a browser has come to its page of signing in."""
        assert asked["scope"] == "openid"
        assert asked["response_type"] == "id_token"
        assert asked["response_mode"] == "form_post"
        assert asked["prompt"] == "none"
        assert asked["client_id"] == self.client_id
        assert asked["redirect_uri"] == f"{self.tool}/lti/launch"
        assert asked["login_hint"] == self.user
        assert asked["lti_message_hint"] == self.login()["lti_message_hint"]
        assert len(asked["nonce"]) >= 20
        assert len(asked["state"]) >= 20
        launching = Launching(Asked(asked), self.configured())
        launching._registration = launching._platform_config.get_registration()
        launching.set_user_data(self.user, self.roles, self.name, self.email)
        launching.set_launch_presentation_claim("iframe", f"{self.address}/return")
        if self.is_choice:
            launching.set_dl(
                f"{self.address}/return", accept_types=set(self.accepts), extra_data=self.data
            )
        else:
            launching.set_resource_link_claim("44", title="Referrals")
            launching.set_custom_parameters_claim(self.custom)
            if self.is_graded:
                items = f"{self.address}/2/lineitems?type_id=1"
                one = f"{self.address}/2/lineitems/5/lineitem?type_id=1"
                launching.set_ags(
                    items,
                    one if self.names_item else None,
                    allow_creating_lineitems=self.may_make,
                    scores_service_enabled=self.may_score,
                )
        launching.set_extra_claims(self.more)
        made = launching.generate_launch_request()
        if self.signs is None and None not in self.more.values():
            return {"id_token": made["id_token"], "state": made["state"]}
        message, state = launching.get_launch_data()
        now = int(time.time())
        kept = {
            name: value
            for name, value in {"iat": now, "exp": now + 60, **message, **self.more}.items()
            if value is not None
        }
        if self.signs is not None:
            return {"id_token": self.signs(kept), "state": state}
        token = launching._registration.platform_encode_and_sign(kept)
        return {"id_token": token, "state": state}

    def description(self) -> dict[str, Any]:
        """As Moodle describes itself."""
        ends = {
            "token_endpoint": "token",
            "jwks_uri": "keys",
            "authorization_endpoint": "auth",
            "registration_endpoint": "register",
        }
        return {
            "issuer": self.name_of_it,
            **{name: f"{self.address}/{path}" for name, path in ends.items()},
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
            "token_endpoint_auth_signing_alg_values_supported": ["RS256"],
            "scopes_supported": [SCORE_SCOPE, "openid"],
            "response_types_supported": ["id_token"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "https://purl.imsglobal.org/spec/lti-platform-configuration": {
                "product_family_code": "moodle",
                "version": "5.1 (Build: 20251006)",
                "messages_supported": [
                    {"type": "LtiResourceLinkRequest"},
                    {"type": "LtiDeepLinkingRequest", "placements": ["ContentArea"]},
                ],
                "variables": [],
            },
            **self.described,
        }

    def register(self, authorization: str, tool: dict[str, Any]) -> tuple[int, Any]:
        """Take a tool, once, if it says all that Moodle asks for."""
        if authorization != f"Bearer {self.registration_token}" or self.registered is not None:
            return 401, {"error": "token_already_used"}
        config = tool[TOOL]
        domain = urlsplit(config["target_link_uri"]).netloc
        is_right = (
            "id_token" in tool["response_types"]
            and {"implicit", "client_credentials"} <= set(tool["grant_types"])
            and isinstance(tool["redirect_uris"], list)
            and tool["token_endpoint_auth_method"] == "private_key_jwt"
            and tool["application_type"] == "web"
            and config["domain"] == domain
            and all(tool[name] for name in ("initiate_login_uri", "jwks_uri", "client_name"))
            and all(one.startswith(f"{self.tool}/") for one in tool["redirect_uris"])
        )
        if not is_right:
            return 400, {"error": "invalid_client_metadata"}
        self.registered = tool
        deployed = {**config, "deployment_id": self.deployment}
        return 200, {**tool, "client_id": self.client_id, TOOL: deployed, **self.answered}

    def token(self, fields: dict[str, str]) -> tuple[int, Any]:
        """A token for its services, as the library gives it to who signs rightly."""
        if self.token_status != 200:
            return self.token_status, {"error": "invalid_client"}
        assert fields["client_assertion_type"].endswith("client-assertion-type:jwt-bearer")
        platform = self.configured()
        try:
            given = platform.get_access_token(fields)
        except LtiException:
            return 400, {"error": "invalid_client"}
        said = platform.tool_validate_and_decode(fields["client_assertion"])
        assert said["iss"] == said["sub"] == self.client_id
        assert said["aud"] == f"{self.address}/token"
        assert said["jti"]
        assert said["exp"] > said["iat"]
        assert given["scope"] in (SCORE_SCOPE, LINE_ITEM_SCOPE)
        word = f"{given['access_token']}.{secrets.token_hex(4)}"
        self.tokens.add(word)
        self.for_items |= {word} if given["scope"] == LINE_ITEM_SCOPE else set()
        return 200, {**given, "access_token": word}

    def score(self, path: str, headers: Any, body: bytes) -> int:
        """Take a score as Moodle does: of a learner, later than the last one."""
        if headers["Authorization"].removeprefix("Bearer ") not in self.tokens - self.for_items:
            return 401
        if self.ends_tokens:
            self.ends_tokens, self.tokens = False, set()
            return 401
        if self.score_status and (status := self.score_status.pop(0)) != 200:
            return status
        there = {one["id"] for one in self.items} if self.items else set()
        if self.names_item:
            there.add(f"{self.address}/2/lineitems/5/lineitem?type_id=1")
        if f"{self.address}{path}".replace("/scores?", "?") not in there:
            return 404
        assert headers["Content-Type"] == SCORE_KIND
        told = json.loads(body)
        needed = {"userId", "timestamp", "activityProgress", "gradingProgress"}
        assert needed <= set(told)
        assert told["activityProgress"] in ("Initialized", "Started", "Completed")
        assert told["gradingProgress"] in ("FullyGraded", "NotReady")
        if "scoreGiven" in told:
            assert 0 <= told["scoreGiven"] <= told["scoreMaximum"]
        if any(one["timestamp"] >= told["timestamp"] for one in self.scores):
            return 409
        self.scores.append(told)
        return 200

    def items_told(self, path: str, headers: Any) -> tuple[int, Any, str]:
        """Its line items, those that are asked for if it looks for them, a page at a time."""
        if headers["Authorization"].removeprefix("Bearer ") not in self.for_items:
            return 401, {}, ""
        assert headers["Accept"] == "application/vnd.ims.lis.v2.lineitemcontainer+json"
        asked = dict(parse_qsl(urlsplit(path).query))
        assert asked["type_id"] == "1"
        found = [
            one
            for one in self.items
            if not self.looks_for
            or (one["resourceLinkId"], one["resourceId"])
            == (asked["resource_link_id"], asked["resource_id"])
        ]
        at = int(asked.get("page", 0)) * self.a_page
        following = urlencode({**asked, "page": int(asked.get("page", 0)) + 1})
        link = self.next_page.format(f"{self.address}/2/lineitems?{following}")
        return 200, found[at : at + self.a_page], link if at + self.a_page < len(found) else ""

    def make_item(self, headers: Any, body: bytes) -> tuple[int, Any]:
        """Make a line item, for who may; a second one of the same, too, as learning systems do."""
        if headers["Authorization"].removeprefix("Bearer ") not in self.for_items:
            return 401, {}
        if self.item_status and (status := self.item_status.pop(0)) != 201:
            return status, {}
        assert headers["Content-Type"] == ITEM_KIND
        asked = json.loads(body)
        assert set(asked) == {"label", "scoreMaximum", "resourceLinkId", "resourceId", "tag"}
        assert asked["resourceLinkId"] == "44"
        number = len(self.items) + 50
        made = {**asked, "id": f"{self.address}/2/lineitems/{number}/lineitem?type_id=1"}
        self.items.append(made)
        if self.loses_item:
            self.loses_item = False
            return 503, {}
        return 201, made

    def take_back(self, fields: dict[str, str]) -> str:
        """Take what somebody chose; the library checks whether it is ours."""
        platform = self.configured()
        self.chosen = platform.validate_deeplinking_resp(fields)
        message = platform.tool_validate_and_decode(fields["JWT"])
        assert message["iss"] == self.client_id
        assert message["aud"] == self.name_of_it
        assert message[f"{CLAIM}deployment_id"] == self.deployment
        assert message[f"{CLAIM}version"] == "1.3.0"
        assert message["nonce"]
        self.answers.append(message)
        return f"<h1>{len(self.chosen)} added</h1>"

    def page(self, path: str) -> str:
        """Its pages, as a browser gets them."""
        if path == "/course":
            if self.container == "window":
                return '<h1>Course</h1><a href="/start" target="_blank">Referrals</a>'
            return '<h1>Course</h1><iframe src="/start" title="Referrals" width="900" height="700">'
        if path == "/start":
            return posted(f"{self.tool}/lti/login", self.login())
        return "<h1>Nothing</h1>"


def posted(address: str, fields: dict[str, str]) -> str:
    """A page that posts these at once."""
    inputs = "".join(
        f'<input type="hidden" name="{name}" value="{html.escape(value)}">'
        for name, value in fields.items()
    )
    return f'<form method="post" action="{html.escape(address)}">{inputs}</form>{AUTO}'


@contextmanager
def running(host: str = "127.0.0.1", **given: Any) -> Iterator[LearningSystem]:
    """A learning system that answers on a port of its own."""
    system = LearningSystem(**given)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            system.asked.append(self.path)
            parts = urlsplit(self.path)
            if parts.path == "/.well-known/openid-configuration":
                self.say(200, system.description())
            elif parts.path == "/keys":
                found = system.published
                self.say(200, {"keys": found} if found is not None else keys(system.key))
            elif parts.path == "/auth":
                asked = dict(parse_qsl(parts.query))
                self.show(posted(asked["redirect_uri"], system.authorize(asked)))
            elif parts.path == "/admin":
                query = urlencode(
                    {
                        "openid_configuration": system.configuration,
                        "registration_token": system.registration_token,
                    }
                )
                link = dict(parse_qsl(parts.query))["link"]
                self.show(
                    f'<h1>Tools</h1><iframe src="{html.escape(f"{link}?{query}")}" title="Tool">'
                    "</iframe><p id='told'></p><script>addEventListener('message', e => {"
                    "document.getElementById('told').textContent = e.data.subject})</script>"
                )
            elif parts.path == "/2/lineitems":
                status, found, link = system.items_told(self.path, self.headers)
                self.say(status, found, **({"Link": link} if link else {}))
            else:
                self.show(system.page(parts.path))

        def do_POST(self) -> None:
            system.asked.append(self.path)
            body = self.rfile.read(int(self.headers["Content-Length"]))
            path = urlsplit(self.path).path
            if path == "/token":
                self.say(*system.token(dict(parse_qsl(body.decode()))))
            elif path == "/register":
                authorization = self.headers.get("Authorization", "")
                self.say(*system.register(authorization, json.loads(body)))
            elif path == "/return":
                self.show(system.take_back(dict(parse_qsl(body.decode()))))
            elif path == "/2/lineitems":
                self.say(*system.make_item(self.headers, body))
            else:
                self.say(system.score(self.path, self.headers, body), {})

        def say(self, status: int, content: Any, **headers: str) -> None:
            self.send("application/json", json.dumps(content).encode(), status, **headers)

        def show(self, content: str) -> None:
            page = f'<!doctype html><html lang="en"><title>Course</title>{content}</html>'
            self.send("text/html; charset=utf-8", page.encode(), 200)

        def send(self, kind: str, body: bytes, status: int, **headers: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            if system.retry_after:
                self.send_header("Retry-After", system.retry_after)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    system.address = f"http://{host}:{server.server_address[1]}"
    try:
        yield system
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def keys(number: int) -> dict[str, Any]:
    """The public half of a key of it, as it publishes it."""
    return {"keys": [dict(public_key(number))]}
