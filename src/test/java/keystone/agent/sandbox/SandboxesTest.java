package keystone.agent.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import keystone.agent.model.Digest;
import keystone.agent.model.SandboxName;
import keystone.agent.model.SandboxState;
import keystone.agent.model.Settings;
import keystone.agent.model.Task;
import keystone.agent.model.TaskId;
import keystone.agent.model.TestOrders;
import keystone.agent.model.UserError;
import keystone.agent.process.Command;
import keystone.agent.sandbox.Observation.Damaged;
import keystone.agent.sandbox.Observation.Intact;
import keystone.agent.store.Places;
import keystone.agent.store.PrivateFiles;
import keystone.agent.store.SandboxDir;
import keystone.agent.store.Store;
import keystone.agent.store.SupervisorLock;
import keystone.agent.store.TaskDir;
import keystone.agent.store.TestSandboxes;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Sandboxes of which nothing runs.
final class SandboxesTest {
    private static final SandboxName BLUE = new SandboxName("blue");
    private static final SandboxName RED = new SandboxName("red");
    private static final SandboxName GREEN = new SandboxName("green");

    private static final String NO_PATH = "{\"name\": \"red\", \"project\": \"\\u0000\"}";
    private static final String TOO_MANY =
            """
            {
              "name": "red", "project": "/p", "share": "auto", "mounts": [],
              "image": "0000000000000000000000000000000000000000000000000000000000000000",
              "buildId": "000000000000-0123456789abcdef",
              "memoryBytes": 1073741824, "cpus": 99999999999, "diskBytes": 1073741824
            }""";

    @TempDir Path temporary;
    private Places places;
    private Store store;
    private Sandboxes sandboxes;

    private static final StartListener SILENT =
            new StartListener() {
                @Override
                public void at(String step, OptionalDouble fraction) {}

                @Override
                public void passed(String step, Duration took) {}

                @Override
                public void notice(String sentence) {}
            };

    @BeforeEach
    void open() {
        places = TestSandboxes.places(temporary);
        store = new Store(places);
        sandboxes = TestAssembly.at(places).sandboxes();
    }

    private SandboxDir create(SandboxName name, Path project) {
        var spec = TestSandboxes.spec(name, project);
        return store.create(spec, "1").orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "{}", "{\"name\": ", "{\"name\": \"UP\"}", NO_PATH, TOO_MANY})
    void a_damaged_record_hides_no_other_sandbox_and_can_be_removed(String record)
            throws Exception {
        create(BLUE, temporary);
        SandboxDir red = create(RED, temporary);
        Files.writeString(red.specFile(), record);

        assertThat(sandboxes.list()).extracting(Observation::name).containsExactly(BLUE, RED);
        assertThat(sandboxes.list().getFirst()).isInstanceOf(Intact.class);
        assertThat(sandboxes.status(RED))
                .isEqualTo(
                        new Damaged(
                                RED,
                                new SandboxState.Broken(
                                        "the sandbox `red` cannot be read from " + red.specFile(),
                                        "keystone-agent destroy -f red")));
        assertThat(sandboxes.orphans()).isEmpty();
        sandboxes.destroy(RED, Sandboxes.Unfetched.KEPT);
        assertThat(sandboxes.list()).extracting(Observation::name).containsExactly(BLUE);
    }

    @Test
    void a_sandbox_without_any_record_can_be_removed() throws Exception {
        Files.delete(create(RED, temporary).specFile());

        assertThat(sandboxes.status(RED)).isInstanceOf(Damaged.class);
        sandboxes.destroy(RED, Sandboxes.Unfetched.KEPT);
        assertThat(sandboxes.list()).isEmpty();
    }

    @Test
    void what_was_kept_of_a_task_is_pruned_when_it_was_rejected_or_its_sandbox_is_gone()
            throws Exception {
        Path project = Files.createDirectories(temporary.toRealPath().resolve("project"));
        git(project, "init", "--quiet");
        git(project, "commit", "--quiet", "--allow-empty", "--message=Begin");
        SandboxDir dir = create(BLUE, project);
        for (String id : List.of("aaaaa2", "bbbbb2", "ccccc2")) {
            var order = TestOrders.here("true");
            TaskDir files =
                    TaskDir.create(dir, Task.here(new TaskId(id), BLUE, order, Instant.now()));
            git(project, "update-ref", "refs/keystone/blue/tasks/" + id, "HEAD");
            files.settle(id.startsWith("a") ? "rejected" : id.startsWith("b") ? "accepted" : "");
        }
        git(project, "update-ref", "refs/keystone/blue/heads/task/aaaaa2-true", "HEAD");
        destroyed(GREEN, project);
        git(project, "update-ref", "refs/keystone/green/tasks/ddddd2", "HEAD");
        git(project, "update-ref", "refs/keystone/green/tasks/no.task", "HEAD");
        git(project, "update-ref", "refs/keystone/elsewhere/tasks/eeeee2", "HEAD");

        List<Prunable> found = sandboxes.prunable(temporary);
        assertThat(found)
                .extracting(each -> each.what().split(" ", 2)[0] + ": " + each.why())
                .containsExactly(
                        "refs/keystone/blue/tasks/aaaaa2: its task was rejected",
                        "refs/keystone/green/tasks/ddddd2: you have no sandbox `green` any more");
        for (Prunable each : found) {
            sandboxes.prune(each);
        }

        assertThat(git(project, "for-each-ref", "--format=%(refname)", "refs/keystone").lines())
                .containsExactly(
                        "refs/keystone/blue/tasks/bbbbb2",
                        "refs/keystone/blue/tasks/ccccc2",
                        "refs/keystone/elsewhere/tasks/eeeee2",
                        "refs/keystone/green/tasks/no.task");
        assertThat(sandboxes.prunable(temporary)).isEmpty();
    }

    @Test
    void what_has_become_another_commit_meanwhile_is_not_dropped() throws Exception {
        Path project = Files.createDirectories(temporary.toRealPath().resolve("project"));
        git(project, "init", "--quiet");
        git(project, "commit", "--quiet", "--allow-empty", "--message=Begin");
        destroyed(GREEN, project);
        git(project, "update-ref", "refs/keystone/green/tasks/ddddd2", "HEAD");
        List<Prunable> found = sandboxes.prunable(project);
        git(project, "commit", "--quiet", "--allow-empty", "--message=More");
        git(project, "update-ref", "refs/keystone/green/tasks/ddddd2", "HEAD");

        assertThat(found).hasSize(1);
        assertThatThrownBy(() -> sandboxes.prune(found.getFirst())).isInstanceOf(UserError.class);

        assertThat(git(project, "for-each-ref", "refs/keystone")).contains("ddddd2");
    }

    @Test
    void what_a_guest_gave_up_is_pruned_a_month_later_and_never_another_homes() throws Exception {
        Path project = Files.createDirectories(temporary.toRealPath().resolve("project"));
        git(project, "init", "--quiet");
        git(project, "commit", "--quiet", "--allow-empty", "--message=Begin");
        destroyed(GREEN, project);
        String old = "refs/keystone/green/old/20250131T101500Z/";
        String young = "refs/keystone/green/old/29990131T101500Z/heads/main";
        for (String ref :
                List.of(
                        old + "heads/main",
                        old + "heads/feature/deep",
                        young,
                        "refs/keystone/green/old/yesterday/heads/main",
                        "refs/keystone/another/old/20250131T101500Z/heads/main")) {
            git(project, "update-ref", ref, "HEAD");
        }

        List<Prunable> found = sandboxes.prunable(project);

        assertThat(found)
                .singleElement()
                .satisfies(
                        each -> {
                            assertThat(each.what())
                                    .isEqualTo(
                                            "%s (heads/feature/deep, heads/main) in %s"
                                                    .formatted(old, project));
                            assertThat(each.why()).contains("days ago");
                        });
        sandboxes.prune(found.getFirst());
        assertThat(git(project, "for-each-ref", "--format=%(refname)", "refs/keystone").lines())
                .containsExactlyInAnyOrder(
                        young,
                        "refs/keystone/green/old/yesterday/heads/main",
                        "refs/keystone/another/old/20250131T101500Z/heads/main");
    }

    @Test
    void what_another_command_has_pruned_meanwhile_is_no_failure() throws Exception {
        Path project = Files.createDirectories(temporary.toRealPath().resolve("project"));
        git(project, "init", "--quiet");
        git(project, "commit", "--quiet", "--allow-empty", "--message=Begin");
        destroyed(GREEN, project);
        git(project, "update-ref", "refs/keystone/green/tasks/ddddd2", "HEAD");
        git(project, "update-ref", "refs/keystone/green/old/20250131T101500Z/heads/a", "HEAD");
        Path _ = kept(Digest.of("image").hex(), Duration.ofDays(9));
        List<Prunable> found = sandboxes.prunable(project);
        assertThat(found).hasSize(3);

        for (Prunable each : found) {
            sandboxes.prune(each);
            sandboxes.prune(each);
        }

        assertThat(git(project, "for-each-ref", "refs/keystone")).isEmpty();
    }

    @Test
    void what_a_start_uses_again_while_a_person_is_asked_is_not_pruned() throws Exception {
        Path text = kept(Digest.of("image").hex(), Duration.ofDays(9));
        List<Prunable> found = sandboxes.prunable(temporary);

        create(BLUE, temporary);
        for (Prunable each : found) {
            sandboxes.prune(each);
        }

        assertThat(found).hasSize(1);
        assertThat(text).exists();
    }

    private void destroyed(SandboxName name, Path project) throws Exception {
        SandboxDir _ = create(name, project);
        sandboxes.destroy(name, Sandboxes.Unfetched.GIVEN_UP);
    }

    private static String git(Path project, String... words) throws Exception {
        var all =
                new ArrayList<>(
                        List.of("git", "-c", "user.name=Ada", "-c", "user.email=ada@example.org"));
        all.addAll(List.of("-C", project.toString()));
        all.addAll(List.of(words));
        Command.Finished done =
                Command.of(all)
                        .withEnvironment("GIT_CONFIG_GLOBAL", "/dev/null")
                        .run(Duration.ofSeconds(30));
        assertThat(done.ok()).as(done.errors()).isTrue();
        return done.output();
    }

    @Test
    void what_no_guest_is_made_from_is_pruned_once_it_is_old_and_every_sandbox_can_be_read()
            throws Exception {
        create(BLUE, temporary);
        Path used = kept(Digest.of("image").hex(), Duration.ofDays(9));
        Path unused = kept(Digest.of("another").hex(), Duration.ofDays(9));
        Path young = kept(Digest.of("of a start that is at work").hex(), Duration.ZERO);
        Path halfDone = kept(".making-1", Duration.ofDays(9));
        SandboxDir red = create(RED, temporary);
        String record = Files.readString(red.specFile());

        Files.writeString(red.specFile(), "damaged");
        assertThat(sandboxes.prunable(temporary)).isEmpty();
        Files.writeString(red.specFile(), record);
        for (Prunable each : sandboxes.prunable(temporary)) {
            sandboxes.prune(each);
        }

        assertThat(unused).doesNotExist();
        assertThat(halfDone).doesNotExist();
        assertThat(List.of(used, young)).allMatch(Files::exists);
    }

    private Path kept(String name, Duration age) throws Exception {
        Path text = Files.createDirectories(places.nixImages().resolve(name));
        Files.writeString(text.resolve("flake.nix"), "{ }");
        return Files.setLastModifiedTime(text, FileTime.from(Instant.now().minus(age)));
    }

    @Test
    void a_sandbox_of_a_later_program_is_named_and_never_destroyed() throws Exception {
        SandboxDir red = create(RED, temporary);
        String record = Files.readString(red.specFile());
        String later = record.replace("\"format\": 1", "\"format\": 2");
        Files.writeString(red.specFile(), later);

        assertThat(sandboxes.list())
                .singleElement()
                .isInstanceOfSatisfying(
                        Damaged.class,
                        damaged -> {
                            assertThat(damaged.state().problem()).contains("later keystone-agent");
                            assertThat(damaged.state().fix()).doesNotContain("destroy");
                        });
        assertThatThrownBy(() -> sandboxes.destroy(RED, Sandboxes.Unfetched.GIVEN_UP))
                .hasMessageContaining("later keystone-agent");
        assertThat(red.specFile()).hasContent(later);
    }

    @Test
    void a_supervisor_that_does_not_listen_is_waited_for_at_rest_and_then_told_of()
            throws Exception {
        Path project = Files.createDirectories(temporary.toRealPath().resolve("project"));
        SandboxDir blue = create(BLUE, project);
        PrivateFiles.createDirectories(blue.run().path());
        PrivateFiles.replace(blue.run().controlSocket(), "");

        try (SupervisorLock _ = blue.tryLock().orElseThrow()) {
            long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();

            assertThatThrownBy(() -> Settling.refuseStuck(blue))
                    .hasMessageContaining("holds the lock but does not listen");

            long used = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - before;
            assertThat(Duration.ofNanos(used)).isLessThan(Settling.LIMIT.dividedBy(2));
        }
    }

    @Test
    void the_name_of_another_projects_sandbox_is_answered_with_one_that_is_free() throws Exception {
        Path project = Files.createDirectories(temporary.toRealPath().resolve("project"));
        create(BLUE, temporary);
        create(new SandboxName("blue-2"), temporary);
        var request = new StartRequest(project, BLUE, StartRequest.Disk.KEEP, Settings.NONE);

        assertThatThrownBy(() -> sandboxes.start(request, SILENT))
                .isInstanceOfSatisfying(
                        UserError.class,
                        error ->
                                assertThat(error.fix())
                                        .isEqualTo("keystone-agent start --name blue-3"));
    }

    @Test
    void a_sandbox_whose_project_is_gone_is_named_and_never_pruned() throws Exception {
        Path unplugged = temporary.resolve("media/disk/blue");
        create(BLUE, unplugged);
        create(RED, temporary);
        Path leftover = Files.createDirectories(places.state().resolve(".new-green-1"));
        Files.setLastModifiedTime(
                leftover, FileTime.from(Instant.now().minus(Duration.ofHours(1))));

        assertThat(sandboxes.orphans()).containsExactly(new Orphan(BLUE, unplugged));
        List<Prunable> found = sandboxes.prunable(temporary);
        assertThat(found).extracting(Prunable::what).containsExactly(leftover.toString());
        sandboxes.prune(found.getFirst());

        assertThat(leftover).doesNotExist();
        assertThat(sandboxes.list()).extracting(Observation::name).containsExactly(BLUE, RED);
    }
}
