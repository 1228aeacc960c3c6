package keystone.agent.git;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class FootprintTest {
    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path top;

    @Test
    void whatever_changes_refs_leaves_another_one_and_looking_does_not() throws Exception {
        TwoSides sides = TwoSides.in(top);
        List<String[]> changes =
                List.of(
                        new String[] {"commit", "--quiet", "--allow-empty", "--message=Two"},
                        new String[] {
                            "commit", "--quiet", "--amend", "--allow-empty", "--message=Too"
                        },
                        new String[] {"branch", "deep/er/topic"},
                        new String[] {"branch", "--force", "deep/er/topic", "main~1"},
                        new String[] {"switch", "--quiet", "deep/er/topic"},
                        new String[] {"checkout", "--quiet", "--detach"},
                        new String[] {"tag", "v1"},
                        new String[] {"pack-refs", "--all"},
                        new String[] {"branch", "--quiet", "-D", "deep/er/topic"},
                        new String[] {"reset", "--quiet", "--soft", "main"});
        var seen = new ArrayList<>(List.of(footprint(sides)));

        for (String[] change : changes) {
            sides.host(change);
            sides.host("status");
            sides.host("log");
            seen.add(footprint(sides));
            assertThat(footprint(sides)).isEqualTo(seen.getLast());
        }

        assertThat(new HashSet<>(seen)).hasSize(changes.size() + 1);
        sides.repository().pin(TwoSides.NAME);
        sides.fetch();
        assertThat(footprint(sides)).as("what is ours is none").isEqualTo(seen.getLast());
    }

    private static String footprint(TwoSides sides) {
        return sides.repository().footprint();
    }
}
