# Tells this guest's inotify watchers what the host changed in /workspace, of which the kernel here knows nothing.
# Runs as root, as long as its supervisor's connection; tested with the kernel and virtiofsd that it leans on.
#
# A nudge sets a file's time of modification, or a directory's mode, to what it is already: that raises IN_MODIFY, or
# IN_ATTRIB, with all who watch it or the directory above. Only what somebody watches is nudged, because a nudge shows on
# the host as a change of the inode's ctime.
import ctypes, os, select, struct

ROOT = b"/workspace"
AT_FDCWD, AT_NOFOLLOW, AT_EMPTY_PATH = -100, 0x100, 0x1000
AT_FORCE_SYNC, AT_DONT_SYNC = 0x2000, 0x4000
UTIME_OMIT = (1 << 30) - 2
MODIFY, ATTRIB, CLOSE_WRITE, MOVED_FROM, MOVED_TO, CREATE, DELETE = 0x2, 0x4, 0x8, 0x40, 0x80, 0x100, 0x200
IGNORED, ISDIR, ONLYDIR = 0x8000, 0x40000000, 0x1000000
SYS_OPENAT2, NO_XDEV, NO_MAGICLINKS, NO_SYMLINKS, BENEATH = 437, 0x1, 0x2, 0x4, 0x8
LONGEST, MOST, MOST_ENTRIES, MOST_HANDLES = 16 << 20, 4096, 1000, 20000
GONE = None

libc = ctypes.CDLL(None, use_errno=True)


class Time(ctypes.Structure):
    _fields_ = [("seconds", ctypes.c_long), ("nanos", ctypes.c_long)]


class Stat:
    def __init__(self, raw):
        self.links, _, _, self.mode = struct.unpack_from("<IIIH", raw, 16)
        self.inode, = struct.unpack_from("<Q", raw, 32)
        self.accessed, self.modified = (s * 10**9 + n for s, n in
                                        (struct.unpack_from("<qI", raw, at) for at in (64, 112)))

    def is_directory(self):
        return self.mode & 0o170000 == 0o040000


def stat(directory, name=b"", flags=AT_NOFOLLOW | AT_FORCE_SYNC):
    raw = ctypes.create_string_buffer(256)
    if libc.statx(directory, name, flags | (0 if name else AT_EMPTY_PATH), 0x7FF, raw) < 0:
        return None
    return Stat(raw)


def look_up(directory, name):
    # The kernel remembers names for a second, and reads an old file for so long after another took its name. link(2)
    # looks the new name up whatever it remembers, and only then refuses to link across file systems. A name that is
    # still as it was stays; nothing is ever made.
    libc.linkat(AT_FDCWD, b"/proc/version", directory, name, 0)


def nudge_file(directory, name, modified):
    times = (Time * 2)(Time(0, UTIME_OMIT), Time(modified // 10**9, modified % 10**9))
    return libc.utimensat(directory, name, times, AT_NOFOLLOW) == 0


def nudge_directory(fd):
    seen = stat(fd)
    path = b"/proc/self/fd/%d" % fd
    if not seen:
        return False
    if seen.mode & 0o6000:
        # chmod(2) may clear these bits.
        times = (Time * 2)(*(Time(t // 10**9, t % 10**9) for t in (seen.accessed, seen.modified)))
        return libc.utimensat(AT_FDCWD, path, times, 0) == 0
    return libc.fchmodat(AT_FDCWD, path, seen.mode & 0o7777, 0) == 0


def open_beneath(root, path):
    # Never out of the workspace, nor into what is mounted in it.
    how = struct.pack("<QQQ", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC, 0,
                      NO_XDEV | NO_MAGICLINKS | NO_SYMLINKS | BENEATH)
    return libc.syscall(SYS_OPENAT2, root, path or b".", how, len(how))


def open_handle(root, handle):
    kind, raw = handle
    packed = struct.pack("<Ii", len(raw), kind) + raw
    return libc.open_by_handle_at(root, packed, os.O_PATH | os.O_CLOEXEC)


def handle_of(directory, name):
    packed, mount = ctypes.create_string_buffer(8 + 128), ctypes.c_int()
    struct.pack_into("<I", packed, 0, 128)
    if libc.name_to_handle_at(directory, name, packed, ctypes.byref(mount), 0) < 0:
        return None
    length, kind = struct.unpack_from("<Ii", packed)
    return kind, packed.raw[8:8 + length]


def path_of(fd):
    """From the root; None for what has lost its name."""
    path = os.readlink(b"/proc/self/fd/%d" % fd)
    path = path[:-10] if path.endswith(b" (deleted)") else path
    return b"" if path == ROOT else path[len(ROOT) + 1:] if path.startswith(ROOT + b"/") else None


class Watches:
    """What is watched in the workspace, by whomever: proc(5) shows each inotify's inodes, with file handles."""

    def __init__(self, root):
        self.root = root
        device = os.fstat(root).st_dev
        self.device = os.major(device) << 20 | os.minor(device)
        self.handles = {}

    def look(self, mine):
        self.handles = {}
        me = str(os.getpid())
        for process in os.listdir("/proc"):
            if process.isdigit():
                try:
                    self.look_at(process, mine if process == me else None)
                except OSError:
                    pass

    def look_at(self, process, mine):
        for fd in os.listdir("/proc/%s/fd" % process):
            if int(fd) != mine and os.readlink("/proc/%s/fd/%s" % (process, fd)) == "anon_inode:inotify":
                with open("/proc/%s/fdinfo/%s" % (process, fd)) as lines:
                    for line in lines:
                        if line.startswith("inotify "):
                            self.remember(dict(word.split(":", 1) for word in line.split()[1:]))

    def remember(self, words):
        if int(words["sdev"], 16) == self.device and "f_handle" in words:
            self.handles[int(words["ino"], 16)] = (int(words["fhandle-type"], 16), bytes.fromhex(words["f_handle"]))

    def __contains__(self, inode):
        return inode in self.handles

    def open(self, inode):
        return open_handle(self.root, self.handles[inode])

    def paths(self):
        found = {}
        for inode in self.handles:
            fd = self.open(inode)
            if fd >= 0:
                try:
                    found[inode] = path_of(fd)
                finally:
                    os.close(fd)
        return found


class Known:
    """What the guest's watchers know without us: what the guest itself did in the directories that they watch."""

    def __init__(self, watches):
        self.watches = watches
        self.fd = libc.inotify_init1(os.O_CLOEXEC | os.O_NONBLOCK)
        self.inode_of = {}
        self.watch_of = {}
        self.versions = {}
        self.entries = {}
        self.new = []

    def follow(self, paths):
        for inode in [each for each in self.watch_of if each not in self.watches]:
            libc.inotify_rm_watch(self.fd, self.watch_of.pop(inode))
            self.entries.pop(inode, None)
        for inode in [each for each in paths if each not in self.watch_of]:
            fd = self.watches.open(inode)
            if fd >= 0:
                mask = CLOSE_WRITE | ATTRIB | MOVED_FROM | MOVED_TO | CREATE | DELETE | ONLYDIR
                watch = libc.inotify_add_watch(self.fd, b"/proc/self/fd/%d" % fd, mask)
                os.close(fd)
                self.watch_of[inode] = watch    # -1 for what is no directory
                if watch >= 0:
                    self.inode_of[watch] = inode
                    self.new.append(inode)

    def learn(self):
        """The handles of what is in the directories that are watched: by its handle an entry is found as long as the
        kernel remembers it, also after the host has removed it."""
        while self.new:
            inode = self.new.pop()
            fd = self.watches.open(inode) if inode in self.watches else -1
            if fd >= 0:
                names = os.listdir(b"/proc/self/fd/%d" % fd)[:MOST_ENTRIES]
                if sum(map(len, self.entries.values())) + len(names) < MOST_HANDLES:
                    self.entries[inode] = {name: handle_of(fd, name) for name in names}
                os.close(fd)

    def forget_entry(self, inode, name):
        return self.entries.get(inode, {}).pop(name, None)

    def learn_entry(self, inode, directory, name):
        if inode in self.entries and len(self.entries[inode]) < MOST_ENTRIES:
            self.entries[inode][name] = handle_of(directory, name)

    def remember(self, inode, name, version):
        self.versions.pop((inode, name), None)
        self.versions[inode, name] = version
        if len(self.versions) > MOST:
            del self.versions[next(iter(self.versions))]

    def has(self, inode, name, version):
        return self.versions.get((inode, name), 0) == version

    def read(self):
        seen = {}
        while True:
            try:
                data = os.read(self.fd, 1 << 16)
            except BlockingIOError:
                break
            at = 0
            while at < len(data):
                watch, mask, _, length = struct.unpack_from("<iIII", data, at)
                name = data[at + 16:at + 16 + length].rstrip(b"\0")
                at += 16 + length
                if mask & IGNORED:
                    inode = self.inode_of.pop(watch, None)
                    if self.watch_of.get(inode) == watch:
                        del self.watch_of[inode]
                elif name and watch in self.inode_of and not (mask & ISDIR and mask & ATTRIB):
                    seen[self.inode_of[watch], name] = mask
        for (inode, name), mask in seen.items():
            self.note(inode, name)

    def note(self, inode, name):
        fd = self.watches.open(inode) if inode in self.watches else -1
        if fd >= 0:
            seen = stat(fd, name)
            self.remember(inode, name, seen.modified if seen else GONE)
            if seen:
                self.learn_entry(inode, fd, name)
            else:
                self.forget_entry(inode, name)
            os.close(fd)


class Batch:
    def __init__(self, root, watches, known):
        self.root, self.watches, self.known = root, watches, known
        self.nudged = 0
        self.opened = {}
        self.directories = {}
        self.files = {}
        self.nameless = []

    def apply(self, records):
        self.known.read()
        self.watches.look(self.known.fd)
        if not self.watches.handles:
            return
        paths = self.watches.paths()
        self.known.follow(paths)
        for inode, path in paths.items():
            if path is None:
                self.nameless.append(inode)
            else:
                self.files.setdefault(path, []).append(inode)
        try:
            for record in records:
                self.one(record)
            for fd in self.directories.values():
                self.nudged += nudge_directory(fd)
            self.let_go(self.nameless)
            self.known.learn()
        finally:
            for fd in self.opened.values():
                if fd >= 0:
                    os.close(fd)

    def one(self, record):
        kind, rest = record[:1], record[1:]
        if kind == b"A":
            for path in list(self.files):
                self.all_of(path)
        elif kind == b"D":
            self.all_of(rest)
            above = rest + b"/" if rest else b""
            for path in [each for each in self.files if each.rpartition(b"/")[0] == rest and each != rest]:
                self.changed(path, None)
        elif kind == b"G":
            self.changed(rest, None, entry=True, gone=True)
        else:
            modified, _, path = rest.partition(b" ")
            self.changed(path, int(modified), entry=kind == b"E")

    def all_of(self, path):
        """Any entry of a directory may have changed."""
        fd = self.open(path)
        if fd >= 0 and stat(fd).inode in self.watches:
            self.directories[path] = fd
        elif fd < 0 and path in self.files:
            self.changed(path, None)

    def open(self, path):
        if path not in self.opened:
            self.opened[path] = open_beneath(self.root, path)
        return self.opened[path]

    def changed(self, path, modified, entry=False, gone=False):
        """An entry has other content, or came, or went; without a time it is nudged when it is not what it was."""
        above, _, name = path.rpartition(b"/")
        directory = self.open(above)
        if directory < 0 or not name:
            return
        inode = stat(directory).inode
        watchers = self.files.get(path, [])
        if inode not in self.watches and not watchers:
            return
        held = [fd for fd in map(self.watches.open, watchers) if fd >= 0]
        try:
            before = [stat(fd, flags=AT_DONT_SYNC) for fd in held]
            for fd in held:
                stat(fd)    # tells the kernel when it has no links any more
            if gone:
                self.nudge_gone(path, inode, name)
            look_up(directory, name)
            seen = stat(directory, name)
            if seen and entry:
                self.known.learn_entry(inode, directory, name)
            version = seen.modified if seen else GONE
            if self.known.has(inode, name, version):
                return
            if entry and inode in self.watches:
                self.directories[above] = directory
            if seen:
                self.nudge(directory, inode, name, seen, modified, before)
            else:
                self.known.remember(inode, name, GONE)
        finally:
            for fd in held:
                os.close(fd)    # the last of one without links: IN_DELETE_SELF

    def nudge_gone(self, path, inode, name):
        """The last word of an entry that the host removed or renamed: IN_MODIFY of that name."""
        handle = self.known.forget_entry(inode, name)
        fd = open_handle(self.root, handle) if handle and not self.known.has(inode, name, GONE) else -1
        if fd >= 0:
            seen = stat(fd)
            if seen and not seen.is_directory() and path_of(fd) == path:
                target = b"/proc/self/fd/%d" % fd
                times = (Time * 2)(Time(0, UTIME_OMIT), Time(seen.modified // 10**9, seen.modified % 10**9))
                self.nudged += libc.utimensat(AT_FDCWD, target, times, 0) == 0
            os.close(fd)

    def nudge(self, directory, inode, name, seen, modified, before):
        if seen.is_directory():
            fd = open_beneath(directory, name) if modified is not None else -1
            if fd >= 0:
                self.nudged += nudge_directory(fd)
                os.close(fd)
            return
        as_told = seen.modified == modified
        as_before = any(old and (old.inode, old.modified) == (seen.inode, seen.modified) for old in before)
        # What has changed once more since the host looked, it will tell of once more.
        if as_told or modified is None and not as_before:
            if nudge_file(directory, name, seen.modified):
                self.nudged += 1
                self.known.remember(inode, name, seen.modified)

    def let_go(self, inodes):
        for inode in inodes:
            fd = self.watches.open(inode)
            if fd >= 0:
                stat(fd)
                os.close(fd)


def read_exactly(count):
    data = b""
    while len(data) < count:
        more = os.read(0, count - len(data))
        if not more:
            raise SystemExit
        data += more
    return data


def main():
    root = os.open(ROOT, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    watches = Watches(root)
    known = Known(watches)
    ready = select.poll()
    ready.register(0, select.POLLIN)
    ready.register(known.fd, select.POLLIN)
    os.write(1, b"ready\n")
    while True:
        events = dict(ready.poll())
        if known.fd in events:
            known.read()
        if 0 in events:
            length, = struct.unpack(">I", read_exactly(4))
            if length > LONGEST:
                raise SystemExit("too long")
            records = read_exactly(length).split(b"\0")[:-1]
            batch = Batch(root, watches, known)
            batch.apply(records)
            os.write(1, b"nudged %d of %d\n" % (batch.nudged, len(watches.handles)))


main()
