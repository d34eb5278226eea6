"""The door of a directory: the protocol, as Entra speaks it and as others do."""

import json

import pytest

from quizbot.people.scim.pace import RequestPace
from quizbot.service import open_service
from tests.conftest import settings_for

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


@pytest.fixture
def service(database_url, tmp_path, clock):
    opened = open_service(settings_for(database_url, tmp_path, scim="Northmoor"), clock)
    yield opened
    opened.close()


@pytest.fixture
def token(service):
    return service.scim_tokens.make("Entra")


class Directory:
    """Sends as a directory does, and reads what comes back."""

    def __init__(self, app, token):
        self.client, self.token = app.test_client(), token

    def send(self, method, path, body=None, **headers):
        return self.client.open(
            f"/scim/v2{path}",
            method=method,
            data=None if body is None else json.dumps(body),
            headers={"Authorization": f"Bearer {self.token}", **headers},
            content_type="application/scim+json",
        )

    def get(self, path, **headers):
        return self.send("GET", path, **headers).json

    def user(self, name, **more):
        body = {"schemas": [USER, ENTERPRISE], "userName": name, "active": True, **more}
        return self.send("POST", "/Users", body).json

    def patch(self, path, *operations, **headers):
        body = {"schemas": [PATCH], "Operations": list(operations)}
        return self.send("PATCH", path, body, **headers)


@pytest.fixture
def directory(app, token):
    return Directory(app, token)


def test_the_tester_of_others_finds_no_fault(app, token, service):
    # Its classes take half a second to make: whoever collects tests does not wait for them.
    from scim2_client.engines.wsgi import WSGISCIMClient
    from scim2_tester import Status, check_server

    service.scim.pace = RequestPace(a_second=1e6, at_once=1e6)
    client = WSGISCIMClient(
        app.wsgi_app,
        base_url="http://127.0.0.1:8000/scim/v2",
        headers={"Authorization": f"Bearer {token}"},
    )

    found = check_server(client)

    wrong = [f"{one.title} {one.resource_type}: {one.reason}" for one in found
             if one.status not in (Status.SUCCESS, Status.SKIPPED)]  # fmt: skip
    assert wrong == [], "\n".join(wrong)
    assert len(found) > 50


def test_without_the_setting_there_is_no_door(app, service, token):
    service.scim.is_open = False

    assert Directory(app, token).send("GET", "/Users").status_code == 404


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer x", "Basic eDp5", "Bearer " + "é" * 30]
)
def test_without_a_token_nothing_is_told(app, directory, header):
    headers = {} if header is None else {"Authorization": header.encode("utf-8").decode("latin-1")}

    sent = app.test_client().get("/scim/v2/Users", headers=headers)

    assert (sent.status_code, sent.headers["WWW-Authenticate"]) == (401, 'Bearer realm="SCIM"')
    assert sent.json["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]


def test_a_token_that_was_ended_works_no_more_and_none_is_kept_as_it_is(directory, service):
    assert directory.get("/Users")["totalResults"] == 0
    (line,) = service.scim_tokens.all()
    assert line.last_four == directory.token[-4:]

    service.scim_tokens.end(line.token_id)

    assert directory.send("GET", "/Users").status_code == 401
    assert directory.token.encode() not in service.settings.database_url.encode()


def test_a_user_is_made_found_changed_and_gone(directory):
    made = directory.user("Gwen@Northmoor.example", displayName="Gwen Okafor", externalId="e1")
    path = f"/Users/{made['id']}"
    assert made["meta"]["location"].endswith(f"/scim/v2{path}")

    for words in (
        'userName eq "gwen@northmoor.example"',
        'externalId eq "e1"',
        f'id eq "{made["id"]}"',
        'displayName sw "Gwen" and active eq true',
        'userName eq "x" or displayName co "okafor"',
        'not (displayName eq "x")',
    ):
        found = directory.get(f"/Users?filter={words}")
        assert [one["id"] for one in found["Resources"]] == [made["id"]], words
    assert directory.get('/Users?filter=userName eq "x"')["totalResults"] == 0

    assert directory.send("DELETE", path).status_code == 204
    assert directory.send("GET", path).status_code == 404
    assert directory.send("DELETE", path).status_code == 404
    again = directory.user("gwen@northmoor.example")
    assert again["id"] != made["id"]


def test_what_entra_sends_is_understood(directory):
    boss = directory.user("boss@n.example")["id"]
    path = f"/Users/{directory.user('gwen@n.example', phoneNumbers=[{'value': '1'}])['id']}"
    steps = [
        ({"op": "Replace", "path": "active", "value": "False"}, ("active",), False),
        ({"op": "replace", "path": "active", "value": "True"}, ("active",), True),
        ({"op": "Add", "path": 'emails[type eq "work"].value', "value": "g@n.example"},
         ("emails", 0, "value"), "g@n.example"),
        ({"op": "Replace", "path": 'emails[type eq "work"].value', "value": "h@n.example"},
         ("emails", 0, "value"), "h@n.example"),
        ({"op": "Add", "path": "name.givenName", "value": "Gwen"}, ("name", "givenName"), "Gwen"),
        ({"op": "Add", "path": f"{ENTERPRISE}:manager", "value": boss},
         (ENTERPRISE, "manager", "value"), boss),
        ({"op": "Replace", "path": f"{ENTERPRISE}:department", "value": "Assessment"},
         (ENTERPRISE, "department"), "Assessment"),
        ({"op": "Replace", "value": {"displayName": "Gwen O", f"{ENTERPRISE}:employeeNumber": "9"}},
         (ENTERPRISE, "employeeNumber"), "9"),
        ({"op": "Replace", "path": "phoneNumbers[type eq \"work\"].value", "value": "2"},
         ("displayName",), "Gwen O"),
    ]  # fmt: skip
    for operation, where, value in steps:
        sent = directory.patch(path, operation)
        assert sent.status_code == 200, (operation, sent.json)
        found = sent.json
        for step in where:
            found = found[step]
        assert found == value, operation

    gone = directory.patch(path, {"op": "Remove", "path": f"{ENTERPRISE}:manager"}).json
    assert "manager" not in gone[ENTERPRISE]
    assert "phoneNumbers" not in gone


def test_groups_take_members_and_let_them_go_as_entra_sends_it(directory):
    ann, ben = (directory.user(f"{name}@n.example")["id"] for name in ("ann", "ben"))
    made = directory.send(
        "POST", "/Groups", {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
                            "displayName": "Assessment", "externalId": "g1"},
    ).json  # fmt: skip
    path = f"/Groups/{made['id']}"

    directory.patch(path, {"op": "Add", "path": "members", "value": [{"value": ann}]})
    found = directory.patch(path, {"op": "Add", "path": "members", "value": [{"value": ben}]}).json
    assert {one["value"] for one in found["members"]} == {ann, ben}
    found = directory.patch(path, {"op": "Remove", "path": "members", "value": [{"value": ann}]})
    assert [one["value"] for one in found.json["members"]] == [ben]
    directory.patch(path, {"op": "Remove", "path": f'members[value eq "{ben}"]'})
    assert "members" not in directory.get(path)
    assert "members" not in directory.get(f"{path}?excludedAttributes=members")
    assert directory.get('/Groups?filter=displayName eq "assessment"')["totalResults"] == 1

    wrong = directory.patch(path, {"op": "Add", "path": "members", "value": [{"value": "x"}]})
    assert (wrong.status_code, wrong.json["scimType"]) == (400, "invalidValue")


def test_two_users_never_have_one_name(directory):
    directory.user("gwen@n.example")
    other = directory.user("ann@n.example")

    sent = directory.send("POST", "/Users", {"schemas": [USER], "userName": "GWEN@n.example"})
    assert (sent.status_code, sent.json["scimType"]) == (409, "uniqueness")
    sent = directory.patch(
        f"/Users/{other['id']}", {"op": "Replace", "path": "userName", "value": "gwen@n.example"}
    )
    assert sent.status_code == 409


def test_what_was_changed_meanwhile_is_not_overwritten(directory):
    made = directory.user("gwen@n.example")
    path, tag = f"/Users/{made['id']}", made["meta"]["version"]
    assert directory.send("GET", path, **{"If-None-Match": tag}).status_code == 304
    change = {"op": "Replace", "path": "displayName", "value": "Gwen"}

    assert directory.patch(path, change, **{"If-Match": tag}).status_code == 200
    assert directory.patch(path, change, **{"If-Match": tag}).status_code == 412
    assert directory.send("DELETE", path, **{"If-Match": tag}).status_code == 412
    now = directory.send("GET", path)
    assert now.headers["ETag"] == 'W/"2"'
    assert directory.patch(path, change, **{"If-Match": now.headers["ETag"]}).status_code == 200


def test_users_come_in_pages(directory):
    made = [directory.user(f"u{n}@n.example") for n in range(7)]
    names = [one["userName"] for one in sorted(made, key=lambda one: one["id"])]

    pages = [directory.get(f"/Users?startIndex={first}&count=3") for first in (1, 4, 7, 10)]

    assert [len(page["Resources"]) for page in pages] == [3, 3, 1, 0]
    assert {page["totalResults"] for page in pages} == {7}
    assert [one["userName"] for page in pages for one in page["Resources"]] == names
    assert directory.get("/Users?count=0")["totalResults"] == 7
    only = directory.get("/Users?count=1&attributes=userName")["Resources"][0]
    assert set(only) == {"schemas", "id", "userName"}


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "kind"),
    [
        ("POST", "/Users", "{", 400, "invalidSyntax"),
        ("POST", "/Users", "[]", 400, "invalidSyntax"),
        ("POST", "/Users", "[" * 50_000, 400, "invalidSyntax"),
        ("POST", "/Users", '{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"]}', 400, ""),
        ("POST", "/Users", ('{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],'
                           ' "userName": "x", "active": "perhaps"}'), 400, "invalidValue"),
        ("POST", "/Users", '{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],'
                           ' "userName": "' + "x" * 300 + '"}', 400, "invalidValue"),
        ("POST", "/Users", ('{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],'
                           ' "userName": "a\\u0000b"}'), 400, "invalidValue"),
        ("GET", "/Users?filter=userName", None, 400, "invalidFilter"),
        ("GET", "/Users?filter=shoeSize eq 4", None, 400, "invalidFilter"),
        ("GET", "/Users?filter=" + "(" * 1900, None, 400, "invalidFilter"),
        ("GET", "/Users?filter=" + "x" * 3000, None, 400, "invalidFilter"),
        ("GET", "/Users?startIndex=x", None, 400, "invalidValue"),
        ("GET", "/Users/not-an-id", None, 404, ""),
        ("GET", "/Nothing", None, 404, ""),
        ("GET", "/", None, 404, ""),
        ("GET", "/Users/a/b", None, 404, ""),
        ("DELETE", "/Users", None, 405, ""),
        ("PUT", "/Schemas", "{}", 405, ""),
        ("GET", "/Schemas?filter=id eq 4", None, 403, ""),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_in_the_words_of_scim(
    directory, method, path, body, status, kind
):
    sent = directory.client.open(
        f"/scim/v2{path}", method=method, data=body,
        headers={"Authorization": f"Bearer {directory.token}"},
    )  # fmt: skip

    assert sent.status_code == status, sent.json
    assert sent.json["status"] == str(status)
    assert sent.json["detail"]
    if kind:
        assert sent.json["scimType"] == kind


def test_what_is_larger_than_any_request_is_refused(directory):
    body = {"schemas": [USER], "userName": "x", "displayName": "x" * (1 << 20)}

    assert directory.send("POST", "/Users", body).status_code == 413


def test_too_many_requests_are_told_when_to_come_again(directory, service):
    service.scim.pace = RequestPace(a_second=0.5, at_once=2)

    sent = [directory.send("GET", "/Users") for _ in range(3)]

    assert [one.status_code for one in sent] == [200, 200, 429]
    assert sent[2].headers["Retry-After"] == "2"


def test_nobody_pays_who_has_no_directory(service):
    import subprocess
    import sys

    code = "import quizbot.service, web, sys; print('scim2_models' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert said.stdout.strip() == "False"


def test_a_key_of_ours_that_does_not_work_is_told_to_leads_until_one_does(app, service, clock):
    good = service.scim_tokens.make("Entra")
    cut_off = Directory(app, good[:-1])
    before = cut_off.send("GET", "/Users").status_code
    wrong = service.directory.state()
    clock.forward(minutes=2)

    Directory(app, good).get("/Users")

    after = service.directory.state()
    assert before == 401
    assert wrong.last_fault.startswith("It called with a key that is wrong, cut off or ended")
    assert wrong.last_use is None
    assert after.last_use > after.last_fault_at


@pytest.mark.parametrize("said", ["", "Bearer a-word-of-somebody-elses-own"], ids=["none", "other"])
def test_who_has_no_key_such_as_ours_is_no_fault_of_the_directory(app, service, said):
    app.test_client().get("/scim/v2/Users", headers={"Authorization": said})

    assert service.directory.state().last_fault == ""
