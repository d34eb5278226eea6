#!/usr/bin/env bash
# onyx2moodle 0.1.0: a QTI 2.1 question whose answers are in a list that opens within the sentence (inlineChoiceInteraction),
# of which one is chosen, becomes a Moodle question with boxes to tick, several of them, in which each wrong one takes half
# a mark. Its own inventory calls it a "single inlineChoice".
# One would guess one answer of several, as such an interaction can have no other (its variable is declared single), and
# that a wrong answer gives nothing, as the question's own rule (match_correct) says.
# What it means for a bank that is moved: who ticks the right box and a wrong one has half, the wording still says "choose
# one", and nothing is listed as left behind. Look at <single> of every question after it.
# Seen: "single inlineChoice", "single: false", "fractions: 100 -50 -50".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install onyx2moodle==0.1.0 lxml==6.1.3
cat > "$folder/item.xml" <<'XML'
<?xml version="1.0" encoding="UTF-8"?>
<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="q1" title="When to ring"
    adaptive="false" timeDependent="false">
  <responseDeclaration identifier="RESPONSE" cardinality="single" baseType="identifier">
    <correctResponse><value>today</value></correctResponse>
  </responseDeclaration>
  <outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"/>
  <itemBody>
    <p>Ring the front door
      <inlineChoiceInteraction responseIdentifier="RESPONSE" shuffle="true">
        <inlineChoice identifier="today">today</inlineChoice>
        <inlineChoice identifier="week">next week</inlineChoice>
        <inlineChoice identifier="never">never</inlineChoice>
      </inlineChoiceInteraction>.</p>
  </itemBody>
  <responseProcessing template="http://www.imsglobal.org/question/qti_v2p1/rptemplates/match_correct"/>
</assessmentItem>
XML
cat > "$folder/try.py" <<'PY'
import re
from pathlib import Path

from onyx2moodle.classifier import classify
from onyx2moodle.parser import parse_item
from onyx2moodle.translate import multichoice

item = parse_item(Path(__file__).with_name("item.xml"))
made = multichoice.translate(item)
print(classify(item).reason)
print("single:", *re.findall("<single>(.*)</single>", made))
print("fractions:", *(round(float(found)) for found in re.findall('fraction="(.*?)"', made)))
PY
said=$("$folder/venv/bin/python" -W ignore "$folder/try.py")
printf '%s\n' "$said"
[ "$said" = "single inlineChoice
single: false
fractions: 100 -50 -50" ]
