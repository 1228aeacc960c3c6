package keystone.agent.egress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import keystone.agent.it.Ended;
import keystone.agent.it.Sandbox;

/// What programs that know no proxy get in a guest: the resource `exit/probe.py`.
record Probes(Map<String, Got> all) {
    /// Shorter than what the probes would wait for.
    static final Duration AT_ONCE = Duration.ofSeconds(8);

    private static final Pattern LINE = Pattern.compile("(\\S+) (\\d+) (.*)");

    /// @param text without line ends, or the error of the program's
    record Got(long millis, String text) {}

    /// As root, without a variable that names a proxy.
    static Probes in(Sandbox sandbox, String... probes) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of("sudo", "env", "-i", "/usr/bin/python3", "-I", "-"));
        command.addAll(List.of(probes));
        Ended ended =
                sandbox.executing(command.toArray(String[]::new))
                        .reading(program())
                        .within(Duration.ofMinutes(2))
                        .run()
                        .succeeds();
        var all = new LinkedHashMap<String, Got>();
        for (String line : ended.text().lines().toList()) {
            Matcher parts = LINE.matcher(line);
            assertThat(parts.matches()).as(line).isTrue();
            all.put(parts.group(1), new Got(Long.parseLong(parts.group(2)), parts.group(3)));
        }
        return new Probes(all);
    }

    private static String program() throws IOException {
        try (InputStream in =
                Objects.requireNonNull(Probes.class.getResourceAsStream("/exit/probe.py"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    String text(String probe) {
        return got(probe).text();
    }

    /// It heard a failure like this, and did not wait for it.
    void fails(String probe, String like) {
        assertThat(text(probe)).as(probe).matches(like);
        assertThat(Duration.ofMillis(got(probe).millis())).as(probe).isLessThan(AT_ONCE);
    }

    private Got got(String probe) {
        return Objects.requireNonNull(all.get(probe), () -> probe + " in " + all);
    }
}
