package keystone.agent.egress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import keystone.agent.model.HostName;
import keystone.agent.model.UserError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class UpstreamTest {
    @Test
    void each_kind_of_traffic_has_its_proxy_and_small_letters_count_more() {
        Upstream upstream =
                Upstream.from(
                        Map.of(
                                "http_proxy", "http://web.example:3128/",
                                "HTTP_PROXY", "http://other.example:1",
                                "HTTPS_PROXY", "tunnels.example"));

        assertThat(proxy(upstream, Passage.PLAIN_HTTP)).isEqualTo("web.example:3128");
        assertThat(proxy(upstream, Passage.TUNNEL)).isEqualTo("tunnels.example:80");
    }

    @Test
    void a_proxys_name_may_have_an_underscore() {
        Upstream upstream =
                Upstream.from(Map.of("ALL_PROXY", "http://me:pass@my_proxy.example:3128"));

        assertThat(proxy(upstream, Passage.TUNNEL)).isEqualTo("my_proxy.example:3128");
        assertThat(upstream.proxies())
                .allMatch(each -> "Basic bWU6cGFzcw==".equals(each.authorization()));
    }

    @Test
    void one_for_all_stands_in_for_the_others() {
        Upstream upstream = Upstream.from(Map.of("ALL_PROXY", "http://[::1]:8080"));

        assertThat(proxy(upstream, Passage.PLAIN_HTTP)).isEqualTo("[::1]:8080");
        assertThat(proxy(upstream, Passage.TUNNEL)).isEqualTo("[::1]:8080");
    }

    @Test
    void one_for_all_is_not_looked_at_where_the_others_leave_nothing_open() {
        String proxy = "http://127.0.0.1:7890";

        Upstream upstream =
                Upstream.from(
                        Map.of(
                                "http_proxy", proxy,
                                "https_proxy", proxy,
                                "all_proxy", "socks5://127.0.0.1:7890"));

        assertThat(proxy(upstream, Passage.TUNNEL)).isEqualTo("127.0.0.1:7890");
        assertThatThrownBy(
                        () ->
                                Upstream.from(
                                        Map.of(
                                                "http_proxy",
                                                proxy,
                                                "all_proxy",
                                                "socks5://127.0.0.1:7890")))
                .hasMessageContaining("ALL_PROXY");
    }

    @Test
    void nothing_set_is_no_proxy() {
        assertThat(Upstream.from(Map.of("https_proxy", ""))).isEqualTo(Upstream.NONE);
    }

    @Test
    void a_password_is_sent_and_never_shown() {
        Upstream upstream =
                Upstream.from(Map.of("HTTPS_PROXY", "http://me:p%40ss+word@a.example:1"));

        assertThat(upstream.tunnels())
                .satisfies(
                        proxy ->
                                assertThat(proxy.authorization())
                                        .isEqualTo("Basic bWU6cEBzcyt3b3Jk"));
        assertThat(upstream.toString())
                .doesNotContain("bWU6", "p@ss", "p%40ss")
                .contains("a.example");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "socks5://me:hunter2@a.example:1080",
                "https://me:hunter2@a.example",
                "http://me:hunter2@",
                "http://me:hunter2@a.example:99999",
                "http://me:hunter2@a b"
            })
    void what_we_cannot_speak_to_is_refused_without_repeating_it(String value) {
        assertThatThrownBy(() -> Upstream.from(Map.of("HTTPS_PROXY", value)))
                .isInstanceOfSatisfying(
                        UserError.class,
                        error -> {
                            assertThat(error.problem()).contains("HTTPS_PROXY");
                            assertThat(error.problem() + error.fix() + error.getCause())
                                    .doesNotContain("hunter2");
                        });
    }

    @ParameterizedTest
    @CsvSource({
        "'*', a.example, true",
        "'a.example', a.example, true",
        "'.a.example', b.a.example, true",
        "'*.a.example', b.a.example, true",
        "'x, A.EXAMPLE ', b.a.example, true",
        "'a.example:443', a.example, true",
        "'a.example:80', a.example, false",
        "'a.example', ba.example, false",
        "'8.8.8.8', 8.8.8.8, true",
        "',', a.example, false"
    })
    void some_hosts_are_reached_without(String except, String host, boolean direct) {
        Upstream upstream =
                Upstream.from(Map.of("HTTPS_PROXY", "http://p.example:1", "NO_PROXY", except));
        var target = new Target(HostName.parse(host), 443);

        assertThat(upstream.proxyFor(target, Passage.TUNNEL).isEmpty()).isEqualTo(direct);
    }

    private static String proxy(Upstream upstream, Passage passage) {
        var target = new Target(new HostName("example.org"), 443);
        return upstream.proxyFor(target, passage).orElseThrow().toString();
    }
}
