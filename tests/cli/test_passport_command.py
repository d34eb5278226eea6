"""`quizbot passport`: keys that sign certificates."""

import json


def test_a_key_is_made_rotated_and_withdrawn(run, filled):
    none = run("passport", "keys", "--json")
    assert json.loads(none.out) == []
    assert none.err.startswith("There is none yet: the first is made when somebody asks for one")

    said = run("passport", "rotate")
    assert said.out.startswith("Certificates are signed with ")
    run("passport", "rotate")
    lost = run("passport", "rotate", "--withdraw")

    assert "published no longer" in lost.out
    lines = json.loads(run("passport", "keys", "--json").out)
    assert [line["state"] for line in lines] == ["signs", "withdrawn", "withdrawn"]
    assert lines[0]["name"] in lost.out
