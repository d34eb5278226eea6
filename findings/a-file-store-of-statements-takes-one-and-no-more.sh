#!/usr/bin/env bash
# ralph-malph 5.1.0: a learning record store started on files (runserver -b fs) takes the first
# statement, and answers 500 to every one after it: its file is there already, and it only makes new files.
# One would guess that what is offered for small installations and trials adds to its file.
# What it means for whoever sends statements and tries it against this: the first success says nothing, and
# a 500 is not the sender's fault. Several statements in one request are taken.
# Seen: "first: 200", "second: 500".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install "ralph-malph[full,lrs]==5.1.0"
cat > "$folder/try.py" <<'PY'
import os
import pathlib
import socket
import subprocess
import sys
import time
import uuid

import httpx

folder = pathlib.Path(__file__).parent
os.environ["RALPH_APP_DIR"] = str(folder)
ralph = str(pathlib.Path(sys.executable).with_name("ralph"))
account = ("lrs", "a password")
subprocess.run(
    [ralph, "auth", "-u", account[0], "-p", account[1], "-s", "all", "-N", "quiz",
     "-M", "mailto:quiz@knowledge.example", "-w"],
    check=True, capture_output=True, cwd=folder,
)
with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
store = subprocess.Popen(
    [ralph, "runserver", "-b", "fs", "--host", "127.0.0.1", "--port", str(port)],
    cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
)


def sent():
    statement = {
        "id": str(uuid.uuid4()),
        "actor": {"account": {"name": "7", "homePage": "https://knowledge.example"}},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/passed"},
        "object": {"id": "https://knowledge.example/modules/referrals"},
        "timestamp": "2026-11-29T09:00:00Z",
    }
    return httpx.post(
        f"http://127.0.0.1:{port}/xAPI/statements", json=statement, auth=account,
        headers={"X-Experience-API-Version": "1.0.3"}, timeout=30,
    ).status_code


try:
    for _ in range(120):
        try:
            httpx.get(f"http://127.0.0.1:{port}/__heartbeat__", timeout=5)
            break
        except httpx.TransportError:
            time.sleep(0.5)
    print("first:", sent())
    print("second:", sent())
finally:
    store.terminate()
    store.wait()
PY
said=$("$folder/venv/bin/python" -W ignore "$folder/try.py")
printf '%s\n' "$said"
[ "$said" = "first: 200
second: 500" ]
