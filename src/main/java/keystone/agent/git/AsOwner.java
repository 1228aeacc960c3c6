package keystone.agent.git;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import keystone.agent.model.Owner;
import keystone.agent.model.Printable;
import keystone.agent.model.UserError;
import keystone.agent.process.Command;
import keystone.agent.process.HostUser;
import keystone.agent.process.Programs;

/// Runs programs as the project's owner, with nothing of the environment of whoever runs us.
///
/// Also what only makes, links or removes a file in `.git` is done by a program: when root works
/// for another user, that user could lay a link where root then writes.
record AsOwner(Owner owner, HostUser self) {
    /// Where git looks for others; its own come first without being named.
    private static final String PATH = "/usr/local/bin:/usr/bin:/bin";

    private static final Duration LIMIT = Duration.ofSeconds(20);

    /// Whether a program ends with us.
    enum Life {
        OURS,
        /// Completes what it is doing when we are killed: what takes milliseconds, but would leave
        /// a lock.
        ITS_OWN
    }

    /// A command that is to be run as the owner.
    ///
    /// @param environment all of it but `PATH`
    Command command(Life life, Map<String, String> environment, List<String> program) {
        var chain = new ArrayList<String>();
        if (self.isRoot() && !owner.isRoot()) {
            chain.add(located("setpriv"));
            chain.addAll(List.of("--reuid=" + owner.uid(), "--regid=" + owner.gid()));
            chain.addAll(List.of("--clear-groups", "--bounding-set=-all", "--inh-caps=-all"));
            chain.add("--no-new-privs");
            // A change of user clears it (prctl(2)).
            chain.addAll(List.of("--pdeathsig", life == Life.OURS ? "KILL" : "clear", "--"));
        } else if (life == Life.ITS_OWN) {
            chain.addAll(List.of(located("setpriv"), "--pdeathsig", "clear", "--"));
        }
        chain.addAll(List.of(located("env"), "-i", "PATH=" + PATH, "LC_ALL=C"));
        environment.forEach((name, value) -> chain.add(name + "=" + value));
        chain.add(located(program.getFirst()));
        chain.addAll(program.subList(1, program.size()));
        return Command.of(chain).in(Path.of("/"));
    }

    /// Its whole path: whatever starts it for us looks in fewer places.
    static String located(String program) {
        return Programs.locate(program)
                .map(Path::toString)
                .orElseThrow(
                        () ->
                                UserError.hostLacks(
                                        "there is no program `" + program + "` on this host",
                                        "keystone-agent doctor"));
    }

    /// Runs a small tool.
    Command.Finished run(String... program) throws InterruptedException {
        return run(new byte[0], program);
    }

    private Command.Finished run(byte[] input, String... program) throws InterruptedException {
        try {
            return command(Life.OURS, Map.of(), List.of(program)).run(LIMIT, input);
        } catch (Command.TookTooLong slow) {
            throw new UserError(
                    UserError.Kind.TIMED_OUT,
                    "the project's git directory could not be written within "
                            + LIMIT.toSeconds()
                            + " s",
                    "try again when the host has less to do",
                    slow);
        }
    }

    /// The same, for what cannot fail in a repository that can be written at all.
    void must(byte[] input, String... program) throws InterruptedException {
        Command.Finished finished = run(input, program);
        if (!finished.ok()) {
            throw UserError.failed(
                    "the project's git directory cannot be written: "
                            + Printable.of(finished.errors().strip()),
                    "look whether the disk is full and who owns .git: df -h . ; ls -ld .git");
        }
    }

    void must(String... program) throws InterruptedException {
        must(new byte[0], program);
    }
}
