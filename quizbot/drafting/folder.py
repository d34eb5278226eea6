"""What the files of a place's own banks speak of: where both do, they win over the browser."""

from collections.abc import Mapping
from pathlib import Path

from questions.local_files import read_local


def folder_files(folder: Path | None) -> Mapping[str, str]:
    """The questions that files of `LOCAL_BANKS` add, replace or withdraw, each with its file."""
    found: dict[str, str] = {}
    if folder is None or not folder.is_dir():
        return found
    for path in sorted(one for one in folder.iterdir() if one.is_dir() and one.name[0] not in "._"):
        local, _ = read_local(path, f"{folder.name}/{path.name}", {})
        found |= {id_: file for id_, file in local.files.items() if " " not in id_}
    return found
