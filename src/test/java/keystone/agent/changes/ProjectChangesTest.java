package keystone.agent.changes;

import static keystone.agent.changes.Batches.assertSilent;
import static keystone.agent.changes.Batches.batch;
import static keystone.agent.changes.Batches.until;
import static keystone.agent.changes.Batches.versions;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import keystone.agent.model.HostChange;
import keystone.agent.model.HostChange.Content;
import keystone.agent.model.HostChange.Directory;
import keystone.agent.model.HostChange.Entry;
import keystone.agent.model.HostChange.Everything;
import keystone.agent.model.HostChange.Gone;
import keystone.agent.process.Command;
import keystone.agent.process.Inotify;
import keystone.agent.process.OwnedProcess;
import keystone.agent.process.Patience;
import keystone.agent.process.RawPath;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ProjectChangesTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private static final int PLENTY = 1_000;

    @TempDir private Path project;

    private final List<ProjectChanges> opened = new ArrayList<>();

    @AfterEach
    void close() {
        opened.forEach(ProjectChanges::close);
    }

    @Test
    void a_new_a_changed_and_a_removed_file_are_told_of() throws Exception {
        write("old", "x");
        ProjectChanges changes = watch(1);

        write("new", "x");
        assertThat(batch(changes)).containsExactly(new Entry("new", modified("new")));
        write("old", "y");
        assertThat(batch(changes)).containsExactly(new Content("old", modified("old")));
        Files.delete(project.resolve("old"));
        assertThat(batch(changes)).containsExactly(new Gone("old"));
    }

    @Test
    void a_rename_is_one_entry_gone_and_one_come() throws Exception {
        write("a", "x");
        write("b", "y");
        ProjectChanges changes = watch(1);

        Files.move(project.resolve("a"), project.resolve("c"));
        assertThat(batch(changes)).containsExactly(new Gone("a"), new Entry("c", modified("c")));
        Files.move(project.resolve("c"), project.resolve("b"), StandardCopyOption.REPLACE_EXISTING);
        assertThat(batch(changes))
                .containsExactlyInAnyOrder(new Gone("c"), new Entry("b", modified("b")));
    }

    @Test
    void what_happens_at_once_is_one_batch_in_which_each_path_is_once() throws Exception {
        ProjectChanges changes = watch(1);

        long began = System.nanoTime();
        for (int i = 0; i < 50; i++) {
            write("one", "x".repeat(i));
            write("two", "x".repeat(i));
        }
        var told = new HashMap<String, Long>();
        long batches = 0;
        while (!told.equals(Map.of("one", modified("one"), "two", modified("two")))) {
            told.putAll(versions(batch(changes)));
            batches++;
        }
        // A batch ends after 60 ms of silence, which a busy host may bring about by itself.
        assertThat(batches).isLessThanOrEqualTo(1 + (System.nanoTime() - began) / 50_000_000);
        assertSilent(changes);
    }

    @Test
    void a_nudge_is_not_told_of_again_but_a_write_of_the_same_version_is() throws Exception {
        write("a", "x");
        ProjectChanges changes = watch(1);
        write("a", "y");
        assertThat(batch(changes)).hasSize(1);

        nudge("a");
        assertSilent(changes);

        FileTime before = Files.getLastModifiedTime(project.resolve("a"));
        try (var file = Files.newByteChannel(project.resolve("a"), StandardOpenOption.WRITE)) {
            file.write(java.nio.ByteBuffer.wrap(new byte[] {'z'}));
            Files.setLastModifiedTime(project.resolve("a"), before);
        }
        assertThat(batch(changes)).containsExactly(new Content("a", modified("a")));
    }

    @Test
    void the_nudge_of_a_removed_file_is_not_told_of() throws Exception {
        write("a", "x");
        ProjectChanges changes = watch(1);
        String program =
                """
                import os, sys
                held = os.open(sys.argv[1], os.O_RDONLY)
                os.unlink(sys.argv[1])
                input()
                os.utime("/proc/self/fd/%d" % held)
                """;
        try (OwnedProcess holder =
                Command.of("python3", "-c", program, project.resolve("a").toString()).start()) {
            assertThat(batch(changes)).containsExactly(new Gone("a"));

            holder.input().write('\n');
            holder.input().close();

            assertThat(holder.awaitExit(LIMIT)).hasValue(0);
            assertSilent(changes);
        }
    }

    @Test
    void a_nudge_of_a_version_that_nobody_was_told_of_is_told_of() throws Exception {
        write("a", "x");
        ProjectChanges changes = watch(1);

        nudge("a");

        assertThat(batch(changes)).containsExactly(new Content("a", modified("a")));
    }

    @Test
    void what_git_ignores_is_neither_watched_nor_told_of() throws Exception {
        write(".gitignore", "*.log\n/out/\nnode_modules\n");
        write(".git/config", "x");
        write("out/deep/x", "x");
        write("src/node_modules/p/x", "x");
        ProjectChanges changes = watch(2);

        write("a.log", "x");
        write(".git/config", "y");
        write("out/deep/x", "y");
        write("src/node_modules/p/x", "y");
        write("src/node_modules/q/x", "y");
        write("src/a", "x");

        assertThat(batch(changes)).containsExactly(new Entry("src/a", modified("src/a")));
        assertThat(changes.directories()).isEqualTo(2);
    }

    @Test
    void other_rules_hold_from_then_on() throws Exception {
        write(".gitignore", "out\n");
        write("out/x", "x");
        write("tmp/x", "x");
        ProjectChanges changes = watch(2);

        write(".gitignore", "tmp\n");
        assertThat(Patience.until(LIMIT, () -> told(changes, "out/x"))).isTrue();

        write("tmp/x", "y");
        write("a", "x");
        assertThat(batch(changes)).extracting(Object::toString).noneMatch(p -> p.contains("tmp"));
    }

    private boolean told(ProjectChanges changes, String path) {
        try {
            Files.writeString(project.resolve(path), "y");
            return Batches.soon(changes).toString().contains(path);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void a_directory_that_comes_is_watched_with_what_is_in_it() throws Exception {
        write("src/x", "x");
        ProjectChanges changes = watch(2);
        Path elsewhere = Files.createDirectories(project.resolve("src/sub/deep"));
        write("src/sub/deep/file", "x");

        HostChange[] directories = {new Directory("src/sub"), new Directory("src/sub/deep")};
        assertThat(until(changes, directories))
                .contains(directories)
                .anyMatch(each -> each instanceof Entry(String path, _) && path.equals("src/sub"));
        write("src/sub/deep/file", "y");
        assertThat(batch(changes))
                .containsExactly(new Content("src/sub/deep/file", modified("src/sub/deep/file")));
        assertThat(elsewhere).isDirectory();
    }

    @Test
    void a_directory_that_moves_is_watched_where_it_is() throws Exception {
        write("a/b/file", "x");
        ProjectChanges changes = watch(3);

        Files.move(project.resolve("a"), project.resolve("c"));
        assertThat(batch(changes)).contains(new Gone("a"), new Directory("c/b"));
        assertThat(changes.directories()).isEqualTo(3);
        write("c/b/file", "y");
        assertThat(batch(changes)).containsExactly(new Content("c/b/file", modified("c/b/file")));
    }

    @Test
    void a_directory_that_goes_is_forgotten() throws Exception {
        write("a/b/file", "x");
        ProjectChanges changes = watch(3);

        Files.delete(project.resolve("a/b/file"));
        Files.delete(project.resolve("a/b"));
        Files.delete(project.resolve("a"));

        assertThat(until(changes, new Gone("a"))).contains(new Gone("a"));
        assertThat(Patience.until(LIMIT, () -> changes.directories() == 1)).isTrue();
    }

    @Test
    void no_link_is_followed(@TempDir Path outside) throws Exception {
        Files.createSymbolicLink(project.resolve("link"), outside);
        ProjectChanges changes = watch(1);

        Files.createDirectory(project.resolve("d"));
        assertThat(batch(changes)).isNotEmpty();
        Files.delete(project.resolve("d"));
        Files.createSymbolicLink(project.resolve("d"), outside);
        assertThat(batch(changes)).containsExactly(new Entry("d", modified("d")));

        Files.writeString(outside.resolve("secret"), "x");
        assertSilent(changes);
        assertThat(changes.directories()).isEqualTo(1);
    }

    @Test
    void of_very_many_files_only_the_directories_are_told() throws Exception {
        for (int i = 0; i < 20; i++) {
            Files.createDirectory(project.resolve("d" + i));
        }
        ProjectChanges changes = watch(21);

        for (int i = 0; i < 5_000; i++) {
            Files.writeString(project.resolve("d" + i % 20).resolve("f" + i), "x");
        }

        var told = new ArrayList<HostChange>(batch(changes));
        while (told.stream().filter(Directory.class::isInstance).distinct().count() < 20) {
            told.addAll(batch(changes));
        }
        assertThat(told).hasSizeLessThan(2_000);
    }

    @Test
    void a_storm_ends_in_one_word_and_the_project_is_watched_anew() throws Exception {
        var pending = new Pending();
        for (int i = 0; i < 10_000; i++) {
            pending.directory(new WatchedDirectory(i, "d" + i, null));
        }
        assertThat(pending.extent()).isEqualTo(Pending.Extent.EVERYTHING);
        assertThat(pending.directories()).isEmpty();
        Inotify inotify = Inotify.open();
        try (var directory = keystone.agent.process.OpenDirectory.withoutLinks(project);
                var tree = new WatchedTree(inotify, directory, PLENTY)) {
            assertThat(Batch.of(pending, tree, new Told())).containsExactly(new Everything());
            tree.watchAll();
            write("later/x", "x");
            tree.watchAllAgain();
            assertThat(tree.watched()).isEqualTo(2);
        } finally {
            inotify.close();
        }
    }

    @Test
    void no_more_directories_are_watched_than_there_is_room_for() throws Exception {
        for (int i = 0; i < 10; i++) {
            write("d" + i + "/e/x", "x");
        }
        var changes = open(15);

        assertThat(Patience.until(LIMIT, () -> changes.missed().isPresent())).isTrue();

        assertThat(changes.directories()).isEqualTo(15);
        assertThat(changes.missed().orElseThrow()).contains("15");
        // The upper ones first.
        write("d7/new", "x");
        assertThat(batch(changes)).containsExactly(new Entry("d7/new", modified("d7/new")));
    }

    @Test
    void as_many_are_watched_as_this_host_permits() throws Exception {
        write("a/b/c/x", "x");
        ProjectChanges changes = ProjectChanges.watch(project.toRealPath());
        opened.add(changes);

        assertThat(Patience.until(LIMIT, () -> changes.directories() == 4)).isTrue();

        assertThat(changes.missed()).isEmpty();
    }

    @Test
    void names_are_bytes() throws Exception {
        Path odd = RawPath.ofName("caf\u00e9 \n\u00ff");
        ProjectChanges changes = watch(1);

        Files.writeString(project.resolve(odd), "x");

        assertThat(batch(changes))
                .singleElement()
                .matches(
                        each ->
                                each instanceof Entry(String path, _)
                                        && path.equals("caf\u00e9 \n\u00ff"));
    }

    @Test
    void closing_ends_the_wait_and_leaves_no_descriptor() throws Exception {
        long before = descriptors();
        var changes = open(PLENTY);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<List<HostChange>> waiting = threads.submit(changes::next);

            changes.close();

            assertThat(waiting.get(LIMIT.toSeconds(), TimeUnit.SECONDS)).isEmpty();
        }
        opened.clear();
        assertThat(Patience.until(LIMIT, () -> descriptors() <= before)).isTrue();
    }

    private static long descriptors() {
        String[] all = Path.of("/proc/self/fd").toFile().list();
        return all == null ? 0 : all.length;
    }

    /// Waits until so many directories are watched.
    private ProjectChanges watch(int directories) throws Exception {
        ProjectChanges changes = open(PLENTY);
        assertThat(Patience.until(LIMIT, () -> changes.directories() == directories))
                .as("directories watched: %d", changes.directories())
                .isTrue();
        return changes;
    }

    private ProjectChanges open(int most) throws Exception {
        ProjectChanges changes = ProjectChanges.watch(project.toRealPath(), most);
        opened.add(changes);
        return changes;
    }

    /// As the guest's nudge shows here: the time is set to what it is, and nothing else.
    private void nudge(String file) throws Exception {
        String program =
                """
                import ctypes, os, sys
                class Time(ctypes.Structure):
                    _fields_ = [("s", ctypes.c_long), ("n", ctypes.c_long)]
                now = os.stat(sys.argv[1]).st_mtime_ns
                times = (Time * 2)(Time(0, (1 << 30) - 2), Time(now // 10**9, now % 10**9))
                sys.exit(ctypes.CDLL(None).utimensat(-100, sys.argv[1].encode(), times, 0x100))
                """;
        Command.Finished done =
                Command.of("python3", "-c", program, project.resolve(file).toString()).run(LIMIT);
        assertThat(done.ok()).as(done.toString()).isTrue();
    }

    private void write(String file, String text) throws Exception {
        Path path = project.resolve(file);
        Files.createDirectories(path.getParent());
        Files.write(path, text.getBytes(StandardCharsets.UTF_8));
    }

    private long modified(String file) throws Exception {
        return Files.getFileAttributeView(
                        project.resolve(file),
                        BasicFileAttributeView.class,
                        LinkOption.NOFOLLOW_LINKS)
                .readAttributes()
                .lastModifiedTime()
                .to(TimeUnit.NANOSECONDS);
    }
}
