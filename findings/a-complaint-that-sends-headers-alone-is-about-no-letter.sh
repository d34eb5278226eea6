#!/usr/bin/env bash
# arf-mime 1.1.0: a complaint about a letter (RFC 5965) ends in the letter or, so as to show nobody what it said, in its
# headers alone: section 2 lets it be message/rfc822 or text/rfc822-headers. Of the second the library reads nothing: the
# headers are None, in JSON an empty object, and nothing is said. The same headers as a whole letter are read.
# One would guess that both forms which the standard names are read, since the headers are what both have.
# What it means for who stops writing to somebody that complained: whose letter it was stands there alone (To, Message-ID),
# and the careful senders of complaints are those whose complaints do nothing. Read that part yourself.
# Seen: "message/rfc822: abuse, To <ada@school.example>", "text/rfc822-headers: abuse, None".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install arf-mime==1.1.0
cat > "$folder/try.py" <<'PY'
from arf import ARFMessage

COMPLAINT = """\
From: <complaints@mail.example>
To: <post@council.example>
Subject: A complaint about a letter
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="part"

--part
Content-Type: text/plain

Somebody complained about a letter.

--part
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: Example/1.0
Version: 1

--part
Content-Type: {form}

From: <post@council.example>
To: <ada@school.example>
Subject: Your questions are due
Message-ID: <1@council.example>

--part--
"""
for form in ("message/rfc822", "text/rfc822-headers"):
    read = ARFMessage(COMPLAINT.format(form=form))
    headers = read.get_original_message_headers()
    about = headers and f"To {dict(headers)['To']}"
    print(f"{form}: {read.get_feedback_report().get_feedback_type()}, {about}")
PY
said=$("$folder/venv/bin/python" -W ignore "$folder/try.py")
printf '%s\n' "$said"
[ "$said" = "message/rfc822: abuse, To <ada@school.example>
text/rfc822-headers: abuse, None" ]
