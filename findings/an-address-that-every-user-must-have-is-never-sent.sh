#!/usr/bin/env bash
# lti-provider-mock 0.2.3: each of its users must have an address, or it does not start; the launch holds their
# names and no address, and no roles either.
# One would guess that what is required of a user is what a tool is told of them.
# What it means for a tool that finds its people by their address: tried against this platform everybody is a
# stranger, and a step for somebody whose course shares no address is tried whether one means to or not. It is a
# good trial of just that: what a platform's privacy setting withholds is not in the launch.
# Seen: "name: Ada Lamb", "email: None", "roles: []".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install lti-provider-mock==0.2.3 httpx==0.28.1
cat > "$folder/try.py" <<'PY'
import base64
import json
import os
import re

from fastapi.testclient import TestClient

USER = {"id": "1", "given_name": "Ada", "family_name": "Lamb", "email": "ada@council.example"}
os.environ |= {
    "LTI_PROVIDER_MOCK__USERS": json.dumps([USER]),
    "LTI_PROVIDER_MOCK__COURSES": json.dumps([{"id": "c", "name": "Referrals"}]),
    "LTI_PROVIDER_MOCK__LTI__ISS": "https://course.example",
    "LTI_PROVIDER_MOCK__LTI__LOGIN_URL": "https://quiz.example/lti/login",
    "LTI_PROVIDER_MOCK__LTI__LAUNCH_URL": "https://quiz.example/lti/launch",
}
from lti_provider_mock.server import app

browser = TestClient(app)
browser.post("/login", data={"userid": "1"})
hint = re.search('id="login_hint" name="login_hint" value="(.*?)"', browser.get("/courses/c").text)[1]
launch = browser.get("/authorize", params={"state": "s", "nonce": "n", "login_hint": hint})
part = re.search('name="id_token" value="(.*?)"', launch.text)[1].split(".")[1]
claims = json.loads(base64.urlsafe_b64decode(part + "=="))
print("name:", claims.get("name"))
print("email:", claims.get("email"))
print("roles:", claims["https://purl.imsglobal.org/spec/lti/claim/roles"])
PY
said=$(cd "$folder" && "$folder/venv/bin/python" -W ignore "$folder/try.py")
printf '%s\n' "$said"
[ "$said" = "name: Ada Lamb
email: None
roles: []" ]
