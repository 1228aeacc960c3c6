package keystone.agent.attack;

import java.util.ArrayList;
import java.util.List;

/// What was seen after one attack.
///
/// @param byOurs what commands of keystone-agent did, or the guest without any
/// @param byUser what the user's own commands would then have come to
/// @param told by `review` and `sync`, before the user's own commands
/// @param refused whether `sync` did not take the guest's commits for what is in them
record Harm(List<String> byOurs, List<String> byUser, List<String> told, boolean refused) {
    Harm {
        byOurs = List.copyOf(byOurs);
        byUser = List.copyOf(byUser);
        told = List.copyOf(told);
    }

    Result result() {
        if (!byOurs.isEmpty()) {
            return Result.OPEN;
        }
        if (refused) {
            return Result.DETECTED;
        }
        if (byUser.isEmpty()) {
            return Result.BLOCKED;
        }
        return told.isEmpty() ? Result.OPEN : Result.DETECTED;
    }

    /// Collects it.
    static final class Notes {
        private final List<String> byOurs = new ArrayList<>();
        private final List<String> byUser = new ArrayList<>();
        private final List<String> told = new ArrayList<>();
        private boolean refused;

        void ours(String what) {
            byOurs.add(what);
        }

        void users(String what) {
            byUser.add(what);
        }

        void told(String what) {
            told.add(what);
        }

        void refused() {
            refused = true;
        }

        Harm harm() {
            return new Harm(byOurs, byUser, told, refused);
        }
    }
}
