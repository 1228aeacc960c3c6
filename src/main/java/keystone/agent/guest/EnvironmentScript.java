package keystone.agent.guest;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import keystone.agent.model.Printable;
import keystone.agent.model.ShellWord;
import keystone.agent.model.UserError;

/// Environment variables as `export` lines of a shell.
final class EnvironmentScript {
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,254}");

    /// bash does not let anybody set these, and says so on every command's stderr.
    private static final Set<String> READ_ONLY =
            Set.of("BASHOPTS", "BASH_VERSINFO", "EUID", "PPID", "SHELLOPTS", "UID");

    private EnvironmentScript() {}

    /// For a file that any POSIX shell sources.
    static String forFile(Map<String, String> environment) {
        return lines(environment, ShellWord::posix);
    }

    /// For bash's `eval`, in plain ASCII.
    static String forEval(Map<String, String> environment) {
        return lines(environment, ShellWord::of);
    }

    static void validate(Map<String, String> environment) {
        environment.forEach(EnvironmentScript::validate);
    }

    private static void validate(String name, String value) {
        if (!NAME.matcher(name).matches()) {
            throw UserError.usage(
                    "`" + Printable.of(name) + "` cannot be the name of an environment variable",
                    "use letters, digits and _, not starting with a digit");
        }
        if (READ_ONLY.contains(name)) {
            throw UserError.usage(
                    "the environment variable `" + name + "` belongs to the guest's shell",
                    "use another name");
        }
        if (value.indexOf('\0') >= 0) {
            throw UserError.usage(
                    "the value of the environment variable `" + name + "` holds a NUL byte",
                    "pass such data in a file or on standard input");
        }
    }

    private static String lines(Map<String, String> environment, UnaryOperator<String> quoting) {
        validate(environment);
        var script = new StringBuilder();
        new TreeMap<>(environment)
                .forEach(
                        (name, value) ->
                                script.append("export ")
                                        .append(name)
                                        .append('=')
                                        .append(quoting.apply(value))
                                        .append('\n'));
        return script.toString();
    }
}
