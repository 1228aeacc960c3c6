package keystone.agent.security;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import keystone.agent.it.Installation;
import keystone.agent.model.Owner;
import keystone.agent.process.Command;

/// A user of this host that lives as long as a test.
///
/// Is in a group more than its own, so that it shows whether that one is left behind.
final class TestUser implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final String ANOTHER_GROUP = "audio";

    /// Whether `/etc/subuid` and `/etc/subgid` give it further ids.
    enum MoreIds {
        GIVEN,
        NONE
    }

    private final String name;
    private final Owner ids;

    private TestUser(String name, Owner ids) {
        this.name = name;
        this.ids = ids;
    }

    static TestUser create(MoreIds more) throws InterruptedException {
        int random = ThreadLocalRandom.current().nextInt(1 << 24);
        String name = "ka-it-" + HexFormat.of().toHexDigits(random, 6);
        // A system user: an ordinary one is given further ids whether asked or not.
        run(
                "useradd",
                "--system",
                "--user-group",
                "--no-create-home",
                "--groups",
                ANOTHER_GROUP,
                name);
        if (more == MoreIds.GIVEN) {
            run("usermod", "--add-subuids", "300000000-300065535", name);
            run("usermod", "--add-subgids", "300000000-300065535", name);
        }
        return new TestUser(name, new Owner(number("-u", name), number("-g", name)));
    }

    private static int number(String which, String name) throws InterruptedException {
        return Integer.parseInt(run("id", which, name).strip());
    }

    private static String run(String... command) throws InterruptedException {
        Command.Finished finished = Command.of(command).run(LIMIT);
        if (!finished.ok()) {
            throw new AssertionError(finished);
        }
        return finished.output();
    }

    Owner ids() {
        return ids;
    }

    /// Runs what follows as this user, as a login would: with its groups.
    List<String> prefix() {
        return List.of(
                "setpriv",
                "--reuid=" + ids.uid(),
                "--regid=" + ids.gid(),
                "--init-groups",
                "--inh-caps=-all",
                "--");
    }

    /// A keystone-agent of this user's own.
    Installation installation() throws IOException, InterruptedException {
        return Installation.as(ids, prefix());
    }

    /// The same, through a command that comes first.
    Installation installation(List<String> before) throws IOException, InterruptedException {
        var all = new ArrayList<>(before);
        all.addAll(prefix());
        return Installation.as(ids, all);
    }

    /// Gives it a tree of files.
    void own(Path root) throws IOException {
        try (var files = Files.walk(root)) {
            for (Path file : files.toList()) {
                Files.setAttribute(file, "unix:uid", ids.uid(), LinkOption.NOFOLLOW_LINKS);
                Files.setAttribute(file, "unix:gid", ids.gid(), LinkOption.NOFOLLOW_LINKS);
            }
        }
    }

    /// Fails while a process of the user is left.
    @Override
    public void close() {
        try {
            run("userdel", name);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }
}
