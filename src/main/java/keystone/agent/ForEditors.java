package keystone.agent;

import java.nio.file.Path;
import java.util.List;
import keystone.agent.cli.UseCases;
import keystone.agent.model.SandboxName;
import keystone.agent.model.Settings;
import keystone.agent.sandbox.Alias;
import keystone.agent.sandbox.Assembly;
import keystone.agent.sandbox.MountRequest;
import keystone.agent.sandbox.Mounted;
import keystone.agent.sandbox.OpenRequest;
import keystone.agent.sandbox.Opening;
import keystone.agent.sandbox.StartListener;
import keystone.agent.sandbox.Started;
import org.jspecify.annotations.Nullable;

/// The use cases of editors and of the user's own ssh, in their own words.
record ForEditors(Assembly to) implements UseCases.OfEditors {
    @Override
    public List<Alias> aliases() {
        return to.aliases().all();
    }

    @Override
    public Alias alias(SandboxName name) {
        return to.aliases().of(name);
    }

    @Override
    public String include() {
        return to.aliases().include();
    }

    @Override
    public Path userConfig() {
        return to.aliases().userConfigFile();
    }

    @Override
    public boolean isInstalled() {
        return to.aliases().isInstalled();
    }

    @Override
    public boolean install() {
        return to.aliases().install();
    }

    @Override
    public boolean uninstall() {
        return to.aliases().uninstall();
    }

    @Override
    public Started startAgain(SandboxName name, Settings settings, StartListener listener)
            throws InterruptedException {
        return to.sandboxes().startAgain(name, settings, listener);
    }

    @Override
    public void connect(SandboxName name) {
        throw to.aliases().connect(name);
    }

    @Override
    public Opening plan(SandboxName name, OpenRequest request) {
        return to.editing().plan(name, request);
    }

    @Override
    public void launch(Opening opening) {
        throw to.editing().launch(opening);
    }

    @Override
    public Mounted mount(SandboxName name, MountRequest request) throws InterruptedException {
        return to.mounting().mount(name, request);
    }

    @Override
    public List<Mounted> unmount(SandboxName name, @Nullable String which, Path directory)
            throws InterruptedException {
        return to.mounting().unmount(name, which, directory);
    }
}
