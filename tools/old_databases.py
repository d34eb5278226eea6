"""A small database of every released schema, each made by the release that had it last.

python -m tools.old_databases: it goes through the history of this repository, has the last commit
that was at each migration fill a database by its own commands and pages (see `leave` in bench.py),
and packs what it holds, as SQL, into tests/store/released.tar.xz. It takes half an hour at most.
What is in the package already is kept: a database of the past does not change. A library that
only an old release uses (orjson) is found where PYTHONPATH says.
"""

import io
import os
import subprocess
import sys
import tarfile
import tempfile
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from quizbot.words import how_many

ROOT = Path(__file__).resolve().parent.parent
PACKED = ROOT / "tests/store/released.tar.xz"
# Their newest commit has the migration in a form that was changed under the same name afterwards.
CHANGED_SINCE = ("0030", "0031", "0035")
LASTS = 240  # seconds at most that one release may take


def main() -> None:
    """Make what is missing, and pack everything anew after each."""
    there = unpacked(PACKED) if PACKED.exists() else {}
    wanted = {
        f"{revision}.sql": commit
        for revision, commit in last_commits().items()
        if f"{revision}.sql" not in there
    }
    with ThreadPoolExecutor(2) as pool:
        making = {pool.submit(made_by, commit): name for name, commit in wanted.items()}
        for made in as_completed(making):
            name = making[made]
            try:
                there[name] = made.result()
            except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
                last = (error.stderr or b"").decode().strip().splitlines()[-1:]
                print(f"{name} by {wanted[name][:10]} cannot be made: {last or error}", flush=True)
                continue
            print(f"{name} by {wanted[name][:10]}: {len(there[name])} bytes", flush=True)
            pack(there, PACKED)
    print(f"{how_many(len(there), 'database')}, {PACKED.stat().st_size // 1024} KB")


def last_commits() -> dict[str, str]:
    """By migration, the newest commit that had it and all before it, and none after."""
    ours = migrations_of("HEAD")
    found: dict[str, str] = {}
    for commit in git("rev-list", "--date-order", "HEAD").decode().split():
        known = migrations_of(commit)
        if known and known == tuple(name for name in ours if name <= known[-1]):
            found.setdefault(known[-1][:4], commit)
    return {at: found[at] for at in sorted(found) if at not in CHANGED_SINCE}


def migrations_of(commit: str) -> tuple[str, ...]:
    """The files of the migrations that a commit has, wherever they lie.

    By their whole names: a number was given anew before it was released.
    """
    paths = git("ls-tree", "-r", "--name-only", commit).decode().splitlines()
    return tuple(sorted(p.rpartition("/")[2] for p in paths if "/versions/0" in p))


def made_by(commit: str) -> bytes:
    """What a release leaves of a small life, told by its own code on this Python."""
    with tempfile.TemporaryDirectory(prefix="knowledge-release-") as name:
        release = git("archive", "--format=tar", commit)
        subprocess.run(["tar", "-x", "-C", name], input=release, check=True)
        file = Path(name, "left.sql")
        subprocess.run(
            [sys.executable, "-P", str(ROOT / "tools/bench.py"), "--leave", str(file)],
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join([name, os.environ.get("PYTHONPATH", "")]),
            },
            cwd=name,
            capture_output=True,
            check=True,
            timeout=LASTS,
        )
        return file.read_bytes()


def git(*words: str) -> bytes:
    """What git says."""
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, check=True).stdout


def pack(files: dict[str, bytes], out: Path) -> None:
    """All in one package: what they have alike is kept once."""
    with tarfile.open(out, "w:xz", preset=9) as packed:
        for name, content in sorted(files.items()):
            about = tarfile.TarInfo(name)
            about.size = len(content)
            packed.addfile(about, io.BytesIO(content))


def unpacked(package: Path) -> dict[str, bytes]:
    """The files of a package by name."""
    with tarfile.open(package) as packed:
        return {one.name: packed.extractfile(one).read() for one in packed}  # type: ignore[union-attr]


if __name__ == "__main__":
    main()
