"""The Telegram adapter: the one place that knows Telegram, and the only one with async."""

from quizbot.chat.telegram.bot import run, run_until

__all__ = ["run", "run_until"]
