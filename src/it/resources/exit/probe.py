"""Programs that know no proxy: each argument is one, as KIND:HOST:PORT. Prints a line for each: how many milliseconds it
took, and what it got or what it heard."""
import socket, sys, time

LIMIT = 20


def http(host, port):
    with socket.create_connection((host, port), timeout=LIMIT) as s:
        s.sendall(b"GET /probe HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        return s.makefile("rb").read()


def echo(host, port):
    """Says something, ends its side, and hears the rest."""
    with socket.create_connection((host, port), timeout=LIMIT) as s:
        s.sendall(b"hello")
        s.shutdown(socket.SHUT_WR)
        return s.makefile("rb").read()


def open_(host, port):
    with socket.create_connection((host, port), timeout=LIMIT) as s:
        return s.recv(100)


def udp(host, port):
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.settimeout(LIMIT)
        s.connect((host, port))
        s.send(b"x" * 20)
        return s.recv(100)


def icmp(host, _):
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP) as s:
        s.settimeout(LIMIT)
        s.sendto(b"\x08\0\xf7\xff\0\0\0\0", (host, 0))
        return s.recv(100)


def name(host, _):
    return socket.getaddrinfo(host, 1, socket.AF_UNSPEC, socket.SOCK_STREAM)[0][4][0].encode()


KINDS = {"http": http, "echo": echo, "tcp": open_, "udp": udp, "icmp": icmp, "name": name}

for word in sys.argv[1:]:
    kind, _, rest = word.partition(":")
    host, _, port = rest.rpartition(":")
    begun = time.monotonic()
    try:
        got = KINDS[kind](host, int(port)).decode("utf-8", "replace")
    except OSError as error:
        got = "%s: %s" % (type(error).__name__, error)
    print(word, int((time.monotonic() - begun) * 1000), got.replace("\r", "").replace("\n", "|"), flush=True)
