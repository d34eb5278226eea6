#!/usr/bin/env bash
# oidc-provider-mock 0.3.4: whoever presses "deny" on its page is sent back with error=access_denied and
# without the `state` that was sent along, which RFC 6749, 4.1.2.1 wants returned with errors too; who
# agrees is sent back with it. One would guess that the two ways back carry the same.
# What it means for who signs people in with it: a client that looks at the state first, as it must before
# it does anything, takes a plain no for somebody else's answer, and says the wrong thing.
# Seen: "allowed: True", "denied: False".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install "oidc-provider-mock==0.3.4" \
    "authlib<2" "flask<4"
cat > "$folder/try.py" <<'PY'
import urllib.error
import urllib.parse
import urllib.request

from oidc_provider_mock import run_server_in_thread


class Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def has_state(port, **chosen):
    asked = urllib.parse.urlencode(
        {"response_type": "code", "client_id": "quiz", "scope": "openid", "state": "kept",
         "redirect_uri": "http://127.0.0.1:9/back"}
    )
    address = f"http://localhost:{port}/oauth2/authorize?{asked}"
    try:
        urllib.request.build_opener(Stay).open(address, urllib.parse.urlencode(chosen).encode())
    except urllib.error.HTTPError as answer:
        return "state=kept" in answer.headers["Location"]


with run_server_in_thread() as server:
    print("allowed:", has_state(server.server_port, sub="amina"))
    print("denied:", has_state(server.server_port, action="deny"))
PY
said=$("$folder/venv/bin/python" -W ignore "$folder/try.py" 2>"$folder/log")
printf '%s\n' "$said"
[ "$said" = "allowed: True
denied: False" ]
