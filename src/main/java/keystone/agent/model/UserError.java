package keystone.agent.model;

import java.util.List;
import java.util.Objects;

/// A person's problem: what happened, with the name of the thing, and what to type next.
///
/// The door prints it as `error: <problem>` and `fix:   <fix>` and leaves with the exit code of its
/// [Kind]. It never carries a secret.
public final class UserError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /// Why a command could not be carried out; each kind has one exit code, documented in
    /// `docs/cli.md`.
    public enum Kind {
        FAILED(1),
        USAGE(2),
        NOT_FOUND(3),
        HOST_LACKS(4),
        DECLINED(5),
        WRONG_STATE(6),
        TIMED_OUT(124),
        INTERRUPTED(130);

        private final int exitCode;

        Kind(int exitCode) {
            this.exitCode = exitCode;
        }

        public int exitCode() {
            return exitCode;
        }
    }

    private final Kind kind;
    private final String problem;
    private final String fix;
    private final transient List<String> quoted;

    public UserError(Kind kind, String problem, String fix) {
        this(kind, problem, fix, List.of());
    }

    private UserError(Kind kind, String problem, String fix, List<String> quoted) {
        super(Objects.requireNonNull(problem));
        this.kind = kind;
        this.problem = problem;
        this.fix = Objects.requireNonNull(fix);
        this.quoted = List.copyOf(quoted);
    }

    public UserError(Kind kind, String problem, String fix, Throwable cause) {
        this(kind, problem, fix);
        initCause(cause);
    }

    public static UserError failed(String problem, String fix) {
        return new UserError(Kind.FAILED, problem, fix);
    }

    public static UserError usage(String problem, String fix) {
        return new UserError(Kind.USAGE, problem, fix);
    }

    public static UserError notFound(String problem, String fix) {
        return new UserError(Kind.NOT_FOUND, problem, fix);
    }

    public static UserError hostLacks(String problem, String fix) {
        return new UserError(Kind.HOST_LACKS, problem, fix);
    }

    public static UserError wrongState(String problem, String fix) {
        return new UserError(Kind.WRONG_STATE, problem, fix);
    }

    public static UserError timedOut(String problem, String fix) {
        return new UserError(Kind.TIMED_OUT, problem, fix);
    }

    /// This error with the last lines of what a program said about it, oldest first. They may hold
    /// anything: whoever prints them makes them safe.
    public UserError quoting(List<String> lines) {
        var same = new UserError(kind, problem, fix, lines);
        if (getCause() != null) {
            same.initCause(getCause());
        }
        return same;
    }

    public Kind kind() {
        return kind;
    }

    public String problem() {
        return problem;
    }

    public String fix() {
        return fix;
    }

    public List<String> quoted() {
        return quoted;
    }
}
