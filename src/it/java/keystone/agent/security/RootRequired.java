package keystone.agent.security;

import keystone.agent.process.HostUser;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/// Skips, loudly, what only root can test: being several users.
public final class RootRequired implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        if (HostUser.current().isRoot()) {
            return ConditionEvaluationResult.enabled("we are root");
        }
        String reason = "SKIPPED " + context.getDisplayName() + ": it needs root";
        System.err.println(reason);
        return ConditionEvaluationResult.disabled(reason);
    }
}
