"""The bare reader: each block is parsed, nothing is looked at."""
import json
import sys

for line in sys.stdin:
    data = json.loads(line)["data"]
    if "sequence_id" in data or "protocol" in data:
        sys.stdout.write("ok\n")
        sys.stdout.flush()
