package keystone.agent.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import keystone.agent.it.Background;
import keystone.agent.it.Installation;
import keystone.agent.it.Installations;
import keystone.agent.it.Invocation;
import keystone.agent.it.Sandbox;
import keystone.agent.it.Wait;
import keystone.agent.process.Patience;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// `--idle-stop`: nobody's work is ended by it, and nobody's memory is kept for ever.
@ExtendWith(Installations.class)
final class IdleStopIT {
    private static final int WAITING = 12;
    private static final String SHORTEST = "10s";
    private static final Duration LONGER = Duration.ofSeconds(18);
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @Test
    void it_stops_what_nobody_uses_and_only_that(Installation home) throws Exception {
        Sandbox shop = home.start(home.project("shop"), "--idle-stop", SHORTEST);

        try (Background _ = shop.executing("sleep", "1000").start()) {
            assertStays(shop, "with a command of ours");
        }
        // Only once it listens does it hold the sandbox up; a busy host takes seconds to get there.
        shop.says(
                "bash",
                "-c",
                "setsid -f sh -c 'echo $$ >/tmp/server; exec python3 -m http.server 8000'"
                        + " >/dev/null 2>&1 </dev/null;"
                        + " until (: </dev/tcp/127.0.0.1/8000) 2>/dev/null; do sleep 0.2; done");
        assertStays(shop, "with an open port");
        shop.says("sh", "-c", "kill $(cat /tmp/server); tmux new-session -d sleep 1000");
        assertStays(shop, "with a terminal in which something runs");
        shop.says("tmux", "kill-server");
        String id = asking(home, shop);
        assertStays(shop, "with a task that waits for an answer");
        home.keystone("task", "cancel", id).within(LIMIT).run().succeeds();

        Wait.until("the sandbox stops", LIMIT, () -> home.processes().isEmpty());
        assertThat(shop.state()).isEqualTo("stopped");
    }

    /// Nothing of it is at work in the guest.
    private static String asking(Installation home, Sandbox shop) throws Exception {
        Path agent = Path.of("src/it/resources/tasks/agent.py").toAbsolutePath();
        home.keystone("cp", agent.toString(), shop.name() + ":/home/sandbox/agent.py")
                .run()
                .succeeds();
        Invocation asking =
                home.keystone(
                        "task",
                        "submit",
                        "--in",
                        shop.name(),
                        "--here",
                        "--command",
                        "python3 ~/agent.py",
                        "question");
        String id = asking.in(shop.project().path()).run().succeeds().text();
        assertThat(home.keystone("task", "follow", id).within(LIMIT).run().status())
                .isEqualTo(WAITING);
        return id;
    }

    private static void assertStays(Sandbox sandbox, String when) {
        boolean stopped = Patience.until(LONGER, () -> sandbox.machine().isEmpty());
        assertThat(stopped).as("stopped %s", when).isFalse();
    }
}
