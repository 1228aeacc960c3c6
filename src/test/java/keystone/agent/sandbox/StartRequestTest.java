package keystone.agent.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import keystone.agent.model.SandboxName;
import keystone.agent.model.Settings;
import org.junit.jupiter.api.Test;

/// What somebody is told whose sandbox runs already.
final class StartRequestTest {
    private static final SandboxName BLUE = new SandboxName("blue");

    private static StartRequest asked(List<String> flags, List<String> unrecorded) {
        return new StartRequest(
                Path.of("/p"), null, StartRequest.Disk.KEEP, Settings.NONE, flags, unrecorded);
    }

    @Test
    void settings_of_files_take_effect_with_a_restart() {
        assertThat(asked(List.of(), List.of()).notice(BLUE, false)).isEmpty();
        assertThat(asked(List.of(), List.of()).notice(BLUE, true))
                .hasValueSatisfying(
                        notice -> assertThat(notice).endsWith("keystone-agent restart blue"));
    }

    @Test
    void flags_have_to_be_said_again_because_restart_knows_none() {
        List<String> flags = List.of("--memory 8g", "--net open");

        assertThat(asked(flags, List.of()).notice(BLUE, true))
                .hasValueSatisfying(
                        notice ->
                                assertThat(notice)
                                        .endsWith(
                                                "keystone-agent stop blue && keystone-agent start"
                                                        + " --memory 8g --net open --name blue"));
        assertThat(asked(flags, List.of()).notice(BLUE, false)).isEmpty();
    }

    @Test
    void a_flag_for_one_run_is_never_ignored_without_a_word() {
        List<String> flags = List.of("--memory 8g", "-e FOO=VALUE");

        assertThat(asked(flags, List.of("-e FOO=VALUE")).notice(BLUE, false))
                .hasValueSatisfying(
                        notice -> assertThat(notice).contains("start --memory 8g -e FOO=VALUE"));
    }
}
