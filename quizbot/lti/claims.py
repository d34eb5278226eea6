"""What a learning system says when somebody comes from it: LTI 1.3's claims, read strictly; pure.

A message that is not as the rules have it is refused with the reason, for whoever looks after it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, parse_qs, urlencode, urlsplit

from quizbot.errors import Refused
from quizbot.hosts import origin, plain_host
from quizbot.rules.pick import Mode
from quizbot.signin.published import as_text
from quizbot.words import is_showable

CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
DEEP = "https://purl.imsglobal.org/spec/lti-dl/claim/"
GRADES = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
LINE_ITEM_SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem"
SCORE_SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
VERSION = "1.3.0"
RESOURCE_LINK, DEEP_LINKING = "LtiResourceLinkRequest", "LtiDeepLinkingRequest"
RESOURCE = "ltiResourceLink"  # the one type of content that we give
PRACTICE, ASSURED = Mode.PRACTICE.value, Mode.ASSURED.value
MODES = (ASSURED, PRACTICE)
LAUNCH = "/lti/launch"  # below it, in an address that a system keeps: the module and the mode
_OF_LINK = re.compile(rf"{LAUNCH}/([^/]+)/([^/]+)")
LEARNERS = ("Learner", "http://purl.imsglobal.org/vocab/lis/v2/membership#Learner")
LEARNERS_OF_A_KIND = "http://purl.imsglobal.org/vocab/lis/v2/membership/Learner#"
LONGEST_ID = 255
LONGEST_ADDRESS = 1000
AGAIN = "Go back to your learning system and open the activity once more."


class BadLaunch(Refused):
    """What came is not what a learning system says to us; `fault` is for the operator."""

    def __init__(self, fault: str, words: str = "") -> None:
        super().__init__(
            words
            or f"What your learning system sent was not as it must be. {AGAIN} If it happens"
            " again, tell your safeguarding lead."
        )
        self.fault = fault


@dataclass(frozen=True)
class WantedItem:
    """A line item that a course does not have yet, and that we may make for its activity.

    It is kept as the address at which it is made, with what it is of behind a #.
    """

    items: str
    resource_link: str
    module: str

    def __str__(self) -> str:
        of = {"resource_link_id": self.resource_link, "resource_id": self.module}
        return f"{self.items}#{urlencode(of)}"

    @classmethod
    def read(cls, line_item: str) -> "WantedItem | None":
        """The same again; None for a line item that is there."""
        items, _, of = line_item.partition("#")
        named = parse_qs(of)
        try:
            return cls(items, named["resource_link_id"][0], named["resource_id"][0])
        except LookupError:
            return None


@dataclass(frozen=True)
class Grading:
    """Where an activity wants a result, and why nothing can be sent where it cannot."""

    line_item: str = ""
    wanted: str = ""  # a line item that was wanted before there was one
    missing: str = ""


@dataclass(frozen=True, kw_only=True)
class LtiMessage:
    """A launch as it is kept until it is used: no more of it than is needed further on."""

    kind: str
    deployment: str
    subject: str  # nothing where somebody comes without a name of any kind
    calls_itself: str
    address: str
    module: str
    mode: str
    line_item: str  # where a result is wanted, of somebody who learns
    wanted: str = ""  # the same as it may have been noted before the course had one
    no_scores: str = ""  # why none can be sent of somebody who learns
    framers: tuple[str, ...]  # the origins that may show us in a frame
    return_url: str = ""  # of a choice: where it goes
    data: str = ""
    takes_window: bool = False


def read_message(claims: Mapping[str, Any], public_url: str, login_url: str) -> LtiMessage:
    """A message whose sender is proven; BadLaunch where it says less, or other, than it must."""
    if claims.get(f"{CLAIM}version") != VERSION:
        raise BadLaunch(f"It speaks another version than LTI {VERSION}.")
    kind = claims.get(f"{CLAIM}message_type")
    if kind not in (RESOURCE_LINK, DEEP_LINKING):
        raise BadLaunch(f"It sent a message of another type: {as_text(kind)[:60]!r}.")
    roles = claims.get(f"{CLAIM}roles")
    if not isinstance(roles, list):
        raise BadLaunch("Its message has no roles.")
    subject = claims.get("sub", "")
    if not isinstance(subject, str) or len(subject) > LONGEST_ID or not is_showable(subject):
        raise BadLaunch("Its message names nobody in a way that can be kept.")
    module, mode = _what(claims, public_url, is_needed=kind == RESOURCE_LINK)
    settings = _settings(claims) if kind == DEEP_LINKING else {}
    return_url = settings.get("deep_link_return_url", "")
    presentation = _object(claims.get(f"{CLAIM}launch_presentation"))
    opened_by = (login_url, return_url, as_text(presentation.get("return_url")))
    targets = settings.get("accept_presentation_document_targets")
    has_result = kind == RESOURCE_LINK and mode == ASSURED and is_learner(roles)
    grading = _grading(claims, module) if has_result else Grading()
    return LtiMessage(
        kind=kind,
        deployment=as_text(claims.get(f"{CLAIM}deployment_id")),
        subject=subject,
        calls_itself=_name(claims),
        address=as_text(claims.get("email")),
        module=module,
        mode=mode,
        line_item=grading.line_item,
        wanted=grading.wanted,
        no_scores=grading.missing,
        framers=tuple(dict.fromkeys(filter(None, map(origin, opened_by)))),
        return_url=return_url,
        data=_kept_data(settings),
        takes_window=isinstance(targets, list) and "window" in targets,
    )


def is_learner(roles: list[Any]) -> bool:
    """Whether somebody has a result in a course: who teaches has none, and may not be sent one."""
    return any(
        role in LEARNERS or (isinstance(role, str) and role.startswith(LEARNERS_OF_A_KIND))
        for role in roles
    )


def is_ours(url: str, public_url: str) -> bool:
    """Whether an address that a learning system asks for is of this service."""
    ours, asked = urlsplit(public_url), _split(url)
    return asked is not None and (asked.scheme, plain_host(asked.netloc)) == (
        ours.scheme,
        plain_host(ours.netloc),
    )


def _what(claims: Mapping[str, Any], public_url: str, *, is_needed: bool) -> tuple[str, str]:
    """The module and the mode of an activity: its own parameters, or else its address.

    Where neither says so, it is the list of all; where no mode is told, it counts.
    """
    target = claims.get(f"{CLAIM}target_link_uri")
    if is_needed:
        if not isinstance(target, str) or not is_ours(target, public_url):
            raise BadLaunch("Its message asks for an address that is not of this service.")
        link = _object(claims.get(f"{CLAIM}resource_link"))
        if not as_text(link.get("id")):
            raise BadLaunch("Its message does not say from which activity it comes.")
    parts = _split(as_text(target))
    named = _OF_LINK.fullmatch(parts.path if parts else "")
    module, mode = named.groups() if named else ("", "")
    custom = _object(claims.get(f"{CLAIM}custom"))
    module, mode = as_text(custom.get("module")) or module, as_text(custom.get("mode")) or mode
    module = module if is_showable(module) and len(module) <= 64 else ""
    return module, mode if mode in MODES else ASSURED


def _settings(claims: Mapping[str, Any]) -> dict[str, Any]:
    """What a request for a choice must say of the answer."""
    settings = _object(claims.get(f"{DEEP}deep_linking_settings"))
    types = settings.get("accept_types")
    if not isinstance(types, list) or RESOURCE not in types:
        raise BadLaunch("It asks for a choice and does not take links to activities.")
    url = settings.get("deep_link_return_url")
    if not isinstance(url, str) or len(url) > 2000 or not origin(url) or not is_showable(url):
        raise BadLaunch("It asks for a choice and does not say where it goes.")
    return dict(settings)


def _kept_data(settings: Mapping[str, Any]) -> str:
    """What goes back as it came, whatever it means."""
    data = settings.get("data", "")
    if not isinstance(data, str) or len(data) > 8000:
        raise BadLaunch("It asks for a choice with data that cannot be sent back.")
    return data


def _grading(claims: Mapping[str, Any], module: str) -> Grading:
    """Where a score may be sent: to the line item that is named, or to one that we may make."""
    grades = _object(claims.get(GRADES))
    scopes = grades.get("scope")
    if not isinstance(scopes, list) or SCORE_SCOPE not in scopes:
        return Grading(missing=f"it gave no scope to send scores, {SCORE_SCOPE}")
    link = as_text(_object(claims.get(f"{CLAIM}resource_link")).get("id"))
    url, items = (_address(grades.get(name)) for name in ("lineitem", "lineitems"))
    wanted = str(WantedItem(items, link, module)) if items and module and "#" not in items else ""
    if len(wanted) > LONGEST_ADDRESS or not is_showable(wanted):
        wanted = ""
    if url or not module:
        return Grading(line_item=url, wanted=wanted)
    if LINE_ITEM_SCOPE not in scopes:
        return Grading(
            missing=f"it named no line item, and gave no scope to make one, {LINE_ITEM_SCOPE}"
        )
    if not wanted:
        return Grading(missing="it named no line item, and no address at which one is made")
    return Grading(line_item=wanted)


def _address(url: object) -> str:
    """An address that can be kept, or nothing."""
    is_one = isinstance(url, str) and len(url) <= LONGEST_ADDRESS and is_showable(url)
    return str(url) if is_one else ""


def _name(claims: Mapping[str, Any]) -> str:
    """How somebody is called there: in words for a page, never a key."""
    parts = (as_text(claims.get("given_name")), as_text(claims.get("family_name")))
    name = as_text(claims.get("name")) or " ".join(filter(None, parts))
    return name[:200] if is_showable(name) else ""


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _split(url: str) -> SplitResult | None:
    try:
        return urlsplit(url)
    except ValueError:
        return None
