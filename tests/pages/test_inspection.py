"""The inspection of pages finds what it is there to find."""

from dataclasses import replace

import pytest
from werkzeug.datastructures import Headers

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

SPOILT = {
    "no h1": ("<h1", "<h2", "</h1>", "</h2>"),
    "two h1": ("</h1>", "</h1><h1>More</h1>"),
    "a title of its own": ("<title>Sign in", "<title>Come in"),
    "an id twice": ('id="main"', 'id="risk"'),
    "a field without a label": ('for="email"', 'for="other"'),
    "a form without a token": ('name="csrf_token"', 'name="token"'),
    "a form that leaves the site": ('action="/sign-in"', 'action="https://elsewhere.example"'),
    "a style of its own": ("<h1", '<h1 style="color: red"'),
    "a script": ("</main>", "<script>alert(1)</script></main>"),
    "a handler": ("<h1", '<h1 onclick="go()"'),
    "no language": (' lang="en-GB"', ""),
    "a tag left open": ("</main>", "<p></main>"),
    "a tag closed twice": ("</main>", "</p></main>"),
    "an attribute twice": ("<h1 ", '<h1 class="x" '),
    "a link without words": ("</main>", '<a href="/"></a></main>'),
    "a link to no place": ("</main>", '<a href="#nowhere">There</a></main>'),
    "a heading left out": ("</main>", "<h4>Deep</h4></main>"),
    "no number for an emergency": ("tel:999", "tel:998"),
    "a table without a caption": ("</main>", "<table><tr><td>1</td></tr></table></main>"),
    "choices without a legend": (
        "</main>",
        '<input type="radio" name="x" id="x"><label for="x">X</label></main>',
    ),
}


@pytest.fixture(scope="module")
def spoil():
    def spoil(page, *pairs):
        body = page.body
        for old, new in zip(pairs[::2], pairs[1::2], strict=True):
            assert old in body
            body = body.replace(old, new)
        return replace(page, body=body)

    return spoil


@pytest.mark.parametrize("fault", SPOILT)
def test_a_page_that_is_made_badly_is_told(anyone, spoil, fault):
    page = anyone.get("/sign-in")
    assert page.faults() == []

    assert spoil(page, *SPOILT[fault]).faults()


@pytest.mark.parametrize(
    "name",
    [
        "Content-Security-Policy",
        "X-Content-Type-Options",
        "Referrer-Policy",
        "Cache-Control",
    ],
)
def test_a_page_without_its_headers_is_told(anyone, name):
    page = anyone.get("/sign-in")
    headers = Headers([(n, value) for n, value in page.headers if n != name])

    assert replace(page, headers=headers).faults()


def test_errors_are_in_the_title_and_only_errors(anyone, spoil):
    anyone.get("/sign-in")
    page = anyone.press("Send me a code", email="x")

    assert spoil(page, "<title>Error: ", "<title>").faults()
    assert spoil(anyone.get("/"), "<title>", "<title>Error: ").faults()
