package keystone.agent.model;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// An agent that a task can be given to: how it is started in a guest, and how it is told whether
/// to ask before it acts.
public sealed interface AgentSpec {
    AgentName name();

    /// Whatever the prompt is, as a script: needs no model and no token, and is always there.
    record Shell() implements AgentSpec {
        public static final AgentName NAME = new AgentName("shell");

        @Override
        public AgentName name() {
            return NAME;
        }
    }

    /// A program that speaks the Agent Client Protocol on its standard input and output.
    ///
    /// @param command the program, as the guest's `PATH` finds it, and its arguments; never a shell
    ///     string
    /// @param environment for it, beyond what every session has
    /// @param modes of its sessions; null leaves them as the agent has them
    /// @param origin where its program comes from
    /// @param credentials names of secrets, any one of which it can work with; of an agent that
    ///     needs none, or of which we know none, empty
    record Acp(
            AgentName name,
            List<String> command,
            Map<String, String> environment,
            @Nullable Modes modes,
            Origin origin,
            List<String> credentials)
            implements AgentSpec {
        public Acp {
            command = List.copyOf(command);
            environment = new TreeMap<>(environment);
            credentials = List.copyOf(credentials);
            if (command.isEmpty() || command.getFirst().isBlank()) {
                throw UserError.usage(
                        "the agent `" + name + "` has no command",
                        "write command = [\"PROGRAM\", \"ARGUMENT\"] under [agents." + name + "]");
            }
            if (name.equals(Shell.NAME)) {
                throw UserError.usage(
                        "the agent `shell` is built in", "give yours another name under [agents]");
            }
        }

        /// One of somebody's own: whatever the guest has under that name.
        public static Acp custom(AgentName name, List<String> command) {
            return new Acp(name, command, Map.of(), null, Origin.GUEST, List.of());
        }
    }

    /// The ids that `session/set_mode` takes.
    ///
    /// @param free acts without asking: the sandbox is the boundary
    /// @param asking asks before it changes anything
    record Modes(String free, String asking) {}

    /// Where an agent's program comes from.
    enum Origin {
        /// The agents layer of the image.
        LAYER,
        /// The guest has it from its base, its project's layer, or somebody who installed it there.
        GUEST
    }
}
