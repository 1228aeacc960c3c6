package keystone.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.electronwill.nightconfig.core.Config;
import com.electronwill.nightconfig.toml.TomlParser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import keystone.agent.process.Command;
import keystone.agent.process.OwnedProcess;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The hooks, in the real shells.
final class ShellHookTest {
    private static final int USAGE = 2;
    private static final int ROUNDS = 200;
    private static final int MOST_LOOKS = 30;

    /// For each prompt; the machine that tests run on is a busy one.
    private static final double MOST_MILLISECONDS = 5;

    @TempDir Path top;
    private Path project;
    private Desk desk;
    private OwnedProcess supervisor;

    @BeforeEach
    void run() throws Exception {
        desk = new Desk(top);
        project = Files.createDirectories(top.resolve("a [project] with *"));
        Files.createDirectories(project.resolve("src"));
        supervisor = runs("blue");
        announce("red", "/somewhere/else", supervisor.pid());
        announce("blue", project.toString(), supervisor.pid());
    }

    @AfterEach
    void stop() {
        supervisor.close();
    }

    /// With the words that a supervisor has; `read` waits for what nobody writes.
    private static OwnedProcess runs(String name) {
        return Command.of("sh", "-c", "read -r line; exit", "supervise", name).start();
    }

    private void announce(String name, String of, long pid) throws Exception {
        Path run = Files.createDirectories(top.resolve("run/keystone-agent").resolve(name));
        Files.writeString(run.resolve("prompt"), pid + "\n" + name + "\n" + of + "\n");
    }

    private String said(String shell, Path where, String question) throws Exception {
        Path hook = top.resolve("hook");
        Files.writeString(hook, desk.run("shell-hook", shell).out());
        Command.Finished finished =
                Command.of(
                                "env",
                                "-i",
                                "PATH=/usr/bin:/bin",
                                "HOME=" + top,
                                "XDG_RUNTIME_DIR=" + top.resolve("run"),
                                "PS1=> ",
                                shell,
                                "-c",
                                ". '" + hook + "'\n" + question)
                        .in(where)
                        .run(Duration.ofSeconds(30));
        assertThat(finished.errors()).isEmpty();
        return finished.output();
    }

    @ParameterizedTest
    @ValueSource(strings = {"bash", "zsh", "fish"})
    void a_prompt_names_the_sandbox_that_runs_around_it(String shell) throws Exception {
        assertThat(said(shell, project, "keystone_agent_prompt")).isEqualTo("[blue] ");
        assertThat(said(shell, project.resolve("src"), "keystone_agent_prompt"))
                .isEqualTo("[blue] ");
        assertThat(said(shell, top, "keystone_agent_prompt")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"bash", "zsh", "fish"})
    void what_a_crash_left_is_not_named(String shell) throws Exception {
        // More than any kernel gives.
        announce("blue", project.toString(), 1L << 30);

        assertThat(said(shell, project, "keystone_agent_prompt")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"bash", "zsh", "fish"})
    void another_process_with_the_number_of_one_that_crashed_is_not_named(String shell)
            throws Exception {
        announce("blue", project.toString(), ProcessHandle.current().pid());
        assertThat(said(shell, project, "keystone_agent_prompt")).isEmpty();

        try (OwnedProcess other = runs("green")) {
            announce("blue", project.toString(), other.pid());
            assertThat(said(shell, project, "keystone_agent_prompt")).isEmpty();
        }
    }

    /// It would wait for somebody to write, and so would whoever sits there.
    @ParameterizedTest
    @ValueSource(strings = {"bash", "zsh", "fish"})
    void what_is_no_file_is_not_read(String shell) throws Exception {
        Path run = Files.createDirectories(top.resolve("run/keystone-agent/a"));
        Command.of("mkfifo", run.resolve("prompt").toString()).run(Duration.ofSeconds(10));

        assertThat(said(shell, project, "keystone_agent_prompt")).isEqualTo("[blue] ");
    }

    /// A link in it may lead to any file of the user's.
    @ParameterizedTest
    @ValueSource(strings = {"bash", "zsh", "fish"})
    void what_lies_in_another_users_directory_is_not_read(String shell) throws Exception {
        Path runtime = top.resolve("run/keystone-agent");
        assumeTrue(Files.getOwner(runtime).getName().equals("root"), "only root can give it away");
        Files.setOwner(
                runtime,
                runtime.getFileSystem()
                        .getUserPrincipalLookupService()
                        .lookupPrincipalByName("nobody"));

        assertThat(said(shell, project, "keystone_agent_prompt")).isEmpty();
    }

    @Test
    void starship_gets_a_module_that_names_it() throws Exception {
        String toml = desk.run("shell-hook", "starship").out();
        String command =
                new TomlParser().parse(toml).<Config>get("custom.keystone_agent").get("command");

        assertThat(starship(command, project.resolve("src"))).isEqualTo("blue\n");
        assertThat(starship(command, top)).isEmpty();
        announce("blue", project.toString(), ProcessHandle.current().pid());
        assertThat(starship(command, project)).isEmpty();
    }

    /// In the shells' own words, as direnv's hooks do it before each prompt.
    @ParameterizedTest
    @CsvSource({
        "bash, 'eval \"$(direnv export bash)\"'",
        "zsh, 'eval \"$(direnv export zsh)\"'",
        "fish, 'direnv export fish | source'"
    })
    void an_envrc_finds_the_programs_and_leaving_ends_nothing(String shell, String enter)
            throws Exception {
        plainly();
        Path share = installed();
        Path lib = Files.createDirectories(top.resolve(".config/direnv/lib"));
        Files.createSymbolicLink(lib.resolve("keystone-agent.sh"), share.resolve("direnv.sh"));
        Files.writeString(project.resolve(".envrc"), "use keystone_agent\n");
        assertThat(direnv("direnv allow").ok()).isTrue();

        Command.Finished went =
                direnv(
                        shell
                                + " -c '"
                                + enter.replace("'", "'\\''")
                                + "; command -v keystone-agent; cd /; "
                                + enter.replace("'", "'\\''")
                                + "; command -v keystone-agent; true'");

        assertThat(went.output()).isEqualTo(top.resolve("prefix/bin/keystone-agent") + "\n");
        assertThat(went.errors()).contains("direnv: sandbox blue is running: in-sandbox COMMAND");
        assertThat(supervisor.isAlive()).isTrue();
        assertThat(top.resolve("prefix/started")).doesNotExist();
    }

    @Test
    void an_envrc_is_read_where_the_program_is_not_installed() throws Exception {
        plainly();
        Path lib = Files.createDirectories(top.resolve(".config/direnv/lib"));
        Files.writeString(lib.resolve("keystone-agent.sh"), desk.run("shell-hook", "direnv").out());
        Files.writeString(project.resolve(".envrc"), "use keystone_agent\nexport A=b\n");
        assertThat(direnv("direnv allow").ok()).isTrue();

        Command.Finished entered = direnv("direnv exec . sh -c 'echo $A'");

        assertThat(entered.output()).isEqualTo("b\n");
        assertThat(entered.errors()).contains("there is no keystone-agent in PATH");
    }

    /// direnv 2.32 does not come back from a directory whose name has a `*`.
    private void plainly() throws Exception {
        project = Files.createDirectories(top.resolve("a project"));
        announce("blue", project.toString(), supervisor.pid());
    }

    /// A program that tells when it is run.
    private Path installed() throws Exception {
        Path bin = Files.createDirectories(top.resolve("prefix/bin"));
        Path program = bin.resolve("keystone-agent");
        Files.writeString(program, "#!/bin/sh\ntouch " + top.resolve("prefix/started") + "\n");
        assertThat(program.toFile().setExecutable(true)).isTrue();
        Path share = Files.createDirectories(top.resolve("prefix/share/keystone-agent"));
        Files.writeString(share.resolve("direnv.sh"), desk.run("shell-hook", "direnv").out());
        return share;
    }

    private Command.Finished direnv(String script) throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/direnv")), "direnv is not installed");
        return Command.of(
                        "env",
                        "-i",
                        "PATH=/usr/bin:/bin",
                        "HOME=" + top,
                        "XDG_RUNTIME_DIR=" + top.resolve("run"),
                        "sh",
                        "-c",
                        script)
                .in(project)
                .run(Duration.ofSeconds(30));
    }

    /// As starship does: by the standard input of the shell that is named.
    private String starship(String command, Path where) throws Exception {
        Path script = Files.writeString(top.resolve("command"), command);
        Command.Finished finished =
                Command.of(
                                "env",
                                "-i",
                                "XDG_RUNTIME_DIR=" + top.resolve("run"),
                                "/bin/sh",
                                "-c",
                                "exec /bin/sh <" + "'" + script + "'")
                        .in(where)
                        .run(Duration.ofSeconds(10));
        assertThat(finished.errors()).isEmpty();
        return finished.output();
    }

    @ParameterizedTest
    @ValueSource(strings = {"bash", "zsh"})
    void it_is_in_the_prompt_once(String shell) throws Exception {
        String again = "PS1='> '" + ("; . '" + top.resolve("hook") + "'").repeat(2) + "; ";

        assertThat(said(shell, project, again + "printf %s \"$PS1\""))
                .isEqualTo("$(keystone_agent_prompt)> ");
    }

    @Test
    void fishs_own_prompt_follows_it_and_sees_the_last_status() throws Exception {
        String own = "function fish_prompt; echo -n \"$status> \"; end\n";
        Files.createDirectories(top.resolve(".config/fish"));
        Files.writeString(top.resolve(".config/fish/config.fish"), own);

        assertThat(said("fish", project, "false; fish_prompt")).isEqualTo("[blue] 1> ");
    }

    /// One look that shows it is enough: a busy moment does not count.
    @ParameterizedTest
    @ValueSource(strings = {"bash", "zsh"})
    void a_prompt_does_not_wait_for_it(String shell) throws Exception {
        String question =
                "i=0; while [ $i -lt %d ]; do x=$(keystone_agent_prompt); i=$((i + 1)); done; echo \"$x\""
                        .formatted(ROUNDS);
        double least = Double.MAX_VALUE;
        for (int i = 0; i < MOST_LOOKS && least >= MOST_MILLISECONDS; i++) {
            long begin = System.nanoTime();
            assertThat(said(shell, project, question)).isEqualTo("[blue] \n");
            least = Math.min(least, (System.nanoTime() - begin) / 1e6 / ROUNDS);
        }

        assertThat(least).isLessThan(MOST_MILLISECONDS);
    }

    @Test
    void other_shells_have_none() {
        assertThat(desk.run("shell-hook", "tcsh").status()).isEqualTo(USAGE);
        assertThat(List.of(desk.run("shell-hook", "bsh").err().split("\n")))
                .contains("fix:   keystone-agent shell-hook bash");
    }
}
