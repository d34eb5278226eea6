"""Three partnerships in one process, whose people are alike to the last id: nothing crosses."""

import re
import urllib.request
from urllib.error import HTTPError

import pytest

from tests.faults.test_killed import begin
from tests.partnerships.serving import AMINA, CARYS, EFUA, Caller
from tools.waiting import until


def passed(visitor):
    """Take the whole questionnaire and pass; the attempt's address."""
    base, total = begin(visitor)
    keys = visitor.running.keys("referrals")
    for number in range(1, total + 1):
        page = visitor.get(f"{base}/questions/{number}")
        visitor.post(
            f"{base}/questions/{number}", *page.fields(keys.right(page.offered, page.words))
        )
    visitor.get(f"{base}/review")
    visitor.post(f"{base}/review")
    return base


@pytest.fixture(scope="module")
def amina(northmoor):
    """Amina's browser at Northmoor, signed in."""
    visitor = Caller(northmoor)
    visitor.sign_in(AMINA)
    return visitor


@pytest.fixture(scope="module")
def attempt(amina):
    return passed(amina)


def asked(partnership, method, path, headers):
    request = urllib.request.Request(f"{partnership.url}{path}", method=method, headers=headers)
    request.add_header("Host", partnership.host)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status
    except HTTPError as error:
        with error:
            return error.code


def test_each_name_shows_its_own_partnership_and_no_other(three):
    titles = [f"{one.name.capitalize()} Partnership for Children" for one in three]

    pages = [Caller(one).get("/").html for one in three]

    for at, page in enumerate(pages):
        assert [title for title in titles if title in page] == [titles[at]]


@pytest.mark.parametrize("path", ["/", "/sign-in", "/static/x/app.css", "/scim/v2/Users", "/me"])
def test_a_name_of_nobody_is_refused_kindly_and_tells_of_nobody(northmoor, path):
    request = urllib.request.Request(northmoor.url + path, headers={"Host": "other.example"})

    with pytest.raises(HTTPError) as refused:
        urllib.request.urlopen(request, timeout=60)

    with refused.value as told:
        page = told.read().decode()
        assert told.code == 421
        assert told.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "No partnership is at this address" in page
    assert "999" in page
    assert not re.search("northmoor|southbay|eastfen", page, re.IGNORECASE)


def test_a_code_is_mailed_by_ones_own_server_and_sender_and_leads_to_ones_own_address(three):
    before = {one.name: len(one.mail.taken) for one in three}
    _, southbay, _ = three

    Caller(southbay).sign_in(CARYS)

    after = {one.name: len(one.mail.taken) for one in three}
    assert after == {**before, "southbay": before["southbay"] + 1}
    mail = southbay.mail.taken[-1]
    assert str(mail["From"]) == "Southbay <quiz@southbay.example>"
    words = mail.get_body(("plain",)).get_content()
    assert "Northmoor Partnership" not in words
    assert not re.search(r"//(?!southbay)[a-z]+\.example:", words)


def test_a_cookie_opens_nothing_of_another_though_the_person_has_the_same_id(amina, three):
    assert amina.get("/me").path == "/me"

    for other in three[1:]:
        stranger = amina.at(other)
        stranger.jar = _copy(amina.jar)
        assert stranger.get("/me").path == "/sign-in"

    assert amina.get("/me").path == "/me"


def test_a_form_of_one_is_not_taken_by_another(northmoor, southbay):
    visitor = Caller(northmoor)
    visitor.get("/modules/referrals")
    stranger = visitor.at(southbay)
    stranger.jar = _copy(visitor.jar)

    code, words = stranger.refused("/try/referrals", ("mode", "practice"))

    assert code == 400
    assert "the cookie" in words or "open for too long" in words
    assert visitor.refused("/try/referrals", ("mode", "practice"))[0] == 0


def test_a_form_that_says_it_comes_from_another_is_refused(amina, northmoor, southbay):
    headers = {
        "Origin": f"http://{southbay.host}",
        "Content-Type": "application/x-www-form-urlencoded",
    }

    assert asked(northmoor, "POST", "/sign-in", headers) == 400


def test_an_attempt_of_one_is_nowhere_else(attempt, southbay):
    visitor = Caller(southbay)
    visitor.sign_in(AMINA)

    assert visitor.refused(attempt)[0] == 404
    assert visitor.refused(f"{attempt}/questions/1")[0] == 404
    assert visitor.get("/me").words.count("Passed") == 0


def test_a_certificate_is_known_to_who_gave_it_alone(amina, attempt, three):
    codes = re.findall(
        r"/certificates/([0-9A-Z-]{10,})", amina.get("/me").html + amina.get(attempt).html
    )
    assert codes

    known = [Caller(one).refused(f"/certificates/{codes[0]}")[0] for one in three]

    assert known == [0, 404, 404]


def test_a_code_of_one_signs_in_nowhere_else(northmoor, southbay):
    here, there = Caller(northmoor), Caller(southbay)
    for visitor in (here, there):
        visitor.get("/sign-in")
        visitor.post("/sign-in", ("email", EFUA))
    code, other = northmoor.code(EFUA), southbay.code(EFUA)
    assert code != other or pytest.skip("both drew the same six digits")

    assert there.refused("/sign-in/code", ("code", code))[0] == 400
    assert there.refused("/sign-in/code", ("code", other))[0] == 0


def test_a_slip_of_one_signs_in_nowhere_else(northmoor, southbay):
    with northmoor.service() as service:
        printed = service.slips.print_for(service.people.by_reference("N2"))
    (code,) = re.findall(r"\b[A-Z0-9]{4,}(?:-[A-Z0-9]{4,})+\b", printed.text)
    here, there = Caller(northmoor), Caller(southbay)
    for visitor in (here, there):
        visitor.get("/sign-in/slip")

    assert there.refused("/sign-in/slip", ("code", code))[0] == 400
    assert here.refused("/sign-in/slip", ("code", code))[0] == 0


def test_a_calendars_address_holds_where_it_was_given_alone(northmoor, three):
    with northmoor.service() as service:
        code = service.due_calendars.code(service.people.by_reference("N1"))

    found = [asked(one, "GET", f"/me/due/{code}.ics", {}) for one in three]

    assert found == [200, 404, 404]


def test_a_chat_that_asks_for_one_is_unknown_to_another(amina, northmoor, southbay):
    with northmoor.service() as service:
        link = service.links.ask("terminal", "somebody at a terminal")
    there = Caller(southbay)
    there.sign_in(AMINA)

    assert amina.refused(f"/me/chats/confirm?asked={link.token}")[0] == 0
    assert there.refused(f"/me/chats/confirm?asked={link.token}")[0] in (400, 404)


def test_a_directorys_key_opens_its_own_door_alone(northmoor, three):
    with northmoor.service() as service:
        key = service.scim_tokens.make("Entra")

    found = [
        asked(one, "GET", "/scim/v2/Users", {"Authorization": f"Bearer {key}"}) for one in three
    ]

    assert found == [200, 401, 401]


def test_signs_of_life_are_given_by_whatever_name(northmoor, three):
    by_number = urllib.request.urlopen(f"{northmoor.url}/health/ready", timeout=60)

    with by_number as told:
        assert told.read() == b"3 of 3 are served\n"
    assert [asked(one, "GET", "/health/ready", {}) for one in three] == [200, 200, 200]


def test_lines_of_the_log_are_each_of_one_and_name_nobody(amina, three):
    several = three[0].several
    amina.get("/me")

    answered = [line for line in several.lines() if line["words"] == "answered"]

    assert {line["partnership"] for line in answered} == {one.name for one in three}
    text = several.log.read_text()
    assert not re.search("amina|carys|efua|rahman|the secret of", text, re.IGNORECASE)


def test_counts_are_each_of_one(three):
    several = three[0].several
    at_work = [f'knowledge_at_work{{part="work",partnership="{one.name}"}}' for one in three]
    served = [f'knowledge_partnership_served{{partnership="{one.name}"}}' for one in three]
    until(lambda: all(several.counts()[name] for name in at_work), 60, "a worker for each")
    before = several.counts()

    Caller(three[1]).get("/accessibility")

    visits = [
        f'knowledge_requests_total{{method="GET",page="about.accessibility",partnership="{one.name}"'
        ',status="200"}'
        for one in three
    ]
    after = several.counts()
    assert [after.get(name, 0) - before.get(name, 0) for name in visits] == [0, 1, 0]
    assert [after[name] for name in served] == [1, 1, 1]


@pytest.mark.parametrize("given", ["", "Bearer wrong"])
def test_counts_are_for_whoever_has_the_token(northmoor, given):
    assert asked(northmoor, "GET", "/metrics", {"Authorization": given}) == 401


def _copy(jar):
    copied = type(jar)()
    for cookie in jar:
        copied.set_cookie(cookie)
    return copied
