package keystone.agent.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.Objects;
import org.junit.jupiter.api.Test;

final class UrlHostTest {
    private static UrlHost of(String url) {
        return UrlHost.of(URI.create(url)).orElseThrow();
    }

    @Test
    void a_host_is_found_also_when_it_has_an_underscore() {
        assertThat(of("https://my_host.example.com/a?b"))
                .isEqualTo(new UrlHost(HostName.parse("my_host.example.com"), null));
        assertThat(of("http://llm_gw:4000")).isEqualTo(new UrlHost(HostName.parse("llm_gw"), 4000));
        assertThat(of("http://me:pass@my_proxy.example:3128/"))
                .isEqualTo(new UrlHost(HostName.parse("my_proxy.example"), 3128));
        assertThat(of("https://[::1]:8443/")).isEqualTo(new UrlHost(HostName.parse("::1"), 8443));
        assertThat(of("http://127.0.0.1:/").portOr(80)).isEqualTo(80);
    }

    @Test
    void whom_to_log_in_as_is_told_apart_from_the_host() {
        assertThat(UrlHost.user(URI.create("http://me:pass@my_proxy.example/")))
                .isEqualTo("me:pass");
        assertThat(Objects.toString(UrlHost.user(URI.create("http://my_proxy.example/a@b"))))
                .isEqualTo("null");
    }

    @Test
    void where_there_is_none_or_it_is_nonsense_nothing_is_guessed() {
        assertThat(UrlHost.of(URI.create("mailto:somebody@example.com"))).isEmpty();
        assertThat(UrlHost.of(URI.create("file:///tmp"))).isEmpty();
        assertThat(UrlHost.of(URI.create("http://a_b:c_d/"))).isEmpty();
        assertThat(UrlHost.of(URI.create("http://a_b@c_d@example.com/"))).isEmpty();
        assertThatThrownBy(() -> of("http://_a-.example.com/")).isInstanceOf(UserError.class);
    }
}
