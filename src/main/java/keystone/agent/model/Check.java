package keystone.agent.model;

import org.jspecify.annotations.Nullable;

/// One thing `doctor` looked at.
///
/// @param name a short lower-case name, unique in a report
/// @param message what was found, one sentence without a full stop
/// @param fix what a person can paste; present unless the check passed
public record Check(String name, Status status, String message, @Nullable String fix) {
    public enum Status {
        PASSED,
        /// Works, but worse than it could: slower, or less confined.
        WARNING,
        FAILED
    }

    public Check {
        if ((status == Status.PASSED) != (fix == null)) {
            throw new IllegalArgumentException("a check has a fix unless it passed: " + name);
        }
    }

    public static Check passed(String name, String message) {
        return new Check(name, Status.PASSED, message, null);
    }

    public static Check warning(String name, String message, String fix) {
        return new Check(name, Status.WARNING, message, fix);
    }

    public static Check failed(String name, String message, String fix) {
        return new Check(name, Status.FAILED, message, fix);
    }
}
