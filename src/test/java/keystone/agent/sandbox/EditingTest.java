package keystone.agent.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import keystone.agent.model.Access;
import keystone.agent.model.BuildId;
import keystone.agent.model.Digest;
import keystone.agent.model.EgressPolicy;
import keystone.agent.model.GitMode;
import keystone.agent.model.PortsPolicy;
import keystone.agent.model.Resources;
import keystone.agent.model.SandboxName;
import keystone.agent.model.SandboxSpec;
import keystone.agent.model.Share;
import keystone.agent.model.ShareDriver;
import keystone.agent.model.UserError;
import keystone.agent.sandbox.OpenRequest.Side;
import keystone.agent.store.SandboxDir;
import keystone.agent.store.Store;
import keystone.agent.store.TestSandboxes;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Which place an editor is led to, and what `mount` refuses; nothing is started.
final class EditingTest {
    private static final SandboxName BLUE = new SandboxName("blue");

    @TempDir Path temporary;
    private final Map<String, String> environment = new TreeMap<>();
    private Path project;
    private Path data;
    private Store store;
    private Projects projects;

    @BeforeEach
    void open() throws Exception {
        temporary = temporary.toRealPath();
        project = Files.createDirectories(temporary.resolve("blue"));
        data = Files.createDirectories(temporary.resolve("data"));
        Files.createDirectory(project.resolve("src"));
        Files.writeString(project.resolve("src/a.c"), "");
        var places = TestSandboxes.places(temporary);
        store = new Store(places);
        projects = new Projects(store, places, temporary.resolve("home"));
    }

    private SandboxDir sandbox(ShareDriver driver) {
        Digest image = Digest.of("image");
        var spec =
                new SandboxSpec(
                        BLUE,
                        project,
                        image,
                        BuildId.create(image),
                        Resources.DEFAULT,
                        driver,
                        GitMode.DIRECT,
                        EgressPolicy.USUAL,
                        PortsPolicy.USUAL,
                        List.of(new Share(data, "/data", Access.READ_WRITE)),
                        null);
        return store.create(spec, "1").orElseThrow();
    }

    private Opening plan(@Nullable String editor, Side side, @Nullable String path, Path from) {
        return new Editing(projects, environment)
                .plan(BLUE, new OpenRequest(editor, side, path, 0, from));
    }

    @ParameterizedTest
    @CsvSource({
        "blue, , /workspace",
        "blue, src, /workspace/src",
        "blue, ./src/../src/a.c, /workspace/src/a.c",
        "blue/src, a.c, /workspace/src/a.c",
        "blue, /etc/hosts, /etc/hosts",
        "data, x, /data/x",
        "., src, /workspace/src",
        "blue, /workspace/../etc, /etc"
    })
    void a_path_of_this_host_is_the_guests_where_it_is_shared(
            String from, @Nullable String path, String inside) {
        sandbox(ShareDriver.AUTO);

        Opening opening = plan("code", Side.USUAL, path, temporary.resolve(from).normalize());

        assertThat(opening.path()).isEqualTo(inside);
        assertThat(opening.alias()).isEqualTo("ks-blue");
    }

    @Test
    void a_whole_path_of_the_project_is_the_guests_too() {
        sandbox(ShareDriver.AUTO);

        Opening opening = plan("code", Side.USUAL, project.resolve("src/a.c") + "", temporary);

        assertThat(opening.command())
                .containsExactly(
                        opening.command().getFirst(),
                        "--remote",
                        "ssh-remote+ks-blue",
                        "/workspace/src/a.c");
    }

    @Test
    void an_editor_of_the_terminal_and_whoever_says_so_opens_this_hosts_files() {
        sandbox(ShareDriver.AUTO);

        assertThat(plan("nvim", Side.USUAL, "src", project).path()).isEqualTo(project + "/src");
        assertThat(plan("code", Side.HOST, null, temporary).path()).isEqualTo(project + "");
        assertThat(plan("code", Side.HOST, "/data/x", project).path()).isEqualTo(data + "/x");
        assertThat(plan("nvim", Side.USUAL, "/etc/hosts", project).alias()).isEqualTo("ks-blue");
        assertThat(plan("code", Side.HOST, null, temporary).alias()).isNull();
    }

    @Test
    void what_only_the_guest_has_is_not_opened_here() {
        sandbox(ShareDriver.CLONE);

        assertThat(plan("nvim", Side.USUAL, null, project).alias()).isEqualTo("ks-blue");
        refused("is in the guest only", () -> plan("code", Side.HOST, null, project));
        refused("is in the guest only", () -> plan("code", Side.HOST, "/etc", project));
    }

    @Test
    void what_is_not_on_this_host_is_a_file_when_it_is_called_like_one() throws Exception {
        sandbox(ShareDriver.CLONE);

        assertThat(String.join(" ", plan("code", Side.USUAL, "src/main.rs", project).command()))
                .doesNotContain("--folder-uri");
        assertThat(String.join(" ", plan("code", Side.USUAL, "src/.github", project).command()))
                .contains("--folder-uri");
    }

    @Test
    void the_editor_is_the_one_that_was_named_here_or_in_a_variable() {
        sandbox(ShareDriver.AUTO);
        environment.put("EDITOR", "emacs");
        environment.put("VISUAL", "ed");
        assertThat(plan(null, Side.USUAL, null, project).editor()).isEqualTo("emacs");

        environment.put("KEYSTONE_AGENT_EDITOR", "/opt/zed/bin/zed");
        assertThat(plan(null, Side.USUAL, null, project).command())
                .containsExactly("/opt/zed/bin/zed", "ssh://sandbox@ks-blue/workspace");
        assertThat(plan("cursor", Side.USUAL, null, project).editor()).isEqualTo("cursor");

        environment.put("KEYSTONE_AGENT_EDITOR", "ed");
        refused("does not know the editor `ed`", () -> plan(null, Side.USUAL, null, project));
        refused("does not know", () -> plan("x\u001b[2J", Side.USUAL, null, project));
        refused("is asked for", () -> plan("code", Side.USUAL, "a\nb", project));
    }

    @Test
    void a_mount_is_not_where_a_guest_can_write_and_not_of_a_sandbox_that_is_down() {
        sandbox(ShareDriver.AUTO);
        var mounting = new Mounting(store, projects);

        refused(
                "a guest can write",
                () -> mounting.mount(BLUE, request("/x", project.resolve("src"))));
        refused("cannot be mounted", () -> mounting.mount(BLUE, request("/a,ro", null)));
        refused("cannot be mounted", () -> mounting.mount(BLUE, request("relative", null)));
        refused("is stopped", () -> mounting.mount(BLUE, request("/x", null)));
        assertThat(temporary.resolve("state/.mounts")).doesNotExist();
    }

    private static MountRequest request(String guest, @Nullable Path at) {
        return new MountRequest(guest, at, Access.READ_ONLY);
    }

    @Test
    void sshfs_keeps_links_inside_and_gives_no_power_to_what_it_shows() {
        SandboxDir dir = sandbox(ShareDriver.AUTO);

        assertThat(
                        new Sshfs(dir, "/a b", temporary.resolve("at"), Access.READ_ONLY)
                                .command("ks-blue@1:/a b")
                                .arguments())
                .containsExactly(
                        "sshfs",
                        "-F",
                        dir.run().sshConfig().toString(),
                        "-o",
                        "contain_symlinks,nosuid,nodev,reconnect,ServerAliveInterval=15,"
                                + "ServerAliveCountMax=3,idmap=user,fsname=ks-blue@1:/a b,ro",
                        "ks-blue:/a b",
                        temporary.resolve("at").toString());
    }

    private interface Attempt {
        Object run() throws Exception;
    }

    private static void refused(String words, Attempt attempt) {
        assertThatThrownBy(attempt::run).isInstanceOf(UserError.class).hasMessageContaining(words);
    }

    @ParameterizedTest
    @CsvSource({
        "KEYSTONE_AGENT_EDITOR, code --wait, code",
        "VISUAL, /opt/vs code/code, code",
        "EDITOR, emacsclient -c, emacs"
    })
    void an_editor_may_come_with_arguments(String variable, String value, String word) {
        sandbox(ShareDriver.AUTO);
        environment.put(variable, value);
        assertThat(plan(null, Side.USUAL, null, project).editor()).isEqualTo(word);
    }
}
