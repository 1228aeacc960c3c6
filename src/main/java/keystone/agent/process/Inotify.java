package keystone.agent.process;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// What the kernel tells of directories (inotify(7)). Java's own way of watching follows links, and
/// keeps some hundred bytes for each directory.
///
/// One thread reads; every other may watch, forget and [#wake]. Whoever closes it does so after the
/// reading thread has ended.
@SuppressWarnings("restricted") // As in [Posix].
public final class Inotify implements Owned.Ending {
    /// No more directories can be watched: `fs.inotify.max_user_watches`.
    public static final int FULL = -1;

    /// It is no directory any more, or we may not read it.
    public static final int GONE = -2;

    private static final int ENOSPC = 28;
    private static final int IN_ONLYDIR = 0x1000000;
    private static final int IN_EXCL_UNLINK = 0x4000000;
    private static final int NONBLOCK_CLOEXEC = 0x800 | 0x80000;
    private static final short POLLIN = 1;
    private static final int BUFFER = 64 << 10;

    /// The bytes of `struct inotify_event` before the name.
    private static final int HEADER = 16;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO =
            STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final MethodHandle INIT = handle("inotify_init1", ValueLayout.JAVA_INT);
    private static final MethodHandle ADD =
            handle(
                    "inotify_add_watch",
                    ValueLayout.JAVA_INT,
                    ValueLayout.ADDRESS,
                    ValueLayout.JAVA_INT);
    private static final MethodHandle REMOVE =
            handle("inotify_rm_watch", ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
    private static final MethodHandle EVENTFD =
            handle("eventfd", ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
    private static final MethodHandle POLL =
            handle("poll", ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT);
    private static final MethodHandle READ =
            handle("read", ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG);
    private static final MethodHandle WRITE =
            handle("write", ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG);

    /// Bits of [Event#mask].
    public static final class Mask {
        public static final int MODIFY = 0x2;
        public static final int ATTRIB = 0x4;
        public static final int CLOSE_WRITE = 0x8;
        public static final int MOVED_FROM = 0x40;
        public static final int MOVED_TO = 0x80;
        public static final int CREATE = 0x100;
        public static final int DELETE = 0x200;

        /// Events were lost; of no watch.
        public static final int OVERFLOW = 0x4000;

        /// The watch has ended.
        public static final int IGNORED = 0x8000;

        public static final int IS_DIRECTORY = 0x40000000;

        private Mask() {}
    }

    /// One event.
    ///
    /// @param watch as [#watch] gave it
    /// @param name of an entry, each byte as the character of the same number; empty for the
    ///     directory itself
    public record Event(int watch, int mask, String name) {
        public boolean has(int bits) {
            return (mask & bits) != 0;
        }
    }

    private final int events;
    private final int bell;
    private final MemorySegment buffer = Arena.ofAuto().allocate(BUFFER, Long.BYTES);
    private final MemorySegment polled = Arena.ofAuto().allocate(16, Long.BYTES);

    private Inotify(int events, int bell) {
        this.events = events;
        this.bell = bell;
    }

    /// Opens one.
    ///
    /// @throws IOException when this user has as many as the kernel allows
    public static Inotify open() throws IOException {
        int events = call(state -> (int) INIT.invokeExact(state, NONBLOCK_CLOEXEC));
        if (events < 0) {
            throw new IOException("this user has too many inotify instances already");
        }
        int bell = call(state -> (int) EVENTFD.invokeExact(state, 0, NONBLOCK_CLOEXEC));
        if (bell < 0) {
            Posix.close(events);
            throw new IOException("this process has too many files open");
        }
        return new Inotify(events, bell);
    }

    private static MethodHandle handle(String name, MemoryLayout... parameters) {
        return LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow(name),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, parameters),
                Linker.Option.captureCallState("errno"));
    }

    /// Watches the entries of a directory that is held open.
    ///
    /// @return the watch, the same one for the same directory, or [#FULL] or [#GONE]
    public int watch(OpenDirectory directory, int mask) {
        int flags = mask | IN_ONLYDIR | IN_EXCL_UNLINK;
        try (Arena arena = Arena.ofConfined()) {
            // Leads to the open directory itself, wherever that is by now.
            MemorySegment path = arena.allocateFrom(directory.path().toString());
            int watch = call(state -> (int) ADD.invokeExact(state, events, path, flags));
            return watch >= 0 ? watch : watch == -ENOSPC ? FULL : GONE;
        }
    }

    public void forget(int watch) {
        call(state -> (int) REMOVE.invokeExact(state, events, watch));
    }

    /// Waits for events.
    ///
    /// @return empty when the limit has passed, or [#wake] was called
    public List<Event> read(Duration limit) {
        polled.set(ValueLayout.JAVA_INT, 0, events);
        polled.set(ValueLayout.JAVA_INT, 4, POLLIN);
        polled.set(ValueLayout.JAVA_INT, 8, bell);
        polled.set(ValueLayout.JAVA_INT, 12, POLLIN);
        int millis = Math.toIntExact(limit.toMillis());
        call(state -> (int) POLL.invokeExact(state, polled, 2L, millis));
        int length = call(state -> (int) READ.invokeExact(state, events, buffer, (long) BUFFER));
        return length > 0 ? parse(length) : List.of();
    }

    private List<Event> parse(int length) {
        var all = new ArrayList<Event>();
        for (int at = 0; at < length; ) {
            int watch = buffer.get(ValueLayout.JAVA_INT, at);
            int mask = buffer.get(ValueLayout.JAVA_INT, at + 4L);
            int padded = buffer.get(ValueLayout.JAVA_INT, at + 12L);
            all.add(new Event(watch, mask, name(at + HEADER, padded)));
            at += HEADER + padded;
        }
        return all;
    }

    /// Names are padded with zeros.
    private String name(int at, int padded) {
        byte[] bytes = buffer.asSlice(at, padded).toArray(ValueLayout.JAVA_BYTE);
        int end = 0;
        while (end < bytes.length && bytes[end] != 0) {
            end++;
        }
        return new String(bytes, 0, end, StandardCharsets.ISO_8859_1);
    }

    /// Lets a [#read] return, and every later one return at once.
    public void wake() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment one = arena.allocateFrom(ValueLayout.JAVA_LONG, 1);
            call(state -> (int) WRITE.invokeExact(state, bell, one, (long) Long.BYTES));
        }
    }

    @Override
    public void close() {
        Posix.close(events);
        Posix.close(bell);
    }

    @FunctionalInterface
    private interface NativeCall {
        int run(MemorySegment state) throws Throwable;
    }

    /// The result, or the negative number of the error.
    private static int call(NativeCall nativeCall) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            int result = nativeCall.run(state);
            return result >= 0 ? result : -(int) ERRNO.get(state, 0L);
        } catch (Throwable unexpected) {
            throw new IllegalStateException(unexpected);
        }
    }
}
