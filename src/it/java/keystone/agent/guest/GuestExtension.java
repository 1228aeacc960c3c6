package keystone.agent.guest;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/// Gives tests the one guest of this run, booted for the first that asks. Without an image in
/// `KEYSTONE_AGENT_TEST_IMAGE` they are skipped, and say so.
final class GuestExtension implements ParameterResolver, ExecutionCondition {
    private static final ExtensionContext.Namespace OURS =
            ExtensionContext.Namespace.create(GuestExtension.class);

    private static @Nullable String image() {
        return System.getenv("KEYSTONE_AGENT_TEST_IMAGE");
    }

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        return image() != null
                ? ConditionEvaluationResult.enabled("there is an image")
                : ConditionEvaluationResult.disabled(
                        "NOT RUN: KEYSTONE_AGENT_TEST_IMAGE names no image");
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == TestGuest.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getRoot()
                .getStore(OURS)
                .computeIfAbsent(TestGuest.class, _ -> boot(), TestGuest.class);
    }

    private static TestGuest boot() {
        try {
            return new TestGuest(Path.of(String.valueOf(image())));
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
