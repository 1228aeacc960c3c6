"""Does with files what developers' tools do, in one new directory, and prints how long each took: a step and
its seconds a line. The same program runs on the host, on the guest's disk and on every share.

share.py DIRECTORY
"""

import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time

FILES = 5000
BLOCK = os.urandom(1 << 20)
BLOCKS = 128


def step(name):
    def keep(function):
        began = time.monotonic()
        function()
        print(f"{name}\t{time.monotonic() - began:.3f}", flush=True)
        return function

    return keep


def forget():
    """What was read before; on the host it stays, whoever asks for it."""
    os.sync()
    if os.path.exists("/etc/sandbox-build-id"):
        drop = "echo 3 >/proc/sys/vm/drop_caches"
        subprocess.run(["sudo", "-n", "sh", "-c", drop], check=True)


def git(*arguments):
    quiet = ["git", "-c", "user.name=b", "-c", "user.email=b@example.org", "-c", "gc.auto=0"]
    subprocess.run(quiet + list(arguments), check=True, stdout=subprocess.DEVNULL)


def archive(path):
    with tarfile.open(path, "w") as tar:
        for number in range(FILES):
            member = tarfile.TarInfo(f"tree/{number % 100:02}/{number}.txt")
            content = f"{number}\n".encode() * 100
            member.size = len(content)
            member.mtime = 1_700_000_000
            tar.addfile(member, io.BytesIO(content))


directory = os.path.abspath(sys.argv[1])
os.mkdir(directory)
os.chdir(directory)
with tempfile.TemporaryDirectory() as elsewhere:
    packed = os.path.join(elsewhere, "tree.tar")
    archive(packed)

    @step("write 128 MiB")
    def write():
        with open("large", "wb") as file:
            for _ in range(BLOCKS):
                file.write(BLOCK)
            os.fsync(file.fileno())

    forget()

    @step("read 128 MiB")
    def read():
        with open("large", "rb") as file:
            while file.read(1 << 20):
                pass

    @step("untar 5000 files")
    def untar():
        subprocess.run(["tar", "xf", packed], check=True)

    git("init", "-q")

    @step("git add and commit")
    def commit():
        git("add", "tree")
        git("commit", "-q", "-m", "all")

    forget()

    @step("git status, cold")
    def cold():
        git("status")

    @step("git status, warm")
    def warm():
        git("status")

    @step("install 1000 packages")
    def install():
        """As npm does: a directory each, files under other names first, links to programs."""
        os.makedirs("node_modules/.bin")
        for number in range(1000):
            package = f"node_modules/package-{number}"
            os.mkdir(package)
            for name in ("package.json", "index.js"):
                with open(f"{package}/.{name}.tmp", "w", encoding="utf-8") as file:
                    file.write("{}\n" * 50)
                os.rename(f"{package}/.{name}.tmp", f"{package}/{name}")
            os.chmod(f"{package}/index.js", 0o755)
            os.symlink(f"../package-{number}/index.js", f"node_modules/.bin/package-{number}")

    @step("look at all of them")
    def look():
        for parent, _, files in os.walk("node_modules"):
            for name in files:
                os.stat(os.path.join(parent, name))

    @step("rm of 5000 files")
    def remove():
        subprocess.run(["rm", "-rf", "tree"], check=True)


os.chdir("/")
shutil.rmtree(directory)
