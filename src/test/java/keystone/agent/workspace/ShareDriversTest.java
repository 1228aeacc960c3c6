package keystone.agent.workspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import keystone.agent.model.Access;
import keystone.agent.model.Check;
import keystone.agent.model.SandboxName;
import keystone.agent.model.Share;
import keystone.agent.model.ShareDriver;
import keystone.agent.model.UserError;
import keystone.agent.process.ConfinementSearch;
import keystone.agent.process.HostUser;
import keystone.agent.process.Packages;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// On a host without virtiofsd; `ShareDriversIT` has the rest.
class ShareDriversTest {
    @TempDir Path directory;

    @Test
    void what_was_asked_for_is_used_and_needs_nothing_running() throws Exception {
        for (ShareDriver driver : List.of(ShareDriver.NINE_P, ShareDriver.NINE_P_MAPPED)) {
            try (ShareService service = open(driver)) {
                assertThat(service.driver()).isEqualTo(driver);
                assertThat(service.reason()).isEqualTo("it was asked for");
                assertThat(service.sockets()).isEmpty();
            }
        }
    }

    @Test
    void auto_falls_back_to_9p_and_says_why() throws Exception {
        try (ShareService service = open(ShareDriver.AUTO)) {
            assertThat(service.driver()).isEqualTo(ShareDriver.NINE_P);
            assertThat(service.reason()).isEqualTo("virtiofsd is not installed");
        }
    }

    @Test
    void virtiofs_without_virtiofsd_is_refused_with_a_fix() {
        assertThatThrownBy(() -> open(ShareDriver.VIRTIOFS))
                .isInstanceOfSatisfying(
                        UserError.class,
                        error -> {
                            assertThat(error.kind()).isEqualTo(UserError.Kind.HOST_LACKS);
                            assertThat(error.problem()).isEqualTo("virtiofsd is not installed");
                            assertThat(error.fix())
                                    .isIn(
                                            Packages.ofThisHost().install("virtiofsd"),
                                            directory.resolve("script").toString());
                        });
    }

    @Test
    void virtiofsd_is_a_package_but_of_debian_12() {
        var packages = new Packages(name -> Optional.of(Path.of("/usr/bin", name)));
        Path script = Path.of("/opt/our scripts/fetch-virtiofsd");

        assertThat(ShareDrivers.install("ID=debian\nVERSION_ID=\"13\"\n", packages, script))
                .isEqualTo("sudo apt-get install -y virtiofsd");
        assertThat(ShareDrivers.install("VERSION_ID=\"12\"\nID=debian\n", packages, script))
                .isEqualTo("'/opt/our scripts/fetch-virtiofsd'");
        assertThat(ShareDrivers.install("ID=ubuntu\nVERSION_ID=\"12\"\n", packages, script))
                .isEqualTo("sudo apt-get install -y virtiofsd");
    }

    @Test
    void doctor_is_told_what_there_is_and_what_follows() throws Exception {
        assertThat(drivers().checks())
                .containsExactly(
                        Check.passed(
                                "virtiofsd",
                                "virtiofsd is not installed; projects are shared over 9p"));
    }

    private ShareService open(ShareDriver driver) throws InterruptedException {
        var shares = new LinkedHashMap<String, Share>();
        shares.put("workspace", new Share(directory, "/workspace", Access.READ_WRITE));
        var place =
                new ServicePlace(new SandboxName("blue"), directory, ProjectOwner.self(), Map.of());
        return drivers().open(new Shares(shares), driver, place, new Deaf());
    }

    private ShareDrivers drivers() {
        return new ShareDrivers(
                new ConfinementSearch(HostUser.current()),
                new VirtiofsdSearch(List.of(), directory.resolve("none")),
                directory.resolve("script"));
    }

    private static final class Deaf implements ShareService.Listener {
        @Override
        public void began(long session) {}

        @Override
        public void ended(int status, String how) {}
    }
}
