package keystone.agent.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What would become of a connection.
///
/// @param fix what to type where it is refused; null otherwise
/// @param to where it would be made to: addresses, or this host's proxy
public record NetCheck(Outcome outcome, String why, @Nullable String fix, List<String> to) {
    /// In one word.
    public enum Outcome {
        ALLOWED("allowed"),
        REFUSED("refused"),
        /// Allowed, but there is no way there.
        UNREACHABLE("unreachable");

        private final String word;

        Outcome(String word) {
            this.word = word;
        }

        public String word() {
            return word;
        }
    }

    public NetCheck {
        to = List.copyOf(to);
    }
}
