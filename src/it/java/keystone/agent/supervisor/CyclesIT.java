package keystone.agent.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import keystone.agent.it.Installation;
import keystone.agent.it.Installations;
import keystone.agent.it.Kernel;
import keystone.agent.it.Sandbox;
import keystone.agent.it.Wait;
import keystone.agent.process.Command;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// What adds up over time, with a virtiofsd that serves the project.
@ExtendWith(Installations.class)
@Tag("full")
@Tag("full-cycles")
final class CyclesIT {
    private static final int CYCLES = 50;

    private static final Duration LIMIT = Duration.ofSeconds(10);

    /// What the guest itself writes in fifty boots.
    private static final long SLACK_KIB = 32 << 10;

    private static Installation home;

    @BeforeAll
    static void use() throws Exception {
        home = Installation.withOwnImages().withVirtiofsd();
    }

    @AfterAll
    static void close() {
        home.close();
    }

    @Test
    void fifty_starts_and_stops_leave_nothing() throws Exception {
        Sandbox shop = home.start(home.project("shop"));
        int descriptors = Kernel.descriptors(shop.supervisorPid());
        shop.keystone("stop").run().succeeds();
        Set<String> temporary = temporary();
        long kept = keptKib(home.state());

        for (int cycle = 1; cycle <= CYCLES; cycle++) {
            shop.starting().run().succeeds();
            int port = (int) shop.status().object("ssh").number("port");
            long supervisor = shop.supervisorPid();
            // A git that it has just started has some, too.
            Wait.until(
                    "no more descriptors than %d in cycle %d".formatted(descriptors + 2, cycle),
                    LIMIT,
                    () -> hasAtMost(supervisor, descriptors + 2));

            shop.keystone("stop").run().succeeds();

            assertThat(home.processes()).as("cycle %d", cycle).isEmpty();
            assertThat(home.runs()).isEmpty();
            assertThat(Kernel.listens(port)).isFalse();
        }
        assertThat(temporary()).isEqualTo(temporary);
        assertThat(keptKib(home.state())).isLessThan(kept + SLACK_KIB);
    }

    @Test
    void two_hundred_commands_leave_nothing_in_the_supervisor() throws Exception {
        Sandbox shop = home.start(home.project("another"));
        for (int i = 0; i < 10; i++) {
            shop.says("true");
        }
        int descriptors = Kernel.descriptors(shop.supervisorPid());
        int processes = shop.processes().size();
        String[] files = shop.dir().run().path().toFile().list();

        for (int i = 0; i < 200; i++) {
            shop.says("true");
        }

        assertThat(Kernel.descriptors(shop.supervisorPid())).isLessThanOrEqualTo(descriptors + 2);
        assertThat(shop.processes()).hasSizeLessThanOrEqualTo(processes);
        assertThat(shop.dir().run().path().toFile().list()).containsExactlyInAnyOrder(files);
        // The other looks at all that runs here.
        shop.keystone("destroy", "-f").run().succeeds();
    }

    private static boolean hasAtMost(long supervisor, int descriptors) {
        try {
            return Kernel.descriptors(supervisor) <= descriptors;
        } catch (IOException gone) {
            return false;
        }
    }

    /// What programs of ours, or those that they run, may leave in `/tmp`.
    private static Set<String> temporary() throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/tmp"))) {
            return all.map(each -> each.getFileName().toString())
                    .filter(
                            name ->
                                    name.matches(
                                            "(keystone|ka-|hsperf|qemu|vl\\.|ssh-|bubblewrap).*"))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    /// What it takes on the disk: sparse files count by what they hold.
    private static long keptKib(Path directory) throws InterruptedException {
        String output = Command.of("du", "-sk", directory.toString()).run(LIMIT).output();
        return Long.parseLong(output.split("\t", 2)[0]);
    }
}
