"""What of SCIM is kept here: no telephone, no address, no more of a person than a file would have.

Whoever imports this loads scim2-models, a third of a second: `door.py` does so with the first
request, so that nobody pays who has no directory.
"""

from typing import Annotated, Any

from pydantic import Field, model_validator
from scim2_models import (
    AnyExtension,
    AuthenticationScheme,
    Bulk,
    ChangePassword,
    ComplexAttribute,
    ETag,
    Extension,
    Filter,
    Mutability,
    Patch,
    Reference,
    Required,
    Resource,
    ResourceType,
    ScimPolicy,
    ScimProvider,
    ServiceProviderConfig,
    Sort,
    Uniqueness,
)
from scim2_models.urn import URN

MOST = 200  # resources on a page
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
STAFF = "urn:ietf:params:scim:schemas:extension:theknowledge:2.0:User"
# Entra sends what nobody asked for, and removes by value.
POLICY = ScimPolicy(
    unknown=ScimPolicy.Unknown.ignore,
    remove_value_as_filter=ScimPolicy.RemoveValue.apply,
    unmatched_path_filter=ScimPolicy.UnmatchedPathFilter.create,
)


class ScimName(ComplexAttribute):
    """How somebody is called."""

    formatted: str | None = None
    family_name: str | None = None
    given_name: str | None = None


class ScimEmail(ComplexAttribute):
    """An e-mail address; the one at work is taken."""

    value: str | None = None
    type: str | None = None
    primary: bool | None = None


class ScimManager(ComplexAttribute):
    """Somebody's manager, who is a user too."""

    value: str | None = None
    ref: Reference["User"] | None = Field(  # type: ignore[type-arg]
        None, serialization_alias="$ref", validation_alias="$ref"
    )

    @model_validator(mode="before")
    @classmethod
    def _by_id_alone(cls, given: Any) -> Any:
        """Entra names a manager by their id alone, and by nothing where there is none any more."""
        return {"value": given or None} if isinstance(given, str) else given


class EnterpriseUser(Extension):
    """Staff number, unit and manager, where others have them too."""

    __schema__ = URN(ENTERPRISE)

    employee_number: str | None = None
    department: str | None = None
    manager: ScimManager | None = None


class StaffUser(Extension):
    """The first day of a post, which no other schema has."""

    __schema__ = URN(STAFF)

    started_on: str | None = None


class User(Resource[AnyExtension]):
    """A person, as far as a people file speaks of them."""

    __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:User")

    user_name: Annotated[str | None, Uniqueness.server, Required.true] = None
    name: ScimName | None = None
    display_name: str | None = None
    title: str | None = None
    active: bool | None = None
    emails: list[ScimEmail] | None = None


class MemberOf(ComplexAttribute):
    """Somebody in a group."""

    value: Annotated[str | None, Mutability.immutable] = None
    ref: Annotated[Reference["User"] | None, Mutability.immutable] = Field(  # type: ignore[type-arg]
        None, serialization_alias="$ref", validation_alias="$ref"
    )


class Group(Resource[Any]):
    """A unit, or whatever else people are grouped by; what is no unit here is left alone."""

    __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:Group")

    display_name: Annotated[str | None, Required.true] = None
    members: list[MemberOf] | None = None


Person = User[EnterpriseUser | StaffUser]
PROVIDER = ScimProvider(
    models=[User, Group, EnterpriseUser, StaffUser],
    resource_types=[ResourceType.from_resource(Person), ResourceType.from_resource(Group)],
    config=ServiceProviderConfig(
        patch=Patch(supported=True),
        bulk=Bulk(supported=False, max_operations=0, max_payload_size=0),
        filter=Filter(supported=True, max_results=MOST),
        change_password=ChangePassword(supported=False),
        sort=Sort(supported=False),
        etag=ETag(supported=True),
        authentication_schemes=[
            AuthenticationScheme(
                type=AuthenticationScheme.Type.oauthbearertoken,
                name="Bearer token",
                description="A token that a lead makes on the page of connections.",
                primary=True,
            )
        ],
    ),
    policy=POLICY,
)
