package keystone.agent.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Locale;
import keystone.agent.it.Installation;
import keystone.agent.it.Installations;
import keystone.agent.it.Project;
import keystone.agent.it.Sandbox;
import keystone.agent.it.Wait;
import keystone.agent.process.Command;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// The watchers that people use, and more changes at once than anybody makes by hand. Prints when
/// each noticed: under emulation that is not what a real guest takes.
@ExtendWith(Installations.class)
@Tag("full")
final class DevServerIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final int FILES = 10_000;
    private static final int DIRECTORIES = 200;

    private static Installation home;
    private static Sandbox shop;
    private static Project project;

    @BeforeAll
    static void start() throws Exception {
        home = Installation.withOwnImages().withVirtiofsd();
        project = home.project("shop");
        project.write(
                ".keystone/agent.toml",
                "[image]\npackages = [\"nodejs\", \"node-chokidar\", \"inotify-tools\"]\n");
        for (String file : new String[] {"a.js", "b.js", "c.js", "d.js"}) {
            project.write("src/" + file, "old\n");
        }
        home.keystone("config", "approve", "--yes", project.path().toString()).run().succeeds();
        shop = home.start(project, "--share", "virtiofs", "--memory", "1g");
    }

    @AfterAll
    static void close() {
        home.close();
    }

    @Test
    void a_dev_server_serves_what_is_edited_on_the_host() throws Exception {
        try (var server = GuestLines.of(shop, "node", "/watchers/dev-server.js")) {
            System.out.println("a dev server in Node, after a change on the host:");
            project.write("src/a.js", "changed\n");
            noticed(server, "modify", "fs.watch a.js changed", "chokidar change a.js changed");

            server.afterQuiet();
            project.write("src/.b.js", "replaced\n");
            Files.move(onHost("src/.b.js"), onHost("src/b.js"), StandardCopyOption.ATOMIC_MOVE);
            noticed(server, "replace", "fs.watch b.js replaced", "chokidar change b.js replaced");

            server.afterQuiet();
            project.write("src/new.js", "new\n");
            noticed(server, "create", "fs.watch new.js new", "chokidar add new.js new");

            server.afterQuiet();
            Files.move(onHost("src/c.js"), onHost("src/e.js"));
            noticed(
                    server,
                    "rename",
                    "fs.watch c.js gone",
                    "fs.watch e.js old",
                    "chokidar unlink c.js gone",
                    "chokidar add e.js old");

            server.afterQuiet();
            Files.delete(onHost("src/d.js"));
            noticed(server, "delete", "fs.watch d.js gone", "chokidar unlink d.js gone");
        }
    }

    private static void noticed(GuestLines lines, String what, String... wanted) {
        for (String line : wanted) {
            lines.await(what + ", by " + line.split(" ", 2)[0], line::equals);
        }
    }

    @Test
    void inotifywait_tells_of_what_is_changed_on_the_host() throws Exception {
        project.write("tools/kept", "old\n");
        try (var waiting =
                GuestLines.of(shop, "bash", "/watchers/inotifywait.sh", "/workspace/tools")) {
            System.out.println("inotifywait, after a change on the host:");
            project.write("tools/kept", "new\n");
            waiting.await("modify", "/workspace/tools/ MODIFY kept"::equals);
            project.write("tools/new", "new\n");
            waiting.next().await("create", "/workspace/tools/ MODIFY new"::equals);
            Files.delete(onHost("tools/new"));
            waiting.next().await("delete", "/workspace/tools/ MODIFY new"::equals);
        }
    }

    @Test
    void a_checkout_of_ten_thousand_files_is_few_batches_and_no_storm() throws Exception {
        twoBranches();
        try (var inotify =
                GuestLines.of(
                        shop,
                        "python3",
                        "/watchers/inotify.py",
                        "/workspace/many",
                        "/workspace/many/d7")) {
            project.write("many/begin", "x\n");
            inotify.await("watching has begun", "/workspace/many begin MODIFY"::equals);
            long batches = batches();
            long ticks = ticks();
            long begun = System.nanoTime();

            git("switch", "--quiet", "other");
            double took = (System.nanoTime() - begun) / 1e9;
            inotify.next().await("the directory", "/workspace/many/d7 . ATTRIB,ISDIR"::equals);
            project.write("many/end", "x\n");
            inotify.await("one more file", line -> line.contains(" end MODIFY"));
            Wait.until("it is quiet", LIMIT, () -> batches() > batches + 1);
            project.write("many/last", "x\n");
            inotify.await("and one more", line -> line.contains(" last MODIFY"));

            long told = batches() - batches;
            long spent = ticks() - ticks;
            System.out.printf(
                    Locale.ROOT,
                    "git switch of %d files: %.1f s; %d batches, %d lines in the guest, %.2f s of"
                            + " the supervisor's CPU, %s%n",
                    FILES,
                    took,
                    told,
                    inotify.since().size(),
                    spent / 100.0,
                    peak());
            assertThat(told).isLessThan(40);
            assertThat(inotify.since()).hasSizeLessThan(2_000);
            assertThat(spent / 100.0).isLessThan(30);
        }
    }

    private static void twoBranches() throws Exception {
        for (int i = 0; i < FILES; i++) {
            project.write("many/d" + i % DIRECTORIES + "/f" + i, "one " + i + "\n");
        }
        git("add", "many");
        git("commit", "--quiet", "--message=One");
        git("switch", "--quiet", "--create", "other");
        for (int i = 0; i < FILES; i++) {
            project.write("many/d" + i % DIRECTORIES + "/f" + i, "other " + i + "\n");
        }
        git("add", "many");
        git("commit", "--quiet", "--message=Other");
        git("switch", "--quiet", "main");
    }

    private static void git(String... arguments) throws InterruptedException {
        Command.Finished done =
                Command.of("git", "-C", project.path().toString(), "-c", "user.name=Ada")
                        .with("-c", "user.email=ada@example.org")
                        .with(arguments)
                        .withEnvironment("GIT_CONFIG_GLOBAL", "/dev/null")
                        .run(LIMIT);
        assertThat(done.ok()).as(done.toString()).isTrue();
    }

    private static long batches() {
        try {
            return shop.status().object("watch").number("batches");
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new AssertionError(stop);
        }
    }

    /// Hundredths of a second of the supervisor (proc(5), fields 14 and 15 of `stat`).
    private static long ticks() throws IOException {
        String stat = Files.readString(Path.of("/proc/" + shop.supervisorPid() + "/stat"));
        String[] words = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return Long.parseLong(words[11]) + Long.parseLong(words[12]);
    }

    private static String peak() throws IOException {
        return Files.readAllLines(Path.of("/proc/" + shop.supervisorPid() + "/status")).stream()
                .filter(line -> line.startsWith("VmHWM"))
                .findFirst()
                .orElse("");
    }

    private static Path onHost(String file) {
        return project.path().resolve(file);
    }
}
