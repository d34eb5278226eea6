#!/usr/bin/env bash
# flufl.bounce 6.0.0: a delivery report in the form of RFC 6533 (message/global-delivery-status), as
# servers that take addresses in any script send it, is read as no bounce at all, with a plain address too.
# The same report in the older form is read.
# One would guess that either form of the same report gives the same address.
# What it means for whoever tells a lead that a letter came back: it is not told. Read that part oneself.
# Seen: "delivery-status: ['cora@council.example']", "global-delivery-status: []".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install flufl.bounce==6.0.0
cat > "$folder/try.py" <<'PY'
import email

from flufl.bounce import scan_message

REPORT = """From: MAILER-DAEMON@mx.example
To: quiz@knowledge.example
Subject: Undelivered
MIME-Version: 1.0
Content-Type: multipart/report; report-type={form}; boundary="B"

--B
Content-Type: text/plain

It did not arrive.

--B
Content-Type: message/{form}

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; cora@council.example
Action: failed
Status: 5.1.1

--B--
"""

for form in ("delivery-status", "global-delivery-status"):
    found = scan_message(email.message_from_string(REPORT.format(form=form)))
    print(f"{form}:", sorted(address.decode() for address in found))
PY
said=$("$folder/venv/bin/python" -W ignore "$folder/try.py")
printf '%s\n' "$said"
[ "$said" = "delivery-status: ['cora@council.example']
global-delivery-status: []" ]
