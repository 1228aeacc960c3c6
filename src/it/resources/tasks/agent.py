"""An agent for tests: speaks ACP, and does what the prompt says in one word and its argument."""
import base64
import json
import os
import subprocess
import sys

calls = 0
model = "its own"
session = "s-" + str(os.getpid())


def say(message):
    sys.stdout.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
    sys.stdout.flush()


def update(what, **more):
    say({"method": "session/update", "params": {"sessionId": session, "update": {"sessionUpdate": what, **more}}})


def text(words):
    update("agent_message_chunk", content={"type": "text", "text": words})


def ask(method, params):
    global calls
    calls += 1
    say({"id": "c%d" % calls, "method": method, "params": {"sessionId": session, **params}})
    for line in sys.stdin:
        answer = json.loads(line)
        if answer.get("id") == "c%d" % calls:
            return answer.get("result", {})
        if answer.get("method") == "session/cancel":
            return {"outcome": {"outcome": "cancelled"}, "action": "cancel"}
    sys.exit(0)


def write(name, content):
    with open(name, "w") as file:
        file.write(content + "\n")
    update("tool_call", toolCallId="w1", title="Write " + name, kind="edit", status="completed")


def work(prompt, blocks):
    word, _, rest = prompt.partition(" ")
    if word == "write":
        update("plan", entries=[{"content": "write " + rest, "status": "in_progress", "priority": "high"}])
        write(rest, "written")
        text("wrote " + rest + "\x1b]0;PWNED\x07\x1b[31m in red\r")
        update("usage_update", used=42, size=1000, cost={"amount": 0.25, "currency": "USD"})
    elif word == "colour":
        form = {"type": "object", "required": ["colour"], "properties": {
            "colour": {"type": "string", "title": "Colour", "oneOf": [{"const": "red", "title": "Red"}, {"const": "blue", "title": "Blue"}]},
            "size": {"type": "integer", "title": "Size"}}}
        answer = ask("elicitation/create", {"mode": "form", "message": "Which colour?", "requestedSchema": form})
        write("colour", json.dumps(answer, sort_keys=True))
    elif word == "permission":
        answer = ask("session/request_permission", {
            "toolCall": {"toolCallId": "p1", "title": "Remove everything", "kind": "delete"},
            "options": [{"optionId": "a", "name": "Yes", "kind": "allow_once"}, {"optionId": "r", "name": "No", "kind": "reject_once"}]})
        write("permission", json.dumps(answer, sort_keys=True))
    elif word == "question":
        text("Which file do you mean?")
    elif word == "unsure":
        with open(rest, "w") as file:
            file.write("a draft\n")
        update("tool_call", toolCallId="u1", title="Look at " + rest, kind="read", status="completed")
        text("Is it well so?")
    elif word == "yesno":
        form = {"type": "object", "required": ["sure"], "properties": {"sure": {"type": "boolean", "title": "Sure"}}}
        answer = ask("elicitation/create", {"mode": "form", "message": "Really?", "requestedSchema": form})
        write("sure", json.dumps(answer, sort_keys=True))
    elif word == "blocks":
        lines = ["model " + model]
        for block in blocks:
            if block["type"] == "image":
                lines.append("image %s %d" % (block["mimeType"], len(base64.b64decode(block["data"]))))
            elif block["type"] == "resource_link":
                lines.append("resource_link " + block["uri"])
                with open(block["uri"][len("file://"):], "rb") as file:
                    lines.append(repr(file.read(100)))
            else:
                lines.append(block["type"])
        write(rest, "\n".join(lines))
    elif word == "flood":
        text("line #\n")
        piece = json.dumps({"jsonrpc": "2.0", "method": "session/update", "params": {"sessionId": session, "update": {
            "sessionUpdate": "agent_message_chunk", "content": {"type": "text", "text": "line #\n"}}}}) + "\n"
        for number in range(int(rest)):
            sys.stdout.write(piece.replace("#", str(number)))
        sys.stdout.flush()
    elif word == "hang":
        subprocess.Popen(["setsid", "sh", "-c", "exec -a keystone-test-child tail -f /dev/null"])
        update("tool_call", toolCallId="h1", title="hanging", kind="execute", status="in_progress")
        for _ in sys.stdin:
            pass
    elif word == "die":
        sys.stderr.write("it is all too much\n")
        sys.exit(5)
    elif word == "session":
        text("the session is " + session)
    return "refusal" if word == "refuse" else "end_turn"


for line in sys.stdin:
    message = json.loads(line)
    method, params = message.get("method"), message.get("params", {})
    if method == "initialize":
        print("agent.py, a test", flush=True)
        result = {"protocolVersion": 1, "agentCapabilities": {"loadSession": True, "promptCapabilities": {"image": True}}}
    elif method == "session/new":
        result = {"sessionId": session, "models": {"availableModels": [{"modelId": "small"}, {"modelId": "large"}]}}
    elif method == "session/set_model":
        if params["modelId"] not in ("small", "large"):
            say({"id": message["id"], "error": {"code": -32602, "message": "no such model"}})
            continue
        model = params["modelId"]
        result = {}
    elif method == "session/load":
        session = params["sessionId"]
        text("what was said before")
        result = {}
    elif method == "session/prompt":
        result = {"stopReason": work(params["prompt"][0]["text"], params["prompt"])}
    else:
        result = {}
    if "id" in message:
        say({"id": message["id"], "result": result})
