package keystone.agent.supervisor;

import java.security.SecureRandom;
import java.util.HexFormat;
import keystone.agent.guest.Guest;
import keystone.agent.machine.Machine;
import keystone.agent.model.SandboxSpec;
import keystone.agent.model.UserError;

/// What one boot's guest is told and gives back, so that no other is taken for it.
record BootNonce(String value) {
    private static final int BYTES = 16;

    static BootNonce draw() {
        byte[] bits = new byte[BYTES];
        new SecureRandom().nextBytes(bits);
        return new BootNonce(HexFormat.of().formatHex(bits));
    }

    /// Usable means: this boot's nonce and this sandbox's build id came back from the guest behind
    /// the pinned host key.
    void requireOf(Guest guest, SandboxSpec spec, Machine machine) throws InterruptedException {
        Guest.Identity identity = guest.identity();
        if (!identity.nonce().equals(value)) {
            throw UserError.failed(
                    "another guest answered on port %d: it carries the build id %s"
                            .formatted(machine.sshPort(), identity.buildId()),
                    "keystone-agent restart " + spec.name());
        }
        if (!identity.buildId().equals(spec.buildId().value())) {
            throw UserError.failed(
                    "the disk of `%s` belongs to another sandbox or an older disk (build id %s, expected %s)"
                            .formatted(spec.name(), identity.buildId(), spec.buildId()),
                    "keystone-agent start --fresh --name " + spec.name());
        }
    }
}
