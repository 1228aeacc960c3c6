package keystone.agent.sandbox;

import java.nio.file.Path;
import java.util.function.Supplier;
import keystone.agent.guest.GuestHome;
import keystone.agent.model.AgentChoice;
import keystone.agent.model.SandboxSpec;
import keystone.agent.model.UserError;
import keystone.agent.outfit.Outfit;
import keystone.agent.store.SandboxDir;

/// Gives the guest of a start the user's set-up of their agents, where it has the agents.
final class Outfitting {
    private final Supplier<SandboxImages> images;
    private final Path home;

    Outfitting(Supplier<SandboxImages> images, Path home) {
        this.images = images;
        this.home = home;
    }

    /// A guest without it is of use, too.
    void bring(SandboxDir dir, SandboxSpec spec, AgentChoice choice, StartListener listener)
            throws InterruptedException {
        if (choice.outfit() == AgentChoice.Outfit.NONE || !images.get().hasAgents(spec)) {
            return;
        }
        Outfit outfit = Outfit.of(home);
        if (outfit.leftOut() > 0) {
            listener.notice(
                    outfit.leftOut()
                            + " files of your agents' set-up were left out: links, or too much");
        }
        try {
            GuestHome.put(dir.name(), dir.run().sshConfig(), outfit.files());
        } catch (UserError refused) {
            listener.notice("the guest has no copy of your agents' set-up: " + refused.problem());
        }
    }
}
