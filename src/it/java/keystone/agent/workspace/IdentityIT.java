package keystone.agent.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import keystone.agent.it.Ended;
import keystone.agent.it.Installation;
import keystone.agent.it.Installations;
import keystone.agent.it.Project;
import keystone.agent.it.Sandbox;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Whose commits those of a guest are.
@ExtendWith(Installations.class)
final class IdentityIT {
    private static final String NAME = "Ádá \"the\" O'Neil \\ #1";

    private static void commit(Sandbox shop, String message) throws Exception {
        shop.says("git", "-C", "/workspace", "commit", "-q", "--allow-empty", "-m", message);
    }

    private static String last(Project project) throws Exception {
        return project.git("log", "-1", "--format=%s by %an <%ae>").strip();
    }

    @Test
    void commits_inside_carry_the_users_name_and_follow_it(Installation home) throws Exception {
        Project project = home.project("shop");
        project.git("config", "user.name", NAME);
        project.git("config", "user.email", "ada@example.org");
        Ended started = home.starting(project).run().succeeds();
        Sandbox shop = home.sandbox("shop", project);
        assertThat(started.output()).contains("identity     " + NAME + " <ada@example.org>");

        commit(shop, "One");
        shop.keystone("sync").run().succeeds();
        assertThat(last(project)).isEqualTo("One by " + NAME + " <ada@example.org>");

        project.git("config", "user.name", "Grace");
        assertThat(shop.keystone("sync", "--git").run().succeeds().output())
                .isEqualTo("commits in shop are by Grace <ada@example.org>\n");
        assertThat(shop.status().string("identity")).isEqualTo("Grace <ada@example.org>");
        commit(shop, "Two");
        shop.keystone("sync").run().succeeds();
        assertThat(last(project)).isEqualTo("Two by Grace <ada@example.org>");
        // What the guest's own configuration says is stronger.
        shop.says("git", "-C", "/workspace", "config", "user.name", "Guest");
        commit(shop, "Three");
        shop.keystone("stop").run().succeeds();
        assertThat(project.git("log", "-1", "--format=%an", "refs/keystone/shop/heads/main"))
                .isEqualTo("Guest\n");
    }

    @Test
    void a_shared_git_directory_keeps_nobody_from_committing_as_the_agent(Installation home)
            throws Exception {
        Project project = home.project("shop");
        project.git("config", "user.name", "Ada");
        project.git("config", "user.email", "ada@example.org");
        project.git("config", "user.signingKey", "A0A0A0A0");
        project.git("config", "commit.gpgSign", "true");
        Sandbox shop = home.start(project, "--git", "direct", "--identity", "agent");

        commit(shop, "One");

        assertThat(last(project)).isEqualTo("One by shop (agent) <shop@keystone-agent.invalid>");
    }

    @Test
    void who_has_no_name_is_told_how_to_get_one(Installation home) throws Exception {
        Project project = home.project("shop");
        project.git("config", "user.useConfigOnly", "true");

        Ended started = home.starting(project).run().succeeds();

        assertThat(started.errors()).contains("git config --global user.name NAME");
        assertThat(home.sandbox("shop", project).status().stringOrNull("identity")).isNull();
    }
}
