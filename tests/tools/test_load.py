"""The pages of `make load` and `make growth` are told from what was measured."""

import os
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random

import pytest

from tests.counted import counted
from tools.bench import Ask, Build, Measure, Setting, application, seen
from tools.bench_growth import MODULE, PAGES, Point, by_history, drawn, filled, getting, multiply
from tools.bench_growth import page as growth_page
from tools.bench_load import Load, Walker, come, crowds, head, section
from tools.bench_scale import signed_in, write
from tools.loaded import run


@pytest.fixture(autouse=True)
def _same_environment():
    """A build under measure is set by the environment of the process that measures it."""
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)


def test_the_page_of_loads_says_how_it_was_measured():
    assert "each page for 2 s on average" in head(Load())
    assert "all come within 10 s" in head(Load())


def test_a_run_has_a_line_for_each_measure_and_no_path_of_the_machine():
    about = "2026-11-29, x86_64, 2 cores, Python 3.11.2 (not optimised; /some/where/python), x"

    text = section(about, "Nothing went on beside.", [Measure("SQLite: of them lost", 0, "")])

    assert text.startswith("\n## 2026-11-29\n\nOn x86_64, 2 cores")
    assert "Python 3.11.2 (not optimised), x. Nothing went on beside.\n" in text
    assert text.endswith("| --- | ---: |\n| SQLite: of them lost | 0 |\n")
    assert "/some/where" not in text


def test_the_page_of_growth_has_a_line_for_each_size():
    points = [Point(size, dict.fromkeys(PAGES, 1.5), 4.0, 130) for size in (10, 1000)]

    text = growth_page("today", "", {"people": points, "answers": points})

    assert text.count("| 1,000 | 1.50 ms | 1.50 ms | 1.50 ms | 1.50 ms | 4.0 MB | 130 MB |") == 2


def test_what_costs_the_same_is_drawn_flat():
    points = [Point(size, dict.fromkeys(PAGES, 2.0), 4.0, 130) for size in (10, 100, 1000)]

    plot = drawn("people", points)

    (line,) = {part.split('"')[0] for part in plot.split('points="')[1:]}
    heights = {dot.split(",")[1] for dot in line.split()}
    assert len(heights) == 1


def test_answers_become_more_with_all_that_hangs_on_them():
    first, second = by_history([200, 600], staff=20)

    assert 180 <= first.size <= 200
    assert second.size == 3 * first.size + 1  # the one that is kept while it is measured
    assert set(first.costs) == set(PAGES)


def test_a_managers_page_is_the_same_work_with_fifty_times_the_history():
    """As DESIGN says; counted in calls, for a busy machine has no part in them."""
    with filled(20) as (service, file):
        who, manager = (service.people.whose(f"s{n}@large.example") for n in (1, 0))
        write(service, [(who, MODULE, day) for day in range(1, 11)], Random(7), 200)
        opening, work = getting(signed_in(service, manager), "/team"), []
        for copies in ((1, 2), (2, 100)):
            multiply(file, *copies)
            service.standings.renew_cache(everything=True)
            opening()
            work.append(counted(opening)[1])

    assert work[1] <= 1.01 * work[0]


def test_a_crowd_takes_modules_to_their_end_and_nothing_acknowledged_is_lost(tmp_path):
    load = Load(people=4, seconds=0.5, pause=0.01, too_many=6, too_soon=0.2)
    setting = Setting(teams=(2, 4), whole=1, clickers=12, module="referrals")
    build = Build(tmp_path / "build", f"sqlite:///{tmp_path}/build/quizbot.db", runs=run)
    build.make_ready(setting)

    found = {m.name: m.value for m in crowds(application(build), build, load, "SQLite", 4)}

    for crowd, people in (("4 people in 0 s", 4), ("6 in 0 s, no pause", 6)):
        assert found[f"SQLite, {crowd}: who took the module to its end"] == people
        assert found[f"SQLite, {crowd}: replies acknowledged"] > 10 * people
        assert found[f"SQLite, {crowd}: of them lost"] == 0
        assert found[f"SQLite, {crowd}: other failures"] == 0
    assert build.environment["QUIZBOT_PROXY"] == "1"  # so that the service knows how old clicks are


class OnePage(Walker):
    """Somebody who wants one page, and goes."""

    def begin(self):
        self.is_gone, self.has_begun = self.has_begun, True
        self.cookie, self.way = "", seen(Ask("/"))
        self.ask = next(self.way)


class FullAtFirst(BaseHTTPRequestHandler):
    """A service that has no time for who comes first, and then has."""

    protocol_version = "HTTP/1.1"
    asked = 0

    def do_GET(self):
        FullAtFirst.asked += 1
        self.send_response(503 if FullAtFirst.asked == 1 else 200)
        if FullAtFirst.asked == 1:
            self.send_header("Retry-After", "0")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        """Nothing is told."""


def test_who_is_asked_to_come_again_does_and_is_served():
    server = ThreadingHTTPServer(("127.0.0.1", 0), FullAtFirst)
    with server, ThreadPoolExecutor(1) as pool:
        pool.submit(server.serve_forever)
        people = [OnePage("")]
        crowd = come(server.server_port, people, Load(seconds=0.01), pause=0.0)
        server.shutdown()

    assert (crowd.asked_again, crowd.finished, crowd.failed) == (1, 1, 0)
    assert len(crowd.times) == 1
