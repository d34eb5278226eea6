"""All that is taken from scim2-models, loaded together and only when it is needed."""

from pydantic import ValidationError
from scim2_models import (
    Context,
    Error,
    Meta,
    PatchOp,
    ResponseParameters,
    ScimFilter,
    SearchRequest,
)
from scim2_models.exceptions import SCIMException

from quizbot.people.scim.models import MOST, POLICY, PROVIDER, Group, Person

__all__ = [
    "MOST",
    "POLICY",
    "PROVIDER",
    "Context",
    "Error",
    "Group",
    "Meta",
    "PatchOp",
    "Person",
    "ResponseParameters",
    "SCIMException",
    "ScimFilter",
    "SearchRequest",
    "ValidationError",
]
