package keystone.agent.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import keystone.agent.it.Ended;
import keystone.agent.it.Installation;
import keystone.agent.it.Installations;
import keystone.agent.it.Kernel;
import keystone.agent.it.Project;
import keystone.agent.it.Sandbox;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;

/// `--fresh`: nothing of the old guest is left, and an old disk that turns up again is recognised.
@ExtendWith(Installations.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class FreshIT {
    private Sandbox shop;
    private String projectBefore = "";
    private Guest old = new Guest("", "", "", 0);
    private Path oldDisk = Path.of("");

    /// What identifies one guest.
    private record Guest(String buildId, String hostKey, String boot, long machine) {
        static Guest of(Sandbox sandbox) throws Exception {
            return new Guest(
                    sandbox.says("cat", "/etc/sandbox-build-id"),
                    Files.readString(sandbox.dir().ssh().resolve("ssh_host_ed25519_key.pub")),
                    sandbox.says("cat", "/proc/sys/kernel/random/boot_id"),
                    sandbox.machinePid());
        }
    }

    @BeforeAll
    void use(Installation home) throws Exception {
        Project project = home.project("shop");
        shop = home.start(project);
        shop.says("sh", "-c", "echo old >~/old; echo old >/workspace/from-the-old-guest; sync");
        shop.says("sudo", "sh", "-c", "echo old >/etc/old");
        shop.says("sh", "-c", "setsid -f sleep 1234567 >/dev/null 2>&1");
        old = Guest.of(shop);
        projectBefore = project.contents();
        shop.keystone("stop").run().succeeds();
        oldDisk = home.root().resolve("old-disk");
        Files.copy(shop.dir().disk(), oldDisk);
        shop.starting().run().succeeds();
        old = Guest.of(shop);

        shop.starting("--fresh").run().succeeds();
    }

    @Test
    @Order(1)
    void the_old_machine_is_gone() {
        assertThat(Kernel.isAlive(old.machine())).isFalse();
        assertThat(shop.machine()).isPresent();
    }

    @Test
    @Order(1)
    void no_file_of_the_old_guest_is_left() throws Exception {
        assertThat(shop.says("sh", "-c", "ls -A ~ /etc | grep -x old || echo none"))
                .isEqualTo("none");
    }

    @Test
    @Order(1)
    void no_process_of_the_old_guest_is_left() throws Exception {
        assertThat(shop.says("sh", "-c", "pgrep -f 'sleep 123456[7]' || echo none"))
                .isEqualTo("none");
    }

    @Test
    @Order(1)
    void every_id_is_new() throws Exception {
        Guest now = Guest.of(shop);

        assertThat(now.buildId()).isNotEqualTo(old.buildId());
        assertThat(now.hostKey()).isNotEqualTo(old.hostKey());
        assertThat(now.boot()).isNotEqualTo(old.boot());
        assertThat(now.buildId()).isEqualTo(shop.status().string("buildId"));
    }

    @Test
    @Order(1)
    void the_project_is_untouched() {
        assertThat(shop.project().contents()).isEqualTo(projectBefore);
    }

    @Test
    @Order(2)
    void an_old_disk_under_a_new_build_id_is_refused() throws Exception {
        shop.keystone("stop").run().succeeds();
        Files.copy(oldDisk, shop.dir().disk(), StandardCopyOption.REPLACE_EXISTING);

        Ended refused = shop.starting().run().endsWith(1);

        assertThat(refused.errors())
                .contains("belongs to another sandbox or an older disk")
                .contains(old.buildId())
                .contains("keystone-agent start --fresh --name shop");
        assertThat(shop.processes()).isEmpty();
        assertThat(shop.state()).isEqualTo("stopped");
    }
}
