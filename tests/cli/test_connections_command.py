"""`quizbot connections`: what is on, and what does not work, in words."""

import json
import shutil

import pytest

from quizbot.cli.common import opened
from tests.delivery.receivers import HOOK_SECRET
from tests.delivery.receivers import SECRET as STORE_SECRET
from tests.delivery.receivers import USER as STORE_USER
from tests.delivery.receivers import running as receiving
from tests.delivery.test_deliveries import take
from tests.evidence.elsewhere import foreign
from tests.outbox.test_notify import KEY as NOTIFY_KEY
from tests.outbox.test_notify import TEMPLATE
from tests.outbox.test_notify import running as notifying
from tests.signin.provider import SECRET, running, table
from tools.botapi import BotApi
from tools.connector import APP, OLD_SECRET, BotConnector
from tools.connector import SECRET as APP_SECRET
from tools.running import free_port


@pytest.fixture
def council(folder, filled_sqlite, monkeypatch):
    """A service that knows one provider."""
    (folder / "var").mkdir(exist_ok=True)
    shutil.copy(filled_sqlite, folder / "var" / "quizbot.db")
    (folder / "client-secret").write_text(SECRET)
    with running() as issuer:
        more = {"domains": ["northmoor.example"], "private": True}
        file = folder / "providers.toml"
        file.write_text(table("council", "Northmoor Council", issuer, **more))
        monkeypatch.setenv("QUIZBOT_OIDC", str(file))
        yield issuer


def test_what_works_is_told_and_what_is_off(run, council):
    said = run("connections", "check")

    assert said.code == 0
    assert "ok        Sign-in: Northmoor Council." in said.out
    assert "off       Telegram." in said.out
    assert SECRET not in said.out


def test_what_does_not_work_is_told_and_ends_with_one(run, council):
    council.metadata = {"jwks_uri": "https://keys.example.org/certs"}

    said = run("connections", "check")

    assert said.code == 1
    assert "FAULT     Sign-in: Northmoor Council." in said.out
    assert "keys.example.org is not among the machines that may be asked" in said.out
    assert "Add it to `hosts`" in said.out


def test_what_was_noted_is_listed(run, council):
    council.status = 503
    run("connections", "check")

    said = run("connections", "list")

    assert "answers with status 503" in said.out


def test_a_file_of_providers_that_is_wrong_is_told_before_anything_starts(run, council, folder):
    (folder / "providers.toml").write_text('[[provider]]\nname = "council"\n')

    said = run("connections", "check")

    assert said.code == 1
    assert "provider 1 (council): title is missing." in said.err


# ---- Microsoft Teams ----------------------------------------------------------------------------


@pytest.fixture
def connector(filled, monkeypatch):
    """A service with an app in Teams, and Microsoft as that app sees it."""
    with BotConnector() as running:
        for name, value in running.settings.items():
            monkeypatch.setenv(f"QUIZBOT_{name.upper()}", value)
        yield running


def test_an_app_in_teams_that_microsoft_knows_is_told_and_noted(run, connector):
    said = run("connections", "check")

    assert said.code == 0
    assert "ok        Microsoft Teams." in said.out
    assert connector.called("token") == [200]
    assert connector.called("GET") == [200, 200]  # the document, and the keys that it names
    assert connector.called("POST") == connector.called("PUT") == []  # nothing is said to anybody
    assert APP_SECRET not in said.out + run("connections", "list").out
    assert "never" not in told_of_teams(run("connections", "list"))


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("SECRET", "another", "Microsoft does not take QUIZBOT_TEAMS_SECRET"),
        ("SECRET", OLD_SECRET, "the client secret in QUIZBOT_TEAMS_SECRET has run out"),
        ("TENANT", APP, "Microsoft knows no tenant by QUIZBOT_TEAMS_TENANT"),
        ("TENANT", "", "knows no app by QUIZBOT_TEAMS_APP in the tenant of QUIZBOT_TEAMS_TENANT"),
        ("APP", "0" * 8 + APP[8:], "Microsoft knows no app by QUIZBOT_TEAMS_APP"),
    ],
    ids=["secret", "old secret", "tenant", "no tenant", "app"],
)
def test_what_microsoft_does_not_know_is_told_by_its_setting(
    run, connector, monkeypatch, name, value, words
):
    monkeypatch.setenv(f"QUIZBOT_TEAMS_{name}", value)

    said = run("connections", "check")

    assert said.code == 1
    assert "FAULT     Microsoft Teams. Teams cannot be written to: " in said.out
    assert words in told_of_teams(said)
    assert "Compare the three with the app's registration" in said.out
    assert words in told_of_teams(run("connections", "list"))


def test_a_microsoft_that_cannot_be_reached_is_told(run, connector, monkeypatch):
    away = f"http://127.0.0.1:{free_port()}"
    monkeypatch.setenv("QUIZBOT_TEAMS_LOGIN", away)

    said = told_of_teams(run("connections", "check"))

    assert "Teams cannot be written to: " in said
    assert "does not answer" in said
    assert "Let this machine reach that address" in said


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ([], "There are no keys at "),
        ([{"kty": "RSA", "kid": "one", "endorsements": ["webchat"]}], "may speak for Teams"),
    ],
    ids=["none", "of others"],
)
def test_keys_that_are_not_there_are_told(run, connector, keys, words):
    connector.keys = keys

    said = told_of_teams(run("connections", "check"))

    assert "Nobody who posts as Teams can be known: " in said
    assert words in said


def test_a_document_of_keys_that_is_not_there_is_told(run, connector, monkeypatch):
    monkeypatch.setenv("QUIZBOT_TEAMS_KEYS", f"{connector.url}/elsewhere")

    said = told_of_teams(run("connections", "check"))

    assert f"{connector.url}/elsewhere answers with status 404" in said


def test_what_went_wrong_before_is_told_once_it_works(run, connector, monkeypatch):
    connector.fail("token", status=503)
    broken = told_of_teams(run("connections", "check"))

    mended = run("connections", "check").out

    assert "gives no token, but status 503" in broken
    assert "It answers now; before, this went wrong: Teams cannot be written to" in mended


def told_of_teams(said):
    """The line of a command about Teams."""
    lines = said.out.splitlines()
    return next(line for line in lines if "Microsoft Teams" in line or " teams " in line)


# ---- a secret of ours ---------------------------------------------------------------------------


def test_a_provider_that_knows_our_secret_is_told(run, council):
    said = run("connections", "check")

    assert "its keys are there, and it knows our secret." in said.out


def test_a_secret_that_the_provider_does_not_know_is_told(run, council, folder):
    (folder / "client-secret").write_text("another")

    said = run("connections", "check")

    assert said.code == 1
    assert "FAULT     Sign-in: Northmoor Council. It gave no tokens (invalid_client)" in said.out
    assert "look at client_id and the secret, which may have run out" in said.out


# ---- Telegram -----------------------------------------------------------------------------------


@pytest.fixture
def telegram(filled, monkeypatch):
    """A service with a bot, and Telegram as that bot sees it."""
    with BotApi() as api:
        monkeypatch.setenv("QUIZBOT_TELEGRAM_TOKEN", api.token)
        monkeypatch.setenv("QUIZBOT_TELEGRAM_API", api.url)
        monkeypatch.setenv("QUIZBOT_TELEGRAM_BOT", "KnowledgeTestBot")
        yield api


def test_a_bot_that_telegram_knows_is_told_and_noted(run, telegram):
    said = run("connections", "check")

    assert said.code == 0
    assert "ok        Telegram. People write to @KnowledgeTestBot. Telegram knows the bot." in (
        said.out
    )
    assert {call.method.lower() for call in telegram.calls} == {"getme", "getwebhookinfo"}
    assert telegram.token not in said.out


def test_a_token_that_telegram_does_not_know_is_told(run, telegram, monkeypatch):
    monkeypatch.setenv("QUIZBOT_TELEGRAM_TOKEN", "123456:another")

    said = run("connections", "check")

    assert said.code == 1
    assert "FAULT     Telegram. Telegram does not know it" in said.out
    assert "copy the token again from @BotFather" in said.out
    assert "Telegram does not know it." in run("connections", "list").out


def test_a_telegram_that_cannot_be_reached_is_told(run, telegram, monkeypatch):
    monkeypatch.setenv("QUIZBOT_TELEGRAM_API", f"http://127.0.0.1:{free_port()}")

    said = run("connections", "check")

    assert said.code == 1
    assert "does not answer. Check the network and its firewall" in said.out


# ---- where results go ---------------------------------------------------------------------------


@pytest.fixture
def receiver(filled, folder, monkeypatch):
    """A service that tells a store and a webhook, and both of them."""
    (folder / "store-secret").write_text(f"{STORE_USER}:{STORE_SECRET}\n")
    (folder / "hook-secret").write_bytes(HOOK_SECRET)
    with receiving() as receiver:
        monkeypatch.setenv("QUIZBOT_XAPI_URL", f"{receiver.url}/xapi")
        monkeypatch.setenv("QUIZBOT_XAPI_SECRET_FILE", str(folder / "store-secret"))
        monkeypatch.setenv("QUIZBOT_XAPI_PRIVATE", "yes")
        file = folder / "webhooks.toml"
        file.write_text(
            f'[[webhook]]\nname = "hr"\nurl = "{receiver.url}/hook"\n'
            'secret_file = "hook-secret"\nprivate = true\n'
        )
        monkeypatch.setenv("QUIZBOT_WEBHOOKS", str(file))
        yield receiver


@pytest.mark.parametrize(
    ("about", "names_its_version"),
    [({"version": ["1.0.3", "2.0.0"]}, True), (None, True), (None, False)],
    ids=["says both", "says its version", "says neither"],
)
def test_a_store_that_knows_our_key_is_told(run, receiver, about, names_its_version):
    receiver.about, receiver.names_its_version = about, names_its_version

    said = run("connections", "check")

    assert said.code == 0
    assert "ok        Learning record store. " in said.out
    assert "is a learning record store and knows our key." in said.out
    assert [method for method, _ in receiver.requests] == ["GET", "GET"]  # nothing is written
    assert receiver.kept == {}
    assert STORE_SECRET not in said.out


def test_a_key_that_the_store_does_not_know_is_told(run, receiver, folder):
    (folder / "store-secret").write_text("a-key:another\n")

    said = run("connections", "check")

    assert said.code == 1
    assert "FAULT     Learning record store. " in said.out
    assert "answers with status 401: it does not know the key in QUIZBOT_XAPI_SECRET_FILE." in (
        said.out
    )


def test_that_a_store_answers_hides_no_fault_while_results_wait(run, receiver):
    with opened() as service:
        amina = service.own_data.whose("amina@northmoor.example")
        take(service, amina)
        receiver.answers = [(500, {})]
        service.deliveries.send_some()

    said = run("connections", "check")

    assert "before, this went wrong: 127.0.0.1" in said.out
    assert "answers with status 500." in run("connections", "list").out


def test_an_address_without_a_store_is_told(run, receiver, monkeypatch):
    monkeypatch.setenv("QUIZBOT_XAPI_URL", f"{receiver.url}/xAPI")

    said = run("connections", "check")

    assert said.code == 1
    assert "status 404: there is no learning record store below QUIZBOT_XAPI_URL." in said.out


@pytest.mark.parametrize(
    ("about", "words"),
    [
        ({"version": ["2.0.0"]}, "speaks xAPI 2.0.0, and QUIZBOT_XAPI_VERSION is 1.0.3."),
        (None, "answers with status 400: try another QUIZBOT_XAPI_VERSION."),
    ],
    ids=["says so", "refuses"],
)
def test_a_store_of_another_version_is_told(run, receiver, about, words):
    receiver.version, receiver.about = "2.0.0", about

    assert words in run("connections", "check").out


def test_a_key_that_may_not_read_is_not_said_to_be_well(run, receiver):
    receiver.lets_read = False

    said = run("connections", "check")

    assert said.code == 0
    assert "not asked Learning record store. " in said.out
    assert "Whether it may write shows at the next result that is handed in." in said.out


def test_a_store_in_ones_own_network_is_told_by_its_setting(run, receiver, monkeypatch):
    monkeypatch.setenv("QUIZBOT_XAPI_URL", "https://localhost/xapi")
    monkeypatch.setenv("QUIZBOT_XAPI_PRIVATE", "no")

    said = run("connections", "check")

    assert "which is a private address. Nothing was asked" in said.out
    assert "allow it with QUIZBOT_XAPI_PRIVATE=yes if it is meant." in said.out


def test_a_webhook_is_reached_and_told_nothing(run, receiver):
    said = run("connections", "check")

    assert "not asked Webhook: hr. " in said.out
    assert "can be reached. It was asked nothing" in said.out
    assert [path for _, path in receiver.requests if "hook" in path] == []
    assert "never" in next(
        line for line in run("connections", "list").out.splitlines() if "webhook:hr" in line
    )


def test_a_webhook_that_is_not_there_is_told(run, receiver, folder):
    file = folder / "webhooks.toml"
    file.write_text(file.read_text().replace(receiver.url, f"http://127.0.0.1:{free_port()}"))

    said = run("connections", "check")

    assert said.code == 1
    assert "FAULT     Webhook: hr. 127.0.0.1:" in said.out
    assert "does not answer: connection refused." in said.out


def test_what_a_webhook_last_refused_is_its_state_until_it_takes_a_call(run, receiver, folder):
    with opened() as service:
        service.connections.note_fault("webhook:hr", "It answers with status 401.")

    said = run("connections", "check")

    assert said.code == 1
    assert "FAULT     Webhook: hr. " in said.out
    assert ": It answers with status 401." in said.out


# ---- who calls us, and whose certificates are taken ---------------------------------------------


def test_a_directory_is_not_asked_and_its_last_call_is_told(run, filled, monkeypatch):
    monkeypatch.setenv("QUIZBOT_SCIM", "Northmoor")
    before = run("connections", "check")
    with opened() as service:
        assert service.scim_tokens.is_good(service.scim_tokens.make("Entra"))

    said = run("connections", "check")

    assert "not asked Directory of people. " in before.out
    assert "Nothing is asked: it calls us. It never did." in before.out
    assert "Nothing is asked: it calls us. Last call: " in said.out
    assert said.code == 0


def test_a_directory_for_a_unit_that_is_not_there_is_told_before_it_calls(run, filled, monkeypatch):
    monkeypatch.setenv("QUIZBOT_SCIM", "Northmor")

    said = run("connections", "check")

    assert said.code == 1
    assert "FAULT     Directory of people. " in said.out
    assert "QUIZBOT_SCIM: there is no unit 'Northmor'." in said.out


@pytest.fixture
def academy(filled, clock, monkeypatch):
    """An issuer elsewhere that a lead trusts."""
    monkeypatch.setenv("QUIZBOT_ISSUERS_PRIVATE", "yes")
    with foreign(clock) as academy, opened() as service:
        lead = service.own_data.whose("efua@northmoor.example")
        service.issuers.trust(lead, academy.url, at_once=False)
        yield academy


def test_an_issuer_is_asked_for_its_keys(run, academy):
    academy.asked.clear()

    said = run("connections", "check")

    assert "ok        Certificates from elsewhere. " in said.out
    assert "Their keys are published: Southmere Academy." in said.out
    assert academy.asked == ["/.well-known/jwks.json"]


@pytest.mark.parametrize(
    ("path_says", "words"),
    [
        ((503, b"{}", {}), "answers with status 503."),
        ((200, b"[]", {}), "Southmere Academy: "),
        (
            (200, b'{"issuer": "https://other.example", "keys": [KEY]}', {}),
            "calls itself https://other.example, not http://127.0.0.1:",
        ),
    ],
    ids=["down", "no keys", "another"],
)
def test_an_issuer_whose_keys_are_not_there_is_told(run, academy, path_says, words):
    status, body, headers = path_says
    body = body.replace(b"KEY", json.dumps(academy.keys[0]).encode())
    academy.answers["/.well-known/jwks.json"] = (status, body, headers)

    said = run("connections", "check")

    assert said.code == 1
    assert "FAULT     Certificates from elsewhere. Southmere Academy: " in said.out
    assert words in said.out


def test_an_issuer_by_its_key_file_is_not_asked(run, filled, clock):
    with foreign(clock) as academy, opened() as service:
        lead = service.own_data.whose("efua@northmoor.example")
        service.issuers.trust(lead, "", json.dumps(academy.key_set()).encode(), at_once=False)

        said = run("connections", "check")

    assert "not asked Certificates from elsewhere. " in said.out
    assert "Not asked, for their keys came as a file: Southmere Academy." in said.out
    assert academy.asked == []


# ---- mail ----------------------------------------------------------------------------------------


@pytest.fixture
def notify(filled, folder, monkeypatch):
    """A service whose messages leave by GOV.UK Notify."""
    (folder / "notify-key").write_text(NOTIFY_KEY)
    with notifying() as api:
        url = f"notify:{folder / 'notify-key'}?template={TEMPLATE}&api={api.url}"
        monkeypatch.setenv("QUIZBOT_MAIL_URL", url)
        yield api


def test_notify_is_asked_for_its_template_and_takes_no_message(run, notify):
    said = run("connections", "check")

    assert said.code == 0
    assert "It knows our key, and the template is as it must be." in said.out
    assert notify.kept == []


def test_a_key_that_notify_does_not_know_is_told_and_what_to_compare(run, notify, folder):
    (folder / "notify-key").write_text(NOTIFY_KEY[:-1] + "1")

    said = run("connections", "check")

    assert said.code == 1
    assert (
        "FAULT     E-mail. GOV.UK Notify does not take our key, or our clock is wrong." in said.out
    )
    assert said.err == ""
    with opened() as service:
        (mail,) = (line for line in service.connected.all() if line.name == "mail")
    assert mail.advice.startswith("Compare with docs/connect/notify.md.")
