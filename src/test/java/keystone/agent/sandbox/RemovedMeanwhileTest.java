package keystone.agent.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import keystone.agent.AtOnce;
import keystone.agent.model.SandboxName;
import keystone.agent.store.SandboxDir;
import keystone.agent.store.Store;
import keystone.agent.store.TestSandboxes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Commands that look at all sandboxes while others make and remove some.
@Timeout(60)
final class RemovedMeanwhileTest {
    private static final int LOOKS = 600;

    @TempDir private Path top;

    @Test
    void what_is_removed_in_the_same_moment_is_nobodys_failure() throws Exception {
        SandboxDir stays = TestSandboxes.blue(top);
        var store = new Store(TestSandboxes.places(top));
        Assembly use = TestAssembly.at(TestSandboxes.places(top));
        var over = new AtomicBoolean();
        Callable<?> comeAndGo =
                () -> {
                    for (int i = 0; !over.get(); i++) {
                        store.remove(TestSandboxes.create(new SandboxName("red-" + i), top, top));
                    }
                    return null;
                };
        Callable<?> look =
                () -> {
                    try {
                        for (int i = 0; i < LOOKS; i++) {
                            assertThat(use.sandboxes().list()).isNotEmpty();
                            assertThat(use.tasks().list()).isEmpty();
                            assertThat(use.aliases().all())
                                    .extracting(Alias::name)
                                    .contains(stays.name());
                        }
                        return null;
                    } finally {
                        over.set(true);
                    }
                };

        AtOnce.run(1, comeAndGo, look);
    }
}
