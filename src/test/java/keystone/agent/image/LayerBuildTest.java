package keystone.agent.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import keystone.agent.process.Command;
import keystone.agent.process.Confinement;
import org.junit.jupiter.api.Test;

final class LayerBuildTest {
    /// It could write the layer of later boots: bubblewrap alone leaves what attaches a debugger to
    /// its first process, and has that no longer die with its parent.
    @Test
    void nothing_of_what_packs_a_layer_outlives_it() {
        Command packing = LayerBuild.confined(Path.of("/image"));

        List<String> words = packing.arguments();
        assertThat(words).containsSubsequence("unshare", "--fork", "bwrap", "mksquashfs");
        assertThat(words).containsSequence(Confinement.GUARD);
    }
}
