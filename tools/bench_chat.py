"""From tap to next question in Telegram, measured: a part of `make bench`.

The real bot in a process of its own, on the emulator of the Bot API in this one: both, and those
who tap, share the cores. What Telegram and the network take comes on top.
"""

import tempfile
import threading
import time
from pathlib import Path

from quizbot.chat.asking import DONE
from tools.bench import Build
from tools.botapi import BotApi, Person
from tools.running import BY_LETTER

ALONE, AT_ONCE = 1, 16
PATIENCE = 60.0
GO_ON = ("Continue", DONE)


def main() -> None:
    """Measure it for one person, and for several at once."""
    with tempfile.TemporaryDirectory() as name, BotApi() as api:
        build = Build(Path(name) / "chat", f"sqlite:///{name}/chat/quizbot.db")
        build.environment |= {
            "QUIZBOT_LOCAL_BANKS": str(BY_LETTER),
            "QUIZBOT_TELEGRAM_TOKEN": api.token,
            "QUIZBOT_TELEGRAM_API": api.url,
        }
        build.make_tables()
        with build.running("bot"):
            for people in (ALONE, AT_ONCE):
                times = sorted(taken(api, people))
                middle, slow = times[len(times) // 2], times[int(len(times) * 0.99)]
                print(
                    f"from tap to next question, {people:>2} at once: p50 {middle * 1e3:.0f} ms,"
                    f" p99 {slow * 1e3:.0f} ms ({len(times)} taps)"
                )


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
