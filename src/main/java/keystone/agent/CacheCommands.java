package keystone.agent;

import java.util.List;
import java.util.Map;
import keystone.agent.store.Places;

/// The commands that people type most, as far as they go without a guest: what a JVM runs while it
/// records an AOT cache. bin/keystone-agent chooses the cache by the command.
///
/// What they do not touch is not in its cache and is loaded when it is needed. What is, every
/// command that gets the cache pays for a little: `list` starts in two thirds of the time with one
/// of its own.
enum CacheCommands {
    /// What prompts, scripts and impatient people run again and again.
    LOOKS(
            "keystone-agent-looks.aot",
            """
            list
            list --json
            status training
            status running
            status running --json
            """),

    /// Everything else.
    ALL(
            "keystone-agent.aot",
            """
            --help
            list
            status training
            status running
            version
            start --help
            task list
            ports running
            config show --json
            tokens list
            exec training -- true
            exec running -- true
            start --name training --memory 9999g
            stop training
            """);

    /// Of the sandboxes that they need: one without a machine, and one that seems to run.
    static final class Names {
        static final String IDLE = "training";
        static final String RUNNING = "running";

        private Names() {}
    }

    private final String cache;
    private final String commands;

    /// @param commands one a line
    CacheCommands(String cache, String commands) {
        this.cache = cache;
        this.commands = commands;
    }

    /// The name of its file.
    String cache() {
        return cache;
    }

    /// @param arguments the name of a constant
    static void main(String[] arguments) {
        CacheCommands chosen = valueOf(arguments[0]);
        Map<String, String> environment = OwnEnvironment.ofProcess();
        // As the entry point does: one class that is missing has the jar opened.
        var end = new CleanEnd(Thread.currentThread());
        Runtime.getRuntime().addShutdownHook(end);
        if (chosen == ALL) {
            decideOnAnImage(environment);
        }
        for (String command : chosen.commands.lines().toList()) {
            List<String> words = List.of(command.split(" ", -1));
            System.err.println(command + " ended with " + Main.run(words, environment));
        }
        end.leave(0);
    }

    /// There is none, which takes as long to find out.
    private static void decideOnAnImage(Map<String, String> environment) {
        var places = Places.from(environment, Main.uid());
        System.err.println("image: " + new Parts(places, environment).get().images().find());
    }
}
