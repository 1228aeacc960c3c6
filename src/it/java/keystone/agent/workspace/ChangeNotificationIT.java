package keystone.agent.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import keystone.agent.it.Installation;
import keystone.agent.it.Installations;
import keystone.agent.it.Kernel;
import keystone.agent.it.Sandbox;
import keystone.agent.it.Wait;
import keystone.agent.json.Json;
import keystone.agent.process.Inotify;
import keystone.agent.process.Inotify.Mask;
import keystone.agent.process.OpenDirectory;
import keystone.agent.process.Patience;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Over virtiofs, programs that watch files know what the other side changes.
@ExtendWith(Installations.class)
class ChangeNotificationIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /// Longer than any batch waits, and than a guest takes to be told.
    private static final Duration QUIET = Duration.ofSeconds(2);

    private static Installation home;
    private static Sandbox shop;

    @BeforeAll
    static void start() throws Exception {
        home = Installation.withOwnImages().withVirtiofsd();
        var project = home.project("shop");
        project.write(".gitignore", "*.log\n");
        for (String file : new String[] {"a", "b", "c", "d", "own"}) {
            project.write("src/" + file, "old\n");
        }
        shop = home.start(project, "--share", "virtiofs");
    }

    @AfterAll
    static void close() {
        home.close();
    }

    @Test
    void what_the_host_changes_reaches_inotify_in_the_guest_once() throws Exception {
        long before = settled().number("batches");
        try (var inotify = watching("/workspace/src", "/workspace/src/a", "/workspace/src/b")) {
            shop.project().write("src/a", "new\n");
            inotify.await("a file was changed", "/workspace/src a MODIFY"::equals);
            inotify.await("the file itself", "/workspace/src/a . MODIFY"::equals);
            shop.project().write("src/ignored.log", "new\n");

            inotify.next();
            replace("b");
            inotify.await("a file was replaced", "/workspace/src b MODIFY"::equals);
            inotify.await("the old file is no more", "/workspace/src/b . DELETE_SELF"::equals);
            assertThat(shop.says("cat", "src/b")).isEqualTo("replaced");

            shop.project().write("src/new", "new\n");
            inotify.next().await("a file was made", "/workspace/src new MODIFY"::equals);

            Files.move(onHost("src/c"), onHost("src/moved"));
            inotify.next().await("a file has another name", "/workspace/src moved MODIFY"::equals);
            inotify.await("the old name", "/workspace/src c MODIFY"::equals);

            Files.delete(onHost("src/d"));
            inotify.next().await("a file was removed", "/workspace/src d MODIFY"::equals);
            Files.delete(onHost("src/a"));
            inotify.next().await("one that is watched", "/workspace/src/a . DELETE_SELF"::equals);
            inotify.await("the directory", "/workspace/src . ATTRIB,ISDIR"::equals);

            // Six changes were told of, but no nudge, nor what git ignores.
            assertThat(settled().number("batches")).isEqualTo(before + 6);
        }
    }

    private static void replace(String file) throws Exception {
        shop.project().write(".saving", "replaced\n");
        Files.move(
                onHost(".saving"),
                onHost("src/" + file),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    @Test
    void a_nudge_changes_nothing_on_the_host() throws Exception {
        try (var inotify = watching("/workspace/src")) {
            shop.project().write("src/own", "changed\n");
            Path file = onHost("src/own");
            Object before = Files.readAttributes(file, "unix:lastModifiedTime,size,mode,ino,uid");
            Object above = Files.readAttributes(onHost("src"), "unix:lastModifiedTime,mode,uid");

            inotify.await("a file was changed", "/workspace/src own MODIFY"::equals);

            assertThat(
                            (Object)
                                    Files.readAttributes(
                                            file, "unix:lastModifiedTime,size,mode,ino,uid"))
                    .isEqualTo(before);
            assertThat(
                            (Object)
                                    Files.readAttributes(
                                            onHost("src"), "unix:lastModifiedTime,mode,uid"))
                    .isEqualTo(above);
        }
    }

    @Test
    void what_the_guest_changes_reaches_inotify_on_the_host_and_nobody_is_nudged()
            throws Exception {
        try (var inotify = watching("/workspace/src");
                var source = OpenDirectory.withoutLinks(onHost("src").toRealPath())) {
            shop.project().write("src/first", "so that the guest's watchers are known\n");
            inotify.await("a file was made", "/workspace/src first MODIFY"::equals);
            Json.Obj before = settled();
            Inotify host = Inotify.open();
            try (var itself = source.child(Path.of("."))) {
                host.watch(itself, Mask.CLOSE_WRITE | Mask.DELETE | Mask.MOVED_TO);

                shop.says("sh", "-c", "cd src; echo x >of-guest; mv of-guest there; rm there");

                var seen = new ArrayList<String>();
                Wait.until(
                        "the host noticed all",
                        LIMIT,
                        () -> {
                            host.read(Duration.ofSeconds(1))
                                    .forEach(each -> seen.add(each.name() + " " + each.mask()));
                            return seen.containsAll(
                                    List.of(
                                            "of-guest " + Mask.CLOSE_WRITE,
                                            "there " + Mask.MOVED_TO,
                                            "there " + Mask.DELETE));
                        });
            } finally {
                host.close();
            }
            shop.says("sh", "-c", "echo again >src/kept");
            Wait.until("the guest was told of it", LIMIT, moreThan(before));
            assertThat(settled().number("nudges")).isEqualTo(before.number("nudges"));
        }
    }

    /// Once nothing more is told.
    private static Json.Obj settled() {
        Json.Obj last = watch();
        while (Patience.until(QUIET, moreThan(last))) {
            last = watch();
        }
        return last;
    }

    private static BooleanSupplier moreThan(Json.Obj before) {
        return () -> watch().number("batches") > before.number("batches");
    }

    private static Json.Obj watch() {
        try {
            return shop.status().object("watch");
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new AssertionError(stop);
        }
    }

    @Test
    void where_nobody_watches_nothing_is_nudged() throws Exception {
        Json.Obj before = settled();

        shop.project().write("elsewhere/file", "new\n");

        Wait.until("the guest was told of it", LIMIT, moreThan(before));
        assertThat(watch().number("nudges")).isEqualTo(before.number("nudges"));
        assertThat(Kernel.descriptors(shop.supervisorPid())).isLessThan(100);
    }

    @Test
    void a_guest_that_cannot_be_told_says_so_and_is_told_later() throws Exception {
        try (var inotify = watching("/workspace/src")) {
            shop.project().write("src/told", "x\n");
            inotify.await("a file was made", "/workspace/src told MODIFY"::equals);
            shop.says("sudo", "mv", "/usr/bin/python3", "/usr/bin/gone");
            shop.says("sudo", "pkill", "-f", "^python3 -I -S");

            shop.project().write("src/told", "y\n");

            // First it was ended, then it could not be started again.
            Wait.until(
                    "status says so",
                    LIMIT,
                    () -> watch().string("reason").contains("python3: command not found"));
            assertThat(watch().string("how")).isEqualTo("none");
            shop.says("sudo", "mv", "/usr/bin/gone", "/usr/bin/python3");
            inotify.next().await("the directory", "/workspace/src . ATTRIB,ISDIR"::equals);
            Wait.until("it is told again", LIMIT, () -> watch().string("how").equals("events"));
        }
    }

    private static GuestLines watching(String... paths) throws Exception {
        return GuestLines.of(shop, "python3", "/watchers/inotify.py", paths);
    }

    private static Path onHost(String file) {
        return shop.project().path().resolve(file);
    }
}
