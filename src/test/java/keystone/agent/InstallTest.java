package keystone.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import keystone.agent.process.Command;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `scripts/install` and `scripts/uninstall`, run in a checkout whose build is made up.
final class InstallTest {
    @TempDir Path checkout;
    /// In the place of a program that writes its own pages and completions.
    private static final String JAVA =
            """
            #!/bin/sh
            case "$*" in
                *" docs --man "*) for directory; do :; done; echo page >"$directory/keystone-agent.1" ;;
                *) echo "$*" ;;
            esac
            """;

    @TempDir Path machine;
    private Path prefix;

    @BeforeEach
    void a_built_checkout() throws IOException {
        prefix = machine.resolve("my programs");
        for (String script :
                List.of(
                        "scripts/install",
                        "scripts/uninstall",
                        "bin/keystone-agent",
                        "bin/in-sandbox",
                        "bin/sandbox",
                        "packaging/man/in-sandbox.1",
                        "packaging/man/sandbox.1")) {
            Files.createDirectories(checkout.resolve(script).resolveSibling(""));
            Files.copy(Path.of(script), checkout.resolve(script));
        }
        build("first");
    }

    @Test
    void the_program_and_its_names_are_put_under_the_prefix() throws Exception {
        install();

        assertThat(names(prefix.resolve("bin")))
                .containsExactly("in-sandbox", "ka", "keystone", "keystone-agent", "sandbox");
        assertThat(names(prefix.resolve("lib"))).containsExactly("keystone-agent");
        Path jar = prefix.resolve("lib/keystone-agent/keystone-agent.jar");
        assertThat(jar).hasContent("first");
        assertThat(Files.getLastModifiedTime(jar).toMillis())
                .as("by which the launcher tells whether the cache beside it is of this jar")
                .isEqualTo(10_000);
        Path share = prefix.resolve("share");
        assertThat(share.resolve("man/man1/keystone-agent.1")).hasContent("page");
        assertThat(share.resolve("bash-completion/completions/ka"))
                .content()
                .contains("completion bash");
        assertThat(share.resolve("zsh/site-functions/_keystone-agent"))
                .content()
                .contains("completion zsh");
        assertThat(share.resolve("fish/vendor_completions.d/keystone-agent.fish"))
                .content()
                .contains("completion fish");
        assertThat(names(share.resolve("man/man1")))
                .containsExactly("in-sandbox.1", "keystone-agent.1", "sandbox.1");
        assertThat(names(share.resolve("keystone-agent")))
                .containsExactly(
                        "direnv.sh", "hook.bash", "hook.fish", "hook.zsh", "starship.toml");
        assertThat(share.resolve("keystone-agent/direnv.sh"))
                .content()
                .contains("shell-hook direnv");
    }

    @Test
    void helpers_run_the_program_beside_them_also_by_a_link() throws Exception {
        install();
        for (String helper : List.of("sandbox", "in-sandbox")) {
            Files.createSymbolicLink(
                    machine.resolve(helper), prefix.resolve("bin").resolve(helper));
        }

        assertThat(said("sandbox")).endsWith(" attach");
        assertThat(said("sandbox", "blue")).endsWith(" attach blue");
        assertThat(said("in-sandbox", "make", "-C", "a b")).endsWith(" exec -- make -C a b");
    }

    private String said(String helper, String... words) throws InterruptedException {
        String[] all =
                Stream.concat(Stream.of(machine.resolve(helper).toString()), Stream.of(words))
                        .toArray(String[]::new);
        return Command.of(all).run(Duration.ofSeconds(10)).output().strip();
    }

    @Test
    void a_later_version_replaces_an_earlier_one_whole() throws Exception {
        install();
        Path open = prefix.resolve("lib/keystone-agent/keystone-agent.jar");
        try (var running = Files.newBufferedReader(open)) {
            build("second");
            Files.delete(checkout.resolve("target/app/gone-in-second"));
            install();

            assertThat(running.readLine()).as("what a supervisor has open").isEqualTo("first");
        }
        assertThat(open).hasContent("second");
        assertThat(names(prefix.resolve("lib/keystone-agent")))
                .containsExactly("keystone-agent.jar", "runtime");
        assertThat(names(prefix.resolve("lib"))).containsExactly("keystone-agent");
    }

    @Test
    void everybody_may_run_what_somebody_with_a_closed_umask_installs() throws Exception {
        Files.setPosixFilePermissions(
                checkout.resolve("bin/keystone-agent"),
                PosixFilePermissions.fromString("rwx------"));
        Files.setPosixFilePermissions(
                checkout.resolve("target/app/keystone-agent.jar"),
                PosixFilePermissions.fromString("rw-------"));

        Command closed =
                Command.of(
                                "sh",
                                "-c",
                                "umask 077; sh scripts/install \"$1\"",
                                "sh",
                                prefix.toString())
                        .in(checkout);
        assertThat(closed.run(Duration.ofSeconds(30)).ok()).isTrue();

        try (Stream<Path> all = Files.walk(prefix)) {
            assertThat(all)
                    .allSatisfy(
                            each ->
                                    assertThat(Files.getPosixFilePermissions(each))
                                            .contains(PosixFilePermission.OTHERS_READ));
        }
        assertThat(Files.getPosixFilePermissions(prefix.resolve("bin/keystone-agent")))
                .contains(PosixFilePermission.OTHERS_EXECUTE);
    }

    /// With it, `cd` prints where it went.
    @Test
    void a_search_path_of_cd_leads_nowhere_else() throws Exception {
        Command command =
                Command.of("sh", "scripts/install", prefix.toString())
                        .in(checkout)
                        .withEnvironment("CDPATH", ".");

        assertThat(command.run(Duration.ofSeconds(30)).ok()).isTrue();
    }

    @Test
    void uninstalled_nothing_of_it_is_left_and_everything_else_is() throws Exception {
        Path others = Files.createDirectories(prefix.resolve("share/man/man1"));
        Files.writeString(others.resolve("keys.1"), "another program's");
        install();

        assertThat(run("scripts/uninstall").ok()).isTrue();

        try (Stream<Path> left = Files.walk(prefix)) {
            assertThat(left.filter(each -> !Files.isDirectory(each)))
                    .containsExactly(others.resolve("keys.1"));
        }
        assertThat(names(prefix.resolve("lib"))).isEmpty();
        assertThat(names(prefix.resolve("share"))).doesNotContain("keystone-agent");
        Command.Finished again = run("scripts/uninstall");
        assertThat(again.status()).isEqualTo(2);
        assertThat(again.errors()).contains("not installed in " + prefix, "fix:");
    }

    private void build(String version) throws IOException {
        Path app = Files.createDirectories(checkout.resolve("target/app"));
        Path jar = Files.writeString(app.resolve("keystone-agent.jar"), version);
        Files.setLastModifiedTime(jar, FileTime.fromMillis(10_000));
        Files.writeString(app.resolve("gone-in-second"), "");
        Path java = app.resolve("runtime/bin/java");
        Files.createDirectories(app.resolve("runtime/bin"));
        Files.writeString(java, JAVA);
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private void install() throws InterruptedException {
        Command.Finished finished = run("scripts/install");
        assertThat(finished.ok()).as(finished.errors()).isTrue();
    }

    private Command.Finished run(String script) throws InterruptedException {
        return Command.of(checkout.resolve(script).toString(), prefix.toString())
                .run(Duration.ofSeconds(10));
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        }
    }
}
