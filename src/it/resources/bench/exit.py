"""One measurement of a way out of a guest: `WAY PORT WHAT`. The way is the port of a proxy, or `plain` for none; PORT is of
a service of the host's that echoes, or gives as many bytes as it is told. Prints nanoseconds."""
import socket, sys, time

WAY, PORT, WHAT = sys.argv[1], int(sys.argv[2]), sys.argv[3]
HOST = "host.keystone.internal"


def opened():
    if WAY == "plain":
        s = socket.create_connection((HOST, PORT), timeout=120)
    else:
        s = socket.create_connection(("127.0.0.1", int(WAY)), timeout=120)
        s.sendall(b"CONNECT %s:%d HTTP/1.1\r\n\r\n" % (HOST.encode(), PORT))
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += s.recv(1)
        assert head.startswith(b"HTTP/1.1 200 "), head
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return s


def ping(s):
    s.sendall(b"e")
    assert s.recv(1) == b"e"


def connect():
    begun = time.monotonic_ns()
    with opened() as s:
        ping(s)
    return time.monotonic_ns() - begun


def event():
    """There and back, so twice what an event of a stream takes."""
    with opened() as s:
        took = []
        for _ in range(100):
            begun = time.monotonic_ns()
            ping(s)
            took.append(time.monotonic_ns() - begun)
    return sorted(took)[50]


def bytes_():
    with opened() as s:
        begun = time.monotonic_ns()
        s.sendall(b"b")
        left = 32 << 20
        while left:
            more = len(s.recv(1 << 20))
            assert more
            left -= more
    return time.monotonic_ns() - begun


def crowd():
    begun = time.monotonic_ns()
    all_ = [opened() for _ in range(200)]
    for s in all_:
        s.sendall(b"e")
    for s in all_:
        assert s.recv(1) == b"e"
    return time.monotonic_ns() - begun


def await_proxy():
    """The forward to it may have begun just now."""
    ends = time.monotonic() + 30
    while True:
        try:
            return socket.create_connection(("127.0.0.1", int(WAY)), timeout=10).close()
        except ConnectionRefusedError:
            if time.monotonic() > ends:
                raise
            time.sleep(0.1)


if WAY != "plain":
    await_proxy()
print({"connect": connect, "event": event, "bytes": bytes_, "crowd": crowd}[WHAT]())
