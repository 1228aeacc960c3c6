package keystone.agent.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import keystone.agent.json.Json;
import keystone.agent.json.JsonException;
import keystone.agent.model.LiveFacts;
import keystone.agent.model.SandboxSpec;
import keystone.agent.model.SandboxState;
import keystone.agent.model.UserError;
import keystone.agent.process.ProcessIdentity;
import keystone.agent.process.ProcessTable;
import keystone.agent.process.ProcessTable.Marked;
import keystone.agent.sandbox.Observation.Intact;
import keystone.agent.store.RunDir;
import keystone.agent.store.SandboxDir;
import keystone.agent.supervisor.Answer;
import keystone.agent.supervisor.Leftovers;
import keystone.agent.supervisor.SupervisorClient;
import org.jspecify.annotations.Nullable;

/// Says what a sandbox is, by looking: at the lock, at the supervisor behind the socket, at
/// processes that carry its mark, at what lies in its run directory. Nothing that was written down
/// is believed.
final class Observer {
    private @Nullable List<Marked> children;

    private Observer() {}

    /// Looks at the process table at most once, for any number of sandboxes, and only when one has
    /// no supervisor to ask.
    static Observer ofThisHost() {
        return new Observer();
    }

    private List<Marked> children() {
        List<Marked> known = children;
        if (known == null) {
            known = ProcessTable.marked(ProcessTable.CHILD_MARK);
            children = known;
        }
        return known;
    }

    Observation observe(SandboxDir dir) throws InterruptedException {
        SandboxSpec spec;
        try {
            spec = dir.spec();
        } catch (UserError unreadable) {
            return damaged(dir, unreadable);
        }
        return observe(dir, spec);
    }

    /// Whatever may still run of it.
    private static Observation damaged(SandboxDir dir, UserError unreadable) {
        return new Observation.Damaged(
                dir.name(), new SandboxState.Broken(unreadable.problem(), unreadable.fix()));
    }

    /// @param spec the sandbox's record
    Intact observe(SandboxDir dir, SandboxSpec spec) throws InterruptedException {
        return dir.isSupervised()
                ? supervised(dir, spec)
                : new Intact(spec, unsupervised(dir), null);
    }

    private Intact supervised(SandboxDir dir, SandboxSpec spec) throws InterruptedException {
        Optional<SupervisorClient> client =
                SupervisorClient.connect(dir, SupervisorClient.Listener.none());
        if (client.isEmpty() && !dir.isSupervised()) {
            return new Intact(spec, unsupervised(dir), null);
        }
        if (client.isEmpty()) {
            // It took the lock and has not opened its socket yet, or is about to end.
            boolean young = !dir.run().controlSocket().toFile().exists();
            SandboxState state =
                    young
                            ? new SandboxState.Starting("supervisor")
                            : broken(dir, "its supervisor holds the lock but does not listen");
            return new Intact(spec, state, null);
        }
        try (SupervisorClient supervisor = client.get()) {
            Answer answer = supervisor.status();
            LiveFacts live = answer.live();
            return new Intact(spec, answer.state(), live, answer.program());
        } catch (UserError silent) {
            // It may only be slow. Whoever stops it asks it first, and so for the guest's commits.
            return new Intact(
                    spec,
                    new SandboxState.Broken(
                            silent.problem(),
                            "keystone-agent stop %s   # unless the next status says more"
                                    .formatted(dir.name())),
                    null);
        }
    }

    /// What a supervisor that has just begun has made is nothing that another one left.
    private SandboxState unsupervised(SandboxDir dir) {
        SandboxState seen = leftBehind(dir);
        return seen instanceof SandboxState.Broken && dir.isSupervised()
                ? new SandboxState.Starting("supervisor")
                : seen;
    }

    private SandboxState leftBehind(SandboxDir dir) {
        RunDir run = dir.run();
        boolean seen = !Leftovers.of(run, children()).isEmpty();
        int left =
                seen ? Leftovers.of(run, ProcessTable.marked(ProcessTable.CHILD_MARK)).size() : 0;
        if (left > 0) {
            return broken(dir, "its supervisor is gone but " + left + " of its processes are not");
        }
        if (!run.exists() || isOfAnotherBoot(run)) {
            return new SandboxState.Stopped();
        }
        return problem(run)
                .orElseGet(
                        () ->
                                new SandboxState.Broken(
                                        "its supervisor ended without cleaning up",
                                        "keystone-agent start --name " + dir.name()));
    }

    private static SandboxState broken(SandboxDir dir, String problem) {
        return new SandboxState.Broken(problem, "keystone-agent stop --force " + dir.name());
    }

    /// After a restart of the machine nothing can run; what `/tmp` kept is no crash.
    private static boolean isOfAnotherBoot(RunDir run) {
        try {
            String boot = Files.readString(run.bootId()).strip();
            return !boot.equals(ProcessIdentity.currentBootId());
        } catch (IOException notWrittenYet) {
            return false;
        }
    }

    private static Optional<SandboxState> problem(RunDir run) {
        try {
            Json.Obj problem = Json.parse(Files.readString(run.problem())).asObject();
            return Optional.of(
                    new SandboxState.Broken(problem.string("problem"), problem.string("fix")));
        } catch (IOException | JsonException none) {
            return Optional.empty();
        }
    }
}
