package keystone.agent.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import keystone.agent.model.Check;
import keystone.agent.process.Programs;
import org.junit.jupiter.api.Test;

final class GuestChecksTest {
    private static final GuestChecks CHECKS = new GuestChecks(Programs::locate);
    private static final List<String> ARCH =
            List.of("sudo", "pacman", "-S", "--noconfirm", "openssh");

    @Test
    void this_host_has_what_it_takes() throws InterruptedException {
        assertThat(GuestChecks.checks())
                .extracting(Check::name)
                .containsExactly("ssh", "ssh-keygen");
        assertThat(GuestChecks.checks()).allMatch(check -> check.status() == Check.Status.PASSED);
    }

    @Test
    void what_is_missing_comes_with_the_line_that_installs_it() throws InterruptedException {
        var bare =
                new GuestChecks(
                        name ->
                                name.equals("pacman")
                                        ? Optional.of(Path.of("/usr/bin/pacman"))
                                        : Optional.empty());

        assertThat(bare.all())
                .containsExactly(
                        Check.failed("ssh", "there is no ssh client", ARCH),
                        Check.failed("ssh-keygen", "there is no ssh-keygen", ARCH));
    }

    @Test
    void an_old_or_foreign_client_is_told() {
        assertThat(CHECKS.ofVersion("OpenSSH_8.7p1, OpenSSL").status())
                .isEqualTo(Check.Status.PASSED);
        assertThat(CHECKS.ofVersion("OpenSSH_8.4p1, OpenSSL").message())
                .isEqualTo("OpenSSH 8.4 is older than 8.7");
        assertThat(CHECKS.ofVersion("Dropbear v2022.83").message()).contains("not OpenSSH");
    }
}
