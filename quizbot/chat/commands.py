"""The commands: one list, from which a channel's menu and /help are made."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Command:
    """A command with its words for menu and /help, and where it can be used."""

    name: str
    words: str
    takes: str = ""
    private: bool = True
    groups: bool = False


COMMANDS = (
    Command("start", "Begin here"),
    Command("modules", "The questionnaires there are", groups=True),
    Command("take", "Take a questionnaire", takes="name"),
    Command("resume", "Go on where you stopped"),
    Command("me", "What is asked of you, and what you took"),
    Command("team", "Your team: who needs you (managers)"),
    Command("link", "Link this chat to your account, so that it counts"),
    Command("stop", "Unlink this chat; nothing more is sent here"),
    Command("huddle", "One question for a team, in a group", takes="name", groups=True),
    Command("help", "What you can say here", groups=True),
    Command("privacy", "What is kept of you, and what is not", groups=True),
)
