package keystone.agent.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WordsTest {
    @ParameterizedTest
    @CsvSource({
        "/src/My Project, my-project",
        "/src/blue, blue",
        "/src/--, project",
        "/src/名前, project",
        "/src/.hidden.dir, hidden-dir",
        "/src/a-very-long-project-name-that-goes-on, a-very-long-project-name-that-g",
    })
    void a_project_lends_its_name_to_its_sandbox(String project, String name) {
        assertThat(SandboxName.forProject(Path.of(project)).value()).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-a", "A", "a/b", "..", "a b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"})
    void what_could_not_be_a_file_or_host_name_is_no_sandbox_name(String text) {
        assertThatThrownBy(() -> new SandboxName(text)).isInstanceOf(UserError.class);
    }

    @Test
    void a_numbered_name_still_fits() {
        var longest = new SandboxName("a".repeat(31));

        assertThat(longest.numbered(12).value()).hasSize(31).endsWith("a-12");
    }

    @ParameterizedTest
    @CsvSource({
        "512m, 536870912",
        "4g, 4294967296",
        "4GiB, 4294967296",
        "1024, 1024",
        "1t, 1099511627776"
    })
    void sizes_are_read_as_people_write_them(String text, long bytes) {
        assertThat(ByteSize.parse(text).bytes()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "4 g", "-4g", "0", "4x", "9999999999g", "4.5g", "٤g"})
    void what_is_no_size_is_refused(String text) {
        assertThatThrownBy(() -> ByteSize.parse(text)).isInstanceOf(UserError.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"512m", "4g", "3k", "1t", "1025"})
    void a_size_is_written_as_it_is_read(String text) {
        assertThat(ByteSize.parse(text).toString()).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"data", "/", "/a/../b", "/a//b", "/a\nb", "/./a", ""})
    void a_guest_path_is_absolute_and_plain(String guest) {
        assertThatThrownBy(() -> new Share(Path.of("/srv"), guest, Access.READ_ONLY))
                .isInstanceOf(UserError.class);
    }

    @Test
    void escape_sequences_bidirectional_marks_and_c1_controls_do_not_reach_a_terminal() {
        String hostile = "a\u001b[2Jb\u0007c\u009b1md\u202ee\u2028f\r\ng";

        assertThat(Printable.of(hostile)).isEqualTo("a?[2Jb?c?1md?e?f??g");
        assertThat(Printable.lines("x\ty\nz\r")).isEqualTo("x\ty\nz?");
    }

    @Test
    void every_build_id_is_another_one() {
        Digest image = Digest.of("image");

        assertThat(BuildId.create(image)).isNotEqualTo(BuildId.create(image));
        assertThat(BuildId.create(image).value()).startsWith(image.brief() + "-");
    }

    @Test
    void a_check_has_a_fix_exactly_when_it_did_not_pass() {
        assertThat(Check.passed("git", "git 2.39").fix()).isNull();
        assertThatThrownBy(() -> new Check("git", Check.Status.FAILED, "no git", null, List.of()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void every_share_driver_has_one_word_and_a_wrong_one_is_answered_with_all() {
        for (ShareDriver driver : ShareDriver.values()) {
            assertThat(ShareDriver.parse(driver.word())).isEqualTo(driver);
        }
        assertThatThrownBy(() -> ShareDriver.parse("nfs"))
                .isInstanceOfSatisfying(
                        UserError.class,
                        error ->
                                assertThat(error.fix())
                                        .isEqualTo(
                                                "use --share auto, virtiofs, 9p, 9p-mapped or clone"));
    }

    @Test
    void a_package_name_cannot_smuggle_an_option() {
        assertThatThrownBy(() -> new ImageRecipe(java.util.List.of("--allow-downgrades"), null))
                .isInstanceOf(UserError.class);
    }
}
