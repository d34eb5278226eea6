#!/usr/bin/env bash
# simple-scorm-packager 0.2.7 (npm): a package's list of files (imsmanifest.xml) is made by cutting each path at the name of the source's
# folder, wherever that name and a slash come in it, and taking the second piece. Packed from "course", the page
# "unit/course/page.html" is listed as "unit/", and "crash-course/page.html" as "crash-". What lies elsewhere is right; the zip holds all.
# One would guess that the folder is taken off the front, where it is.
# What it means for courses that are packed on a server: a learning system that takes over what is listed has a page missing in
# the middle of a course, and who tries the package from the zip sees nothing. Pack from a folder whose name is
# nowhere within, or compare the list with the folder.
# Seen: "crash-", "index.html", "unit/", where there are crash-course/page.html, index.html and unit/course/page.html.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --silent --no-audit --no-fund --prefix "$folder" simple-scorm-packager@0.2.7
cd "$folder"
for page in index.html unit/course/page.html crash-course/page.html; do
  mkdir -p "course/$(dirname "$page")"
  echo "<p>Ring today.</p>" > "course/$page"
done
cat > try.cjs <<'JS'
const pack = require("simple-scorm-packager");

console.log = () => {};
const asked = { version: "1.2", title: "First aid", organization: "Council", source: "course" };
pack({ ...asked, package: { zip: false } });
JS
node try.cjs
said=$(sed -n 's|.*<file href="\([^"]*\)"/>.*|\1|p' course/imsmanifest.xml | LC_ALL=C sort)
printf '%s\n' "$said"
[ "$said" = "crash-
index.html
unit/" ]
