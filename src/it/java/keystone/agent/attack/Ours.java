package keystone.agent.attack;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import keystone.agent.it.Ended;
import keystone.agent.it.Invocation;
import keystone.agent.it.Sandbox;
import keystone.agent.json.Json;
import keystone.agent.json.JsonException;

/// The commands of keystone-agent that a user gives while an agent is at work, or after it. Each
/// must end in time, print nothing that takes over a terminal, give away nothing, and not break.
final class Ours {
    private static final int NEEDS_LOOK = 20;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Sandbox sandbox;
    private final Harm.Notes notes;

    Ours(Sandbox sandbox, Harm.Notes notes) {
        this.sandbox = sandbox;
        this.notes = notes;
    }

    void review() throws InterruptedException {
        Invocation review = sandbox.keystone("review", "--json", "--keep");
        Ended ended = run(review, LIMIT, Set.of(0, NEEDS_LOOK));
        json(ended);
        if (ended.status() == NEEDS_LOOK) {
            Json.parse(ended.output()).asObject().array("concerns").stream()
                    .map(Json::asObject)
                    .map(each -> each.string("danger") + " " + each.string("path"))
                    .limit(20)
                    .forEach(notes::told);
        }
    }

    /// Takes what the guest has committed, as far as that is safe.
    void takeCommits() throws InterruptedException {
        Ended sync = run(sandbox.keystone("sync", "--json"), LIMIT, Set.of(0, 1, 6, NEEDS_LOOK));
        String said = (sync.output() + sync.errors()).strip().replace('\n', ' ');
        boolean notTaken = said.contains("nothing was changed") || said.contains("were not taken");
        if (sync.status() == NEEDS_LOOK || notTaken) {
            notes.refused();
            notes.told("sync: " + said);
        } else if (sync.status() != 0) {
            notes.ours("sync cannot work: " + said);
        }
        if (!sync.output().isEmpty()) {
            json(sync);
        }
    }

    /// Looks from within the project, too, whose settings are then read. Of a sandbox with a direct
    /// `.git`, or none, there is nothing that `diff` could tell.
    void report() throws InterruptedException {
        Path project = sandbox.project().path();
        run(sandbox.home().keystone("config", "show").in(project), LIMIT, Set.of(0, 1, 2));
        run(sandbox.home().keystone("status").in(project), LIMIT, Set.of(0, 1, 2));
        run(sandbox.keystone("review", "--keep", "--all"), LIMIT, Set.of(0, NEEDS_LOOK));
        run(sandbox.keystone("status"), LIMIT, Set.of(0));
        run(sandbox.keystone("diff"), LIMIT, Set.of(0, 1, 6));
        json(run(sandbox.keystone("status", "--json"), LIMIT, Set.of(0)));
        run(sandbox.home().keystone("list"), LIMIT, Set.of(0));
        json(run(sandbox.home().keystone("list", "--json"), LIMIT, Set.of(0)));
    }

    /// Through names that may lead elsewhere, in both directions: refused, or within the project.
    void copy(List<String> names) throws InterruptedException {
        String project = sandbox.project().path().toString();
        for (String name : names) {
            String here = project + "/" + name;
            String there = sandbox.name() + ":/tmp/copied";
            run(sandbox.home().keystone("cp", here, there), LIMIT, Set.of(0, 1, 2));
            String host = sandbox.name() + ":/etc/hostname";
            run(sandbox.home().keystone("cp", host, here + "/new"), LIMIT, Set.of(0, 1, 2));
        }
        // Whatever came of it lies in the guest, and must not be of this host's.
        String look = "cat /tmp/copied* /tmp/copied/* 2>&1; rm -rf /tmp/copied";
        checkOutput(sandbox.executing("sh", "-c", look).run());
    }

    void end(List<String> flags) throws InterruptedException {
        run(sandbox.keystone("stop"), LIMIT, Set.of(0));
        var again = new java.util.ArrayList<>(flags);
        again.addAll(List.of("--fresh", "--force"));
        run(
                sandbox.starting(again.toArray(String[]::new)),
                Duration.ofMinutes(4),
                Set.of(0, 1, 2, 6));
        run(sandbox.keystone("stop"), LIMIT, Set.of(0, 6));
        run(sandbox.keystone("destroy", "-f"), LIMIT, Set.of(0));
    }

    private Ended run(Invocation invocation, Duration limit, Set<Integer> expected)
            throws InterruptedException {
        Ended ended;
        try {
            ended = invocation.within(limit).run();
        } catch (AssertionError tookTooLong) {
            notes.ours(firstLine(tookTooLong));
            return new Ended("", 124, "", "");
        }
        if (!expected.contains(ended.status())) {
            notes.ours("unexpected status: " + ended);
        }
        if (ended.errors().contains("\tat ") || ended.errors().contains("Exception")) {
            notes.ours("broke: " + ended);
        }
        checkOutput(ended);
        return ended;
    }

    private static String firstLine(Throwable failure) {
        return String.valueOf(failure.getMessage()).lines().limit(2).toList().toString();
    }

    private void checkOutput(Ended ended) {
        String all = ended.output() + ended.errors();
        if (all.codePoints().anyMatch(Ours::isUnsafe)) {
            notes.ours("control characters: " + ended.command());
        }
        if (all.contains(Outside.SECRET)) {
            notes.ours("given away: " + ended.command());
        }
    }

    private static boolean isUnsafe(int character) {
        if (character == '\n' || character == '\t') {
            return false;
        }
        int type = Character.getType(character);
        return type == Character.CONTROL
                || type == Character.FORMAT
                || type == Character.LINE_SEPARATOR
                || type == Character.PARAGRAPH_SEPARATOR;
    }

    private void json(Ended ended) {
        try {
            if (ended.status() != 124) {
                var _ = Json.parse(ended.output());
            }
        } catch (JsonException malformed) {
            notes.ours("no JSON: " + malformed.getMessage() + " " + ended.command());
        }
    }
}
