package keystone.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// The short way must mean what the parser means.
final class FastPathTest {
    @Test
    void what_the_fast_path_takes_the_parser_understands_alike() {
        for (String line :
                List.of(
                        "list",
                        "ls",
                        "list --json",
                        "ls -q",
                        "list --quiet --json",
                        "status",
                        "status blue",
                        "status --json blue",
                        "status blue --json -q",
                        "exec -- ls",
                        "exec blue -- ls",
                        "exec -w /tmp blue -e A=1 -e B -- ls",
                        "exec blue -w /tmp -- ls")) {
            Words words = Words.split(List.of(line.split(" ")));

            Optional<FastPath> fast = FastPath.of(words);

            assertThat(fast).as(line).isPresent();
            assertThat(facts(fast.get().action(), fast.get().flags()))
                    .as(line)
                    .isEqualTo(parsed(words));
        }
    }

    @Test
    void everything_else_is_left_to_the_parser() {
        for (String line :
                List.of(
                        "start",
                        "list --jsno",
                        "list blue",
                        "list --",
                        "list --help",
                        "-q list",
                        "status a b",
                        "status --debug",
                        "status -- blue",
                        "exec",
                        "exec blue",
                        "exec -t -- ls",
                        "exec -w -- ls",
                        "exec -w -t -- ls",
                        "exec --workdir=/ -- ls",
                        "exec a b -- ls",
                        "exec blue --")) {
            assertThat(FastPath.of(Words.split(List.of(line.split(" "))))).as(line).isEmpty();
        }
    }

    private static String parsed(Words words) {
        var run = (Route.Run) Route.of(words);
        Action action = run.verb().action();
        var flags = new GlobalFlags();
        assertThat(new Parser(run.verb(), action, flags).parse(run.arguments()))
                .isEqualTo(Parser.Outcome.RUN);
        return facts(action, flags);
    }

    private static String facts(Action action, GlobalFlags flags) {
        String own =
                switch (action) {
                    case ListCommand list -> "list " + list.json;
                    case StatusCommand status -> "status " + status.name + status.json;
                    case ExecCommand exec ->
                            "exec %s %s %s %s"
                                    .formatted(
                                            exec.name,
                                            exec.directory,
                                            exec.variables,
                                            exec.terminal);
                    default -> throw new AssertionError(action);
                };
        return own + " " + flags.quiet + flags.verbose + flags.debug + flags.color;
    }
}
