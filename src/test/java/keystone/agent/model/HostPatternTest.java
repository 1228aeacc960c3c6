package keystone.agent.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class HostPatternTest {
    @ParameterizedTest
    @CsvSource({
        "Example.org., example.org",
        "*.example.org, *.example.org",
        "example.org:8443, example.org:8443",
        "*.B\u00fccher.example:22, *.xn--bcher-kva.example:22",
        "2606:4700::1111, [2606:4700::1111]",
        "[2606:4700:0::1111]:443, [2606:4700::1111]:443",
        "8.8.8.8:53, 8.8.8.8:53"
    })
    void a_pattern_is_printed_as_it_can_be_typed(String typed, String shown) {
        assertThat(HostPattern.parse(typed)).hasToString(shown);
        assertThat(HostPattern.parse(shown)).isEqualTo(HostPattern.parse(typed));
    }

    @Test
    void this_host_is_named_by_a_port() {
        assertThatThrownBy(() -> HostPattern.parse("LocalHost"))
                .isInstanceOfSatisfying(
                        UserError.class,
                        error ->
                                assertThat(error.fix())
                                        .isEqualTo("keystone-agent net allow --host-port PORT"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "*",
                "*.org",
                "localhost",
                "*.*.example.org",
                "a.*.example.org",
                "*example.org",
                "*.8.8.8.8",
                "example.org:",
                "example.org:0",
                "example.org:65536",
                "example.org:http",
                "example.org:80:80",
                "example.org:-1",
                "[example.org]x",
                "https://example.org/path",
                "example.org/path",
                "user@example.org",
                "example.org\n"
            })
    void nonsense_is_refused_with_what_to_write_instead(String typed) {
        assertThatThrownBy(() -> HostPattern.parse(typed))
                .isInstanceOfSatisfying(
                        UserError.class,
                        error -> {
                            assertThat(error.kind()).isEqualTo(UserError.Kind.USAGE);
                            assertThat(error.fix()).isNotBlank();
                        });
    }

    @Test
    void a_url_is_answered_with_its_host() {
        assertThatThrownBy(() -> HostPattern.parse("https://user@example.org:8443/path?q"))
                .isInstanceOfSatisfying(
                        UserError.class,
                        error -> assertThat(error.fix()).endsWith(" example.org:8443"));
    }

    @Test
    void a_star_means_what_is_below_and_not_the_name_itself() {
        HostPattern below = HostPattern.parse("*.example.org");

        assertThat(below.includes(new HostName("a.example.org"))).isTrue();
        assertThat(below.includes(new HostName("example.org"))).isFalse();
        assertThat(below.includes(new HostName("a.example.org.attacker.net"))).isFalse();
    }
}
