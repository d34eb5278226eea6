"""The door to other machines: whom it asks, for how long, and how much it takes."""

import ipaddress
import socket
import threading
from contextlib import contextmanager

import pytest

from quizbot.outgoing import OutsideDoor, Unreachable, is_in_house, is_public


@contextmanager
def machine(*pieces, pause=0.0):
    """A machine on loopback that says these pieces, and how often it was asked."""
    listening = socket.create_server(("127.0.0.1", 0))
    asked, over = [], threading.Event()

    def serve():
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection:
                asked.append(connection.recv(65536))
                while asked[-1].startswith(b"POST") and asked[-1].endswith(b"\r\n\r\n"):
                    asked[-1] += connection.recv(65536)  # its body comes by itself
                for piece in pieces:
                    if over.wait(pause):
                        return
                    try:
                        connection.sendall(piece)
                    except OSError:
                        break

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"127.0.0.1:{listening.getsockname()[1]}", asked
    finally:
        over.set()
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join()


def door(host, **given):
    return OutsideDoor(frozenset([host]), may_be_private=True, **given)


OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


def test_a_machine_that_is_named_is_asked():
    with machine(OK) as (host, asked):
        answer = door(host).ask("GET", f"http://{host}/a?b=c")

    assert (answer.status, answer.json()) == (200, {})
    assert asked[0].startswith(b"GET /a?b=c HTTP/1.1\r\nHost: " + host.encode())


def test_a_machine_that_is_knocked_at_is_told_nothing():
    with machine(OK) as (host, asked):
        door(host).knock(f"http://{host}/a")

    assert asked in ([], [b""])  # the connection may have ended before it was looked at


def test_nobody_is_knocked_at_who_would_not_be_asked():
    with pytest.raises(Unreachable, match="private address"):
        OutsideDoor(frozenset(["localhost:9"])).knock("https://localhost:9/a")


def test_a_form_is_sent_as_a_page_sends_it():
    with machine(OK) as (host, asked):
        door(host).form(f"http://{host}/", {"code": "a b&c"}, Authorization="Basic x")

    assert b"code=a+b%26c" in asked[0]
    assert b"Authorization: Basic x" in asked[0]


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9/",
        "https://login.example.org/",
        "https://known.example.evil.example/",
        "https://known.example:8443/",
        "https://known.example@evil.example/",
        "https://evil.example\\@known.example/",
    ],
)
def test_nobody_else_is_asked(url):
    with pytest.raises(Unreachable):
        OutsideDoor(frozenset(["known.example"])).must_know(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://known.example/",
        "ftp://known.example/",
        "file:///etc/hostname",
        "//known.example/",
        "known.example",
        "https://known.example/\r\nHost: evil.example",
        "https://known.example/ x",
        "https://[::1",
        "https://known.example:99999/",
        "",
    ],
)
def test_what_is_no_address_by_https_is_not_asked(url):
    with pytest.raises(Unreachable):
        OutsideDoor(frozenset(["known.example"])).must_know(url)


def test_plain_http_is_for_this_machine_alone():
    with pytest.raises(Unreachable, match="by https alone"):
        door("10.0.0.1").must_know("http://10.0.0.1/")


def test_a_name_that_leads_into_the_house_is_not_asked_unless_that_is_allowed():
    with machine(OK) as (host, asked):
        port = host.partition(":")[2]
        shut = OutsideDoor(frozenset([f"localhost:{port}"]))
        with pytest.raises(Unreachable, match="private address"):
            shut.ask("GET", f"https://localhost:{port}/")

    assert asked == []


@pytest.mark.parametrize(
    "number",
    [
        *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0"),
        *("100.64.0.1", "224.0.0.1", "::1", "fc00::1", "fe80::1", "::", "ff02::1"),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::", "64:ff9b::a9fe:a9fe"),
    ],
)
def test_addresses_that_are_not_of_the_open_network(number):
    assert not is_public(ipaddress.ip_address(number))


@pytest.mark.parametrize("number", ["93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34"])
def test_addresses_of_the_open_network(number):
    assert is_public(ipaddress.ip_address(number))


@pytest.mark.parametrize(
    ("number", "is_ours"),
    [
        ("127.0.0.1", True),
        ("10.1.2.3", True),
        ("::1", True),
        ("fc00::1", True),
        ("169.254.169.254", False),
        ("64:ff9b::a9fe:a9fe", False),
        ("fe80::1", False),
        ("224.0.0.1", False),
        ("0.0.0.0", False),
    ],
)
def test_what_only_a_data_centre_answers_is_in_nobodys_house(number, is_ours):
    assert is_in_house(ipaddress.ip_address(number)) is is_ours


def test_a_redirect_is_an_answer_and_is_not_followed():
    moved = b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n"
    with machine(moved) as (host, asked):
        answer = door(host).ask("GET", f"http://{host}/")

    assert (answer.status, answer.is_right) == (302, False)
    assert len(asked) == 1


def test_more_than_is_allowed_is_not_taken():
    endless = b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 4096
    with machine(endless) as (host, _), pytest.raises(Unreachable, match="more than 1 KB"):
        door(host, largest=1024).ask("GET", f"http://{host}/")


def test_a_machine_that_drips_is_left():
    drops = [b"HTTP/1.1 200 OK\r\n", *(b"X-Drop: 1\r\n" for _ in range(100))]
    with (
        machine(*drops, pause=0.05) as (host, _),
        pytest.raises(Unreachable, match="did not answer within 0 seconds"),
    ):
        door(host, within=0.4).ask("GET", f"http://{host}/")


def test_an_answer_that_stops_in_the_middle_is_none():
    torn = b"HTTP/1.1 200 OK\r\nContent-Length: 200\r\n\r\n{}"
    with machine(torn) as (host, _), pytest.raises(Unreachable, match="stopped in the middle"):
        door(host).ask("GET", f"http://{host}/")


def test_a_machine_that_is_not_there_is_told_by_name():
    with machine(OK) as (host, _):
        pass

    with pytest.raises(Unreachable, match=f"{host} does not answer: connection refused"):
        door(host).ask("GET", f"http://{host}/")


def test_what_is_nested_too_deeply_is_no_json():
    deep = b"[" * 100_000
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(deep)
    with machine(head + deep) as (host, _), pytest.raises(ValueError, match="deep"):
        door(host).ask("GET", f"http://{host}/").json()
