package keystone.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import keystone.agent.process.Command;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `scripts/find-jdk` among JDKs that consist of what it looks at.
final class FindJdkTest {
    @TempDir Path installed;
    @TempDir Path onPath;

    /// Hides the JDK that this host may have on its `PATH`.
    @BeforeEach
    void a_java_that_belongs_to_no_jdk() throws IOException {
        executable(onPath.resolve("java"));
    }

    @Test
    void the_users_own_choice_comes_first() throws Exception {
        jdk("a", "26.0.1");
        Path chosen = jdk("b", "25.0.3");

        assertThat(find(chosen).output()).isEqualTo(chosen + "\n");
    }

    @Test
    void one_that_is_too_old_is_passed_over() throws Exception {
        Path old = jdk("a", "21.0.2");
        jdk("b", "1.8.0_292");
        Path young = jdk("c", "25");

        assertThat(find(old).output()).isEqualTo(young + "\n");
    }

    @Test
    void one_without_a_compiler_is_passed_over() throws Exception {
        Path runtimeOnly = jdk("a", "25.0.3");
        Files.delete(runtimeOnly.resolve("bin/javac"));
        Path whole = jdk("b", "25.0.3");

        assertThat(find(null).output()).isEqualTo(whole + "\n");
    }

    @Test
    void where_there_is_none_it_says_what_to_install() throws Exception {
        Command.Finished search = find(null);

        assertThat(search.status()).isEqualTo(4);
        assertThat(search.errors()).startsWith("error: no JDK 25").contains("\nfix:   ");
    }

    private Path jdk(String name, String version) throws IOException {
        Path home = installed.resolve(name);
        executable(Files.createDirectories(home.resolve("bin")).resolve("javac"));
        Files.writeString(
                home.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
        return home;
    }

    private Command.Finished find(@Nullable Path javaHome) throws InterruptedException {
        return Command.of(Path.of("scripts/find-jdk").toAbsolutePath().toString())
                .withEnvironment("JAVA_HOME", javaHome == null ? null : javaHome.toString())
                .withEnvironment("PATH", onPath + ":/usr/bin:/bin")
                .withEnvironment("KEYSTONE_AGENT_JVM_DIR", installed.toString())
                .run(Duration.ofSeconds(10));
    }

    private static void executable(Path file) throws IOException {
        Files.setPosixFilePermissions(
                Files.createFile(file), PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
