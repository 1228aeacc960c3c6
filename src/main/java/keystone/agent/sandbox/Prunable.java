package keystone.agent.sandbox;

import java.nio.file.Path;
import java.util.stream.Collectors;
import keystone.agent.git.KeptTask;
import keystone.agent.git.OldCommits;

/// Something that nobody needs any more.
public sealed interface Prunable {
    /// What it is called; not safe to print.
    String what();

    /// Why nobody needs it, as a sentence without a full stop.
    String why();

    /// Files of a command that was cut short.
    record HalfDone(Path path, String why) implements Prunable {
        @Override
        public String what() {
            return path.toString();
        }
    }

    /// What was kept for a project that is not there any more.
    record Abandoned(Path path, String why) implements Prunable {
        @Override
        public String what() {
            return path.toString();
        }
    }

    /// The text that NixOS guests were made from.
    record NixText(Path path, String why) implements Prunable {
        @Override
        public String what() {
            return path.toString();
        }
    }

    /// What a guest gave up or rewrote, in the repository of a project.
    record OldWork(Path project, OldCommits commits, String why) implements Prunable {
        private static final int NAMED = 3;

        @Override
        public String what() {
            var names = commits.refs().keySet();
            String more =
                    names.size() > NAMED ? ", and %d more".formatted(names.size() - NAMED) : "";
            return "%s (%s%s) in %s"
                    .formatted(
                            commits.place(),
                            names.stream().limit(NAMED).collect(Collectors.joining(", ")),
                            more,
                            project);
        }
    }

    /// What a task has made, in the repository of a project.
    record TaskCommits(Path project, KeptTask kept, String why) implements Prunable {
        private static final int SHORT = 12;

        @Override
        public String what() {
            return "%s (commit %s) in %s"
                    .formatted(kept.ref(), kept.commit().substring(0, SHORT), project);
        }
    }
}
