"""The style sheets, the icon, the frame and the components, without the pages that use them."""

import gzip
import hashlib
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from tools import vendor_govuk
from tools.markup import Markup
from web.filters import token_field

WEB = Path(__file__).resolve().parents[2] / "web"
STATIC = WEB / "static"
TEMPLATES = WEB / "templates"
OURS = (STATIC / "app.css").read_text(encoding="utf-8")
THEIRS = (STATIC / "govuk" / vendor_govuk.STYLE_SHEET).read_text(encoding="utf-8")


DARK = "(prefers-color-scheme: dark)"
THEIR_COLOURS = {
    name: value if len(value) == 7 else "#" + "".join(2 * digit for digit in value[1:])
    for name, value in re.findall(r"(--govuk-[a-z-]+-colour):(#[0-9a-f]{3,6})\b", THEIRS)
}


class Page:
    """What the tests ask of a piece of HTML: its elements, in order, and its words."""

    def __init__(self, html: str):
        root = Markup(html).root
        self.elements = [(element.tag, element.attributes) for element in root.inner]
        self.words = root.text

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]

    def ids(self):
        return [attributes["id"] for _, attributes in self.elements if "id" in attributes]


@pytest.fixture(scope="module")
def templates():
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined
    )
    environment.globals["static"] = "/static/{}".format
    environment.filters["token_field"] = token_field
    return environment


@pytest.fixture
def draw(templates):
    """Draws one component by its name."""

    def draw(component, *values, **named):
        module = templates.get_template(f"components/{component}.html").module
        return str(getattr(module, component)(*values, **named))

    return draw


@pytest.fixture
def frame(templates):
    """Draws a page that holds nothing but the frame."""

    def frame(**named):
        page = templates.from_string(
            '{% extends "base.html" %}{% block title %}Modules{% endblock %}'
            "{% block content %}<h1>Modules</h1>{% endblock %}"
        )
        return page.render(
            {
                "nav": [("Modules", "/", True), ("Sign in", "/sign-in", False)],
                "csrf_token": "a-token",
                "footer": SimpleNamespace(
                    partnership="Northmoor Safeguarding Children Partnership",
                    referral_team="Northmoor Children's Front Door",
                    referral_phone="01632 960120",
                    referral_hours="Monday to Friday",
                    out_of_hours_team="Northmoor Emergency Duty Team",
                    out_of_hours_phone="01632 960999",
                    fictional=True,
                ),
                **named,
            }
        )

    return frame


# The files we serve


def test_the_vendored_style_sheet_is_the_one_that_the_note_describes():
    note = (STATIC / "govuk" / "VENDORED.md").read_text(encoding="utf-8")

    written = (STATIC / "govuk" / vendor_govuk.STYLE_SHEET).read_bytes()

    assert f"here: {hashlib.sha256(written).hexdigest()}" in note
    assert re.search(r"SHA-256 of the original: [0-9a-f]{64}", note)


def served():
    kinds = {".css", ".html", ".svg"}
    return [path for path in sorted(WEB.rglob("*")) if path.suffix in kinds]


@pytest.mark.parametrize("path", served(), ids=lambda path: path.relative_to(WEB).as_posix())
def test_nothing_of_the_governments_branding_is_served(path):
    text = path.read_text(encoding="utf-8").lower()

    found = re.findall(
        r"crown|crest|gds transport|@font-face|govuk-logo|logotype|open government licence", text
    )

    assert found == []


def test_only_style_sheets_and_our_icon_are_in_the_static_folder():
    files = {path.relative_to(STATIC).as_posix() for path in STATIC.rglob("*") if path.is_file()}

    assert {name for name in files if not name.startswith("govuk/")} == {
        "app.css",
        "icon-192.png",
        "icon-512.png",
        "icon.svg",
        "link.png",
        "link.svg",
        "lti.js",
    }
    assert {name for name in files if name.startswith("govuk/")} == {
        "govuk/govuk-frontend.min.css",
        "govuk/LICENSE",
        "govuk/VENDORED.md",
    }


@pytest.mark.parametrize("css", [THEIRS, OURS], ids=["vendored", "ours"])
def test_a_style_sheet_fetches_nothing(css):
    assert "url(" not in css
    assert "@import" not in css


def test_all_we_send_at_a_first_visit_is_small(frame):
    sent = [THEIRS, OURS, (STATIC / "icon.svg").read_text(encoding="utf-8"), frame()]

    sizes = [len(gzip.compress(text.encode(), 6)) for text in sent]

    assert sum(sizes) < 16_000
    assert sizes[-1] < 1_500


@pytest.mark.parametrize("is_dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("text", "back"),
    [
        *(
            (f"--govuk-{name}-colour", "--govuk-body-background-colour")
            for name in ("text", "secondary-text", "error", "link", "link-visited", "link-hover")
        ),
        ("--govuk-link-colour", "--govuk-template-background-colour"),
        ("--govuk-link-colour", "--govuk-surface-background-colour"),
        ("#ffffff", "--govuk-brand-colour"),
        ("#ffffff", "--app-deep"),
        ("--app-quiet", "--govuk-template-background-colour"),
        *(
            (f"--app-{name}", f"--app-{name}-back")
            for name in ("good", "bad", "warn", "calm", "quiet")
        ),
    ],
)
def test_our_colours_are_easy_to_read_on_each_other(text, back, is_dark):
    light_ones, dark_ones = (
        dict(re.findall(r"(--[a-z-]+): (#[0-9a-f]{6});", part))
        for part in (OURS.partition(DARK)[0], OURS.partition(DARK)[2])
    )
    assert light_ones
    assert dark_ones
    colours = THEIR_COLOURS | light_ones | (dark_ones if is_dark else {})

    light, dark = sorted((luminance(colours.get(c, c)) for c in (text, back)), reverse=True)

    assert (light + 0.05) / (dark + 0.05) >= 4.5


def luminance(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


# What the vendoring keeps


@pytest.mark.parametrize(
    ("css", "ours"),
    [
        (".govuk-button{color:red}", ".govuk-button{color:red}"),
        (".govuk-tabs{color:red}", ""),
        (".govuk-button,.govuk-tabs{color:red}", ".govuk-button{color:red}"),
        ("@media print{.govuk-footer{color:red}}", ""),
        ("@media print{.govuk-body{color:red}}", "@media print{.govuk-body{color:red}}"),
        (".govuk-link:not(.govuk-tabs,a){color:red}", ""),
        (".govuk-link:not(a,b){color:red}", ".govuk-link:not(a,b){color:red}"),
        (".govuk-frontend-supported .govuk-button{color:red}", ""),
        (".govuk-body{background:url(a.svg)}", ""),
        ("@font-face{font-family:GDS Transport}", ""),
        (".govuk-\\!-margin-top-4{margin:0}", ".govuk-\\!-margin-top-4{margin:0}"),
        (".govuk-\\!-margin-top-9{margin:0}", ""),
    ],
)
def test_vendoring_keeps_a_rule_only_for_what_our_pages_have(css, ours):
    assert vendor_govuk.processed(css) == f'@charset "UTF-8";{ours}\n'


# Templates


def template_files():
    return [path.relative_to(TEMPLATES).as_posix() for path in sorted(TEMPLATES.rglob("*.html"))]


@pytest.mark.parametrize("name", template_files())
def test_a_template_uses_only_classes_that_our_style_sheets_know(name):
    text = (TEMPLATES / name).read_text(encoding="utf-8")

    blocks = {one.strip("-") for one in re.findall(r"govuk-(?!!)([a-z]+(?:-[a-z]+)*)", text)}
    overrides = set(re.findall(r"govuk-!-([a-z0-9-]+)", text))
    own = set(re.findall(r"\bapp-[a-z]+(?:-[a-z]+)*(?:__[a-z]+)?(?:--[a-z]+(?:-[a-z]+)*)?", text))

    unknown = blocks - vendor_govuk.BLOCKS - {"frontend"}
    assert unknown == set(), "Add the block to BLOCKS in tools/vendor_govuk.py and run it"
    assert overrides <= vendor_govuk.OVERRIDES, "Add it to OVERRIDES in tools/vendor_govuk.py"
    assert {one for one in own if f".{one}" not in OURS} == set(), "Style it in app.css"


# What a registration or a choice tells a learning system's window, it has to tell by script.
FOR_LEARNING_SYSTEMS = ("lti/registered.html", "lti/send.html")


@pytest.mark.parametrize("name", template_files())
def test_a_template_has_no_inline_style_or_script(name):
    text = (TEMPLATES / name).read_text(encoding="utf-8")
    if name in FOR_LEARNING_SYSTEMS:
        text = text.replace("<script src=\"{{ static('lti.js') }}\" defer></script>", "", 1)

    assert re.findall(r"<script|<style|\sstyle=|\son[a-z]+=|javascript:", text) == []


@pytest.mark.parametrize("name", template_files())
def test_words_that_nobody_understood_are_gone(name):
    text = (TEMPLATES / name).read_text(encoding="utf-8")

    assert re.findall(r"\bMended\b|Choose nobody|Late still|of those you were told of", text) == []


# The frame


def test_the_frame_says_what_to_do_when_a_child_may_be_at_risk(frame):
    page = Page(frame())

    assert "If a child may be at risk" in page.words
    assert "In immediate danger: call 999." in page.words
    assert "Northmoor Children's Front Door, 01632 960120, Monday to Friday." in page.words
    assert "Northmoor Emergency Duty Team, 01632 960999." in page.words
    phones = [a["href"] for a in page.all("a") if a["href"].startswith("tel:")]
    assert phones == ["tel:999", "tel:01632960120", "tel:01632960999"]


@pytest.mark.parametrize("is_fictional", [True, False])
def test_a_fictional_place_says_so(frame, is_fictional):
    footer = SimpleNamespace(
        partnership="P",
        referral_team="R",
        referral_phone="1",
        referral_hours="H",
        out_of_hours_team="O",
        out_of_hours_phone="2",
        fictional=is_fictional,
    )

    assert ("fictional" in Page(frame(footer=footer)).words) == is_fictional


def test_the_title_begins_with_the_heading_and_tells_of_errors(frame):
    assert "<title>Modules – The Knowledge</title>" in frame()
    assert "<title>Modules – The Knowledge</title>" in frame(errors={})
    assert "<title>Error: Modules – The Knowledge</title>" in frame(errors={"name": "Enter it"})


def test_the_first_link_skips_to_the_main_part(frame):
    page = Page(frame())

    first = page.all("a")[0]

    assert first == {"href": "#main", "class": "govuk-skip-link"}
    assert page.all("main")[0]["id"] == "main"


def test_the_menu_marks_where_one_is(frame):
    links = [a for a in Page(frame()).all("a") if a.get("class") == "app-nav__link"]

    assert [(a["href"], a.get("aria-current")) for a in links] == [
        ("/", "page"),
        ("/sign-in", None),
    ]


def test_signing_out_is_a_form_and_only_for_those_who_are_in(frame):
    inside = Page(frame(signed_in_name="Amina Yusuf"))

    assert inside.all("form")[0]["action"] == "/sign-out"
    assert inside.all("form")[0]["method"] == "post"
    token = inside.all("input")[0]
    assert (token["name"], token["value"]) == ("csrf_token", "a-token")
    assert "Amina Yusuf" in inside.words
    assert Page(frame()).all("form") == []


def test_a_banner_is_shown_when_there_is_one(frame):
    assert "All made up" in Page(frame(banner="All made up")).words
    assert "app-banner" not in frame()


def test_names_are_text_wherever_the_frame_shows_them(frame):
    html = frame(signed_in_name="<b>Amina", banner="<i>Hello", csrf_token='"><u>')

    assert not re.search(r"<[biu]>", html)


def test_the_frame_stays_lean(frame):
    assert len(frame(signed_in_name="Amina Yusuf").encode()) < 3_200


# Components

FIELDS = [
    ("text_input", ("name", "Your name")),
    ("textarea", ("name", "Your name")),
    ("select_input", ("name", "Your name", [("a", "A")])),
    ("date_input", ("name", "Your name")),
    ("radios", ("name", "Your name", [("a", "A"), ("b", "B", "A hint")])),
    ("checkboxes", ("name", "Your name", [("a", "A"), ("b", "B", "A hint")])),
]


@pytest.mark.parametrize(("component", "values"), FIELDS, ids=[name for name, _ in FIELDS])
def test_a_field_is_labelled_and_tied_to_its_hint_and_error(draw, component, values):
    page = Page(draw(component, *values, hint="As you are known", error="Enter your name"))

    described = [attributes.get("aria-describedby", "") for _, attributes in page.elements]
    assert "name-hint name-error" in described
    assert {one for ids in described for one in ids.split()} <= set(page.ids())
    assert len(page.ids()) == len(set(page.ids()))
    controls = [a for tag, a in page.elements if tag in {"input", "textarea", "select"}]
    assert {a["for"] for a in page.all("label")} == {a["id"] for a in controls}
    assert "Error: Enter your name" in page.words


@pytest.mark.parametrize(("component", "values"), FIELDS, ids=[name for name, _ in FIELDS])
def test_the_error_summary_leads_to_the_first_control_of_a_field(draw, component, values):
    summary = Page(draw("error_summary", {"name": "Enter your name"}))
    field = Page(draw(component, *values, error="Enter your name"))

    target = summary.all("a")[0]["href"].removeprefix("#")

    first = next(a for tag, a in field.elements if tag in {"input", "textarea", "select"})
    assert first["id"] == target


@pytest.mark.parametrize(("component", "values"), FIELDS, ids=[name for name, _ in FIELDS])
def test_a_field_that_is_right_describes_nothing(draw, component, values):
    html = draw(component, *values)

    assert "--error" not in html
    assert "name-hint" not in html
    assert "name-error" not in html


@pytest.mark.parametrize("component", ["text_input", "textarea"])
def test_what_was_entered_is_given_back_as_text(draw, component):
    html = draw(component, "name", "Your name", value='"><script>')

    assert "&#34;&gt;&lt;script&gt;" in html
    assert "<script" not in html


def test_choices_made_before_are_still_made(draw):
    items = [("a", "A"), ("b", "B")]

    one_of = Page(draw("radios", "who", "Who", items, value="b")).all("input")
    some_of = Page(draw("checkboxes", "who", "Who", items, values=("a", "b"))).all("input")
    listed = Page(draw("select_input", "who", "Who", items, "b")).all("option")

    assert ["checked" in a for a in one_of] == [False, True]
    assert ["checked" in a for a in some_of] == [True, True]
    assert ["selected" in a for a in listed] == [False, True]


def test_a_day_keeps_its_three_parts(draw):
    inputs = Page(draw("date_input", "due_on", "By when", ("1", "2", "2027"))).all("input")

    assert [(a["name"], a["value"]) for a in inputs] == [
        ("due_on-day", "1"),
        ("due_on-month", "2"),
        ("due_on-year", "2027"),
    ]


def test_the_error_summary_takes_the_focus_without_script(draw):
    summary = Page(draw("error_summary", {"name": "Enter your name"})).all("div")[0]

    assert {"role": "alert", "tabindex": "-1", "autofocus": ""}.items() <= summary.items()
    assert draw("error_summary", {}).strip() == ""


def test_a_limit_is_told_in_words(draw):
    page = Page(draw("textarea", "why", "Why", limit=200))

    assert "You can enter up to 200 characters" in page.words
    assert page.all("textarea")[0]["aria-describedby"] == "why-limit"


def test_a_table_scrolls_in_a_region_with_its_caption_as_name(draw):
    page = Page(draw("table", "people", "Your people", ["Name", "Passed"], [("Amina", 3)], (1,)))

    region = page.all("div")[0]
    assert (region["role"], region["tabindex"]) == ("region", "0")
    assert region["aria-labelledby"] == page.all("caption")[0]["id"]
    assert [a["scope"] for a in page.all("th")] == ["col", "col", "row"]
    assert page.all("td") == [{"class": "govuk-table__cell govuk-table__cell--numeric"}]


def test_a_heading_can_be_the_label_or_the_legend(draw):
    label = Page(draw("text_input", "email", "E-mail address", is_heading=True))
    legend = Page(draw("radios", "who", "Who", [("a", "A")], is_heading=True))

    assert len(label.all("h1")) == len(legend.all("h1")) == 1


@pytest.mark.parametrize(
    "standing",
    ["valid", "renew-soon", "assigned", "due-soon", "overdue", "lapsed", "paused", "passed"],
)
def test_each_standing_has_a_shape_beside_its_word(standing):
    rule = re.search(rf"\.app-tag--{standing}\b[^{{]*{{([^}}]*)}}", OURS)

    assert rule is not None
    assert "--shape: var(--app-" in rule[1]
