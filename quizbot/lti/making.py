"""Line items that we make: where a course names none for an activity, and lets us.

Before one is made it is looked for, by the activity and the questionnaire that it is of: so an
answer that was lost, or another worker, makes no second one.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit
from uuid import UUID

from quizbot.lti.claims import LINE_ITEM_SCOPE, LONGEST_ADDRESS, WantedItem
from quizbot.lti.launches import MAXIMUM, TAG
from quizbot.lti.platforms import Platform
from quizbot.lti.services import ServicesOfCourses
from quizbot.outgoing import OutsideAnswer, Unreachable
from quizbot.words import is_showable

ONE = "application/vnd.ims.lis.v2.lineitem+json"
SEVERAL = "application/vnd.ims.lis.v2.lineitemcontainer+json"
MOST_PAGES = 10  # of line items that are looked through
LINK = re.compile("<([^<>]*)>([^<]*)")  # an address may hold commas
RELATION = re.compile(
    r';\s*rel\s*=\s*"?([^";,]*)', re.IGNORECASE
)  # quotation marks may be left out


class NotMade(Exception):
    """A course that let us neither find a line item nor make one."""

    def __init__(self, answer: OutsideAnswer) -> None:
        super().__init__(f"status {answer.status}")
        self.answer = answer


@dataclass(frozen=True)
class MadeItems:
    """Where they are; remembered while this worker lives."""

    services: ServicesOfCourses
    _known: dict[tuple[UUID, str], str] = field(default_factory=dict, repr=False)

    def where(self, platform: Platform, line_item: str, title: str) -> str:
        """The line item itself, found or made where we noted that one is wanted."""
        wanted = WantedItem.read(line_item)
        if wanted is None:
            return line_item
        key = (platform.platform_id, line_item)
        if key not in self._known:
            found = self._find(platform, wanted) or self._make(platform, wanted, title)
            self._known[key] = found
        return self._known[key]

    def forget(self, platform: Platform, line_item: str) -> bool:
        """It is not there any more; whether it was one of those that are found or made."""
        return self._known.pop((platform.platform_id, line_item), None) is not None

    def _find(self, platform: Platform, wanted: WantedItem) -> str:
        """The one of this activity and questionnaire, if there is one."""
        for one in self._all(platform, wanted):
            is_it = (
                isinstance(one, dict)
                and one.get("resourceLinkId") == wanted.resource_link
                and one.get("resourceId") == wanted.module
            )
            if is_it and _is_address(one.get("id")):
                return str(one["id"])
        return ""

    def _all(self, platform: Platform, wanted: WantedItem) -> Iterator[Any]:
        """What is at their address: as a course may not look for us, all that it tells."""
        named = {"resource_link_id": wanted.resource_link, "resource_id": wanted.module}
        url = _with(wanted.items, named)
        for _ in range(MOST_PAGES):
            answer = self.services.ask(platform, LINE_ITEM_SCOPE, "GET", url, {"Accept": SEVERAL})
            found = _json(answer)
            if not answer.is_right:
                raise NotMade(answer)
            if not isinstance(found, list):
                raise Unreachable("What it told of its line items is no list.")
            yield from found
            following = _next(answer.headers.get("link", ""))
            if not following:
                return
            url = urljoin(url, following)

    def _make(self, platform: Platform, wanted: WantedItem, title: str) -> str:
        item = {
            "label": title,
            "scoreMaximum": MAXIMUM,
            "resourceLinkId": wanted.resource_link,
            "resourceId": wanted.module,
            "tag": TAG,
        }
        answer = self.services.ask(
            platform,
            LINE_ITEM_SCOPE,
            "POST",
            wanted.items,
            {"Content-Type": ONE, "Accept": ONE},
            json.dumps(item).encode(),
        )
        if not answer.is_right:
            raise NotMade(answer)
        made = _json(answer)
        if not isinstance(made, dict) or not _is_address(made.get("id")):
            raise Unreachable("It made a line item and did not say where.")
        return str(made["id"])


def _with(url: str, fields: dict[str, str]) -> str:
    """An address with more behind its ?."""
    parts = urlsplit(url)
    return urlunsplit(
        parts._replace(query=urlencode([*parse_qsl(parts.query, True), *fields.items()]))
    )


def _next(link: str) -> str:
    """The page that comes after this one, as the header Link names it (RFC 8288, 3)."""
    for address, more in LINK.findall(link):
        relation = RELATION.search(more)
        if relation and "next" in relation[1].lower().split():
            return str(address)
    return ""


def _json(answer: OutsideAnswer) -> Any:
    try:
        return answer.json()
    except ValueError:
        return None


def _is_address(found: object) -> bool:
    return isinstance(found, str) and 0 < len(found) <= LONGEST_ADDRESS and is_showable(found)
