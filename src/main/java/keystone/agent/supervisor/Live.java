package keystone.agent.supervisor;

import java.time.Instant;
import java.util.Optional;
import keystone.agent.egress.Gate;
import keystone.agent.guest.Guest;
import keystone.agent.machine.Machine;
import keystone.agent.model.EgressMode;
import keystone.agent.model.GitIdentity;
import keystone.agent.model.LiveFacts;
import keystone.agent.model.SandboxName;
import keystone.agent.model.ShareDriver;
import keystone.agent.model.UserError;
import keystone.agent.process.LoopbackPort;
import keystone.agent.workspace.ShareService;
import org.jspecify.annotations.Nullable;

/// A sandbox that is up: its machine, the connection into its guest, and since when.
///
/// @param egress null where nothing may leave
/// @param footprint as in [GitAccess#footprint], from before the guest was told
record Live(
        Machine machine,
        Guest guest,
        ShareService shares,
        GitAccess git,
        @Nullable Egress egress,
        Notifying notifying,
        Ports ports,
        MaskWatch masks,
        String footprint,
        Instant since) {
    private String whyCloned() {
        String cloned = "it was asked for: the project is cloned onto the guest's disk";
        return shares.sockets().isEmpty()
                ? cloned
                : cloned + ", and only what was mounted is shared, over " + shares.driver().word();
    }

    /// Who decides what may leave it.
    ///
    /// @param up null until the guest is usable
    static Gate gate(@Nullable Live up, SandboxName name) {
        return egress(up, name).gate();
    }

    /// What its guest has of secrets.
    ///
    /// @param up as for [#gate]
    static GuestSecrets secrets(@Nullable Live up, SandboxName name) {
        return egress(up, name).secrets();
    }

    private static Egress egress(@Nullable Live up, SandboxName name) {
        if (up == null) {
            throw UserError.wrongState(
                    "`" + name + "` is not running yet", "keystone-agent status " + name);
        }
        if (up.egress == null) {
            throw UserError.wrongState(
                    "`" + name + "` runs without a network",
                    "keystone-agent stop %s && keystone-agent start --net balanced --name %s"
                            .formatted(name, name));
        }
        return up.egress;
    }

    /// Who publishes its ports.
    ///
    /// @param up null until the guest is usable
    static Ports ports(@Nullable Live up, SandboxName name) {
        if (up == null) {
            throw UserError.wrongState(
                    "`" + name + "` is not running yet", "keystone-agent status " + name);
        }
        return up.ports;
    }

    /// @param tasks null until the guest is usable
    static Tasks tasks(@Nullable Tasks tasks, SandboxName name) {
        if (tasks == null) {
            throw UserError.wrongState(
                    "`" + name + "` is not running yet", "keystone-agent status " + name);
        }
        return tasks;
    }

    /// What a person should know of this host.
    Optional<String> weakness() {
        boolean isOwnUser =
                machine.confinement().stream().anyMatch(each -> each.startsWith("own user,"));
        return isOwnUser
                ? Optional.empty()
                : Optional.of(
                        "this host permits no user namespaces, so the machine is less confined than"
                                + " it could be: keystone-agent doctor");
    }

    /// @param identity who commits inside
    /// @param sharing how many sessions share our connection into the guest
    LiveFacts facts(int sharing, @Nullable GitIdentity identity) {
        // A terminal, a copy or an editor has a connection of its own. One to three are ours.
        boolean forwards = egress != null && egress.forwarding().problem().isEmpty();
        int ours = 1 + (forwards ? 1 : 0) + (ports.isConnected() ? 1 : 0);
        GuestSecrets.Facts secrets =
                egress == null ? GuestSecrets.Facts.NONE : egress.secrets().facts();
        int own = Math.max(0, new LoopbackPort(machine.sshPort()).connections() - ours);
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
                (egress == null ? EgressMode.NONE : egress.gate().policy().mode()).word(),
                egress == null ? "it was asked for" : egress.state(),
                machine.confinement(),
                notifying.facts(),
                ports.now(),
                secrets.placeholders(),
                secrets.inGuest(),
                masks.facts(),
                sharing + own);
    }
}
