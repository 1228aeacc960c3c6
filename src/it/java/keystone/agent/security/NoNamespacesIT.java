package keystone.agent.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import keystone.agent.it.Ended;
import keystone.agent.it.Installation;
import keystone.agent.it.Installations;
import keystone.agent.it.Project;
import keystone.agent.it.Sandbox;
import keystone.agent.json.Json;
import keystone.agent.model.Owner;
import keystone.agent.security.TestUser.MoreIds;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// A host that permits no user namespaces: less confined, and everybody is told so.
@ExtendWith({Installations.class, RootRequired.class})
class NoNamespacesIT {
    private NamespacesForbidden host;
    private TestUser user;

    @BeforeEach
    void forbid() throws IOException, InterruptedException {
        host = NamespacesForbidden.create();
        user = TestUser.create(MoreIds.GIVEN);
    }

    @AfterEach
    void allow() {
        user.close();
        host.close();
    }

    @Test
    void a_user_works_with_equal_ids_and_is_warned() throws Exception {
        try (Installation home = user.installation(host.prefix())) {
            Project project = home.project("own");
            project.write(".env", "KEY=value\n");
            user.own(home.projects());
            Ended started = home.starting(project).run().succeeds();
            Sandbox sandbox = home.sandbox("own", project);

            assertThat(started.errors())
                    .contains("user namespaces", "--git protected is not possible here");
            assertThat(started.errors())
                    .contains("the guest can read .env (this host permits no user namespaces)");
            assertThat(sandbox.status().string("git")).isEqualTo("direct");
            assertThat(
                            home.starting(project, "--git", "protected", "--name", "other")
                                    .run()
                                    .errors())
                    .contains("`--git protected` is not possible here");
            Confined.worksAs(new ProcessView(sandbox.machinePid()), user.ids());
            assertThat(sandbox.says("id", "-u")).isEqualTo("" + user.ids().uid());
            Confined.writesAs(sandbox, user.ids());
            assertThat(confinement(sandbox)).contains("sees every file of its user");
            Confined.leavesNothing(sandbox);
        }
    }

    @Test
    void root_still_drops_to_the_projects_owner_and_shows_only_its_files() throws Exception {
        try (Installation home = Installation.as(new Owner(0, 0), host.prefix())) {
            Project project = home.project("of-a-user");
            user.own(project.path());
            Ended started = home.starting(project).run().succeeds();
            Sandbox sandbox = home.sandbox("of-a-user", project);

            assertThat(started.errors()).contains("user namespaces");
            assertThat(sandbox.status().string("git")).isEqualTo("protected");
            var qemu = new ProcessView(sandbox.machinePid());
            Confined.worksAs(qemu, user.ids());
            Confined.seesOnlyItsFiles(qemu);
            assertThat(qemu.status("Groups")).isEmpty();
            assertThat(sandbox.says("id", "-u")).isEqualTo("" + user.ids().uid());
            Confined.writesAs(sandbox, user.ids());
            assertThat(confinement(sandbox)).contains("the same number inside");
            Confined.leavesNothing(sandbox);
        }
    }

    @Test
    @Tag("full")
    void virtiofsd_could_not_be_confined_for_a_user_so_9p_is_taken() throws Exception {
        try (Installation home = user.installation(host.prefix()).withVirtiofsd()) {
            Project project = home.project("own");
            project.write(".env", "KEY=value\n");
            user.own(home.projects());
            home.starting(project).run().succeeds();
            Sandbox sandbox = home.sandbox("own", project);

            assertThat(sandbox.status().string("share")).isEqualTo("9p");
            assertThat(sandbox.status().string("shareReason"))
                    .isEqualTo("virtiofsd needs user namespaces, which this host does not permit");
            Confined.leavesNothing(sandbox);
        }
    }

    @Test
    void root_has_virtiofsd_work_as_the_projects_owner_with_equal_ids() throws Exception {
        Owner root = new Owner(0, 0);
        try (Installation home = Installation.as(root, host.prefix()).withVirtiofsd()) {
            Project project = home.project("of-a-user");
            user.own(project.path());
            home.starting(project, "--share", "virtiofs").run().succeeds();
            Sandbox sandbox = home.sandbox("of-a-user", project);

            var server = new ProcessView(sandbox.shareServers().getFirst().pid());
            Confined.worksAs(server, user.ids());
            assertThat(sandbox.says("id", "-u")).isEqualTo("" + user.ids().uid());
            Confined.writesAs(sandbox, user.ids());
            Confined.leavesNothing(sandbox);
        }
    }

    @Test
    void a_project_of_roots_own_is_refused_with_a_fix() throws Exception {
        try (Installation home = Installation.as(new Owner(0, 0), host.prefix())) {
            Ended refused = home.starting(home.project("roots")).run();

            assertThat(refused.status()).isEqualTo(4);
            assertThat(refused.errors())
                    .contains("error: ")
                    .contains("fix:   keystone-agent doctor");
            assertThat(home.processes()).isEmpty();
        }
    }

    @Test
    void doctor_says_what_to_type() throws Exception {
        try (Installation home = user.installation(host.prefix())) {
            Ended report = home.keystone("doctor", "--json").run();

            Json.Obj check = check(report, "confinement");
            assertThat(check.string("status")).isEqualTo("warning");
            assertThat(check.string("fix")).contains("user.max_user_namespaces").contains("sudo");
        }
    }

    private static Json.Obj check(Ended report, String name) {
        List<Json.Obj> named = new ArrayList<>(report.objects());
        named.removeIf(check -> !check.string("name").equals(name));
        assertThat(named).as(report.output()).hasSize(1);
        return named.getFirst();
    }

    private static String confinement(Sandbox sandbox) throws InterruptedException {
        return sandbox.status().array("confinement").toString();
    }
}
