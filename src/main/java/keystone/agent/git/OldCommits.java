package keystone.agent.git;

import java.time.Instant;
import java.util.SortedMap;
import keystone.agent.model.SandboxName;

/// What one fetch has let go of, in a project's repository: commits that the guest had before, and
/// gave up or rewrote.
///
/// @param time of that fetch, in whole seconds
/// @param refs objects in hexadecimal, by the names of refs below the [place][#place]
public record OldCommits(SandboxName sandbox, Instant time, SortedMap<String, String> refs) {
    /// Where their refs begin, with a slash at its end.
    public String place() {
        return RefReader.old(sandbox) + LetGo.TIME.format(time) + "/";
    }
}
