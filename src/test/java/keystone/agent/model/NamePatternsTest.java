package keystone.agent.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.List;
import keystone.agent.model.NamePatterns.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class NamePatternsTest {
    private static boolean includes(String path, String... patterns) {
        return new NamePatterns(List.of(patterns)).include(path, Kind.FILE);
    }

    @Test
    void a_name_counts_at_any_depth_and_a_path_from_the_top() {
        assertThat(includes("a/b/.env.local", ".env*")).isTrue();
        assertThat(includes("a/.env/b", ".env*")).isFalse();
        assertThat(includes("config/x.key", "/config/*.key")).isTrue();
        assertThat(includes("config/x.key", "config/*.key")).isTrue();
        assertThat(includes("a/config/x.key", "config/*.key")).isFalse();
        assertThat(includes("a/b/config/x.key", "**/config/*.key")).isTrue();
        assertThat(includes("a/top", "/top")).isFalse();
        assertThat(includes("top", "/top")).isTrue();
    }

    @Test
    void an_exception_holds_wherever_it_stands() {
        assertThat(includes(".env.test", "!.env.test", ".env*")).isFalse();
        assertThat(includes(".env.test", ".env*", "!.env.test")).isFalse();
        assertThat(includes("a/.env", ".env", "!/a/.env")).isFalse();
        assertThat(includes("b/.env", ".env", "!/a/.env")).isTrue();
    }

    @Test
    void a_pattern_that_ends_in_a_slash_is_for_directories() {
        var patterns = new NamePatterns(List.of("secrets/"));

        assertThat(patterns.include("a/secrets", Kind.DIRECTORY)).isTrue();
        assertThat(patterns.include("a/secrets", Kind.FILE)).isFalse();
        assertThat(new NamePatterns(List.of("secrets")).include("secrets", Kind.DIRECTORY))
                .isFalse();
    }

    @Test
    void letters_beyond_ascii_are_their_bytes() {
        assertThat(includes("schl\u00c3\u00bcssel", "schlüssel")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "!", "/", "!/", "a//b", "../a", "a/..", ".", "a\nb", "a\0b"})
    void what_is_no_pattern_is_refused(String text) {
        assertThatThrownBy(() -> new NamePatterns(List.of(text))).isInstanceOf(UserError.class);
    }

    @Test
    void patterns_are_bounded() {
        List<String> many = Collections.nCopies(201, "a");

        assertThatThrownBy(() -> new NamePatterns(List.of("a".repeat(300))))
                .isInstanceOf(UserError.class);
        assertThatThrownBy(() -> new NamePatterns(many)).isInstanceOf(UserError.class);
    }
}
