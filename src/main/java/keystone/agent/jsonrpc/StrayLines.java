package keystone.agent.jsonrpc;

import java.util.function.Consumer;

/// What becomes of lines that are no message.
sealed interface StrayLines {
    /// The other side is one of us, and broken: the conversation ends.
    record End() implements StrayLines {}

    /// The other side is somebody's program, which may print anything.
    ///
    /// @param to is told what was passed over; hostile, and cut off
    record Skip(Consumer<String> to) implements StrayLines {
        private static final int MOST_SHOWN = 500;

        void tell(String line) {
            to.accept(line.substring(0, Math.min(line.length(), MOST_SHOWN)));
        }
    }
}
