"""The bare echo: each line is parsed, its number sent back as JSON."""
import json
import sys

for line in sys.stdin:
    data = json.loads(line)["data"]
    if "sequence_id" in data or "protocol" in data:
        sys.stdout.write(json.dumps({"type": "tick_ack", "data": {
            "sequence_id": data.get("sequence_id")}}) + "\n")
        sys.stdout.flush()
