package keystone.agent.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import keystone.agent.config.ProjectFile.Approved;
import keystone.agent.config.ProjectFile.Unapproved;
import keystone.agent.config.ProjectFile.Usable;
import keystone.agent.model.Access;
import keystone.agent.model.ByteSize;
import keystone.agent.model.Settings;
import keystone.agent.model.Share;
import keystone.agent.model.ShareDriver;
import keystone.agent.model.UserError;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConfigurationTest {
    @TempDir Path top;

    private final Map<String, String> environment = new TreeMap<>();
    private Path home;
    private Path project;

    @BeforeEach
    void directories() throws IOException {
        top = top.toRealPath();
        home = Files.createDirectories(top.resolve("home"));
        project = Files.createDirectories(top.resolve("work/blue"));
        environment.put("HOME", home.toString());
    }

    @Test
    void nothing_said_is_nothing_set() {
        assertThat(effective()).isEqualTo(Settings.NONE);
    }

    @Test
    void a_flag_beats_the_environment_which_beats_the_project_which_beats_the_user()
            throws IOException {
        userFile("memory = '1g'\ncpus = 1\ndisk = '10g'\nidle_stop = '1h'");
        projectFile("memory = '2g'\ncpus = 2\ndisk = '11g'");
        approve();
        environment.put("KEYSTONE_AGENT_MEMORY", "3g");
        environment.put("KEYSTONE_AGENT_CPUS", "3");

        Settings settings = effective(Map.of(Key.MEMORY, List.of("4g")));

        assertThat(settings.memory()).isEqualTo(ByteSize.ofGib(4));
        assertThat(settings.cpus()).isEqualTo(3);
        assertThat(settings.disk()).isEqualTo(ByteSize.ofGib(11));
        assertThat(settings.idleStop()).isEqualTo(Duration.ofHours(1));
    }

    @Test
    void every_value_knows_where_it_comes_from() throws IOException {
        userFile("\nidle_stop = '1h'");
        projectFile("[image]\npackages = ['nodejs']");
        approve();
        environment.put("KEYSTONE_AGENT_CPUS", "3");

        Effective effective =
                configuration().effective(project, usable(), Map.of(Key.MEMORY, List.of("4g")));

        assertThat(effective.settings())
                .extracting(setting -> setting.text() + " from " + setting.origin().where())
                .containsExactly(
                        "4g from --memory",
                        "3 from KEYSTONE_AGENT_CPUS",
                        "1h from " + top + "/config/agent.toml, line 2, idle_stop",
                        "nodejs from " + project + "/.keystone/agent.toml, line 2, image.packages");
    }

    @Test
    void what_holds_several_values_adds_up_and_the_stronger_place_wins_a_conflict()
            throws IOException {
        Path data = Files.createDirectories(top.resolve("data"));
        Path more = Files.createDirectories(top.resolve("more"));
        userFile(
                """
                mounts = ['%s:/data:ro', '%s:/more']
                [env]
                A = 'user'
                B = 'user'
                """
                        .formatted(data, more));
        projectFile("[env]\nB = 'project'\nC = 'project'");
        approve();

        Settings settings =
                effective(
                        Map.of(
                                Key.ENV,
                                List.of("C=flag"),
                                Key.MOUNTS,
                                List.of("../../more:/data")));

        assertThat(settings.environment())
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of("A", "user", "B", "project", "C", "flag"));
        assertThat(settings.mounts())
                .containsExactly(
                        new Share(more, "/data", Access.READ_WRITE),
                        new Share(more, "/more", Access.READ_WRITE));
    }

    @Test
    void every_key_is_understood_from_a_file() throws IOException {
        userFile(
                """
                memory = "512m"
                cpus = 4
                disk = "30g"
                share = "9p"
                idle_stop = "90m"
                mounts = ["~/data:/data:ro"]

                [env]
                TZ = "UTC"

                [image]
                packages = ["nodejs",
                    "npm"]
                setup = '''
                npm install -g pnpm
                '''
                """);
        Path data = Files.createDirectories(home.resolve("data"));

        Settings settings = effective();

        assertThat(settings.memory()).isEqualTo(ByteSize.ofMib(512));
        assertThat(settings.cpus()).isEqualTo(4);
        assertThat(settings.disk()).isEqualTo(ByteSize.ofGib(30));
        assertThat(settings.share()).isEqualTo(ShareDriver.NINE_P);
        assertThat(settings.idleStop()).isEqualTo(Duration.ofMinutes(90));
        assertThat(settings.mounts()).containsExactly(new Share(data, "/data", Access.READ_ONLY));
        assertThat(settings.environment()).containsEntry("TZ", "UTC");
        assertThat(settings.image().packages()).containsExactly("nodejs", "npm");
        assertThat(settings.image().setup()).isEqualTo("npm install -g pnpm\n");
    }

    @Test
    void a_variable_without_a_value_is_passed_on() {
        environment.put("TOKEN", "a=b");

        assertThat(configuration().variables(List.of("TOKEN", "X=", "X=1")))
                .isEqualTo(Map.of("TOKEN", "a=b", "X", "1"));
        assertRefused(
                () -> configuration().variables(List.of("NOPE")),
                "-e: the variable `NOPE` is not set here");
    }

    @Test
    void an_unapproved_project_file_has_no_effect_and_cannot_be_used() throws IOException {
        projectFile("memory = '2g'");

        ProjectFile file = configuration().projectFile(project);

        assertThat(file).isInstanceOf(Unapproved.class).isNotInstanceOf(Usable.class);
        assertThat(((Unapproved) file).toShow()).containsExactly("memory = '2g'");
    }

    @Test
    void an_approval_is_for_the_exact_content() throws IOException {
        projectFile("memory = '2g'\ncpus = 2\n");
        approve();

        assertThat(configuration().projectFile(project)).isInstanceOf(Approved.class);

        projectFile("memory = '3g'\ncpus = 2\n");
        assertThat(configuration().projectFile(project))
                .asInstanceOf(type(Unapproved.class))
                .satisfies(file -> assertThat(file.isChange()).isTrue())
                .extracting(Unapproved::toShow)
                .isEqualTo(List.of("- memory = '2g'", "+ memory = '3g'", "  cpus = 2"));
    }

    @Test
    void an_older_approval_does_not_come_back() throws IOException {
        projectFile("memory = '2g'");
        approve();
        projectFile("memory = '1g'");
        approve();

        projectFile("memory = '2g'");

        assertThat(configuration().projectFile(project)).isInstanceOf(Unapproved.class);
    }

    @Test
    void what_is_used_is_what_was_approved_even_when_the_file_changes_in_between()
            throws IOException {
        projectFile("cpus = 2");
        var file = (Unapproved) configuration().projectFile(project);
        projectFile("cpus = 9");

        Usable approved = configuration().approve(file);

        assertThat(configuration().effective(project, approved, Map.of()).toModel().cpus())
                .isEqualTo(2);
        assertThat(configuration().projectFile(project)).isInstanceOf(Unapproved.class);
    }

    @Test
    void one_project_s_approval_is_not_another_s() throws IOException {
        projectFile("cpus = 2");
        approve();
        Path other = Files.createDirectories(top.resolve("work/red"));
        write(other.resolve(".keystone/agent.toml"), "cpus = 2");

        assertThat(configuration().projectFile(other)).isInstanceOf(Unapproved.class);
    }

    @Test
    void approvals_are_private_and_a_changed_one_is_none() throws IOException {
        projectFile("cpus = 2");
        approve();
        Path folder = top.resolve("config/approved");
        Path approval = onlyFileIn(folder);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(approval)))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
                .isEqualTo("rwx------");

        Files.writeString(approval, Files.readString(approval).replace("cpus = 2", "cpus = 3"));
        projectFile("cpus = 3");
        assertThat(configuration().projectFile(project)).isInstanceOf(Unapproved.class);
    }

    @Test
    void approvals_that_a_guest_could_write_are_refused() throws IOException {
        projectFile("cpus = 2");
        Path inside = Files.createDirectories(project.resolve("config"));
        var origins = new Configuration.Origins(inside, environment, project, List.of());

        assertRefused(
                () -> new Configuration(origins, List::of).projectFile(project),
                "the approvals are kept inside the project");
    }

    @Test
    void the_wishes_of_an_unapproved_file_can_be_read_and_its_mistakes_are_refused()
            throws IOException {
        projectFile("cpus = 2\n[env]\nA = '1'");
        var good = (Unapproved) configuration().projectFile(project);

        assertThat(configuration().wishes(good))
                .extracting(setting -> setting.key() + " " + setting.text())
                .containsExactly("CPUS 2", "ENV A=1");

        projectFile("cpu = 2");
        var bad = (Unapproved) configuration().projectFile(project);
        assertRefused(() -> configuration().wishes(bad), "there is no setting `cpu`");
    }

    private static Path onlyFileIn(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList().getFirst();
        }
    }

    private Settings effective() {
        return effective(Map.of());
    }

    private Settings effective(Map<Key, List<String>> flags) {
        return configuration().effective(project, usable(), flags).toModel();
    }

    private Usable usable() {
        return (Usable) configuration().projectFile(project);
    }

    private void approve() {
        configuration().approve((Unapproved) configuration().projectFile(project));
    }

    private Configuration configuration() {
        return new Configuration(
                new Configuration.Origins(
                        top.resolve("config"), environment, project, List.of(top.resolve("state"))),
                List::of);
    }

    private void userFile(String text) throws IOException {
        write(top.resolve("config/agent.toml"), text);
    }

    private void projectFile(String text) throws IOException {
        write(project.resolve(".keystone/agent.toml"), text);
    }

    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private static void assertRefused(
            org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String problem) {
        assertThatThrownBy(call).isInstanceOf(UserError.class).hasMessageContaining(problem);
    }

    @Test
    void a_mistyped_variable_is_refused_with_the_nearest_one() {
        environment.put("KEYSTONE_AGENT_MEMRY", "8g");

        assertThatThrownBy(this::effective)
                .isInstanceOfSatisfying(
                        UserError.class,
                        error -> {
                            assertThat(error.problem()).contains("KEYSTONE_AGENT_MEMRY");
                            assertThat(error.fix()).contains("KEYSTONE_AGENT_MEMORY?");
                        });
    }

    @Test
    void a_variable_that_is_near_to_none_may_be_somebody_else_s() {
        for (String variable :
                List.of(
                        "HOME",
                        "EDITOR",
                        "IT_CACHE",
                        "USER_LC_ALL",
                        "SUPERVISOR_OF",
                        "CHILD_OF",
                        "HOLD_AT",
                        "TOKEN",
                        "TEST_IMAGE",
                        "QEMU_ARGS",
                        "JVM_DIR",
                        "VERSION")) {
            environment.put("KEYSTONE_AGENT_" + variable, "x");
        }

        assertThat(effective()).isEqualTo(Settings.NONE);
    }

    @Test
    void a_secret_is_delivered_in_a_way_that_was_said() {
        assertThatThrownBy(() -> effective(Map.of(Key.DELIVER, List.of("ANTHROPIC_API_KEY"))))
                .isInstanceOfSatisfying(
                        UserError.class,
                        error -> {
                            assertThat(error.problem()).contains("needs =session or =file");
                            assertThat(error.fix()).contains("ANTHROPIC_API_KEY=session");
                        });
    }

    @Test
    void a_secret_that_nobody_knows_cannot_be_delivered_by_a_flag() throws IOException {
        assertRefused(
                () -> effective(Map.of(Key.DELIVER, List.of("NOSUCH=session"))),
                "there is no secret `NOSUCH`");

        userFile("[secrets.NOSUCH]\nhosts = ['example.org']");
        assertThat(effective(Map.of(Key.DELIVER, List.of("NOSUCH=session"))).delivered())
                .hasSize(1);
    }
}
