package keystone.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import keystone.agent.cli.CommandLineTool;
import keystone.agent.cli.Streams;
import keystone.agent.cli.Surroundings;
import keystone.agent.model.Program;
import keystone.agent.model.UserError;
import keystone.agent.process.Programs;
import keystone.agent.store.Places;
import keystone.agent.store.Store;
import keystone.agent.workspace.Reach;

/// The entry point: a command, or the supervisor of one sandbox.
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        List<String> arguments = List.of(args);
        Map<String, String> environment = OwnEnvironment.ofProcess();
        if (arguments.size() == 2 && arguments.getFirst().equals("supervise")) {
            Places places = Places.from(environment, uid());
            Programs.keepOutOf(() -> Reach.of(new Store(places).writable())::includes);
            System.exit(new SupervisorProcess(places, environment).run(arguments.getLast()));
        }
        var end = new CleanEnd(Thread.currentThread());
        Runtime.getRuntime().addShutdownHook(end);
        end.leave(status(arguments, environment));
    }

    private static int status(List<String> arguments, Map<String, String> environment) {
        try {
            return run(arguments, environment);
        } catch (UserError nowhere) {
            return CommandLineTool.refuse(Streams.ofProcess(), nowhere);
        }
    }

    static int run(List<String> arguments, Map<String, String> environment) {
        int uid = uid();
        Places places = Places.from(environment, uid);
        Path directory = Path.of("").toAbsolutePath();
        var around =
                new Surroundings(
                        environment,
                        directory,
                        new Surroundings.Locations(
                                places.state(),
                                places.cache(),
                                places.config(),
                                places.runtime(),
                                Path.of(Parts.launcher())),
                        InstantSource.system(),
                        Program::running);
        var use = new LazyUseCases(places, uid, environment);
        Programs.keepOutOf(() -> use.reach(directory)::includes);
        return new CommandLineTool(Streams.ofProcess(), around, use).run(arguments);
    }

    /// Whom this process runs as, without a native call.
    static int uid() {
        try {
            return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        } catch (IOException notLinux) {
            throw new IllegalStateException("there is no /proc here", notLinux);
        }
    }
}
