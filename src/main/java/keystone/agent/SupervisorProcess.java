package keystone.agent;

import java.util.Map;
import keystone.agent.cli.CommandLineTool;
import keystone.agent.cli.Streams;
import keystone.agent.model.SandboxName;
import keystone.agent.model.UserError;
import keystone.agent.process.Posix;
import keystone.agent.store.Places;
import keystone.agent.store.SandboxDir;
import keystone.agent.store.Store;
import keystone.agent.supervisor.Supervisor;

/// `keystone-agent supervise NAME`: the process that lives as long as a sandbox is up. Its output
/// is the sandbox's `supervisor.log`.
final class SupervisorProcess {
    private final Places places;
    private final Map<String, String> environment;

    SupervisorProcess(Places places, Map<String, String> environment) {
        this.places = places;
        this.environment = environment;
    }

    int run(String name) {
        Posix.leaveNoCores();
        OpenJars.hold();
        try {
            var parts = new Parts(places, environment).get();
            places.ensureRuntime();
            SandboxDir dir =
                    new Store(places).find(new SandboxName(name)).orElseThrow(() -> missing(name));
            var supervisor = new Supervisor(dir, parts, System.err);
            stopOnSignals(supervisor);
            return supervisor.run();
        } catch (UserError error) {
            return CommandLineTool.refuse(Streams.ofProcess(), error);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            return UserError.Kind.INTERRUPTED.exitCode();
        }
    }

    private static UserError missing(String name) {
        return UserError.notFound(
                "there is no sandbox `" + name + "`", "keystone-agent start --name " + name);
    }

    /// The session manager, or somebody by hand, asks it to end: the guest gets the time to power
    /// off.
    private static void stopOnSignals(Supervisor supervisor) {
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(
                                () -> {
                                    try {
                                        supervisor.terminate();
                                    } catch (InterruptedException stop) {
                                        Thread.currentThread().interrupt();
                                    }
                                },
                                "end"));
    }
}
