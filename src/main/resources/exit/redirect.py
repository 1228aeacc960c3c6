"""The guest's end of its one exit, for programs that know no proxy: answers DNS with addresses that stand for names, and
carries every other TCP connection to the proxy. Whether a name may be asked for, it asks its host: a line
on stdout, the answer on stdin. What may leave is the host's affair: nothing here is trusted to refuse anything.

Only modules that are built into the interpreter: each of the others costs a tenth of a second under emulation."""
import _socket, _thread, binascii, os, select, time

PROXY = ("127.0.0.1", 3128)
REDIRECTED = ("127.0.0.1", 3129)
RESOLVER = ("127.0.0.1", 53)
LEASE = "\0keystone-exit"
KNOWN = "/run/keystone/exit/names"

FIRST = 198 << 24 | 18 << 16    # 198.18.0.0/16: for benchmarks (RFC 2544), so nobody's
SLOTS = 1 << 16
PROBES = 16
LARGEST = 8 << 20    # of KNOWN
MOST_CONNECTIONS = 400
MOST_PENDING = 1000
MOST_WAITING = 16    # for one name
FRESH = 1.0    # seconds that a name may be asked for without asking the host again
REFUSED = 0.2    # and may not: a rule is to hold at once
LOST = 5.0
TTL = 60
HEAD = 64 << 10
CHUNK = 1 << 18

SOL_IP, SO_ORIGINAL_DST = 0, 80
A, ANY, OPT, BLOCKED = 1, 255, 41, 15
NO_ERROR, FORMAT_ERROR, NO_NAME, NOT_DONE = 0, 1, 3, 4
LETTERS = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789-_")

# How it went with what only root can do; a boot does it.
STATE = "/run/keystone/exit.state"
MAKER = "/etc/keystone/exit"
PREPARING = 30.0    # seconds


def say(*words):
    os.write(1, b" ".join(words) + b"\n")


def fail(why):
    say(b"failed", why.encode("ascii", "replace")[:200].replace(b"\n", b" "))
    os._exit(1)


class Names:
    """Which address stands for which name. It is known to the next one of us, too: programs keep addresses for long."""

    def __init__(self):
        self.lock = _thread.allocate_lock()
        self.at = {}
        try:
            with open(KNOWN, "rb") as lines:
                for line in lines:
                    slot, _, name = line.rstrip(b"\n").partition(b" ")
                    if slot.isdigit() and int(slot) < SLOTS and name:
                        self.at[int(slot)] = name
        except OSError:
            pass
        self.write()

    def write(self):
        self.file = os.open(KNOWN, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o644)
        self.size = 0
        self.keep(b"".join(b"%d %s\n" % each for each in self.at.items()))

    def keep(self, lines):
        os.write(self.file, lines)
        self.size += len(lines)

    def slot(self, name):
        """The same name has the same slot, as long as there are not too many."""
        home = binascii.crc32(name)
        with self.lock:
            for probe in range(PROBES):
                slot = (home + probe) % SLOTS
                taken = self.at.get(slot)
                if taken == name:
                    return slot
                if taken is None:
                    break
            else:
                slot = home % SLOTS
            self.at[slot] = name
            if self.size > LARGEST:
                self.write()
            else:
                self.keep(b"%d %s\n" % (slot, name))
            return slot

    def address(self, name):
        return (FIRST + self.slot(name)).to_bytes(4, "big")

    def name(self, address):
        """None for an address that stands for a name, and nobody knows which."""
        slot = int.from_bytes(address, "big") - FIRST
        return self.at.get(slot) if 0 <= slot < SLOTS else _socket.inet_ntoa(address).encode()


class Question:
    """One query with one question (RFC 1035)."""

    def __init__(self, query):
        self.query = query
        at, labels = 12, []
        while query[at]:
            if query[at] > 63:
                raise ValueError("a pointer in a question")
            labels.append(query[at + 1:at + 1 + query[at]].lower())
            at += 1 + query[at]
        self.name = b".".join(labels)
        self.is_name = bool(labels) and all(LETTERS.issuperset(label) for label in labels) and len(self.name) < 254
        self.kind = query[at + 1] << 8 | query[at + 2]
        self.end = at + 5
        if len(query) < self.end or query[4:6] != b"\0\1":
            raise ValueError("not one question")

    def answer(self, code, address=None, why=b""):
        records = b""
        if address and self.kind in (A, ANY):
            records = b"\xc0\x0c\0\1\0\1" + TTL.to_bytes(4, "big") + b"\0\4" + address
        # Whoever can hear it gets the reason, too (RFC 8914).
        more = b""
        if self.query[10:12] != b"\0\0":
            told = b"\0\x0f" + (len(why) + 2).to_bytes(2, "big") + b"\0" + bytes([BLOCKED]) + why if why else b""
            more = b"\0" + bytes([0, OPT]) + b"\4\xd0" + bytes(4) + len(told).to_bytes(2, "big") + told
        return (self.query[:2] + bytes([0x84 | self.query[2] & 1, 0x80 | code]) + b"\0\1"
                + bytes([0, bool(records), 0, 0, 0, bool(more)]) + self.query[12:self.end] + records + more)


class Resolver:
    def __init__(self, names, socket):
        self.names, self.socket = names, socket
        self.verdicts = {}
        self.waiting = {}

    def take(self):
        query, sender = self.socket.recvfrom(1500)
        if len(query) < 17 or query[2] & 0x80:
            return
        if query[2] & 0x78:
            self.send(query[:2] + bytes([0x80 | query[2] & 0x79, 0x80 | NOT_DONE]) + bytes(8), sender)
            return
        try:
            question = Question(query)
        except (ValueError, IndexError):
            self.send(query[:2] + bytes([0x80 | query[2] & 0x79, 0x80 | FORMAT_ERROR]) + bytes(8), sender)
            return
        if not question.is_name or question.name.endswith(b".arpa"):
            self.send(question.answer(NO_NAME), sender)
            return
        self.decide(question, sender)

    def decide(self, question, sender):
        name, now = question.name, time.monotonic()
        known = self.verdicts.get(name)
        if known and now - known[0] < (REFUSED if known[1] else FRESH):
            self.tell(question, sender, known[1])
            return
        asked, those = self.waiting.get(name, (0, []))
        if now - asked > LOST:
            self.waiting.pop(name, None)
            if len(self.waiting) >= MOST_PENDING:
                del self.waiting[next(iter(self.waiting))]
            self.waiting[name] = (now, those)
            say(b"may", name)
        if len(those) < MOST_WAITING:
            those.append((question, sender))

    def hear(self, line):
        """`yes NAME`, or `no NAME WHY`."""
        word, _, rest = line.partition(b" ")
        name, _, why = rest.partition(b" ")
        refused = None if word == b"yes" else why or b"refused"
        if len(self.verdicts) >= MOST_PENDING:
            self.verdicts.clear()
        self.verdicts[name] = (time.monotonic(), refused)
        for question, sender in self.waiting.pop(name, (0, []))[1]:
            self.tell(question, sender, refused)

    def tell(self, question, sender, refused):
        if refused:
            self.send(question.answer(NO_NAME, why=refused), sender)
        else:
            self.send(question.answer(NO_ERROR, self.names.address(question.name)), sender)

    def send(self, answer, sender):
        try:
            self.socket.sendto(answer, sender)
        except OSError:
            pass    # whoever asked has gone


def exactly(socket, count):
    got = b""
    while len(got) < count:
        more = socket.recv(count - len(got))
        if not more:
            raise OSError("ended")
        got += more
    return got


def over_tcp(client):
    """Passes queries on to ourselves."""
    client.settimeout(10)
    ask = _socket.socket(_socket.AF_INET, _socket.SOCK_DGRAM)
    try:
        ask.settimeout(10)
        ask.connect(RESOLVER)
        while True:
            ask.send(exactly(client, int.from_bytes(exactly(client, 2), "big")))
            answer = ask.recv(4096)
            client.sendall(len(answer).to_bytes(2, "big") + answer)
    finally:
        ask.close()


def reset(socket):
    """Closes it as one that was refused."""
    socket.setsockopt(_socket.SOL_SOCKET, _socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


class Passing:
    """A connection of the guest's, which the proxy is asked for."""

    def __init__(self, names):
        self.names = names

    def __call__(self, client):
        aimed = client.getsockopt(SOL_IP, SO_ORIGINAL_DST, 16)
        name, port = self.names.name(aimed[4:8]), aimed[2] << 8 | aimed[3]
        if name is None:
            reset(client)
            return
        proxy = _socket.socket(_socket.AF_INET, _socket.SOCK_STREAM)
        try:
            for each in client, proxy:
                each.setsockopt(_socket.IPPROTO_TCP, _socket.TCP_NODELAY, 1)
            proxy.connect(PROXY)
            proxy.sendall(b"CONNECT %s:%d HTTP/1.1\r\n\r\n" % (name, port))
            said = b""
            while b"\r\n\r\n" not in said:
                more = proxy.recv(4096)
                if not more or len(said) > HEAD:
                    reset(client)
                    return
                said += more
            if said.startswith(b"HTTP/1.1 200 "):
                self.both(client, proxy, said[said.index(b"\r\n\r\n") + 4:])
            elif port == 80:
                self.explain(client, proxy, said)
            else:
                reset(client)
        except OSError:
            reset(client)
        finally:
            proxy.close()

    def explain(self, client, proxy, said):
        """Why it is refused is an answer to whatever an HTTP client may say."""
        client.settimeout(2)
        client.recv(1)
        while said:
            client.sendall(said)
            said = proxy.recv(4096)
        client.shutdown(_socket.SHUT_WR)
        end = time.monotonic() + 2
        while client.recv(4096) and time.monotonic() < end:
            pass

    def both(self, client, proxy, first):
        client.sendall(first)
        done = _thread.allocate_lock()
        done.acquire()
        _thread.start_new_thread(self.one, (client, proxy, done.release))
        self.one(proxy, client, lambda: None)
        done.acquire()

    def one(self, source, target, done):
        """The kernel copies; an end in one direction is passed on, and the other goes on."""
        try:
            ends = os.pipe()
            try:
                while count := os.splice(source.fileno(), ends[1], CHUNK):
                    while count:
                        count -= os.splice(ends[0], target.fileno(), count)
                target.shutdown(_socket.SHUT_WR)
            finally:
                os.close(ends[0])
                os.close(ends[1])
        except OSError:
            for each in source, target:
                try:
                    reset(each)
                    each.shutdown(_socket.SHUT_RDWR)
                except OSError:
                    pass
        finally:
            done()


class Listener:
    """Serves each connection on a thread of its own."""

    def __init__(self, address, serve, most):
        self.serve = serve
        self.free = most
        self.lock = _thread.allocate_lock()
        self.socket = bound(_socket.SOCK_STREAM, address)
        self.socket.listen(256)

    def start(self):
        _thread.start_new_thread(self.accept, ())

    def accept(self):
        while True:
            try:
                fd, _ = self.socket._accept()
            except OSError:
                time.sleep(0.1)    # no descriptors left: others will end
                continue
            client = _socket.socket(fileno=fd)
            if self.take(-1):
                try:
                    _thread.start_new_thread(self.one, (client,))
                    continue
                except RuntimeError:
                    self.take(1)
            reset(client)
            client.close()

    def take(self, change):
        with self.lock:
            if self.free + change < 0:
                return False
            self.free += change
            return True

    def one(self, client):
        try:
            self.serve(client)
        except OSError:
            pass
        finally:
            client.close()
            self.take(1)


def bound(kind, address):
    socket = _socket.socket(_socket.AF_INET, kind)
    if kind == _socket.SOCK_STREAM:
        socket.setsockopt(_socket.SOL_SOCKET, _socket.SO_REUSEADDR, 1)
    end = time.monotonic() + 3
    while True:
        try:
            socket.bind(address)
            return socket
        except OSError as taken:
            # The one before us is about to end.
            if time.monotonic() > end:
                fail("port %d of the guest is taken: %s" % (address[1], taken.strerror))
            time.sleep(0.02)


def lease():
    """One of us at a time: whoever comes ends the one before, which may not know yet that its host has gone."""
    before = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    try:
        before.connect(LEASE)
        before.settimeout(3)
        before.recv(1)
    except OSError:
        pass
    before.close()
    socket = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    try:
        socket.bind(LEASE)
        socket.listen(1)
    except OSError as taken:
        fail("another one runs in the guest: " + taken.strerror)
    return socket


def await_rules():
    if not os.path.exists(MAKER):
        fail("its disk was made by an older keystone-agent; `start --fresh` makes a new one")
    end = time.monotonic() + PREPARING
    while not os.path.exists(STATE):
        if time.monotonic() > end:
            fail("connections of the guest are not redirected yet")
        time.sleep(0.02)
    with open(STATE) as state:
        how = state.readline().rstrip("\n")
    if how != "done":
        fail("connections of the guest cannot be redirected: " + how)


def main():
    try:
        import resource
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    except (ImportError, OSError):
        pass    # then there are fewer connections
    held = lease()
    await_rules()
    _thread.stack_size(256 << 10)
    names = Names()
    resolver = Resolver(names, bound(_socket.SOCK_DGRAM, RESOLVER))
    for each in (Listener(RESOLVER, over_tcp, 50), Listener(REDIRECTED, Passing(names), MOST_CONNECTIONS)):
        each.start()
    ready = select.poll()
    for each in 0, held.fileno(), resolver.socket.fileno():
        ready.register(each, select.POLLIN)
    say(b"up")
    rest = b""
    while True:
        events = dict(ready.poll())
        if held.fileno() in events:
            os._exit(0)
        if 0 in events:
            more = os.read(0, 4096)
            if not more:
                os._exit(0)
            *lines, rest = (rest + more).split(b"\n")
            for line in lines:
                resolver.hear(line)
        if resolver.socket.fileno() in events:
            try:
                resolver.take()
            except OSError:
                pass    # what somebody was sent before did not arrive


main()
