package keystone.agent.process;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// The few system calls that Java has no words for. Loading this class costs tens of milliseconds:
/// keep it off the paths of commands that only read.
@SuppressWarnings("restricted") // What this class is for; the launcher enables native access.
public final class Posix {
    private static final int SYS_PIDFD_SEND_SIGNAL = 424;
    private static final int SYS_PIDFD_OPEN = 434;
    private static final int SYS_CLOSE_RANGE = 436;
    private static final int CLOSE_RANGE_CLOEXEC = 4;

    // As on x86-64; some other architectures have other numbers.
    private static final int O_DIRECTORY = 0x10000;
    private static final int O_NOFOLLOW = 0x20000;
    private static final int O_CLOEXEC = 0x80000;
    private static final int O_PATH = 0x200000;

    private static final int RLIMIT_CORE = 4;

    private static final Linker LINKER = Linker.nativeLinker();

    private Posix() {}

    // Each in a class of its own: to make one takes milliseconds, and most of who comes here needs
    // one or two. None says why it failed: nobody asks. A pointer is passed as the number that it
    // is, since to guard the life of each takes as long again; what it leads to is in an arena that
    // is closed after the call.

    private static final MemoryLayout POINTER = ValueLayout.JAVA_LONG;

    private static final class Kill {
        private static final MethodHandle HANDLE =
                handle("kill", ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
    }

    private static final class Open {
        private static final MethodHandle HANDLE =
                LINKER.downcallHandle(
                        LINKER.defaultLookup().findOrThrow("open"),
                        FunctionDescriptor.of(ValueLayout.JAVA_INT, POINTER, ValueLayout.JAVA_INT),
                        Linker.Option.firstVariadicArg(2));
    }

    private static final class Close {
        private static final MethodHandle HANDLE = handle("close", ValueLayout.JAVA_INT);
    }

    private static final class Execv {
        private static final MethodHandle HANDLE = handle("execv", POINTER, POINTER);
    }

    private static final class Syscall {
        private static final MethodHandle HANDLE =
                LINKER.downcallHandle(
                        LINKER.defaultLookup().findOrThrow("syscall"),
                        FunctionDescriptor.of(
                                ValueLayout.JAVA_LONG,
                                ValueLayout.JAVA_LONG,
                                ValueLayout.JAVA_LONG,
                                ValueLayout.JAVA_LONG,
                                ValueLayout.JAVA_LONG,
                                ValueLayout.JAVA_LONG),
                        Linker.Option.firstVariadicArg(1));
    }

    private static MethodHandle handle(String name, MemoryLayout... parameters) {
        return LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow(name),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, parameters));
    }

    /// kill(2) to a process group; a group without members is not an error.
    static void killGroup(long group, Signal signal) {
        if (group <= 1) {
            throw new IllegalArgumentException("group " + group + " is not one of ours");
        }
        call(() -> (int) Kill.HANDLE.invokeExact((int) -group, signal.number()));
    }

    /// Whether a process group still has members; the null signal of kill(2) only looks.
    static boolean groupExists(long group) {
        return call(() -> (int) Kill.HANDLE.invokeExact((int) -group, 0)) == 0;
    }

    /// Signals a process that may not be our child, without the race of a recycled pid: the pidfd
    /// is opened first, then the identity is compared, then the signal goes to what the pidfd
    /// holds.
    ///
    /// @return whether that very process was there to be signalled
    public static boolean signal(ProcessIdentity process, Signal signal) {
        long fd = syscall(SYS_PIDFD_OPEN, process.pid(), 0, 0, 0);
        if (fd < 0) {
            return false;
        }
        try {
            return process.isAlive()
                    && syscall(SYS_PIDFD_SEND_SIGNAL, fd, signal.number(), 0, 0) == 0;
        } finally {
            call(() -> (int) Close.HANDLE.invokeExact((int) fd));
        }
    }

    /// open(2) of a directory, for reading, but not of a link to one.
    ///
    /// @return its descriptor, or a negative number
    static int openDirectoryItself(Path absolute) {
        return open(absolute, O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    }

    /// open(2) of a directory, only to go on from: it need not be readable.
    static int openDirectoryOnTheWay(Path absolute) {
        return open(absolute, O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW | O_PATH);
    }

    /// open(2) of whatever is there, a link itself too; opens no pipe and no device, since nothing
    /// can be read from the descriptor.
    static int openItself(Path absolute) {
        return open(absolute, O_CLOEXEC | O_NOFOLLOW | O_PATH);
    }

    private static int open(Path absolute, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            byte[] bytes = RawPath.bytesOf(absolute);
            MemorySegment path = arena.allocate(bytes.length + 1L);
            MemorySegment.copy(bytes, 0, path, ValueLayout.JAVA_BYTE, 0, bytes.length);
            return call(() -> (int) Open.HANDLE.invokeExact(path.address(), flags));
        }
    }

    static void close(int descriptor) {
        call(() -> (int) Close.HANDLE.invokeExact(descriptor));
    }

    /// Has this process, and every one that it starts from now on, leave no core file, which would
    /// hold all that is in its memory: setrlimit(2). Of one byte, because the kernel hands a core
    /// of none to the program in `core_pattern`, but never one of one byte (core(5)).
    public static void leaveNoCores() {
        MethodHandle setrlimit = handle("setrlimit", ValueLayout.JAVA_INT, POINTER);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment limits = arena.allocateFrom(ValueLayout.JAVA_LONG, 1, 1);
            call(() -> (int) setrlimit.invokeExact(RLIMIT_CORE, limits.address()));
        }
    }

    /// Replaces this process by another program, which keeps the pid, the terminal and the standard
    /// streams; every other descriptor is closed on the way.
    ///
    /// @param environment added to this process's
    /// @return only when it failed
    public static IllegalStateException become(
            Path program, List<String> arguments, Map<String, String> environment) {
        syscall(SYS_CLOSE_RANGE, 3, 0xffff_ffffL, CLOSE_RANGE_CLOEXEC, 0);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment argv = arena.allocate(ValueLayout.ADDRESS, arguments.size() + 1L);
            for (int i = 0; i < arguments.size(); i++) {
                argv.setAtIndex(ValueLayout.ADDRESS, i, bytes(arena, arguments.get(i)));
            }
            setEnvironment(arena, environment);
            MemorySegment path = bytes(arena, program.toString());
            call(() -> (int) Execv.HANDLE.invokeExact(path.address(), argv.address()));
            return new IllegalStateException("cannot run " + program);
        }
    }

    /// Java cannot change its own process's environment, which the next program inherits.
    private static void setEnvironment(Arena arena, Map<String, String> environment) {
        MethodHandle setenv = handle("setenv", POINTER, POINTER, ValueLayout.JAVA_INT);
        environment.forEach(
                (name, value) -> {
                    MemorySegment key = bytes(arena, name);
                    MemorySegment text = bytes(arena, value);
                    call(() -> (int) setenv.invokeExact(key.address(), text.address(), 1));
                });
    }

    private static MemorySegment bytes(Arena arena, String text) {
        return arena.allocateFrom(text, StandardCharsets.UTF_8);
    }

    @FunctionalInterface
    private interface NativeCall {
        int run() throws Throwable;
    }

    private static int call(NativeCall nativeCall) {
        try {
            return nativeCall.run();
        } catch (Throwable unexpected) {
            throw new IllegalStateException(unexpected);
        }
    }

    private static long syscall(long number, long a, long b, long c, long d) {
        try {
            return (long) Syscall.HANDLE.invokeExact(number, a, b, c, d);
        } catch (Throwable unexpected) {
            throw new IllegalStateException(unexpected);
        }
    }
}
