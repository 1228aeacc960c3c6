package keystone.agent.model;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What only a sandbox that is up has; see `status --json` in `docs/cli.md`.
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
/// @param sessions how many are in the guest over ssh, whoever let them in: exec, ssh, attach, cp,
/// an
///     editor
public record LiveFacts(
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
    public LiveFacts {
        secrets = List.copyOf(secrets);
        secretsInGuest = List.copyOf(secretsInGuest);
        confinement = List.copyOf(confinement);
    }
}
