"""The conversation in a terminal: letters and numbers are typed in place of taps."""

import shutil
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from quizbot.chat import carried, plain
from quizbot.chat.conversation import Conversation
from quizbot.chat.said import Button, Heard, Message, Said

CHANNEL = "terminal"
HOW = "Type a letter or number to choose, or words; quit ends it."
GOODBYE = ("quit", "exit", "bye", "q")
WIDEST = 88


@dataclass
class Terminal:
    """One screen: it knows which buttons it showed last, as a phone does, and nothing else."""

    conversation: Conversation
    address: str
    width: int = field(default_factory=lambda: min(shutil.get_terminal_size().columns, WIDEST))
    keys: dict[str, Button] = field(default_factory=dict)
    above: str = ""  # what the screen shows last

    def hold(self, lines: Iterable[str]) -> Iterator[str]:
        """Answer line after line, from the welcome to the end."""
        yield f"{self.answer('/start')}\n\n{HOW}"
        for line in lines:
            if line.strip().casefold() in GOODBYE:
                break
            if line.strip():
                yield self.answer(line.strip())
        yield "Goodbye. What was begun with an account can be gone on with, here or on the web."

    def answer(self, line: str) -> str:
        """What a typed line comes to, as it is printed."""
        typed = line.casefold()
        if typed in self.keys:
            return self._shown(self._hear(tap=self.keys[typed].carries))
        letters = [letter for letter in typed if letter.isalnum()]
        if (
            len(letters) > 1
            and plain.is_letters(line)
            and all(self._chooses(letter) for letter in letters)
        ):
            return self._chosen(letters)
        return self._shown(self._hear(words=line))

    def _chooses(self, letter: str) -> bool:
        """Whether a letter is one of several that make an answer together."""
        button = self.keys.get(letter)
        return button is not None and button.carries.startswith(f"{carried.CHOOSE}:")

    def _chosen(self, letters: list[str]) -> str:
        shown = ""
        for letter in letters:
            if self._chooses(letter):
                shown = self._shown(self._hear(tap=self.keys[letter].carries))
        return shown

    def _hear(self, words: str = "", tap: str = "") -> Said:
        heard = Heard(CHANNEL, self.address, words=words, tap=tap)
        said = self.conversation.hear(heard)
        self.conversation.done(heard)
        return said

    def _shown(self, said: Said) -> str:
        messages = [part for part in said.parts if isinstance(part, Message)]
        fresh = [message for message in messages if not message.edits] or messages
        # What was edited has scrolled away: its buttons are offered once more, after the others.
        edited = [message for message in messages if message not in fresh]
        buttons = [
            button for message in (*fresh, *edited) for row in message.rows for button in row
        ]
        self.keys = dict(_keyed([button for button in buttons if button.carries]))
        texts = [self._wrapped(text) for text in map(self._new_of, fresh) if text]
        choices = "   ".join(f"[{key}] {_named(key, b)}".rstrip() for key, b in self.keys.items())
        return "\n\n".join([*texts, *([self._wrapped(choices)] if choices else [])])

    def _new_of(self, message: Message) -> str:
        """What is not on the screen already, where a message takes the place of the last."""
        before, now = self.above.split("\n\n"), message.text.split("\n\n")
        self.above = message.text
        if not message.edits or before[0] != now[0]:
            return message.text
        return "\n\n".join(part for part in now if part not in before)

    def _wrapped(self, text: str) -> str:
        return "\n".join(
            textwrap.fill(
                line,
                self.width,
                break_long_words=False,
                break_on_hyphens=False,
                subsequent_indent="   " if line[1:3] == "  " else "",
            )
            for line in text.splitlines()
        )


def _keyed(buttons: list[Button]) -> Iterator[tuple[str, Button]]:
    """What to type for each: its letter, the number it begins with, or the next free number."""
    taken = {_own_key(button) for button in buttons}
    free = (str(n) for n in range(1, 1000) if str(n) not in taken)
    for button in buttons:
        yield _own_key(button) or next(free), button


def _own_key(button: Button) -> str:
    first, *rest = button.words.replace("✓", "").split() or [""]
    if (len(first) == 1 and first.isalpha() and not rest) or first.isdigit():
        return first.casefold()
    return ""


def _named(key: str, button: Button) -> str:
    """The button's words without what is typed for it."""
    if _own_key(button):
        return button.words.replace(key.upper(), "", 1).strip()
    return button.words
