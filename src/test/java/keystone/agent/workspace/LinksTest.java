package keystone.agent.workspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import keystone.agent.model.UserError;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LinksTest {
    @TempDir Path temporary;
    private Path project;
    private Path secrets;

    @BeforeEach
    void directories() throws IOException {
        temporary = temporary.toRealPath();
        project = Files.createDirectories(temporary.resolve("project"));
        secrets = Files.createDirectories(temporary.resolve("secrets"));
    }

    @Test
    void a_path_need_not_exist_and_dots_are_taken_as_the_kernel_takes_them() throws IOException {
        Path inner = Files.createDirectories(secrets.resolve("inner"));
        Files.createSymbolicLink(temporary.resolve("link"), inner);
        var links = new Links(List.of(project));

        assertThat(links.resolve(temporary.resolve("./link/../missing/x")))
                .isEqualTo(secrets.resolve("missing/x"));
    }

    @Test
    void a_link_below_what_a_guest_writes_is_refused_at_any_depth() throws IOException {
        Files.createSymbolicLink(project.resolve("link"), secrets);
        Files.createSymbolicLink(temporary.resolve("in"), project);
        var links = new Links(List.of(project));

        for (String way : List.of("project/link", "project/link/x", "in/link", "in/../in/link/x")) {
            assertThatThrownBy(() -> links.resolve(temporary.resolve(way)))
                    .isInstanceOf(UserError.class)
                    .hasMessageContaining("which a guest can change");
        }
        assertThat(links.resolve(temporary.resolve("in"))).isEqualTo(project);
    }

    @Test
    void a_link_of_another_user_is_not_followed() throws IOException {
        assumeTrue(ProjectOwner.self().isRoot(), "only root can make somebody else's link");
        assumeTrue(
                Files.readString(Path.of("/proc/self/uid_map")).contains("4294967295"),
                "a container does not know everybody");
        Path link = Files.createSymbolicLink(temporary.resolve("theirs"), secrets);
        var links = new Links(List.of());
        assertThat(links.resolve(link)).isEqualTo(secrets);

        for (int other : new int[] {12345, 65534}) {
            Files.setAttribute(link, "unix:uid", other, LinkOption.NOFOLLOW_LINKS);

            assertThatThrownBy(() -> links.resolve(link))
                    .isInstanceOf(UserError.class)
                    .hasMessageContaining("which belongs to another user");
        }
    }
}
