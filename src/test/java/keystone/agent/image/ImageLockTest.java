package keystone.agent.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import keystone.agent.json.JsonException;
import keystone.agent.model.UserError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageLockTest {
    @TempDir Path temporary;

    private final ImageLock lock =
            Samples.lock(
                    Samples.locked("git", "1:2.39.5-0+deb12u3"), Samples.locked("jq", "1.6-2"));

    @Test
    void a_lock_is_read_as_it_was_written() {
        Path file = temporary.resolve("new/image.lock");

        lock.write(file);

        assertThat(ImageLock.read(file)).contains(lock);
    }

    @Test
    void the_directory_of_a_first_lock_belongs_to_its_user_alone() throws Exception {
        Path state = temporary.resolve("state");

        lock.write(state.resolve("image.lock"));

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(state)))
                .isEqualTo("rwx------");
    }

    @Test
    void where_there_is_no_file_there_is_no_lock() {
        assertThat(ImageLock.read(temporary.resolve("none"))).isEmpty();
    }

    @Test
    void a_lock_that_was_cut_off_is_refused_with_what_to_do() throws Exception {
        Path file = temporary.resolve("image.lock");
        Files.writeString(file, lock.text().substring(0, 300));

        assertThatThrownBy(() -> ImageLock.read(file))
                .isInstanceOfSatisfying(
                        UserError.class, error -> assertThat(error.fix()).startsWith("rm " + file));
    }

    @ParameterizedTest
    @CsvSource({
        "name, --help",
        "name, a b",
        "name, ../../etc",
        "version, 1;reboot",
        "architecture, 'amd64 '",
        "uri, -o=Dir::Etc=/tmp",
        "uri, https://mirror.example/a b",
        "uri, 'exec:/bin/sh'",
        "uri, ''",
    })
    void a_package_that_could_mean_something_else_is_refused(String member, String value) {
        String hostile =
                lock.text().replaceAll("\"" + member + "\": \"[^\"]*\"", quoted(member, value));

        assertThat(hostile).contains(value);
        assertThatThrownBy(() -> ImageLock.parse(hostile)).isInstanceOf(JsonException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"main\\nTrusted: yes", "main contrib", ""})
    void a_source_cannot_smuggle_in_a_second_field(String component) {
        String hostile =
                lock.text().replaceFirst("\"main\"", "\"" + component.replace("\\", "\\\\") + "\"");

        assertThatThrownBy(() -> ImageLock.parse(hostile)).isInstanceOf(JsonException.class);
    }

    @Test
    void a_lock_of_another_format_is_refused() {
        String newer = lock.text().replace("\"format\": 1", "\"format\": 2");

        assertThatThrownBy(() -> ImageLock.parse(newer)).isInstanceOf(JsonException.class);
    }

    @Test
    void locks_that_differ_in_time_alone_have_the_same_versions() {
        var later =
                new ImageLock(
                        Samples.EPOCH.plusSeconds(3600),
                        lock.sources(),
                        lock.requested(),
                        lock.kernel(),
                        lock.packages());

        assertThat(later.sameVersions(lock)).isTrue();
        assertThat(Samples.lock(Samples.locked("git", "1:2.40")).sameVersions(lock)).isFalse();
    }

    @Test
    void the_suite_is_the_one_that_updates_extend() {
        var security =
                new PackageSource(
                        "Debian",
                        "https://mirror.example/s/",
                        "bookworm-security",
                        List.of("main"),
                        null);

        var extended =
                new ImageLock(
                        lock.epoch(),
                        List.of(security, Samples.source()),
                        lock.requested(),
                        lock.kernel(),
                        lock.packages());

        assertThat(extended.suite()).isEqualTo("bookworm");
    }

    @Test
    void a_password_in_a_sources_address_does_not_get_into_the_guest() {
        var secret =
                new PackageSource(
                        "Debian",
                        "https://me:s3cret@mirror.example/debian/",
                        "bookworm",
                        List.of("main"),
                        null);

        assertThat(secret.guestLine())
                .isEqualTo("deb https://mirror.example/debian/ bookworm main\n");
        assertThat(secret.stanza()).contains("me:s3cret@");
    }

    private static String quoted(String member, String value) {
        return "\"" + member + "\": \"" + value + "\"";
    }
}
