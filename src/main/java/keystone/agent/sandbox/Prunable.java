package keystone.agent.sandbox;

import java.nio.file.Path;
import keystone.agent.git.KeptTask;

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
