package keystone.agent.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import keystone.agent.process.Command;

/// The rows of the conformance suite in which the host does or sees something: its part of each.
final class HostSide {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Instant THEN = Instant.ofEpochSecond(1_400_000_000);
    private static final int APPENDS = 300;
    private static final int REPLACEMENTS = 200;

    /// The type bits of `st_mode`, and two of their values: Java has no names for them.
    private static final int TYPE = 0170000;

    private static final int PIPE = 0010000;
    private static final int SOCKET = 0140000;

    private HostSide() {}

    // What the guest made, on the host

    static String owner(SharedTree tree) throws IOException {
        tree.guest("make_for_the_host");
        for (String name : List.of("run", "directory", "link")) {
            assertThat(of(tree.host(name), "uid")).isEqualTo(of(tree.host(), "uid"));
            assertThat(of(tree.host(name), "gid")).isEqualTo(of(tree.host(), "gid"));
        }
        return "";
    }

    static String modes(SharedTree tree) throws IOException {
        tree.guest("make_for_the_host");
        String seen =
                PosixFilePermissions.toString(Files.getPosixFilePermissions(tree.host("run")));
        assertThat(seen).isEqualTo("rwxr-xr-x");
        return "";
    }

    static String links(SharedTree tree) throws IOException {
        tree.guest("make_for_the_host");
        assertThat(Files.isSymbolicLink(tree.host("link"))).as("is a link").isTrue();
        assertThat(Files.readSymbolicLink(tree.host("link"))).hasToString("run");
        return "";
    }

    static String hardLinks(SharedTree tree) throws IOException {
        tree.guest("make_for_the_host");
        assertThat(Files.isSameFile(tree.host("run"), tree.host("hard"))).isTrue();
        return "";
    }

    static String times(SharedTree tree) throws IOException {
        tree.guest("make_for_the_host");
        assertThat(Files.getLastModifiedTime(tree.host("run")).toInstant()).isEqualTo(THEN);
        return "";
    }

    static String pipe(SharedTree tree) throws IOException {
        tree.guest("named_pipe");
        assertThat((int) of(tree.host("pipe"), "mode") & TYPE).isEqualTo(PIPE);
        return "";
    }

    static String socket(SharedTree tree) throws IOException {
        tree.guest("socket_in_the_project");
        assertThat((int) of(tree.host("socket"), "mode") & TYPE).isEqualTo(SOCKET);
        return "";
    }

    /// Compared as bytes by another program: Java has no names that are not UTF-8.
    static String names(SharedTree tree) throws InterruptedException {
        tree.guest("odd_names");
        String program =
                """
                import os, sys
                sys.path.insert(0, sys.argv[1])
                import steps
                assert set(os.listdir(b".")) == set(steps._odd_names()), os.listdir(b".")
                """;
        Path scripts = Objects.requireNonNull(tree.host().getParent());
        runs(tree, "python3", "-B", "-c", program, scripts.toString());
        return "";
    }

    static String map(SharedTree tree) throws IOException {
        tree.guest("write_map");
        byte[] content = Files.readAllBytes(tree.host("map"));
        assertThat(new String(content, 4096, 4, StandardCharsets.US_ASCII)).isEqualTo("here");
        return "";
    }

    static String size(SharedTree tree) throws IOException {
        tree.guest("two_gibibytes");
        assertThat(Files.size(tree.host("large"))).isEqualTo(2049L << 20);
        Files.delete(tree.host("large"));
        return "";
    }

    static String room(SharedTree tree) throws InterruptedException {
        tree.guest("sparse_files");
        assertThat(Long.parseLong(runs(tree, "stat", "-c", "%b", "sparse").strip()))
                .as("blocks of 512 bytes")
                .isLessThan(2048);
        return "";
    }

    static String root(SharedTree tree) throws IOException {
        tree.guest("root_gives_away");
        assertThat(of(tree.host("file"), "uid")).isEqualTo(of(tree.host(), "uid"));
        return "";
    }

    // What the host made, in the guest

    static String file(SharedTree tree) throws IOException {
        Files.writeString(tree.host("file"), "of the host\n");
        Files.setLastModifiedTime(tree.host("file"), FileTime.from(THEN));
        return tree.guest("read_of_the_host");
    }

    static String program(SharedTree tree) throws IOException {
        Files.writeString(tree.host("run"), "#!/bin/sh\necho ran\n");
        Files.setPosixFilePermissions(
                tree.host("run"), PosixFilePermissions.fromString("rwxr-xr-x"));
        return tree.guest("run_of_the_host");
    }

    static String linkOfHost(SharedTree tree) throws IOException {
        Files.writeString(tree.host("file"), "of the host\n");
        Files.createSymbolicLink(tree.host("link"), Path.of("file"));
        return tree.guest("link_of_the_host");
    }

    // What changes while the guest looks

    static String newFile(SharedTree tree) throws IOException {
        Files.writeString(tree.host("file"), "one");
        tree.guest("look");
        Files.writeString(tree.host("new"), "new");
        return tree.guest("awaits_new");
    }

    static String append(SharedTree tree) throws IOException {
        Files.writeString(tree.host("file"), "one");
        tree.guest("look");
        Files.writeString(tree.host("file"), "two", StandardOpenOption.APPEND);
        return tree.guest("awaits_more");
    }

    static String replacement(SharedTree tree) throws IOException {
        Files.writeString(tree.host("file"), "one");
        tree.guest("look");
        replace(tree.host("file"), "other");
        return tree.guest("awaits_other");
    }

    /// Several times: a guest that remembers for a second is not always asked within one.
    static String replacementAtOnce(SharedTree tree) throws IOException {
        for (int i = 0; i < 10; i++) {
            replace(tree.host("file"), "one");
            tree.guest("awaits_one");
            replace(tree.host("file"), "other");
            tree.guest("has_other");
        }
        return "";
    }

    static String removal(SharedTree tree) throws IOException {
        Files.writeString(tree.host("file"), "one");
        tree.guest("look");
        Files.delete(tree.host("file"));
        return tree.guest("awaits_nothing");
    }

    static String removalOfOpenFile(SharedTree tree) throws IOException {
        Files.writeString(tree.host("file"), "one");
        tree.guest("open_and_keep");
        Files.delete(tree.host("file"));
        return tree.guest("still_reads");
    }

    static String changeUnderMap(SharedTree tree) throws IOException {
        Files.writeString(tree.host("map"), "old." + " ".repeat(4092));
        tree.guest("map_and_keep");
        try (FileChannel channel = FileChannel.open(tree.host("map"), StandardOpenOption.WRITE)) {
            channel.write(StandardCharsets.US_ASCII.encode("new!"), 0);
        }
        return tree.guest("awaits_in_the_map");
    }

    static String notification(SharedTree tree) throws IOException {
        Files.writeString(tree.host("file"), "one");
        tree.guest("begin_to_watch");
        Files.writeString(tree.host("file"), "two", StandardOpenOption.APPEND);
        Files.writeString(tree.host("new"), "new");
        return tree.guest("notified_of_the_host");
    }

    // Both at once

    static String appends(SharedTree tree) throws IOException {
        Files.createFile(tree.host("log"));
        GuestSteps.Pending guest = tree.guestBegins("append_for_both");
        String line = "h".repeat(40) + "\n";
        for (int i = 0; i < APPENDS; i++) {
            Files.writeString(tree.host("log"), line, StandardOpenOption.APPEND);
        }
        guest.await();
        List<String> lines = Files.readAllLines(tree.host("log"));
        assertThat(lines).containsOnly("h".repeat(40), "g".repeat(40)).hasSize(2 * APPENDS);
        return "";
    }

    static String replacements(SharedTree tree) throws IOException {
        replace(tree.host("target"), "a".repeat(5000));
        GuestSteps.Pending guest = tree.guestBegins("read_under_replacement");
        for (int i = 0; i < REPLACEMENTS; i++) {
            replace(tree.host("target"), (i % 2 == 0 ? "b" : "c").repeat(5000));
        }
        replace(tree.host("target"), "z".repeat(5000));
        return guest.await();
    }

    static String flock(SharedTree tree) throws InterruptedException {
        tree.guest("hold_flock");
        return isRefused(tree, "flock");
    }

    static String recordLock(SharedTree tree) throws InterruptedException {
        tree.guest("hold_record_lock");
        return isRefused(tree, "lockf");
    }

    private static String isRefused(SharedTree tree, String function) throws InterruptedException {
        String program =
                """
                import fcntl, sys
                with open("lock", "w") as file:
                    try:
                        getattr(fcntl, sys.argv[1])(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                        print("had by both")
                    except BlockingIOError:
                        print("refused")
                """;
        String seen = runs(tree, "python3", "-c", program, function).strip();
        tree.guest("let_go");
        assertThat(seen).isEqualTo("refused");
        return "";
    }

    static String commits(SharedTree tree) throws InterruptedException {
        tree.guest("commit_for_the_host");
        assertThat(git(tree, "log", "--format=%s").strip()).isEqualTo("of the guest");
        assertThat(git(tree, "status", "--short")).isEmpty();
        git(tree, "commit", "--quiet", "--allow-empty", "--message=of the host");
        git(tree, "gc", "--quiet", "--prune=now");
        return tree.guest("commit_of_the_host");
    }

    private static String git(SharedTree tree, String... arguments) throws InterruptedException {
        var program = new ArrayList<>(List.of("git"));
        program.addAll(List.of("-c", "user.name=Ada", "-c", "user.email=ada@example.org"));
        program.addAll(List.of(arguments));
        return runs(tree, program.toArray(String[]::new));
    }

    private static String runs(SharedTree tree, String... command) throws InterruptedException {
        Command.Finished finished =
                Command.of(command)
                        .in(tree.host())
                        .withEnvironment("GIT_CONFIG_GLOBAL", "/dev/null")
                        .run(LIMIT);
        assertThat(finished.ok()).as(finished.toString()).isTrue();
        return finished.output();
    }

    private static void replace(Path file, String content) throws IOException {
        Path fresh = file.resolveSibling(".fresh");
        Files.writeString(fresh, content);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private static Object of(Path file, String attribute) throws IOException {
        return Files.getAttribute(file, "unix:" + attribute, LinkOption.NOFOLLOW_LINKS);
    }
}
