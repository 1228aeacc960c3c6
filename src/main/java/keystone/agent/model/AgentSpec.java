package keystone.agent.model;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// An agent that tasks are given to: how it is run in the guest, and how one speaks with it.
///
/// @param command exactly; empty for [Protocol#SHELL]
/// @param environment for it alone; never a secret
/// @param freely the session mode in which it asks for no permission; null is the one it begins in
/// @param asking the session mode in which it does; null is the one it begins in
public record AgentSpec(
        String name,
        Protocol protocol,
        List<String> command,
        Map<String, String> environment,
        @Nullable String freely,
        @Nullable String asking) {
    /// How one speaks with it.
    public enum Protocol {
        /// The prompt is a script.
        SHELL,
        /// The Agent Client Protocol, version 1.
        ACP
    }

    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,30}");

    /// The one that needs no model: it does what the prompt says, as a script.
    public static final AgentSpec SHELL =
            new AgentSpec("shell", Protocol.SHELL, List.of(), Map.of(), null, null);

    public AgentSpec {
        command = List.copyOf(command);
        environment = new TreeMap<>(environment);
        if (!NAME.matcher(name).matches()) {
            throw UserError.usage(
                    "`" + Printable.of(name) + "` cannot be the name of an agent",
                    "use lower-case letters, digits and -");
        }
        if (command.isEmpty() == (protocol == Protocol.ACP)) {
            throw new IllegalArgumentException("only an agent of its own has a command");
        }
    }

    /// Those that this program knows how to run.
    public static List<AgentSpec> known() {
        return List.of(
                SHELL,
                new AgentSpec(
                        "claude",
                        Protocol.ACP,
                        List.of("claude-agent-acp"),
                        Map.of(
                                "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "1",
                                "CLAUDE_CODE_MAX_RETRIES", "3",
                                "DISABLE_AUTOUPDATER", "1",
                                "IS_SANDBOX", "1"),
                        "bypassPermissions",
                        "default"),
                new AgentSpec(
                        "codex",
                        Protocol.ACP,
                        List.of("codex-acp"),
                        Map.of("NO_BROWSER", "1", "INITIAL_AGENT_MODE", "agent-full-access"),
                        "agent-full-access",
                        "agent"),
                new AgentSpec(
                        "gemini",
                        Protocol.ACP,
                        List.of("gemini", "--acp"),
                        Map.of("GEMINI_CLI_NO_RELAUNCH", "true"),
                        "yolo",
                        "default"));
    }

    public static Optional<AgentSpec> named(String name) {
        return known().stream().filter(each -> each.name().equals(name)).findFirst();
    }

    /// One of the user's own, which the guest's shell starts.
    public static AgentSpec own(String name, String commandLine) {
        return new AgentSpec(
                name,
                Protocol.ACP,
                List.of("bash", "-c", "exec " + commandLine),
                Map.of(),
                null,
                null);
    }
}
