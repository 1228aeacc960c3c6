package keystone.agent.image;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import keystone.agent.it.Background;
import keystone.agent.it.Hold;
import keystone.agent.it.Installation;
import keystone.agent.it.Kernel;
import keystone.agent.it.Wait;

/// Kills an `image build` at a moment that it has reached.
final class BuildCrash {
    private static final Duration REACHED = Duration.ofMinutes(5);
    private static final Duration GONE = Duration.ofSeconds(10);

    private BuildCrash() {}

    /// Returns when not one process of the build lives: neither the program nor what it had
    /// started.
    static void at(String moment, Installation home, String... flags) throws Exception {
        String[] command =
                Stream.concat(Stream.of("image", "build"), Stream.of(flags)).toArray(String[]::new);
        try (Hold hold = Hold.at(moment);
                Background build = home.keystone(command).with(hold).start()) {
            hold.await(REACHED);
            // By descent, too: some of what installs packages is started without our environment.
            List<Long> started = descendants(build.pid());
            build.kill();
            Wait.until(
                    "all processes of the build have ended",
                    GONE,
                    () ->
                            home.processes().isEmpty()
                                    && started.stream().noneMatch(Kernel::isAlive));
        }
    }

    private static List<Long> descendants(long pid) {
        return ProcessHandle.of(pid).stream()
                .flatMap(ProcessHandle::descendants)
                .map(ProcessHandle::pid)
                .toList();
    }
}
