package keystone.agent.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import keystone.agent.it.Background;
import keystone.agent.it.Ended;
import keystone.agent.it.Hold;
import keystone.agent.it.Installation;
import keystone.agent.it.Invocation;
import keystone.agent.it.Kernel;
import keystone.agent.it.Project;
import keystone.agent.it.Sandbox;
import keystone.agent.it.SmallDisk;
import keystone.agent.it.Wait;

/// Plays one cell of the fault matrix, and checks what must hold after every one.
final class FaultScene {
    /// More than a start asks for.
    static final int ROOM_MIB = 1500;

    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String NAME = "shop";

    /// Tells when it runs, then writes more than any buffer takes.
    private static final String GUEST_COMMAND =
            "echo begun; read go; dd if=/dev/urandom of=$HOME/big bs=1M count=24 conv=fsync"
                    + " 2>/dev/null; echo \"wrote: $?\"; exec sleep 1234567";

    private final Installation home;
    private final SmallDisk disk;
    private final Project project;
    private String oldBuildId = "";

    FaultScene(Installation home, SmallDisk disk, Project project) {
        this.home = home;
        this.disk = disk;
        this.project = project;
    }

    /// Breaks one thing in one phase and looks at what is left.
    ///
    /// @return the state that was seen after the break, and how the command ended
    String play(Phase phase, Victim victim) throws Exception {
        String before = project.contents();
        Optional<Ended> ended;
        try (Hold hold = Hold.at(phase.moment())) {
            prepare(phase, hold);
            ended = breakIn(phase, victim, hold);
        } finally {
            disk.makeRoom(ROOM_MIB);
        }
        String state = settled(victim);
        assertTruth(state);
        if (phase.verb() == Phase.Verb.EXEC) {
            assertNoCommandIsLeft(state);
        }
        assertNextStartWorks();
        if (!phase.flags().isEmpty()) {
            // The next cell wants a sandbox of the usual kind.
            shop().keystone("destroy", "-f").run().succeeds();
        }
        assertThat(project.contents()).isEqualTo(before);
        return state + ended.map(each -> ", status " + each.status()).orElse("");
    }

    private void prepare(Phase phase, Hold hold) throws Exception {
        switch (phase.verb()) {
            case START -> {
                if (!home.kept().isEmpty()) {
                    shop().keystone("destroy", "-f").run().succeeds();
                }
            }
            case FRESH -> {
                start();
                shop().says("sh", "-c", "echo old >~/old && sync");
                oldBuildId = shop().says("cat", "/etc/sandbox-build-id");
            }
            case EXEC -> start();
            case STOP -> {
                // The supervisor that will stop is held, not the command.
                home.keystone("stop", "--force", NAME).run();
                home.starting(project).with(hold).run().succeeds();
            }
        }
    }

    private void start() throws InterruptedException {
        home.starting(project).run().succeeds();
    }

    private Sandbox shop() {
        return home.sandbox(NAME, project);
    }

    private Invocation command(Phase phase) {
        return switch (phase.verb()) {
            case START -> home.starting(project, phase.flags().toArray(String[]::new));
            // Commits that nobody has fetched may be on the disk of a guest that was killed.
            case FRESH -> home.starting(project, "--fresh", "--force");
            case EXEC -> shop().executing("sh", "-c", GUEST_COMMAND);
            case STOP -> shop().keystone("stop");
        };
    }

    /// @return how the command ended, unless it was the one that was killed
    private Optional<Ended> breakIn(Phase phase, Victim victim, Hold hold) throws Exception {
        try (Background command = command(phase).with(hold).start()) {
            awaitMoment(phase, hold, command);
            switch (victim) {
                case COMMAND -> command.kill();
                case SUPERVISOR -> Kernel.kill(shop().supervisorPid());
                case MACHINE -> Kernel.kill(shop().machinePid());
                case SHARE -> Kernel.kill(shop().shareServers().getFirst().pid());
                case DISK -> disk.fill();
            }
            hold.release();
            letGuestCommandWrite(phase, command);
            if (victim == Victim.DISK && phase.verb() == Phase.Verb.EXEC) {
                return endAfterTheDiskWasFull(command);
            }
            Ended ended = command.await(LIMIT);
            return victim == Victim.COMMAND ? Optional.empty() : Optional.of(ended);
        }
    }

    private void awaitMoment(Phase phase, Hold hold, Background command) throws Exception {
        switch (phase.moment()) {
            case Phase.COMMAND_RUNS ->
                    Wait.until("it runs", LIMIT, () -> command.outputSoFar().contains("begun"));
            case Phase.CHAIN_BEGINS ->
                    Wait.until(
                            "a child is there", LIMIT, () -> hasProcess("bwrap", "qemu-system-"));
            case Phase.QEMU_BEGINS ->
                    Wait.until("QEMU is there", LIMIT, () -> hasProcess("qemu-system-", ""));
            default -> hold.await(LIMIT);
        }
    }

    private boolean hasProcess(String program, String argument) {
        return home.processes().stream()
                .filter(each -> each.commandLine().contains(argument))
                .anyMatch(each -> Kernel.program(each.pid()).contains(program));
    }

    private static void letGuestCommandWrite(Phase phase, Background command) {
        if (phase.verb() == Phase.Verb.EXEC) {
            try {
                OutputStream input = command.input();
                input.write("go\n".getBytes(StandardCharsets.UTF_8));
                input.flush();
            } catch (IOException killed) {
                // The command was the victim.
            }
        }
    }

    /// The guest waits while nothing can be written, and goes on by itself once there is room.
    private Optional<Ended> endAfterTheDiskWasFull(Background command) throws Exception {
        Wait.until("the full disk is told", LIMIT, () -> state().equals("broken"));
        assertThat(shop().status().string("problem")).contains("disk");
        disk.makeRoom(ROOM_MIB);
        Wait.until("it goes on", LIMIT, () -> command.outputSoFar().contains("wrote: 0"));
        command.kill();
        return Optional.empty();
    }

    private String state() {
        try {
            return shop().state();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }

    /// Waits until nothing changes any more by itself. Without its machine or a share nothing goes
    /// on, though that may be noticed only after the start.
    private String settled(Victim victim) {
        boolean mayRun = victim != Victim.MACHINE && victim != Victim.SHARE;
        Wait.until(
                "it has settled",
                LIMIT,
                () -> home.processes().isEmpty() || (mayRun && state().equals("running")));
        return state();
    }

    private void assertTruth(String state) throws Exception {
        Sandbox shop = shop();
        switch (state) {
            case "running" -> {
                assertThat(shop.supervisor()).isPresent();
                assertThat(shop.machine()).isPresent();
                assertThat(shop.says("echo", "usable")).isEqualTo("usable");
            }
            case "stopped" -> {
                assertThat(home.processes()).isEmpty();
                assertThat(home.runs()).isEmpty();
            }
            case "broken" -> {
                assertThat(home.processes()).isEmpty();
                assertThat(home.runs()).hasSize(1);
                assertThat(shop.status().string("problem")).isNotEmpty();
                assertThat(shop.status().string("fix")).contains(NAME);
            }
            default -> throw new AssertionError("it is " + state + "\n" + home.diagnosis());
        }
    }

    private void assertNoCommandIsLeft(String state) {
        if (state.equals("running")) {
            Wait.until("the guest's command is gone", LIMIT, () -> !commandRuns());
        }
    }

    private boolean commandRuns() {
        try {
            return shop().executing("pgrep", "-f", "sleep 123456[7]").run().status() == 0;
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    private void assertNextStartWorks() throws Exception {
        start();
        Sandbox shop = shop();
        assertThat(shop.says("echo", "usable")).isEqualTo("usable");
        if (!oldBuildId.isEmpty()) {
            boolean old = shop.says("cat", "/etc/sandbox-build-id").equals(oldBuildId);
            assertThat(shop.executing("test", "-e", "/home/sandbox/old").run().status())
                    .as("old files are on the old disk, and nowhere else")
                    .isEqualTo(old ? 0 : 1);
            oldBuildId = "";
        }
        assertThat(home.kept()).containsExactly(NAME);
        assertThat(shop.dir().path().toFile().list())
                .isSubsetOf(
                        "spec.json",
                        "created-by",
                        "vm",
                        "ssh",
                        "inventory",
                        "inventory.git-is-safe",
                        "unfetched",
                        "placeholders.json",
                        "ssh_config",
                        "ssh-connect",
                        "egress.jsonl",
                        "egress.jsonl.1",
                        "console.log",
                        "console.log.1",
                        "supervisor.log",
                        "supervisor.lock");
        assertThat(List.of(shop.dir().machine().toFile().list())).containsExactly("disk.qcow2");
    }
}
