package keystone.agent.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import keystone.agent.model.MaskRules;
import keystone.agent.model.Masking.Exposed;
import keystone.agent.model.NamePatterns;
import keystone.agent.model.NamePatterns.Kind;
import keystone.agent.process.OpenDirectory;
import keystone.agent.process.RawPath;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SecretFilesTest {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final Optional<String> COVERED = Optional.of(".git");

    @TempDir Path directory;
    private Path project;

    @BeforeEach
    void make() throws IOException {
        project = Files.createDirectory(directory.toRealPath().resolve("project"));
    }

    private void write(String file) throws IOException {
        Path path = project.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, "KEY=x\n");
    }

    private void link(String file, String target) throws IOException {
        Path path = project.resolve(file);
        Files.createDirectories(path.getParent());
        Files.createSymbolicLink(path, Path.of(target));
    }

    private SecretFiles.Found look(String... asked) {
        return look(LONG, asked);
    }

    private SecretFiles.Found look(Duration limit, String... asked) {
        var rules = new MaskRules(new NamePatterns(List.of(asked)), new NamePatterns(List.of()));
        return SecretFiles.in(project, COVERED, rules.masked(), rules.suspicious(), _ -> {}, limit);
    }

    @Test
    void files_are_found_at_any_depth_but_not_where_the_guest_sees_something_else()
            throws Exception {
        write(".env");
        write("a/b/c/.env.local");
        write("a/.env.example");
        write(".git/.env");
        write("environment");

        assertThat(look().matching()).containsOnlyKeys(".env", "a/b/c/.env.local");
        assertThat(look().missed()).isEmpty();
    }

    @Test
    void in_what_programs_keep_only_what_is_to_be_masked_is_found() throws Exception {
        write("node_modules/x/.env");
        write("moved/.git/.env");
        write("moved/.git/server.pem");
        write("a/node_modules/x/server.pem");
        write("a/server.pem");

        assertThat(look().matching()).containsOnlyKeys("node_modules/x/.env", "moved/.git/.env");
        assertThat(look().suspicious()).containsExactly("a/server.pem");
    }

    @Test
    void what_is_at_the_top_is_found_before_a_flood_below_it() throws Exception {
        for (int i = 0; i < 2_500; i++) {
            write("a/.env.%04d".formatted(i));
        }
        write(".env");

        assertThat(look().matching()).containsKey(".env").hasSize(2_000);
        assertThat(look().missed())
                .hasValueSatisfying(why -> assertThat(why).contains("more than 1999 files"));
    }

    @Test
    void names_that_no_command_line_could_hold_are_told_of() throws Exception {
        String deep = ("d".repeat(250) + "/").repeat(14);
        for (int i = 0; i < 60; i++) {
            write(deep + ".env." + i);
        }

        assertThat(look().missed())
                .hasValueSatisfying(why -> assertThat(why).contains("too long together"));
    }

    @Test
    void of_many_directories_in_one_none_is_forgotten() throws Exception {
        for (int i = 0; i < 300; i++) {
            write("a/%03d/.env".formatted(i));
        }

        assertThat(look().matching()).hasSize(300);
    }

    @Test
    void a_directory_is_found_by_a_pattern_for_directories_alone() throws Exception {
        write(".env/bin/activate");
        write(".env/.env");
        write("secrets/a/key");
        write("b/secrets");

        assertThat(look("secrets/").matching())
                .containsOnlyKeys(".env/.env", "secrets")
                .containsEntry("secrets", Kind.DIRECTORY);
    }

    @Test
    void a_link_is_read_and_what_it_leads_to_is_found() throws Exception {
        write("config/real");
        write("config/deep/other");
        link(".env", "config/real");
        link("config/deep/.env", "other");
        link("config/.env.up", "../config/./deep/other");
        link(".env.whole", project.resolve("config/real").toString());

        assertThat(look().matching()).containsOnlyKeys("config/real", "config/deep/other");
        assertThat(look().readable()).isEmpty();
    }

    @Test
    void a_link_that_leads_out_or_to_nothing_is_nobodys_concern() throws Exception {
        Files.writeString(directory.resolve("outside"), "KEY=x\n");
        write(".git/config");
        write("a/file");
        link(".env", "../outside");
        link("a/.env", directory.resolve("outside").toString());
        link(".env.none", "missing");
        link(".env.git", ".git/config");
        link(".env.top", ".");
        link(".env.directory", "a");

        assertThat(look().matching()).isEmpty();
        assertThat(look().readable()).isEmpty();
    }

    @Test
    void a_link_through_others_is_told_of_and_not_followed() throws Exception {
        write("real/file");
        link("other", "real");
        link(".env", "other/file");
        link(".env.back", "real/../real/file");
        link(".env.chain", ".env");

        assertThat(look().matching()).isEmpty();
        assertThat(look().readable())
                .extracting(Exposed::path)
                .containsExactlyInAnyOrder(".env", ".env.back", ".env.chain");
    }

    @Test
    void no_link_to_a_directory_is_entered() throws Exception {
        Files.createDirectory(directory.resolve("outside"));
        Files.writeString(directory.resolve("outside/.env"), "KEY=x\n");
        link("a", "../outside");

        assertThat(look().matching()).isEmpty();
    }

    @Test
    void files_that_look_like_secrets_are_told_of_unless_they_are_masked() throws Exception {
        write("certs/server.pem");
        write("id_ed25519");
        write("id_ed25519.pub");
        write(".npmrc");
        write("src/identity.py");

        assertThat(look().suspicious()).containsExactly(".npmrc", "certs/server.pem", "id_ed25519");
        assertThat(look("*.pem").suspicious()).containsExactly(".npmrc", "id_ed25519");
        assertThat(look("*.pem").matching()).containsOnlyKeys("certs/server.pem");
    }

    @Test
    void names_are_bytes() throws Exception {
        Path odd = RawPath.ofName("\u00ff\u0001 ");
        try (OpenDirectory open = OpenDirectory.withoutLinks(project.toRealPath())) {
            Files.createDirectory(open.path().resolve(odd));
            Files.writeString(open.path().resolve(odd).resolve(".env.\u00e4"), "KEY=x\n");
        }

        assertThat(look().matching()).containsOnlyKeys("\u00ff\u0001 /.env.\u00c3\u00a4");
    }

    @Test
    void every_directory_is_shown_before_it_is_looked_at() throws Exception {
        write("a/b/.env");
        write("node_modules/c/file");
        var seen = new ArrayList<String>();

        SecretFiles.Found _ =
                SecretFiles.in(
                        project,
                        COVERED,
                        MaskRules.usual().masked(),
                        MaskRules.usual().suspicious(),
                        each -> seen.add(nameOf(each)),
                        LONG);

        assertThat(seen).containsExactly("project", "a", "b");
    }

    private static String nameOf(OpenDirectory open) {
        try {
            return open.path().toRealPath().getFileName().toString();
        } catch (IOException gone) {
            return "";
        }
    }

    @Test
    void what_takes_too_long_or_is_too_deep_is_said() throws Exception {
        write("d/".repeat(210) + ".env");
        write(".env");

        assertThat(look().missed())
                .hasValueSatisfying(why -> assertThat(why).contains("200 levels"));
        assertThat(look().matching()).containsOnlyKeys(".env");
        assertThat(look(Duration.ZERO).missed())
                .hasValueSatisfying(why -> assertThat(why).contains("takes longer than"));
    }

    @Test
    void a_hard_link_is_another_name() throws Exception {
        write(".env");
        assertThat(SecretFiles.hasOtherName(project, ".env")).isFalse();

        Files.createLink(project.resolve("other"), project.resolve(".env"));

        assertThat(SecretFiles.hasOtherName(project, ".env")).isTrue();
        assertThat(SecretFiles.hasOtherName(project, "missing")).isFalse();
    }
}
