package keystone.agent.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import keystone.agent.model.GitIdentity;
import keystone.agent.model.GitIdentity.Person;
import keystone.agent.process.Command;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What git makes of it.
@Timeout(60)
final class GitConfigurationTest {
    private static final Person ADA = new Person("Ada", "ada@example.org");

    @TempDir private Path top;

    private String ident(String variable, GitIdentity identity) throws Exception {
        Path file = Files.writeString(top.resolve("gitconfig"), GitConfiguration.of(identity));
        Command.Finished said =
                Command.of("git", "var", variable)
                        .withEnvironment("GIT_CONFIG_NOSYSTEM", "1")
                        .withEnvironment("GIT_CONFIG_GLOBAL", file.toString())
                        .in(top)
                        .run(Duration.ofSeconds(20));
        assertThat(said.ok()).as(said.toString()).isTrue();
        return said.output().replaceFirst(" \\d+ [+-]\\d{4}\n$", "");
    }

    @Test
    void one_person_does_both() throws Exception {
        assertThat(ident("GIT_AUTHOR_IDENT", GitIdentity.of(ADA))).isEqualTo(ADA.toString());
        assertThat(ident("GIT_COMMITTER_IDENT", GitIdentity.of(ADA))).isEqualTo(ADA.toString());
    }

    @Test
    void author_and_committer_may_differ() throws Exception {
        var identity = new GitIdentity(ADA, new Person("Robot", "robot@example.org"));

        assertThat(ident("GIT_AUTHOR_IDENT", identity)).isEqualTo(ADA.toString());
        assertThat(ident("GIT_COMMITTER_IDENT", identity)).isEqualTo("Robot <robot@example.org>");
    }

    @Test
    void no_name_writes_anything_else_into_the_configuration() throws Exception {
        String name = "O\"Neil \\ #1; 'x' $(id)\n[core]\n\tpager = id\t Ö 😀";
        var identity = GitIdentity.of(new Person(name, "a;b#\"c@example.org"));

        assertThat(ident("GIT_AUTHOR_IDENT", identity))
                .isEqualTo(name.replace("\n", "") + " <a;b#\"c@example.org>");
        assertThat(GitConfiguration.of(identity)).doesNotContain("\n[core]");
    }

    @Test
    void a_token_of_the_forge_is_used_where_there_is_one() throws Exception {
        assertThat(credentials("ghp_it's\"a").output())
                .contains("username=x-access-token", "password=ghp_it's\"a");
        assertThat(credentials("").ok()).isFalse();
    }

    private Command.Finished credentials(String token) throws Exception {
        Path file = Files.writeString(top.resolve("gitconfig"), GitConfiguration.of(null));
        return Command.of("git", "credential", "fill")
                .withEnvironment("GIT_CONFIG_NOSYSTEM", "1")
                .withEnvironment("GIT_CONFIG_GLOBAL", file.toString())
                .withEnvironment("GIT_TERMINAL_PROMPT", "0")
                .withEnvironment("GIT_ASKPASS", "false")
                .withEnvironment("GH_TOKEN", token)
                .in(top)
                .run(
                        Duration.ofSeconds(20),
                        "protocol=https\nhost=github.com\n\n".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void where_the_hosts_configuration_is_shared_it_overrules_who_and_how() throws Exception {
        Path file =
                Files.writeString(
                        top.resolve("gitconfig"), GitConfiguration.of(GitIdentity.of(ADA)));
        String host =
                """
                [user]
                    name = Somebody
                    email = else@example.org
                    signingKey = A0
                [commit]
                    gpgSign = true
                """;
        Path shared = Files.writeString(top.resolve("shared"), host);
        String commit =
                """
                git init -q && git commit -q --allow-empty -m one && git log -1 --format='%an %G?'
                """;

        Command.Finished said =
                Command.of("sh", "-ec", commit)
                        .withEnvironment("GIT_CONFIG_NOSYSTEM", "1")
                        .withEnvironment("GIT_CONFIG_GLOBAL", shared.toString())
                        .withEnvironment("GIT_CONFIG_COUNT", "1")
                        .withEnvironment("GIT_CONFIG_KEY_0", "include.path")
                        .withEnvironment("GIT_CONFIG_VALUE_0", file.toString())
                        .in(Files.createDirectory(top.resolve("repository")))
                        .run(Duration.ofSeconds(20));

        assertThat(said.output()).as(said.toString()).isEqualTo("Ada N\n");
    }

    @Test
    void nobody_is_named_when_nobody_is_known() {
        assertThat(GitConfiguration.of(null))
                .doesNotContain("[user]", "[author]", "[committer]", "name =", "email");
    }
}
