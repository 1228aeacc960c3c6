package keystone.agent.attack;

import java.util.Locale;

/// What came of an attack.
enum Result {
    /// Nothing of the agent's ran on this host, and nothing outside of the project changed.
    BLOCKED,

    /// It would harm, but `review` or `sync` tells of it before.
    DETECTED,

    /// It harms, and nothing told of it before.
    OPEN;

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
