package keystone.agent.supervisor;

import java.time.Instant;
import keystone.agent.guest.Guest;
import keystone.agent.machine.Machine;
import keystone.agent.workspace.ShareService;

/// A sandbox that is up: its machine, the connection into its guest, and since when.
record Live(Machine machine, Guest guest, ShareService shares, Instant since) {
    LiveFacts facts(int sessions) {
        return new LiveFacts(
                machine.sshPort(),
                machine.pid(),
                ProcessHandle.current().pid(),
                since,
                machine.acceleration().kind().word(),
                machine.acceleration().reason(),
                shares.driver().word(),
                shares.reason(),
                machine.confinement(),
                sessions);
    }
}
