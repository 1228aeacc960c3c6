package keystone.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/// The small things that text is made of.
final class ShapesTest {
    @Test
    void columns_line_up_also_with_colours_and_wide_characters() {
        var table = new Table("NAME", "STATE", "PATH");
        table.row("a", Style.COLOURED.green("running"), "/x");
        table.row("büro-🎈", "stopped", "");

        assertThat(table.lines())
                .containsExactly(
                        "NAME    STATE    PATH",
                        "a       \u001b[32mrunning\u001b[0m  /x",
                        "büro-🎈  stopped");
    }

    @Test
    void durations_and_sizes_have_two_units_at_most() {
        assertThat(Ages.rough(Duration.ofSeconds(-5))).isEqualTo("0s");
        assertThat(Ages.rough(Duration.ofSeconds(59))).isEqualTo("59s");
        assertThat(Ages.rough(Duration.ofSeconds(3599))).isEqualTo("59m 59s");
        assertThat(Ages.rough(Duration.ofMinutes(125))).isEqualTo("2h 5m");
        assertThat(Ages.rough(Duration.ofHours(76))).isEqualTo("3d 4h");
        assertThat(Ages.precise(Duration.ofMillis(4321))).isEqualTo("4.3 s");
        assertThat(Ages.size(900)).isEqualTo("900 B");
        assertThat(Ages.size(1536)).isEqualTo("1.5 KiB");
        assertThat(Ages.size(63L << 20)).isEqualTo("63 MiB");
    }

    @Test
    void long_texts_are_cut_to_the_screen_and_paths_at_their_beginning() {
        assertThat(Screen.fit("abcdef", 6)).isEqualTo("abcdef");
        assertThat(Screen.fit("abcdef", 4)).isEqualTo("abc…");
        assertThat(Screen.fitPath("/home/u/project", 8)).isEqualTo("…project");
        assertThat(Screen.fit("🎈🎈🎈", 2)).isEqualTo("🎈…");
        assertThat(Screen.oneLine(" a\n  b\u0007\n")).isEqualTo("a; b?");
    }
}
