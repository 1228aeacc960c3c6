package keystone.agent.review;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.util.List;
import keystone.agent.it.Ended;
import keystone.agent.it.Installation;
import keystone.agent.it.Installations;
import keystone.agent.it.Project;
import keystone.agent.it.Sandbox;
import keystone.agent.json.Json;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/// What a guest does to a project, as `review` tells it. Each test reviews what the one before
/// left.
@ExtendWith(Installations.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ReviewIT {
    private static final int NEEDS_LOOK = 20;

    private Installation home;
    private Project project;
    private Sandbox shop;

    @BeforeAll
    void start(Installation installation) throws Exception {
        home = installation;
        project = home.project("shop");
        shop = home.start(project, "--git", "direct");
    }

    private void inGuest(String script) throws Exception {
        if (shop.machine().isEmpty()) {
            shop.starting().run().succeeds();
        }
        shop.says("sh", "-ec", "cd /workspace\n" + script);
    }

    private static List<String> concerns(Ended review) {
        return review.object().array("concerns").stream()
                .map(Json::asObject)
                .map(each -> each.string("danger") + " " + each.string("path"))
                .toList();
    }

    @Test
    void work_as_usual_needs_no_look() throws Exception {
        shop.keystone("review").run();
        inGuest(
                """
                echo more >> README
                git config --global --add safe.directory /workspace
                git -c user.name=Ada -c user.email=ada@example.org commit -qam more
                """);

        Ended review = shop.keystone("review", "--json").run().succeeds();

        assertThat(review.object().bool("needsLook")).isFalse();
        assertThat(review.object().array("changes"))
                .anyMatch(each -> each.asObject().string("path").equals("README"));
    }

    @Test
    void everything_that_this_host_would_obey_is_told_and_nothing_of_it_runs() throws Exception {
        shop.keystone("review").run();
        inGuest(
                """
                printf '#!/bin/sh\\ntouch "$HOME/was-run"\\n' > .git/hooks/post-index-change
                chmod +x .git/hooks/post-index-change
                git config core.fsmonitor "touch $HOME/was-run"
                echo 'touch "$HOME/was-run"' > .envrc
                printf '#!/bin/sh\\n' > tool
                chmod 4755 tool
                ln -s /etc/passwd "$(printf 'a\\nb')"
                git init -q nested
                """);

        Ended review = shop.keystone("review", "--json", "--keep").run().endsWith(NEEDS_LOOK);

        assertThat(concerns(review))
                .contains(
                        "git .git/config",
                        "git .git/hooks/post-index-change",
                        "repository nested/.git",
                        "shell .envrc",
                        "setuid tool",
                        "link a\nb");
        assertThat(home.userHome().resolve("was-run")).doesNotExist();
        assertThat(shop.keystone("review").run().endsWith(NEEDS_LOOK).text())
                .contains("git: git on this host obeys it", "a?b -> /etc/passwd");
        shop.keystone("review").run().succeeds();
        shop.keystone("review", "--again").run().endsWith(NEEDS_LOOK);
    }

    @Test
    void stopping_and_starting_end_with_a_line_about_it() throws Exception {
        shop.keystone("review").run();
        inGuest("echo 'all:' > Makefile");

        String[] line = {
            "1 file changed since ", ", 1 of them needs a look: keystone-agent review"
        };
        assertThat(shop.keystone("stop").run().succeeds().errors()).contains(line);
        assertThat(shop.starting().run().succeeds().errors()).contains(line);
        Ended review = shop.keystone("review", "--json").run().endsWith(NEEDS_LOOK);
        assertThat(review.object().bool("complete")).isTrue();
    }

    @Test
    void a_project_that_is_gone_does_not_fail_a_stop() throws Exception {
        Project other = home.project("other");
        Sandbox second = home.start(other, "--git", "direct");
        second.says("sh", "-c", "rm -rf /workspace/* /workspace/.[a-z]*");
        Files.delete(other.path());

        Ended stopped = second.keystone("stop").run().succeeds();

        assertThat(stopped.errors()).contains("what changed in the project cannot be told");
    }
}
