package keystone.agent.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import keystone.agent.it.Background;
import keystone.agent.it.Ended;
import keystone.agent.it.Hold;
import keystone.agent.it.Installation;
import keystone.agent.it.Installations;
import keystone.agent.it.Kernel;
import keystone.agent.it.Sandbox;
import keystone.agent.it.Wait;
import keystone.agent.json.Json;
import keystone.agent.process.Command;
import keystone.agent.process.OwnedProcess;
import keystone.agent.process.Programs;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/// What is there and what is believed to be there never differ: processes that die, hang or come
/// back behind our back.
///
/// Each test finds the sandbox running, or starts it again: which proves that the test before left
/// nothing in the way.
@ExtendWith(Installations.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ZombieIT {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Duration PATIENT = Duration.ofMinutes(2);

    private Installation home;
    private Sandbox shop;

    @BeforeAll
    void use(Installation installation) throws Exception {
        home = installation;
        shop = home.start(home.project("shop"));
    }

    /// @return its port
    private int running() throws Exception {
        if (shop.machine().isEmpty()) {
            shop.starting().run().succeeds();
        }
        return (int) shop.status().object("ssh").number("port");
    }

    @Test
    void a_qemu_that_was_killed_is_told_and_started_again() throws Exception {
        running();

        Kernel.kill(shop.machinePid());

        awaitNoProcess();
        assertBroken("killed by signal 9");
        shop.starting().run().succeeds();
        assertThat(shop.says("echo", "usable")).isEqualTo("usable");
    }

    /// ext4 may know a file's length before its content is on the disk.
    @Test
    @Tag("full")
    void a_build_id_that_a_crash_turned_into_zeros_is_written_again() throws Exception {
        running();
        String id = shop.says("cat", "/etc/sandbox-build-id");
        shop.says("sudo", "sh", "-c", "head -c 30 /dev/zero >/etc/sandbox-build-id && sync");

        Kernel.kill(shop.machinePid());

        awaitNoProcess();
        shop.starting().run().succeeds();
        assertThat(shop.says("cat", "/etc/sandbox-build-id")).isEqualTo(id);
    }

    @Test
    void whatever_a_killed_supervisor_owned_dies_with_it() throws Exception {
        int port = running();

        Kernel.kill(shop.supervisorPid());

        awaitNoProcess();
        // A dead process's sockets are closed a moment after it has disappeared.
        Wait.until("the port is free", LIMIT, () -> !Kernel.listens(port));
        assertBroken("its supervisor ended without cleaning up");
        shop.starting().run().succeeds();
    }

    @Test
    void both_killed_is_cleaned_up_by_a_stop() throws Exception {
        running();
        long supervisor = shop.supervisorPid();
        long machine = shop.machinePid();

        Kernel.freeze(supervisor);
        Kernel.kill(machine);
        Kernel.kill(supervisor);

        awaitNoProcess();
        assertThat(shop.state()).isEqualTo("broken");
        shop.keystone("stop").run().succeeds();
        assertThat(shop.state()).isEqualTo("stopped");
        assertThat(home.runs()).isEmpty();
    }

    /// After a restart of the machine the run directory may still be there; its processes are not.
    @Test
    void what_an_earlier_boot_of_the_machine_left_is_no_crash() throws Exception {
        running();
        Kernel.kill(shop.supervisorPid());
        awaitNoProcess();

        Files.writeString(shop.dir().run().bootId(), "11111111-2222-3333-4444-555555555555\n");

        assertThat(shop.state()).isEqualTo("stopped");
        shop.starting().run().succeeds();
    }

    @Test
    void a_recycled_pid_is_not_taken_for_our_process() throws Exception {
        running();
        long machine = shop.machinePid();
        Kernel.kill(shop.supervisorPid());
        awaitNoProcess();

        try (OwnedProcess innocent = processWithPid(machine)) {
            assertThat(shop.state()).isEqualTo("broken");
            shop.keystone("stop", "--force").run().succeeds();
            shop.starting().run().succeeds();
            assertThat(innocent.isAlive()).isTrue();
            assertThat(Kernel.isAlive(machine)).isTrue();
        }
    }

    /// The next process to be forked gets the number after the one written there (proc(5)).
    private static OwnedProcess processWithPid(long pid) throws Exception {
        Path last = Path.of("/proc/sys/kernel/ns_last_pid");
        Assumptions.assumeTrue(Files.isWritable(last), "only root may choose a pid");
        String script = "echo $(($0 - 1)) >" + last + "; sleep 1000 & echo $!; wait";
        for (int attempt = 0; attempt < 20; attempt++) {
            OwnedProcess shell = Command.of("sh", "-c", script, Long.toString(pid)).start();
            if (Long.parseLong(firstLine(shell)) == pid) {
                return shell;
            }
            shell.close();
        }
        throw new AssertionError("the pid " + pid + " could not be had again");
    }

    private static String firstLine(OwnedProcess process) throws Exception {
        var line = new StringBuilder();
        for (int c = process.output().read(); c > '\n'; c = process.output().read()) {
            line.append((char) c);
        }
        return line.toString();
    }

    @Test
    void a_process_that_lost_its_supervisor_is_told_and_ended() throws Exception {
        running();
        Kernel.kill(shop.supervisorPid());
        awaitNoProcess();
        String run = shop.dir().run().path().toString();

        try (OwnedProcess orphan =
                Command.of("sh", "-c", "trap '' TERM; sleep 1000")
                        .withEnvironment("KEYSTONE_AGENT_CHILD_OF", run)
                        .start()) {
            assertBroken("of its processes are not");
            shop.starting().run().succeeds();
            assertThat(orphan.awaitExit(LIMIT)).isPresent();
        }
        assertThat(shop.machine()).isPresent();
    }

    @Test
    void a_qemu_that_hears_nothing_is_ended_by_force() throws Exception {
        int port = running();
        Kernel.freeze(shop.machinePid());

        shop.keystone("stop", "--force").run().succeeds();

        assertGone(port);
    }

    @Test
    @Tag("full")
    @Tag("full-lifecycle")
    void a_qemu_that_hears_nothing_is_ended_without_force_too() throws Exception {
        int port = running();
        Kernel.freeze(shop.machinePid());

        shop.keystone("stop").within(PATIENT).run().succeeds();

        assertGone(port);
    }

    @Test
    @Tag("full")
    @Tag("full-lifecycle")
    void a_guest_that_does_not_power_off_is_ended() throws Exception {
        int port = running();
        shop.says(
                "sudo",
                "sh",
                "-c",
                "ln -sf /bin/true $(command -v poweroff); rm -r /etc/keystone/button");

        shop.keystone("stop").within(PATIENT).run().succeeds();

        assertGone(port);
    }

    @Test
    @Tag("full")
    @Tag("full-lifecycle")
    void a_supervisor_that_hears_nothing_is_told_and_ended_by_force() throws Exception {
        int port = running();
        Kernel.freeze(shop.supervisorPid());

        assertThat(shop.state()).isEqualTo("broken");
        shop.keystone("stop", "--force").within(PATIENT).run().succeeds();

        assertGone(port);
    }

    @Test
    void whoever_took_our_port_is_named_and_left_alone() throws Exception {
        if (shop.machine().isPresent()) {
            shop.keystone("stop", "--force").run().succeeds();
        }
        try (Hold down = Hold.at("stop:asked")) {
            shop.starting().with(down).run().succeeds();
            int port = running();
            try (Background stop = shop.keystone("stop").start()) {
                down.await(LIMIT);
                Wait.until("the port is free", LIMIT, () -> !Kernel.listens(port));
                try (OwnedProcess foreign = listening(port)) {
                    Wait.until("somebody else has it", LIMIT, () -> Kernel.listens(port));
                    down.release();
                    Ended stopped = stop.await(LIMIT).succeeds();

                    assertThat(stopped.errors())
                            .contains("port " + port, "python3", "pid " + foreign.pid());
                    assertThat(foreign.isAlive()).isTrue();
                }
            }
        }
        assertThat(shop.state()).isEqualTo("stopped");
    }

    private static OwnedProcess listening(int port) {
        Assumptions.assumeTrue(Programs.locate("python3").isPresent(), "python3 is needed");
        return Command.of("python3", "-m", "http.server", "--bind", "127.0.0.1")
                .with(Integer.toString(port))
                .start();
    }

    private void awaitNoProcess() {
        Wait.until("no process is left", LIMIT, () -> shop.processes().isEmpty());
    }

    private void assertBroken(String why) throws Exception {
        Json.Obj status = shop.status();
        assertThat(status.string("state")).isEqualTo("broken");
        assertThat(status.string("problem")).contains(why);
        assertThat(status.string("fix")).contains("shop");
        assertThat(shop.state()).isEqualTo("broken");
    }

    private void assertGone(int port) throws Exception {
        assertThat(shop.processes()).isEmpty();
        assertThat(Kernel.listens(port)).isFalse();
        assertThat(shop.state()).isEqualTo("stopped");
        assertThat(home.runs()).isEmpty();
    }
}
