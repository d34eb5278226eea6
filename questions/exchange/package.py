"""Packages: a zip of files, written the same each time, and read within bounds."""

import io
import zipfile
import zlib
from collections.abc import Mapping

from questions.counts import how_many
from questions.exchange.model import LARGEST, MOST, NotRead

_FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # the earliest day that a zip can tell: the same each time


def pack(files: Mapping[str, str]) -> bytes:
    """A zip of these files, in this order."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in files.items():
            entry = zipfile.ZipInfo(name, _FIRST_DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            package.writestr(entry, text.encode())
    return out.getvalue()


def unpack(data: bytes) -> dict[str, bytes]:
    """The XML files of a zip by their names; nothing is ever put on the disk."""
    found: dict[str, bytes] = {}
    left = LARGEST
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            entries = package.infolist()
            if len(entries) > 2 * MOST:
                words = f"holds {how_many(len(entries), 'file')}: take it apart"
                raise NotRead(f"{words}, {MOST} questions at most")
            for entry in entries:
                if entry.is_dir() or not entry.filename.lower().endswith(".xml"):
                    found.setdefault(entry.filename, b"")
                    continue
                with package.open(entry) as member:
                    found[entry.filename] = member.read(left + 1)
                left -= len(found[entry.filename])
                if left < 0:
                    words = f"holds more than {LARGEST // 1_000_000} MB: take it apart"
                    raise NotRead(words)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as error:
        if isinstance(error, NotRead):
            raise
        raise NotRead("is a damaged zip file: make it or fetch it again") from None
    except (RuntimeError, NotImplementedError):
        words = "is locked or packed in a way that is not known here: pack it as a plain zip"
        raise NotRead(words) from None
    return found
