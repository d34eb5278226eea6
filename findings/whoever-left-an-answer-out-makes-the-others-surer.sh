#!/usr/bin/env bash
# cronbach 0.6.0: how reliable a test is (Cronbach's alpha) is told with an interval about it. With nan_policy="listwise" whoever left an
# answer out is taken out of the sum, and counts as a person all the same for the interval: it is as narrow as if they had answered.
# Taken out before the call, alpha is the same number and the interval another. pingouin 0.7.0, of which the library is a part by
# itself, counts by the same lines.
# One would guess that both calls are one question: the option is there so that one need not take them out oneself.
# What it means for a quiz that many break off: of 48 people of whom eight finished, alpha is told to lie between 0.52 and 0.81, and all
# that is known is that it is somewhere between 0.09 and 0.93. Call dropna() before, and pass no option.
# Seen: "listwise: 0.69, 0.522 to 0.814", "left out before: 0.69, 0.088 to 0.931".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install cronbach==0.6.0 numpy==2.4.6 pandas==3.1.1 scipy==1.17.1
cat > "$folder/try.py" <<'PY'
import cronbach
import pandas

FINISHED = ["1110", "1011", "0000", "1111", "0100", "1111", "0001", "1101"]
LEFT_ONE_OUT = ["1-11"] * 40


def answers(line):
    return [None if answer == "-" else float(answer) for answer in line]


people = pandas.DataFrame([answers(line) for line in FINISHED + LEFT_ONE_OUT], dtype=float)


def told(alpha, interval):
    return f"{alpha:.2f}, {interval[0]} to {interval[1]}"


print("listwise:", told(*cronbach.alpha(people, nan_policy="listwise")))
print("left out before:", told(*cronbach.alpha(people.dropna())))
PY
said=$("$folder/venv/bin/python" "$folder/try.py")
printf '%s\n' "$said"
[ "$said" = "listwise: 0.69, 0.522 to 0.814
left out before: 0.69, 0.088 to 0.931" ]
