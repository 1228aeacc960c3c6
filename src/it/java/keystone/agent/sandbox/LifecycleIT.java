package keystone.agent.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import keystone.agent.it.Background;
import keystone.agent.it.Ended;
import keystone.agent.it.FreePort;
import keystone.agent.it.Hold;
import keystone.agent.it.Installation;
import keystone.agent.it.Installations;
import keystone.agent.it.Kernel;
import keystone.agent.it.Project;
import keystone.agent.it.Sandbox;
import keystone.agent.it.Wait;
import keystone.agent.json.Json;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/// The life of one sandbox, as its user sees it and as the kernel sees it.
///
/// Each test finds the sandbox running, or starts it again.
@ExtendWith(Installations.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class LifecycleIT {
    private static final int WRONG_STATE = 6;
    private static final int USAGE = 2;
    private static final int INTERRUPTED = 130;
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Duration SOON = Duration.ofSeconds(30);

    private Installation home;
    private Project project;
    private Sandbox shop;

    @BeforeAll
    void start(Installation installation) throws Exception {
        home = installation;
        project = home.project("My Shop");
        shop = home.start(project, "--disk", "2g");
    }

    private int running() throws Exception {
        if (shop.machine().isEmpty()) {
            shop.starting().run().succeeds();
        }
        return port();
    }

    private int port() throws Exception {
        return (int) shop.status().object("ssh").number("port");
    }

    @Test
    void it_is_named_after_the_directory() {
        assertThat(shop.name()).isEqualTo("my-shop");
    }

    @Test
    void a_start_during_a_stop_waits_for_it_and_starts_anew() throws Exception {
        shop.keystone("stop").run().succeeds();
        try (Hold down = Hold.at("stop:begin")) {
            shop.starting().with(down).run().succeeds();
            long before = shop.supervisorPid();
            try (Background stop = shop.keystone("stop").start()) {
                down.await(LIMIT);
                try (Background start = shop.starting().start()) {
                    Wait.until(
                            "the start has seen the stop",
                            LIMIT,
                            () -> start.errorsSoFar().contains("waiting for my-shop to stop"));
                    down.release();
                    stop.await(LIMIT).succeeds();

                    assertThat(start.await(LIMIT).succeeds().text()).contains("is running");
                }
            }
            assertThat(shop.state()).isEqualTo("running");
            assertThat(shop.supervisorPid()).isNotEqualTo(before);
        }
    }

    @Test
    @Tag("full")
    void a_start_that_is_interrupted_says_that_it_goes_on_and_how_to_stop_it() throws Exception {
        shop.keystone("stop").run().succeeds();
        long supervisor;
        try (Hold machine = Hold.at("start:machine")) {
            // Whoever runs the tests in the background may have a shell that ignores INT for it.
            try (Background start =
                    shop.starting().with(machine).through("env", "--default-signal=INT").start()) {
                machine.await(LIMIT);
                supervisor = shop.supervisorPid();
                start.interrupt();
                Ended ended = start.await(LIMIT);

                assertThat(ended.status()).isEqualTo(INTERRUPTED);
                assertThat(ended.errors())
                        .contains("the start of `my-shop` goes on", "keystone-agent stop my-shop");
            }
            machine.release();
        }
        assertThat(shop.starting().run().succeeds().text()).contains("my-shop is already running");
        assertThat(shop.supervisorPid()).isEqualTo(supervisor);
    }

    @Test
    void status_tells_what_the_kernel_tells() throws Exception {
        int port = running();

        Json.Obj status = shop.status();

        assertThat(status.string("state")).isEqualTo("running");
        assertThat(status.number("pid")).isEqualTo(shop.machinePid());
        assertThat(status.number("supervisorPid")).isEqualTo(shop.supervisorPid());
        assertThat(status.string("project")).isEqualTo(project.path().toString());
        assertThat(Kernel.listens(port)).isTrue();
        assertThat(shop.state()).isEqualTo("running");
    }

    @Test
    void status_counts_whoever_is_inside() throws Exception {
        running();
        awaitSessions(0);

        try (Background _ = shop.executing("sleep", "1000").start()) {
            awaitSessions(1);
            try (Background _ = shop.keystone("ssh", "--", "sleep", "1000").start()) {
                awaitSessions(2);
            }
            awaitSessions(1);
        }
        awaitSessions(0);
    }

    private void awaitSessions(int expected) {
        Wait.until(expected + " sessions are open", SOON, () -> sessions() == expected);
    }

    private long sessions() {
        try {
            return shop.status().number("sessions");
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            return -1;
        }
    }

    @Test
    void the_project_is_the_same_inside_and_outside() throws Exception {
        running();
        project.write("from-outside", "outside\n");

        String inside = shop.says("sh", "-c", "cat from-outside; echo inside >from-inside");

        assertThat(inside).isEqualTo("outside");
        assertThat(project.read("from-inside")).isEqualTo("inside\n");
        assertThat(Files.getAttribute(project.path().resolve("from-inside"), "unix:uid"))
                .isEqualTo(Files.getAttribute(project.path(), "unix:uid"));
    }

    @Test
    void the_guest_carries_the_build_id_that_status_shows() throws Exception {
        running();

        assertThat(shop.says("cat", "/etc/sandbox-build-id"))
                .isEqualTo(shop.status().string("buildId"));
    }

    @Test
    void only_its_user_can_look_into_what_is_kept() throws Exception {
        running();
        for (var directory : List.of(shop.dir().path(), shop.dir().run().path())) {
            assertThat(Files.getPosixFilePermissions(directory)).as("%s", directory).hasSize(3);
            try (var files = Files.walk(directory)) {
                assertThat(files.filter(Files::isRegularFile))
                        .allSatisfy(
                                file ->
                                        assertThat(Files.getPosixFilePermissions(file))
                                                .as("%s", file)
                                                .hasSizeLessThanOrEqualTo(2));
            }
        }
    }

    @Test
    void a_second_start_finds_it_running() throws Exception {
        running();
        long before = shop.machinePid();

        shop.starting().run().succeeds();

        assertThat(shop.machinePid()).isEqualTo(before);
    }

    @Test
    void stop_leaves_nothing_but_what_was_kept() throws Exception {
        int port = running();
        int published = FreePort.number();
        String listen =
                "import socket; s = socket.create_server(('127.0.0.1', %d)); input()"
                        .formatted(published);
        try (Background _ = shop.executing("python3", "-c", listen).start()) {
            Wait.until("a listener is published", LIMIT, () -> Kernel.listens(published));
            shop.keystone("stop").run().succeeds();
        }

        assertThat(shop.processes()).isEmpty();
        assertThat(Kernel.listens(port)).isFalse();
        assertThat(Kernel.listens(published)).isFalse();
        assertThat(shop.supervisor()).isEmpty();
        assertThat(home.runs()).isEmpty();
        assertThat(shop.state()).isEqualTo("stopped");
        assertThat(home.processes()).isEmpty();
    }

    @Test
    void stop_of_a_stopped_one_is_fine() throws Exception {
        shop.keystone("stop").run().succeeds();

        Ended again = shop.keystone("stop").run().succeeds();

        assertThat(again.output() + again.errors()).contains("already stopped");
    }

    @Test
    void a_stopped_one_runs_no_command() throws Exception {
        shop.keystone("stop").run().succeeds();

        for (Ended refused : List.of(shop.executing("true").run(), shop.keystone("ssh").run())) {
            refused.endsWith(WRONG_STATE);
            assertThat(refused.errors()).contains("keystone-agent start");
        }
    }

    @Test
    void a_later_start_keeps_the_disk_and_lets_it_grow() throws Exception {
        running();
        shop.says("sh", "-c", "echo kept >~/file && sync");
        long before = diskMib();
        shop.keystone("stop").run().succeeds();

        shop.starting("--disk", "4g").run().succeeds();

        assertThat(shop.says("sh", "-c", "cat ~/file")).isEqualTo("kept");
        assertThat(diskMib()).isGreaterThan(before + 1500);
        assertThat(shop.status().number("diskMib")).isEqualTo(4096);
    }

    private long diskMib() throws Exception {
        return Long.parseLong(shop.says("sh", "-c", "df -m / | awk 'NR == 2 { print $2 }'"));
    }

    @Test
    @Tag("full")
    void a_disk_does_not_shrink_and_says_so() throws Exception {
        running();
        long before = shop.status().number("diskMib");
        shop.keystone("stop").run().succeeds();

        Ended started = shop.starting("--disk", "1g").run().succeeds();

        assertThat(started.errors()).contains("stays at", "--fresh --disk 1g");
        assertThat(shop.status().number("diskMib")).isEqualTo(before);
    }

    @Test
    void restart_boots_anew_and_keeps_the_disk() throws Exception {
        running();
        shop.says("sh", "-c", "echo kept >~/file");
        String boot = shop.says("cat", "/proc/sys/kernel/random/boot_id");

        shop.keystone("restart").within(Duration.ofMinutes(5)).run().succeeds();

        assertThat(shop.says("cat", "/proc/sys/kernel/random/boot_id")).isNotEqualTo(boot);
        assertThat(shop.says("sh", "-c", "cat ~/file")).isEqualTo("kept");
    }

    @Test
    void a_guest_that_powers_itself_off_is_a_stopped_sandbox() throws Exception {
        running();

        shop.executing("sudo", "poweroff").run();

        Wait.until("nothing is left", Duration.ofSeconds(60), () -> shop.processes().isEmpty());
        assertThat(shop.state()).isEqualTo("stopped");
        assertThat(home.runs()).isEmpty();
    }

    @Test
    void destroy_removes_all_but_the_project(Installation installation) throws Exception {
        Project other = installation.project("other");
        String before = other.contents();
        Sandbox doomed = installation.start(other);

        doomed.keystone("destroy").reading("").run().endsWith(USAGE);
        assertThat(doomed.machine()).isPresent();
        doomed.keystone("destroy", "-f").run().succeeds();

        assertThat(installation.kept()).doesNotContain("other");
        assertThat(doomed.processes()).isEmpty();
        assertThat(other.contents()).isEqualTo(before);
    }
}
