package keystone.agent.supervisor;

import java.nio.file.Path;
import java.util.List;
import keystone.agent.model.BuildId;
import keystone.agent.model.Digest;
import keystone.agent.model.EgressPolicy;
import keystone.agent.model.GitMode;
import keystone.agent.model.PortsPolicy;
import keystone.agent.model.Resources;
import keystone.agent.model.SandboxName;
import keystone.agent.model.SandboxSpec;
import keystone.agent.model.ShareDriver;
import keystone.agent.store.Places;
import keystone.agent.store.SandboxDir;
import keystone.agent.store.Store;

/// A sandbox that is on the disk and never ran.
final class Stored {
    private Stored() {}

    static SandboxDir blue(Path home) {
        var places =
                new Places(
                        home.resolve("state"),
                        home.resolve("cache"),
                        home.resolve("config"),
                        home.resolve("run"));
        Digest image = Digest.of("image");
        var spec =
                new SandboxSpec(
                        new SandboxName("blue"),
                        home,
                        image,
                        BuildId.create(image),
                        Resources.DEFAULT,
                        ShareDriver.AUTO,
                        GitMode.DIRECT,
                        EgressPolicy.USUAL,
                        PortsPolicy.USUAL,
                        List.of(),
                        null);
        return new Store(places).create(spec, "1").orElseThrow();
    }
}
