#!/usr/bin/env bash
# moodle-questions 0.2.1: importing it replaces a function of the standard library, for the whole process. From
# then on xml.etree.ElementTree writes a text that begins with "<![CDATA[" and ends with "]]>" as it is, where before
# it wrote "&lt;![CDATA[": what somebody typed becomes markup in XML that has nothing to do with the library.
# One would guess that importing a library changes nothing but what is written with it.
# What it means for an application: write such XML yourself, or import the library in a process of its own.
# Seen: "before: <a>&lt;![CDATA[<b>]]&gt;</a>" with every mark escaped, "after: <a><![CDATA[<b>]]></a>".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install moodle-questions==0.2.1
cat > "$folder/try.py" <<'PY'
from xml.etree import ElementTree


def written():
    element = ElementTree.Element("a")
    element.text = "<![CDATA[<b>]]>"
    return ElementTree.tostring(element, encoding="unicode")


print("before:", written())
import moodle_questions

print("after:", written())
PY
said=$("$folder/venv/bin/python" "$folder/try.py")
printf '%s\n' "$said"
[ "$said" = "before: <a>&lt;![CDATA[&lt;b&gt;]]&gt;</a>
after: <a><![CDATA[<b>]]></a>" ]
