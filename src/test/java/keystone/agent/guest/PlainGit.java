package keystone.agent.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import keystone.agent.process.Command;

/// This host's git as somebody without a configuration has it.
final class PlainGit {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private PlainGit() {}

    /// What it prints; it must not fail.
    ///
    /// @param where git's own options, before what it is to do
    static String run(List<String> where, String... arguments) throws InterruptedException {
        var all = new ArrayList<>(List.of("git"));
        all.addAll(where);
        all.addAll(List.of("-c", "user.name=Ada", "-c", "user.email=ada@example.org"));
        all.addAll(List.of(arguments));
        Command.Finished finished =
                Command.of(all).withEnvironment("GIT_CONFIG_GLOBAL", "/dev/null").run(LIMIT);
        assertThat(finished.ok()).as(finished.toString()).isTrue();
        return finished.output().stripTrailing();
    }

    /// Branches and `HEAD` of a repository, as a guest is told of them.
    static HostState state(Path host) throws Exception {
        var branches = new TreeMap<String, String>();
        var where = List.of("-C", host.toString());
        for (String line : run(where, "for-each-ref", "refs/heads").lines().toList()) {
            String[] word = line.split("\\s+", 3);
            branches.put(word[2].substring("refs/heads/".length()), word[0]);
        }
        String head = Files.readString(host.resolve(".git/HEAD")).strip();
        return new HostState(branches, Map.of(), head, "", HostState.Objects.ALL);
    }
}
