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
/// (readdir(3)). Java asks for the kind of each one by itself, which makes a walk take several
/// times as long.
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

    /// Of `struct dirent` on 64-bit Linux.
    private static final int LENGTH = 16;

    private static final int TYPE = 18;
    private static final int NAME = 19;

    private static final byte UNKNOWN = 0;
    private static final byte DIRECTORY = 4;
    private static final byte FILE = 8;
    private static final byte LINK = 10;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle OPEN =
            handle(FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.ADDRESS), "opendir");
    private static final MethodHandle READ =
            handle(FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.ADDRESS), "readdir");
    private static final MethodHandle CLOSE =
            handle(FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS), "closedir");

    private Entries() {}

    private static MethodHandle handle(FunctionDescriptor form, String name) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), form);
    }

    /// Takes one entry.
    @FunctionalInterface
    public interface Visitor {
        void visit(Entry entry) throws IOException;
    }

    /// All of a directory's, one after the other and in no order, without `.` and `..`. There may
    /// be millions: nothing is kept of them.
    public static void each(OpenDirectory directory, Visitor visitor) throws IOException {
        MemorySegment stream = open(directory);
        try {
            for (MemorySegment next = read(stream); next.address() != 0; next = read(stream)) {
                Entry entry = entry(next, directory);
                if (!entry.name().equals(".") && !entry.name().equals("..")) {
                    visitor.visit(entry);
                }
            }
        } finally {
            call(() -> (int) CLOSE.invokeExact(stream));
        }
    }

    private static MemorySegment open(OpenDirectory directory) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment path = arena.allocateFrom(directory.path().toString());
            MemorySegment stream = call(() -> (MemorySegment) OPEN.invokeExact(path));
            if (stream.address() == 0) {
                throw new IOException("cannot read a directory");
            }
            return stream;
        }
    }

    private static MemorySegment read(MemorySegment stream) {
        return call(() -> (MemorySegment) READ.invokeExact(stream));
    }

    private static Entry entry(MemorySegment at, OpenDirectory directory) {
        int length = at.reinterpret(NAME).get(ValueLayout.JAVA_SHORT_UNALIGNED, LENGTH);
        MemorySegment entry = at.reinterpret(length);
        int end = NAME;
        while (end < length && entry.get(ValueLayout.JAVA_BYTE, end) != 0) {
            end++;
        }
        byte[] bytes = entry.asSlice(NAME, end - NAME).toArray(ValueLayout.JAVA_BYTE);
        var name = new String(bytes, StandardCharsets.ISO_8859_1);
        byte type = entry.get(ValueLayout.JAVA_BYTE, TYPE);
        return new Entry(name, type == UNKNOWN ? look(directory, name) : kind(type));
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
    private interface NativeCall<T> {
        T run() throws Throwable;
    }

    private static <T> T call(NativeCall<T> nativeCall) {
        try {
            return nativeCall.run();
        } catch (Throwable unexpected) {
            throw new IllegalStateException(unexpected);
        }
    }
}
