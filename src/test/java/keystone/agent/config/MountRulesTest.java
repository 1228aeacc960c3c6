package keystone.agent.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import keystone.agent.model.Share;
import keystone.agent.model.UserError;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MountRulesTest {
    @TempDir Path top;
    private Path home;
    private Path project;
    private Path data;
    private final List<Path> writable = new ArrayList<>();

    @BeforeEach
    void directories() throws IOException {
        top = top.toRealPath();
        home = Files.createDirectories(top.resolve("people/ann"));
        project = Files.createDirectories(top.resolve("people/ann/blue"));
        data = Files.createDirectories(top.resolve("data"));
        Files.createDirectories(top.resolve("state"));
    }

    @Test
    void an_ordinary_directory_may_be_shared_also_with_a_colon_in_its_name() throws IOException {
        Path odd = Files.createDirectory(top.resolve("a:b c"));

        assertThat(shared(data + ":/data", odd + ":/odd:ro"))
                .extracting(Share::host)
                .containsExactly(data, odd);
    }

    @Test
    void the_machine_homes_and_what_contains_them_are_refused() {
        assertRefused("/:/x", "it is the whole machine");
        assertRefused(home + ":/x", "it is your home directory");
        assertRefused("~:/x", "it is your home directory");
        assertRefused(home + "/blue/..:/x", "it is your home directory");
        assertRefused(top + "/people:/x", "it contains your home directory");
        assertRefused("/home:/x", "it holds home directories");
    }

    @Test
    void places_for_keys_are_refused_whoever_they_belong_to() throws IOException {
        Files.createDirectories(home.resolve(".ssh/deeper"));
        Files.createDirectories(home.resolve(".config/gcloud"));
        Files.createDirectories(top.resolve("people/bob/.gnupg"));

        assertRefused("~/.ssh:/x", "it is a place for keys and passwords");
        assertRefused("~/.ssh/deeper:/x:ro", "it is a place for keys and passwords");
        assertRefused(top + "/people/bob/.gnupg:/x", "it is a place for keys and passwords");
        assertRefused("~/.config:/x", "it contains " + home + "/.config/gcloud");
    }

    @Test
    void our_own_files_and_the_system_s_are_refused() {
        assertRefused(top + "/state:/x", "it holds keystone-agent's own files");
        assertRefused("/etc:/x", "it belongs to the system");
        assertRefused("/proc/self:/x", "it belongs to the system");
    }

    @Test
    void what_is_no_directory_is_refused() throws IOException {
        Files.writeString(data.resolve("file"), "");

        assertRefused(data + "/missing:/x", "is not a directory");
        assertRefused(data + "/file:/x", "is not a directory");
    }

    @Test
    void links_are_followed_before_the_rules_are_asked() throws IOException {
        Files.createDirectories(home.resolve(".ssh"));
        Files.createSymbolicLink(data.resolve("innocent"), home.resolve(".ssh"));
        Files.createSymbolicLink(data.resolve("round"), Path.of("round"));
        Files.createSymbolicLink(data.resolve("up"), Path.of("../data"));

        assertRefused(data + "/innocent:/x", "it is a place for keys and passwords");
        assertRefused(data + "/round:/x", "leads nowhere");
        assertThat(shared(data + "/up:/x:ro")).extracting(Share::host).containsExactly(data);
    }

    @Test
    void a_link_that_a_guest_can_change_is_not_followed() throws IOException {
        Path documents = Files.createDirectories(top.resolve("documents"));
        Files.createSymbolicLink(project.resolve("data"), documents);
        Files.createSymbolicLink(data.resolve("inner"), documents);

        assertRefused("data:/x", "which a guest can change");
        assertThat(shared(data + ":/ro:ro", data + "/inner:/x")).hasSize(2);
        assertRefused(data + "/inner:/x", "which a guest can change", data + ":/rw");
    }

    @Test
    void a_link_that_another_sandbox_s_guest_can_change_is_not_followed() throws IOException {
        Path secrets = Files.createDirectories(top.resolve("secrets"));
        Path green = Files.createDirectories(home.resolve("green"));
        Files.createDirectories(green.resolve("deep"));
        Files.createSymbolicLink(green.resolve("deep/data"), secrets);
        Files.createSymbolicLink(home.resolve("shortcut"), green.resolve("deep"));

        assertThat(shared(green + "/deep/data:/x")).extracting(Share::host).contains(secrets);
        writable.add(green);

        for (String way :
                List.of(
                        green + "/deep/data",
                        "../green/deep/data",
                        "~/green/deep/./data",
                        green + "/deep/../deep/data",
                        home + "/shortcut/data")) {
            assertRefused(way + ":/x", "which a guest can change");
            assertRefused(way + ":/x:ro", "which a guest can change");
        }
        assertThat(shared(home + "/shortcut:/x"))
                .extracting(Share::host)
                .containsExactly(green.resolve("deep"));
    }

    @Test
    void a_link_that_a_guest_can_change_is_not_followed_wherever_the_mount_is_written()
            throws IOException {
        Files.createSymbolicLink(project.resolve("inner"), data);
        String mount = "mounts = [\"" + project + "/inner:/x\"]\n";
        Path user = Files.createDirectories(top.resolve("config")).resolve("agent.toml");
        Files.writeString(user, mount);

        assertThatThrownBy(this::shared)
                .hasMessageStartingWith(user + ", line 1")
                .hasMessageContaining("which a guest can change");
        Files.delete(user);
        Files.createDirectory(project.resolve(".keystone"));
        Files.writeString(project.resolve(".keystone/agent.toml"), "mounts = [\"inner:/x\"]\n");
        var unapproved = (ProjectFile.Unapproved) configuration().projectFile(project);
        assertThatThrownBy(() -> configuration().wishes(unapproved))
                .hasMessageStartingWith(project + "/.keystone/agent.toml, line 1")
                .hasMessageContaining("which a guest can change");
        var approved = configuration().approve(unapproved);
        assertThatThrownBy(() -> configuration().effective(project, approved, Map.of()))
                .hasMessageContaining("which a guest can change");
    }

    @Test
    void the_guest_s_own_places_are_not_hidden() {
        assertRefused(data + ":/workspace", "would hide what the guest has there");
        assertRefused(data + ":/etc", "would hide what the guest has there");
        assertRefused(data + ":/", "cannot be a path in the guest");
        assertRefused(data + ":/a/../etc", "cannot be a path in the guest");
        assertRefused(data + ":/x", "there are two mounts at /x", data + ":/x:ro");
    }

    @Test
    void what_is_no_mount_is_refused() {
        assertRefused("data", "`data` is not a mount");
        assertRefused("data:x", "`data:x` is not a mount");
        assertRefused(":/x", "`:/x` is not a mount");
        assertRefused("data:/x:rx", "`data:/x:rx` is not a mount");
    }

    private List<Share> shared(String... mounts) {
        var none = (ProjectFile.Usable) configuration().projectFile(project);
        return configuration()
                .effective(project, none, Map.of(Key.MOUNTS, List.of(mounts)))
                .toModel()
                .mounts();
    }

    private Configuration configuration() {
        var origins =
                new Configuration.Origins(
                        top.resolve("config"),
                        Map.of("HOME", home.toString()),
                        project,
                        List.of(top.resolve("state")));
        return new Configuration(origins, () -> writable);
    }

    private void assertRefused(String mount, String why, String... others) {
        var all = new ArrayList<>(List.of(others));
        all.add(mount);
        assertThatThrownBy(() -> shared(all.toArray(String[]::new)))
                .isInstanceOf(UserError.class)
                .hasMessageStartingWith("--mount: ")
                .hasMessageContaining(why);
    }
}
