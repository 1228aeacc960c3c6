package keystone.agent.sandbox;

import java.util.Optional;
import java.util.function.Consumer;
import keystone.agent.model.PortNews;
import keystone.agent.model.PortsChange;
import keystone.agent.model.PortsNow;
import keystone.agent.model.PortsPolicy;
import keystone.agent.model.SandboxName;
import keystone.agent.model.UserError;
import keystone.agent.store.SandboxDir;
import keystone.agent.store.SupervisorLock;
import keystone.agent.supervisor.SupervisorClient;

/// What of a guest's ports is on this host: to see it, and to change it, whether it runs or not.
public final class Ports {
    private final Projects projects;

    Ports(Projects projects) {
        this.projects = projects;
    }

    /// What is published; of a sandbox that does not run, nothing.
    public PortsNow now(SandboxName name) throws InterruptedException {
        SandboxDir dir = projects.named(name);
        Optional<SupervisorClient> running = running(dir);
        if (running.isEmpty()) {
            return PortsNow.none(dir.spec().ports());
        }
        try (SupervisorClient supervisor = running.get()) {
            return supervisor.ports();
        }
    }

    /// Has other ports published, at once and at the next starts.
    ///
    /// @return what is published now
    public PortsNow change(SandboxName name, PortsChange change) throws InterruptedException {
        SandboxDir dir = projects.named(name);
        Optional<SupervisorClient> running = running(dir);
        if (running.isEmpty()) {
            return PortsNow.none(write(dir, change));
        }
        try (SupervisorClient supervisor = running.get()) {
            return supervisor.changePorts(change);
        }
    }

    /// With the lock, so that no supervisor reads meanwhile what it writes back.
    private static PortsPolicy write(SandboxDir dir, PortsChange change)
            throws InterruptedException {
        Optional<SupervisorLock> lock = dir.awaitLock(Networks.LOCK);
        if (lock.isEmpty()) {
            throw UserError.wrongState(
                    "`" + dir.name() + "` is starting or stopping",
                    "keystone-agent status " + dir.name() + "   # then again");
        }
        try (SupervisorLock _ = lock.get()) {
            return dir.changeSpec(spec -> spec.with(change.of(spec.ports()))).ports();
        }
    }

    /// Tells what is published, then each port that comes or goes, until the sandbox stops.
    public void follow(SandboxName name, Consumer<PortsNow> first, Consumer<String> sentences)
            throws InterruptedException {
        SandboxDir dir = projects.named(name);
        Optional<SupervisorClient> running = running(dir);
        if (running.isEmpty()) {
            throw UserError.wrongState(
                    "the sandbox `" + name + "` is not running",
                    "keystone-agent start --name " + name);
        }
        try (SupervisorClient supervisor = running.get()) {
            PortNews news = supervisor.portNews(-1);
            first.accept(supervisor.ports());
            while (news.count() >= 0) {
                news = supervisor.portNews(news.count());
                news.sentences().forEach(sentences);
            }
        }
    }

    private static Optional<SupervisorClient> running(SandboxDir dir) {
        return SupervisorClient.connect(dir, SupervisorClient.Listener.none());
    }
}
