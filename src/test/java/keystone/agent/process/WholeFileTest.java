package keystone.agent.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import keystone.agent.process.WholeFile.Durability;
import keystone.agent.process.WholeFile.Writers;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class WholeFileTest {
    @TempDir private Path top;

    @ParameterizedTest
    @EnumSource
    void the_content_is_replaced_and_nothing_lies_beside_it(Writers writers) throws IOException {
        Path file = Files.writeString(top.resolve("file"), "old");

        WholeFile.replace(file, "n\u00e9w", writers, Durability.FLUSHED);

        assertThat(file).hasContent("n\u00e9w");
        assertThat(Files.getPosixFilePermissions(file))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(top.toFile().list()).containsExactly("file");
    }

    @ParameterizedTest
    @EnumSource
    void what_cannot_be_replaced_stays_and_nothing_lies_beside_it(Writers writers)
            throws IOException {
        Path file = top.resolve("file");
        Path full = Files.createDirectories(file.resolve("full"));

        assertThatThrownBy(() -> WholeFile.replace(file, "new", writers, Durability.UNFLUSHED))
                .isInstanceOf(IOException.class);

        assertThat(full).isDirectory();
        assertThat(top.toFile().list()).containsExactly("file");
    }

    @ParameterizedTest
    @EnumSource
    void what_a_killed_process_has_left_is_in_nobodys_way(Writers writers) throws IOException {
        Path left = Files.writeString(top.resolve("file.new"), "half");
        Path file = top.resolve("file");

        WholeFile.replace(file, "new", writers, Durability.UNFLUSHED);

        assertThat(file).hasContent("new");
        assertThat(Files.exists(left)).isEqualTo(writers == Writers.SEVERAL);
    }
}
