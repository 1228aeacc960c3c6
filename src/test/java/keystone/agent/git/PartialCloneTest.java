package keystone.agent.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import keystone.agent.git.SyncOutcome.Done;
import keystone.agent.model.UserError;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// A project that has not all of its objects, and a remote that would give them to nobody.
@Timeout(60)
class PartialCloneTest {
    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path top;

    private TwoSides sides;

    @BeforeEach
    void a_partial_clone_whose_remote_is_gone() throws Exception {
        TwoSides origin = TwoSides.in(top);
        origin.write("README", "second\n");
        origin.commitHere("Second");
        origin.host("config", "uploadpack.allowFilter", "true");
        sides = TwoSides.at(Files.createDirectory(top.resolve("clone")));
        TwoSides.mustGit(
                List.of("-c", "protocol.file.allow=always"),
                "clone",
                "--quiet",
                "--filter=blob:none",
                "file://" + origin.project,
                sides.project.toString());
        Files.move(origin.project, top.resolve("gone"));
        sides.makeGuest();
        Files.writeString(
                sides.guestDirectory.resolve("config"),
                "[remote \"promises\"]\n\tpromisor = true\n\turl = /nowhere\n",
                StandardOpenOption.APPEND);
        assertThat(sides.repository().isPartial()).isTrue();
    }

    @Test
    void the_guest_works_and_its_commits_come_home() throws Exception {
        assertThat(sides.repository().pin(TwoSides.NAME).branches()).containsOnlyKeys("main");
        assertThat(sides.guest("status", "--porcelain")).isEmpty();
        sides.write("new", "text\n");
        sides.write("src/answer.py", "print(42)\n");
        sides.commitInGuest("Inside");
        sides.guest("gc", "--quiet");
        sides.write("README", "third\n");
        String tip = sides.commitInGuest("Inside, too");
        sides.guest("branch", "heads/other");

        assertThat(sides.sync()).isEqualTo(new Done("main", 2, new ObjectId(tip)));

        assertThat(sides.status()).isEmpty();
        assertThat(sides.host("show", "HEAD:new")).isEqualTo("text");
        assertThat(refs()).containsExactly("HEAD", "heads/heads/other", "heads/main");
        sides.guest("branch", "--quiet", "-D", "heads/other");
        sides.guest("branch", "heads/other/one");
        sides.fetch();
        assertThat(refs()).containsExactly("HEAD", "heads/heads/other/one", "heads/main");
        assertThat(sides.project.resolve(".git/keystone/sandboxes/blue")).isEmptyDirectory();
    }

    private List<String> refs() throws InterruptedException {
        String format = "--format=%(refname:lstrip=3)";
        return sides.host("for-each-ref", format, "refs/keystone/blue")
                .lines()
                .filter(each -> !each.startsWith("base/"))
                .toList();
    }

    @Test
    void malformed_objects_do_not_come_however_often_they_are_sent() throws Exception {
        String blob = sides.hash(sides.guestDirectory, "blob", "[core]\n");
        String tree =
                sides.hash(
                        sides.guestDirectory, "tree", concat("100644 .GIT\0", new ObjectId(blob)));
        String commit =
                sides.hash(
                        sides.guestDirectory,
                        "commit",
                        "tree "
                                + tree
                                + "\nauthor a <a@b> 1 +0000\ncommitter a <a@b> 1 +0000\n\nx\n");
        sides.guest("update-ref", "refs/heads/evil", commit);
        long packs = packs();

        for (int i = 0; i < 2; i++) {
            Throwable refused = catchThrowable(sides::fetch);

            assertThat(refused)
                    .isInstanceOfSatisfying(
                            UserError.class,
                            error ->
                                    assertThat(error.fix())
                                            .isEqualTo("keystone-agent exec blue -- git fsck"))
                    .hasMessageContaining("malformed objects");
            assertThat(sides.host("for-each-ref", "refs/keystone")).isEmpty();
            assertThat(packs()).isEqualTo(packs);
        }
        assertThat(sides.host("for-each-ref", "refs/keystone/blue/heads")).isEmpty();
        sides.guest("update-ref", "-d", "refs/heads/evil");
        assertThat(sides.fetch().branches()).containsOnlyKeys("main");
        assertThat(sides.host("for-each-ref", "refs/keystone/blue/incoming")).isEmpty();
    }

    private static byte[] concat(String start, ObjectId object) {
        byte[] first = start.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        byte[] id = java.util.HexFormat.of().parseHex(object.hex());
        byte[] all = java.util.Arrays.copyOf(first, first.length + id.length);
        System.arraycopy(id, 0, all, first.length, id.length);
        return all;
    }

    private long packs() throws Exception {
        long count = 0;
        try (DirectoryStream<Path> packs =
                Files.newDirectoryStream(
                        sides.project.resolve(".git/objects/pack"), "*.{pack,idx}")) {
            for (Path _ : packs) {
                count++;
            }
        }
        return count;
    }
}
