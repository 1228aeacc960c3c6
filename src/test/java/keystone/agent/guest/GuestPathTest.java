package keystone.agent.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import keystone.agent.model.UserError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class GuestPathTest {
    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '|',
            value = {
                "/tmp/a b, '/tmp/a b'",
                "src/Main.java, '/workspace/src/Main.java'",
                "-rf, '/workspace/-rf'",
                "~, ~",
                "~/$(id), ~/'$(id)'",
                "~root/x, '/workspace/~root/x'"
            })
    void it_is_a_word_of_the_shell(String written, String word) {
        assertThat(new GuestPath(written).shellWord()).isEqualTo(word);
    }

    @ParameterizedTest
    @CsvSource({"/a/b, b", "/a/b/, b", "b, b", "/a/., .", "., ."})
    void a_copy_is_called_like_its_last_part(String written, String name) {
        assertThat(new GuestPath(written).lastName()).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/a/..", "..", "~"})
    void a_path_without_a_name_of_its_own_is_refused(String written) {
        assertThatThrownBy(() -> new GuestPath(written).lastName()).isInstanceOf(UserError.class);
    }

    @Test
    void nothing_and_nul_are_no_paths() {
        assertThatThrownBy(() -> new GuestPath("")).isInstanceOf(UserError.class);
        assertThatThrownBy(() -> new GuestPath("a\0b")).isInstanceOf(UserError.class);
    }
}
