#!/usr/bin/env bash
# anki 26.9.3 and anki-export 0.1.4 (PyPI): a deck as Anki writes it unless it is asked otherwise (.apkg) is read without a fault as
# one card, "Please update to the latest Anki version". The cards lie in another file of the package, packed otherwise; beside it
# is one of the older form with that card alone, for programs that look no further. Written with legacy=True the deck is what it was.
# One would guess that a format which a reader does not know is refused: the one card is there so that somebody reads it, and a
# program reads it as a question.
# What it means for who takes over questions from Anki: 300 cards become one question, which is put before everybody, and the
# import tells of no fault. Refuse a package with collection.anki21b in it, and ask for the older form.
# Seen: "as it comes: 1 of 3, the first: Please update to the latest Anki version, ...", "legacy: 3 of 3, the first: Who is told?".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install anki==26.9.3 anki-export==0.1.4
cat > "$folder/try.py" <<'PY'
import sys

from anki.collection import Collection, ExportAnkiPackageOptions
from anki_export import ApkgReader

folder = sys.argv[1]
collection = Collection(f"{folder}/collection.anki2")
for question in ("Who is told?", "When?", "By whom?"):
    note = collection.new_note(collection.models.by_name("Basic"))
    note["Front"] = question
    collection.add_note(note, 1)
for how, legacy in (("as it comes", False), ("legacy", True)):
    package = f"{folder}/{how}.apkg"
    asked = ExportAnkiPackageOptions(with_scheduling=False, with_media=False, legacy=legacy)
    collection.export_anki_package(out_path=package, options=asked, limit=None)
    with ApkgReader(package) as reader:
        fronts = [note["data"]["record"]["Front"] for note in reader.notes]
    print(f"{how}: {len(fronts)} of 3, the first: {fronts[0]}")
collection.close()
PY
said=$("$folder/venv/bin/python" -W ignore "$folder/try.py" "$folder")
printf '%s\n' "$said"
update="Please update to the latest Anki version, then import the .colpkg/.apkg file again."
[ "$said" = "as it comes: 1 of 3, the first: $update
legacy: 3 of 3, the first: Who is told?" ]
