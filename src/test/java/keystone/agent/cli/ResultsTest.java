package keystone.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ResultsTest {
    @TempDir private Path top;
    private Desk desk;

    @BeforeEach
    void sitDown() {
        desk = new Desk(top);
        desk.diskIsFull = true;
    }

    @ParameterizedTest
    @ValueSource(strings = {"list --json", "version", "help", "list --help", "config show"})
    void results_that_cannot_be_written_are_no_success(String words) {
        Desk.Outcome outcome = desk.run(words.split(" ", -1));

        assertThat(outcome.status()).isEqualTo(1);
        assertThat(outcome.err()).startsWith("error: the results could not be written\nfix:   ");
    }

    /// `keystone-agent docs | head -1`
    @Test
    void a_program_that_has_read_enough_is_no_failure() {
        desk.reader = Streams.Reader.PROGRAM;

        Desk.Outcome outcome = desk.run("list", "--json");

        assertThat(outcome.status()).isZero();
        assertThat(outcome.err()).isEmpty();
    }

    @Test
    void version_tells_where_everything_is() {
        desk.diskIsFull = false;

        assertThat(desk.run("version").out())
                .contains("\nprogram /usr/bin/keystone-agent\n", "\nstate " + top + "/state\n");
        assertThat(desk.run("version", "--json").out())
                .contains("\"config\": \"" + top + "/config\"");
    }
}
