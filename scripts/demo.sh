#!/usr/bin/env bash
# Writes a few Puppets clips that the bundled model was not trained on and names what is done in them.
set -euo pipefail
cd "$(dirname "$0")/.."
verb=.build/release/verb
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

echo
echo "Rendering clips of the synthetic world Puppets, from another seed than the training clips:"
"$verb" puppets "$folder/puppets" --validation 49 --seed 20260 >/dev/null

# Several of these are each other played backwards: one still of them cannot tell which it is.
labels=("sitting down" "standing up" "lying down" "getting up" "raising both arms" "lowering both arms"
    "throwing a ball" "catching a ball" "walking to the left" "kicking a box")
clips=()
for label in "${labels[@]}"; do
    clip=$(ls "$folder"/puppets/validation/*_"${label// /_}".mp4 | head -n 1)
    clips+=("$clip")
done
echo
"$verb" recognize "${clips[@]}" --labels "${labels[@]}" --top 3

# The demonstration checks itself: every clip's top action must be its own.
"$verb" recognize "${clips[@]}" --labels "${labels[@]}" --top 1 --json 2>/dev/null |
    python3 -c '
import json, os, sys
wrong = 0
for line in sys.stdin:
    record = json.loads(line)
    top = record["predictions"][0]["label"]
    own = os.path.splitext(os.path.basename(record["video"]))[0].split("_", 1)[1].replace("_", " ")
    wrong += top != own
print(f"\n{len(sys.argv) - 1 - wrong} of {len(sys.argv) - 1} clips have the right top action.")
sys.exit(wrong > 0)' "${clips[@]}"
