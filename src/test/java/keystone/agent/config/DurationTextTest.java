package keystone.agent.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import keystone.agent.model.UserError;
import org.junit.jupiter.api.Test;

final class DurationTextTest {
    @Test
    void people_s_times_are_read_and_written_back() {
        for (String text : new String[] {"2h", "90m", "1h30m", "1d", "45s", "1d2h3m4s"}) {
            Duration time = DurationText.parse(text);

            assertThat(DurationText.parse(DurationText.format(time))).isEqualTo(time);
        }
        assertThat(DurationText.parse("90m")).isEqualTo(Duration.ofMinutes(90));
        assertThat(DurationText.format(Duration.ofMinutes(90))).isEqualTo("1h30m");
    }

    @Test
    void everything_else_is_refused() {
        for (String text : new String[] {"", " ", "2", "h", "2 h", "-2h", "2h2h", "1m1h", "2H"}) {
            assertThatThrownBy(() -> DurationText.parse(text)).isInstanceOf(UserError.class);
        }
    }
}
