"""What programs do with files, one function a step. Runs in the guest.

Reads lines `STEP<tab>DIRECTORY`, runs that step with that directory as its working directory, and answers each with one
line of JSON: whether it passed, what was seen, how long it took. Steps whose names begin with an underscore are not steps.
"""

import contextlib
import ctypes
import errno
import fcntl
import json
import mmap
import os
import shutil
import socket
import sqlite3
import stat
import struct
import subprocess
import sys
import tempfile
import time
import traceback

LIBC = ctypes.CDLL(None, use_errno=True)
MIB = 1 << 20
AT_FDCWD = -100
AT_SYMLINK_FOLLOW = 0x400
RENAME_NOREPLACE = 1
RENAME_EXCHANGE = 2
IN_MODIFY = 0x2
IN_CREATE = 0x100


# Files


def create_append_truncate():
    _write("a", "one")
    with open("a", "a") as file:
        file.write("two")
    _same(_read("a"), "onetwo")
    os.truncate("a", 4)
    _same(_read("a"), "onet")
    os.truncate("a", 10)
    _same(_read("a"), "onet" + "\0" * 6)


def exclusive_creation():
    children = [_child(_create_exclusively, "lock") for _ in range(4)]
    _same(sorted(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children), [0, 3, 3, 3])


def _create_exclusively(name):
    try:
        os.close(os.open(name, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
    except FileExistsError:
        os._exit(3)


def rename_over_an_open_file():
    _write("old", "old")
    _write("new", "new")
    with open("old") as reader:
        os.replace("new", "old")
        _same(reader.read(), "old")
    _same(_read("old"), "new")
    _same(os.listdir("."), ["old"])


def use_after_unlink():
    with open("gone", "w+") as file:
        os.unlink("gone")
        file.write("kept")
        file.seek(0)
        _same(file.read(), "kept")


def change_after_unlink():
    with open("gone", "w+") as file:
        file.write("kept")
        file.flush()
        os.unlink("gone")
        os.ftruncate(file.fileno(), 2)
        os.fchmod(file.fileno(), 0o600)
        _same(os.fstat(file.fileno()).st_size, 2)


def directories_move():
    os.makedirs("from/deep")
    _write("from/deep/file", "x")
    os.mkdir("to")
    with open("from/deep/file") as reader:
        os.rename("from", "to")
        _same(reader.read(), "x")
    _same(_read("to/deep/file"), "x")
    os.rename("to/deep", "deep")
    os.chdir("deep")
    _write("more", "y")
    os.chdir("..")
    _same(sorted(os.listdir("deep")), ["file", "more"])
    _refuses(errno.ENOTEMPTY, lambda: os.rmdir("deep"))
    shutil.rmtree("deep")
    _refuses(errno.ENOENT, lambda: os.stat("deep"))


def hard_links():
    _write("a", "one")
    os.link("a", "b")
    with open("b", "a") as file:
        file.write("two")
    _same(_read("a"), "onetwo")
    _same(os.stat("a").st_nlink, 2)
    _same(os.stat("a").st_ino, os.stat("b").st_ino)
    os.unlink("a")
    _same(os.stat("b").st_nlink, 1)


def identity():
    for number in range(50):
        _write(f"{number}", "x")
    numbers = {os.stat(name).st_ino: name for name in os.listdir(".")}
    _same(len(numbers), 50)
    before = os.stat("7").st_ino
    os.rename("7", "seven")
    _same(os.stat("seven").st_ino, before)


def symbolic_links():
    _write("file", "x")
    os.mkdir("directory")
    for name, target in [("f", "file"), ("d", "directory"), ("none", "n/o/w/h/e/r/e"), ("long", "x/" * 500 + "y")]:
        os.symlink(target, name)
        _same(os.readlink(name), target)
        _same(stat.S_ISLNK(os.lstat(name).st_mode), True)
    _same(_read("f"), "x")
    _write("d/inside", "y")
    _same(_read("directory/inside"), "y")
    _refuses(errno.ENOENT, lambda: open("none"))


def modes():
    _write("file", "x")
    for mode in (0o644, 0o600, 0o755, 0o444, 0o640, 0o711):
        os.chmod("file", mode)
        _same(stat.S_IMODE(os.stat("file").st_mode), mode)
    os.chmod("file", 0o400)
    _refuses(errno.EACCES, lambda: open("file", "a"))


def times():
    _write("file", "x")
    os.utime("file", (1_500_000_000, 1_400_000_000))
    _same((os.stat("file").st_atime, os.stat("file").st_mtime), (1_500_000_000, 1_400_000_000))
    os.symlink("file", "link")
    os.utime("link", (1_300_000_000, 1_300_000_000), follow_symlinks=False)
    _same(os.lstat("link").st_mtime, 1_300_000_000)
    _same(os.stat("file").st_mtime, 1_400_000_000)


def nanoseconds():
    _write("file", "x")
    os.utime("file", ns=(1_500_000_000_123_456_789, 1_400_000_000_987_654_321))
    _same(os.stat("file").st_mtime_ns, 1_400_000_000_987_654_321)


def extended_attributes():
    _write("file", "x")
    os.setxattr("file", "user.colour", b"green")
    _same(os.getxattr("file", "user.colour"), b"green")
    _same("user.colour" in os.listxattr("file"), True)
    os.removexattr("file", "user.colour")
    _same("user.colour" in os.listxattr("file"), False)


def file_without_a_name():
    with os.fdopen(os.open(".", os.O_TMPFILE | os.O_RDWR), "w+") as file:
        file.write("x")
        file.flush()
        # Python's own link() does not follow the name of the descriptor.
        name = f"/proc/self/fd/{file.fileno()}".encode()
        _call(LIBC.linkat(AT_FDCWD, name, AT_FDCWD, b"named", AT_SYMLINK_FOLLOW))
    _same(_read("named"), "x")


def reserve_room():
    with open("file", "w") as file:
        # glibc's posix_fallocate writes zeroes where the kernel refuses; the plain call shows what the driver can.
        _call(LIBC.fallocate(file.fileno(), 0, ctypes.c_long(0), ctypes.c_long(MIB)))
    _same(os.stat("file").st_size, MIB)


def swap_names():
    _write("a", "a")
    _write("b", "b")
    _rename("a", "b", RENAME_EXCHANGE)
    _same((_read("a"), _read("b")), ("b", "a"))


def rename_without_replacing():
    _write("a", "a")
    _write("b", "b")
    _refuses(errno.EEXIST, lambda: _rename("a", "b", RENAME_NOREPLACE))
    _rename("a", "c", RENAME_NOREPLACE)
    _same(_read("c"), "a")


def copy_in_the_kernel():
    _write("a", "x" * 100_000)
    with open("a", "rb") as source, open("b", "wb") as target:
        copied = 0
        while copied < 100_000:
            part = os.copy_file_range(source.fileno(), target.fileno(), 100_000 - copied)
            if part == 0:
                break
            copied += part
    _same(_read("b"), "x" * 100_000)


def sparse_files():
    with open("sparse", "wb") as file:
        file.write(b"begin")
        file.seek(64 * MIB)
        file.write(b"end")
        file.flush()
        os.fsync(file.fileno())
    seen = os.stat("sparse")
    _same(seen.st_size, 64 * MIB + 3)
    _same(seen.st_blocks * 512 < MIB, True)
    with open("sparse", "rb") as file:
        file.seek(32 * MIB)
        _same(file.read(4), b"\0" * 4)
        file.seek(64 * MIB)
        _same(file.read(), b"end")


def find_holes():
    with open("sparse", "wb+") as file:
        file.write(b"begin")
        file.seek(64 * MIB)
        file.write(b"end")
        file.flush()
        os.fsync(file.fileno())
        _same(os.lseek(file.fileno(), 0, os.SEEK_HOLE) < 64 * MIB, True)
        _same(os.lseek(file.fileno(), 32 * MIB, os.SEEK_DATA), 64 * MIB)


def synchronise():
    with open("file", "w") as file:
        file.write("x")
        file.flush()
        os.fsync(file.fileno())
        os.fdatasync(file.fileno())
    directory = os.open(".", os.O_RDONLY | os.O_DIRECTORY)
    os.fsync(directory)
    os.close(directory)


def free_room():
    seen = os.statvfs(".")
    _same(seen.f_bavail * seen.f_frsize > MIB, True)
    _same(seen.f_namemax >= 255, True)


# Names


def odd_names():
    for name in _odd_names():
        with open(name, "wb") as file:
            file.write(name)
    _same(set(os.listdir(b".")), set(_odd_names()))
    for name in _odd_names():
        with open(name, "rb") as file:
            _same(file.read(), name)


def _odd_names():
    """The host's side looks for the same."""
    return [
        b"new\nline",
        b"-rf",
        b"back\\slash",
        b" space ",
        b"dot.",
        b"a:b*c?d\"e<f>|",
        b"CON",
        b"tab\tquote'",
        "caf\u00e9".encode(),
        "cafe\u0301".encode(),
        b"not utf-8 \xff\xfe",
        b"x" * 255,
        ("\u00e9" * 127).encode(),
    ]


def too_long_a_name():
    _refuses(errno.ENAMETOOLONG, lambda: open("x" * 256, "w"))


def case_pairs():
    for name in ("README", "readme", "ReadMe"):
        _write(name, name)
    _same(sorted(os.listdir(".")), ["README", "ReadMe", "readme"])
    os.rename("readme", "Readme")
    _same((_read("README"), _read("Readme")), ("README", "readme"))


def deep_paths():
    path = "/".join(["d" * 80] * 40)
    os.makedirs(path)
    _write(path + "/file", "x")
    _same(_read(path + "/file"), "x")
    shutil.rmtree("d" * 80)


# Several at once


def appends_at_once():
    children = [_child(_append, "log", letter, 200) for letter in "abcd"]
    _reap(children)
    lines = _read("log").splitlines()
    _same(sorted(set(lines)), [letter * 40 for letter in "abcd"])
    _same(len(lines), 800)


def append_for_both():
    _append("log", "g", 300)


def _append(name, letter, times_):
    for _ in range(times_):
        descriptor = os.open(name, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o644)
        os.write(descriptor, (letter * 40 + "\n").encode())
        os.close(descriptor)


def rename_storm():
    """A reader always finds a whole file, whoever replaces it."""
    _write("target", "a" * 5000)
    children = [_child(_replace, "target", letter, 150) for letter in "bcd"]
    read = 0
    while any(os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None for child in children):
        _whole(_read("target"))
        read += 1
    _reap(children)
    _same(os.listdir("."), ["target"])
    return f"{read} reads"


def read_under_replacement():
    """Reads while the host replaces, until the host has written the last one."""
    deadline = time.monotonic() + 60
    read = 0
    while True:
        text = _read("target")
        _whole(text)
        read += 1
        if text[:1] == "z":
            return f"{read} reads"
        if time.monotonic() > deadline:
            raise AssertionError("the last content was never seen")


def _replace(name, letter, times_):
    for number in range(times_):
        _write(f".{letter}{number}", letter * 5000)
        os.replace(f".{letter}{number}", name)


def _whole(text):
    if len(text) != 5000 or len(set(text)) != 1:
        raise AssertionError(f"{len(text)} bytes of {sorted(set(text))}")


def list_while_removing():
    """Whatever is not removed meanwhile is listed, once."""
    for number in range(600):
        _write(f"{number}", "")
    seen = []
    with os.scandir(".") as entries:
        for entry in entries:
            seen.append(entry.name)
            if int(entry.name) % 2:
                os.unlink(entry.name)
    even = [name for name in seen if int(name) % 2 == 0]
    _same(sorted(even, key=int), [f"{number}" for number in range(0, 600, 2)])


# Locks and maps


def flock():
    with open("lock", "w") as first:
        fcntl.flock(first, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _same(_exit_code(_flock_is_refused, "lock"), 0)
        fcntl.flock(first, fcntl.LOCK_UN)
        _same(_exit_code(_flock_is_refused, "lock"), 1)


def hold_flock():
    global held
    held = open("lock", "w")
    fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)


def hold_record_lock():
    global held
    held = open("lock", "w")
    fcntl.lockf(held, fcntl.LOCK_EX | fcntl.LOCK_NB)


def let_go():
    held.close()


def _flock_is_refused(name):
    with open(name) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os._exit(0)
        os._exit(1)


def record_locks():
    _write("lock", "0123456789")
    with open("lock", "r+") as first:
        fcntl.lockf(first, fcntl.LOCK_EX | fcntl.LOCK_NB, 5, 0)
        _same(_exit_code(_record_is_refused, "lock", 0), 0)
        _same(_exit_code(_record_is_refused, "lock", 5), 1)


def _record_is_refused(name, start):
    with open(name, "r+") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 5, start)
        except BlockingIOError:
            os._exit(0)
        os._exit(1)


def shared_map():
    with open("map", "wb+") as file:
        file.truncate(8192)
        with mmap.mmap(file.fileno(), 8192) as here:
            _same(_exit_code(_write_map, "map"), 0)
            _same(here[4096:4100], b"here")
    with open("map", "rb") as file:
        file.seek(4096)
        _same(file.read(4), b"here")


def write_map():
    with open("map", "wb") as file:
        file.truncate(8192)
    _write_map("map")


def _write_map(name):
    with open(name, "rb+") as file, mmap.mmap(file.fileno(), 8192) as here:
        here[4096:4100] = b"here"
        here.flush()


def sqlite_with_a_write_ahead_log():
    with contextlib.closing(sqlite3.connect("db")) as first:
        _same(first.execute("pragma journal_mode=wal").fetchone(), ("wal",))
        first.execute("create table line (number integer)")
        first.commit()
        _reap([_child(_insert, "db", number) for number in range(2)])
        _same(first.execute("select count(*) from line").fetchone(), (40,))
        _same(first.execute("pragma integrity_check").fetchone(), ("ok",))


def sqlite_with_a_rollback_journal():
    with contextlib.closing(sqlite3.connect("db")) as first:
        first.execute("create table line (number integer)")
        first.commit()
        _reap([_child(_insert, "db", number) for number in range(2)])
        _same(first.execute("select count(*) from line").fetchone(), (40,))


def _insert(name, writer):
    with contextlib.closing(sqlite3.connect(name, timeout=60)) as database:
        for number in range(20):
            database.execute("insert into line values (?)", (writer * 100 + number,))
            database.commit()


# What is no file


def named_pipe():
    os.mkfifo("pipe")
    child = _child(_write, "pipe", "through")
    _same(_read("pipe"), "through")
    _reap([child])


def socket_in_the_project():
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
        server.bind("socket")
        server.listen()
        client.connect("socket")
        client.sendall(b"through")
        accepted, _ = server.accept()
        with accepted:
            _same(accepted.recv(7), b"through")


def own_changes_are_notified():
    with _watch(".", IN_CREATE) as events:
        _write("new", "x")
        _same(_arrives(events), True)


def begin_to_watch():
    global watching
    watching = _watch(".", IN_CREATE | IN_MODIFY)


def notified_of_the_host():
    with watching as events:
        _same(_arrives(events, 10), True)


def _watch(path, mask):
    descriptor = _call(LIBC.inotify_init1(os.O_NONBLOCK))
    _call(LIBC.inotify_add_watch(descriptor, os.fsencode(path), mask))
    return os.fdopen(descriptor, "rb", buffering=0)


def _arrives(events, seconds=3):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if events.read(4096):
            return True
        time.sleep(0.05)
    return False


# Root in the guest


def root_gives_away():
    _write("file", "x")
    _runs("sudo", "chown", "0:0", "file")


def root_installs():
    _write("file", "x")
    _runs("sudo", "install", "-m", "640", "-o", "root", "file", "installed")
    _same(_runs("sudo", "cat", "installed"), "x")


# Tools


def git_commits_and_collects():
    _git("init", "-q", "-b", "main")
    for number in range(20):
        _write(f"{number}", f"{number}\n" * 50)
    _git("add", ".")
    _git("commit", "-qm", "one")
    os.rename("0", "zero")
    _git("add", "-A")
    _git("commit", "-qm", "two")
    _write("1", "stashed\n")
    _git("stash", "-q")
    _git("checkout", "-qb", "other", "HEAD~")
    _write("other", "x")
    _git("add", ".")
    _git("commit", "-qm", "three")
    _git("rebase", "-q", "main")
    _git("stash", "pop", "-q")
    _git("commit", "-qam", "four")
    _git("gc", "-q", "--prune=now")
    _git("fsck", "--strict", "--no-progress")
    _same(_git("status", "--short"), "")
    _same(_git("log", "--format=%s").split(), ["four", "three", "two", "one"])


def git_worktree():
    os.mkdir("main")
    os.chdir("main")
    _git("init", "-q", "-b", "main")
    _write("file", "x")
    _git("add", ".")
    _git("commit", "-qm", "one")
    _git("worktree", "add", "-q", "../second")
    os.chdir("../second")
    _write("more", "y")
    _git("add", ".")
    _git("commit", "-qm", "two")
    os.chdir("../main")
    _git("merge", "-q", "second")
    _same(_read("more"), "y")
    _git("worktree", "remove", "../second")
    _same(os.path.exists("../second"), False)


def git_clone_over_hard_links():
    """A local clone links the objects."""
    os.mkdir("origin")
    os.chdir("origin")
    _git("init", "-q", "-b", "main")
    _write("file", "x")
    _git("add", ".")
    _git("commit", "-qm", "one")
    os.chdir("..")
    _git("clone", "-q", "origin", "copy")
    _same(_read("copy/file"), "x")


def commit_for_the_host():
    _git("init", "-q", "-b", "main")
    _write("file", "guest\n")
    _git("add", ".")
    _git("commit", "-qm", "of the guest")


def commit_of_the_host():
    seen = _awaits(lambda: _git("log", "--format=%s").splitlines() == ["of the host", "of the guest"])
    _git("fsck", "--no-progress")
    _same(_git("status", "--short"), "")
    return seen


def linked_programs():
    """What npm makes of a package's `bin`: a relative link in `.bin`, and its target executable."""
    os.makedirs("node_modules/package/bin")
    os.makedirs("node_modules/.bin")
    _write("node_modules/package/bin/tool.py", "#!/usr/bin/python3\nprint('ran', __file__)\n")
    os.symlink("../package/bin/tool.py", "node_modules/.bin/tool")
    os.chmod("node_modules/.bin/tool", 0o755)
    _same(_runs("node_modules/.bin/tool").split()[0], "ran")
    os.rename("node_modules", "moved")
    _same(_runs("moved/.bin/tool").split()[0], "ran")
    shutil.rmtree("moved")


def linked_artifacts():
    """What cargo makes: the program below `deps`, and a hard link to it where a person looks; anew for every build."""
    os.makedirs("target/debug/deps")
    for build in ("first", "second"):
        _write("target/debug/deps/.new", f"#!/bin/sh\necho {build}\n")
        os.chmod("target/debug/deps/.new", 0o755)
        os.replace("target/debug/deps/.new", "target/debug/deps/app-0123456789abcdef")
        with contextlib.suppress(FileNotFoundError):
            os.unlink("target/debug/app")
        os.link("target/debug/deps/app-0123456789abcdef", "target/debug/app")
        _same(_runs("target/debug/app"), build)
        _same(os.path.samefile("target/debug/app", "target/debug/deps/app-0123456789abcdef"), True)


def build_with_make():
    _write("answer.h", "int answer(void);\n")
    _write("answer.c", '#include "answer.h"\nint answer(void) { return 42; }\n')
    _write("main.c", '#include <stdio.h>\n#include "answer.h"\nint main(void) { printf("%d\\n", answer()); return 0; }\n')
    _write("Makefile", "app: main.o answer.o\n\tcc -o $@ $^\n%.o: %.c answer.h\n\tcc -c -o $@ $<\n")
    old = time.time() - 10
    for name in os.listdir("."):
        os.utime(name, (old, old))
    _runs("make", "-s")
    _same(_runs("./app"), "42")
    _same(subprocess.run(["make", "-q"]).returncode, 0)
    _write("answer.c", '#include "answer.h"\nint answer(void) { return 43; }\n')
    later = time.time() + 10
    os.utime("answer.c", (later, later))
    _same("main.c" in _runs("make", "-n"), False)
    _runs("make", "-s")
    _same(_runs("./app"), "43")


def build_within_a_second():
    """Make sees an edit that follows the last build at once."""
    _write("in", "1")
    _write("Makefile", "out: in\n\tcp in out\n")
    _runs("make", "-s")
    _write("in", "2")
    _runs("make", "-s")
    _same(_read("out"), "2")


def unpack_an_archive():
    os.makedirs("tree/deep")
    _write("tree/run", "#!/bin/sh\n")
    os.chmod("tree/run", 0o755)
    os.symlink("run", "tree/link")
    os.link("tree/run", "tree/deep/hard")
    os.utime("tree/run", (1_400_000_000, 1_400_000_000))
    _runs("tar", "-cf", "tree.tar", "tree")
    shutil.rmtree("tree")
    _runs("tar", "-xf", "tree.tar")
    _same(os.readlink("tree/link"), "run")
    _same(os.stat("tree/run").st_nlink, 2)
    _same(stat.S_IMODE(os.stat("tree/run").st_mode), 0o755)
    _same(os.stat("tree/run").st_mtime, 1_400_000_000)


def mirror_with_rsync():
    os.makedirs("tree/deep")
    for number in range(20):
        _write(f"tree/deep/{number}", f"{number}")
    os.symlink("deep/1", "tree/link")
    _runs("rsync", "-a", "tree/", "copy/")
    _same(_runs("rsync", "-ai", "tree/", "copy/"), "")
    _write("tree/deep/1", "changed")
    os.unlink("tree/deep/2")
    _runs("rsync", "-a", "--delete", "tree/", "copy/")
    _same(_runs("diff", "-r", "tree", "copy"), "")


def mirror_from_the_guest_disk():
    """Nothing is copied a second time, though the other file system may keep finer times."""
    with _on_guest_disk() as disk:
        for number in range(5):
            _write(f"{disk}/{number}", f"{number}")
            os.utime(f"{disk}/{number}", ns=(0, 1_400_000_000_123_456_789))
        _runs("rsync", "-a", disk + "/", "copy/")
        _same(_runs("rsync", "-ai", disk + "/", "copy/"), "")


def move_from_the_guest_disk():
    with _on_guest_disk() as disk:
        _write(disk + "/file", "x")
        os.symlink("file", disk + "/link")
        _runs("mv", disk + "/file", disk + "/link", ".")
    _same((_read("file"), os.readlink("link")), ("x", "file"))


def _on_guest_disk():
    return tempfile.TemporaryDirectory(dir="/var/tmp")


# Much


def ten_thousand_files():
    names = [f"{number:05}" for number in range(10_000)]
    for name in names:
        os.close(os.open(name, os.O_CREAT | os.O_WRONLY))
    begun = time.monotonic()
    _same(sorted(os.listdir(".")), names)
    for name in names:
        os.stat(name)
    looked = time.monotonic() - begun
    for name in names:
        os.unlink(name)
    _same(os.listdir("."), [])
    return f"listing and looking took {looked:.1f} s"


def two_gibibytes():
    """More than a signed 32-bit number counts."""
    block = bytes(range(256)) * (MIB // 256)
    with open("large", "wb") as file:
        for number in range(2049):
            file.write(struct.pack("<Q", number))
            file.write(block[8:])
    _same(os.stat("large").st_size, 2049 * MIB)
    with open("large", "rb") as file:
        for number in (0, 1, 1023, 2047, 2048):
            file.seek(number * MIB)
            _same(file.read(8), struct.pack("<Q", number))
            file.seek(number * MIB + MIB - 4)
            _same(file.read(4), block[-4:])


# With the host


def make_for_the_host():
    _write("run", "#!/bin/sh\necho ran\n")
    os.chmod("run", 0o755)
    os.symlink("run", "link")
    os.link("run", "hard")
    os.utime("run", (1_400_000_000, 1_400_000_000))
    os.mkdir("directory")


def read_of_the_host():
    _same(_read("file"), "of the host\n")
    seen = os.stat("file")
    _same((seen.st_uid, seen.st_gid), (os.getuid(), os.getgid()))
    _same(seen.st_mtime, 1_400_000_000)


def run_of_the_host():
    _same(_runs("./run"), "ran")


def link_of_the_host():
    _same(os.readlink("link"), "file")
    _same(_read("link"), "of the host\n")
    os.symlink("file", "own")
    _same(_read("own"), "of the host\n")


def look():
    """So that the guest has something to remember."""
    os.listdir(".")
    return _read("file")


def has_other():
    _same(_read("file"), "other")


def awaits_new():
    return _awaits(lambda: os.path.exists("new") and _read("new") == "new")


def awaits_more():
    return _awaits(lambda: _read("file") == "onetwo")


def awaits_one():
    return _awaits(lambda: _read("file") == "one")


def awaits_other():
    return _awaits(lambda: _read("file") == "other")


def awaits_nothing():
    return _awaits(lambda: not os.path.exists("file") and "file" not in os.listdir("."))


def open_and_keep():
    global held
    held = open("file")


def still_reads():
    with held:
        _same(held.read(), "one")


def map_and_keep():
    global held
    with open("map", "rb") as file:
        held = mmap.mmap(file.fileno(), 4096, prot=mmap.PROT_READ)
    _same(held[:4], b"old.")


def awaits_in_the_map():
    with held:
        return _awaits(lambda: held[:4] == b"new!")


def _awaits(condition):
    begun = time.monotonic()
    while not condition():
        if time.monotonic() - begun > 5:
            raise AssertionError("not seen within 5 s")
        time.sleep(0.02)
    return f"seen after {time.monotonic() - begun:.2f} s"


# Means


def _write(name, text):
    with open(name, "w") as file:
        file.write(text)


def _read(name):
    with open(name) as file:
        return file.read()


def _same(seen, expected):
    if seen != expected:
        raise AssertionError(f"{str(seen)[:200]} instead of {str(expected)[:200]}")


def _refuses(number, action):
    try:
        action()
    except OSError as refused:
        _same(errno.errorcode[refused.errno], errno.errorcode[number])
        return
    raise AssertionError("was allowed")


def _call(result):
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def _rename(source, target, flags):
    _call(LIBC.renameat2(AT_FDCWD, source.encode(), AT_FDCWD, target.encode(), flags))


def _runs(*command):
    ended = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if ended.returncode:
        raise AssertionError(f"{' '.join(command)}: status {ended.returncode}, {ended.stderr.strip()[-300:]}")
    return ended.stdout.strip()


def _git(*arguments):
    return _runs("git", "-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "gc.auto=0", *arguments)


def _child(action, *arguments):
    child = os.fork()
    if child == 0:
        try:
            action(*arguments)
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            os._exit(99)
    return child


def _reap(children):
    _same([os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children], [0] * len(children))


def _exit_code(action, *arguments):
    return os.waitstatus_to_exitcode(os.waitpid(_child(action, *arguments), 0)[1])


def _answer(name, directory):
    begun = time.monotonic()
    try:
        os.makedirs(directory, exist_ok=True)
        os.chdir(directory)
        seen, passed = globals()[name]() or "", True
    except Exception as failure:
        line = traceback.extract_tb(failure.__traceback__)[-1].lineno
        seen, passed = f"{type(failure).__name__}: {failure} (line {line})", False
    return {"step": name, "passed": passed, "seen": seen, "millis": int((time.monotonic() - begun) * 1000)}


if __name__ == "__main__":
    for asked in sys.stdin:
        print(json.dumps(_answer(*asked.rstrip("\n").split("\t"))), flush=True)
