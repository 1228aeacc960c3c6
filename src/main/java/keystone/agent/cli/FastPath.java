package keystone.agent.cli;

import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The commands that scripts and prompts run most, without the parser: it costs more than they do.
///
/// Only words that can be understood in one way are taken; everything else, mistakes included, is
/// left to the parser, so that there is one place that explains them.
///
/// @param action with its flags set
record FastPath(Action action, GlobalFlags flags) {
    static Optional<FastPath> of(Words words) {
        if (words.before().isEmpty()) {
            return Optional.empty();
        }
        var flags = new GlobalFlags();
        Iterator<String> rest = words.before().subList(1, words.before().size()).iterator();
        Action action =
                switch (words.before().getFirst()) {
                    case "list", "ls" -> words.ended() ? null : list(rest, flags);
                    case "status" -> words.ended() ? null : status(rest, flags);
                    case "exec" -> exec(rest, words.after());
                    default -> null;
                };
        return action == null ? Optional.empty() : Optional.of(new FastPath(action, flags));
    }

    private static @Nullable Action list(Iterator<String> rest, GlobalFlags flags) {
        var list = new ListCommand();
        while (rest.hasNext()) {
            switch (rest.next()) {
                case "--json" -> list.json = true;
                case "-q", "--quiet" -> flags.quiet = true;
                default -> {
                    return null;
                }
            }
        }
        return list;
    }

    private static @Nullable Action status(Iterator<String> rest, GlobalFlags flags) {
        var status = new StatusCommand();
        while (rest.hasNext()) {
            String word = rest.next();
            switch (word) {
                case "--json" -> status.json = true;
                case "-q", "--quiet" -> flags.quiet = true;
                default -> {
                    if (word.startsWith("-") || status.name != null) {
                        return null;
                    }
                    status.name = word;
                }
            }
        }
        return status;
    }

    private static @Nullable Action exec(Iterator<String> rest, List<String> command) {
        var exec = new ExecCommand();
        while (rest.hasNext()) {
            String word = rest.next();
            boolean valued = word.equals("-w") || word.equals("-e");
            if (valued) {
                String value = rest.hasNext() ? rest.next() : "-";
                if (value.startsWith("-")) {
                    return null;
                }
                take(exec, word, value);
            } else if (word.startsWith("-") || exec.name != null) {
                return null;
            } else {
                exec.name = word;
            }
        }
        return command.isEmpty() ? null : exec;
    }

    private static void take(ExecCommand exec, String flag, String value) {
        if (flag.equals("-w")) {
            exec.directory = value;
        } else {
            exec.variables.add(value);
        }
    }
}
