package keystone.agent.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import keystone.agent.model.EgressPolicy.Effect;
import keystone.agent.model.EgressPolicy.Rule;
import org.junit.jupiter.api.Test;

final class EgressPolicyTest {
    private static final HostName API = new HostName("api.example.org");

    @Test
    void a_rule_without_a_port_allows_the_web_and_denies_everything() {
        EgressPolicy allowing = policy("+api.example.org");
        EgressPolicy denying = policy("-api.example.org");

        assertThat(effect(allowing, 443)).isEqualTo("ALLOW");
        assertThat(effect(allowing, 80)).isEqualTo("ALLOW");
        assertThat(effect(allowing, 22)).isEqualTo("nothing");
        assertThat(effect(denying, 22)).isEqualTo("DENY");
    }

    @Test
    void the_closer_rule_holds_whatever_was_said_first() {
        assertThat(effect(policy("-*.example.org", "+api.example.org"), 443)).isEqualTo("ALLOW");
        assertThat(effect(policy("+api.example.org", "-*.example.org"), 443)).isEqualTo("ALLOW");
        assertThat(effect(policy("+*.example.org", "-api.example.org"), 443)).isEqualTo("DENY");
        assertThat(effect(policy("+api.example.org:443", "-api.example.org"), 443))
                .isEqualTo("ALLOW");
        assertThat(effect(policy("+api.example.org:443", "-api.example.org"), 80))
                .isEqualTo("DENY");
    }

    @Test
    void of_two_as_close_the_denial_holds() {
        var both =
                new EgressPolicy(
                        EgressMode.OPEN,
                        List.of(HostPattern.parse("*.example.org")),
                        List.of(HostPattern.parse("*.example.org")));

        assertThat(effect(both, 443)).isEqualTo("DENY");
    }

    @Test
    void what_is_said_last_of_the_same_hosts_holds() {
        assertThat(policy("+api.example.org", "-api.example.org").allowed()).isEmpty();
        assertThat(policy("-api.example.org", "+api.example.org").denied()).isEmpty();
        assertThat(policy("+api.example.org", "+api.example.org").allowed()).hasSize(1);
    }

    private static String effect(EgressPolicy policy, int port) {
        return policy.ruleFor(API, port).map(rule -> rule.effect().name()).orElse("nothing");
    }

    private static EgressPolicy policy(String... rules) {
        EgressPolicy policy = EgressPolicy.USUAL;
        for (String rule : rules) {
            Effect effect = rule.startsWith("+") ? Effect.ALLOW : Effect.DENY;
            policy = policy.with(new Rule(HostPattern.parse(rule.substring(1)), effect));
        }
        return policy;
    }
}
