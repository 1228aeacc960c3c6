package keystone.agent.config;

/// Where somebody said something.
///
/// @param where in a person's words: `--memory`, `KEYSTONE_AGENT_MEMORY`, `/p/agent.toml, line 3`
public record Origin(Place place, String where) {
    /// The places in the order of their strength.
    public enum Place {
        FLAG("flag"),
        ENVIRONMENT("environment"),
        PROJECT("project"),
        USER("user"),
        DEFAULT("default");

        private final String word;

        Place(String word) {
            this.word = word;
        }

        public String word() {
            return word;
        }
    }
}
