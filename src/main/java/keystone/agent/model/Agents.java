package keystone.agent.model;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The agents that there are: the built-in ones, and those that somebody configured.
///
/// One that is configured under a built-in name takes its place, but for `shell`.
public final class Agents {
    /// What each can log in to its model with: names of secrets, any one of which will do.
    private static final Map<String, List<String>> CREDENTIALS =
            Map.of(
                    "claude",
                    List.of("CLAUDE_CODE_OAUTH_TOKEN", "ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"),
                    "codex",
                    List.of("OPENAI_API_KEY", "CODEX_API_KEY"),
                    "gemini",
                    List.of("GEMINI_API_KEY", "GOOGLE_API_KEY"));

    private final Map<String, AgentSpec> byName = new LinkedHashMap<>();

    public Agents(List<AgentSpec> configured) {
        AgentSpec.known().forEach(each -> byName.put(each.name(), each));
        configured.forEach(each -> byName.put(each.name(), each));
    }

    /// Where an agent's program comes from.
    public enum Origin {
        /// It needs none.
        BUILT_IN,
        /// The agents layer of the image.
        LAYER,
        /// The guest has it from its base, its project's layer, or somebody who installed it there.
        GUEST
    }

    public List<AgentSpec> all() {
        return List.copyOf(byName.values());
    }

    /// The agent of that name.
    public AgentSpec named(String name) {
        AgentSpec found = byName.get(name);
        if (found == null) {
            throw UserError.notFound(
                    "there is no agent `" + Printable.of(name) + "`",
                    Nearest.likely(name, byName.keySet())
                            .map(near -> "use --agent " + near)
                            .orElse("keystone-agent agents list"));
        }
        return found;
    }

    public static Origin origin(AgentSpec agent) {
        if (agent.equals(AgentSpec.SHELL)) {
            return Origin.BUILT_IN;
        }
        return AgentSpec.known().contains(agent) ? Origin.LAYER : Origin.GUEST;
    }

    /// Names of secrets, any one of which it can work with; of an agent that needs none, or of
    /// which we know none, empty.
    public static List<String> credentials(AgentSpec agent) {
        return origin(agent) == Origin.LAYER
                ? CREDENTIALS.getOrDefault(agent.name(), List.of())
                : List.of();
    }

    /// One of somebody's own, which speaks the Agent Client Protocol.
    ///
    /// @param command the program, as the guest's `PATH` finds it, and its arguments
    public static AgentSpec own(String name, List<String> command) {
        if (name.equals(AgentSpec.SHELL.name())) {
            throw UserError.usage(
                    "the agent `shell` is built in", "give yours another name under [agents]");
        }
        if (command.isEmpty() || command.getFirst().isBlank()) {
            throw UserError.usage(
                    "the agent `" + Printable.of(name) + "` has no command",
                    "write command = [\"PROGRAM\", \"ARGUMENT\"] under [agents.NAME]");
        }
        return new AgentSpec(name, AgentSpec.Protocol.ACP, command, Map.of(), null, null);
    }
}
