#!/usr/bin/env bash
# i18next-conv 16.0.0 and i18next 26.7.2 (npm): a Welsh catalogue of gettext has four forms: for 1, for 2, for most numbers, and
# for 8 and 11. The converter names the third `many` and the fourth `other`. i18next goes by the plural rules of CLDR, where
# `many` is 6 alone and `other` nearly everything: of four questions it says what was written for eight. For 0 and 3, which CLDR
# counts by themselves (`zero`, `few`), nothing was made, and the English key is shown.
# One would guess that each number reads as gettext reads it from the same file, since its header holds the rule; only six
# does, and 1, 2, 8 and 11.
# What it means for a service in Welsh and English: a catalogue that is right comes out wrong for most numbers, and
# English, which has two forms in either, shows nothing of it. Ask for each number once, and write the six forms by hand.
# Seen: "1: un", "2: dau", "3: the key", "4: for 8 and 11", "6: for most", "8: for 8 and 11".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund i18next-conv@16.0.0 i18next@26.7.2
cat > cy.po <<'PO'
msgid ""
msgstr ""
"Language: cy\n"
"Content-Type: text/plain; charset=UTF-8\n"
"Plural-Forms: nplurals=4; plural=(n==1) ? 0 : (n==2) ? 1 : (n != 8 && n != 11) ? 2 : 3;\n"

msgid "the key"
msgid_plural "the keys"
msgstr[0] "un"
msgstr[1] "dau"
msgstr[2] "for most"
msgstr[3] "for 8 and 11"
PO
cat > try.mjs <<'JS'
import { readFileSync } from "node:fs";
import i18next from "i18next";
import { gettextToI18next } from "i18next-conv";

const made = await gettextToI18next("cy", readFileSync("cy.po"), { compatibilityJSON: "v4" });
await i18next.init({ lng: "cy", resources: { cy: { translation: JSON.parse(made) } } });
for (const count of [1, 2, 3, 4, 6, 8]) console.log(`${count}: ${i18next.t("the key", { count })}`);
JS
said=$(node try.mjs | grep "^[0-9]: ")
printf '%s\n' "$said"
[ "$said" = "1: un
2: dau
3: the key
4: for 8 and 11
6: for most
8: for 8 and 11" ]
