"""`python -m quizbot.cli`, for processes that start one another."""

from quizbot.cli import main

main()
