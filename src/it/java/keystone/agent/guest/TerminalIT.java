package keystone.agent.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Sessions on a terminal, in a terminal.
@ExtendWith(GuestExtension.class)
final class TerminalIT {
    private static final String CTRL_C = "\u0003";

    private final TestGuest box;

    TerminalIT(TestGuest box) {
        this.box = box;
    }

    private Terminal open(String verb, String term, String... words) throws Exception {
        return Terminal.open(box.ownCommand(verb, SessionToken.create(), words), term);
    }

    @Test
    void exec_t_has_a_terminal_that_follows_resizes() throws Exception {
        try (Terminal terminal =
                open(
                        "exec-t",
                        "xterm-256color",
                        "bash",
                        "-c",
                        "trap 'stty size; exit 3' WINCH; tty; stty size; while :; do read -rt 1; done")) {
            terminal.await("/dev/pts/\\d+\\s+24 80");

            terminal.resize(132, 50);

            terminal.await("50 132");
            assertThat(terminal.awaitExit()).isEqualTo(3);
        }
    }

    @Test
    void exec_t_takes_ctrl_c_as_a_terminal_does() throws Exception {
        try (Terminal terminal =
                open("exec-t", "xterm", "sh", "-c", "echo ready; exec sleep 4100")) {
            terminal.await("ready");

            terminal.type(CTRL_C);

            assertThat(terminal.awaitExit()).isEqualTo(130);
        }
    }

    @Test
    void a_terminal_the_guest_never_heard_of_becomes_one_it_knows() throws Exception {
        try (Terminal terminal = open("exec-t", "xterm-nonsense", "sh", "-c", "echo [$TERM]")) {
            terminal.await("\\[xterm-256color\\]");
        }
        try (Terminal terminal = open("exec-t", "screen", "sh", "-c", "echo [$TERM]")) {
            terminal.await("\\[screen\\]");
        }
    }

    @Test
    void exec_t_passes_arguments_environment_and_status() throws Exception {
        try (Terminal terminal =
                open("exec-t", "xterm", "bash", "-c", "echo \"<$1>\"; exit 9", "bash", "it's é")) {
            terminal.await("<it's é>");
            assertThat(terminal.awaitExit()).isEqualTo(9);
        }
    }

    @Test
    void attach_outlives_its_terminal() throws Exception {
        try (Terminal first = open("attach", "xterm-nonsense")) {
            first.await("\\$ ");
            first.type("echo mark-$((40 + 2)) in $PWD\r");
            first.await("mark-42 in /workspace");
        }

        try (Terminal second = open("attach", "xterm-256color")) {
            second.await("mark-42 in /workspace");
            second.type("tmux detach\r");
            assertThat(second.awaitExit()).isZero();
        }

        assertThat(box.exec("tmux", "kill-server").status()).isZero();
    }

    @Test
    void ssh_gives_a_login_shell() throws Exception {
        try (Terminal terminal = open("ssh", "xterm")) {
            terminal.await("\\$ ");
            terminal.type("shopt -q login_shell && echo log''in $KEYSTONE_SANDBOX $TERM\r");
            terminal.await("login blue xterm");
            terminal.type("exit 4\r");
            assertThat(terminal.awaitExit()).isEqualTo(4);
        }
    }

    @Test
    void ssh_runs_words_as_ssh_does() throws Exception {
        try (var ssh =
                box.command(
                        "ssh", SessionToken.create(), "echo", "a  b", "$((1 + 1));", "exit", "6")) {
            assertThat(
                            new String(
                                    ssh.output().readAllBytes(),
                                    java.nio.charset.StandardCharsets.UTF_8))
                    .isEqualTo("a b 2\n");
            assertThat(ssh.awaitExit(TestGuest.LIMIT)).hasValue(6);
        }
    }

    @Test
    void a_closed_terminal_ends_what_exec_t_ran() throws Exception {
        try (Terminal terminal =
                open("exec-t", "xterm", "sh", "-c", "echo ready; exec sleep 4101")) {
            terminal.await("ready");
        }

        String waiting =
                "for i in {1..200}; do pgrep -x sleep >/dev/null || exit 0; sleep 0.1; done; ps -ef";
        assertThat(box.guest.run(List.of("bash", "-c", waiting), TestGuest.LIMIT).output())
                .isEmpty();
    }

    @Test
    void a_terminal_that_is_paused_does_not_hold_up_others() throws Exception {
        try (Terminal terminal =
                open(
                        "exec-t",
                        "xterm",
                        "sh",
                        "-c",
                        "echo ready; exec yes '" + "y".repeat(2000) + "'")) {
            terminal.await("ready");
            terminal.pause();

            for (int i = 0; i < 5; i++) {
                assertThat(box.exec("echo", "hi").output()).isEqualTo("hi\n");
            }
        }
    }
}
