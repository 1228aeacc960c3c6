package keystone.agent.guest;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import keystone.agent.process.Owned;
import keystone.agent.process.Signal;
import org.jspecify.annotations.Nullable;

/// The signals sent to this process, while somebody listens to them.
///
/// Java has them only in `sun.misc.Signal`, a name that javac warns about with no way to say that
/// it
/// is meant; hence by reflection.
final class HostSignals implements Owned.Ending {
    private final Class<?> signalType;
    private final Method handle;
    private final Deque<Object[]> former = new ArrayDeque<>();

    private HostSignals() throws ReflectiveOperationException {
        signalType = Class.forName("sun.misc.Signal");
        handle =
                signalType.getMethod("handle", signalType, Class.forName("sun.misc.SignalHandler"));
    }

    /// Calls `action` for each of them, one at a time, on a thread of its own.
    static HostSignals listen(Consumer<Signal> action, Signal... signals) {
        try {
            var listening = new HostSignals();
            for (Signal signal : signals) {
                listening.take(signal, action);
            }
            return listening;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this Java has no jdk.unsupported module", e);
        }
    }

    private void take(Signal signal, Consumer<Signal> action) throws ReflectiveOperationException {
        Object number = signalType.getConstructor(String.class).newInstance(signal.name());
        Class<?> handlerType = handle.getParameterTypes()[1];
        InvocationHandler calls = (_, method, _) -> call(method, signal, action);
        Object handler =
                Proxy.newProxyInstance(
                        HostSignals.class.getClassLoader(), new Class<?>[] {handlerType}, calls);
        Object before = handle.invoke(null, number, handler);
        Object ignored = handlerType.getField("SIG_IGN").get(null);
        if (before.equals(ignored)) {
            // Started under nohup, or in the background: that was meant.
            handle.invoke(null, number, before);
            return;
        }
        former.push(new Object[] {number, before});
    }

    private static @Nullable Object call(Method method, Signal signal, Consumer<Signal> action) {
        return switch (method.getName()) {
            case "handle" -> {
                action.accept(signal);
                yield null;
            }
            case "equals" -> false;
            case "hashCode" -> signal.number();
            default -> "listening to " + signal;
        };
    }

    @Override
    public void close() {
        try {
            for (Object[] each = former.poll(); each != null; each = former.poll()) {
                handle.invoke(null, each);
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
