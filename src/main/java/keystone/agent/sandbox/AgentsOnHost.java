package keystone.agent.sandbox;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import keystone.agent.image.Images;
import keystone.agent.model.AgentChoice;
import keystone.agent.model.AgentSpec;
import keystone.agent.model.ImageRecipe;
import keystone.agent.model.KnownSecrets;
import keystone.agent.model.SecretName;
import keystone.agent.model.SecretRef;
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
    /// @param own secrets of the user's, beside those we know
    /// @param directory in or around which the project is
    public List<AgentEntry> list(AgentChoice choice, List<SecretRef> own, Path directory)
            throws InterruptedException {
        ImageRecipe withLayer = ImageRecipe.NONE.with(ImageRecipe.AgentsLayer.INCLUDED);
        boolean built = images.find(withLayer).isPresent();
        List<TokenEntry> there = tokens.list(own, directory);
        return choice.agents().all().stream().map(each -> entry(each, built, there)).toList();
    }

    private AgentEntry entry(AgentSpec spec, boolean built, List<TokenEntry> there) {
        return switch (spec) {
            case AgentSpec.Shell _ ->
                    new AgentEntry(spec, null, AgentEntry.Program.BUILT_IN, null, null);
            case AgentSpec.Acp acp -> {
                List<TokenEntry> its = credentials(acp, there);
                boolean ofLayer = acp.origin() == AgentSpec.Origin.LAYER;
                yield new AgentEntry(
                        spec,
                        ofLayer ? images.agentVersion(acp.name()).orElse(null) : null,
                        program(ofLayer, built),
                        usable(its),
                        problem(its));
            }
        };
    }

    private static AgentEntry.Program program(boolean ofLayer, boolean built) {
        if (!ofLayer) {
            return AgentEntry.Program.GUEST;
        }
        return built ? AgentEntry.Program.LAYER : AgentEntry.Program.LAYER_TO_BUILD;
    }

    /// Those that it could work with, the one that it would take first.
    private static List<TokenEntry> credentials(AgentSpec.Acp agent, List<TokenEntry> there) {
        if (agent.credentials().isEmpty()) {
            return List.of();
        }
        Stream<String> logIn = KnownSecrets.ofLogIn(agent.name()).stream().map(SecretName::value);
        return Stream.concat(agent.credentials().stream(), logIn)
                .flatMap(name -> there.stream().filter(each -> each.name().value().equals(name)))
                .toList();
    }

    private static @Nullable String usable(List<TokenEntry> credentials) {
        return credentials.stream()
                .filter(each -> each.source() != null && each.problem() == null)
                .map(each -> each.name() + " from " + each.source())
                .findFirst()
                .orElse(null);
    }

    private static @Nullable String problem(List<TokenEntry> credentials) {
        return usable(credentials) != null
                ? null
                : credentials.stream()
                        .map(TokenEntry::problem)
                        .filter(Objects::nonNull)
                        .findFirst()
                        .orElse(null);
    }
}
