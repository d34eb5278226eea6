#!/usr/bin/env bash
# scorm-again 3.4.3 (npm), and so SCORM 2004 itself: the time of an answer may name its zone only where it has a fraction of a
# second. "2026-11-30T09:30:00Z", as most programs write it, is refused with error 406; with
# ".0" before the Z it is taken, and without the zone too.
# One would guess that the zone and the fraction have nothing to do with each other, as in ISO 8601 and RFC 3339. The
# standard's text (4th Edition, RTE, time(second,10,0)) wants the fraction wherever a zone is, and two of its own
# examples just below have none, so one finds it right by the examples.
# What it means for courses made from templates on a server: the time of every answer and comment is lost, unless
# the zone is left out, and then each reader takes it for its own. Write ".0" before the zone.
# Seen: "09:30:00: true", "09:30:00Z: false", "09:30:00.0Z: true", "09:30:00+01:00: false", "09:30:00.0+01:00: true".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund scorm-again@3.4.3
cat > try.mjs <<'JS'
globalThis.window = globalThis;
const { Scorm2004API } = await import("scorm-again");

const QUIET = 5;
const api = new Scorm2004API({ logLevel: QUIET, autocommit: false });
api.Initialize("");
api.SetValue("cmi.interactions.0.id", "first");
api.SetValue("cmi.interactions.0.type", "true-false");
for (const time of ["09:30:00", "09:30:00Z", "09:30:00.0Z", "09:30:00+01:00", "09:30:00.0+01:00"]) {
  console.log(`${time}:`, String(api.SetValue("cmi.interactions.0.timestamp", `2026-11-30T${time}`)));
}
JS
said=$(node try.mjs)
printf '%s\n' "$said"
[ "$said" = "09:30:00: true
09:30:00Z: false
09:30:00.0Z: true
09:30:00+01:00: false
09:30:00.0+01:00: true" ]
