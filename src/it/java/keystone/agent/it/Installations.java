package keystone.agent.it;

import java.util.concurrent.Callable;
import keystone.agent.process.Programs;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/// Gives test methods an [Installation] each (or one for the class, when its `@BeforeAll` takes
/// it),
/// or the [SharedSandbox]; hangs the logs on every failure; skips, loudly, on a host without QEMU.
public final class Installations
        implements ParameterResolver, TestExecutionExceptionHandler, ExecutionCondition {
    private static final String QEMU = "qemu-system-x86_64";
    private static final ExtensionContext.Namespace KEPT =
            ExtensionContext.Namespace.create(Installations.class);

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        if (Programs.locate(QEMU).isPresent()) {
            return ConditionEvaluationResult.enabled(QEMU + " is there");
        }
        String reason = "SKIPPED " + context.getDisplayName() + ": there is no " + QEMU;
        System.err.println(reason + "; try: make host-for-tests");
        return ConditionEvaluationResult.disabled(reason);
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type == Installation.class || type == SharedSandbox.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == SharedSandbox.class
                ? shared(context.getRoot().getStore(KEPT))
                : own(context.getStore(KEPT));
    }

    /// Closed by JUnit with the context that the store belongs to.
    private static Installation own(ExtensionContext.Store store) {
        return store.computeIfAbsent(
                Installation.class, _ -> made(Installation::create), Installation.class);
    }

    private static SharedSandbox shared(ExtensionContext.Store root) {
        return root.computeIfAbsent(
                SharedSandbox.class, _ -> made(SharedSandbox::start), SharedSandbox.class);
    }

    private static <T> T made(Callable<T> maker) {
        try {
            return maker.call();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable failure)
            throws Throwable {
        ExtensionContext.Store store = context.getStore(KEPT);
        add(store.get(Installation.class, Installation.class), failure);
        SharedSandbox shared = store.get(SharedSandbox.class, SharedSandbox.class);
        add(shared == null ? null : shared.home(), failure);
        throw failure;
    }

    private static void add(@Nullable Installation home, Throwable failure) {
        if (home != null) {
            Diagnosis.addTo(failure, home);
        }
    }
}
