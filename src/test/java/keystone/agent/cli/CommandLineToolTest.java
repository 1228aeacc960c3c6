package keystone.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import keystone.agent.cli.Desk.Outcome;
import keystone.agent.model.ByteSize;
import keystone.agent.model.Program;
import keystone.agent.model.SandboxName;
import keystone.agent.model.UserError;
import keystone.agent.sandbox.ExecRequest;
import keystone.agent.sandbox.Observation;
import keystone.agent.sandbox.Orphan;
import keystone.agent.sandbox.Prunable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CommandLineToolTest {
    private static final Prunable LEFTOVER =
            new Prunable.HalfDone(Path.of("/state/.new-\u001b[2J"), "a start was cut short");

    @TempDir Path top;
    private Desk desk;

    @BeforeEach
    void sitDown() throws IOException {
        top = top.toRealPath();
        desk = new Desk(top);
        desk.directory = Files.createDirectories(top.resolve("blue"));
    }

    @Test
    void start_attaches_on_a_terminal() {
        desk.terminal = true;

        Outcome outcome = desk.run("start");

        assertThat(outcome.status()).isZero();
        assertThat(desk.use.calls).containsExactly("start blue KEEP", "attach blue");
    }

    @Test
    void status_names_a_supervisor_that_an_upgrade_has_left_behind() {
        Observation.Intact up = FakeUseCases.running("blue", desk.directory);
        desk.use.add(up);
        assertThat(desk.run("status", "blue").out()).doesNotContain("supervisor  ");

        var before = new Program("1.2.2", "fedcba");
        desk.use.add(new Observation.Intact(up.spec(), up.state(), up.live(), before));

        assertThat(desk.run("status", "blue").out())
                .contains(
                        "supervisor   1.2.2 (fedcba), and this is 1.2.3 (abcdef):"
                                + " keystone-agent restart blue\n");
    }

    @Test
    void start_does_not_attach_when_asked_not_to_or_without_a_terminal() {
        desk.terminal = true;
        desk.run("start", "-d");
        desk.run("start", "--no-attach");
        desk.run("start", "--json");
        desk.terminal = false;

        Outcome outcome = desk.run("start");

        assertThat(desk.use.calls).noneMatch(call -> call.startsWith("attach"));
        assertThat(outcome.err()).contains("go in: keystone-agent attach blue");
    }

    @Test
    void start_with_a_name_takes_that_sandbox_s_own_project() throws IOException {
        Path red = Files.createDirectories(top.resolve("red"));
        desk.use.add(FakeUseCases.stopped("crimson", red));

        desk.run("start", "-d", "--name", "crimson");

        assertThat(desk.use.sandboxes).hasSize(1);
        assertThat(desk.use.projectOf(new SandboxName("crimson"))).isEqualTo(red);
    }

    @Test
    void start_hands_the_settings_on() {
        desk.environment.put("KEYSTONE_AGENT_CPUS", "3");

        desk.run("start", "-d", "--fresh", "--memory=8g", "-e", "A=1", "--env", "B=x=y", "..");

        assertThat(desk.use.calls.getFirst()).endsWith(" FRESH");
        assertThat(desk.use.lastSettings.memory()).isEqualTo(ByteSize.ofGib(8));
        assertThat(desk.use.lastSettings.cpus()).isEqualTo(3);
        assertThat(desk.use.lastSettings.environment()).isEqualTo(Map.of("A", "1", "B", "x=y"));
    }

    @Test
    void a_repeated_flag_with_one_value_means_its_last() {
        desk.run("start", "-d", "--memory", "8g", "--memory", "2g");

        assertThat(desk.use.lastSettings.memory()).isEqualTo(ByteSize.ofGib(2));
    }

    @Test
    void exec_passes_the_words_after_the_dashes_exactly() {
        desk.use.add(FakeUseCases.running("blue", desk.directory));
        desk.environment.put("TOKEN", "secret");
        desk.use.execStatus = 7;

        Outcome outcome =
                desk.run(
                        "exec",
                        "-t",
                        "-w",
                        "/tmp",
                        "-e",
                        "A=1",
                        "-e",
                        "TOKEN",
                        "blue",
                        "--",
                        "",
                        "-q",
                        "--",
                        "@file",
                        "a'b\nc",
                        "${sys:user.home}",
                        "ü");

        assertThat(outcome.status()).isEqualTo(7);
        assertThat(desk.use.lastExec)
                .isEqualTo(
                        new ExecRequest(
                                java.util.List.of(
                                        "", "-q", "--", "@file", "a'b\nc", "${sys:user.home}", "ü"),
                                "/tmp",
                                Map.of("A", "1", "TOKEN", "secret"),
                                java.util.List.of(),
                                ExecRequest.Terminal.ALLOCATED));
        assertThat(outcome.all()).isEmpty();
    }

    @Test
    void ssh_takes_a_command_or_none() {
        desk.use.add(FakeUseCases.running("blue", desk.directory));

        desk.run("ssh");
        desk.run("ssh", "blue", "--", "ls", "-la");

        assertThat(desk.use.calls).containsExactly("ssh blue []", "ssh blue [ls, -la]");
    }

    @Test
    void cp_finds_out_which_side_is_inside() {
        desk.use.add(FakeUseCases.running("blue", desk.directory));

        desk.run("cp", "blue:/a:b", ".");
        desk.run("cp", "./x:y", ":/tmp/");
        desk.run("cp", "Upper:x", "blue:y");
        Outcome both = desk.run("cp", "blue:/a", ":/b");

        assertThat(desk.use.calls)
                .containsExactly(
                        "copy blue=/a:b here=.",
                        "copy here=./x:y blue=/tmp/",
                        "copy here=Upper:x blue=y");
        assertThat(both.status()).isEqualTo(2);
    }

    @Test
    void destroy_asks_and_removes_nothing_when_the_answer_is_not_yes() {
        desk.use.add(FakeUseCases.stopped("blue", desk.directory));
        desk.terminal = true;

        for (String answer : new String[] {"n\n", "\n", "", "yikes\n"}) {
            desk.typed = answer;
            assertThat(desk.run("destroy").status()).isEqualTo(5);
        }
        assertThat(desk.use.sandboxes).hasSize(1);

        desk.typed = "y\n";
        assertThat(desk.run("rm", "blue").status()).isZero();
        assertThat(desk.use.sandboxes).isEmpty();
    }

    @Test
    void destroy_removes_none_when_one_of_the_names_does_not_exist() {
        desk.use.add(FakeUseCases.stopped("blue", desk.directory));

        Outcome outcome = desk.run("destroy", "-f", "blue", "red");

        assertThat(outcome.status()).isEqualTo(3);
        assertThat(desk.use.calls).isEmpty();
    }

    @Test
    void prune_only_looks_with_dry_run() {
        desk.use.prunables.add(LEFTOVER);

        Outcome looked = desk.run("prune", "--dry-run");
        assertThat(looked.status()).isZero();
        assertThat(looked.out()).isEqualTo("/state/.new-?[2J: a start was cut short\n");
        assertThat(desk.use.calls).isEmpty();

        desk.run("prune", "-f");
        assertThat(desk.use.calls).containsExactly("prune /state/.new-\u001b[2J");
    }

    @Test
    void prune_removes_nothing_without_being_told_to() {
        desk.use.prunables.add(LEFTOVER);

        Outcome unasked = desk.run("prune");
        assertThat(unasked.status()).isEqualTo(2);
        assertThat(unasked.err())
                .isEqualTo(
                        """
                        error: `prune` asks before it removes, and nobody is here
                        fix:   keystone-agent prune -f
                        """);

        desk.terminal = true;
        desk.typed = "n\n";
        assertThat(desk.run("prune").status()).isEqualTo(5);
        assertThat(desk.use.calls).isEmpty();

        desk.typed = "y\n";
        assertThat(desk.run("prune").status()).isZero();
        assertThat(desk.use.calls).hasSize(1);
    }

    @Test
    void prune_only_names_a_sandbox_whose_project_is_gone() {
        desk.use.orphans.add(new Orphan(new SandboxName("blue"), Path.of("/media/disk/blue")));

        Outcome pruned = desk.run("prune", "-f");

        assertThat(pruned.status()).isZero();
        assertThat(pruned.out()).isEmpty();
        assertThat(pruned.err())
                .isEqualTo(
                        """
                        there is nothing to remove
                        blue stays, but its project /media/disk/blue is not there; \
                        to remove it: keystone-agent destroy blue
                        """);
        assertThat(desk.use.calls).isEmpty();
    }

    @Test
    void a_damaged_sandbox_is_shown_with_its_fix_among_the_others() throws IOException {
        desk.use.add(FakeUseCases.stopped("blue", desk.directory));
        desk.use.add(FakeUseCases.damaged("red"));

        assertThat(desk.run("list").out().replace(top.toString(), "TOP"))
                .isEqualTo(
                        """
                        NAME  STATE    UPTIME  MEMORY  CPUS  PROJECT
                        blue  stopped  -       4g      2     TOP/blue
                        red   broken   -       -       -     -

                        red: it cannot be read
                        fix: keystone-agent destroy -f red
                        """);
        assertThat(desk.run("list", "-q").out()).isEqualTo("blue\nred\n");
        assertThat(desk.run("status", "red").out())
                .isEqualTo(
                        """
                        name         red
                        state        broken
                        problem      it cannot be read
                        fix          keystone-agent destroy -f red
                        """);
        assertThat(desk.run("restart", "red").err())
                .isEqualTo(
                        """
                        error: it cannot be read
                        fix:   keystone-agent destroy -f red
                        """);
    }

    @Test
    void logs_are_made_printable_and_end_when_nobody_reads() {
        desk.use.add(FakeUseCases.running("blue", desk.directory));
        desk.use.log.add("boot \u001b]0;owned\u0007 ok");

        Outcome outcome = desk.run("logs", "-f", "--source", "supervisor");

        assertThat(outcome.out()).isEqualTo("boot ?]0;owned? ok\n");
        assertThat(desk.use.calls).containsExactly("logs blue SUPERVISOR YES");
    }

    @Test
    void an_interrupt_is_130_and_says_nothing() {
        desk.use.interrupted = true;

        Outcome outcome = desk.run("start", "-d");

        assertThat(outcome.status()).isEqualTo(130);
        assertThat(outcome.all()).isEmpty();
    }

    @Test
    void every_kind_of_error_has_its_exit_code() {
        for (UserError.Kind kind : UserError.Kind.values()) {
            desk.use.failure = new UserError(kind, "it \u001b[31mfailed", "try again");

            Outcome outcome = desk.run("list");

            assertThat(outcome.status()).isEqualTo(kind.exitCode());
            assertThat(outcome.err()).isEqualTo("error: it ?[31mfailed\nfix:   try again\n");
        }
    }

    @Test
    void a_surprise_is_a_sentence_and_a_stack_trace_only_with_debug() {
        desk.use.failure =
                new UncheckedIOException("cannot read /state", new IOException("Input/output"));

        Outcome plain = desk.run("list");
        Outcome debug = desk.run("--debug", "list");

        assertThat(plain.status()).isEqualTo(1);
        assertThat(plain.err())
                .isEqualTo(
                        """
                        error: cannot read /state: Input/output
                        fix:   run it again with --debug, and keystone-agent doctor
                        """);
        assertThat(debug.err()).contains("\tat keystone.agent.cli.");
    }

    @Test
    void quiet_leaves_only_results() {
        desk.use.add(FakeUseCases.running("blue", desk.directory));

        assertThat(desk.run("-q", "stop").all()).isEmpty();
        assertThat(desk.run("list", "-q").all()).isEqualTo("blue\n");
        assertThat(desk.run("start", "-q", "-d").err()).isEmpty();
    }

    @Test
    void colours_are_for_terminals() {
        desk.use.add(FakeUseCases.running("blue", desk.directory));

        assertThat(desk.run("list").out()).doesNotContain("\u001b");
        assertThat(desk.run("list", "--color", "always").out()).contains("\u001b[32mrunning");

        desk.outIsTerminal = true;
        assertThat(desk.run("list").out()).contains("\u001b[32mrunning");
        assertThat(desk.run("--color=never", "list").out()).doesNotContain("\u001b");
        assertThat(desk.run("list", "--color", "pink").status()).isEqualTo(2);

        desk.environment.put("NO_COLOR", "1");
        assertThat(desk.run("list").out()).doesNotContain("\u001b");
    }
}
