"""Files of settings, a line `NAME=value` each: read strictly, and nothing in them is worked out."""

from collections.abc import Mapping
from io import StringIO
from pathlib import Path

from dotenv.parser import parse_stream

from quizbot.errors import Misconfigured


def read_env_file(path: Path) -> Mapping[str, str]:
    """What a file sets, each name as it is written; Misconfigured where it cannot be read."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        return {}
    except UnicodeDecodeError:
        raise Misconfigured(f"{path} is not UTF-8 text: save it as UTF-8.") from None
    except PermissionError:
        raise Misconfigured(
            f"{path} may not be read: give it to the user that runs this."
        ) from None
    except OSError as error:
        raise Misconfigured(f"{path} cannot be read: {error.strerror}.") from None
    if "\0" in text:
        raise Misconfigured(f"{path} is not UTF-8 text: save it as UTF-8.")
    lines = list(parse_stream(StringIO(text)))
    if torn := [line.original.line for line in lines if line.error]:
        numbers = ", ".join(map(str, torn))
        raise Misconfigured(f"{path}, line {numbers}: write NAME=value, or # before a remark.")
    return {line.key: line.value or "" for line in lines if line.key}
