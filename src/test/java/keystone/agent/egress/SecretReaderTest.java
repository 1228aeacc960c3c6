package keystone.agent.egress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import keystone.agent.egress.SecretReader.Found;
import keystone.agent.model.SecretRef;
import keystone.agent.model.SecretRef.Encoding;
import keystone.agent.model.SecretSource;
import keystone.agent.model.UserError;
import keystone.agent.process.Command;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class SecretReaderTest {
    private static final String CANARY = "canary-91c2";
    private static final SecretSource VARIABLE = new SecretSource.Variable("KEY");
    private static final SecretSource DOT_ENV = new SecretSource.DotEnv(".env", "KEY");
    private static final SecretSource STORED = new SecretSource.Stored();

    @TempDir Path directory;
    private SourceScene scene;

    @BeforeEach
    void open() {
        scene = new SourceScene(directory);
    }

    @AfterEach
    void close() {
        scene.close();
    }

    private static SecretSource command(String... arguments) {
        return new SecretSource.Command(List.of(arguments));
    }

    @Test
    void the_first_source_that_has_it_counts() throws Exception {
        assertThat(scene.read(STORED, VARIABLE, DOT_ENV)).isEmpty();

        Files.writeString(scene.project.resolve(".env"), "KEY=from-file\n");
        assertThat(scene.value(STORED, VARIABLE, DOT_ENV)).isEqualTo("from-file");

        scene.environment.put("KEY", "from-variable");
        assertThat(scene.value(STORED, VARIABLE, DOT_ENV)).isEqualTo("from-variable");

        scene.stored.set(SourceScene.NAME, "from-store\n", Encoding.PLAIN);
        assertThat(scene.read(STORED, VARIABLE, DOT_ENV))
                .hasValueSatisfying(
                        found -> {
                            assertThat(found.secret().reveal()).isEqualTo("from-store");
                            assertThat(found.source()).isEqualTo(STORED);
                            assertThat(found.changed()).isPresent();
                        });
    }

    @Test
    void what_is_stored_is_the_users_alone_and_goes_when_it_is_removed() throws Exception {
        scene.stored.set(SourceScene.NAME, "Y2FuYXJ5", Encoding.BASE64);

        Path file = scene.stored.file(SourceScene.NAME);
        assertThat(file).hasContent("canary");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(file.resolveSibling("."))))
                .isEqualTo("rwx------");
        assertThat(scene.stored.remove(SourceScene.NAME)).isTrue();
        assertThat(scene.stored.remove(SourceScene.NAME)).isFalse();
        assertThat(scene.read(STORED)).isEmpty();
    }

    @Test
    void what_others_can_read_is_not_used() throws Exception {
        scene.stored.set(SourceScene.NAME, CANARY, Encoding.PLAIN);
        Files.setPosixFilePermissions(
                scene.stored.file(SourceScene.NAME), PosixFilePermissions.fromString("rw-r--r--"));

        refused(() -> scene.read(STORED), "others can read");
    }

    @Test
    void a_link_in_the_project_is_not_followed() throws Exception {
        Path elsewhere = Files.writeString(scene.home.resolve("elsewhere"), "KEY=" + CANARY);
        Files.createSymbolicLink(scene.project.resolve(".env"), elsewhere);

        refused(() -> scene.read(DOT_ENV), "it is a link or no plain file");
    }

    @Test
    void a_pipe_in_the_project_holds_nobody_up() throws Exception {
        var made =
                Command.of("mkfifo", scene.project.resolve(".env").toString())
                        .run(Duration.ofSeconds(10));
        assertThat(made.ok()).isTrue();

        refused(() -> scene.read(DOT_ENV), "it is a link or no plain file");
    }

    @Test
    void a_directory_and_what_is_too_long_are_not_read() throws Exception {
        Files.createDirectory(scene.project.resolve(".env"));
        refused(() -> scene.read(DOT_ENV), "no plain file");

        Files.writeString(scene.project.resolve(".env.big"), "#".repeat((64 << 10) + 1));
        refused(() -> scene.read(new SecretSource.DotEnv(".env.big", "KEY")), "longer than 64 KiB");
    }

    @Test
    void a_command_gives_what_it_prints_without_a_shell() throws Exception {
        assertThat(scene.value(command("printf", "%s\\n", "$HOME;`id`"))).isEqualTo("$HOME;`id`");
        assertThat(scene.value(command("sh", "-c", "pwd"))).isEqualTo(scene.home.toString());
    }

    @Test
    void a_command_that_fails_is_told_without_what_it_said() {
        refused(
                () ->
                        scene.read(
                                command(
                                        "sh",
                                        "-c",
                                        "echo " + CANARY + "; echo " + CANARY + " >&2; exit 3")),
                "`sh`, which gives the secret KEY, failed with status 3");
        refused(() -> scene.read(command("no-such-program-here")), "there is no `no-such");
        refused(() -> scene.read(command("printf", "a\\nb\\n")), "more than one line");
        refused(() -> scene.read(command("true")), "is empty");
        refused(
                () -> scene.read(command("head", "-c", "200000", "/dev/zero")),
                "longer than any key");
    }

    @Test
    void a_program_that_a_guest_can_write_is_not_run() throws Exception {
        Path program =
                Files.writeString(scene.project.resolve("give"), "#!/bin/sh\necho " + CANARY);
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));

        refused(() -> scene.read(command(program.toString())), "lies where a guest can write");
    }

    @Test
    void a_file_is_read_but_not_where_a_guest_can_write_nor_led_there() throws Exception {
        Path file = Files.writeString(scene.home.resolve("key"), CANARY + "\n");
        assertThat(scene.value(new SecretSource.File(file))).isEqualTo(CANARY);
        assertThat(scene.read(new SecretSource.File(scene.home.resolve("none")))).isEmpty();

        Path inside = Files.writeString(scene.project.resolve("key"), CANARY);
        refused(() -> scene.read(new SecretSource.File(inside)), "where a guest can write");

        Path link = Files.createSymbolicLink(scene.home.resolve("link"), inside);
        refused(() -> scene.read(new SecretSource.File(link)), "where a guest can write");
    }

    @Test
    void base64_holds_for_every_source() throws Exception {
        SecretRef ref = SourceScene.ref(Encoding.BASE64, VARIABLE);
        scene.environment.put("KEY", "Y2FuYXJ5");

        assertThat(scene.reader().read(ref, null))
                .hasValueSatisfying(
                        found -> assertThat(found.secret().reveal()).isEqualTo("canary"));
    }

    @Test
    void nothing_that_is_passed_around_prints_a_value() throws Exception {
        scene.environment.put("KEY", CANARY);
        Found found = scene.read(VARIABLE).orElseThrow();

        assertThat(found + "" + found.secret()).doesNotContain(CANARY);
        assertThat(
                        new SecretReader.Surroundings(
                                        scene.environment, scene.project, scene.home, _ -> false)
                                .toString())
                .doesNotContain(CANARY);
    }

    @Test
    void a_secret_is_read_once_until_its_file_changes() throws Exception {
        scene.stored.set(SourceScene.NAME, "one", Encoding.PLAIN);
        var held =
                new HeldSecret(
                        SourceScene.ref(Encoding.PLAIN, STORED), scene.reader(), scene.clock);
        Secret one = held.current().secret();

        assertThat(held.current().secret()).isSameAs(one);
        scene.stored.set(SourceScene.NAME, "two", Encoding.PLAIN);
        assertThat(held.current().secret().reveal()).isEqualTo("two");
        scene.stored.remove(SourceScene.NAME);
        refused(held::current, "there is no secret KEY");
    }

    @Test
    void a_log_in_is_renewed_before_a_server_has_to_refuse_it() throws Exception {
        Path file = scene.home.resolve(SecretSource.Agent.CLAUDE.file());
        Files.createDirectories(file.resolveSibling("."));
        Files.writeString(
                file,
                "{\"claudeAiOauth\":{\"accessToken\":\"first\",\"refreshToken\":\"r\",\"expiresAt\":"
                        + scene.clock.instant().plusSeconds(3600).toEpochMilli()
                        + "}}");
        scene.answers(200, "{\"access_token\":\"second\",\"expires_in\":3600}");
        SecretSource source = new SecretSource.LogIn(SecretSource.Agent.CLAUDE);
        var held =
                new HeldSecret(
                        SourceScene.ref(Encoding.PLAIN, source), scene.reader(), scene.clock);

        assertThat(held.current().secret().reveal()).isEqualTo("first");
        scene.clock.pass(Duration.ofMinutes(50));
        assertThat(held.current().secret().reveal()).isEqualTo("first");
        scene.clock.pass(Duration.ofMinutes(6));
        assertThat(held.current().secret().reveal()).isEqualTo("second");
        assertThat(held.current().secret().reveal()).isEqualTo("second");
        assertThat(scene.asked).hasSize(1);
    }

    @Test
    void a_refused_secret_is_read_again_but_not_all_the_time() throws Exception {
        Path count = scene.home.resolve("count");
        SecretSource source =
                command("sh", "-c", "echo x >>'" + count + "'; wc -l <'" + count + "' | tr -d ' '");
        var held =
                new HeldSecret(
                        SourceScene.ref(Encoding.PLAIN, source), scene.reader(), scene.clock);

        Secret first = held.current().secret();
        held.refused(first);
        assertThat(held.current().secret()).as("just read").isSameAs(first);

        scene.clock.pass(HeldSecret.PAUSES.getFirst().plusSeconds(1));
        held.refused(Secret.of(SourceScene.NAME, "older", Encoding.PLAIN));
        assertThat(held.current().secret()).as("another was refused").isSameAs(first);
        held.refused(first);
        assertThat(held.current().secret().reveal()).isEqualTo("2");
    }

    @Test
    void a_command_that_fails_is_not_run_for_every_request() throws Exception {
        Path count = scene.home.resolve("count");
        SecretSource source = command("sh", "-c", "echo x >>'" + count + "'; exit 1");
        var held =
                new HeldSecret(
                        SourceScene.ref(Encoding.PLAIN, source), scene.reader(), scene.clock);

        for (int i = 0; i < 5; i++) {
            refused(held::current, "failed with status 1");
        }
        assertThat(count).content().isEqualTo("x\n");
        scene.clock.pass(HeldSecret.PAUSES.getFirst().plusSeconds(1));
        refused(held::current, "failed with status 1");
        assertThat(count).content().isEqualTo("x\nx\n");
    }

    /// A guest can make its server refuse everything; each time a person may be asked.
    @Test
    void what_is_refused_or_fails_again_and_again_is_read_less_and_less_often() throws Exception {
        Path count = scene.home.resolve("count");
        String line = "echo x >>'" + count + "'; wc -l <'" + count + "' | tr -d ' '";
        for (String end : List.of("", "; exit 1")) {
            Files.deleteIfExists(count);
            var held =
                    new HeldSecret(
                            SourceScene.ref(Encoding.PLAIN, command("sh", "-c", line + end)),
                            scene.reader(),
                            scene.clock);

            useAndRefuse(held, 180);
            assertThat(count).content().as("10 s, 1 min").isEqualTo("x\n".repeat(3));
            useAndRefuse(held, 3600);
            assertThat(count).content().as("then every 10 min").isEqualTo("x\n".repeat(9));
            scene.clock.pass(HeldSecret.QUIET.plusSeconds(1));
            useAndRefuse(held, 20);
            assertThat(count).content().as("from the beginning").isEqualTo("x\n".repeat(10));
        }
    }

    private void useAndRefuse(HeldSecret held, int seconds) throws InterruptedException {
        for (int i = 0; i < seconds; i += 5) {
            try {
                held.refused(held.current().secret());
            } catch (UserError failed) {
                assertThat(failed).hasMessageContaining("failed with status 1");
            }
            scene.clock.pass(Duration.ofSeconds(5));
        }
    }

    @Test
    void what_is_odd_in_a_file_matters_only_to_what_it_mentions() throws Exception {
        Files.writeString(scene.project.resolve(".env"), "OTHER=$(date)\nnonsense\n");
        assertThat(scene.read(DOT_ENV)).isEmpty();

        Files.writeString(scene.project.resolve(".env"), "OTHER=$(date)\nKEY=x\n");
        refused(() -> scene.read(DOT_ENV), "line 1 of .env");
    }

    private static void refused(ThrowingCallable reading, String why) {
        assertThatThrownBy(reading)
                .isInstanceOfSatisfying(
                        UserError.class,
                        error -> {
                            assertThat(error.problem()).contains(why);
                            assertThat(error.fix()).isNotBlank().doesNotContain(CANARY);
                            assertThat(stackTraceOf(error)).doesNotContain(CANARY);
                        });
    }

    static String stackTraceOf(Throwable error) {
        var text = new StringWriter();
        error.printStackTrace(new PrintWriter(text));
        return text.toString();
    }
}
