package keystone.agent.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import keystone.agent.model.Access;
import keystone.agent.model.BuildId;
import keystone.agent.model.Digest;
import keystone.agent.model.EgressPolicy;
import keystone.agent.model.GitMode;
import keystone.agent.model.Owner;
import keystone.agent.model.PortsPolicy;
import keystone.agent.model.Resources;
import keystone.agent.model.SandboxName;
import keystone.agent.model.SandboxSpec;
import keystone.agent.model.Share;
import keystone.agent.model.ShareDriver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharesTest {
    @TempDir Path temporary;

    @Test
    void the_project_comes_first_and_is_writable() {
        Digest image = Digest.of("image");
        var data = new Share(Path.of("/data"), "/workspace/data", Access.READ_ONLY);
        var spec =
                new SandboxSpec(
                        new SandboxName("blue"),
                        Path.of("/src/blue"),
                        image,
                        BuildId.create(image),
                        Resources.DEFAULT,
                        ShareDriver.AUTO,
                        GitMode.DIRECT,
                        EgressPolicy.USUAL,
                        PortsPolicy.USUAL,
                        List.of(data),
                        null);

        Shares shares = Shares.of(spec);

        assertThat(shares.byTag().sequencedValues())
                .containsExactly(
                        new Share(Path.of("/src/blue"), "/workspace", Access.READ_WRITE), data);
    }

    @Test
    void root_works_as_the_projects_owner_and_everybody_else_as_themselves() {
        Owner owner = ProjectOwner.ownerOf(temporary);
        var somebody = new Owner(1234, 1234);

        assertThat(ProjectOwner.of(temporary, new Owner(0, 0))).isEqualTo(owner);
        assertThat(ProjectOwner.of(temporary, somebody)).isEqualTo(somebody);
    }
}
