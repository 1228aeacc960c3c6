package keystone.agent.guest;

import static org.assertj.core.api.Assertions.assertThat;

import keystone.agent.guest.TestGuest.Ran;
import keystone.agent.model.ShellWord;
import keystone.agent.process.OwnedProcess;
import keystone.agent.process.Patience;
import keystone.agent.process.Signal;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// A command on the host that is interrupted or killed, and what becomes of its other half.
@ExtendWith(GuestExtension.class)
final class SessionIT {
    private final TestGuest box;

    SessionIT(TestGuest box) {
        this.box = box;
    }

    @AfterEach
    void nothing_is_left_in_the_guest() throws InterruptedException {
        assertThat(sleepers()).isEmpty();
    }

    /// The tests' own processes in the guest are sleeps of 4000 and some seconds.
    private String sleepers() throws InterruptedException {
        String all =
                box.guest.run(java.util.List.of("pgrep", "-ax", "sleep"), TestGuest.LIMIT).output();
        // The dead stay listed for the moment that init takes to collect them.
        return all.lines()
                .filter(line -> !line.endsWith("<defunct>"))
                .collect(java.util.stream.Collectors.joining("\n"));
    }

    private long sleeping() {
        try {
            return sleepers().lines().count();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }

    /// What has ended or begun on the host does so in the guest a moment later.
    private void awaitUsage(Guest.Usage expected) throws InterruptedException {
        boolean _ = Patience.until(TestGuest.LIMIT, () -> expected.equals(usage()));
        assertThat(box.guest.usage()).isEqualTo(expected);
    }

    private Guest.@Nullable Usage usage() {
        try {
            return box.guest.usage();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            return null;
        }
    }

    @Test
    void ctrl_c_reaches_the_command_which_may_answer() throws Exception {
        SessionToken token = SessionToken.create();
        try (OwnedProcess exec =
                box.command(
                        "exec",
                        token,
                        "sh",
                        "-c",
                        "trap 'echo caught; exit 5' INT; echo ready; sleep 4001")) {
            var output = new Transcript(exec.output());
            output.await("ready");

            exec.signalGroup(Signal.INT);

            assertThat(exec.awaitExit(TestGuest.LIMIT)).hasValue(5);
            output.await("caught");
        }
    }

    @Test
    void a_command_that_dies_of_it_gives_128_and_the_signal() throws Exception {
        assertThat(statusAfter(Signal.INT, "echo ready; exec sleep 4002")).isEqualTo(130);
        assertThat(statusAfter(Signal.TERM, "echo ready; exec sleep 4003")).isEqualTo(143);
        assertThat(statusAfter(Signal.HUP, "echo ready; exec sleep 4004")).isEqualTo(129);
    }

    private int statusAfter(Signal signal, String script) throws Exception {
        try (OwnedProcess exec = box.command("exec", SessionToken.create(), "sh", "-c", script)) {
            new Transcript(exec.output()).await("ready");
            exec.signalGroup(signal);
            return exec.awaitExit(TestGuest.LIMIT).orElseThrow();
        }
    }

    @Test
    void ctrl_c_also_reaches_what_sudo_started() throws Exception {
        assertThat(statusAfter(Signal.INT, "echo ready; exec sudo sleep 4005")).isEqualTo(130);
    }

    @Test
    void the_second_ctrl_c_kills_what_ignores_the_first() throws Exception {
        try (OwnedProcess exec =
                box.command(
                        "exec",
                        SessionToken.create(),
                        "sh",
                        "-c",
                        "trap 'echo heard' INT; echo ready; for i in 1 2 3 4 5 6; do sleep 4006; done")) {
            var output = new Transcript(exec.output());
            output.await("ready");
            exec.signalGroup(Signal.INT);
            output.await("heard");

            exec.signalGroup(Signal.INT);

            assertThat(exec.awaitExit(TestGuest.LIMIT)).hasValue(130);
        }
    }

    @Test
    void a_lost_terminal_ends_also_what_ignores_it() throws Exception {
        assertThat(statusAfter(Signal.HUP, "trap '' HUP; echo ready; sleep 4007; sleep 4008"))
                .isEqualTo(129);
    }

    @Test
    void a_killed_command_leaves_what_the_supervisor_then_ends() throws Exception {
        SessionToken token = SessionToken.create();
        String tree =
                """
                setsid sleep 4010 &
                nohup sleep 4011 >/dev/null 2>&1 &
                (setsid sh -c 'setsid sleep 4012 & exec sleep 4013' &)
                (env -i sleep 4014 &)
                sudo sleep 4015 &
                env -i setsid sleep 4016 &
                echo ready
                exec sleep 4017
                """;
        try (OwnedProcess exec = box.command("exec", token, "bash", "-c", tree)) {
            new Transcript(exec.output()).await("ready");
            exec.signalGroup(Signal.KILL);
            exec.awaitExit(TestGuest.LIMIT);
        }
        // The one of sudo's takes longest to begin.
        assertThat(Patience.until(TestGuest.LIMIT, () -> sleeping() >= 7)).as(sleepers()).isTrue();

        long began = System.nanoTime();
        box.guest.endSession(token);

        System.out.printf("ending a session: %.2f s%n", (System.nanoTime() - began) / 1e9);
        assertThat(sleepers()).isEmpty();
    }

    @Test
    void another_session_is_not_touched() throws Exception {
        try (OwnedProcess exec =
                box.command("exec", SessionToken.create(), "sh", "-c", "echo ready; exec cat")) {
            var output = new Transcript(exec.output());
            output.await("ready");

            box.guest.endSession(SessionToken.create());

            exec.input().write("still here\n".getBytes(java.nio.charset.StandardCharsets.UTF_8));
            exec.input().close();
            output.await("still here");
            assertThat(exec.awaitExit(TestGuest.LIMIT)).hasValue(0);
        }
    }

    @Test
    void a_reader_that_goes_away_ends_the_command() throws Exception {
        SessionToken token = SessionToken.create();
        try (OwnedProcess exec = box.command("exec", token, "yes")) {
            exec.output().readNBytes(1000);
            exec.output().close();

            assertThat(exec.awaitExit(TestGuest.LIMIT)).hasValue(141);
        }
    }

    @Test
    void invalid_utf8_in_our_own_arguments_arrives() throws Exception {
        // bash makes the bytes that Java cannot.
        String command =
                box.ownCommand("exec", SessionToken.create(), "printf", "%s|").arguments().stream()
                        .map(ShellWord::posix)
                        .collect(java.util.stream.Collectors.joining(" "));
        try (OwnedProcess exec =
                keystone.agent.process.Command.of(
                                "bash", "-c", "exec " + command + " $'\\377\\xe9' 'é' ''")
                        .withEnvironment("LC_ALL", "C.UTF-8")
                        .start()) {
            assertThat(exec.output().readAllBytes())
                    .isEqualTo(
                            "\u00ff\u00e9|\u00c3\u00a9||"
                                    .getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
        }
    }

    @Test
    void usage_counts_sessions_ports_and_panes() throws Exception {
        awaitUsage(new Guest.Usage(0, 0, 0));
        try (OwnedProcess exec =
                box.command(
                        "exec",
                        SessionToken.create(),
                        "bash",
                        "-c",
                        "tmux new-session -d -s busy 'sleep 4020';"
                                + " exec python3 -c 'import socket,sys; s=socket.socket();"
                                + " s.bind((\"127.0.0.1\",8000)); s.listen(); print(\"ready\", flush=True);"
                                + " sys.stdin.read()'")) {
            new Transcript(exec.output()).await("ready");

            awaitUsage(new Guest.Usage(1, 1, 1));

            exec.input().close();
            exec.awaitExit(TestGuest.LIMIT);
        }
        Ran killed = box.exec("tmux", "kill-server");
        assertThat(killed.status()).isZero();
    }
}
