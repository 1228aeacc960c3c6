package keystone.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Asks real shells. There are three sandboxes, and no program: what is on disk is listed without
/// one.
final class CompletionTest {
    @TempDir Path top;

    @BeforeEach
    void sandboxes() throws Exception {
        for (String name : List.of("blue", "blue-2", "red", "$(touch hit)")) {
            Path sandbox =
                    Files.createDirectories(top.resolve("state/keystone-agent").resolve(name));
            Files.writeString(sandbox.resolve("spec.json"), "{}");
        }
        Path task = top.resolve("state/keystone-agent/red/tasks/t3f");
        Files.createDirectories(task);
        Files.writeString(task.resolve("task.json"), "{}");
        assertThat(run("git", "init", "-q", "-b", "main")).isEmpty();
        String commit = "git -c user.name=a -c user.email=a@localhost commit -q --allow-empty -m a";
        assertThat(
                        run(
                                "sh",
                                "-c",
                                commit + "; git branch fix/login; git branch 'a$(touch${IFS}hit)'"))
                .isEmpty();
        for (String shell : List.of("bash", "zsh", "fish")) {
            String script = new Desk(top).run("completion", shell).out();
            Files.writeString(top.resolve("completion." + shell), script);
        }
    }

    @Test
    void bash_completes_commands() throws Exception {
        assertThat(bash("keystone-agent", "sta")).containsExactlyInAnyOrder("start", "status");
        assertThat(bash("keystone-agent", "image", ""))
                .containsExactlyInAnyOrder("build", "list", "ls", "inspect", "rm", "--help");
        assertThat(bash("keystone-agent", "help", "des")).containsExactly("destroy");
    }

    @Test
    void bash_completes_flags_and_their_values() throws Exception {
        assertThat(bash("keystone-agent", "start", "--me")).containsExactly("--memory");
        assertThat(bash("keystone-agent", "-q", "stop", "--f")).containsExactly("--force");
        assertThat(bash("keystone-agent", "start", "--share", ""))
                .containsExactlyInAnyOrder("auto", "virtiofs", "9p", "9p-mapped", "clone");
        assertThat(bash("keystone-agent", "image", "build", "--u")).containsExactly("--update");
        assertThat(bash("keystone-agent", "completion", "z")).containsExactly("zsh");
    }

    @Test
    void bash_completes_names_of_sandboxes() throws Exception {
        assertThat(bash("keystone-agent", "stop", "b")).containsExactlyInAnyOrder("blue", "blue-2");
        assertThat(bash("ka", "exec", "r")).containsExactly("red");
        assertThat(bash("keystone-agent", "exec", "red", "--", "b")).isEmpty();
    }

    @Test
    void bash_completes_tasks_branches_and_what_flags_take() throws Exception {
        assertThat(bash("keystone-agent", "task", "show", "t")).containsExactly("t3f");
        assertThat(bash("keystone-agent", "worktree", "add", ""))
                .containsExactlyInAnyOrder("main", "fix/login");
        assertThat(bash("keystone-agent", "sync", "--branch", "f")).containsExactly("fix/login");
        assertThat(bash("keystone-agent", "start", "--name", "r")).containsExactly("red");
        assertThat(bash("keystone-agent", "shell-hook", "s")).containsExactly("starship");
        assertThat(top.resolve("hit")).doesNotExist();
    }

    @Test
    void zsh_lists_the_same_as_bash() throws Exception {
        assumeTrue(isThere("zsh"), "zsh is not installed");

        for (String kind : List.of("sandbox", "task", "branch")) {
            String question = "; _keystone_agent_listed " + kind;
            assertThat(run("zsh", "-fc", "compdef() :; source ./completion.zsh" + question))
                    .isNotEmpty()
                    .isEqualTo(run("bash", "-c", "source ./completion.bash" + question));
        }
    }

    @Test
    void zsh_reads_its_script() throws Exception {
        assumeTrue(isThere("zsh"), "zsh is not installed");

        assertThat(run("zsh", "-n", "completion.zsh")).isEmpty();
    }

    @Test
    void fish_completes_commands_flags_and_names() throws Exception {
        assumeTrue(isThere("fish"), "fish is not installed");

        assertThat(fish("keystone-agent sta")).containsExactlyInAnyOrder("start", "status");
        assertThat(fish("keystone-agent image in")).containsExactly("inspect");
        assertThat(fish("keystone-agent stop --for")).containsExactly("--force");
        assertThat(fish("keystone-agent start --share "))
                .containsExactlyInAnyOrder("9p", "9p-mapped", "auto", "clone", "virtiofs");
        assertThat(fish("keystone-agent stop bl")).containsExactlyInAnyOrder("blue", "blue-2");
        assertThat(fish("keystone-agent task show ")).containsExactly("t3f");
        assertThat(fish("keystone-agent worktree add "))
                .containsExactlyInAnyOrder("main", "fix/login");
        assertThat(fish("keystone-agent sync --branch f")).containsExactly("fix/login");
        assertThat(fish("keystone-agent image list --js")).containsExactly("--json");
    }

    private Set<String> bash(String... words) throws Exception {
        var quoted = new StringBuilder();
        for (String word : words) {
            quoted.append('\'').append(word).append("' ");
        }
        String script =
                "source completion.bash; COMP_WORDS=(%s); COMP_CWORD=%d; _keystone_agent; %s"
                        .formatted(
                                quoted,
                                words.length - 1,
                                "for w in \"${COMPREPLY[@]}\"; do echo \"$w\"; done");
        return Set.copyOf(run("bash", "-c", script));
    }

    private Set<String> fish(String line) throws Exception {
        String script = "source completion.fish; complete -C '" + line + "'";
        List<String> found = run("fish", "--no-config", "-c", script);
        return Set.copyOf(found.stream().map(each -> each.split("\t", 2)[0]).toList());
    }

    private List<String> run(String... command) throws Exception {
        var builder = new ProcessBuilder(command).directory(top.toFile());
        builder.environment().put("XDG_STATE_HOME", top.resolve("state").toString());
        builder.environment().put("GIT_CONFIG_GLOBAL", "/dev/null");
        builder.environment().remove("KEYSTONE_AGENT_HOME");
        Process shell = builder.redirectErrorStream(true).start();
        byte[] output = shell.getInputStream().readAllBytes();
        shell.waitFor();
        return new String(output, StandardCharsets.UTF_8)
                .lines()
                // Outside of a real completion bash says so whenever options are set.
                .filter(line -> !line.contains("compopt: not currently executing"))
                .toList();
    }

    private static boolean isThere(String program) throws Exception {
        return new ProcessBuilder("sh", "-c", "command -v " + program).start().waitFor() == 0;
    }

    @Test
    void bash_completes_what_a_word_or_a_value_is() throws Exception {
        Files.writeString(top.resolve("prompt.txt"), "");

        assertThat(bash("keystone-agent", "tokens", "set", "OPENAI"))
                .containsExactly("OPENAI_API_KEY");
        assertThat(bash("keystone-agent", "task", "run", "--agent", "c"))
                .containsExactlyInAnyOrder("claude", "codex");
        assertThat(bash("keystone-agent", "start", "--deliver", "OPENAI"))
                .containsExactlyInAnyOrder("OPENAI_API_KEY=session", "OPENAI_API_KEY=file");
        assertThat(bash("keystone-agent", "start", "--memory", "")).isEmpty();
        assertThat(bash("keystone-agent", "--color", "always", "li")).containsExactly("list");
        // Readline lists files itself when nothing else is offered.
        assertThat(bash("keystone-agent", "task", "run", "--prompt-file", "")).isEmpty();
        assertThat(new Desk(top).run("completion", "zsh").out())
                .contains("Commands about tokens'", "Commands about the network'")
                .doesNotContain("tokenss", "agentss");
    }

    @Test
    void fish_completes_what_a_value_is() throws Exception {
        assumeTrue(isThere("fish"), "fish is not installed");
        Files.writeString(top.resolve("prompt.txt"), "");

        assertThat(fish("keystone-agent task run --agent c"))
                .containsExactlyInAnyOrder("claude", "codex");
        assertThat(fish("keystone-agent tokens set OPENAI")).containsExactly("OPENAI_API_KEY");
        assertThat(fish("keystone-agent task run --prompt-file prom"))
                .containsExactly("prompt.txt");
    }
}
