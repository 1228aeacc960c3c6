package keystone.agent.devshell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import keystone.agent.model.Devshell;
import keystone.agent.model.DevshellInputs;
import keystone.agent.model.DevshellStanding;
import keystone.agent.model.UserError;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Devshells of real nix and real direnv.
final class DevshellsTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String HELLO = "#!/bin/sh\\necho hello\\n";

    @TempDir Path directory;
    private NixWorld nix;
    private Devshells devshells;

    @BeforeEach
    void begin() throws Exception {
        nix = NixWorld.in(directory);
        devshells = new Devshells(nix.root().resolve("state"), nix.environment());
    }

    private DevshellInputs inputs(Path project) {
        return switch (devshells.look(project)) {
            case DevshellStanding.Absent _ -> throw new AssertionError("no devshell");
            case DevshellStanding.Unapproved standing -> standing.inputs();
            case DevshellStanding.Approved standing -> standing.inputs();
        };
    }

    private Devshell approved(Path project) throws InterruptedException {
        devshells.approve(project, inputs(project));
        return devshells.capture(project, inputs(project), LIMIT);
    }

    /// What builds something that can be seen.
    private static String marking(Path marker) {
        return NixWorld.flake(
                "mkShell { packages = [ (sh \"marking\" { } \"touch %s; mkdir $out\") ]; }"
                        .formatted(marker));
    }

    @Test
    void a_project_without_one_has_none() {
        assertThat(devshells.look(nix.project("README", "hi")))
                .isEqualTo(new DevshellStanding.Absent());
    }

    @Test
    void a_flakes_shell_is_captured_with_what_it_needs() throws Exception {
        Path project =
                nix.project(
                        "flake.nix",
                        NixWorld.flake(
                                "hello", HELLO, "GREETING = \"hi\"; shellHook = \"export A=1\";"));

        Devshell captured = approved(project);

        assertThat(captured.store()).isEqualTo(nix.store());
        assertThat(captured.hook()).isEqualTo("export A=1");
        assertThat(captured.variables())
                .containsEntry("GREETING", "hi")
                .doesNotContainKeys("HOME", "TMPDIR", "stdenv", "shellHook", "GITHUB_TOKEN");
        assertThat(captured.variables().get("PATH"))
                .matches("\\Q" + nix.store() + "\\E/[^:/]*-hello/bin");
        assertThat(captured.closure()).hasSize(3).anyMatch(name -> name.endsWith("-hello"));
        assertThat(devshells.look(project))
                .isEqualTo(new DevshellStanding.Approved(inputs(project), captured));
    }

    @Test
    void what_was_captured_last_is_kept_from_being_collected_and_nothing_else() throws Exception {
        Path project = nix.project("flake.nix", NixWorld.flake("first", HELLO, ""));
        Devshell first = approved(project);
        NixWorld.write(project, "flake.nix", NixWorld.flake("second", HELLO, ""));
        Devshell second = approved(project);

        nix.run(project, "nix-store", "--gc");

        assertThat(second.closure()).allMatch(name -> Files.exists(nix.store().resolve(name)));
        assertThat(first.closure())
                .filteredOn(name -> name.endsWith("-first"))
                .hasSize(1)
                .noneMatch(name -> Files.exists(nix.store().resolve(name)));
    }

    @Test
    void text_that_nobody_approved_is_not_evaluated() throws Exception {
        Path marker = nix.root().resolve("evaluated");
        Path project = nix.project("flake.nix", marking(marker));

        assertThatThrownBy(() -> devshells.capture(project, inputs(project), LIMIT))
                .asInstanceOf(type(UserError.class))
                .returns("keystone-agent devshell refresh", UserError::fix);
        assertThat(marker).doesNotExist();

        // The same text does do that once it is approved.
        approved(project);
        assertThat(marker).exists();
    }

    @Test
    void what_an_agent_changes_after_the_approval_is_not_evaluated() throws Exception {
        Path marker = nix.root().resolve("evaluated");
        Path project =
                nix.project(
                        "flake.nix",
                        NixWorld.flake("(import ./nix/shell.nix { inherit mkShell build sh; })"),
                        "nix/shell.nix",
                        "{ mkShell, build, sh }: mkShell { packages = [ (build \"good\" \"\") ]; }");
        DevshellInputs good = inputs(project);
        devshells.approve(project, good);
        NixWorld.write(
                project,
                "nix/shell.nix",
                "{ mkShell, build, sh }: mkShell { packages = [ (sh \"evil\" { } \"touch %s; mkdir $out\") ]; }"
                        .formatted(marker));

        assertThat(devshells.look(project))
                .isEqualTo(new DevshellStanding.Unapproved(inputs(project), good, null));
        Devshell captured = devshells.capture(project, good, LIMIT);

        assertThat(captured.closure()).anyMatch(name -> name.endsWith("-good"));
        assertThat(marker).doesNotExist();
        // It would have been seen.
        Path other = nix.project("flake.nix", marking(marker));
        approved(other);
        assertThat(marker).exists();
        // Until the change is approved, there is what came of the approved text.
        assertThat(devshells.look(project))
                .isEqualTo(new DevshellStanding.Unapproved(inputs(project), good, captured));
    }

    @Test
    void no_link_of_an_agents_leads_to_a_file_of_the_hosts() throws Exception {
        Path secret = nix.root().resolve("secret.nix");
        Files.writeString(secret, "\"a secret\"");
        Path project =
                nix.project(
                        "flake.nix",
                        NixWorld.flake(
                                "mkShell { a = import ./a.nix; b = import ./b/secret.nix; c = ../secret.nix; }"));
        Files.createSymbolicLink(project.resolve("a.nix"), secret);
        Files.createSymbolicLink(project.resolve("b"), nix.root());

        assertThat(inputs(project).files()).containsOnlyKeys("flake.nix");

        Files.delete(project.resolve("flake.nix"));
        Files.createSymbolicLink(project.resolve("flake.nix"), secret);
        assertThatThrownBy(() -> devshells.look(project))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("it is a link");
    }

    @Test
    void a_shell_of_nix_sees_no_token_of_the_host() throws Exception {
        Path project =
                nix.project(
                        "shell.nix",
                        NixWorld.shellNix(
                                "mkShell { packages = [ (build \"hello\" \"\") ];"
                                        + " MINE = \"<\" + builtins.getEnv \"GITHUB_TOKEN\" + \">\"; }"));

        assertThat(approved(project).variables()).containsEntry("MINE", "<>");
    }

    @Test
    void direnv_decides_whether_an_envrc_is_run_and_only_what_leads_to_the_store_is_kept()
            throws Exception {
        Path tool = nix.build("tool", HELLO);
        Path marker = nix.root().resolve("run");
        Path project =
                nix.project(
                        ".envrc",
                        """
                        touch %s
                        export GITHUB_TOKEN=ghp_exported OTHER=plain MY_SECRET=%s/x
                        export TOOL=%s/bin/tool
                        PATH_add %s/bin
                        PATH_add bin
                        """
                                .formatted(marker, tool, tool, tool));

        assertThatThrownBy(() -> approved(project))
                .asInstanceOf(type(UserError.class))
                .returns("direnv allow, then: keystone-agent devshell refresh", UserError::fix);
        assertThat(marker).doesNotExist();

        nix.run(project, "direnv", "allow");
        Devshell captured = approved(project);

        assertThat(captured.variables())
                .containsOnlyKeys("PATH", "TOOL")
                .containsEntry("PATH", tool + "/bin")
                .containsEntry("TOOL", tool + "/bin/tool");
        assertThat(captured.closure()).containsExactly(tool.getFileName().toString());
        nix.run(project, "nix-store", "--gc");
        assertThat(tool).exists();
        try (Stream<Path> kept = Files.walk(nix.root().resolve("state"))) {
            assertThat(kept.filter(Files::isRegularFile))
                    .allSatisfy(file -> assertThat(file).content().doesNotContain("ghp_of"))
                    .extracting(file -> file.getFileName().toString())
                    .containsExactlyInAnyOrder("approved.json", "captured.json", "evaluating.lock");
        }
    }

    @Test
    void an_envrc_may_use_the_flake() throws Exception {
        Path project =
                nix.project(
                        ".envrc",
                        "use flake ./shell\n",
                        "shell/flake.nix",
                        NixWorld.flake("hello", HELLO, ""));
        nix.run(project, "direnv", "allow");

        Devshell captured = approved(project);

        assertThat(inputs(project).files()).containsOnlyKeys(".envrc", "shell/flake.nix");
        assertThat(captured.variables().get("PATH")).endsWith("-hello/bin");
        nix.run(project, "nix-store", "--gc");
        assertThat(captured.closure()).allMatch(name -> Files.exists(nix.store().resolve(name)));
    }

    @Test
    void what_takes_too_long_is_ended() {
        Path project =
                nix.project(
                        "flake.nix",
                        NixWorld.flake(
                                "mkShell { packages = [ (sh \"slow\" { } \"exec tail -f /dev/null\") ]; }"));
        devshells.approve(project, inputs(project));

        assertThatThrownBy(() -> devshells.capture(project, inputs(project), Duration.ofSeconds(2)))
                .asInstanceOf(type(UserError.class))
                .returns(UserError.Kind.TIMED_OUT, UserError::kind);
    }

    @Test
    void what_nix_says_about_a_mistake_is_passed_on_and_the_last_capture_stays() throws Exception {
        Path project = nix.project("flake.nix", NixWorld.flake("hello", HELLO, ""));
        Devshell before = approved(project);
        NixWorld.write(project, "flake.nix", NixWorld.flake("throw \"out of cheese\""));

        assertThatThrownBy(() -> approved(project))
                .asInstanceOf(type(UserError.class))
                .extracting(UserError::quoted)
                .asString()
                .contains("out of cheese");

        NixWorld.write(project, "flake.nix", NixWorld.flake("hello", HELLO, ""));
        devshells.approve(project, inputs(project));
        assertThat(devshells.look(project))
                .isEqualTo(new DevshellStanding.Approved(inputs(project), before));
    }

    @Test
    void what_was_deleted_from_the_store_is_evaluated_again() throws Exception {
        Path project = nix.project("flake.nix", NixWorld.flake("hello", HELLO, ""));
        Devshell captured = approved(project);
        nix.run(nix.root(), "chmod", "-R", "u+w", nix.store().toString());
        nix.run(
                nix.root(),
                "rm",
                "-r",
                captured.store().resolve(captured.closure().getFirst()) + "");

        assertThat(devshells.look(project))
                .isEqualTo(new DevshellStanding.Approved(inputs(project), null));
    }

    @Test
    void what_names_directories_without_end_is_refused() throws Exception {
        Path project = nix.project("shell.nix", "./deep");
        for (int i = 0; i < 20; i++) {
            for (int j = 0; j < 20; j++) {
                Files.createDirectories(project.resolve("deep/%d/%d/a/b".formatted(i, j)));
                Files.createDirectories(project.resolve("deep/%d/%d/c/d".formatted(i, j)));
            }
        }
        assertThat(inputs(project).files()).containsOnlyKeys("shell.nix");
        for (int i = 0; i < 20; i++) {
            for (int j = 0; j < 20; j++) {
                for (int k = 0; k < 10; k++) {
                    Files.createDirectories(project.resolve("deep/%d/%d/%d".formatted(i, j, k)));
                }
            }
        }

        assertThatThrownBy(() -> devshells.look(project)).hasMessageContaining("names too much");
        NixWorld.write(project, "shell.nix", "./" + "a/".repeat(100_000) + "\n");
        assertThat(inputs(project).files()).containsOnlyKeys("shell.nix");
    }

    @Test
    void the_devshell_of_a_project_that_is_gone_can_be_forgotten() throws Exception {
        Path stays = nix.project("flake.nix", NixWorld.flake("stays", HELLO, ""));
        Path goes = nix.project("flake.nix", NixWorld.flake("goes", HELLO, ""));
        Devshell kept = approved(stays);
        Devshell gone = approved(goes);
        assertThat(devshells.abandoned()).isEmpty();
        Files.delete(goes.resolve("flake.nix"));
        Files.delete(goes);

        assertThat(devshells.abandoned()).hasSize(1);
        devshells.abandoned().forEach(devshells::forget);
        nix.run(nix.root(), "nix-store", "--gc");

        assertThat(devshells.abandoned()).isEmpty();
        assertThat(kept.closure()).allMatch(name -> Files.exists(nix.store().resolve(name)));
        assertThat(gone.closure()).anyMatch(name -> Files.notExists(nix.store().resolve(name)));
    }

    @Test
    void what_a_killed_evaluation_left_is_swept_and_what_another_one_works_in_is_not()
            throws Exception {
        Path project = nix.project("flake.nix", NixWorld.flake("hello", HELLO, ""));
        devshells.approve(project, inputs(project));
        Path place;
        try (Stream<Path> places = Files.list(nix.root().resolve("state"))) {
            place = places.findFirst().orElseThrow();
        }
        Path old = Files.createDirectories(place.resolve(".evaluating-old/project")).getParent();
        Path young = Files.createDirectories(place.resolve(".evaluating-young"));
        Files.setLastModifiedTime(old, FileTime.fromMillis(0));

        devshells.capture(project, inputs(project), LIMIT);

        assertThat(old).doesNotExist();
        assertThat(young).exists();
    }

    @Test
    void one_waits_while_another_evaluates_in_the_same_place() throws Exception {
        Path project = nix.project("flake.nix", NixWorld.flake("hello", HELLO, ""));
        devshells.approve(project, inputs(project));
        CaptureDirectory kept = CaptureDirectory.of(nix.root().resolve("state"), project);

        try (EvaluationLock _ = kept.awaitLock(LIMIT).orElseThrow()) {
            assertThatThrownBy(
                            () ->
                                    devshells.capture(
                                            project, inputs(project), Duration.ofMillis(50)))
                    .hasMessageContaining("being evaluated by another command");
        }

        assertThat(devshells.capture(project, inputs(project), LIMIT).closure()).isNotEmpty();
    }

    @Test
    void of_two_at_once_both_get_what_is_kept() throws Exception {
        Path project = nix.project("flake.nix", NixWorld.flake("hello", HELLO, ""));
        devshells.approve(project, inputs(project));

        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<Devshell> capture = () -> devshells.capture(project, inputs(project), LIMIT);
            Future<Devshell> one = threads.submit(capture);
            Future<Devshell> other = threads.submit(capture);

            assertThat(one.get()).isEqualTo(other.get());
        }
        assertThat(CaptureDirectory.of(nix.root().resolve("state"), project).profile().toRealPath())
                .exists();
    }

    @Test
    void names_and_contents_that_add_up_to_the_same_are_not_the_same() {
        DevshellInputs one = DevshellsTest.of("a", "b\n1 c d");
        DevshellInputs other = DevshellsTest.of("a", "b", "c", "d");

        assertThat(List.of(one.digest())).doesNotContain(other.digest());
    }

    private static DevshellInputs of(String... filesAndTexts) {
        var files = new TreeMap<String, String>();
        files.put("flake.nix", "");
        for (int i = 0; i < filesAndTexts.length; i += 2) {
            files.put(filesAndTexts[i], filesAndTexts[i + 1]);
        }
        return new DevshellInputs("flake.nix", files);
    }
}
