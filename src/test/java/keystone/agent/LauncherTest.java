package keystone.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import keystone.agent.process.Command;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `bin/keystone-agent` in a checkout of its own, over a `java` that prints what it was given.
final class LauncherTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final String JAVA =
            """
            #!/bin/sh
            printf 'locale %s, the user has "%s"\\n' "$LC_ALL" "$KEYSTONE_AGENT_USER_LC_ALL"
            printf 'tool options "%s"\\n' "${JAVA_TOOL_OPTIONS-}"
            for argument in "$@"; do printf '<%s>\\n' "$argument"; done
            """;

    @TempDir Path temporary;
    private Path home;
    private Path launcher;

    @BeforeEach
    void a_built_checkout() throws IOException {
        home = temporary.resolve("it's a \"home\", $HOME");
        launcher = home.resolve("bin/keystone-agent");
        Path app = home.resolve("target/app");
        executable(home.resolve("jdk/bin/java"), JAVA);
        executable(launcher, Files.readString(Path.of("bin/keystone-agent")));
        executable(app.resolve("find-jdk"), "#!/bin/sh\nexit 4\n");
        Files.writeString(app.resolve("keystone-agent.jar"), "");
        Files.writeString(app.resolve("java-home"), home.resolve("jdk") + "\n");
    }

    @Test
    void every_argument_arrives_as_it_was_given() throws Exception {
        Command.Finished run = run(launcher, "exec", "--", "a b", "", "*", "$HOME", "x\ny", "ü");

        assertThat(run.output())
                .contains("<" + home.resolve("target/app/keystone-agent.jar") + ">\n")
                .endsWith("<exec>\n<-->\n<a b>\n<>\n<*>\n<$HOME>\n<x\ny>\n<ü>\n");
    }

    @Test
    void it_tells_the_program_where_it_is() throws Exception {
        Path elsewhere = Files.createDirectories(temporary.resolve("else where"));
        Path first = Files.createSymbolicLink(elsewhere.resolve("first"), launcher);
        Path second = Files.createSymbolicLink(elsewhere.resolve("ka"), first.getFileName());

        assertThat(run(second, "list").output())
                .contains("<-Dkeystone.agent.launcher=" + launcher + ">\n");
    }

    @Test
    void it_is_found_on_the_path_and_by_a_shell() throws Exception {
        Command onPath =
                Command.of("/usr/bin/env", "keystone-agent", "list")
                        .withEnvironment("PATH", home.resolve("bin") + ":/usr/bin:/bin");
        Command byName = Command.of("sh", "keystone-agent", "list").in(home.resolve("bin"));

        assertThat(onPath.run(LIMIT).output()).endsWith("<list>\n");
        assertThat(byName.run(LIMIT).output()).endsWith("<list>\n");
    }

    @Test
    void what_lies_in_the_current_directory_is_no_word_to_the_jvm() throws Exception {
        Path project = Files.createDirectories(temporary.resolve("project"));
        Files.writeString(project.resolve(".hotspotrc"), "+PrintFlagsFinal\n");
        Files.writeString(project.resolve(".hotspot_compiler"), "print *.*\n");
        List<String> flags =
                run(launcher, "list")
                        .output()
                        .lines()
                        .filter(line -> line.startsWith("<-X"))
                        .map(line -> line.substring(1, line.length() - 1))
                        .toList();

        Command.Finished run =
                Command.of(Path.of(System.getProperty("java.home"), "bin/java").toString())
                        .with(flags.toArray(String[]::new))
                        .with("--version")
                        .in(project)
                        .run(LIMIT);

        assertThat(run.status()).isZero();
        assertThat(run.errors()).isEmpty();
    }

    @Test
    void java_reads_file_names_as_utf_8_and_the_users_locale_is_kept() throws Exception {
        Command german = Command.of(launcher.toString()).withEnvironment("LC_ALL", "de_DE");
        Command startedByUs = german.withEnvironment("KEYSTONE_AGENT_USER_LC_ALL", "fr_FR");

        assertThat(german.run(LIMIT).output()).contains("locale C.UTF-8, the user has \"de_DE\"");
        assertThat(startedByUs.run(LIMIT).output()).contains("the user has \"fr_FR\"");
    }

    @Test
    void java_options_of_the_users_own_programs_stay_out() throws Exception {
        Command command =
                Command.of(launcher.toString()).withEnvironment("JAVA_TOOL_OPTIONS", "-Xmx9g");

        assertThat(command.run(LIMIT).output()).contains("tool options \"\"");
    }

    @Test
    void only_the_supervisor_runs_in_a_small_heap() throws Exception {
        assertThat(run(launcher, "supervise", "blue").output())
                .contains("<-Xmx64m>\n", "<-XX:+ExitOnOutOfMemoryError>\n")
                .endsWith("<supervise>\n<blue>\n");
        assertThat(run(launcher, "list").output()).doesNotContain("-Xmx");
    }

    /// A JVM runs the classes of its cache whatever the jar holds (seen with 25.0.3).
    @Test
    void a_cache_older_than_the_program_is_left_alone() throws Exception {
        Path cache = cache("keystone-agent.aot");
        Path looks = cache("keystone-agent-looks.aot");
        Path jar = home.resolve("target/app/keystone-agent.jar");
        Files.setLastModifiedTime(jar, FileTime.fromMillis(10_000));

        for (String look : List.of("list", "ls", "status")) {
            assertThat(run(launcher, look).output()).contains("<-XX:AOTCache=" + looks + ">\n");
        }
        assertThat(run(launcher, "start").output()).contains("<-XX:AOTCache=" + cache + ">\n");
        assertThat(run(launcher, "supervise", "blue").output())
                .contains("<-XX:AOTCache=" + cache + ">\n");

        Files.setLastModifiedTime(cache, FileTime.fromMillis(9_000));
        Files.setLastModifiedTime(looks, FileTime.fromMillis(9_000));
        assertThat(run(launcher, "list").output()).doesNotContain("AOT");
        assertThat(run(launcher, "start").output()).doesNotContain("AOT");
    }

    private Path cache(String name) throws IOException {
        return Files.writeString(home.resolve("target/app").resolve(name), "");
    }

    @Test
    void keystone_agent_is_the_same_program() throws Exception {
        Path keystone =
                Files.createSymbolicLink(
                        launcher.resolveSibling("keystone"), launcher.getFileName());

        assertThat(run(keystone, "agent", "list").output())
                .endsWith("jar>\n<keystone.agent.Main>\n<list>\n");
        assertThat(run(keystone, "list").status()).isEqualTo(2);
    }

    @Test
    void an_installed_copy_runs_its_own_jar() throws Exception {
        Files.createDirectories(home.resolve("lib"));
        Files.move(home.resolve("target/app"), home.resolve("lib/keystone-agent"));

        assertThat(run(launcher, "list").output())
                .contains("<" + home.resolve("lib/keystone-agent/keystone-agent.jar") + ">\n");
    }

    @Test
    void another_jdk_is_looked_for_when_the_builds_is_gone() throws Exception {
        Path other = temporary.resolve("newer");
        Files.move(home.resolve("jdk"), other);
        executable(home.resolve("target/app/find-jdk"), "#!/bin/sh\necho '" + other + "'\n");

        assertThat(run(launcher, "list").output()).endsWith("<list>\n");
    }

    @Test
    void a_checkout_that_is_not_built_says_what_to_type() throws Exception {
        Files.delete(home.resolve("target/app/keystone-agent.jar"));

        Command.Finished run = run(launcher, "list");

        assertThat(run.status()).isEqualTo(4);
        assertThat(run.errors()).startsWith("error: ").contains("\nfix:   make ");
    }

    private static Command.Finished run(Path program, String... arguments) throws Exception {
        return Command.of(program.toString())
                .with(arguments)
                .withEnvironment("KEYSTONE_AGENT_USER_LC_ALL", null)
                .run(LIMIT);
    }

    private static void executable(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @Test
    void a_closed_input_is_an_empty_one() throws Exception {
        executable(home.resolve("jdk/bin/java"), "#!/bin/sh\nreadlink /proc/self/fd/0; cat\n");
        for (String shell : List.of("sh", "bash")) {
            Command.Finished closed =
                    Command.of(shell, "-c", "exec \"$0\" list <&-", launcher.toString()).run(LIMIT);
            Command.Finished given =
                    Command.of(shell, "-c", "echo given | \"$0\" list", launcher.toString())
                            .run(LIMIT);

            assertThat(closed.output()).isEqualTo("/dev/null\n");
            assertThat(given.output()).endsWith("given\n");
            assertThat(closed.errors() + given.errors()).isEmpty();
        }
    }

    @Test
    void in_a_directory_that_was_removed_it_says_so() throws Exception {
        for (String shell : List.of("sh", "bash")) {
            Command.Finished run =
                    Command.of(
                                    shell,
                                    "-c",
                                    "mkdir gone && cd gone && rmdir ../gone && exec \"$0\" \"$1\""
                                            + " list",
                                    shell,
                                    launcher.toString())
                            .in(temporary)
                            .run(LIMIT);

            assertThat(run.status()).isEqualTo(1);
            assertThat(run.output()).isEmpty();
            assertThat(run.errors())
                    .endsWith(
                            """
                            error: the current directory is not there any more
                            fix:   cd, and run it again
                            """);
        }
    }
}
