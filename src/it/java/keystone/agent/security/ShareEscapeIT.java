package keystone.agent.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import keystone.agent.it.Ended;
import keystone.agent.it.Installation;
import keystone.agent.it.Installations;
import keystone.agent.it.Project;
import keystone.agent.it.Sandbox;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;

/// A hostile root in the guest stays within what it was shown, now and at the next start; here
/// over 9p, `VirtiofsIT` has the other driver.
@ExtendWith(Installations.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ShareEscapeIT {
    private static final String OUTSIDE = "of the host, and not shared\n";

    private static Installation home;
    private static Path secrets;
    private static Path data;
    private static Sandbox sandbox;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        home = Installation.create();
        secrets = Files.createDirectories(home.projects().resolve("secrets"));
        Files.writeString(secrets.resolve("key"), OUTSIDE);
        data = Files.createDirectories(home.projects().resolve("data"));
        Files.writeString(data.resolve("set"), "read only\n");
        Project project = home.project("escape");
        Files.createDirectories(project.path().resolve("inner"));
        sandbox =
                home.start(
                        project,
                        "--share",
                        "9p",
                        "--mount",
                        data + ":/data:ro",
                        "--mount",
                        project.path().resolve("inner") + ":/inner");
    }

    @AfterAll
    static void close() {
        home.close();
    }

    @Test
    @Order(1)
    void a_link_that_leads_out_is_followed_in_the_guest_only() throws Exception {
        Path link = sandbox.project().path().resolve("passwd");
        Files.createSymbolicLink(link, Path.of("/etc/passwd"));
        Files.createSymbolicLink(sandbox.project().path().resolve("out"), secrets);

        assertThat(sandbox.says("cat", "passwd")).contains("sandbox:x:1000:1000:");
        Ended out = sandbox.executing("sudo", "cat", "out/key").run();
        assertThat(out.status()).isEqualTo(1);
        assertThat(out.output()).isEmpty();
    }

    @Test
    @Order(2)
    void no_path_leads_above_the_share() throws Exception {
        String attack =
                """
                cd /workspace && ls -a .. ../.. ../../..
                mkdir -p /tmp/again && for name in / .. ../.. /etc '%s'; do
                    mount -t 9p -o trans=virtio,version=9p2000.L,aname="$name" workspace /tmp/again
                    ls -a /tmp/again /tmp/again/.. /tmp/again/../..
                    cat /tmp/again/../secrets/key '/tmp/again%s/key'
                    umount /tmp/again
                done
                """
                        .formatted(secrets, secrets);

        Ended ended = sandbox.executing("sudo", "bash", "-c", attack).run();

        // The listing of the guest's own root shows that the attack ran.
        assertThat(ended.output()).contains("workspace").doesNotContain(OUTSIDE.strip());
    }

    @Test
    @Order(3)
    void only_what_was_asked_for_can_be_mounted() throws Exception {
        assertThat(
                        sandbox.says(
                                "sh",
                                "-c",
                                "for tag in /sys/bus/virtio/drivers/9pnet_virtio/*/mount_tag;"
                                        + " do tr '\\0' '\\n' <$tag; done | sort"))
                .isEqualToIgnoringWhitespace("git mount0 mount1 workspace");
    }

    @Test
    @Order(4)
    void what_is_shared_read_only_stays_so_for_root() throws Exception {
        Ended ended =
                sandbox.executing(
                                "sudo",
                                "sh",
                                "-c",
                                "mount -o remount,rw /data; echo x >/data/new; echo x >/data/set;"
                                        + " rm /data/set; chmod 777 /data/set; mv /data/set /data/moved;"
                                        + " ls /data")
                        .run();

        assertThat(ended.text()).isEqualTo("set");
        assertThat(data.resolve("set")).content().isEqualTo("read only\n");
        assertThat(data.toFile().list()).containsExactly("set");
    }

    @Test
    @Order(5)
    void device_nodes_cannot_be_made_on_the_host() throws Exception {
        Ended ended = sandbox.executing("sudo", "mknod", "disk", "b", "8", "0").run();

        assertThat(ended.status()).isNotZero();
        assertThat(sandbox.project().path().resolve("disk")).doesNotExist();
    }

    @Test
    @Order(6)
    void a_workspace_turned_into_a_link_shows_only_the_guests_own_files() throws Exception {
        sandbox.says(
                "sudo",
                "sh",
                "-ec",
                "cd /; umount -l /workspace; mv /workspace /w; ln -s / /workspace");

        assertThat(sandbox.says("cat", "etc/hostname")).isEqualTo(sandbox.name());
        sandbox.says(
                "sudo",
                "sh",
                "-ec",
                "cd /; rm /workspace; mv /w /workspace;"
                        + " mount -t 9p -o trans=virtio,version=9p2000.L workspace /workspace");
    }

    @Test
    @Order(6)
    void a_copy_follows_no_link_that_the_guest_made() throws Exception {
        Path project = sandbox.project().path();
        sandbox.says("ln", "-s", secrets.toString(), "planted");
        sandbox.says("ln", "-s", secrets + "/key", "report");

        for (Ended refused :
                List.of(
                        copy(sandbox.name() + ":/etc/hostname", project + "/planted"),
                        copy(sandbox.name() + ":/etc/hostname", project + "/planted/new"),
                        copy(project + "/planted", sandbox.name() + ":/tmp/stolen"),
                        copy(project + "/planted/key", sandbox.name() + ":/tmp/stolen"),
                        copy(project + "/report", sandbox.name() + ":/tmp/stolen"))) {
            assertThat(refused.status()).isEqualTo(2);
            assertThat(refused.errors()).contains("which a guest can change");
        }
        assertThat(secrets.toFile().list()).containsExactly("key");
        assertThat(sandbox.says("sh", "-c", "ls /tmp | grep stolen || echo none"))
                .isEqualTo("none");
        // In the way of a file, a link to none is replaced as any file is.
        copy(sandbox.name() + ":/etc/hostname", project + "/report").succeeds();
        assertThat(secrets.resolve("key")).content().isEqualTo(OUTSIDE);
        assertThat(project.resolve("report")).content().isEqualToIgnoringWhitespace(sandbox.name());
    }

    private static Ended copy(String from, String to) throws InterruptedException {
        return home.keystone("cp", from, to).run();
    }

    /// A mount that was approved once must not become whatever the guest makes of its path.
    @Test
    @Order(7)
    void a_mount_that_the_guest_exchanged_for_a_link_is_refused_at_the_next_start()
            throws Exception {
        Path inner = sandbox.project().path().resolve("inner");
        sandbox.says("sh", "-c", "rmdir inner && ln -s '" + secrets + "' inner");
        assertThat(Files.isSymbolicLink(inner)).isTrue();
        // A restart keeps what was shared; a plain start shares only what it is asked for.
        Ended refused = sandbox.keystone("restart").run();

        assertThat(refused.status()).isEqualTo(1);
        assertThat(refused.errors()).contains("a link took its place").contains("fix:   ");
        assertThat(sandbox.state()).isNotEqualTo("running");
        assertThat(sandbox.processes()).isEmpty();
        assertThat(Files.readString(secrets.resolve("key"))).isEqualTo(OUTSIDE);
        assertThat(Files.isDirectory(inner, LinkOption.NOFOLLOW_LINKS)).isFalse();
    }

    /// Unlike a restart, a new start resolves anew what it is asked for.
    @Test
    @Order(8)
    void nor_is_it_followed_when_the_same_mount_is_asked_for_again() throws Exception {
        Path inner = sandbox.project().path().resolve("inner");
        Project other = home.project("other");
        assertThat(Files.isSymbolicLink(inner)).isTrue();

        for (Ended refused :
                List.of(
                        sandbox.starting("--mount", inner + ":/inner").run(),
                        sandbox.starting("--fresh", "--mount", inner + ":/inner:ro").run(),
                        home.starting(other, "--mount", inner + ":/inner").run(),
                        home.keystone("start", "-d", inner.toString()).run())) {
            assertThat(refused.status()).isEqualTo(2);
            assertThat(refused.errors())
                    .contains("goes through the link " + inner + ", which a guest can change")
                    .contains("fix:   ");
        }
        assertThat(sandbox.state()).isNotEqualTo("running");
        assertThat(home.kept()).containsExactly(sandbox.name());
    }
}
