package keystone.agent.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import keystone.agent.model.BuildId;
import keystone.agent.model.Digest;
import keystone.agent.model.EgressPolicy;
import keystone.agent.model.GitMode;
import keystone.agent.model.MaskRules;
import keystone.agent.model.Masking.Exposed;
import keystone.agent.model.NamePatterns;
import keystone.agent.model.PortsPolicy;
import keystone.agent.model.Resources;
import keystone.agent.model.SandboxName;
import keystone.agent.model.SandboxSpec;
import keystone.agent.model.Share;
import keystone.agent.model.ShareDriver;
import keystone.agent.model.UserError;
import keystone.agent.process.Command;
import keystone.agent.process.Confinement;
import keystone.agent.process.ConfinementSearch;
import keystone.agent.process.Enclosure;
import keystone.agent.process.Enclosure.Place;
import keystone.agent.process.HostUser;
import keystone.agent.process.Owned;
import keystone.agent.process.OwnedProcess;
import keystone.agent.process.Patience;
import keystone.agent.process.Programs;
import keystone.agent.process.SystemFiles;
import keystone.agent.store.RunDir;
import keystone.agent.workspace.Shares;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// With a shell in the place of whoever serves the share, in the same enclosure.
@Timeout(120)
final class MaskWatchTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final GitAccess NO_GIT = new GitAccess.None("there is no repository");

    @TempDir Path directory;
    private final Owned owned = new Owned();
    private final List<String> news = new CopyOnWriteArrayList<>();
    private final HostUser user = HostUser.current();
    private Path project;
    private @Nullable OwnedProcess server;

    @BeforeEach
    void make() throws Exception {
        project = Files.createDirectory(directory.toRealPath().resolve("project"));
        Files.createDirectory(directory.resolve("run"));
    }

    @AfterEach
    void close() {
        owned.close();
    }

    private void write(String file, String text) throws Exception {
        Path path = project.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    private MaskWatch begin(Optional<String> obstacle, String... patterns) throws Exception {
        SandboxSpec spec = specOf(project);
        var rules = new MaskRules(new NamePatterns(List.of(patterns)), new NamePatterns(List.of()));
        var order =
                new BootOrder(
                        spec,
                        BootOrder.Disk.KEEP,
                        Map.of(),
                        Map.of(),
                        null,
                        SecretOrder.NONE,
                        rules);
        var run = new RunDir(directory.toRealPath().resolve("run"));
        var stand = Masks.Stand.prepare(run, user.ids(), obstacle);
        return owned.own(MaskWatch.begin(order, stand, Shares.of(spec), NO_GIT));
    }

    private MaskWatch serving(String... patterns) throws Exception {
        MaskWatch masks = begin(Optional.empty(), patterns);
        serve(masks);
        owned.own(masks.watch(null, news::add));
        return masks;
    }

    private void serve(MaskWatch masks) throws Exception {
        Share share = masks.over(Shares.of(specOf(project))).byTag().firstEntry().getValue();
        Confinement confinement = new ConfinementSearch(user).tightest(user.ids());
        var places = new ArrayList<>(SystemFiles.places());
        places.addAll(Place.of(share, "/share"));
        Path shell = SystemFiles.program(Programs.locate("sh").orElseThrow());
        // Reads what it is told to, each to an end of its own.
        String script = "while read -r file; do cat \"/share/$file\"; echo; done";
        server =
                owned.own(
                        Command.of(
                                        confinement.enclose(
                                                new Enclosure(places, Map.of()),
                                                List.of(shell.toString(), "-c", script)))
                                .start());
        assertThat(served("nothing")).isEmpty();
    }

    private static SandboxSpec specOf(Path project) {
        var digest = Digest.of("image");
        return new SandboxSpec(
                new SandboxName("blue"),
                project,
                digest,
                BuildId.create(digest),
                Resources.DEFAULT,
                ShareDriver.AUTO,
                GitMode.AUTO,
                EgressPolicy.USUAL,
                PortsPolicy.USUAL,
                List.of(),
                null);
    }

    /// The first line of a file as the server sees it.
    private String served(String file) throws Exception {
        OwnedProcess server = Objects.requireNonNull(this.server);
        server.input().write((file + "\n").getBytes(StandardCharsets.UTF_8));
        server.input().flush();
        var text = new StringBuilder();
        for (int c = server.output().read(); c >= 0 && c != '\n'; c = server.output().read()) {
            text.append((char) c);
        }
        if (!text.isEmpty()) {
            // The empty line behind it.
            int end = server.output().read();
            assertThat(end).isEqualTo('\n');
        }
        return text.toString();
    }

    private void awaitExposed(MaskWatch masks, String path, String why) {
        assertThat(
                        Patience.until(
                                LIMIT,
                                () -> masks.facts().readable().contains(new Exposed(path, why))))
                .as(masks.facts().toString())
                .isTrue();
    }

    @Test
    void what_is_there_is_masked_for_whoever_serves_it() throws Exception {
        write(".env", "KEY=1\n");
        write("a/.env.local", "KEY=2\n");
        write("open", "text\n");

        MaskWatch masks = serving();

        assertThat(masks.facts().masked()).containsExactly(".env", "a/.env.local");
        assertThat(masks.facts().readable()).isEmpty();
        assertThat(served(".env")).startsWith("# keystone-agent masks this file");
        assertThat(served("a/.env.local")).startsWith("# keystone-agent masks this file");
        assertThat(served("open")).isEqualTo("text");
    }

    @Test
    void what_takes_its_place_or_is_new_is_told_of() throws Exception {
        write(".env", "KEY=1\n");
        MaskWatch masks = serving();

        write("temporary", "KEY=2\n");
        Files.move(
                project.resolve("temporary"),
                project.resolve(".env"),
                StandardCopyOption.ATOMIC_MOVE);
        awaitExposed(masks, ".env", "it was put in the place of one that was masked");
        write("new/directory/.env", "KEY=3\n");
        awaitExposed(masks, "new/directory/.env", "it was put there after the start");

        assertThat(served(".env")).isEqualTo("KEY=2");
        assertThat(masks.facts().masked()).isEmpty();
        assertThat(news).hasSize(2).allMatch(each -> each.contains("keystone-agent restart blue"));
    }

    @Test
    void what_lies_over_a_file_goes_with_its_directory() throws Exception {
        write("a/.env", "KEY=1\n");
        MaskWatch masks = serving();

        Files.move(project.resolve("a"), project.resolve("b"));
        assertThat(Patience.until(LIMIT, () -> masks.facts().masked().contains("b/.env")))
                .as(masks.facts().toString())
                .isTrue();

        assertThat(served("b/.env")).startsWith("# keystone-agent masks this file");
        assertThat(news).isEmpty();
    }

    @Test
    void what_is_too_much_to_be_masked_is_refused_so_that_no_flood_uncovers_a_file()
            throws Exception {
        for (int i = 0; i < 501; i++) {
            write("a/.env.%03d".formatted(i), "decoy\n");
        }

        assertThatThrownBy(() -> begin(Optional.empty()))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("more than 500 files in it match");
        MaskWatch masks = begin(Optional.empty(), "!/a/*");
        assertThat(masks.facts().masked()).isEmpty();
        write("d/".repeat(210) + "file", "deep\n");
        assertThatThrownBy(() -> begin(Optional.empty(), "!/a/*"))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("deeper than 200 levels");
    }

    @Test
    void where_nothing_can_be_laid_over_anything_it_is_said_or_refused() throws Exception {
        write(".env", "KEY=1\n");
        Optional<String> obstacle = Optional.of("this host permits no user namespaces");

        MaskWatch masks = begin(obstacle);

        assertThat(masks.facts().masked()).isEmpty();
        assertThat(masks.notices().toString())
                .contains("the guest can read .env (this host permits no user namespaces)");
        write("x.pem", "KEY\n");
        assertThatThrownBy(() -> begin(obstacle, "*.pem"))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("x.pem cannot be masked");
    }
}
