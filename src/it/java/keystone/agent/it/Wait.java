package keystone.agent.it;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import keystone.agent.process.Patience;

/// Waits for what the test expects, and fails when it does not come.
public final class Wait {
    private Wait() {}

    /// Looks until it is so.
    ///
    /// @param what the end of the sentence "it was not seen that …"
    public static void until(String what, Duration limit, BooleanSupplier condition) {
        if (!Patience.until(limit, condition)) {
            throw new AssertionError(
                    "within " + limit.toSeconds() + " s it was not seen that " + what);
        }
    }
}
