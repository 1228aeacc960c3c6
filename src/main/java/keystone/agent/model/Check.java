package keystone.agent.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// One thing `doctor` looked at.
///
/// @param name a short lower-case name, unique in a report
/// @param message what was found, one sentence without a full stop
/// @param fix what a person can paste; present unless the check passed
/// @param command the words of `fix` where `doctor --fix` may run it without a shell, else empty.
///     They are never found by splitting `fix`: a path may have a space.
public record Check(
        String name, Status status, String message, @Nullable String fix, List<String> command) {
    public enum Status {
        PASSED,
        /// Works, but worse than it could: slower, or less confined.
        WARNING,
        FAILED
    }

    public Check {
        command = List.copyOf(command);
        if ((status == Status.PASSED) != (fix == null)) {
            throw new IllegalArgumentException("a check has a fix unless it passed: " + name);
        }
        if (!command.isEmpty() && !ShellWord.line(command).equals(fix)) {
            throw new IllegalArgumentException("what is run must be what is shown: " + name);
        }
    }

    public static Check passed(String name, String message) {
        return new Check(name, Status.PASSED, message, null, List.of());
    }

    public static Check warning(String name, String message, String fix) {
        return new Check(name, Status.WARNING, message, fix, List.of());
    }

    public static Check failed(String name, String message, String fix) {
        return new Check(name, Status.FAILED, message, fix, List.of());
    }

    /// With a fix that `doctor --fix` may run.
    public static Check warning(String name, String message, List<String> command) {
        return new Check(name, Status.WARNING, message, ShellWord.line(command), command);
    }

    /// With a fix that `doctor --fix` may run.
    public static Check failed(String name, String message, List<String> command) {
        return new Check(name, Status.FAILED, message, ShellWord.line(command), command);
    }
}
