"""`quizbot banks export FOLDER` and `import`: what is asked as files, and files as drafts."""

import json

GIFT = "::Who rings::What should you do FIRST? {=Ring ~Wait ~Ask a friend}\n"


def test_every_questionnaire_is_written_and_nothing_is_otherwise(there, folder):
    written = there("banks", "export", "ours")
    assert written.code == 0
    assert "Written: 8 banks below ours" in written.out

    brought = there("banks", "import", "ours")

    assert brought.code == 0
    assert brought.out.count(": 0 drafts, ") == 8
    assert there("banks", "publish", "ours").out.startswith("Nothing has changed")


def test_what_was_changed_in_a_file_becomes_a_draft(there, folder):
    there("banks", "export", "ours")
    file = folder / "ours" / "referrals" / "module.toml"
    file.write_text(file.read_text().replace("minutes = ", "minutes = 1", 1))

    (report,) = [
        one for one in json.loads(there("banks", "import", "ours", "--json").out) if one["drafts"]
    ]

    assert report["from"] == "referrals"
    assert [(one["question"], one["act"]) for one in report["drafts"]] == [("module", "head")]


def test_a_file_of_another_system_becomes_drafts_of_a_module(there, folder):
    (folder / "who.gift").write_text(GIFT)

    done = there("banks", "import", "who.gift", "--module", "referrals", "--objective", "consent")

    assert done.code == 0
    assert "GIFT: 1 draft." in done.out
    assert "to add: because (1 question)" in done.out


def test_what_is_missing_is_asked_for(there, folder):
    (folder / "who.gift").write_text(GIFT)

    assert there("banks", "import", "who.gift").code == 2
    assert there("banks", "export", "--as", "csv", "referrals").code == 2
    assert there("banks", "export", "one", "two").code == 2
    wrong = there("banks", "import", "who.gift", "--module", "referrals", "--objective", "tea")
    assert wrong.sentence == "Choose the objective for what the file says nothing of."
    (folder / "afile").write_text("")
    assert "cannot be written to" in there("banks", "export", "afile").sentence
