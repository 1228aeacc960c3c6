package keystone.agent.process;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/// What is in a directory, with the kind of each entry as the kernel has it beside the name
/// (getdents64(2)). Java asks for the kind of each one by itself, and looks at native memory slowly
/// in a JVM that has just begun: so many entries are taken at once, and read from an array.
@SuppressWarnings("restricted") // As in [Posix].
public final class Entries {
    /// What an entry is; a link is not followed.
    public enum Kind {
        FILE,
        DIRECTORY,
        LINK,
        OTHER
    }

    /// One entry.
    ///
    /// @param name each byte as the character of the same number
    public record Entry(String name, Kind kind) {}

    /// Offsets in `struct linux_dirent64`: of the length of an entry, its type and its name.
    private static final int LENGTH = 16;

    private static final int TYPE = 18;
    private static final int NAME = 19;

    /// Bytes of entries that are taken at once. The longest entry has 280.
    private static final int BATCH = 8 << 10;

    private static final byte UNKNOWN = 0;
    private static final byte DIRECTORY = 4;
    private static final byte FILE = 8;
    private static final byte LINK = 10;

    private static final int FROM_BEGIN = 0;
    private static final int GONE = 2;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle GET =
            handle(
                    "getdents64",
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_LONG,
                            ValueLayout.JAVA_INT,
                            ValueLayout.ADDRESS,
                            ValueLayout.JAVA_LONG),
                    Linker.Option.captureCallState("errno"));
    private static final MethodHandle SEEK =
            handle(
                    "lseek",
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_LONG,
                            ValueLayout.JAVA_INT,
                            ValueLayout.JAVA_LONG,
                            ValueLayout.JAVA_INT));

    private Entries() {}

    private static MethodHandle handle(
            String name, FunctionDescriptor form, Linker.Option... options) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), form, options);
    }

    /// Takes one entry.
    @FunctionalInterface
    public interface Visitor {
        void visit(Entry entry) throws IOException;
    }

    /// All of a directory's, one after the other and in no order, without `.` and `..`. There may
    /// be millions: nothing is kept of them.
    ///
    /// @param directory opened for reading; looked through by one thread at a time
    public static void each(OpenDirectory directory, Visitor visitor) throws IOException {
        int descriptor = directory.descriptor();
        call(() -> (long) SEEK.invokeExact(descriptor, 0L, FROM_BEGIN));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = arena.allocate(Linker.Option.captureStateLayout());
            MemorySegment there = arena.allocate(BATCH, Long.BYTES);
            byte[] batch = new byte[BATCH];
            for (int end = get(descriptor, there, errno);
                    end > 0;
                    end = get(descriptor, there, errno)) {
                MemorySegment.copy(there, ValueLayout.JAVA_BYTE, 0, batch, 0, end);
                visit(batch, end, directory, visitor);
            }
        }
    }

    /// @return how many bytes of entries came; 0 at the end
    private static int get(int descriptor, MemorySegment to, MemorySegment errno)
            throws IOException {
        long got = call(() -> (long) GET.invokeExact(errno, descriptor, to, (long) BATCH));
        // Of a directory that was removed meanwhile there is nothing more.
        if (got < 0 && errno.get(ValueLayout.JAVA_INT, 0) != GONE) {
            throw new IOException("cannot read a directory");
        }
        return Math.toIntExact(Math.max(got, 0));
    }

    private static void visit(byte[] batch, int end, OpenDirectory directory, Visitor visitor)
            throws IOException {
        for (int at = 0; at < end; at += length(batch, at)) {
            int name = at + NAME;
            int behind = name;
            while (batch[behind] != 0) {
                behind++;
            }
            if (!isDots(batch, name, behind)) {
                visitor.visit(entry(batch, at, behind, directory));
            }
        }
    }

    private static int length(byte[] batch, int at) {
        return (batch[at + LENGTH] & 0xff) | (batch[at + LENGTH + 1] & 0xff) << 8;
    }

    /// `.` and `..`.
    private static boolean isDots(byte[] batch, int name, int behind) {
        int length = behind - name;
        return length <= 2 && batch[name] == '.' && batch[behind - 1] == '.';
    }

    private static Entry entry(byte[] batch, int at, int behind, OpenDirectory directory) {
        int name = at + NAME;
        var text = new String(batch, name, behind - name, StandardCharsets.ISO_8859_1);
        byte type = batch[at + TYPE];
        return new Entry(text, type == UNKNOWN ? look(directory, text) : kind(type));
    }

    private static Kind kind(byte type) {
        return switch (type) {
            case FILE -> Kind.FILE;
            case DIRECTORY -> Kind.DIRECTORY;
            case LINK -> Kind.LINK;
            default -> Kind.OTHER;
        };
    }

    /// Some file systems do not have it beside the name.
    private static Kind look(OpenDirectory directory, String name) {
        Path path = directory.path().resolve(RawPath.ofName(name));
        if (Files.isSymbolicLink(path)) {
            return Kind.LINK;
        }
        if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            return Kind.DIRECTORY;
        }
        return Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS) ? Kind.FILE : Kind.OTHER;
    }

    @FunctionalInterface
    private interface NativeCall {
        long run() throws Throwable;
    }

    private static long call(NativeCall nativeCall) {
        try {
            return nativeCall.run();
        } catch (Throwable unexpected) {
            throw new IllegalStateException(unexpected);
        }
    }
}
