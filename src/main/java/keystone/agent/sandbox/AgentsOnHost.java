package keystone.agent.sandbox;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import keystone.agent.image.Images;
import keystone.agent.model.AgentChoice;
import keystone.agent.model.AgentSpec;
import keystone.agent.model.ImageRecipe;
import keystone.agent.model.KnownSecrets;
import keystone.agent.model.SecretName;
import keystone.agent.model.TokenEntry;
import org.jspecify.annotations.Nullable;

/// The agents, as far as this host has what they need.
public final class AgentsOnHost {
    private final Images images;
    private final Tokens tokens;

    AgentsOnHost(Images images, Tokens tokens) {
        this.images = images;
        this.tokens = tokens;
    }

    /// All that there are, the built-in ones first.
    ///
    /// @param directory in or around which the project is
    public List<AgentEntry> list(AgentChoice choice, Path directory) throws InterruptedException {
        ImageRecipe withLayer = ImageRecipe.NONE.with(ImageRecipe.AgentsLayer.INCLUDED);
        boolean built = images.find(withLayer).isPresent();
        List<TokenEntry> there = tokens.list(List.of(), directory);
        return choice.agents().all().stream().map(each -> entry(each, built, there)).toList();
    }

    private AgentEntry entry(AgentSpec spec, boolean built, List<TokenEntry> there) {
        return switch (spec) {
            case AgentSpec.Shell _ -> new AgentEntry(spec, null, AgentEntry.Program.BUILT_IN, null);
            case AgentSpec.Acp acp -> {
                boolean ofLayer = acp.origin() == AgentSpec.Origin.LAYER;
                yield new AgentEntry(
                        spec,
                        ofLayer ? images.agentVersion(acp.name()).orElse(null) : null,
                        program(ofLayer, built),
                        credential(acp, there));
            }
        };
    }

    private static AgentEntry.Program program(boolean ofLayer, boolean built) {
        if (!ofLayer) {
            return AgentEntry.Program.GUEST;
        }
        return built ? AgentEntry.Program.LAYER : AgentEntry.Program.LAYER_TO_BUILD;
    }

    private static @Nullable String credential(AgentSpec.Acp agent, List<TokenEntry> there) {
        if (agent.credentials().isEmpty()) {
            return null;
        }
        Stream<String> logIn = KnownSecrets.ofLogIn(agent.name()).stream().map(SecretName::value);
        return Stream.concat(agent.credentials().stream(), logIn)
                .flatMap(name -> there.stream().filter(each -> each.name().value().equals(name)))
                .filter(each -> each.source() != null && each.problem() == null)
                .map(each -> each.name() + " from " + each.source())
                .findFirst()
                .orElse(null);
    }
}
