package keystone.agent.supervisor;

import java.time.Instant;
import keystone.agent.guest.Guest;
import keystone.agent.machine.Machine;
import keystone.agent.model.GitIdentity;
import keystone.agent.model.ShareDriver;
import keystone.agent.process.LoopbackPort;
import keystone.agent.workspace.ShareService;
import org.jspecify.annotations.Nullable;

/// A sandbox that is up: its machine, the connection into its guest, and since when.
///
/// @param footprint as in [GitAccess#footprint], from before the guest was told
record Live(
        Machine machine,
        Guest guest,
        ShareService shares,
        GitAccess git,
        Notifying notifying,
        String footprint,
        Instant since) {
    private String whyCloned() {
        String cloned = "it was asked for: the project is cloned onto the guest's disk";
        return shares.sockets().isEmpty()
                ? cloned
                : cloned + ", and only what was mounted is shared, over " + shares.driver().word();
    }

    /// @param identity who commits inside
    /// @param sharing how many sessions share our connection into the guest
    LiveFacts facts(int sharing, @Nullable GitIdentity identity) {
        // A terminal, a copy or an editor has a connection of its own. One is ours.
        int own = Math.max(0, new LoopbackPort(machine.sshPort()).connections() - 1);
        return new LiveFacts(
                machine.sshPort(),
                machine.pid(),
                ProcessHandle.current().pid(),
                since,
                machine.acceleration().kind().word(),
                machine.acceleration().reason(),
                git instanceof GitAccess.Cloned ? ShareDriver.CLONE.word() : shares.driver().word(),
                git instanceof GitAccess.Cloned ? whyCloned() : shares.reason(),
                git.word(),
                git.reason(),
                identity == null ? null : identity.toString(),
                machine.confinement(),
                notifying.facts(),
                sharing + own);
    }
}
