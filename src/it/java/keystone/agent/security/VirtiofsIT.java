package keystone.agent.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import keystone.agent.it.Background;
import keystone.agent.it.Ended;
import keystone.agent.it.Hold;
import keystone.agent.it.Installation;
import keystone.agent.it.Installations;
import keystone.agent.it.Kernel;
import keystone.agent.it.Project;
import keystone.agent.it.Sandbox;
import keystone.agent.it.Wait;
import keystone.agent.json.Json;
import keystone.agent.model.Owner;
import keystone.agent.security.TestUser.MoreIds;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;

/// The virtiofsd of a sandbox: confined, proven to serve what was meant, and never left alone.
/// Needs root, to be everybody.
@ExtendWith({Installations.class, RootRequired.class})
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class VirtiofsIT {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final Owner ROOT = new Owner(0, 0);
    private static final String SECRET = "of the host, and not shared";

    private static final List<String> OWN_NAMESPACES =
            List.of("cgroup", "ipc", "mnt", "net", "pid", "user", "uts");
    private static final Set<String> WRITABLE =
            Set.of("/share", "/socket", "/proc", "/dev/null", "/dev/urandom");

    private static Installation home;
    private static Project project;
    private static Path data;
    private static Sandbox shop;

    @BeforeAll
    static void start() throws Exception {
        home = Installation.withOwnImages().withVirtiofsd();
        data = Files.createDirectories(home.projects().resolve("data"));
        Files.writeString(data.resolve("set"), "read only\n");
        project = home.project("shop");
        Files.createDirectories(home.projects().resolve("more"));
        shop =
                home.start(
                        project,
                        "--share",
                        "virtiofs",
                        "--mount",
                        data + ":/data:ro",
                        "--mount",
                        home.projects().resolve("more") + ":/more");
    }

    @AfterAll
    static void close() {
        home.close();
    }

    @Test
    @Order(1)
    void each_share_has_a_virtiofsd_that_sees_nothing_else_and_has_no_power() {
        // The fourth has the objects that the guest's git borrows.
        assertThat(shop.shareServers()).hasSize(4);
        for (Kernel.Seen server : shop.shareServers()) {
            assertConfined(new ProcessView(server.pid()), ROOT);
        }
    }

    /// What it could be made to serve is not even in its view.
    @Test
    @Order(2)
    void qemu_itself_no_longer_sees_the_project() {
        var qemu = new ProcessView(shop.machinePid());

        Confined.worksAs(qemu, ROOT);
        Confined.isMapped(qemu, ROOT);
        assertThat(qemu.mounts())
                .extracting(ProcessView.Mount::point)
                .contains("/share/0", "/share/1", "/share/2");
        assertThat(Files.isDirectory(Path.of("/proc", shop.machinePid() + "", "root/share/0")))
                .isFalse();
    }

    @Test
    @Order(3)
    void mounts_are_writable_or_not_as_was_asked_also_for_root() throws Exception {
        shop.says("sh", "-c", "echo written >/more/new");
        Ended attack =
                shop.executing(
                                "sudo",
                                "sh",
                                "-c",
                                "mount -o remount,rw /data; echo x >/data/new; echo x >/data/set;"
                                        + " rm /data/set; chmod 777 /data/set; mv /data/set /data/moved;"
                                        + " ls /data")
                        .run();

        assertThat(home.projects().resolve("more/new")).content().isEqualTo("written\n");
        assertThat(attack.text()).isEqualTo("set");
        assertThat(data.resolve("set")).content().isEqualTo("read only\n");
        assertThat(data.toFile().list()).containsExactly("set");
    }

    @Test
    @Order(4)
    void no_link_of_the_guest_leads_out_and_no_device_comes_in() throws Exception {
        Path secret = home.projects().resolve("secret");
        Files.writeString(secret, SECRET);
        Files.createSymbolicLink(project.path().resolve("out"), secret);

        assertThat(shop.executing("sudo", "cat", "out").run().output()).isEmpty();
        assertThat(shop.executing("sudo", "cat", "../secret").run().output()).isEmpty();
        assertThat(shop.executing("sudo", "mknod", "disk", "b", "8", "0").run().status())
                .isNotZero();
        assertThat(project.path().resolve("disk")).doesNotExist();
        Files.delete(project.path().resolve("out"));
    }

    @Test
    @Order(5)
    void a_virtiofsd_that_was_killed_is_told_and_the_next_start_works() throws Exception {
        Kernel.kill(serverOf(data).pid());

        Wait.until("no process is left", SOON, () -> shop.processes().isEmpty());
        Json.Obj status = shop.status();
        assertThat(status.string("state")).isEqualTo("broken");
        assertThat(status.string("problem"))
                .isEqualTo("virtiofsd, which serves " + data + ", was killed by signal 9");
        assertThat(status.string("fix")).isEqualTo("keystone-agent start --name shop");
        shop.starting().run().succeeds();
        assertThat(shop.says("cat", "README")).isEqualTo("hello");
    }

    /// It takes attributes' names for text. Its process stays, without the thread that served.
    @Test
    @Tag("full")
    @Order(6)
    void a_virtiofsd_that_breaks_down_is_told_and_the_next_start_works() throws Exception {
        String script = "import os; os.setxattr('README', b'user.\\xff', b'')";
        try (Background waiting = shop.executing("python3", "-c", script).start()) {
            Wait.until("no process is left", SOON, () -> shop.processes().isEmpty());
            assertThat(waiting.await(LIMIT).status()).isNotZero();
        }

        Json.Obj status = shop.status();
        assertThat(status.string("state")).isEqualTo("broken");
        assertThat(status.string("problem"))
                .startsWith(
                        "virtiofsd, which serves "
                                + project.path()
                                + ", broke down at a request of the guest: ")
                .contains("Utf8Error");
        shop.starting().run().succeeds();
        assertThat(shop.says("cat", "README")).isEqualTo("hello");
    }

    @Test
    @Order(7)
    void a_guest_that_powers_off_is_no_lost_share() throws Exception {
        shop.executing("sudo", "poweroff").run();

        Wait.until("no process is left", SOON, () -> shop.processes().isEmpty());
        Wait.until("it is over", SOON, () -> home.runs().isEmpty());
        assertThat(shop.state()).isEqualTo("stopped");
    }

    @Test
    @Order(8)
    void what_lies_where_the_socket_belongs_is_no_hindrance() throws Exception {
        Path left = Files.createDirectories(shop.dir().run().shares().resolve("workspace"));
        Files.writeString(left.resolve("s"), "stale");
        Files.writeString(left.resolveSibling("workspace.sock"), "stale");

        shop.starting().run().succeeds();

        assertThat(shop.says("cat", "README")).isEqualTo("hello");
    }

    @Test
    @Order(9)
    void no_virtiofsd_outlives_its_supervisor() throws Exception {
        assertThat(shop.shareServers()).isNotEmpty();

        Kernel.kill(shop.supervisorPid());

        Wait.until("no process is left", SOON, () -> shop.processes().isEmpty());
        shop.starting().run().succeeds();
        assertThat(shop.says("cat", "README")).isEqualTo("hello");
        shop.keystone("stop").run().succeeds();
        assertThat(shop.processes()).isEmpty();
        assertThat(home.runs()).isEmpty();
    }

    @Test
    @Order(10)
    void no_virtiofsd_outlives_a_supervisor_that_was_killed_before_qemu() throws Exception {
        try (Hold hold = Hold.at("start:machine");
                Background starting = shop.starting().with(hold).start()) {
            long supervisor = hold.await(LIMIT);
            assertThat(shop.shareServers()).isNotEmpty();

            Kernel.kill(supervisor);

            Wait.until("no process is left", SOON, () -> shop.processes().isEmpty());
            assertThat(starting.await(LIMIT).status()).isNotZero();
        }
        shop.keystone("stop").run().succeeds();
    }

    /// The guest would wait for its share for ever.
    @Test
    @Order(13)
    void a_virtiofsd_that_dies_while_the_guest_boots_fails_the_start_at_once() throws Exception {
        try (Hold hold = Hold.at("start:kernel");
                Background starting = shop.starting().with(hold).start()) {
            hold.await(LIMIT);
            Kernel.kill(only(shop).pid());
            hold.release();

            Ended failed = starting.await(SOON);

            assertThat(failed.status()).isEqualTo(1);
            assertThat(failed.errors())
                    .contains(
                            "virtiofsd, which serves "
                                    + project.path()
                                    + ", was killed by signal 9")
                    .contains("fix:   keystone-agent start --name shop");
        }
        assertThat(shop.processes()).isEmpty();
        assertThat(home.runs()).isEmpty();
    }

    @Test
    @Order(15)
    void root_in_a_project_of_another_user_that_only_its_owner_may_enter() throws Exception {
        try (TestUser alice = TestUser.create(MoreIds.NONE)) {
            Project hers = home.project("alice's, \"private\"");
            Files.setPosixFilePermissions(
                    hers.path(), PosixFilePermissions.fromString("rwx------"));
            alice.own(hers.path());
            Sandbox sandbox = home.start(hers, "--share", "virtiofs");

            assertConfined(new ProcessView(only(sandbox).pid()), alice.ids());
            Confined.writesAs(sandbox, alice.ids());
            Kernel.kill(sandbox.supervisorPid());
            Wait.until("no process is left", SOON, () -> sandbox.processes().isEmpty());
            sandbox.starting().run().succeeds();
            Confined.leavesNothing(sandbox);
        }
    }

    @Test
    @Order(16)
    void where_a_user_s_processes_may_open_too_few_files_auto_takes_9p() throws Exception {
        try (TestUser bob = TestUser.create(MoreIds.NONE);
                Installation his = bob.installation().withVirtiofsd()) {
            Project own = his.project("own");
            bob.own(his.projects());
            his.starting(own).through("prlimit", "--nofile=1024:4096", "--").run().succeeds();
            Sandbox sandbox = his.sandbox("own", own);

            assertThat(sandbox.status().string("share")).isEqualTo("9p");
            assertThat(sandbox.status().string("shareReason"))
                    .isEqualTo("a process may open only 4096 files here, too few for virtiofsd");
            Confined.leavesNothing(sandbox);
        }
    }

    @Test
    @Order(17)
    void an_ordinary_user_has_it_just_as_confined() throws Exception {
        try (TestUser bob = TestUser.create(MoreIds.GIVEN);
                Installation his = bob.installation().withVirtiofsd()) {
            Project own = his.project("own");
            bob.own(his.projects());
            Sandbox sandbox = his.start(own, "--share", "virtiofs");

            assertConfined(new ProcessView(only(sandbox).pid()), bob.ids());
            assertThat(sandbox.says("id", "-u")).isEqualTo("1000");
            Confined.writesAs(sandbox, bob.ids());
            Confined.leavesNothing(sandbox);
        }
    }

    private static void assertConfined(ProcessView server, Owner owner) {
        Confined.worksAs(server, owner);
        Confined.isMapped(server, owner);
        Map<String, String> ours = ProcessView.self().namespaces();
        for (String kind : OWN_NAMESPACES) {
            assertThat(server.namespaces().get(kind)).as(kind).isNotEqualTo(ours.get(kind));
        }
        assertThat(server.list("/share")).isNotNull();
        assertThat(server.list("/"))
                .doesNotContain("home", "root", "var", "run", "tmp", "disk", "monitor.sock");
        assertThat(server.mounts())
                .filteredOn(mount -> !mount.isReadOnly())
                .extracting(ProcessView.Mount::point)
                .isSubsetOf(WRITABLE);
    }

    private static Kernel.Seen serverOf(Path directory) {
        return shop.shareServers().stream()
                .filter(each -> new ProcessView(each.pid()).list("/share").equals(names(directory)))
                .findFirst()
                .orElseThrow();
    }

    private static Set<String> names(Path directory) {
        return new TreeSet<>(List.of(directory.toFile().list()));
    }

    /// The one that serves the project.
    private static Kernel.Seen only(Sandbox sandbox) {
        List<Kernel.Seen> servers =
                sandbox.shareServers().stream()
                        .filter(
                                each ->
                                        new ProcessView(each.pid())
                                                .list("/share")
                                                .contains("README"))
                        .toList();
        assertThat(servers).hasSize(1);
        return servers.getFirst();
    }
}
