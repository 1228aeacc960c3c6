package keystone.agent.model;

/// How programs in a guest that watch files come to know what changes on the host.
///
/// @param how it is
/// @param reason a sentence without a full stop
/// @param batches how many were told so far
/// @param nudges how many files and directories were nudged for them
public record Watching(How how, String reason, long batches, long nudges) {
    /// The ways.
    public enum How {
        /// They are told, as of a change in the guest.
        EVENTS("events"),
        /// They have to look again and again; the common ones are set to do so.
        POLLING("polling"),
        /// They are told nothing, though they should be.
        NONE("none");

        private final String word;

        How(String word) {
            this.word = word;
        }

        /// As `status` shows it.
        public String word() {
            return word;
        }

        /// The one that has this word; what nobody knows is none.
        public static How of(String word) {
            for (How each : values()) {
                if (each.word.equals(word)) {
                    return each;
                }
            }
            return NONE;
        }
    }
}
