"""What a rule says of a question or of a whole bank."""

from collections.abc import Callable, Iterator

from questions.findings import Level
from questions.kinds import Question
from questions.module import Module

Said = Iterator[tuple[Level, str]]
Check = Callable[[Question], Said]

# Of a bank, a rule also says which question it speaks of; "" for the bank as a whole.
SaidOfBank = Iterator[tuple[Level, str, str]]
BankCheck = Callable[[Module], SaidOfBank]
