package keystone.agent.guest;

import static org.assertj.core.api.Assertions.assertThat;

import keystone.agent.model.Check;
import org.junit.jupiter.api.Test;

final class GuestChecksTest {
    @Test
    void this_host_has_what_it_takes() throws InterruptedException {
        assertThat(GuestChecks.checks())
                .extracting(Check::name)
                .containsExactly("ssh", "ssh-keygen");
        assertThat(GuestChecks.checks()).allMatch(check -> check.status() == Check.Status.PASSED);
    }

    @Test
    void an_old_or_foreign_client_is_told() {
        assertThat(GuestChecks.ofVersion("OpenSSH_8.7p1, OpenSSL").status())
                .isEqualTo(Check.Status.PASSED);
        assertThat(GuestChecks.ofVersion("OpenSSH_8.4p1, OpenSSL").message())
                .isEqualTo("OpenSSH 8.4 is older than 8.7");
        assertThat(GuestChecks.ofVersion("Dropbear v2022.83").message()).contains("not OpenSSH");
    }
}
