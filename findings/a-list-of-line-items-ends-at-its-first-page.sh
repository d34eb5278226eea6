#!/usr/bin/env bash
# pylti1p3next 2.0.2: where a platform names the next page of a list by a header with rel=next, without quotation
# marks, as RFC 8288 (3) lets it, the list ends there: what is on the other pages is not there, and nothing is said.
# One would guess that a header is read by its grammar, as requests, on which the library stands, reads it.
# What it means for who looks whether a course has a line item already: it is not found on the second page, and
# another is made. Read what `requests` has read (`response.links`) or the grammar yourself.
# Seen: 'rel="next": 2 of 2', "rel=next: 1 of 2", "requests finds /page-2".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install pylti1p3next==2.0.2 requests==2.32.5
cat > "$folder/try.py" <<'PY'
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import requests
from pylti1p3.registration import Registration
from pylti1p3.service_connector import ServiceConnector

pages = {"rel": ""}


class Platform(BaseHTTPRequestHandler):
    def do_GET(self):
        said = json.dumps([{"id": self.path}]).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(said)))
        if self.path == "/page-1":
            self.send_header("Link", f"<{HERE}/page-2>; {pages['rel']}")
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_):
        pass


class Known(ServiceConnector):
    def _get_cached_access_token(self, scope_key):
        return "token"


server = ThreadingHTTPServer(("127.0.0.1", 0), Platform)
HERE = f"http://127.0.0.1:{server.server_port}"
threading.Thread(target=server.serve_forever, daemon=True).start()
scopes = ["https://purl.imsglobal.org/spec/lti-ags/scope/lineitem"]

for rel in ('rel="next"', "rel=next"):
    pages["rel"] = rel
    found = Known(Registration()).get_paginated_data(scopes, f"{HERE}/page-1")
    print(f"{rel}: {sum(len(page['body']) for page in found)} of 2")
print("requests finds", requests.get(f"{HERE}/page-1").links["next"]["url"].replace(HERE, ""))
PY
said=$("$folder/venv/bin/python" -W ignore "$folder/try.py")
printf '%s\n' "$said"
[ "$said" = 'rel="next": 2 of 2
rel=next: 1 of 2
requests finds /page-2' ]
