package keystone.agent.sandbox;

import java.nio.file.Path;
import java.util.Optional;
import keystone.agent.git.Head;
import keystone.agent.git.HostRefs;
import keystone.agent.git.HostRepository;
import keystone.agent.git.ProjectRepository;
import keystone.agent.process.HostUser;
import keystone.agent.workspace.ProjectOwner;

/// Whether a project has a commit from which the branch of a task could begin.
final class TaskBase {
    private TaskBase() {}

    /// Only what no flag of a start could change; the supervisor looks again, and at the rest.
    static Optional<String> obstacle(Path project) throws InterruptedException {
        HostUser self = HostUser.current();
        return switch (HostRepository.find(project, ProjectOwner.of(project, self.ids()), self)) {
            case ProjectRepository.Found(HostRepository repository) ->
                    hasCommit(repository.refs())
                            ? Optional.empty()
                            : Optional.of("the project has no commit yet");
            case ProjectRepository.Unfit unfit -> Optional.of(unfit.reason());
        };
    }

    private static boolean hasCommit(HostRefs refs) {
        return switch (refs.head()) {
            case Head.Detached _ -> true;
            case Head.OnBranch(String branch) -> refs.branches().containsKey(branch);
        };
    }
}
