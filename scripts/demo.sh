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

labels=("swinging the left arm" "raising both arms" "sitting down" "bowing" "crawling to the right"
    "running to the left" "kicking a ball" "lying down")
clips=()
for label in "${labels[@]}"; do
    clip=$(ls "$folder"/puppets/validation/*_"${label// /_}".mp4 | head -n 1)
    clips+=("$clip")
done
echo
"$verb" recognize "${clips[@]}" --labels "${labels[@]}" --prompt "a video of a person {}" --top 3

# The demonstration checks itself: every clip's top action must be its own.
"$verb" recognize "${clips[@]}" --labels "${labels[@]}" --prompt "a video of a person {}" --top 1 --json 2>/dev/null |
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
