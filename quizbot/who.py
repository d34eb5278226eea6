"""Whose an attempt is: a person's, or that of a chat without an account."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class ChatKey:
    """A chat that speaks for nobody, by a keyed hash of its address."""

    key: str


Who = UUID | ChatKey
