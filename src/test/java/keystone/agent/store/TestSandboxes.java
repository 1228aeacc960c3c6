package keystone.agent.store;

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

/// Sandboxes that are on the disk and never ran.
public final class TestSandboxes {
    private TestSandboxes() {}

    /// All below a directory of a test's own.
    public static Places places(Path top) {
        return new Places(
                top.resolve("state"),
                top.resolve("cache"),
                top.resolve("config"),
                top.resolve("run"));
    }

    public static SandboxSpec spec(SandboxName name, Path project) {
        Digest image = Digest.of("image");
        return new SandboxSpec(
                name,
                project,
                image,
                BuildId.create(image),
                Resources.DEFAULT,
                ShareDriver.AUTO,
                GitMode.DIRECT,
                EgressPolicy.USUAL,
                PortsPolicy.USUAL,
                List.of(),
                null);
    }

    /// `blue`, whose project is the directory itself.
    public static SandboxDir blue(Path top) {
        return create(new SandboxName("blue"), top, top);
    }

    /// One that the store of [#places] has from now on.
    public static SandboxDir create(SandboxName name, Path project, Path top) {
        return new Store(places(top)).create(spec(name, project), "1").orElseThrow();
    }
}
