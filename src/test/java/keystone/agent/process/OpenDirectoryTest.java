package keystone.agent.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpenDirectoryTest {
    @TempDir Path temporary;
    private Path deep;

    @BeforeEach
    void directories() throws IOException {
        deep = Files.createDirectories(temporary.toRealPath().resolve("a/b"));
        Files.writeString(deep.resolve("file"), "meant");
    }

    @Test
    void a_path_without_links_is_opened_and_stays_what_it_was() throws IOException {
        try (OpenDirectory open = OpenDirectory.withoutLinks(deep)) {
            Files.move(deep, deep.resolveSibling("moved"));

            assertThat(open.path().resolve("file")).content().isEqualTo("meant");
            assertThat(open.path().toFile().list()).containsExactly("file");
        }
    }

    @Test
    void a_link_anywhere_on_the_way_is_refused() throws IOException {
        Path top = temporary.toRealPath();
        Files.createSymbolicLink(top.resolve("last"), deep);
        Files.createSymbolicLink(top.resolve("first"), top.resolve("a"));

        for (Path way : new Path[] {top.resolve("last"), top.resolve("first/b")}) {
            assertThatThrownBy(() -> OpenDirectory.withoutLinks(way))
                    .isInstanceOf(NotDirectoryException.class);
        }
    }
}
