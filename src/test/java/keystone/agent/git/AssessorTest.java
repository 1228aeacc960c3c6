package keystone.agent.git;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import keystone.agent.git.Assessment.Settled;
import keystone.agent.git.SyncOutcome.Ahead;
import keystone.agent.git.SyncOutcome.NewElsewhere;
import keystone.agent.process.HostUser;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// What is looked at when there is nothing new on the branch that was asked for.
@Timeout(60)
final class AssessorTest {
    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path top;

    private TwoSides sides;

    @BeforeEach
    void a_guest_with_two_new_branches() throws Exception {
        sides = TwoSides.in(top);
        for (String each : List.of("one", "two")) {
            sides.guest("switch", "--quiet", "--create=" + each);
            sides.write("README", each + "\n");
            sides.commitInGuest(each);
        }
        sides.fetch();
    }

    private Assessment assess(LongSupplier nanos) throws Exception {
        Layout layout = Layout.plain(sides.project);
        var self = HostUser.current();
        var asOwner = new AsOwner(self.ids(), self);
        var git = new Git(layout, asOwner);
        var enclosure = new GitEnclosure(git, asOwner, layout);
        var reader = new RefReader(layout, git);
        return new Assessor(git, enclosure, reader, layout.own(), nanos)
                .assess(TwoSides.NAME, TwoSides.OF_CURRENT_BRANCH);
    }

    @Test
    void it_looks_at_every_other_branch() throws Exception {
        assertThat(assess(() -> 0)).isEqualTo(found(new Ahead("one", 1), new Ahead("two", 2)));
    }

    @Test
    void it_does_not_look_for_longer_than_its_limit() throws Exception {
        var now = new AtomicLong();

        // Each look takes a quarter of a minute.
        assertThat(assess(() -> now.getAndAdd(Duration.ofSeconds(15).toNanos())))
                .isEqualTo(found(new Ahead("one", 1)));
    }

    private static Settled found(Ahead... ahead) {
        return new Settled(new NewElsewhere("main", List.of(ahead)));
    }
}
