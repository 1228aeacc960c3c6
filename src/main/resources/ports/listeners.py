# Says which TCP ports of this guest take connections: a line at the beginning, and one for each change, until its input
# ends. Needs no rights: what root's programs are called is not known then. Starts with few modules: a guest may be slow.
import os, select, sys

MOST, EVERY = 256, 0.5
LISTENING = "0A"


def address(text):
    # Four bytes a word, each in this machine's order (proc(5)).
    raw = b"".join(int(text[i:i + 8], 16).to_bytes(4, sys.byteorder) for i in range(0, len(text), 8))
    if len(raw) == 16:
        if raw[:12] != b"\0" * 10 + b"\xff\xff":
            # One that takes all takes the loopback's.
            return "::1" if raw in (b"\0" * 16, b"\0" * 15 + b"\1") else None
        raw = raw[12:]
    return "127.0.0.1" if raw == b"\0" * 4 else ".".join(map(str, raw))


def listeners():
    found = {}
    for table in "/proc/net/tcp", "/proc/net/tcp6":
        try:
            rows = open(table)
        except OSError:
            continue
        with rows:
            next(rows, None)
            for row in rows:
                words = row.split(None, 10)
                if words[3] != LISTENING:
                    # The kernel begins with those that listen.
                    break
                place, port = words[1].split(":")
                where = address(place)
                if where:
                    found.setdefault(int(port, 16), {})[where] = words[9]
    return found


def programs(inodes):
    names = dict.fromkeys(inodes, "")
    wanted = {"socket:[%s]" % inode: inode for inode in inodes}
    for process in filter(str.isdigit, os.listdir("/proc")):
        try:
            for each in os.scandir("/proc/%s/fd" % process):
                inode = wanted.get(os.readlink(each.path))
                if inode:
                    with open("/proc/%s/comm" % process) as name:
                        names[inode] = plain(name.read().strip())
        except OSError:
            # Another's, or gone.
            continue
    return names


def plain(name):
    return "".join(c if c.isascii() and c.isalnum() or c in "._+-" else "_" for c in name)[:15]


def preferred(places):
    for where in "127.0.0.1", "::1":
        if where in places:
            return where
    return min(places)


known, said = {}, None
while True:
    chosen = []
    for port, places in sorted(listeners().items())[:MOST]:
        where = preferred(places)
        chosen.append((port, where, places[where]))
    new = {inode for _, _, inode in chosen} - known.keys()
    if new:
        known.update(programs(new))
    known = {inode: known[inode] for _, _, inode in chosen}
    line = " ".join(["listening"] + ["%d,%s,%s" % (port, where, known[inode]) for port, where, inode in chosen])
    if line != said:
        said = line
        print(line, flush=True)
    if select.select([0], [], [], EVERY)[0] and not os.read(0, 4096):
        sys.exit()
