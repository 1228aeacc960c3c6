package keystone.agent.machine.qemu;

import java.nio.file.Path;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/// The guest image that tests boot, from `KEYSTONE_AGENT_TEST_IMAGE`. Without one they are skipped,
/// and say so.
final class TestImage implements ExecutionCondition {
    private static final String VARIABLE = "KEYSTONE_AGENT_TEST_IMAGE";

    static Path path() {
        return Path.of(String.valueOf(System.getenv(VARIABLE)));
    }

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        return System.getenv(VARIABLE) != null
                ? ConditionEvaluationResult.enabled("there is an image")
                : ConditionEvaluationResult.disabled("NOT RUN: " + VARIABLE + " names no image");
    }
}
