"""The protocol of SCIM 2.0: what a directory asks and sends, and how it is answered."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any
from uuid import UUID

from quizbot.errors import Busy, NotFound, Refused
from quizbot.people.scim.mirror import Kept, Mirror, NameTaken, Stale
from quizbot.people.scim.pace import RequestPace
from quizbot.people.scim.settling import Settling
from quizbot.people.scim.tokens import PREFIX, Tokens
from quizbot.words import LONGEST, how_many, is_showable

if TYPE_CHECKING:
    from types import ModuleType

KIND = "application/scim+json"
LARGEST = 1 << 20  # bytes of a request
LONGEST_FILTER = 2000
ASKED = ("filter", "attributes", "excludedAttributes", "startIndex", "count")
_ONE = re.compile(r'(userName|externalId|displayName|id)\s+eq\s+"([^"\\]*)"', re.IGNORECASE)
_ETAG = re.compile(r'\s*(?:W/)?"(\d{1,9})"\s*')


@dataclass(frozen=True)
class ScimRequest:
    """What a directory sends, without the wire; `address` is that of `/scim/v2`, as it sees it."""

    method: str
    path: str  # behind /scim/v2
    query: Mapping[str, str]
    body: bytes
    address: str
    authorization: str = ""
    if_match: str = ""
    if_none_match: str = ""


@dataclass(frozen=True)
class ScimReply:
    """What it is answered."""

    status: int
    content: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def body(self) -> bytes:
        """As bytes; nothing where there is nothing to say."""
        if self.content is None:
            return b""
        return json.dumps(self.content, ensure_ascii=False).encode()


class Wrong(Exception):
    """What is refused, with the status and the keyword that SCIM has for it."""

    def __init__(self, status: int, words: str, kind: str = "") -> None:
        super().__init__(words)
        self.status, self.words, self.kind = status, words, kind

    @property
    def reply(self) -> ScimReply:
        """The same as an answer."""
        content = {
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
            "status": str(self.status),
            "detail": self.words,
        }
        content |= {"scimType": self.kind} if self.kind else {}
        return ScimReply(self.status, content)


@dataclass
class ScimDoor:
    """Answers a directory; `is_open` where the setting names the unit that it is for."""

    mirror: Mirror
    tokens: Tokens
    directory: Settling
    is_open: bool
    pace: RequestPace = field(default_factory=RequestPace)

    def asked(self, **given: Any) -> ScimReply:
        """Answer what came over the wire."""
        return self.answer(ScimRequest(**given))

    def answer(self, asked: ScimRequest) -> ScimReply:
        """Whatever was asked; never an exception of the library or of ours."""
        try:
            if not self.is_open:
                raise Wrong(404, "Nothing is kept in step by a directory here.")
            self._let_in(asked)
            return self._answer(asked)
        except Wrong as wrong:
            if wrong.status == 401:
                named = {"WWW-Authenticate": 'Bearer realm="SCIM"'}
                return ScimReply(401, wrong.reply.content, named)
            return wrong.reply
        except Busy as busy:
            return ScimReply(503, Wrong(503, str(busy)).reply.content, {"Retry-After": "5"})

    def _let_in(self, asked: ScimRequest) -> None:
        scheme, _, token = asked.authorization.partition(" ")
        token = token.strip()
        is_token = scheme.casefold() == "bearer" and 20 <= len(token) <= 200 and token.isascii()
        if not (is_token and self.tokens.is_good(token)):
            if token.startswith(PREFIX):
                self.directory.note_wrong_key()
            raise Wrong(401, "The token is missing, wrong or ended: a lead makes a new one.")

    def _answer(self, asked: ScimRequest) -> ScimReply:
        wait = self.pace.wait()
        if wait:
            words = f"Too many requests: wait {how_many(wait, 'second')}."
            return ScimReply(429, Wrong(429, words).reply.content, {"Retry-After": str(wait)})
        parts = [part for part in asked.path.split("/") if part]
        known: dict[str, Callable[[ScimRequest, list[str]], ScimReply]] = {
            "users": self._users,
            "groups": self._groups,
            "serviceproviderconfig": self._config,
            "resourcetypes": self._resource_types,
            "schemas": self._schemas,
            ".search": self._everything,
        }
        handle = known.get(parts[0].casefold()) if parts else None
        if handle is None or len(parts) > 2:
            raise Wrong(404, "There is no such endpoint.")
        try:
            return handle(asked, parts[1:])
        except NameTaken as refusal:
            raise Wrong(409, str(refusal), "uniqueness") from None
        except Stale as refusal:
            raise Wrong(412, str(refusal)) from None
        except NotFound as refusal:
            raise Wrong(404, str(refusal)) from None
        except Busy:
            raise
        except Refused as refusal:
            raise Wrong(400, str(refusal), "invalidValue") from None
        except self._lib.SCIMException as refusal:
            raise Wrong(refusal.status, str(refusal), refusal.scim_type) from None
        except self._lib.ValidationError as refusal:
            first = self._lib.Error.from_validation_errors(refusal)[0]
            raise Wrong(400, first.detail or "", first.scim_type or "") from None
        except RecursionError:
            raise Wrong(400, "This is nested too deeply.", "invalidSyntax") from None

    # What there is

    @cached_property
    def _lib(self) -> "ModuleType":
        from quizbot.people.scim import library

        return library

    def _config(self, asked: ScimRequest, rest: list[str]) -> ScimReply:
        _must_read(asked, rest)
        found = self._lib.PROVIDER.config.model_copy(deep=True)
        found.meta = self._lib.Meta(
            resource_type="ServiceProviderConfig",
            location=f"{asked.address}/ServiceProviderConfig",
        )
        return self._shown(found)

    def _resource_types(self, asked: ScimRequest, rest: list[str]) -> ScimReply:
        return self._described(asked, rest, self._lib.PROVIDER.resource_types, "ResourceType")

    def _schemas(self, asked: ScimRequest, rest: list[str]) -> ScimReply:
        return self._described(asked, rest, self._lib.PROVIDER.schemas, "Schema")

    def _described(self, asked: ScimRequest, rest: list[str], given: Any, kind: str) -> ScimReply:
        _must_read(asked, [])
        if "filter" in asked.query:
            raise Wrong(403, "What there is cannot be filtered.")
        found = []
        for one in given:
            made = one.model_copy(deep=True)
            name = made.id or made.name
            location = f"{asked.address}/{kind}s/{name}"
            made.meta = self._lib.Meta(resource_type=kind, location=location)
            found.append((str(name), made))
        if rest:
            for name, made in found:
                if name.casefold() == rest[0].casefold():
                    return self._shown(made)
            raise Wrong(404, f"There is no such {kind}.")
        return self._listed([self._dump(made) for _, made in found], len(found), 1)

    # Users

    def _users(self, asked: ScimRequest, rest: list[str]) -> ScimReply:
        lib, method = self._lib, asked.method
        if not rest and method == "GET":
            return self._list(asked, dict(asked.query), self._find_users)
        if rest == [".search"] and method == "POST":
            return self._list(asked, self._search(asked), self._find_users)
        if not rest and method == "POST":
            made = self._read(lib.Person, asked, lib.Context.RESOURCE_CREATION_REQUEST)
            kept = self.mirror.add_user(self._checked_user(made))
            return self._one(asked, self._person(asked, kept), 201)
        if not rest or rest == [".search"]:
            raise Wrong(405, "This cannot be done to all users.")
        user_id = _id(rest[0])
        kept = self.mirror.user(user_id)
        if method == "GET":
            return self._one(asked, self._person(asked, kept))
        self._must_match(asked, kept)
        if method == "DELETE":
            self.mirror.delete_user(user_id, kept.version)
            return ScimReply(204)
        person = self._person(asked, kept)
        if method == "PUT":
            person = self._read(lib.Person, asked, lib.Context.RESOURCE_REPLACEMENT_REQUEST)
        elif method == "PATCH":
            self._patch(lib.Person, asked, person)
        else:
            raise Wrong(405, "This cannot be done to a user.")
        kept = self.mirror.put_user(user_id, self._checked_user(person), kept.version)
        return self._one(asked, self._person(asked, kept))

    def _find_users(self, first: int, count: int, eq: Mapping[str, str]) -> tuple[list[Kept], int]:
        if "id" in eq:
            return _by_id(eq["id"], self.mirror.user)
        if "displayname" in eq:
            return self.mirror.users(first, count)
        name, external_id = eq.get("username", ""), eq.get("externalid", "")
        return self.mirror.users(first, count, name=name, external_id=external_id)

    def _person(self, asked: ScimRequest, kept: Kept) -> Any:
        made = self._lib.Person.model_validate(kept.content, scim_policy=self._lib.POLICY)
        return self._with_meta(asked, made, kept, "User")

    def _checked_user(self, made: Any) -> dict[str, Any]:
        """What is kept of a user; a sentence where a line of a file would be refused for itself."""
        content = self._content(made)
        email = next((m.get("value", "") for m in content.get("emails", ())), "")
        for name, value, most in (
            ("userName", content.get("userName", ""), LONGEST["email"]),
            ("displayName", content.get("displayName", ""), LONGEST["name"]),
            ("title", content.get("title", ""), LONGEST["job"]),
            ("externalId", content.get("externalId", ""), 300),
            ("emails", email, LONGEST["email"]),
        ):
            if len(value) > most:
                raise Refused(f"{name} is longer than {most} characters.")
            if not is_showable(value):
                raise Refused(f"{name} holds characters that cannot be shown.")
        if not content.get("userName", "").strip():
            raise Refused("userName is empty.")
        if len(json.dumps(content)) > 20_000:
            raise Refused("This user is too large to be one.")
        return content

    # Groups

    def _groups(self, asked: ScimRequest, rest: list[str]) -> ScimReply:
        lib, method = self._lib, asked.method
        if not rest and method == "GET":
            return self._list(asked, dict(asked.query), self._find_groups)
        if rest == [".search"] and method == "POST":
            return self._list(asked, self._search(asked), self._find_groups)
        if not rest and method == "POST":
            made = self._read(lib.Group, asked, lib.Context.RESOURCE_CREATION_REQUEST)
            kept = self.mirror.add_group(self._checked_group(made), _members(made))
            return self._one(asked, self._group(asked, kept), 201)
        if not rest or rest == [".search"]:
            raise Wrong(405, "This cannot be done to all groups.")
        group_id = _id(rest[0])
        kept = self.mirror.group(group_id)
        if method == "GET":
            return self._one(asked, self._group(asked, kept))
        self._must_match(asked, kept)
        if method == "DELETE":
            self.mirror.delete_group(group_id, kept.version)
            return ScimReply(204)
        group = self._group(asked, kept)
        if method == "PUT":
            group = self._read(lib.Group, asked, lib.Context.RESOURCE_REPLACEMENT_REQUEST)
        elif method == "PATCH":
            self._patch(lib.Group, asked, group)
        else:
            raise Wrong(405, "This cannot be done to a group.")
        content = self._checked_group(group)
        kept = self.mirror.put_group(group_id, content, _members(group), kept.version)
        return self._one(asked, self._group(asked, kept))

    def _find_groups(self, first: int, count: int, eq: Mapping[str, str]) -> tuple[list[Kept], int]:
        if "id" in eq:
            return _by_id(eq["id"], self.mirror.group)
        name, external_id = eq.get("displayname", ""), eq.get("externalid", "")
        return self.mirror.groups(
            first, count, with_members=True, name=name, external_id=external_id
        )

    def _group(self, asked: ScimRequest, kept: Kept) -> Any:
        made = self._lib.Group.model_validate(kept.content, scim_policy=self._lib.POLICY)
        for member in made.members or ():
            member.ref = f"{asked.address}/Users/{member.value}"
        return self._with_meta(asked, made, kept, "Group")

    def _checked_group(self, made: Any) -> dict[str, Any]:
        name = (made.display_name or "").strip()
        if not name or len(name) > 1000 or not is_showable(name):
            raise Refused("displayName is empty, too long, or cannot be shown.")
        return {"displayName": name, "externalId": (made.external_id or "")[:300]}

    # What both share

    def _everything(self, asked: ScimRequest, rest: list[str]) -> ScimReply:
        """Users, then groups, that a search over both means."""
        if rest or asked.method != "POST":
            raise Wrong(405, "Everything can only be searched.")
        lib = self._lib
        search = self._understood(self._search(asked), lib.Person | lib.Group)
        made: list[Any] = []
        kinds = ((lib.Person, self._person, self._find_users), (lib.Group, self._group,
                                                               self._find_groups))  # fmt: skip
        for model, make, find in kinds:
            matches = lib.ScimFilter[model](search.filter) if search.filter else None
            made += self._matching(asked, str(search.filter or ""), matches, make, find)
        first, count = self._span(search)
        shown = [self._dump(one, search) for one in made[first : first + count]]
        return self._listed(shown, len(made), first + 1)

    def _list(
        self,
        asked: ScimRequest,
        query: Mapping[str, Any],
        find: Callable[[int, int, Mapping[str, str]], tuple[list[Kept], int]],
    ) -> ScimReply:
        lib = self._lib
        is_users = find == self._find_users
        make = self._person if is_users else self._group
        search = self._understood(query, lib.Person if is_users else lib.Group)
        first, count = self._span(search)
        if search.filter:
            every = self._matching(asked, str(search.filter), search.filter, make, find)
            made, total = every[first : first + count], len(every)
        else:
            kept, total = find(first, count, {})
            made = [make(asked, one) for one in kept]
        return self._listed([self._dump(one, search) for one in made], total, first + 1)

    def _understood(self, query: Mapping[str, Any], model: Any) -> Any:
        said = {name: query[name] for name in ASKED if name in query}
        for name in ("attributes", "excludedAttributes"):
            if isinstance(said.get(name), str):
                said[name] = [one.strip() for one in said[name].split(",") if one.strip()]
        if len(str(said.get("filter", ""))) > LONGEST_FILTER:
            raise Wrong(400, "The filter is too long.", "invalidFilter")
        lib = self._lib
        return lib.SearchRequest[model].model_validate(said, scim_policy=lib.POLICY)

    def _span(self, search: Any) -> tuple[int, int]:
        most = self._lib.MOST
        return search.start_index_0 or 0, most if search.count is None else min(search.count, most)

    def _matching(
        self, asked: ScimRequest, words: str, matches: Any, make: Any, find: Any
    ) -> list[Any]:
        """All that a filter means; by an index where one part of it names one thing."""
        lib = self._lib
        is_plain = " or " not in words.casefold() and "not" not in words.casefold()
        eq = {name.casefold(): value for name, value in _ONE.findall(words)} if is_plain else {}
        found, start = [], 0
        while True:
            kept, total = find(start, lib.MOST, eq)
            made = (make(asked, one) for one in kept)
            found += [one for one in made if matches is None or matches.match(one)]
            start += lib.MOST
            if start >= total or not kept:
                return found

    def _listed(self, shown: list[Any], total: int, first: int) -> ScimReply:
        return ScimReply(
            200,
            {
                "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
                "totalResults": total,
                "startIndex": first,
                "itemsPerPage": len(shown),
                "Resources": shown,
            },
        )

    def _search(self, asked: ScimRequest) -> dict[str, Any]:
        return {name: value for name, value in _json(asked).items() if name != "schemas"}

    def _read(self, model: Any, asked: ScimRequest, context: Any) -> Any:
        said = _json(asked)
        for name in ("id", "meta"):  # these are ours to give, whoever sends them
            said.pop(name, None)
        return model.model_validate(said, scim_ctx=context, scim_policy=self._lib.POLICY)

    def _patch(self, model: Any, asked: ScimRequest, resource: Any) -> None:
        lib = self._lib
        patch = lib.PatchOp[model].model_validate(
            _json(asked), scim_ctx=lib.Context.RESOURCE_PATCH_REQUEST, scim_policy=lib.POLICY
        )
        patch.patch(resource, lib.POLICY)

    def _must_match(self, asked: ScimRequest, kept: Kept) -> None:
        if asked.if_match and asked.if_match.strip() != "*":
            tags = (_ETAG.fullmatch(tag) for tag in asked.if_match.split(","))
            if kept.version not in {int(tag[1]) for tag in tags if tag}:
                raise Stale("This was changed meanwhile: read it again.")

    def _content(self, made: Any) -> dict[str, Any]:
        content: dict[str, Any] = made.model_dump()
        return {name: value for name, value in content.items() if name not in ("id", "meta")}

    def _with_meta(self, asked: ScimRequest, made: Any, kept: Kept, kind: str) -> Any:
        made.id = str(kept.id)
        made.meta = self._lib.Meta(
            resource_type=kind,
            created=kept.made_at,
            last_modified=kept.changed_at,
            location=f"{asked.address}/{kind}s/{kept.id}",
            version=f'W/"{kept.version}"',
        )
        return made

    def _one(self, asked: ScimRequest, made: Any, status: int = 200) -> ScimReply:
        headers = {"ETag": made.meta.version, "Location": str(made.meta.location)}
        if asked.method == "GET" and made.meta.version in asked.if_none_match:
            return ScimReply(304, None, headers)
        asked_for = {
            name: [one.strip() for one in asked.query[name].split(",") if one.strip()]
            for name in ("attributes", "excludedAttributes")
            if name in asked.query
        }
        lib = self._lib
        wanted = lib.ResponseParameters[type(made)].model_validate(asked_for)
        return ScimReply(status, self._dump(made, wanted), headers)

    def _shown(self, made: Any) -> ScimReply:
        return ScimReply(200, self._dump(made))

    def _dump(self, made: Any, wanted: Any = None) -> dict[str, Any]:
        found: dict[str, Any] = made.model_dump(
            scim_ctx=self._lib.Context.RESOURCE_QUERY_RESPONSE,
            response_parameters=wanted,
        )
        return found


def _must_read(asked: ScimRequest, rest: list[str]) -> None:
    if rest:
        raise Wrong(404, "There is no such endpoint.")
    if asked.method != "GET":
        raise Wrong(405, "This can only be read.")


def _json(asked: ScimRequest) -> dict[str, Any]:
    if len(asked.body) > LARGEST:
        raise Wrong(413, f"This is larger than {LARGEST} bytes: send less at once.")
    try:
        found = json.loads(asked.body)
    except (ValueError, RecursionError):
        raise Wrong(400, "This is not JSON.", "invalidSyntax") from None
    if not isinstance(found, dict):
        raise Wrong(400, "This is no object.", "invalidSyntax")
    return found


def _id(words: str) -> UUID:
    try:
        return UUID(words)
    except ValueError:
        raise NotFound("There is nothing with this id.") from None


def _by_id(words: str, find: Callable[[UUID], Kept]) -> tuple[list[Kept], int]:
    try:
        return [find(_id(words))], 1
    except NotFound:
        return [], 0


def _members(made: Any) -> list[UUID]:
    """The ids of a group's members, each once; people alone can be."""
    found = []
    for member in made.members or ():
        try:
            found.append(UUID(member.value or ""))
        except ValueError:
            raise Refused(f"{member.value!r} is no user’s id.") from None
    return list(dict.fromkeys(found))
