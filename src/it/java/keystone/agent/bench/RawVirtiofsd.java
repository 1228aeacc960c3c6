package keystone.agent.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import keystone.agent.process.Patience;

/// The virtiofsd of a running sandbox as a person would start it by hand: the same program,
/// unconfined, with the options that were found to be the fastest safe ones.
final class RawVirtiofsd {
    /// Who owns what it serves, on both sides: nothing stands between the two that maps one to the
    /// other.
    static final int GUEST_USER = 1000;

    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final List<String> OPTIONS =
            List.of(
                    "--sandbox=none",
                    "--seccomp=none",
                    "--inode-file-handles=never",
                    "--cache=auto",
                    "--announce-submounts",
                    "--allow-mmap",
                    "--xattr",
                    "--translate-uid=" + everybodyIs(GUEST_USER),
                    "--translate-gid=" + everybodyIs(GUEST_USER));

    /// The folder that one with libraries of its own is in, inside.
    private static final String FOLDER = "/virtiofsd";

    private final List<String> program;

    /// @param qemu of the sandbox
    /// @param directory empty; gets a copy of the program
    RawVirtiofsd(long qemu, Runs runs, Path directory) throws IOException, InterruptedException {
        long running = besides(qemu);
        List<String> words =
                List.of(read(running, "cmdline").split("\0", 0)).stream()
                        .takeWhile(word -> !word.startsWith("--shared-dir"))
                        .toList();
        if (words.getFirst().startsWith(FOLDER)) {
            Path copy = directory.resolve("virtiofsd");
            Path folder = Path.of("/proc/" + running + "/root" + FOLDER);
            runs.time(List.of("cp", "-r", folder.toString(), copy.toString()));
            words = words.stream().map(word -> outside(word, copy)).toList();
        }
        program = words;
    }

    private static String everybodyIs(int id) {
        return "squash-guest:0:" + id + ":4294967295";
    }

    private static String outside(String word, Path copy) {
        return word.startsWith(FOLDER) ? copy + word.substring(FOLDER.length()) : word;
    }

    /// The virtiofsd that has the same supervisor as QEMU.
    private static long besides(long qemu) throws IOException {
        long supervisor = supervisorOf(ProcessHandle.of(qemu).orElseThrow());
        return ProcessHandle.of(supervisor)
                .orElseThrow()
                .descendants()
                .map(ProcessHandle::pid)
                .filter(pid -> isServing(pid))
                .findFirst()
                .orElseThrow(() -> new IOException("no virtiofsd beside QEMU " + qemu));
    }

    private static long supervisorOf(ProcessHandle process) throws IOException {
        ProcessHandle parent = process.parent().orElseThrow();
        return read(parent.pid(), "cmdline").contains("\0supervise\0")
                ? parent.pid()
                : supervisorOf(parent);
    }

    private static boolean isServing(long pid) {
        try {
            String[] words = read(pid, "cmdline").split("\0", 0);
            // What confines it has all of its words, too.
            return words[0].startsWith(FOLDER) || words[0].endsWith("/virtiofsd");
        } catch (IOException ended) {
            return false;
        }
    }

    private static String read(long pid, String file) throws IOException {
        return Files.readString(Path.of("/proc/" + pid, file), StandardCharsets.UTF_8);
    }

    /// Starts it, and returns once it listens. It ends with the machine that it serves.
    Process serve(Path shared, Path socket, Runs runs) throws IOException, InterruptedException {
        var command = new ArrayList<>(program);
        command.addAll(OPTIONS);
        command.addAll(List.of("--shared-dir", shared.toString()));
        command.addAll(List.of("--socket-path", socket.toString()));
        Process server = runs.start(command);
        boolean _ = Patience.until(LIMIT, () -> Files.exists(socket) || !server.isAlive());
        if (!Files.exists(socket)) {
            server.destroyForcibly();
            throw new IOException("virtiofsd does not listen: " + command);
        }
        return server;
    }
}
