package keystone.agent.sandbox;

import java.time.Instant;
import java.util.List;
import keystone.agent.model.Masking;
import keystone.agent.model.PortsNow;
import keystone.agent.model.Program;
import keystone.agent.model.SandboxName;
import keystone.agent.model.SandboxSpec;
import keystone.agent.model.SandboxState;
import keystone.agent.model.Watching;
import keystone.agent.supervisor.LiveFacts;
import org.jspecify.annotations.Nullable;

/// What was seen of a sandbox just now.
public sealed interface Observation {
    SandboxName name();

    SandboxState state();

    /// What the user's own ssh knows it as, once it reads what `ssh-config` prints.
    default String sshAlias() {
        return "ks-" + name();
    }

    /// A sandbox whose record can be read.
    ///
    /// @param live null unless its supervisor answered and its guest is up
    /// @param program what its supervisor runs; null unless it answered
    record Intact(
            SandboxSpec spec, SandboxState state, @Nullable Live live, @Nullable Program program)
            implements Observation {
        /// For a sandbox whose supervisor did not answer.
        public Intact(SandboxSpec spec, SandboxState state, @Nullable Live live) {
            this(spec, state, live, null);
        }

        @Override
        public SandboxName name() {
            return spec.name();
        }
    }

    /// A sandbox of which only the name is known, because its record cannot be read.
    record Damaged(SandboxName name, SandboxState.Broken state) implements Observation {}

    /// What only a running sandbox has.
    ///
    /// @param sshPort on 127.0.0.1
    /// @param machinePid QEMU's own, as this host numbers it
    /// @param accelerator `kvm` or `tcg`, and why
    /// @param shareDriver the one in use, with the reason
    /// @param git what the guest has of the project's repository, with the reason
    /// @param identity who commits inside; null when nobody is known
    /// @param net the network mode in use, and how it is
    /// @param confinement what holds around the machine's process, one short phrase each
    /// @param secrets of which the guest has a placeholder
    /// @param secretsInGuest of which it has had the value itself in this run
    /// @param masking what the guest cannot see of what is shared
    /// @param sessions how many are in the guest over ssh: exec, ssh, attach, cp, an editor
    record Live(
            int sshPort,
            long machinePid,
            long supervisorPid,
            Instant since,
            String accelerator,
            String acceleratorReason,
            String shareDriver,
            String shareReason,
            String git,
            String gitReason,
            @Nullable String identity,
            String net,
            String netReason,
            List<String> confinement,
            Watching watching,
            PortsNow ports,
            List<String> secrets,
            List<String> secretsInGuest,
            Masking masking,
            int sessions) {
        public Live {
            secrets = List.copyOf(secrets);
            secretsInGuest = List.copyOf(secretsInGuest);
            confinement = List.copyOf(confinement);
        }

        static Live of(LiveFacts facts) {
            return new Live(
                    facts.sshPort(),
                    facts.machinePid(),
                    facts.supervisorPid(),
                    facts.since(),
                    facts.accelerator(),
                    facts.acceleratorReason(),
                    facts.shareDriver(),
                    facts.shareReason(),
                    facts.git(),
                    facts.gitReason(),
                    facts.identity(),
                    facts.net(),
                    facts.netReason(),
                    facts.confinement(),
                    facts.watching(),
                    facts.ports(),
                    facts.secrets(),
                    facts.secretsInGuest(),
                    facts.masking(),
                    facts.sessions());
        }
    }
}
