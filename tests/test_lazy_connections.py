"""Who connects nothing pays nothing: what speaks to other systems is imported where it is used."""

import subprocess
import sys

import pytest

HEAVY = ("authlib", "joserfc", "notifications_python_client", "requests", "jwt", "scim2_models")
START = """
import sys
from quizbot.config import Settings
from quizbot.service import open_service
from web import create_app
settings = Settings(_env_file=None, secret_key="a" * 40, database_url="sqlite://{path}", **{given})
create_app(open_service(settings))
print(*sorted({{name.partition(".")[0] for name in sys.modules}}))
"""


def started(path, **given):
    """The packages that are there once the pages could be served."""
    code = START.format(path=path, given=given)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_without_connections_none_of_their_packages_is_loaded(filled_sqlite):
    assert started(f"/{filled_sqlite}") & set(HEAVY) == set()


@pytest.mark.parametrize("name", ["store", "hook", "notify", "teams"])
def test_nor_are_they_in_the_pages_before_they_are_needed_there(filled_sqlite, tmp_path, name):
    (tmp_path / "secret").write_text("a-key:a-secret")
    (tmp_path / "hooks.toml").write_text(
        '[[webhook]]\nname = "hr"\nurl = "https://hr.example.org"\nsecret_file = "long"\n'
    )
    (tmp_path / "long").write_text("a" * 32)
    template = "f33517ff-2a88-4f6e-b855-c550268ce08a"
    given = {
        "store": {
            "xapi_url": "https://store.example.org/xapi",
            "xapi_secret_file": str(tmp_path / "secret"),
        },
        "hook": {"webhooks": str(tmp_path / "hooks.toml")},
        "teams": {"teams_app": template, "teams_secret": "x"},
        "notify": {"mail_url": f"notify:{tmp_path / 'key'}?template={template}"},
    }[name]

    assert started(f"/{filled_sqlite}", **given) & set(HEAVY) == set()
