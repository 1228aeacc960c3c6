package keystone.agent.model;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The agents that there are: the built-in ones, and those that somebody configured.
///
/// One that is configured under a built-in name takes its place, but for `shell`.
public final class Agents {
    /// In the order in which they are listed. Their versions are those of the agents layer, see the
    /// room `image`.
    public static final List<AgentSpec> BUILT_IN =
            List.of(claude(), codex(), gemini(), new AgentSpec.Shell());

    private final Map<AgentName, AgentSpec> byName = new LinkedHashMap<>();

    public Agents(List<AgentSpec.Acp> configured) {
        BUILT_IN.forEach(each -> byName.put(each.name(), each));
        configured.forEach(each -> byName.put(each.name(), each));
    }

    public List<AgentSpec> all() {
        return List.copyOf(byName.values());
    }

    /// The agent of that name.
    public AgentSpec named(AgentName name) {
        AgentSpec found = byName.get(name);
        if (found == null) {
            var names = new ArrayList<String>();
            byName.keySet().forEach(each -> names.add(each.value()));
            throw UserError.notFound(
                    "there is no agent `" + name + "`",
                    Nearest.likely(name.value(), names)
                            .map(near -> "use --agent " + near)
                            .orElse("keystone-agent agents list"));
        }
        return found;
    }

    /// Its default mode, `auto`, neither asks nor refuses predictably; so the mode is always set.
    /// Without a limit of retries it was still silent about a key that does not hold (401) after
    /// two and a half minutes; with two it has failed within ten seconds.
    private static AgentSpec claude() {
        return new AgentSpec.Acp(
                new AgentName("claude"),
                List.of("claude-agent-acp"),
                Map.of("IS_SANDBOX", "1", "CLAUDE_CODE_MAX_RETRIES", "2"),
                new AgentSpec.Modes("bypassPermissions", "default"),
                AgentSpec.Origin.LAYER,
                List.of("CLAUDE_CODE_OAUTH_TOKEN", "ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"));
    }

    /// Without the variable its first session would begin in a sandbox of its own.
    private static AgentSpec codex() {
        return new AgentSpec.Acp(
                new AgentName("codex"),
                List.of("codex-acp"),
                Map.of("NO_BROWSER", "1", "INITIAL_AGENT_MODE", "agent-full-access"),
                new AgentSpec.Modes("agent-full-access", "read-only"),
                AgentSpec.Origin.LAYER,
                List.of("OPENAI_API_KEY", "CODEX_API_KEY"));
    }

    private static AgentSpec gemini() {
        return new AgentSpec.Acp(
                new AgentName("gemini"),
                List.of("gemini", "--acp"),
                Map.of("GEMINI_CLI_NO_RELAUNCH", "true"),
                new AgentSpec.Modes("yolo", "default"),
                AgentSpec.Origin.LAYER,
                List.of("GEMINI_API_KEY", "GOOGLE_API_KEY"));
    }
}
