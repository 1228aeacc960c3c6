package keystone.agent.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class HostNameTest {
    @ParameterizedTest
    @CsvSource({
        "example.org, example.org",
        "Example.ORG., example.org",
        "b\u00fccher.example, xn--bcher-kva.example",
        "example\u3002org, example.org",
        "_dmarc.example.org, _dmarc.example.org",
        "1.example.org, 1.example.org",
        "127.0.0.1, 127.0.0.1",
        "127.0.0.1., 127.0.0.1",
        "0x7f.1, 127.0.0.1",
        "0x7F000001, 127.0.0.1",
        "2130706433, 127.0.0.1",
        "017700000001, 127.0.0.1",
        "0177.0.0.01, 127.0.0.1",
        "127.1, 127.0.0.1",
        "0, 0.0.0.0",
        "\uff11\uff12\uff17.0.0.1, 127.0.0.1",
        "::1, ::1",
        "0:0:0:0:0:0:0:1, ::1",
        "::, ::",
        "2001:DB8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "1:0:0:2:0:0:0:3, 1:0:0:2::3",
        "1:0:0:0:0:0:0:0, 1::",
        "fe80::1:2, fe80::1:2",
        "::ffff:127.0.0.1, 127.0.0.1",
        "::ffff:7f00:1, 127.0.0.1"
    })
    void every_spelling_of_a_host_is_one_host(String spelling, String host) {
        assertThat(HostName.parse(spelling)).isEqualTo(new HostName(host));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                "a..b",
                ".example.org",
                "example.org..",
                "-a.example",
                "a-.example",
                "exa mple.org",
                "example.org/x",
                "user@example.org",
                "example.org\r\nHost: b",
                "example.org\0.example.com",
                "ex%61mple.org",
                "127.0.0.256",
                "127.0.0.0x",
                "1.2.3.4.5",
                "09.1.1.1",
                "999999999999",
                "example.1",
                "fe80::1%eth0",
                "[::1]",
                "::g",
                "1:2:3",
                ":::",
                "stra\u00dfe.example"
            })
    void what_is_no_host_is_refused(String text) {
        assertThatThrownBy(() -> HostName.parse(text))
                .isInstanceOfSatisfying(
                        UserError.class, error -> assertThat(error.fix()).isNotBlank());
    }

    @Test
    void a_name_that_is_too_long_is_refused_and_not_repeated_whole() {
        assertThatThrownBy(() -> HostName.parse("a.".repeat(10_000) + "org"))
                .isInstanceOf(UserError.class)
                .message()
                .hasSizeLessThan(200);
        assertThatThrownBy(() -> HostName.parse("a".repeat(64) + ".org"))
                .isInstanceOf(UserError.class);
    }

    @Test
    void figures_are_an_address_and_nothing_is_looked_up() {
        assertThat(HostName.parse("0x5db8d822").address())
                .hasValueSatisfying(
                        address -> assertThat(address.getHostAddress()).isEqualTo("93.184.216.34"));
        assertThat(HostName.parse("example.org").address()).isEmpty();
    }

    @Test
    void what_is_below_a_name_ends_in_it_after_a_dot() {
        var parent = new HostName("example.org");

        assertThat(new HostName("a.b.example.org").isBelow(parent)).isTrue();
        assertThat(new HostName("badexample.org").isBelow(parent)).isFalse();
        assertThat(new HostName("example.org").isBelow(parent)).isFalse();
    }
}
