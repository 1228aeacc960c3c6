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

    private AgentEntry entry(AgentSpec spec, boolean built) {
        return switch (spec) {
            case AgentSpec.Shell _ -> new AgentEntry(spec, null, AgentEntry.Program.BUILT_IN, null);
            case AgentSpec.Acp acp -> {
                boolean ofLayer = acp.origin() == AgentSpec.Origin.LAYER;
                yield new AgentEntry(
                        spec,
                        ofLayer ? images.agentVersion(acp.name()).orElse(null) : null,
                        program(ofLayer, built),
                        credential(acp));
            }
        };
    }

    private static AgentEntry.Program program(boolean ofLayer, boolean built) {
        if (!ofLayer) {
            return AgentEntry.Program.GUEST;
        }
        return built ? AgentEntry.Program.LAYER : AgentEntry.Program.LAYER_TO_BUILD;
    }

    private @Nullable String credential(AgentSpec.Acp agent) {
        Stream<String> set =
                agent.credentials().stream()
                        .filter(name -> !environment.getOrDefault(name, "").isEmpty());
        boolean ours = agent.origin() == AgentSpec.Origin.LAYER;
        Optional<String> logIn =
                Optional.ofNullable(LOG_INS.get(agent.name().value()))
                        .filter(file -> ours && Files.isReadable(home.resolve(file)))
                        .map("~/"::concat);
        return Stream.concat(set, logIn.stream()).findFirst().orElse(null);
    }
}
