package keystone.agent.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import keystone.agent.process.OpenDirectory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Whatever a guest sends, nothing is written outside the one place.
final class TreeReceiverTest {
    private static final long ROOM = 1L << 30;
    private static final int ATTEMPTS = 30;

    @TempDir Path home;
    private Path destination;
    private Path outside;

    @BeforeEach
    void make_both_sides() throws IOException {
        destination = Files.createDirectory(home.resolve("destination"));
        outside = Files.createDirectory(home.resolve("outside"));
    }

    private Copied take(TarReader archive) throws IOException {
        return take(archive, ROOM);
    }

    private Copied take(TarReader archive, long room) throws IOException {
        var tally = new CopyTally();
        try (var receiver =
                new TreeReceiver(
                        OpenDirectory.withoutLinks(destination.toRealPath()), "top", tally)) {
            receiver.takeAll(archive, room);
        }
        return tally.result();
    }

    private static void assertEmpty(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void a_tree_arrives_with_modes_and_links() throws IOException {
        Copied copied =
                take(
                        new TarBytes()
                                .directory("./")
                                .directory("./bin/")
                                .entry('0', "./bin/run", "", 0755, "#!/bin/sh\n")
                                .file("./-odd \n name\u00ff", "x")
                                .link("./bin/again", "run")
                                .link("./bin/up", "../bin/run")
                                .reader());

        Path top = destination.resolve("top");
        assertThat(top.resolve("bin/run")).isExecutable().content().isEqualTo("#!/bin/sh\n");
        assertThat(top.resolve("bin/again")).isSymbolicLink().content().isEqualTo("#!/bin/sh\n");
        assertThat(Files.readSymbolicLink(top.resolve("bin/up"))).hasToString("../bin/run");
        assertThat(copied.files()).isEqualTo(4);
        assertThat(copied.bytes()).isEqualTo(11);
        assertThat(copied.leftOut()).isEmpty();
    }

    @Test
    void a_single_file_gets_the_name_that_we_chose() throws IOException {
        take(new TarBytes().file("/etc/cron.d/evil", "content").file("../more", "x").reader());

        assertThat(destination.resolve("top")).content().isEqualTo("content");
        try (Stream<Path> files = Files.list(destination)) {
            assertThat(files).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"../evil", "./../evil", "a/../../evil", "/tmp/evil", "./a/..", ".."})
    void a_name_that_leads_outside_ends_the_copy(String name) throws IOException {
        TarReader archive =
                new TarBytes().directory("./").directory("./a/").file(name, "evil").reader();

        assertThatThrownBy(() -> take(archive)).isInstanceOf(TarReader.NotTar.class);
        assertThat(home.resolve("evil")).doesNotExist();
        assertThat(destination.resolve("evil")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/etc/passwd",
                "../..",
                "..",
                "../../outside",
                "a/../..",
                "x/..",
                "../x/../.."
            })
    void a_link_that_may_lead_outside_is_left_out_and_told(String target) throws IOException {
        Copied copied = take(new TarBytes().directory("./").link("./evil", target).reader());

        assertThat(Files.exists(destination.resolve("top/evil"), LinkOption.NOFOLLOW_LINKS))
                .isFalse();
        assertThat(copied.leftOut()).containsExactly("`./evil` is a link out of what is copied");
    }

    @Test
    void a_link_of_the_archive_is_not_written_through() {
        TarReader archive =
                new TarBytes()
                        .directory("./")
                        .directory("./real/")
                        .link("./way", "real")
                        .file("./way/file", "evil")
                        .reader();

        assertThatThrownBy(() -> take(archive)).isInstanceOf(NotDirectoryException.class);
        assertThat(destination.resolve("top/real/file")).doesNotExist();
    }

    @Test
    void a_link_that_was_there_before_is_not_written_through() throws IOException {
        Files.createDirectory(destination.resolve("top"));
        Files.createSymbolicLink(destination.resolve("top/way"), outside);
        Files.writeString(outside.resolve("precious"), "old");
        Files.createSymbolicLink(destination.resolve("top/file"), outside.resolve("precious"));

        take(new TarBytes().directory("./").file("./file", "new").reader());
        TarReader through = new TarBytes().directory("./").file("./way/file", "evil").reader();

        assertThat(outside.resolve("precious")).content().isEqualTo("old");
        assertThat(destination.resolve("top/file")).isRegularFile().content().isEqualTo("new");
        assertThatThrownBy(() -> take(through)).isInstanceOf(NotDirectoryException.class);
        assertThat(outside.resolve("file")).doesNotExist();
    }

    @Test
    void a_file_that_was_there_is_replaced_and_not_written_into() throws IOException {
        Path other = Files.writeString(outside.resolve("other-name"), "old");
        Files.createDirectory(destination.resolve("top"));
        Files.createLink(destination.resolve("top/file"), other);

        take(new TarBytes().directory("./").file("./file", "new").reader());

        assertThat(other).content().isEqualTo("old");
        assertThat(destination.resolve("top/file")).content().isEqualTo("new");
    }

    @Test
    void a_directory_in_the_way_of_a_file_stays() throws IOException {
        Files.createDirectories(destination.resolve("top/file/inner"));
        TarReader archive = new TarBytes().directory("./").file("./file", "new").reader();

        assertThatThrownBy(() -> take(archive)).isInstanceOf(FileAlreadyExistsException.class);
        assertThat(destination.resolve("top/file/inner")).isDirectory();
    }

    @Test
    void hard_links_devices_and_pipes_are_left_out() throws IOException {
        Copied copied =
                take(
                        new TarBytes()
                                .directory("./")
                                .entry('1', "./hard", "/etc/shadow", 0644, "")
                                .entry('3', "./char", "", 0666, "")
                                .entry('6', "./pipe", "", 0666, "")
                                .entry('x', "./pax", "", 0666, "30 path=/etc/cron.d/evil\n")
                                .file("./kept", "x")
                                .reader());

        assertThat(copied.leftOut()).hasSize(4);
        try (Stream<Path> files = Files.list(destination.resolve("top"))) {
            assertThat(files).containsExactly(destination.resolve("top/kept"));
        }
    }

    @Test
    void setuid_is_not_taken_over() throws IOException {
        take(new TarBytes().directory("./").entry('0', "./su", "", 06755, "x").reader());

        assertThat((int) Files.getAttribute(destination.resolve("top/su"), "unix:mode") & 07000)
                .isZero();
        assertThat(Files.getPosixFilePermissions(destination.resolve("top/su")))
                .contains(PosixFilePermission.OWNER_EXECUTE);
    }

    @Test
    void a_copy_that_would_fill_the_disk_ends_before_it_does() {
        TarReader one = new TarBytes().header('0', "big", "", 0644, "77777777777").reader();
        TarReader many =
                new TarBytes()
                        .directory("./")
                        .header('0', "./big", "", 0644, "77777777777")
                        .reader();

        assertThatThrownBy(() -> take(one)).hasMessageContaining("no room");
        assertThatThrownBy(() -> take(many)).hasMessageContaining("no room");
    }

    @Test
    void many_small_things_fill_the_disk_too() {
        long room = (64L << 20) + 40 * 4096;
        var files = new TarBytes().directory("./");
        for (int i = 0; i < 41; i++) {
            files.file("./" + i, "");
        }
        String deep = "./" + "d/".repeat(45) + "file";
        var directories = new TarBytes().directory("./").file(deep, "");

        assertThatThrownBy(() -> take(files.reader(), room)).hasMessageContaining("no room");
        assertThatThrownBy(() -> take(directories.reader(), room)).hasMessageContaining("no room");
    }

    @Test
    void what_is_no_archive_or_ends_early_is_an_error() {
        var whole = new TarBytes().directory("./").file("./file", "x".repeat(2000));

        assertThatThrownBy(() -> take(whole.cutTo(1500))).isInstanceOf(EOFException.class);
        assertThatThrownBy(() -> take(new TarBytes().directory("./").cutTo(512)))
                .isInstanceOf(EOFException.class);
        assertThatThrownBy(() -> take(new TarBytes().header('0', "a", "", 0, "abc").reader()))
                .isInstanceOf(TarReader.NotTar.class);
        assertThatThrownBy(
                        () -> take(new TarBytes().header('L', "a", "", 0, "77777777777").reader()))
                .isInstanceOf(TarReader.NotTar.class);
        assertThatThrownBy(
                        () ->
                                take(
                                        new TarBytes()
                                                .header(
                                                        '0',
                                                        "a",
                                                        "",
                                                        0,
                                                        "\u0080" + "\u00ff".repeat(11))
                                                .reader()))
                .isInstanceOf(TarReader.NotTar.class);
    }

    @Test
    void a_tree_deeper_than_we_hold_open_is_refused() {
        TarReader archive = new TarBytes().directory("./").file("d/".repeat(45) + "f", "").reader();
        var deep = new TarBytes().directory("./");
        deep.entry('L', "././@LongLink", "", 0, "d/".repeat(300) + "f\0").file("x", "");

        assertThatThrownBy(() -> take(deep.reader())).isInstanceOf(TarReader.NotTar.class);
        assertThat(archive).satisfies(this::take);
    }

    @Test
    void nobody_can_swap_a_directory_for_a_link_under_us() throws Exception {
        var done = new AtomicBoolean();
        Thread attacker = Thread.ofPlatform().start(() -> swap(done));
        try {
            for (int i = 0; i < ATTEMPTS; i++) {
                var archive = new TarBytes().directory("./");
                for (int j = 0; j < 20; j++) {
                    archive.file("./a/file" + i + "-" + j, "x").directory("./a/made" + i + "-" + j);
                    archive.file("./elsewhere", "x");
                }
                takeWhatIsPossible(archive.reader());
            }
        } finally {
            done.set(true);
            attacker.join();
        }

        assertEmpty(outside);
    }

    private void takeWhatIsPossible(TarReader archive) {
        try {
            take(archive);
        } catch (IOException refused) {
            // The link was seen, as it should be.
        }
    }

    /// As the guest could, in a project that it shares.
    private void swap(AtomicBoolean done) {
        Path real = destination.resolve("top/a");
        Path aside = destination.resolve("top/aside");
        while (!done.get()) {
            try {
                Files.move(real, aside);
                Files.createSymbolicLink(real, outside);
                Thread.onSpinWait();
                Files.delete(real);
                Files.move(aside, real);
            } catch (IOException lostTheRace) {
                Thread.onSpinWait();
            }
        }
    }
}
