"""Files of partnerships, as an operator would write them."""

from pathlib import Path

from quizbot.config import Settings
from quizbot.partnerships import Partnerships


def process_of(folder: Path, **given: object) -> Settings:
    """The settings of a process that serves those in a folder."""
    return Settings(_env_file=None, partnerships=folder, **given)  # type: ignore[arg-type]


def write(folder: Path, name: str, **given: object) -> Path:
    """A partnership's file, with what is its own; None leaves a setting out."""
    own: dict[str, object] = {
        "public_url": f"https://{name}.example",
        "secret_key": f"{name} " * 5,
        "database_url": f"sqlite:///var/{name}/quizbot.db",
    }
    said = {key: value for key, value in (own | given).items() if value is not None}
    path = folder / f"{name}.env"
    lines = [f'QUIZBOT_{key.upper()}="{value}"\n' for key, value in said.items()]
    path.with_suffix(".new").write_text("".join(lines))
    path.with_suffix(".new").rename(path)
    return path


def look(found: Partnerships) -> None:
    """Look as often as it takes for a file to be gone."""
    found.look()
    found.look()
