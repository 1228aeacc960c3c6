# Tells this guest's inotify watchers what the host changed in /workspace, of which the kernel here knows nothing.
# Runs as root, as long as its supervisor's connection; tested with the kernel and virtiofsd that it leans on.
#
# A nudge sets a file's time of modification, or a directory's mode, to what it is already: that raises IN_MODIFY, or
# IN_ATTRIB, with all who watch it or the directory above. Only what somebody watches is nudged, because a nudge shows
# on the host as a change of the inode's ctime.
import ctypes, os, resource, select, struct, time

ROOT = b"/workspace"
AT_FDCWD, AT_NOFOLLOW, AT_EMPTY_PATH = -100, 0x100, 0x1000
AT_FORCE_SYNC, AT_DONT_SYNC = 0x2000, 0x4000
UTIME_OMIT = (1 << 30) - 2
ATTRIB, CLOSE_WRITE, MOVED_FROM, MOVED_TO, CREATE, DELETE = 0x4, 0x8, 0x40, 0x80, 0x100, 0x200
IGNORED, ISDIR, ONLYDIR = 0x8000, 0x40000000, 0x1000000
SYS_OPENAT2, NO_XDEV, NO_MAGICLINKS, NO_SYMLINKS, BENEATH = 437, 0x1, 0x2, 0x4, 0x8
LONGEST, MOST, MOST_ENTRIES, MOST_HANDLES, MOST_SEARCHED = 16 << 20, 4096, 1000, 20000, 5000
GONE = None
# Seconds between two looks at who watches, while nobody does: a look costs as much as all else that a busy guest pays us.
# Meanwhile the host puts together what changes.
BETWEEN_LOOKS = 0.6

libc = ctypes.CDLL(None, use_errno=True)


class Time(ctypes.Structure):
    _fields_ = [("seconds", ctypes.c_long), ("nanos", ctypes.c_long)]


class Stat:
    def __init__(self, raw):
        self.mode, = struct.unpack_from("<H", raw, 28)
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
    """What is watched in the workspace, by whomever: proc(5) shows each inotify's inodes, with file handles.

    Whatever is opened by its handle, the kernel forgets by its name once it is closed (fuse_get_dentry expires it): so
    a file is opened once to learn its path, and a directory stays open as long as somebody watches it."""

    def __init__(self, root, most_open):
        self.root, self.most_open = root, most_open
        device = os.fstat(root).st_dev
        self.device = os.major(device) << 20 | os.minor(device)
        self.handles = {}
        self.looked = 0.0
        self.met = {}
        self.paths = {}
        self.directories = {}

    def look(self, mine):
        if not self.handles:
            time.sleep(max(0.0, self.looked + BETWEEN_LOOKS - time.monotonic()))
        self.looked = time.monotonic()
        self.handles = {}
        me = str(os.getpid())
        for process in os.listdir("/proc"):
            if process.isdigit():
                try:
                    self.look_at(process, mine if process == me else None)
                except OSError:
                    pass
        # The host gives the number of an inode that is gone to another, which has another handle then.
        for inode in [each for each, handle in self.met.items() if self.handles.get(each) != handle]:
            del self.met[inode], self.paths[inode]
            if inode in self.directories:
                os.close(self.directories.pop(inode))
        for inode in [each for each in self.handles if each not in self.met]:
            self.meet(inode)

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

    def meet(self, inode):
        self.met[inode] = self.handles[inode]
        self.paths[inode] = None
        fd = self.open(inode)
        if fd >= 0:
            seen = stat(fd, flags=AT_DONT_SYNC)
            self.paths[inode] = path_of(fd)
            if seen and seen.is_directory() and len(self.directories) < self.most_open:
                self.directories[inode] = fd
            else:
                os.close(fd)

    def found(self, inode, path, fd=-1):
        """A watched inode has this path, and maybe is this directory."""
        self.paths[inode] = path
        if fd >= 0 and inode not in self.directories and len(self.directories) < self.most_open:
            self.directories[inode] = os.dup(fd)

    def search(self):
        """Looks through the workspace for what has lost its name."""
        lost = {inode for inode, path in self.paths.items() if path is None}
        rest, seen = [b""], 0
        while rest and lost and seen < MOST_SEARCHED:
            path, seen = rest.pop(0), seen + 1
            fd = open_beneath(self.root, path)
            if fd >= 0:
                if os.fstat(fd).st_ino in lost:
                    self.found(os.fstat(fd).st_ino, path, fd)
                try:
                    rest += self.search_in(fd, path + b"/" if path else b"", lost)
                except OSError:
                    pass
                os.close(fd)

    def search_in(self, fd, above, lost):
        below = []
        with os.scandir(b"/proc/self/fd/%d" % fd) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    if entry.name != b".git":
                        below.append(above + entry.name)
                elif entry.inode() in lost:
                    self.found(entry.inode(), above + entry.name)
        return below

    def __contains__(self, inode):
        return inode in self.handles

    def open(self, inode):
        return open_handle(self.root, self.handles[inode])


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

    def follow(self):
        for inode in [each for each in self.watch_of if each not in self.watches.directories]:
            libc.inotify_rm_watch(self.fd, self.watch_of.pop(inode))
            self.entries.pop(inode, None)
        for inode, fd in self.watches.directories.items():
            if inode not in self.watch_of:
                mask = CLOSE_WRITE | ATTRIB | MOVED_FROM | MOVED_TO | CREATE | DELETE | ONLYDIR
                watch = libc.inotify_add_watch(self.fd, b"/proc/self/fd/%d" % fd, mask)
                if watch >= 0:
                    self.watch_of[inode] = watch
                    self.inode_of[watch] = inode
                    self.new.append(inode)

    def learn(self):
        """The handles of what is in the directories that are watched: by its handle an entry is found as long as the
        kernel remembers it, also after the host has removed it."""
        known = sum(map(len, self.entries.values()))
        while self.new:
            inode = self.new.pop()
            fd = self.watches.directories.get(inode, -1)
            try:
                names = os.listdir(b"/proc/self/fd/%d" % fd)[:MOST_ENTRIES] if fd >= 0 else []
            except OSError:
                names = []
            known += len(names)
            if fd >= 0 and known < MOST_HANDLES:
                self.entries[inode] = {name: handle_of(fd, name) for name in names}

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
        fd = self.watches.directories.get(inode, -1)
        if fd >= 0:
            seen = stat(fd, name)
            self.remember(inode, name, seen.modified if seen else GONE)
            if seen:
                self.learn_entry(inode, fd, name)
            else:
                self.forget_entry(inode, name)


class Batch:
    def __init__(self, root, watches, known):
        self.root, self.watches, self.known = root, watches, known
        self.nudged = 0
        self.opened = {}
        self.directories = {}
        self.files = {}
        self.files_in = {}
        self.nameless = []

    def apply(self, records):
        self.known.read()
        self.watches.look(self.known.fd)
        if not self.watches.handles:
            return
        if b"A" in records:
            self.watches.search()
        self.known.follow()
        for inode, path in self.watches.paths.items():
            if inode not in self.watches.directories:
                if path is None:
                    self.nameless.append(inode)
                else:
                    self.files.setdefault(path, []).append(inode)
                    self.files_in.setdefault(path.rpartition(b"/")[0], []).append(path)
        try:
            for record in records:
                self.one(record)
            for fd in self.directories.values():
                self.nudged += nudge_directory(fd)
            self.let_go(self.nameless)
            self.known.follow()
            self.known.learn()
        finally:
            for fd in self.opened.values():
                if fd >= 0:
                    os.close(fd)

    def one(self, record):
        kind, rest = record[:1], record[1:]
        if kind == b"A":
            for inode, fd in self.watches.directories.items():
                self.directories[inode] = fd
            for path in list(self.files):
                self.changed(path, None)
        elif kind == b"D":
            fd, inode = self.open(rest)
            if inode in self.watches:
                self.watches.found(inode, rest, fd)
                self.directories[inode] = fd
            for path in self.files_in.get(rest, []):
                self.changed(path, None)
        elif kind == b"G":
            self.changed(rest, None, entry=True, gone=True)
        else:
            modified, _, path = rest.partition(b" ")
            self.changed(path, int(modified), entry=kind == b"E")

    def open(self, path):
        """A directory and its inode, which is none when it cannot be opened."""
        if path not in self.opened:
            self.opened[path] = open_beneath(self.root, path)
        seen = stat(self.opened[path], flags=AT_DONT_SYNC) if self.opened[path] >= 0 else None
        return self.opened[path], seen.inode if seen else None

    def changed(self, path, modified, entry=False, gone=False):
        """An entry has other content, or came, or went; without a time it is nudged when it is not what it was."""
        above, _, name = path.rpartition(b"/")
        directory, inode = self.open(above)
        if inode is None or not name:
            return
        watchers = self.files.get(path, [])
        if inode in self.watches:
            self.watches.found(inode, above, directory)
        elif not watchers:
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
                if seen.inode in self.watches and not seen.is_directory():
                    self.watches.found(seen.inode, path)
            version = seen.modified if seen else GONE
            if not self.known.has(inode, name, version):
                # The guest may be at it in this moment.
                self.known.read()
            if self.known.has(inode, name, version):
                return
            if entry and inode in self.watches:
                self.directories[inode] = directory
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
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    root = os.open(ROOT, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    watches = Watches(root, most // 2)
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
