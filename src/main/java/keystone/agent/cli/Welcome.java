package keystone.agent.cli;

import keystone.agent.model.SandboxName;
import keystone.agent.sandbox.Observation;
import keystone.agent.sandbox.Started;

/// What is said when a sandbox is up, and the way into it.
final class Welcome {
    enum Then {
        ATTACH,
        LEAVE
    }

    private final Call call;
    private final Then then;

    Welcome(Call call, Then then) {
        this.call = call;
        this.then = then;
    }

    int reportJson(Started started) {
        call.print(new ObservationJson(call.now()).of(started.sandbox()));
        return 0;
    }

    int report(Started started) throws InterruptedException {
        Observation.Intact sandbox = started.sandbox();
        SandboxName name = sandbox.name();
        call.out()
                .println(
                        call.style().bold(name.value())
                                + (started.alreadyRunning()
                                        ? " is already running"
                                        : " is running"));
        new ObservationText(call).shares(sandbox).forEach(line -> call.out().println("  " + line));
        new ObservationText(call)
                .identity(sandbox)
                .ifPresent(line -> call.out().println("  " + line));
        call.out().println("  ssh          " + ssh(call, sandbox));
        ReviewText.remind(call, name);
        if (then == Then.ATTACH && call.streams().canAttach()) {
            call.out().flush();
            call.use().sessions().attach(name);
            return 0;
        }
        if (then == Then.ATTACH) {
            call.say("there is no terminal here to go in with");
        }
        call.say("go in: keystone-agent attach " + name);
        return 0;
    }

    /// The alias, once the user's ssh knows it.
    private static String ssh(Call call, Observation.Intact sandbox) {
        return call.use().editors().isInstalled()
                ? "ssh " + sandbox.sshAlias()
                : "keystone-agent ssh " + sandbox.name();
    }
}
