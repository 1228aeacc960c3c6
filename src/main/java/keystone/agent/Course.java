package keystone.agent;

import java.util.List;
import java.util.Map;
import keystone.agent.store.Places;

/// The commands that an AOT cache is for, as far as they go without a guest.
///
/// What a course does not touch is not in its cache and is loaded when it is needed. What is, every
/// command that takes the cache pays for a little. The launcher knows which takes which.
enum Course {
    /// For the commands that only look.
    GLANCE("keystone-agent-glance.aot"),

    /// For all others, supervisors among them. Stops the sandbox at its end.
    ALL("keystone-agent.aot");

    private static final String NAME = Training.NAME.value();

    private final String cache;

    Course(String cache) {
        this.cache = cache;
    }

    /// A file name.
    String cache() {
        return cache;
    }

    private List<List<String>> commands() {
        return switch (this) {
            case GLANCE ->
                    List.of(List.of("list"), List.of("list", "--json"), List.of("status", NAME));
            case ALL ->
                    List.of(
                            List.of("--help"),
                            List.of("list"),
                            List.of("status", NAME),
                            List.of("exec", NAME, "--", "true"),
                            List.of("start", "--name", NAME, "--memory", "9999g"),
                            List.of("stop", NAME));
        };
    }

    static void main(String[] arguments) {
        Map<String, String> environment = System.getenv();
        Course course = valueOf(arguments[0]);
        if (course == ALL) {
            decideOnAnImage(environment);
        }
        for (List<String> command : course.commands()) {
            System.err.println(command + " ended with " + Main.run(command, environment));
        }
    }

    /// There is none, which takes as long to find out.
    private static void decideOnAnImage(Map<String, String> environment) {
        var places = Places.from(environment, Main.uid());
        System.err.println("image: " + new Parts(places, environment).get().images().find());
    }
}
