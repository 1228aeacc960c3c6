package keystone.agent;

import java.util.List;
import java.util.Map;
import keystone.agent.store.Places;

/// The commands that people type most, as far as they go without a guest: what a JVM runs while it
/// records the AOT cache.
///
/// What the course does not touch is not in the cache and is loaded when it is needed. What is,
/// every command pays for a little.
final class Course {
    private static final String NAME = Training.NAME.value();

    private static final List<List<String>> COMMANDS =
            List.of(
                    List.of("--help"),
                    List.of("list"),
                    List.of("status", NAME),
                    List.of("status", Training.RUNNING.value()),
                    List.of("version"),
                    List.of("config", "show"),
                    List.of("exec", NAME, "--", "true"),
                    List.of("exec", Training.RUNNING.value(), "--", "true"),
                    List.of("start", "--name", NAME, "--memory", "9999g"),
                    List.of("stop", NAME));

    private Course() {}

    static void main() {
        Map<String, String> environment = System.getenv();
        decideOnAnImage(environment);
        for (List<String> command : COMMANDS) {
            System.err.println(command + " ended with " + Main.run(command, environment));
        }
    }

    /// There is none, which takes as long to find out.
    private static void decideOnAnImage(Map<String, String> environment) {
        var places = Places.from(environment, Main.uid());
        System.err.println("image: " + new Parts(places, environment).get().images().find());
    }
}
