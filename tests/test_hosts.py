"""Addresses of machines: read strictly, and written in one way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizbot.hosts import neighbourhood, origin, read_web_address


@pytest.mark.parametrize(
    ("url", "written"),
    [
        ("https://knowledge.example.org", "https://knowledge.example.org"),
        ("HTTPS://Knowledge.Example.ORG/", "https://knowledge.example.org"),
        ("https://knowledge.example.org.", "https://knowledge.example.org"),
        ("https://knowledge.example.org:443", "https://knowledge.example.org"),
        ("http://knowledge.example.org:80/", "http://knowledge.example.org"),
        ("https://knowledge.example.org:", "https://knowledge.example.org"),
        ("http://knowledge.example.org:443", "http://knowledge.example.org:443"),
        ("https://[2001:DB8:0::1]:8443", "https://[2001:db8::1]:8443"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
    ],
)
def test_an_address_has_one_writing(url, written):
    assert read_web_address(url) == written
    assert read_web_address(written) == written


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("knowledge.example.org", "must be an address such as"),
        ("ftp://knowledge.example.org", "must be an address such as"),
        ("https://", "names no machine"),
        ("https://know ledge.example.org", "without spaces"),
        ("https://knowledge.example.org\\x", "without spaces"),
        ("https://me:pw@knowledge.example.org", "without name and password"),
        ("https://knowledge.example.org?x=1", "without ? and #"),
        ("https://knowledge.example.org/#top", "without ? and #"),
        ("https://knowledge.example.org/quiz", "cannot live below /quiz"),
        ("http://2001:db8::1", "in brackets: [2001:db8::1]"),
        ("http://[2001:db8::1]x", "after the ] comes : and a port"),
        ("http://[knowledge]", "is no IPv6 address"),
        ("https://knowledge.example.org:99999", "from 1 to 65535"),
        ("https://knowledge.example.org:https", "from 1 to 65535"),
        ("https://-.example.org", "is no name of a machine"),
        ("https://a..example.org", "is no name of a machine"),
        ("https://straße.example", "write the name as xn--"),
        ("http://127.1", "is no number of a machine"),
        ("http://0.0.0.0:8000", "every address of this machine"),
        ("http://[::]:8000", "every address of this machine"),
    ],
)
def test_what_is_no_address_for_people_is_told(url, words):
    with pytest.raises(ValueError, match="must") as refusal:
        read_web_address(url)

    assert words in str(refusal.value)


@given(st.text(max_size=40))
def test_whatever_is_read_is_written_in_one_way(text):
    try:
        written = read_web_address(f"https://{text}")
    except ValueError:
        return

    assert read_web_address(written) == written
    assert written.isascii()
    assert not set(written.removeprefix("https://")) & set("/?#@ \\")


@pytest.mark.parametrize(
    ("text", "whose"),
    [
        ("203.0.113.5", "203.0.113.5"),
        ("203.0.113.5:4711", "203.0.113.5"),
        (" 203.0.113.5 ", "203.0.113.5"),
        ("[203.0.113.5]:4711", "203.0.113.5"),
        ("::ffff:203.0.113.5", "203.0.113.5"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2:ffff::1]:4711", "2001:db8:1:2::/64"),
        ("[2001:DB8:1:2::9]", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unknown", ""),
        ("_hidden", ""),
        ("", ""),
        ("203.0.113.5.6:1", ""),
    ],
)
def test_an_address_is_its_neighbourhoods(text, whose):
    assert neighbourhood(text) == whose


@given(st.ip_addresses(v=4), st.integers(1, 65535))
def test_a_port_makes_no_other_address(address, port):
    assert neighbourhood(f"{address}:{port}") == neighbourhood(str(address)) == str(address)


@given(st.ip_addresses(v=6), st.integers(1, 65535), st.integers(0, 2**64 - 1))
def test_one_household_is_one_address(address, port, end):
    other = type(address)((int(address) >> 64 << 64) | end)
    if address.ipv4_mapped or other.ipv4_mapped:
        return

    assert neighbourhood(f"[{address}]:{port}") == neighbourhood(str(other))


@pytest.mark.parametrize(
    ("url", "is_"),
    [
        ("https://Moodle.Example.org/mod/lti?id=2", "https://moodle.example.org"),
        ("https://moodle.example.org:443/", "https://moodle.example.org"),
        ("http://localhost:8080/course", "http://localhost:8080"),
        ("https://a.example; script-src *", ""),
        ("https://name@a.example/", ""),
        ("https://a.example:x/", ""),
        ("ftp://a.example/", ""),
        ("//a.example/", ""),
        ("javascript:void", ""),
        ("", ""),
    ],
    ids=str,
)
def test_the_origin_of_a_page_is_its_scheme_and_machine(url, is_):
    assert origin(url) == is_
