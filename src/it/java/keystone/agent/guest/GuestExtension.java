package keystone.agent.guest;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import keystone.agent.it.SharedImage;
import keystone.agent.model.Digest;
import keystone.agent.model.Image;
import keystone.agent.process.Programs;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/// Gives tests the one guest of this run, booted for the first that asks. Without QEMU they are
/// skipped, and say so.
final class GuestExtension implements ParameterResolver, ExecutionCondition {
    private static final String QEMU = "qemu-system-x86_64";
    private static final ExtensionContext.Namespace OURS =
            ExtensionContext.Namespace.create(GuestExtension.class);

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        return Programs.locate(QEMU).isPresent()
                ? ConditionEvaluationResult.enabled(QEMU + " is there")
                : ConditionEvaluationResult.disabled("SKIPPED: there is no " + QEMU);
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

    static TestGuest boot() {
        try {
            return new TestGuest(image());
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// The one that all tests share, or the one in `KEYSTONE_AGENT_TEST_IMAGE`.
    private static Image image() throws IOException, InterruptedException {
        String chosen = System.getenv("KEYSTONE_AGENT_TEST_IMAGE");
        if (chosen == null) {
            return SharedImage.image();
        }
        Path directory = Path.of(chosen);
        return new Image(
                Digest.of(chosen),
                directory.resolve("vmlinux"),
                directory.resolve("initrd.cpio"),
                List.of(directory.resolve("base.squashfs")));
    }
}
