package keystone.agent.git;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import keystone.agent.model.GitIdentity;
import keystone.agent.model.GitIdentity.Person;
import keystone.agent.process.Command;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// With the real git, and a home of the test's own.
@Timeout(60)
final class HostIdentityTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Person ADA = new Person("Ada", "ada@example.org");

    @TempDir private Path top;

    private final Map<String, String> environment = new HashMap<>();
    private Path project;

    @BeforeEach
    void make() throws Exception {
        environment.put("PATH", System.getenv("PATH"));
        environment.put("HOME", top.toString());
        environment.put("GIT_CONFIG_NOSYSTEM", "1");
        project = Files.createDirectory(top.resolve("project"));
        git("init", "--quiet", "--initial-branch=main");
    }

    private void git(String... arguments) throws Exception {
        var command = Command.of("git").with(arguments).in(project);
        for (Map.Entry<String, String> variable : environment.entrySet()) {
            command = command.withEnvironment(variable.getKey(), variable.getValue());
        }
        Command.Finished finished = command.run(LIMIT);
        assertThat(finished.ok()).as(finished.toString()).isTrue();
    }

    private void userConfiguration(String... lines) throws Exception {
        Files.write(top.resolve(".gitconfig"), List.of(lines));
    }

    private Optional<GitIdentity> identity() throws Exception {
        return HostIdentity.in(project, environment);
    }

    @Test
    void it_is_the_users_own() throws Exception {
        userConfiguration("[user]", "name = Ada", "email = ada@example.org");

        assertThat(identity()).contains(GitIdentity.of(ADA));
    }

    @Test
    void nobody_is_known_where_git_would_not_commit() throws Exception {
        userConfiguration("[user]", "useConfigOnly = true");

        assertThat(identity()).isEmpty();
    }

    @Test
    void the_project_its_worktree_and_conditional_includes_count() throws Exception {
        Files.writeString(top.resolve("work"), "[user]\n\temail = ada@work.example\n");
        userConfiguration(
                "[user]",
                "name = Ada",
                "email = ada@example.org",
                "[includeIf \"gitdir:" + project + "/\"]",
                "path = work");
        assertThat(identity()).contains(GitIdentity.of(new Person("Ada", "ada@work.example")));

        git("config", "user.name", "Ada of the project");
        assertThat(identity())
                .contains(GitIdentity.of(new Person("Ada of the project", "ada@work.example")));

        git("config", "extensions.worktreeConfig", "true");
        git("config", "--worktree", "user.name", "Ada of the worktree");
        assertThat(identity())
                .contains(GitIdentity.of(new Person("Ada of the worktree", "ada@work.example")));
    }

    @Test
    void the_environment_overrules_all_and_may_name_two() throws Exception {
        userConfiguration("[user]", "name = Ada", "email = ada@example.org");
        environment.put("GIT_COMMITTER_NAME", "Robot");
        environment.put("GIT_COMMITTER_EMAIL", "robot@example.org");

        assertThat(identity())
                .contains(new GitIdentity(ADA, new Person("Robot", "robot@example.org")));
        assertThat(identity().orElseThrow())
                .hasToString("Ada <ada@example.org>, committed by Robot <robot@example.org>");
    }

    @Test
    void any_name_is_taken_as_git_writes_it() throws Exception {
        environment.put("GIT_AUTHOR_NAME", "Ádá \"the 1st\" O'Löve\nlace <x> 😀");
        environment.put("GIT_AUTHOR_EMAIL", "ada@example.org");
        environment.put("GIT_COMMITTER_NAME", "Ada");
        environment.put("GIT_COMMITTER_EMAIL", "ada@example.org");

        assertThat(identity().orElseThrow().author().name())
                .isEqualTo("Ádá \"the 1st\" O'Lövelace x 😀");
    }

    @Test
    void a_repository_that_git_does_not_trust_does_not_hide_the_users_name() throws Exception {
        userConfiguration("[user]", "name = Ada", "email = ada@example.org");
        environment.put("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1");

        assertThat(identity()).contains(GitIdentity.of(ADA));
    }

    @Test
    void an_include_that_never_ends_is_not_waited_for() throws Exception {
        String pipe = top.resolve("pipe").toString();
        assertThat(Command.of("mkfifo", pipe).run(LIMIT).ok()).isTrue();
        userConfiguration("[user]", "name = Ada", "email = ada@example.org");
        git("config", "include.path", pipe);

        assertThat(identity()).contains(GitIdentity.of(ADA));
    }
}
