"""People at work on a cluster while something is done to it, and what is told of it afterwards."""

import time
from collections import Counter
from itertools import count, pairwise

from tests.faults.taking import PATIENCE, Takers, check, lost_of
from tools.cluster.cluster import Cluster
from tools.running import Keys
from tools.waiting import until

AT_ONCE = 4
PEOPLE = 900
MOST_OUT = 60.0  # seconds for which nobody can answer at most, on a machine that is busy
BACK_WITHIN = 150.0  # seconds after which all is as before
TOLD: list[str] = []
NUMBERS = count()


class Load(Takers):
    """Who answers, and what each noted."""

    def __init__(self, cluster: Cluster, keys: Keys) -> None:
        super().__init__(cluster, keys, NUMBERS, AT_ONCE)
        self.cluster, self.began_at = cluster, 0.0

    def __enter__(self):
        self.start()
        until(lambda: self.troubles or self.kept() > 2 * AT_ONCE, PATIENCE, "some answers")
        self.began_at = time.monotonic()
        return self

    def __exit__(self, *error):
        self.stop.set()
        for thread in self.threads:
            thread.join(PATIENCE)

    def goes_on(self):
        """Wait until everybody has answered some more."""
        wanted = self.kept() + 5 * AT_ONCE
        until(lambda: self.troubles or self.kept() >= wanted, PATIENCE, "some more answers")

    def failed(self):
        """What was answered instead of a page, by its kind."""
        return sum((taking.failed for taking in self.begun), Counter())

    def unforeseen(self):
        """What came with each 500, and what the machines' logs say of what nobody foresaw."""
        logs = [path.read_text(errors="replace") for path in self.cluster.net.folder.rglob("*.log")]
        told = ("unforeseen", "Application callable raised", "WSGI protocol failure")
        lines = [line for log in logs for line in log.splitlines()]
        came = [words for taking in self.begun for words in taking.broken]
        return came + [line for line in lines if any(one in line for one in told)]

    def longest_gap(self):
        """For how many seconds nobody's answer was acknowledged, at the longest."""
        times = sorted(at for taking in self.begun for at in taking.kept_at)
        return max(after - before for before, after in pairwise(times) if after >= self.began_at)

    def back(self):
        """Wait until all is as before, and people answer; after how many seconds it was so."""
        until(self.cluster.is_well, BACK_WITHIN, "a cluster that is whole again")
        after = time.monotonic() - self.began_at
        self.goes_on()
        return after

    def tell(self, what, back):
        """Count, hold it to what was acknowledged, and say so."""
        lost = lost_of(self.cluster, self.begun)
        out, failed = self.longest_gap(), self.failed()
        sent_again = ", ".join(f"{n} × {kind}" for kind, n in sorted(failed.items())) or "none"
        TOLD.append(
            f"{what}: {lost} acknowledged answers lost of {self.kept()};"
            f" no answer kept for {out:.1f} s; whole again after {back:.1f} s;"
            f" pages sent once more: {sent_again}"
        )
        print(TOLD[-1], *self.unforeseen(), sep="\n")
        assert self.troubles == []
        assert lost == 0
        assert failed["500"] == 0, self.unforeseen()
        assert out < MOST_OUT
        check(self.cluster, self.begun)


def names():
    """Everybody who may come, as lines of a file of people."""
    return "".join(
        f"M{n},Person {n},p{n}@northmoor.example,Northmoor/Council,Worker,2026-01-05,\n"
        for n in range(PEOPLE)
    )
