package keystone.agent.cli;

import java.util.List;

/// A command line, split at its first `--`.
///
/// @param ended whether there was a `--`
record Words(List<String> before, boolean ended, List<String> after) {
    Words {
        before = List.copyOf(before);
        after = List.copyOf(after);
    }

    static Words split(List<String> arguments) {
        int end = arguments.indexOf("--");
        return end < 0
                ? new Words(arguments, false, List.of())
                : new Words(
                        arguments.subList(0, end),
                        true,
                        arguments.subList(end + 1, arguments.size()));
    }
}
