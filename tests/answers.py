"""What is right, read from the editions that a running service has published."""

from pathlib import Path

from quizbot.service import open_service
from tests.conftest import settings_for

Keys = dict[frozenset[str], set[str]]


def keys_of(folder: Path, module: str) -> Keys:
    """The words of the right options, by the words of all options of a question."""
    service = open_service(settings_for(f"sqlite:///{folder / 'var' / 'quizbot.db'}", folder))
    asked = service.editions.current(module).module.asked
    service.close()
    return {
        frozenset(option.text for option in question.options): {
            option.text for option in question.options if option.right
        }
        for question in asked
    }
