package keystone.agent.guest;

import keystone.agent.model.SandboxSpec;
import keystone.agent.model.ShellWord;
import keystone.agent.model.UserError;

/// The command strings that sshd hands to the guest user's bash, in plain ASCII.
final class RemoteCommand {
    /// Linux takes 128 KiB in one argument or variable (`MAX_ARG_STRLEN`, execve(2)).
    private static final int LONGEST = 120 << 10;

    /// The environment travels as a variable of ssh's protocol, so that no value is in an argument
    /// list; and under one name of ours, so that `LD_PRELOAD` is the guest's affair and not ssh's.
    static final String ENVIRONMENT = "KEYSTONE_ENV";

    private static final String TAKE_ENVIRONMENT =
            "eval \"${" + ENVIRONMENT + "-}\"; unset " + ENVIRONMENT + "; ";

    /// Terminals that the guest has never heard of mostly understand what xterm does.
    private static final String KNOWN_TERMINAL =
            """
            keystone_knows() {
                for d in ~/.terminfo /etc/terminfo /lib/terminfo /usr/share/terminfo; do
                    [ -e "$d/${TERM:0:1}/$TERM" ] && return
                done
                return 1
            }
            case ${TERM:=dumb} in */*) TERM=dumb ;; esac
            keystone_knows || TERM=xterm-256color
            export TERM
            unset -f keystone_knows
            """;

    private RemoteCommand() {}

    static String withoutTerminal(ExecRequest request) {
        return bounded("trap : HUP; " + command(request));
    }

    /// A hang-up ends the waiting shell here: it leads the terminal's session, and only when it has
    /// ended does the kernel tell the command.
    static String withTerminal(ExecRequest request) {
        return bounded(KNOWN_TERMINAL + command(request));
    }

    /// One tmux session for all who attach; it lives in the guest and outlasts them.
    static String attach(String session, String directory) {
        return KNOWN_TERMINAL
                + enter(directory)
                + "exec tmux -u new-session -A -s "
                + ShellWord.of(session);
    }

    /// What ssh itself would run, on a terminal that may need explaining.
    static String loginShell() {
        return KNOWN_TERMINAL + "exec -l \"$SHELL\"";
    }

    static String environment(ExecRequest request) {
        String script = EnvironmentScript.forEval(request.environment());
        if (script.length() > LONGEST) {
            throw UserError.usage(
                    "the environment given with -e is longer than 120 KiB",
                    "put long values into a file and copy it with `keystone-agent cp`");
        }
        return script;
    }

    /// A shell stays and waits, because ssh has no exit status for a command that a signal ended:
    /// the shell's is 128 and the signal's number. Its own remarks on that go nowhere, it outlives
    /// the signals that are meant for the command, and nothing of the shell's (a builtin, a
    /// function) stands in for the program that was asked for.
    private static String command(ExecRequest request) {
        return TAKE_ENVIRONMENT
                + enter(request.directory())
                + "trap : INT QUIT TERM; exec 3>&2 2>/dev/null; (exec -- "
                + request.command().shellWords()
                + " 2>&3 3>&-); exit $?";
    }

    private static String enter(String directory) {
        String path =
                directory.startsWith("/") ? directory : SandboxSpec.WORKSPACE + "/" + directory;
        return "cd -- " + ShellWord.of(path) + " || exit 126; ";
    }

    private static String bounded(String command) {
        if (command.length() > LONGEST) {
            throw UserError.usage(
                    "the command is longer than 120 KiB",
                    "pass long input on standard input, or as a file with `keystone-agent cp`");
        }
        return command;
    }
}
