package keystone.agent.sandbox;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import keystone.agent.image.Images;
import keystone.agent.model.AgentChoice;
import keystone.agent.model.AgentSpec;
import keystone.agent.model.Agents;
import keystone.agent.model.ImageRecipe;
import org.jspecify.annotations.Nullable;

/// The agents, as far as this host has what they need.
public final class AgentsOnHost {
    /// Where an agent keeps a log-in, below the home directory. Only whether it is there counts.
    private static final Map<String, String> LOG_INS =
            Map.of(
                    "claude", ".claude/.credentials.json",
                    "codex", ".codex/auth.json",
                    "gemini", ".gemini/oauth_creds.json");

    private final Images images;
    private final Map<String, String> environment;
    private final Path home;

    AgentsOnHost(Images images, Map<String, String> environment, Path home) {
        this.images = images;
        this.environment = Map.copyOf(environment);
        this.home = home;
    }

    public List<AgentEntry> list(AgentChoice choice) {
        ImageRecipe withLayer = ImageRecipe.NONE.with(ImageRecipe.AgentsLayer.INCLUDED);
        boolean built = images.find(withLayer).isPresent();
        return choice.agents().all().stream().map(each -> entry(each, built)).toList();
    }

    private AgentEntry entry(AgentSpec agent, boolean built) {
        AgentEntry.Program program =
                switch (Agents.origin(agent)) {
                    case BUILT_IN -> AgentEntry.Program.BUILT_IN;
                    case GUEST -> AgentEntry.Program.GUEST;
                    case LAYER ->
                            built ? AgentEntry.Program.LAYER : AgentEntry.Program.LAYER_TO_BUILD;
                };
        String version =
                Agents.origin(agent) == Agents.Origin.LAYER
                        ? images.agentVersion(agent.name()).orElse(null)
                        : null;
        return new AgentEntry(agent, version, program, credential(agent));
    }

    private @Nullable String credential(AgentSpec agent) {
        Stream<String> set =
                Agents.credentials(agent).stream()
                        .filter(name -> !environment.getOrDefault(name, "").isEmpty());
        boolean ours = Agents.origin(agent) == Agents.Origin.LAYER;
        Optional<String> logIn =
                Optional.ofNullable(LOG_INS.get(agent.name()))
                        .filter(file -> ours && Files.isReadable(home.resolve(file)))
                        .map("~/"::concat);
        return Stream.concat(set, logIn.stream()).findFirst().orElse(null);
    }
}
