package keystone.agent.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import keystone.agent.jsonrpc.RpcError;
import keystone.agent.model.BuildId;
import keystone.agent.model.Digest;
import keystone.agent.model.EgressPolicy;
import keystone.agent.model.GitMode;
import keystone.agent.model.MaskRules;
import keystone.agent.model.PortsPolicy;
import keystone.agent.model.Resources;
import keystone.agent.model.SandboxName;
import keystone.agent.model.SandboxSpec;
import keystone.agent.model.SandboxState;
import keystone.agent.model.ShareDriver;
import keystone.agent.model.UserError;
import keystone.agent.store.TestSandboxes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControlTest {
    private static final Digest IMAGE = Digest.of("image");
    @TempDir Path directory;

    private Control stopping(LinkedBlockingQueue<Order> orders) {
        return new Control(
                orders,
                () -> new Answer(new SandboxState.Stopping(), null),
                new Sessions(_ -> {}),
                () -> {},
                _ -> {},
                Controls.of(TestSandboxes.blue(directory), () -> null));
    }

    @Test
    void what_a_program_said_last_reaches_whoever_is_told_of_the_failure() {
        UserError failed =
                UserError.failed("it failed", "mend it")
                        .quoting(List.of("1", "2", "3", "4", "5", "6"));

        RpcError sent = stopping(new LinkedBlockingQueue<>()).asRpcError(failed);

        assertThat(ToldError.of(sent).quoted()).containsExactly("2", "3", "4", "5", "6");
    }

    @Test
    void who_starts_what_is_being_stopped_is_not_told_that_it_runs() {
        var orders = new LinkedBlockingQueue<Order>();
        Control control = stopping(orders);
        var spec =
                new SandboxSpec(
                        new SandboxName("blue"),
                        Path.of("/src/blue"),
                        IMAGE,
                        BuildId.create(IMAGE),
                        Resources.DEFAULT,
                        ShareDriver.NINE_P,
                        GitMode.DIRECT,
                        EgressPolicy.USUAL,
                        PortsPolicy.USUAL,
                        List.of(),
                        null);
        var boot =
                new BootOrder(
                        spec,
                        BootOrder.Disk.KEEP,
                        Map.of(),
                        Map.of(),
                        null,
                        SecretOrder.NONE,
                        MaskRules.NONE);

        assertThatThrownBy(() -> control.boot(boot))
                .isInstanceOfSatisfying(RpcError.class, ControlTest::assertWrongState);
        assertThat(orders).isEmpty();
    }

    private static void assertWrongState(RpcError error) {
        assertThat(error.code()).isEqualTo(UserError.Kind.WRONG_STATE.exitCode());
        assertThat(error).hasMessageContaining("is being stopped");
    }
}
