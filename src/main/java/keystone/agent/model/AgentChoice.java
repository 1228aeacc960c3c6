package keystone.agent.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What was said about agents.
///
/// @param name the one that tasks are given to; null when nobody said
/// @param configured somebody's own
public record AgentChoice(@Nullable AgentName name, List<AgentSpec.Acp> configured) {
    public static final AgentChoice NONE = new AgentChoice(null, List.of());

    public AgentChoice {
        configured = List.copyOf(configured);
    }

    /// All that there are.
    public Agents agents() {
        return new Agents(configured);
    }

    /// Whether the guests that the chosen one works in need the agents layer.
    public ImageRecipe.AgentsLayer layer() {
        boolean needed =
                name != null
                        && agents().named(name) instanceof AgentSpec.Acp acp
                        && acp.origin() == AgentSpec.Origin.LAYER;
        return needed ? ImageRecipe.AgentsLayer.INCLUDED : ImageRecipe.AgentsLayer.LEFT_OUT;
    }
}
