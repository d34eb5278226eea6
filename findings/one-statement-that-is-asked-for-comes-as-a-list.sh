#!/usr/bin/env bash
# ralph-malph 5.1.0: asked for one statement by its id (GET statements?statementId=...), the record store answers with
# a list that holds it; of an id that was never sent it answers 200 too, with an empty list. By xAPI 1.0.3
# (Communication, 2.1.3) the answer is the statement itself, or 404.
# One would guess that "found" and "not found" differ by their status, as everywhere in that standard.
# What it means for who asks whether a statement arrived before sending it again: by the status each of them did, by
# the id of what came none did. Look into the list as well.
# Seen: "sent: 200, a list of 1", "never sent: 200, a list of 0".
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


address = f"http://127.0.0.1:{port}/xAPI/statements"
usual = {"auth": account, "headers": {"X-Experience-API-Version": "1.0.3"}, "timeout": 30}
statement = {
    "id": str(uuid.uuid4()),
    "actor": {"account": {"name": "7", "homePage": "https://knowledge.example"}},
    "verb": {"id": "http://adlnet.gov/expapi/verbs/passed"},
    "object": {"id": "https://knowledge.example/modules/referrals"},
    "timestamp": "2026-11-29T09:00:00Z",
}


def asked(about):
    answer = httpx.get(address, params={"statementId": about}, **usual)
    told = answer.json()
    what = "itself" if told.get("id") == about else f"a list of {len(told['statements'])}"
    return f"{answer.status_code}, {what}"


try:
    for _ in range(120):
        try:
            httpx.get(f"http://127.0.0.1:{port}/__heartbeat__", timeout=5)
            break
        except httpx.TransportError:
            time.sleep(0.5)
    assert httpx.post(address, json=statement, **usual).status_code == 200
    print("sent:", asked(statement["id"]))
    print("never sent:", asked(str(uuid.uuid4())))
finally:
    store.terminate()
    store.wait()
PY
said=$("$folder/venv/bin/python" -W ignore "$folder/try.py")
printf '%s\n' "$said"
[ "$said" = "sent: 200, a list of 1
never sent: 200, a list of 0" ]
