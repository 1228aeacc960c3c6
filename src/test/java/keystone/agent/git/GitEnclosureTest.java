package keystone.agent.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import keystone.agent.model.UserError;
import keystone.agent.process.Command;
import keystone.agent.process.ConfinementSearch;
import keystone.agent.process.HostUser;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a git could do that a guest has taken over while it read a pack: here it is a shell.
@Timeout(60)
final class GitEnclosureTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final String INTO = "refs/keystone/blue/incoming/";

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path top;

    private TwoSides sides;
    private GitEnclosure enclosure;
    private GitEnclosure.Taking taking;

    @BeforeEach
    void a_project() throws Exception {
        sides = TwoSides.in(top);
        var self = HostUser.current();
        assumeTrue(
                new ConfinementSearch(self).tightest(self.ids()).hasPlaces(),
                "this host permits no user namespaces");
        Layout layout = Layout.plain(sides.project);
        var asOwner = new AsOwner(self.ids(), self);
        enclosure = new GitEnclosure(new Git(layout, asOwner), asOwner, layout);
        taking = enclosure.taking(List.of(), INTO, scratch(), Map.of(), List.of());
    }

    private Command.Finished shell(String script) throws Exception {
        List<String> before = List.of(AsOwner.located("sh"), "-c", script, "sh");
        taking = enclosure.taking(before, INTO, scratch(), Map.of(), List.of());
        return taking.command().run(LIMIT);
    }

    private Path scratch() {
        return sides.project.resolve(".git/scratch");
    }

    private boolean writes(String file) throws Exception {
        return shell("echo evil >>" + file).ok();
    }

    @Test
    void it_writes_packs_and_what_comes() throws Exception {
        String object = sides.host("rev-parse", "main");
        String pack = "pack-" + "0".repeat(40);
        shell(
                packing("main", pack)
                        + "cd /git/objects/pack && touch tmp_pack_x pack-y.idx"
                        + "; mkdir /git/%1$sa; echo %2$s >/git/%1$sa/b".formatted(INTO, object));
        assertThat(git(INTO)).isEmptyDirectory();

        taking.bringHome(LIMIT);
        taking.clear();

        assertThat(sides.host("rev-parse", INTO + "a/b")).isEqualTo(object);
        assertThat(git("objects/pack").toFile().list())
                .containsExactlyInAnyOrder(pack + ".idx", pack + ".pack");
        assertThat(scratch()).doesNotExist();
    }

    /// A pack of one object, under a name that a test knows.
    private static String packing(String object, String name) {
        return """
            cd /git/objects/pack
            git --git-dir=/git rev-parse %s | git --git-dir=/git pack-objects -q x
            for i in pack idx; do mv x-*.$i %s.$i; done
            rm -f x-*
            """
                .formatted(object, name);
    }

    /// Git looks for an object by its name in an index, and does not look whether it is that one.
    @Test
    void a_pack_whose_index_lies_is_not_brought_home() throws Exception {
        String pack = "pack-" + "0".repeat(40);
        shell(packing("main:README", pack));
        Path index = scratch().resolve("pack").resolve(pack + ".idx");
        byte[] lying = Files.readAllBytes(index);
        // Of the only name in it, behind the table of first bytes: git asks for what is named so.
        lying[8 + 256 * 4 + 19] ^= 1;
        byte[] sum = digest(Arrays.copyOf(lying, lying.length - 20));
        System.arraycopy(sum, 0, lying, lying.length - 20, 20);
        Files.delete(index);
        Files.write(index, lying);

        assertThatThrownBy(() -> taking.bringHome(LIMIT))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("were not taken");

        assertThat(git("objects/pack")).isEmptyDirectory();
    }

    /// Git believes both, and checks neither.
    @Test
    void of_a_pack_nothing_comes_but_its_objects_and_where_they_are() throws Exception {
        String pack = "pack-" + "0".repeat(40);
        shell(
                packing("main", pack)
                        + "for i in rev promisor; do echo evil >%s.$i; done".formatted(pack));

        taking.bringHome(LIMIT);
        taking.clear();

        assertThat(git("objects/pack").toFile().list())
                .containsExactlyInAnyOrder(pack + ".idx", pack + ".pack");
        sides.host("gc", "--quiet");
    }

    @Test
    void names_of_refs_without_end_are_not_brought_home() throws Exception {
        String name = "x".repeat(250);
        shell(
                "cd /git/%s; i=0; d=%s/%s/%s/%s/%s/%s; while [ $i -lt 3000 ]; do mkdir -p $i/$d; i=$((i+1)); done"
                                .formatted(INTO, name, name, name, name, name, name)
                        + "; for i in *; do echo %s >$i/$d/x; done"
                                .formatted(sides.host("rev-parse", "main")));

        assertThatThrownBy(() -> taking.bringHome(LIMIT))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("or long ones");
        assertThat(git(INTO)).isEmptyDirectory();
    }

    private static byte[] digest(byte[] bytes) throws Exception {
        return MessageDigest.getInstance("SHA-1").digest(bytes);
    }

    private Path git(String file) {
        return sides.project.resolve(".git").resolve(file);
    }

    /// Git would never pack again what has a file `.keep` beside it.
    @Test
    void what_was_cut_off_on_its_way_leaves_no_pack_that_is_kept() throws Exception {
        String pack = "pack-" + "0".repeat(40);
        shell(packing("main", pack));
        // What cannot be moved there has the same effect as a kill just before.
        Files.delete(git(INTO));
        Path inTheWay = git("refs/keystone/blue");
        Files.delete(inTheWay);
        Files.createFile(inTheWay);
        assertThatThrownBy(() -> taking.bringHome(LIMIT)).isInstanceOf(UserError.class);
        Files.delete(inTheWay);
        assertThat(git("objects/pack").resolve(pack + ".keep")).exists();

        shell("true");

        assertThat(git("objects/pack").toFile().list())
                .containsExactlyInAnyOrder(pack + ".idx", pack + ".pack");
    }

    @Test
    void it_takes_nothing_of_the_users_packs_away() throws Exception {
        sides.host("repack", "-a", "-d", "--quiet");
        List<String> packs = List.of(git("objects/pack").toFile().list());

        shell(
                "rm -f /objects/pack/* /git/objects/pack/*; cp /bin/sh /git/objects/pack/%s; true"
                        .formatted(packs.getFirst()));
        taking.bringHome(LIMIT);

        assertThat(git("objects/pack").toFile().list()).containsExactlyInAnyOrderElementsOf(packs);
        assertThat(sides.host("fsck")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ln -s /git/refs/heads/main /git/%sx",
                "echo ref: refs/heads/main >/git/%sx",
                "mkfifo /git/%sx",
                "mkdir /git/%1$sx && ln -s ../../../../heads /git/%1$sx/y",
                "cd /git/objects/pack && mkfifo $(printf pack-%%040d.idx)"
            })
    void what_is_no_ref_or_no_pack_is_not_brought_home(String script) throws Exception {
        assertThat(shell(script.formatted(INTO)).errors()).isEmpty();

        assertThatThrownBy(() -> taking.bringHome(LIMIT))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("were not taken");
        assertThat(git(INTO)).isEmptyDirectory();
    }

    @Test
    void it_writes_nothing_else() throws Exception {
        for (String each : List.of("config", "hooks/x", "refs/heads/main", "HEAD", "index")) {
            assertThat(writes("/git/" + each)).as(each).isFalse();
        }
        assertThat(sides.host("rev-parse", "--is-bare-repository")).isEqualTo("false");
    }

    @Test
    void where_the_history_is_cut_off_it_writes_nothing_that_is_obeyed() throws Exception {
        Files.writeString(sides.project.resolve(".git/shallow"), "");

        assertThat(writes("/git/shallow_x")).isTrue();
        assertThat(writes("/git/objects/pack/tmp_pack_x")).isTrue();
        assertThat(writes("/git/" + INTO + "x")).isTrue();

        for (String each : List.of("config", "refs/heads/main", "info/attributes", "HEAD")) {
            assertThat(writes("/git/" + each)).as(each).isFalse();
        }
        // What is not there it could make, if it were in the repository itself.
        shell(
                "mkdir -p /git/hooks /git/modules; for i in commondir hooks/x; do echo x >/git/$i; done");
        for (String each : List.of("commondir", "hooks/x", "shallow_x")) {
            assertThat(git(each)).doesNotExist();
        }
    }

    /// Git runs it as it would a program of its own.
    private static String[] running(String script) {
        return new String[] {"-c", "alias.x=!" + script, "x"};
    }

    @Test
    void what_only_reads_writes_nothing() throws Exception {
        assertThat(enclosure.read("cat-file", "-t", "main").output()).isEqualTo("commit\n");
        for (String each : List.of("objects/pack/x", "refs/heads/x", "config", "index", "x")) {
            Command.Finished written = enclosure.read(running("echo evil >>/git/" + each));
            assertThat(written.errors()).as(each).contains("Read-only file system");
        }
    }

    @Test
    void what_only_reads_sees_nothing_else_and_nobody() throws Exception {
        Path readme = sides.project.resolve("README");

        assertThat(enclosure.read(running("cat " + readme)).ok()).isFalse();
        assertThat(enclosure.read(running("ls /project /scratch")).ok()).isFalse();
        assertThat(enclosure.read(running("cat /proc/net/dev")).output().lines()).hasSize(3);
        assertThat(enclosure.read(running("ls -d /proc/" + ProcessHandle.current().pid())).ok())
                .isFalse();
        assertThat(enclosure.read(running("ulimit -d")).output()).isEqualTo("4194304\n");
    }

    /// To compare a link with what it should be, git reads all that a commit has of it.
    @Test
    void also_what_is_not_enclosed_has_a_limit_of_memory() throws Exception {
        var git = new Git(Layout.plain(sides.project), asOwner());
        Path index = sides.project.resolve(".git/index");

        assertThat(git.onIndex(index, running("ulimit -d")).output()).isEqualTo("4194304\n");
        assertThat(git.run(running("ulimit -d")).output()).isEqualTo("4194304\n");
    }

    private static AsOwner asOwner() {
        var self = HostUser.current();
        return new AsOwner(self.ids(), self);
    }

    @Test
    void where_an_index_is_brought_forward_nothing_else_is_written() throws Exception {
        Path index = Files.createDirectory(sides.project.resolve(".git/draft")).resolve("index");
        Path next = sides.project.resolve(".git/index");

        assertThat(enclosure.onIndex(index, "read-tree", "-i", "-m", "main").ok()).isTrue();
        assertThat(index).isRegularFile();
        assertThat(enclosure.onIndex(index, running("cat README")).output()).isEqualTo("hello\n");
        assertThat(enclosure.onIndex(index, running("echo evil >/scratch/x")).ok()).isTrue();
        for (String each : List.of("/git/config", "/git/keystone/x", "/project/README", "/x")) {
            assertThat(enclosure.onIndex(index, running("echo evil >>" + each)).ok())
                    .as(each)
                    .isFalse();
        }
        assertThat(enclosure.onIndex(index, running("ln /git/index /scratch/y")).ok()).isFalse();
        assertThat(next).isRegularFile();
    }

    @Test
    void it_sees_nothing_else_and_nobody() throws Exception {
        Path secret = Files.writeString(top.toRealPath().resolve("secret"), "secret\n");

        assertThat(shell("cat " + secret).ok()).isFalse();
        assertThat(shell("cat " + sides.project.resolve("README")).ok()).isFalse();
        assertThat(shell("grep -v lo: /proc/net/dev").output().lines()).hasSize(2);
    }
}
