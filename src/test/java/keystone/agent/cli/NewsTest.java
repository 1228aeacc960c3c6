package keystone.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

final class NewsTest {
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final GlobalFlags flags = new GlobalFlags();

    @Test
    void without_a_terminal_each_step_is_a_line() {
        tell(news(false));

        assertThat(written.toString(StandardCharsets.UTF_8))
                .isEqualTo("image …\nboot …\nnote: it is ?[2J slow\n");
    }

    @Test
    void durations_are_told_when_asked_for() {
        flags.verbose = true;

        tell(news(false));

        assertThat(written.toString(StandardCharsets.UTF_8))
                .isEqualTo("image …\nboot …\nboot         4.3 s\nnote: it is ?[2J slow\n");
    }

    @Test
    void on_a_terminal_one_line_lives_and_is_gone_at_the_end() {
        tell(news(true));

        assertThat(written.toString(StandardCharsets.UTF_8))
                .isEqualTo(
                        "<image … 50 %<image … 51 %<boot …<note: it is ?[2J slow\n"
                                .replace("<", "\r\u001b[2K"));
    }

    @Test
    void a_live_line_never_wraps() {
        try (News news = news(true)) {
            news.at("x".repeat(200));
        }

        assertThat(written.toString(StandardCharsets.UTF_8))
                .isEqualTo("<%s…<".formatted("x".repeat(78)).replace("<", "\r\u001b[2K"));
    }

    @Test
    void quiet_says_nothing() {
        flags.quiet = true;

        tell(news(true));

        assertThat(written.size()).isZero();
    }

    private static void tell(News news) {
        try (news) {
            news.at("image", OptionalDouble.of(0.5));
            news.at("image", OptionalDouble.of(0.506));
            news.at("boot");
            news.passed("boot", Duration.ofMillis(4321));
            news.notice("it is \u001b[2J slow");
        }
    }

    private News news(boolean terminal) {
        var err = new PrintStream(written, true, StandardCharsets.UTF_8);
        var streams =
                new Streams(
                        InputStream.nullInputStream(),
                        err,
                        err,
                        terminal,
                        terminal,
                        terminal,
                        Streams.Reader.ANY);
        return News.of(streams, flags, 80);
    }
}
