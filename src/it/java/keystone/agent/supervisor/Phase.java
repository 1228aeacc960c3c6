package keystone.agent.supervisor;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/// A moment in a command at which something breaks.
///
/// @param verb what is being done
/// @param moment a checkpoint's name, or one of those that the test sees by itself
record Phase(Verb verb, String moment) {
    /// The guest says so: the command of an `exec` runs.
    static final String COMMAND_RUNS = "seen:command runs";

    /// The kernel says so: the first process of the chain that ends in QEMU is there.
    static final String CHAIN_BEGINS = "seen:chain begins";

    /// The kernel says so: QEMU itself is there, and has not yet reported to its supervisor.
    static final String QEMU_BEGINS = "seen:qemu begins";

    /// The guest is told of the host's branches.
    static final String OWN_GIT = "start:git";

    /// With `--share clone`: the guest is given the project.
    static final String CLONES = "start:clone";

    enum Verb {
        /// A sandbox that did not exist.
        START,
        FRESH,
        EXEC,
        STOP
    }

    static final List<Phase> ALL =
            List.of(
                    new Phase(Verb.START, "command:created"),
                    new Phase(Verb.START, "command:connected"),
                    new Phase(Verb.START, "supervisor:locked"),
                    new Phase(Verb.START, "supervisor:run-directory"),
                    new Phase(Verb.START, "supervisor:listening"),
                    new Phase(Verb.START, "start:prepare"),
                    new Phase(Verb.START, "start:discarded"),
                    new Phase(Verb.START, "start:share"),
                    new Phase(Verb.START, "start:machine"),
                    new Phase(Verb.START, CHAIN_BEGINS),
                    new Phase(Verb.START, QEMU_BEGINS),
                    new Phase(Verb.START, "start:kernel"),
                    new Phase(Verb.START, "start:guest system"),
                    new Phase(Verb.START, "start:guest mounts"),
                    new Phase(Verb.START, "start:guest ssh"),
                    new Phase(Verb.START, "start:connect"),
                    new Phase(Verb.START, "start:verify"),
                    new Phase(Verb.START, OWN_GIT),
                    new Phase(Verb.START, CLONES),
                    new Phase(Verb.START, "start:network"),
                    new Phase(Verb.FRESH, "command:stopped"),
                    new Phase(Verb.FRESH, "start:discarding"),
                    new Phase(Verb.FRESH, "start:discarded"),
                    new Phase(Verb.FRESH, "start:machine"),
                    new Phase(Verb.EXEC, "command:session"),
                    new Phase(Verb.EXEC, COMMAND_RUNS),
                    new Phase(Verb.STOP, "stop:begin"),
                    new Phase(Verb.STOP, "stop:asked"),
                    new Phase(Verb.STOP, "stop:verified"));

    private static final Set<String> BEFORE_SUPERVISOR =
            Set.of("command:created", "command:stopped");

    private static final Set<String> WITHOUT_MACHINE =
            Set.of(
                    "command:created",
                    "command:connected",
                    "command:stopped",
                    "supervisor:locked",
                    "supervisor:run-directory",
                    "supervisor:listening",
                    "start:prepare",
                    "start:discarding",
                    "start:discarded",
                    "start:share",
                    "start:machine",
                    CHAIN_BEGINS,
                    "stop:asked",
                    "stop:verified");

    private static final Set<String> WITHOUT_SHARE =
            Set.of(
                    "command:created",
                    "command:connected",
                    "command:stopped",
                    "supervisor:locked",
                    "supervisor:run-directory",
                    "supervisor:listening",
                    "start:prepare",
                    "start:discarding",
                    "start:discarded",
                    "start:share",
                    CLONES,
                    "stop:asked",
                    "stop:verified");

    /// What a start is asked for, to come to this moment.
    List<String> flags() {
        return moment.equals(CLONES) ? List.of("--share", "clone") : List.of();
    }

    /// Whether there is anything to kill.
    boolean has(Victim victim) {
        return switch (victim) {
            case COMMAND, DISK -> true;
            case SUPERVISOR -> !BEFORE_SUPERVISOR.contains(moment);
            case MACHINE -> !WITHOUT_MACHINE.contains(moment);
            case SHARE -> !WITHOUT_SHARE.contains(moment);
        };
    }

    @Override
    public String toString() {
        return verb.name().toLowerCase(Locale.ROOT) + " " + moment;
    }
}
