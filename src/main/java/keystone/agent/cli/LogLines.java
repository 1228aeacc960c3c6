package keystone.agent.cli;

import java.util.function.UnaryOperator;
import keystone.agent.model.Printable;
import keystone.agent.sandbox.LogSource;
import keystone.agent.sandbox.Sessions.Follow;
import org.jspecify.annotations.Nullable;

/// Prints a log, until it ends or nobody reads what is printed.
final class LogLines {
    private LogLines() {}

    /// Whoever read our output has gone.
    static final class NobodyReads extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /// Always 0.
    ///
    /// @param form what becomes of each line
    static int print(
            Call call,
            @Nullable String name,
            LogSource log,
            Follow follow,
            UnaryOperator<String> form)
            throws InterruptedException {
        try {
            call.use()
                    .sessions()
                    .logs(call.sandbox(name), log, follow, line -> print(call, form.apply(line)));
        } catch (NobodyReads ended) {
            return 0;
        }
        return 0;
    }

    private static void print(Call call, String line) {
        call.out().println(Printable.of(line));
        requireReader(call);
    }

    /// @throws NobodyReads when what was printed last was not taken
    static void requireReader(Call call) {
        if (call.out().checkError()) {
            throw new NobodyReads();
        }
    }
}
