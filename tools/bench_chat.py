"""From tap to next question in Telegram, measured: a part of `make bench`.

The real bot in a process of its own, on the emulator of the Bot API in this one: both, and those
who tap, share the cores. What Telegram and the network take comes on top.
"""

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from quizbot.chat.asking import DONE
from tools.bench import environment, filled
from tools.botapi import BotApi, Person

ALONE, AT_ONCE = 1, 16
PATIENCE = 60.0
GO_ON = ("Continue", DONE)


def main() -> None:
    """Measure it for one person, and for several at once."""
    with tempfile.TemporaryDirectory() as name, BotApi() as api:
        folder = Path(name)
        filled(folder).close()
        with bot(folder, api):
            for people in (ALONE, AT_ONCE):
                times = sorted(taken(api, people))
                middle, slow = times[len(times) // 2], times[int(len(times) * 0.99)]
                print(
                    f"from tap to next question, {people:>2} at once: p50 {middle * 1e3:.0f} ms,"
                    f" p99 {slow * 1e3:.0f} ms ({len(times)} taps)"
                )


@contextmanager
def bot(folder: Path, api: BotApi) -> Iterator[None]:
    """The bot as an operator starts it."""
    settings = {
        **environment(folder),
        "telegram_token": api.token,
        "telegram_api": api.url,
    }
    names = {f"QUIZBOT_{name.upper()}": str(value) for name, value in settings.items()}
    process = subprocess.Popen(
        [sys.executable, "-m", "quizbot.cli", "bot"],
        env={**os.environ, **names},
        stdout=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait(20)


def taken(api: BotApi, people: int) -> list[float]:
    """So many practise a module at once; the seconds of every tap."""
    times: list[float] = []
    threads = [
        threading.Thread(target=practise, args=(api.world.person(), times)) for _ in range(people)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times


def practise(phone: Person, times: list[float]) -> None:
    """A module from its first question to the last one's feedback, tapping what stands first."""
    phone.asks("/take referrals", PATIENCE)
    while "See the outcome" not in phone.buttons:
        letters = [words for words in phone.buttons if len(words) == 1]
        words = next((words for words in GO_ON if words in phone.buttons), "") or letters[0]
        times.append(tapped(phone, words))
        phone.hear(PATIENCE)


def tapped(phone: Person, words: str) -> float:
    """Seconds until the screen shows something new."""
    before = phone.transcript
    began = time.perf_counter()
    phone.tap(words)
    phone.world.wait(lambda: phone.transcript != before, PATIENCE, "an answer")
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
