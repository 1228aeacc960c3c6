# Prints what inotify tells of some paths, a line for an event, as inotifywait would.
import ctypes, os, struct, sys

NAMES = {0x2: "MODIFY", 0x4: "ATTRIB", 0x8: "CLOSE_WRITE", 0x40: "MOVED_FROM", 0x80: "MOVED_TO", 0x100: "CREATE",
         0x200: "DELETE", 0x400: "DELETE_SELF", 0x800: "MOVE_SELF", 0x8000: "IGNORED", 0x40000000: "ISDIR"}
libc = ctypes.CDLL(None)
inotify = libc.inotify_init1(0)
paths = {libc.inotify_add_watch(inotify, os.fsencode(path), 0xFCE): path for path in sys.argv[1:]}
print("ready", flush=True)
while True:
    data, at = os.read(inotify, 1 << 16), 0
    while at < len(data):
        watch, mask, _, length = struct.unpack_from("<iIII", data, at)
        name = data[at + 16:at + 16 + length].rstrip(b"\0").decode()
        at += 16 + length
        print(paths.get(watch), name or ".", ",".join(text for bit, text in NAMES.items() if mask & bit), flush=True)
