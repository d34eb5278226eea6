"""Pages made of pieces: what is the same for everybody is kept, and compressed once.

A gzip stream may be put together from parts that do not lean on each other. Kept text is such a
part already; what is a person's own is compressed between two of them.
"""

import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

WORTH_PACKING = 700  # bytes
_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
_LAST = b"\x01\x00\x00\xff\xff"
LONG = 600  # bytes: shorter pieces are compressed with what stands around them, which is smaller
_SLOT = re.compile("\x02([^\x03]*)\x03")


def slot(name: str) -> str:
    """Stands in a kept text for what is put in later."""
    return f"\x02{name}\x03"


def cut(made: str) -> list[str]:
    """A rendered text between its slots, and every slot's name: each second one."""
    return _SLOT.split(made)


class Fresh:
    """A text of this request alone."""

    def __init__(self, text: str) -> None:
        self.plain = text.encode()


class Piece(Fresh):
    """A text that is kept."""

    @cached_property
    def deflated(self) -> bytes:
        """Compressed, at the first use."""
        return _deflated(self.plain, 9)


class Kept:
    """A rendered text with slots, cut up once."""

    def __init__(self, made: str) -> None:
        self.parts: list[Piece | str] = [
            name if at % 2 else Piece(name) for at, name in enumerate(cut(made)) if name
        ]

    def filled(self, given: Mapping[str, Iterable[Fresh]]) -> Iterator[Fresh]:
        """The pieces, with what goes into each slot."""
        for part in self.parts:
            if isinstance(part, str):
                yield from given[part]
            else:
                yield part


def put_together(pieces: Iterable[Fresh], *, takes_gzip: bool) -> tuple[bytes, bool]:
    """A page's bytes, and whether they are compressed."""
    pieces = list(pieces)
    plain = b"".join([piece.plain for piece in pieces])
    if not takes_gzip or len(plain) <= WORTH_PACKING:
        return plain, False
    end = zlib.crc32(plain).to_bytes(4, "little") + len(plain).to_bytes(4, "little")
    return b"".join([_HEAD, *_parts(pieces), _LAST, end]), True


def _parts(pieces: Iterable[Fresh]) -> Iterator[bytes]:
    """Long kept pieces as they were compressed once; what is between them, together."""
    between: list[bytes] = []
    for piece in pieces:
        if isinstance(piece, Piece) and len(piece.plain) >= LONG:
            if between:
                yield _deflated(b"".join(between), 1)
                between = []
            yield piece.deflated
        else:
            between.append(piece.plain)
    if between:
        yield _deflated(b"".join(between), 1)


def _deflated(plain: bytes, level: int) -> bytes:
    """A part of a stream that does not lean on any other."""
    packer = zlib.compressobj(level, wbits=-15)
    return packer.compress(plain) + packer.flush(zlib.Z_FULL_FLUSH)
