package keystone.agent.git;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// What of a guest's repository is no branch.
@Timeout(60)
final class FetchTagsTest {
    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path top;

    @Test
    void tags_and_notes_come_as_well_but_for_those_that_are_here() throws Exception {
        TwoSides sides = TwoSides.in(top);
        sides.host("tag", "--annotate", "--message=Ours", "ours");
        sides.host("tag", "light");
        sides.repository().pin(TwoSides.NAME);
        sides.guest("update-ref", "refs/tags/ours", sides.host("rev-parse", "refs/tags/ours"));
        sides.guest("tag", "light", "main");
        sides.guest("tag", "--annotate", "--message=Moved", "moved");
        sides.host("tag", "moved");
        sides.guest("switch", "--quiet", "--detach");
        sides.write("README", "hello, world\n");
        sides.commitInGuest("Of no branch");
        sides.guest("tag", "--annotate", "--message=One", "v1");
        sides.guest("notes", "add", "--message=Look", "main");
        sides.guest("switch", "--quiet", "main");

        Fetched fetched = sides.fetch();

        String format = "--format=%(refname:lstrip=3) %(objectname)";
        assertThat(fetched.branches()).containsOnlyKeys("main");
        assertThat(
                        sides.host(
                                        "for-each-ref",
                                        format,
                                        "refs/keystone/blue/tags",
                                        "refs/keystone/blue/notes")
                                .lines())
                .containsExactlyInAnyOrder(
                        "tags/moved " + sides.guest("rev-parse", "refs/tags/moved"),
                        "tags/v1 " + sides.guest("rev-parse", "refs/tags/v1"),
                        "notes/commits " + sides.guest("rev-parse", "refs/notes/commits"));
        assertThat(sides.host("tag")).isEqualTo("light\nmoved\nours");
    }

    @Test
    void commits_come_also_when_tags_cannot() throws Exception {
        TwoSides sides = TwoSides.in(top);
        sides.guest("tag", "before");
        sides.guest("update-ref", "refs/tags/before", sides.guest("rev-parse", "main^{tree}"));
        sides.fetch();
        sides.write("README", "hello, world\n");
        String tip = sides.commitInGuest("One");
        String blob = sides.hash(sides.guestDirectory, "blob", "[core]\n");
        byte[] name = HexFormat.of().parseHex(blob);
        String tree = "100644 .git\0" + new String(name, StandardCharsets.ISO_8859_1);
        String evil = sides.hash(sides.guestDirectory, "tree", tree);
        sides.guest("update-ref", "refs/tags/evil", sides.guest("commit-tree", "-m", "E", evil));

        Fetched fetched = sides.fetch();

        assertThat(fetched.branches()).containsEntry("main", new ObjectId(tip));
        assertThat(fetched.words("")).hasSize(1).first().asString().contains("were not taken");
        assertThat(sides.host("for-each-ref", "--format=%(refname)", "refs/keystone/blue/tags"))
                .isEqualTo("refs/keystone/blue/tags/before");
    }
}
