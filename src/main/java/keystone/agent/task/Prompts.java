package keystone.agent.task;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;

/// What an agent is still to be told. Thread-safe.
final class Prompts {
    private final Queue<String> waiting = new ArrayDeque<>();
    private boolean closed;

    /// One more.
    ///
    /// @return false when no more is taken
    synchronized boolean add(String prompt) {
        return !closed && waiting.add(prompt);
    }

    /// How many characters wait.
    synchronized long length() {
        return waiting.stream().mapToLong(String::length).sum();
    }

    /// The next. Where there is none no more is taken: the agent is about to end.
    synchronized Optional<String> next() {
        closed = waiting.isEmpty();
        return Optional.ofNullable(waiting.poll());
    }

    /// Takes no more.
    ///
    /// @return those that it was not told
    synchronized List<String> close() {
        closed = true;
        var left = List.copyOf(waiting);
        waiting.clear();
        return left;
    }
}
