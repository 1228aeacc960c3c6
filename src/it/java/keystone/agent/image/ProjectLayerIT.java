package keystone.agent.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import keystone.agent.it.Ended;
import keystone.agent.it.Installation;
import keystone.agent.it.Installations;
import keystone.agent.it.Project;
import keystone.agent.it.Sandbox;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;

/// A project's own packages and set-up are in its guests, built once, whatever happens to the
/// disks.
@ExtendWith(Installations.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class ProjectLayerIT {
    /// `bc` is a program that the base has not. The script makes, deletes, replaces and moves.
    private static final String RECIPE =
            """
            [image]
            packages = ["bc"]
            setup = '''
            printf '#!/bin/sh\\necho "6 * 7" | bc\\n' >/usr/local/bin/answer
            chmod 755 /usr/local/bin/answer
            install -d -o sandbox -g sandbox -m 750 /home/sandbox/.tools
            install -o sandbox -g sandbox -m 640 /dev/null /home/sandbox/.tools/configured
            ln -s /usr/local/bin/answer /home/sandbox/.tools/answer
            rm /usr/bin/unzip
            rm -r /usr/share/git-core/templates
            mkdir /usr/share/git-core/templates
            echo new >/usr/share/git-core/templates/description
            mv /usr/share/python3 /usr/share/moved
            install -d -o sandbox -g adm -m 750 /var/log/service
            echo old >/var/log/service/log
            setcap cap_net_raw+ep /usr/local/bin/answer 2>/dev/null || true
            '''
            """;

    private final Installation home;

    ProjectLayerIT() throws Exception {
        home = Installation.withOwnImages();
    }

    @AfterAll
    void close() {
        home.close();
    }

    private Project projectWith(String name, String recipe) throws InterruptedException {
        Project project = home.project(name);
        project.write(".keystone/agent.toml", recipe);
        home.keystone("config", "approve", "--yes", project.path().toString()).run().succeeds();
        return project;
    }

    @Test
    @Order(1)
    void the_first_start_builds_it_and_tells_how_it_gets_on() throws Exception {
        Ended started = home.starting(projectWith("shop", RECIPE)).run().succeeds();

        assertThat(started.errors())
                .contains("looking for packages")
                .contains("installing 1 packages")
                .contains("packing the layer");
    }

    @Test
    @Order(2)
    void the_package_and_what_the_script_made_are_in_the_guest() throws Exception {
        assertHasTheLayer(shop());
    }

    @Test
    @Order(3)
    void they_survive_a_fresh_start_which_builds_nothing() throws Exception {
        String before = images();
        shop().says("sudo", "rm", "-r", "/usr/local/bin/answer", "/usr/bin/bc");

        Ended fresh = shop().starting("--fresh").run().succeeds();

        assertNothingWasBuilt(fresh);
        assertThat(images()).isEqualTo(before);
        assertHasTheLayer(shop());
    }

    @Test
    @Order(4)
    void another_project_with_the_same_recipe_builds_nothing() throws Exception {
        Project other = projectWith("other", RECIPE);

        Ended started = home.starting(other).run().succeeds();

        assertNothingWasBuilt(started);
        assertHasTheLayer(home.sandbox("other", other));
        assertThat(home.keystone("image", "list").run().succeeds().text()).contains("other, shop");
    }

    @Test
    @Order(5)
    void a_layer_in_use_stays_and_goes_with_its_last_user() throws Exception {
        String digest = layers().getFirst();
        Ended refused = home.keystone("image", "rm", digest).run().endsWith(6);
        assertThat(refused.errors()).contains("other, shop");
        home.keystone("image", "rm", "--unused").run().succeeds();
        assertThat(layers()).containsExactly(digest);
        home.keystone("destroy", "-f", "shop", "other").run().succeeds();

        home.keystone("image", "rm", "--unused").run().succeeds();

        assertThat(layers()).isEmpty();
        assertThat(images()).contains("\"base\"");
    }

    private Sandbox shop() {
        return home.sandbox("shop", new Project(home.projects().resolve("shop")));
    }

    private static void assertHasTheLayer(Sandbox sandbox) throws InterruptedException {
        assertThat(sandbox.says("answer")).isEqualTo("42");
        assertThat(sandbox.says("sh", "-c", "~/.tools/answer; stat -c '%U %a %n' ~/.tools/*"))
                .contains("42", "sandbox 640 /home/sandbox/.tools/configured");
        assertThat(sandbox.says("stat", "-c", "%U:%G %a", "/home/sandbox/.tools"))
                .isEqualTo("sandbox:sandbox 750");
        // Deleted, replaced whole, and moved, though the base below still has them.
        assertThat(sandbox.says("sh", "-c", "ls /usr/bin/unzip 2>/dev/null || echo none"))
                .isEqualTo("none");
        assertThat(sandbox.says("ls", "/usr/share/git-core/templates")).isEqualTo("description");
        assertThat(sandbox.says("sh", "-c", "ls /usr/share/moved | wc -l")).isNotEqualTo("0");
        assertThat(sandbox.says("sh", "-c", "ls -d /usr/share/python3 2>/dev/null || echo none"))
                .isEqualTo("none");
        // A service finds its directory, and none of the logs of the guest that it was set up in.
        assertThat(sandbox.says("stat", "-c", "%U:%G %a", "/var/log/service"))
                .isEqualTo("sandbox:adm 750");
        assertThat(sandbox.says("sudo", "ls", "/var/log/service")).isEmpty();
        // What belongs to the one guest in which it was made is in no other.
        assertThat(sandbox.says("hostname")).isEqualTo(sandbox.name());
    }

    private static void assertNothingWasBuilt(Ended started) {
        assertThat(started.errors()).doesNotContain("installing", "packing", "looking");
    }

    private String images() throws InterruptedException {
        return home.keystone("image", "list", "--json").run().succeeds().text();
    }

    private List<String> layers() throws InterruptedException, IOException {
        return home.keystone("image", "list", "--json").run().succeeds().objects().stream()
                .filter(image -> image.string("kind").equals("layer"))
                .map(image -> image.string("digest"))
                .toList();
    }
}
