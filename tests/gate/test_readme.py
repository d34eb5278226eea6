"""What the README for authors shows works, and its table has every rule."""

import re
from pathlib import Path

from click.testing import CliRunner

from questions import kinds
from questions.bank import read_bank
from questions.lint import RULES
from quizbot.cli import quizbot
from tests.gate.samples import TODAY, the_place

README = (Path(kinds.__file__).parents[1] / "README.md").read_text("utf-8")


def test_the_bank_of_the_readme_breaks_no_rule(tmp_path):
    folder = tmp_path / "banks" / "first-steps"
    folder.mkdir(parents=True)
    head, *questions = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
    (folder / "module.toml").write_text(head, "utf-8")
    (folder / "act.toml").write_text("\n".join(questions), "utf-8")

    result = CliRunner().invoke(quizbot, ["banks", "check", str(folder.parent)])

    assert result.output == "1 bank, 4 questions: 0 faults, 0 warnings.\n"
    module = read_bank(folder, the_place(), TODAY).module
    assert {question.kind for question in module.asked} == set(kinds.KINDS)


def test_the_readme_tells_every_rule():
    assert set(re.findall(r"^\| (W\d\d) \|", README, re.MULTILINE)) == RULES
