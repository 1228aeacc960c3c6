package keystone.agent.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import keystone.agent.model.SandboxName;
import keystone.agent.model.Settings;
import keystone.agent.sandbox.Alias;
import keystone.agent.sandbox.MountRequest;
import keystone.agent.sandbox.Mounted;
import keystone.agent.sandbox.OpenRequest;
import keystone.agent.sandbox.Opening;
import keystone.agent.sandbox.StartListener;
import keystone.agent.sandbox.Started;
import org.jspecify.annotations.Nullable;

/// An ssh and editors that exist only in memory, and a record of what was asked of them.
final class FakeEditors implements UseCases.OfEditors {
    private final UseCases.OfSandboxes sandboxes;
    final List<String> calls = new ArrayList<>();
    final List<Mounted> mounts = new ArrayList<>();
    boolean installed;
    @Nullable String alias = "ks-blue";

    FakeEditors(UseCases.OfSandboxes sandboxes) {
        this.sandboxes = sandboxes;
    }

    @Override
    public List<Alias> aliases() {
        return List.of(alias(new SandboxName("blue")));
    }

    @Override
    public Alias alias(SandboxName name) {
        String host = "ks-" + name;
        return new Alias(
                name, host, Path.of("/state", name + "", "ssh_config"), "Host " + host + "\n");
    }

    @Override
    public String include() {
        return "Include \"/state/*/ssh_config\"";
    }

    @Override
    public Path userConfig() {
        return Path.of("/home/ada/.ssh/config");
    }

    @Override
    public boolean isInstalled() {
        return installed;
    }

    @Override
    public boolean install() {
        boolean changed = !installed;
        installed = true;
        return changed;
    }

    @Override
    public boolean uninstall() {
        boolean changed = installed;
        installed = false;
        return changed;
    }

    @Override
    public Started startAgain(SandboxName name, Settings settings, StartListener listener)
            throws InterruptedException {
        calls.add("start again " + name);
        return sandboxes.restart(name, settings, listener);
    }

    @Override
    public void connect(SandboxName name) {
        calls.add("connect " + name);
    }

    @Override
    public Opening plan(SandboxName name, OpenRequest request) {
        calls.add(
                "plan %s %s %s %s %d"
                        .formatted(
                                name,
                                request.editor(),
                                request.side(),
                                request.path(),
                                request.line()));
        return new Opening(
                "code", alias, "/workspace", "vscode://there", List.of("code", "--new-window"));
    }

    @Override
    public void launch(Opening opening) {
        calls.add("launch " + opening.command());
    }

    @Override
    public Mounted mount(SandboxName name, MountRequest request) {
        calls.add("mount " + name + " " + request);
        String guest = request.guest() == null ? "/worktrees" : request.guest();
        var mounted = new Mounted(name, guest, Path.of("/mnt/" + name), false);
        mounts.add(mounted);
        return mounted;
    }

    @Override
    public List<Mounted> unmount(SandboxName name, @Nullable String which, Path directory) {
        calls.add("unmount " + name + " " + which);
        List<Mounted> gone =
                mounts.stream()
                        .filter(each -> which == null || each.guest().equals(which))
                        .toList();
        mounts.removeAll(gone);
        return gone;
    }
}
