"""What `list` and `status` do, as a short Python program would: subcommands of argparse, a directory with a JSON file
for each sandbox, and for a running one a look whether its lock is held. `make bench` runs it beside ours."""

import argparse
import fcntl
import json
import subprocess  # as every such tool needs it for its other commands
import sys
from pathlib import Path


def sandboxes(state):
    for spec in sorted(state.glob("*/spec.json")):
        yield spec.parent, json.loads(spec.read_text())


def runs(directory):
    try:
        with open(directory / "supervisor.lock") as lock:
            fcntl.lockf(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            return False
    except FileNotFoundError:
        return False
    except OSError:
        return True


def row(directory, spec):
    return f"{spec['name']:<20} {'running' if runs(directory) else 'stopped':<8} {spec['project']}"


def show_list(arguments):
    for directory, spec in sandboxes(arguments.state):
        print(row(directory, spec))
    return 0


def show_status(arguments):
    for directory, spec in sandboxes(arguments.state):
        if spec["name"] == arguments.name:
            print(row(directory, spec))
            return 0
    print(f"there is no sandbox {arguments.name}", file=sys.stderr)
    return 3


def other(arguments):
    return subprocess.call(["true"])


def main():
    parser = argparse.ArgumentParser(prog="list.py")
    parser.add_argument("state", type=Path)
    commands = parser.add_subparsers(required=True)
    for name in ("start", "stop", "destroy", "exec", "ssh", "attach", "logs", "prune"):
        command = commands.add_parser(name, help=name)
        command.add_argument("name", nargs="?")
        command.add_argument("--json", action="store_true")
        command.set_defaults(run=other)
    listing = commands.add_parser("list", help="list sandboxes")
    listing.set_defaults(run=show_list)
    status = commands.add_parser("status", help="show one")
    status.add_argument("name")
    status.set_defaults(run=show_status)
    arguments = parser.parse_args()
    sys.exit(arguments.run(arguments))


if __name__ == "__main__":
    main()
