package keystone.agent.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Set;
import keystone.agent.egress.HostServices;
import keystone.agent.egress.HostServices.Service;
import keystone.agent.model.EgressMode;
import keystone.agent.model.EgressPolicy;
import keystone.agent.model.EgressPolicy.Effect;
import keystone.agent.model.EgressPolicy.Rule;
import keystone.agent.model.HostName;
import keystone.agent.model.HostPattern;
import keystone.agent.model.KnownSecrets;
import keystone.agent.model.SecretName;
import keystone.agent.model.SecretRef;
import keystone.agent.model.UserError;
import org.junit.jupiter.api.Test;

final class BaseUrlsTest {
    private static final EgressPolicy BALANCED = EgressPolicy.of(EgressMode.BALANCED);

    private static BaseUrls of(String variable, String url) {
        return BaseUrls.of(Map.of(variable, url, "OTHER", "x"));
    }

    private static List<String> hostsOf(String secret, BaseUrls bases) {
        return bases.binding(KnownSecrets.all()).stream()
                .filter(each -> each.name().equals(new SecretName(secret)))
                .map(SecretRef::hosts)
                .flatMap(List::stream)
                .map(HostPattern::toString)
                .toList();
    }

    @Test
    void a_gateway_is_opened_told_and_gets_the_key_that_no_other_host_gets() {
        BaseUrls bases = of("ANTHROPIC_BASE_URL", "https://llm.corp.example:8443/anthropic");

        EgressPolicy opened = bases.opening(BALANCED);

        assertThat(opened.allowed()).map(Object::toString).containsExactly("llm.corp.example:8443");
        assertThat(bases.variables())
                .containsExactly(
                        Map.entry("ANTHROPIC_BASE_URL", "https://llm.corp.example:8443/anthropic"));
        assertThat(hostsOf("ANTHROPIC_API_KEY", bases)).containsExactly("llm.corp.example:8443");
        assertThat(hostsOf("CLAUDE_CODE_OAUTH_TOKEN", bases)).containsExactly("api.anthropic.com");
        assertThat(hostsOf("OPENAI_API_KEY", bases)).containsExactly("api.openai.com");
    }

    @Test
    void of_this_hosts_loopback_exactly_one_port_is_opened_and_the_key_goes_there_instead() {
        for (String host : List.of("localhost", "127.0.0.1", "[::1]")) {
            BaseUrls bases = of("OPENAI_BASE_URL", "http://" + host + ":11434/v1");

            EgressPolicy opened = bases.opening(BALANCED);

            assertThat(opened.allowed()).containsExactly(EgressPolicy.hostPort(11434));
            assertThat(opened.ruleFor(EgressPolicy.THIS_HOST, 11435)).isEmpty();
            assertThat(bases.variables())
                    .containsEntry("OPENAI_BASE_URL", "http://host.keystone.internal:11434/v1");
            assertThat(hostsOf("OPENAI_API_KEY", bases))
                    .containsExactly("host.keystone.internal:11434");
            assertThat(hostsOf("ANTHROPIC_API_KEY", bases)).containsExactly("api.anthropic.com");
        }
    }

    @Test
    void a_service_of_this_host_is_where_its_url_says_and_proves_to_be_that() {
        BaseUrls bases = of("OPENAI_BASE_URL", "https://localhost:8443/v1");

        assertThat(hostsOf("OPENAI_API_KEY", bases)).containsExactly("host.keystone.internal:8443");
        assertThat(bases.variables())
                .containsEntry("OPENAI_BASE_URL", "https://host.keystone.internal:8443/v1");
        assertThat(bases.services().byPort())
                .containsExactly(Map.entry(8443, new Service(HostName.parse("localhost"), true)));
        assertThat(of("OPENAI_BASE_URL", "http://[::1]:4000").services().byPort())
                .containsExactly(Map.entry(4000, new Service(HostName.parse("::1"), false)));
        assertThat(of("OPENAI_BASE_URL", "https://llm.corp.example").services())
                .isEqualTo(HostServices.NONE);
    }

    @Test
    void a_key_does_not_go_over_a_network_without_tls_and_that_is_said() {
        BaseUrls bases = of("OPENAI_BASE_URL", "http://llm.corp.example/v1");
        var there = Set.of(new SecretName("OPENAI_API_KEY"), new SecretName("GEMINI_API_KEY"));

        assertThat(hostsOf("OPENAI_API_KEY", bases)).containsExactly("api.openai.com");
        assertThat(bases.notices(there))
                .singleElement()
                .asString()
                .contains("OPENAI_API_KEY does not go to llm.corp.example", "OPENAI_BASE_URL");
        assertThat(bases.notices(Set.of(new SecretName("GEMINI_API_KEY")))).isEmpty();
        for (String url : List.of("https://llm.corp.example/", "http://localhost:4000")) {
            assertThat(of("OPENAI_BASE_URL", url).notices(there)).as(url).isEmpty();
        }
    }

    @Test
    void a_host_may_have_an_underscore() {
        BaseUrls bases = of("OPENAI_BASE_URL", "https://llm_gw.corp.example:8443/v1");

        assertThat(hostsOf("OPENAI_API_KEY", bases)).containsExactly("llm_gw.corp.example:8443");
        assertThatThrownBy(() -> of("OPENAI_BASE_URL", "https://me:s3cret@llm_gw.corp.example/"))
                .isInstanceOf(UserError.class)
                .hasMessageNotContaining("s3cret");
    }

    @Test
    void what_the_user_has_denied_stays_denied() {
        for (String pattern :
                List.of("llm.corp.example:443", "llm.corp.example", "*.corp.example")) {
            var denied = new Rule(HostPattern.parse(pattern), Effect.DENY);

            EgressPolicy opened =
                    of("ANTHROPIC_BASE_URL", "https://llm.corp.example/")
                            .opening(BALANCED.with(denied));

            assertThat(opened.ruleFor(HostName.parse("llm.corp.example"), 443))
                    .as(pattern)
                    .hasValueSatisfying(rule -> assertThat(rule.effect()).isEqualTo(Effect.DENY));
        }
    }

    @Test
    void an_address_of_the_loopback_that_is_not_dialled_is_refused() {
        assertThatThrownBy(() -> of("OPENAI_BASE_URL", "http://127.0.0.2:4000/v1"))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("127.0.0.2");
    }

    @Test
    void what_is_no_url_is_not_repeated() {
        for (String odd : List.of("s3cret", "ftp://s3cret/", "https://me:s3cret@llm.example/")) {
            assertThatThrownBy(() -> of("OPENAI_BASE_URL", odd))
                    .isInstanceOf(UserError.class)
                    .hasMessageContaining("OPENAI_BASE_URL")
                    .hasMessageNotContaining("s3cret");
        }
        assertThat(of("OPENAI_BASE_URL", " ").variables()).isEmpty();
    }
}
