"""With a place file that is broken nothing starts, and what runs goes on."""

import os
import signal
from urllib.request import urlopen

import pytest

from questions.place import SHIPPED
from tools.running import Running
from tools.waiting import until

COMMANDS = [("serve",), ("serve", "--set-up"), ("work", "--once"), ("bot",), ("chat",), ("demo",)]


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe", SHIPPED.read_bytes() + b"\nyes"])
def test_nothing_starts_without_whom_to_ring(run, filled, monkeypatch, words, content):
    path = filled / "place.toml"
    if content is not None:
        path.write_bytes(content)
    monkeypatch.setenv("QUIZBOT_PLACE", str(path))
    monkeypatch.setenv("QUIZBOT_TELEGRAM_TOKEN", "1:a-token-of-nobody")

    said = run(*words)

    assert said.code == 1
    assert said.sentence.startswith(f"QUIZBOT_PLACE: {path} cannot be used: ")
    assert said.out == ""


@pytest.mark.faults
def test_pages_and_worker_that_are_begun_anew_keep_the_last_good_file(tmp_path):
    running = Running(tmp_path)
    place = tmp_path / "place.toml"
    place.write_bytes(SHIPPED.read_bytes())
    running.environment["QUIZBOT_PLACE"] = str(place)
    running.start()
    try:
        place.write_text("")
        killed = {n for n in running.processes() if n != running.main.pid}

        for number in killed:
            os.kill(number, signal.SIGKILL)
        until(lambda: killed.isdisjoint(running.processes()) and _serves(running), 60, "new pages")

        assert "01632 960120" in _page(running)
        until(lambda: "place.toml cannot be used" in running.log.read_text(), 60, "its word")
        assert "quizbot work" in running.processes().values()
    finally:
        running.kill()


def _serves(running):
    try:
        return bool(_page(running))
    except OSError:
        return False


def _page(running):
    with urlopen(running.url, timeout=60) as answer:
        return answer.read().decode()
