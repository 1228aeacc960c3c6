package keystone.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertAll;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.SortedMap;
import keystone.agent.process.Command;
import org.junit.jupiter.api.Test;

final class ManPagesTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final SortedMap<String, String> pages = new ManPages("1.2.3").all();

    @Test
    void each_command_has_a_page_and_so_has_the_program() {
        assertThat(pages)
                .hasSize((int) Verb.shown().count() + 1)
                .containsKeys("keystone-agent.1", "keystone-agent-task-run.1");
    }

    /// By the very program that shows them.
    @Test
    void groff_has_nothing_to_say_against_any() {
        assertAll(
                pages.entrySet().stream()
                        .map(page -> () -> assertThat(complaints(page.getValue())).isEmpty()));
    }

    @Test
    void a_page_shows_what_help_does() throws Exception {
        String shown = shown(pages.getOrDefault("keystone-agent-exec.1", ""));

        assertThat(shown)
                .contains("keystone-agent exec [FLAGS] [NAME] -- COMMAND", "--workdir", "EXAMPLES")
                .doesNotContain("\\");
    }

    private static String complaints(String page) throws InterruptedException {
        return groff(page, "-z").errors();
    }

    private static String shown(String page) throws InterruptedException {
        return groff(page, "-P-cbou").output();
    }

    private static Command.Finished groff(String page, String how) throws InterruptedException {
        return Command.of("groff", "-man", "-ww", "-Kutf8", "-Tutf8", how)
                .run(LIMIT, page.getBytes(StandardCharsets.UTF_8));
    }
}
