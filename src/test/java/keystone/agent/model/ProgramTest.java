package keystone.agent.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ProgramTest {
    @Test
    void a_jar_says_version_and_commit_in_one() {
        assertThat(Program.parse("0.1.0-SNAPSHOT+b544d8ea-dirty"))
                .isEqualTo(new Program("0.1.0-SNAPSHOT", "b544d8ea-dirty"))
                .hasToString("0.1.0-SNAPSHOT (b544d8ea-dirty)");
        assertThat(Program.parse("1.0")).isEqualTo(new Program("1.0", "unknown"));
    }
}
