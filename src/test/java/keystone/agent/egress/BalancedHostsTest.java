package keystone.agent.egress;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import keystone.agent.model.HostName;
import keystone.agent.model.HostPattern;
import org.junit.jupiter.api.Test;

final class BalancedHostsTest {
    private final BalancedHosts hosts = BalancedHosts.read();

    @Test
    void what_projects_are_made_of_is_on_the_list() {
        assertThat(
                        List.of(
                                "api.anthropic.com",
                                "api.openai.com",
                                "generativelanguage.googleapis.com",
                                "github.com",
                                "codeberg.org"))
                .allMatch(host -> hosts.allow(new HostName(host), 443));
    }

    @Test
    void git_over_ssh_reaches_the_forges_and_nothing_else_has_another_port() {
        assertThat(hosts.allow(new HostName("github.com"), 22)).isTrue();
        assertThat(hosts.allow(new HostName("api.openai.com"), 22)).isFalse();
        assertThat(hosts.patterns()).map(HostPattern::port).containsOnly(null, 22);
    }

    /// A line that is there twice was not seen by whoever wrote the second.
    @Test
    void every_line_says_something_of_its_own() {
        assertThat(hosts.patterns()).doesNotHaveDuplicates();
    }

    @Test
    void where_anybody_can_put_anything_is_not_on_it() {
        assertThat(
                        List.of(
                                "bucket.s3.amazonaws.com",
                                "storage.googleapis.com",
                                "account.blob.core.windows.net",
                                "pastebin.com",
                                "gist.github.com",
                                "abc.ngrok.io"))
                .noneMatch(host -> hosts.allow(new HostName(host), 443));
    }
}
