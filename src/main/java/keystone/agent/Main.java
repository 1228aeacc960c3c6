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
import keystone.agent.store.Places;

/// The entry point: a command, or the supervisor of one sandbox.
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        List<String> arguments = List.of(args);
        Map<String, String> environment = System.getenv();
        if (arguments.size() == 2 && arguments.getFirst().equals("supervise")) {
            Places places = Places.from(environment, uid());
            System.exit(new SupervisorProcess(places, environment).run(arguments.getLast()));
        }
        var unwinding = Unwinding.of(Thread.currentThread());
        unwinding.end(run(arguments, environment));
    }

    private static int run(List<String> arguments, Map<String, String> environment) {
        int uid = uid();
        Places places = Places.from(environment, uid);
        var around =
                new Surroundings(
                        environment,
                        Path.of("").toAbsolutePath(),
                        places.config(),
                        List.of(places.state(), places.cache(), places.config(), places.runtime()),
                        InstantSource.system(),
                        BuildFacts::ofThisJar);
        var use = new LazyUseCases(places, uid, environment);
        return new CommandLineTool(Streams.ofProcess(), around, use).run(arguments);
    }

    /// Whom this process runs as, without a native call.
    private static int uid() {
        try {
            return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        } catch (IOException notLinux) {
            throw new IllegalStateException("there is no /proc here", notLinux);
        }
    }
}
