package keystone.agent.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import keystone.agent.model.Digest;
import keystone.agent.model.Progress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ImagesInUseTest {
    @TempDir private Path top;

    /// Else what it makes would go, by what was known before its sandbox was there.
    @Test
    void who_uses_which_image_is_asked_once_a_build_that_is_at_work_has_ended() throws Exception {
        var asked = new CountDownLatch(1);
        var images = new CompletableFuture<Images>();
        try (var removing = Executors.newSingleThreadExecutor()) {
            Resolver atWork =
                    (_, _) -> {
                        var _ = removing.submit(() -> images.join().removeUnused(() -> use(asked)));
                        assertThat(asked.await(300, TimeUnit.MILLISECONDS)).isFalse();
                        throw new IOException("it ends here");
                    };
            boolean _ =
                    images.complete(
                            new Images(
                                    top.resolve("images"),
                                    top.resolve("image.lock"),
                                    InstantSource.fixed(Samples.EPOCH),
                                    atWork));

            assertThatThrownBy(() -> images.join().build(BuildMode.UPDATE, Progress.SILENT))
                    .hasMessageContaining("it ends here");

            assertThat(asked.await(60, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static Map<Digest, List<String>> use(CountDownLatch asked) {
        asked.countDown();
        return Map.of();
    }
}
