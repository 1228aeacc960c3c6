package keystone.agent.process;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/// A stack of things that have an end: closed in reverse order, each one even when another fails.
///
/// Thread-safe. What is owned after the stack was closed is closed at once.
public final class Owned implements AutoCloseable {
    /// Something to undo that may fail only with an unchecked exception.
    @FunctionalInterface
    public interface Ending extends AutoCloseable {
        @Override
        void close();
    }

    private final Deque<Ending> stack = new ArrayDeque<>();
    private boolean closed;

    public <T extends Ending> T own(T resource) {
        if (!push(resource)) {
            resource.close();
            throw new IllegalStateException("the owner has already ended");
        }
        return resource;
    }

    private synchronized boolean push(Ending resource) {
        if (closed) {
            return false;
        }
        stack.push(resource);
        return true;
    }

    /// Closes everything; the first failure is thrown at the end, later ones are attached to it.
    @Override
    public void close() {
        RuntimeException failure = null;
        for (Ending next = pop(); next != null; next = pop()) {
            try {
                next.close();
            } catch (RuntimeException e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    private synchronized @Nullable Ending pop() {
        closed = true;
        return stack.poll();
    }
}
