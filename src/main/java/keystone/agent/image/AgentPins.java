package keystone.agent.image;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import keystone.agent.json.Json;
import keystone.agent.model.AgentName;

/// The versions that the agents layer holds: `agents/package.json`, which names each at one
/// version. What these need in turn is in the lock beside it, each with a digest of its content.
final class AgentPins {
    /// The package that is the agent itself.
    private static final Map<String, String> PROGRAMS =
            Map.of(
                    "claude", "@anthropic-ai/claude-code-linux-x64",
                    "codex", "@openai/codex",
                    "gemini", "@google/gemini-cli");

    private final Map<String, String> versions = new TreeMap<>();

    private AgentPins(Json.Obj dependencies) {
        for (String name : dependencies.members().keySet()) {
            versions.put(name, version(dependencies.string(name)));
        }
    }

    static AgentPins of(GuestFiles files) {
        return new AgentPins(
                Json.parse(files.file(Npm.MANIFEST).text()).asObject().object("dependencies"));
    }

    /// One that has another name here than where it comes from is `npm:NAME@VERSION`.
    private static String version(String written) {
        return written.substring(written.lastIndexOf('@') + 1);
    }

    /// Name and version of each.
    List<String> labels() {
        return versions.entrySet().stream()
                .map(each -> each.getKey() + " " + each.getValue())
                .toList();
    }

    /// The version of an agent that the layer holds.
    Optional<String> version(AgentName agent) {
        return Optional.ofNullable(PROGRAMS.get(agent.value())).map(versions::get);
    }
}
