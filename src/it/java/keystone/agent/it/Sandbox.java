package keystone.agent.it;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import keystone.agent.json.Json;
import keystone.agent.store.SandboxDir;

/// One sandbox of an installation, running or not.
///
/// @param dir where its files are
public record Sandbox(Installation home, SandboxDir dir, Project project) {
    public String name() {
        return dir.name().value();
    }

    /// `keystone-agent VERB NAME MORE…`.
    public Invocation keystone(String verb, String... more) {
        var arguments = new ArrayList<>(List.of(verb, name()));
        arguments.addAll(List.of(more));
        return home.keystone(arguments.toArray(String[]::new));
    }

    /// Starts it again.
    public Invocation starting(String... flags) {
        var all = new ArrayList<>(List.of("--name", name()));
        all.addAll(List.of(flags));
        return home.starting(project, all.toArray(String[]::new));
    }

    /// A command in the guest, still to be run.
    public Invocation executing(String... command) {
        var arguments = new ArrayList<>(List.of("--"));
        arguments.addAll(List.of(command));
        return keystone("exec", arguments.toArray(String[]::new));
    }

    /// What a command in the guest prints; it must succeed.
    public String says(String... command) throws InterruptedException {
        return executing(command).run().succeeds().text();
    }

    public Json.Obj status() throws InterruptedException {
        return keystone("status", "--json").run().succeeds().object();
    }

    /// The state that `list` shows.
    public String state() throws InterruptedException {
        return home.keystone("list", "--json").run().succeeds().objects().stream()
                .filter(each -> each.string("name").equals(name()))
                .map(each -> each.string("state"))
                .findFirst()
                .orElse("not listed");
    }

    /// QEMU itself, however many wrappers are around it; found by the program that the kernel runs.
    public Optional<Kernel.Seen> machine() {
        return Kernel.processesWith(dir.run().path().toString()).stream()
                .filter(each -> Kernel.program(each.pid()).contains("qemu-system-"))
                .findFirst();
    }

    /// Every virtiofsd of its, without the chains that confine them.
    public List<Kernel.Seen> shareServers() {
        return Kernel.processesWith(dir.run().path().toString()).stream()
                .filter(each -> each.commandLine().contains("--shared-dir"))
                .filter(
                        each ->
                                Kernel.program(each.pid()).startsWith("/virtiofsd/lib/ld-linux")
                                        || Kernel.program(each.pid()).endsWith("/virtiofsd"))
                .toList();
    }

    /// The process that holds its lock.
    public Optional<Long> supervisor() {
        return Kernel.lockHolder(dir.path().resolve("supervisor.lock"));
    }

    public long machinePid() {
        return machine().orElseThrow(() -> new AssertionError(home.diagnosis())).pid();
    }

    public long supervisorPid() {
        return supervisor().orElseThrow(() -> new AssertionError(home.diagnosis()));
    }

    /// Whatever is left of its run.
    public List<Kernel.Seen> processes() {
        return Kernel.processesWith(dir.run().path().toString());
    }
}
