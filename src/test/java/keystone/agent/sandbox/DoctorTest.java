package keystone.agent.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import keystone.agent.model.Check;
import keystone.agent.model.Check.Status;
import keystone.agent.model.UserError;
import keystone.agent.store.Places;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The host is a directory that looks like one.
final class DoctorTest {
    @TempDir Path top;

    private final Map<String, String> environment = new TreeMap<>();
    private final Map<String, Path> programs = new TreeMap<>();
    private final List<String> notices = new ArrayList<>();
    private Path root;
    private Places places;
    private int uid;

    @BeforeEach
    void host() throws IOException {
        root = Files.createDirectories(top.resolve("root"));
        Files.createDirectories(root.resolve("tmp"));
        uid = (Integer) Files.getAttribute(top, "unix:uid");
        places =
                new Places(
                        top.resolve("state"),
                        top.resolve("cache"),
                        top.resolve("config"),
                        Path.of("/tmp/ka-doctor-test-" + uid));
        memory(32 << 20, 16 << 20);
        program("git", "git version 2.39.5");
    }

    @Test
    void a_good_host_passes_every_check_and_no_name_is_used_twice() throws Exception {
        List<Check> checks = doctor().checks();

        assertThat(checks).allMatch(check -> check.status() == Status.PASSED);
        assertThat(checks).extracting(Check::name).doesNotHaveDuplicates();
    }

    @Test
    void the_parts_are_asked_first() throws Exception {
        var doctor = new Doctor(facts(), List.of(() -> List.of(Check.passed("part", "fine"))));

        assertThat(doctor.checks()).first().isEqualTo(Check.passed("part", "fine"));
    }

    @Test
    void two_findings_about_one_thing_are_told_as_the_worse_one() throws Exception {
        Check bad = Check.failed("tool", "missing", "sudo apt-get install -y tool");
        Doctor.Part content = () -> List.of(Check.passed("tool", "installed"));

        for (List<Doctor.Part> parts :
                List.of(
                        List.of(content, () -> List.of(bad)),
                        List.<Doctor.Part>of(() -> List.of(bad), content))) {
            assertThat(new Doctor(facts(), parts).checks())
                    .filteredOn(check -> check.name().equals("tool"))
                    .containsExactly(bad);
        }
    }

    @Test
    void missing_git_is_a_failure_with_the_line_of_this_host_s_package_manager() throws Exception {
        programs.remove("git");
        assertThat(check("git").fix()).isEqualTo("install the package git");

        program("pacman", "");
        assertThat(check("git").fix()).isEqualTo("sudo pacman -S --noconfirm git");

        program("apt-get", "");
        assertThat(check("git").status()).isEqualTo(Status.FAILED);
        assertThat(check("git").fix()).isEqualTo("sudo apt-get install -y git");
    }

    @Test
    void a_program_that_tells_no_version_is_no_problem() throws Exception {
        programs.put("nix", top.resolve("missing"));

        assertThat(check("nix").message()).endsWith("tells no version");
    }

    @Test
    void little_memory_warns_with_a_smaller_size_and_almost_none_fails() throws Exception {
        memory(8 << 20, 3 << 20);
        assertThat(check("memory"))
                .isEqualTo(
                        Check.warning(
                                "memory",
                                "3.0 GiB of 8.0 GiB are free, and a sandbox gets 4g",
                                "keystone-agent start --memory 1536m"));

        memory(4 << 20, 100 << 10);
        assertThat(check("memory").status()).isEqualTo(Status.FAILED);
    }

    @Test
    void an_open_directory_warns_and_is_closed_by_fix() throws Exception {
        Files.createDirectory(
                places.state(),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        assertThat(check("state directory"))
                .isEqualTo(
                        Check.warning(
                                "state directory",
                                places.state() + " is open to others",
                                "chmod 700 " + places.state()));

        List<Check> after = doctor().fix(listener());

        assertThat(after).allMatch(check -> check.status() == Status.PASSED);
        assertThat(mode(places.state())).isEqualTo("rwx------");
        assertThat(mode(places.config())).isEqualTo("rwx------");
        assertThat(notices)
                .contains("closed " + places.state() + " to others", "made " + places.config());
        Files.deleteIfExists(places.runtime());
    }

    @Test
    void a_link_in_place_of_a_directory_is_not_followed_and_not_given_away() throws Exception {
        Path disk = Files.createDirectories(top.resolve("other disk/keystone-agent"));
        Path link = Files.createDirectory(top.resolve("home")).resolve("keystone-agent");
        Files.createSymbolicLink(link, disk);
        places = new Places(link, places.cache(), places.config(), places.runtime());

        Check check = check("state directory");
        assertThat(check.status()).isEqualTo(Status.FAILED);
        assertThat(check.message())
                .isEqualTo(places.state() + " is a link, which we do not follow");
        assertThat(check.fix())
                .isEqualTo("export XDG_STATE_HOME='" + top.resolve("other disk") + "'");
    }

    @Test
    void a_directory_of_somebody_else_is_named_by_one_word_whatever_its_name_is() throws Exception {
        Path spaced = Files.createDirectories(top.resolve("my state/keystone-agent"));
        places = new Places(spaced, places.cache(), places.config(), places.runtime());
        int owner = uid;
        uid = owner + 1;

        Check check = check("state directory");
        assertThat(check.fix()).isEqualTo("sudo chown " + uid + " '" + spaced + "'");
        assertThat(check.command())
                .containsExactly("sudo", "chown", Integer.toString(uid), spaced.toString());
    }

    @Test
    void a_runtime_directory_with_a_long_name_fails() throws Exception {
        Path deep = Path.of("/run/user/1000/" + "x".repeat(60));
        places = new Places(places.state(), places.cache(), places.config(), deep);

        assertThat(check("runtime directory").message()).contains("is too long");
    }

    @Test
    void systemd_without_a_session_and_without_lingering_warns() throws Exception {
        assertThat(check("systemd").status()).isEqualTo(Status.PASSED);

        Files.createDirectories(root.resolve("run/systemd/system"));
        assertThat(check("systemd").message()).contains("has no session of yours");

        Path runtime = Files.createDirectories(top.resolve("runtime/systemd"));
        Files.createFile(runtime.resolve("private"));
        environment.put("XDG_RUNTIME_DIR", top.resolve("runtime").toString());
        environment.put("USER", "ann");
        assertThat(check("systemd").fix()).isEqualTo("loginctl enable-linger");

        Files.createDirectories(root.resolve("var/lib/systemd/linger"));
        Files.createFile(root.resolve("var/lib/systemd/linger/ann"));
        assertThat(check("systemd").status()).isEqualTo(Status.PASSED);
    }

    @Test
    void only_commands_for_an_administrator_are_run_and_their_words_as_they_are() throws Exception {
        RootFixes asRoot =
                new Doctor(
                                new HostFacts(
                                        places,
                                        0,
                                        environment,
                                        root,
                                        name -> Optional.ofNullable(programs.get(name))),
                                List.of())
                        .rootFixes();
        Path made = top.resolve("made; $(id) 'of' mine");

        assertThat(asRoot.canRun(List.of("sudo", "touch", made.toString()))).isTrue();
        assertThat(asRoot.canRun(List.of("touch", made.toString()))).isFalse();
        assertThat(asRoot.canRun(List.of("sudo", "touch", "x\u001b[2Jy"))).isFalse();
        assertThat(asRoot.canRun(List.of("sudo"))).isFalse();
        assertThat(asRoot.canRun(List.of())).isFalse();

        asRoot.run(List.of("sudo", "touch", made.toString()));
        assertThat(made).exists();
        assertThatThrownBy(() -> asRoot.run(List.of("sudo", "false")))
                .isInstanceOf(UserError.class)
                .hasMessage("`false` did not succeed");
        assertThatThrownBy(() -> asRoot.run(List.of("sudo", "no-such-program")))
                .isInstanceOf(UserError.class)
                .hasMessage("there is no program `no-such-program`");
    }

    private Doctor doctor() {
        return new Doctor(facts(), List.of());
    }

    private HostFacts facts() {
        return new HostFacts(
                places, uid, environment, root, name -> Optional.ofNullable(programs.get(name)));
    }

    private Check check(String name) throws Exception {
        return doctor().checks().stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private void program(String name, String version) throws IOException {
        Path file = top.resolve(name);
        Files.writeString(file, "#!/bin/sh\necho '" + version + "'\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
        programs.put(name, file);
    }

    private void memory(long totalKib, long freeKib) throws IOException {
        Files.createDirectories(root.resolve("proc"));
        Files.writeString(
                root.resolve("proc/meminfo"),
                "MemTotal:  %d kB\nMemAvailable:  %d kB\n".formatted(totalKib, freeKib));
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    private StartListener listener() {
        return new StartListener() {
            @Override
            public void at(String step, OptionalDouble fraction) {}

            @Override
            public void passed(String step, Duration took) {}

            @Override
            public void notice(String sentence) {
                notices.add(sentence);
            }
        };
    }
}
