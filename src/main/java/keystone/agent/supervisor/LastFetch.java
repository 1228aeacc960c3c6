package keystone.agent.supervisor;

import java.time.Duration;
import java.util.List;
import keystone.agent.model.UserError;
import keystone.agent.store.SandboxDir;

/// Fetches a guest's commits before it is switched off. What cannot be fetched stays on its disk,
/// and the sandbox's directory remembers that there may be some.
record LastFetch(SandboxDir dir, SupervisorLog log, Checkpoint checkpoint) {
    /// What takes longer is for `keystone-agent sync`.
    private static final Duration LIMIT = Duration.ofSeconds(30);

    void from(Live up, Telling telling) throws InterruptedException {
        if (!dir.mayHaveCommits()) {
            return;
        }
        try {
            // What is committed after the look would be on the disk alone, and nobody knew.
            up.guest().freeze();
            up.git()
                    .fetch(dir.name(), dir.run().sshConfig(), LIMIT)
                    .forEach(each -> tell(each, telling));
            List<String> left = OnlyInside.of(up.git(), dir.name(), dir.run().sshConfig());
            if (left.isEmpty()) {
                dir.haveCommits();
            } else {
                dir.expectCommits(left);
                left.forEach(each -> tell("only on its disk: " + each, telling));
            }
            checkpoint.reached("stop:fetched");
        } catch (UserError failure) {
            tell("the guest's commits stay on its disk: " + failure.problem(), telling);
        }
    }

    private void tell(String sentence, Telling telling) {
        log.line(sentence);
        telling.notice(sentence);
    }
}
