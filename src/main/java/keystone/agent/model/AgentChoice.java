package keystone.agent.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What was said about agents.
///
/// @param name the one that tasks are given to; null when nobody said
/// @param configured somebody's own
/// @param outfit how much of the user's own set-up of their agents a guest gets
public record AgentChoice(@Nullable AgentName name, List<AgentSpec.Acp> configured, Outfit outfit) {
    public static final AgentChoice NONE = new AgentChoice(null, List.of(), Outfit.ALL);

    /// A copy of skills, commands, memory and settings, never of credentials.
    public enum Outfit {
        ALL("all"),
        NONE("none");

        private final String word;

        Outfit(String word) {
            this.word = word;
        }

        /// The word a person types and reads.
        public String word() {
            return word;
        }

        public static Outfit parse(String text) {
            for (Outfit each : values()) {
                if (each.word.equals(text)) {
                    return each;
                }
            }
            throw UserError.usage(
                    "`" + Printable.of(text) + "` says nothing about your agents' set-up",
                    "use --import all or none");
        }
    }

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
