package keystone.agent.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import keystone.agent.model.HostChange;
import org.junit.jupiter.api.Test;

final class NudgeBytesTest {
    @Test
    void each_change_is_a_record_that_ends_with_a_zero() {
        byte[] bytes =
                NudgeBytes.of(
                        List.of(
                                new HostChange.Content("a b", 1_700_000_000_123_456_789L),
                                new HostChange.Entry("\u00ff\n", -1),
                                new HostChange.Gone("x/y"),
                                new HostChange.Directory(""),
                                new HostChange.Everything()));

        String records =
                new String(bytes, 4, bytes.length - 4, StandardCharsets.ISO_8859_1)
                        .replace('\0', '|');
        assertThat(records).isEqualTo("C1700000000123456789 a b|E-1 \u00ff\n|Gx/y|D|A|");
        assertThat(Arrays.copyOf(bytes, 4)).containsExactly(0, 0, 0, records.length());
    }
}
