"""What connections out of a guest cost: each step is done by every way in turns, and a line is printed for each: the step,
the way and the milliseconds.

exit.py WAY=PROXY,TARGET… [events=URL,WAY,TARGET,KEY]   PROXY is HOST:PORT, or `none`; a target is HOST:PORT
"""

import os
import select
import socket
import ssl
import statistics
import sys
import time

TURNS = 5
CONNECTIONS = 40
BULK = 48 << 20
AT_ONCE = 200
EVENTS = 200


def address(text):
    host, port = text.rsplit(":", 1)
    return host, int(port)


class Way:
    def __init__(self, proxy, target):
        self.proxy, self.target = proxy, target

    def opened(self):
        """A connection to the target, through the proxy where there is one."""
        if self.proxy == "none":
            return socket.create_connection(address(self.target), 60)
        s = socket.create_connection(address(self.proxy), 60)
        s.sendall(f"CONNECT {self.target} HTTP/1.1\r\nHost: {self.target}\r\n\r\n".encode())
        head = b""
        while b"\r\n\r\n" not in head:
            more = s.recv(1000)
            if not more:
                raise OSError(f"no tunnel to {self.target}: {head!r}")
            head += more
        if not head.startswith((b"HTTP/1.1 200", b"HTTP/1.0 200")):
            raise OSError(f"no tunnel to {self.target}: {head!r}")
        return s


def connect(way):
    """The median of some, one after the other, until the first byte has come back."""
    took = []
    for _ in range(CONNECTIONS):
        began = time.monotonic()
        with way.opened() as s:
            s.sendall(b"echo\n")
            if s.recv(10) != b"echo\n":
                raise OSError("no echo")
        took.append(time.monotonic() - began)
    return statistics.median(took)


def bulk(way):
    began = time.monotonic()
    with way.opened() as s:
        s.sendall(b"bulk %d\n" % BULK)
        left, into = BULK, bytearray(1 << 18)
        while left:
            n = s.recv_into(into)
            if not n:
                raise OSError(f"{left} bytes are missing")
            left -= n
    return time.monotonic() - began


def at_once(way):
    """Opened one after the other and all kept; then each is used."""
    began = time.monotonic()
    held = [way.opened() for _ in range(AT_ONCE)]
    for s in held:
        s.sendall(b"echo\n")
    waiting = set(held)
    while waiting:
        for s in select.select(list(waiting), [], [], 60)[0]:
            if s.recv(10) != b"echo\n":
                raise OSError("no echo")
            waiting.remove(s)
    took = time.monotonic() - began
    for s in held:
        s.close()
    return took


def say(step, way, seconds):
    print(f"{step}\t{way}\t{seconds * 1000:.3f}", flush=True)


def lines(s, pending):
    """What has come of a stream; TLS may hold more than the kernel says."""
    data = s.recv(1 << 16)
    if not data:
        raise OSError("the events have ended")
    *whole, rest = (pending + data).split(b"\n")
    return whole, rest


def events(url, way, target, key):
    """The same events at one moment over both: how much later those that pass through TLS twice arrive."""
    host = url.removeprefix("https://")
    s = Way("127.0.0.1:3128", host).opened()
    context = ssl.create_default_context()
    inside = context.wrap_socket(s, server_hostname=address(host)[0])
    inside.sendall(f"GET /events HTTP/1.1\r\nHost: {host}\r\nx-api-key: {os.environ[key]}\r\n\r\n".encode())
    plain = Way(way.proxy, target).opened()
    plain.sendall(b"GET /events HTTP/1.1\r\nHost: events\r\n\r\n")
    came = {inside: {}, plain: {}}
    pending = {inside: b"", plain: b""}
    while any(len(each) < EVENTS for each in came.values()):
        ready = [inside] if inside.pending() else select.select(list(came), [], [], 60)[0]
        if not ready:
            raise OSError("no more events")
        for s in ready:
            whole, pending[s] = lines(s, pending[s])
            now = time.monotonic()
            for line in whole:
                if line.startswith(b"data: "):
                    came[s].setdefault(line.strip(), now)
    for number, at in came[inside].items():
        if number in came[plain]:
            say("event", "exit", at - came[plain][number])


def main():
    ways = {}
    for word in sys.argv[1:]:
        name, rest = word.split("=", 1)
        parts = rest.split(",")
        if name == "events":
            events(parts[0], ways[parts[1]], parts[2], parts[3])
        else:
            ways[name] = Way(*parts)
    for step in connect, bulk, at_once:
        for turn in range(TURNS + 1):
            for name, way in ways.items():
                took = step(way)
                if turn:  # the first warms up
                    say(step.__name__, name, took)


main()
