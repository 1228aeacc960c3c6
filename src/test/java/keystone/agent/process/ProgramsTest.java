package keystone.agent.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProgramsTest {
    @TempDir Path temporary;
    private Path project;
    private Path own;
    private Supplier<Predicate<Path>> guests;

    @BeforeEach
    void two_places() throws IOException {
        project = Files.createDirectories(temporary.resolve("project/bin"));
        own = Files.createDirectories(temporary.resolve("own"));
        guests = () -> path -> path.startsWith(project);
    }

    private static Path program(Path directory, String name) throws IOException {
        return Files.createFile(
                directory.resolve(name),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    }

    @Test
    void a_program_that_a_guest_can_write_is_passed_over() throws IOException {
        program(project, "ssh");
        program(project, "only-here");
        Path mine = program(own, "ssh");
        String path = project + ":" + own + ":/usr/bin:/bin";

        assertThat(Programs.locate("ssh", path, guests)).contains(mine);
        assertThat(Programs.locate("only-here", path, guests)).isEmpty();
        assertThat(Programs.locate("sh", path, guests)).isPresent();
    }

    @Test
    void nothing_is_run_from_the_current_directory() throws IOException {
        program(own, "ssh");

        assertThat(Programs.locate("README.md", ".::target:", guests)).isEmpty();
        assertThat(Programs.searchPath(".::target:/usr/bin", guests)).isEqualTo("/usr/bin");
        assertThat(Programs.searchPath(".:" + project, guests)).startsWith("/usr");
    }

    @Test
    void what_we_start_does_not_find_a_guests_programs_either() {
        String path = project + ":/usr/bin:" + own + ":" + project + ":/bin";

        assertThat(Programs.searchPath(path, guests)).isEqualTo("/usr/bin:" + own + ":/bin");
    }

    @Test
    void where_nobody_can_tell_what_guests_write_the_systems_places_are_left() {
        Programs.keepOutOf(
                () -> {
                    throw new UncheckedIOException(new IOException("unreadable"));
                });
        try {
            assertThat(Programs.searchPath(own + ":/usr/bin:/bin")).isEqualTo("/usr/bin:/bin");
        } finally {
            Programs.keepOutOf(() -> _ -> false);
        }
    }

    @Test
    void nobody_is_asked_about_the_systems_own_places() {
        Supplier<Predicate<Path>> unasked =
                () -> {
                    throw new AssertionError("asked");
                };

        assertThat(Programs.locate("sh", "/usr/bin:/bin", unasked)).isPresent();
        assertThat(Programs.searchPath("/usr/bin:/bin", unasked)).isEqualTo("/usr/bin:/bin");
    }
}
