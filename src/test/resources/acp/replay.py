"""Is the agent of a recorded conversation: says what it said, when it has been told what it was told."""
import json
import sys

entries = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
known = {"initialize", "session/new", "session/load", "session/set_mode", "session/prompt", "session/cancel"}
ids = {}


def hear(wanted):
    """The next message for which `wanted` holds; the end of the input ends this."""
    for line in sys.stdin:
        message = json.loads(line)
        if wanted(message):
            return message
    sys.exit(0)


def say(message):
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


for entry in entries:
    message = entry["m"]
    method = message.get("method")
    if entry["dir"] == ">":
        if method is None:
            hear(lambda m: "method" not in m)
        elif method in known:
            heard = hear(lambda m: m.get("method") == method)
            if "id" in message:
                ids[message["id"]] = heard["id"]
    elif method is not None:
        say(message)
    elif message.get("id") in ids:
        say({**message, "id": ids[message["id"]]})
sys.stdin.read()
