package keystone.agent.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import keystone.agent.model.Access;
import keystone.agent.model.EgressPolicy;
import keystone.agent.model.GitMode;
import keystone.agent.model.LiveFacts;
import keystone.agent.model.Masking;
import keystone.agent.model.Printable;
import keystone.agent.model.Program;
import keystone.agent.model.SandboxSpec;
import keystone.agent.model.SandboxState;
import keystone.agent.model.Share;
import keystone.agent.model.ShareDriver;
import keystone.agent.model.Watching;
import keystone.agent.sandbox.Observation;
import keystone.agent.sandbox.Observation.Damaged;
import keystone.agent.sandbox.Observation.Intact;
import org.jspecify.annotations.Nullable;

/// Sandboxes as a person reads them.
final class ObservationText {
    /// More are in `--json`.
    private static final int MOST_NAMED = 4;

    private static final int LABEL = 12;

    private final Call call;
    private final Style style;

    ObservationText(Call call) {
        this.call = call;
        this.style = call.style();
    }

    /// A table, then what is wrong with those that are broken.
    List<String> list(List<Observation> sandboxes) {
        var table = new Table("NAME", "STATE", "UPTIME", "MEMORY", "CPUS", "PROJECT");
        for (Observation sandbox : sandboxes) {
            table.row(row(sandboxes, sandbox));
        }
        var lines = new ArrayList<>(table.lines());
        for (Observation sandbox : sandboxes) {
            if (sandbox.state() instanceof SandboxState.Broken broken) {
                lines.add("");
                lines.add(sandbox.name() + ": " + Printable.of(broken.problem()));
                lines.add("fix: " + Printable.of(broken.fix()));
            }
        }
        return lines;
    }

    private String[] row(List<Observation> sandboxes, Observation sandbox) {
        String name = sandbox.name().value();
        String state = state(sandbox.state());
        String uptime = uptime(sandbox.state());
        if (!(sandbox instanceof Intact intact)) {
            return new String[] {name, state, uptime, "-", "-", "-"};
        }
        SandboxSpec spec = intact.spec();
        return new String[] {
            name,
            state,
            uptime,
            spec.resources().memory().toString(),
            Integer.toString(spec.resources().cpus()),
            project(sandboxes, spec.project())
        };
    }

    /// On a terminal the path takes what the columns before it leave.
    private String project(List<Observation> sandboxes, Path project) {
        String path = shortened(project);
        if (!call.streams().outIsTerminal()) {
            return path;
        }
        int names = sandboxes.stream().mapToInt(s -> s.name().value().length()).max().orElse(0);
        int before =
                Math.max(names, "NAME".length()) + "  stopping  23h 59m  MEMORY  CPUS  ".length();
        return Screen.fitPath(path, Math.max(10, Screen.columns(call.around()) - before));
    }

    private String shortened(Path project) {
        String home = call.around().variable("HOME");
        boolean atHome =
                home.length() > 1 && project.startsWith(home) && !project.equals(Path.of(home));
        return Printable.of(atHome ? "~/" + Path.of(home).relativize(project) : project.toString());
    }

    private String state(SandboxState state) {
        // No switch over patterns on the way of `list`: see [SandboxState#word].
        if (state instanceof SandboxState.Running) {
            return style.green(state.word());
        }
        if (state instanceof SandboxState.Broken) {
            return style.red(state.word());
        }
        return state instanceof SandboxState.Stopped ? state.word() : style.yellow(state.word());
    }

    private String uptime(SandboxState state) {
        return state instanceof SandboxState.Running(Instant since)
                ? Ages.rough(Duration.between(since, call.now()))
                : "-";
    }

    /// Everything that is known, a line each.
    List<String> details(Observation sandbox) {
        var lines = new ArrayList<String>();
        lines.add(label("name") + style.bold(sandbox.name().value()));
        lines.add(label("state") + stateInDetail(sandbox.state()));
        if (sandbox.state() instanceof SandboxState.Broken broken) {
            lines.add(label("problem") + Printable.of(broken.problem()));
            lines.add(label("fix") + Printable.of(broken.fix()));
        }
        switch (sandbox) {
            case Intact intact -> lines.addAll(record(intact));
            case Damaged _ -> {}
        }
        return lines;
    }

    private List<String> record(Intact sandbox) {
        SandboxSpec spec = sandbox.spec();
        var lines = new ArrayList<>(shares(sandbox));
        otherProgram(sandbox).ifPresent(lines::add);
        LiveFacts live = sandbox.live();
        if (live != null) {
            lines.addAll(running(sandbox, live));
        }
        lines.add(
                label("resources")
                        + "%s of memory, %d processors, %s of disk"
                                .formatted(
                                        spec.resources().memory(),
                                        spec.resources().cpus(),
                                        spec.resources().disk()));
        if (live != null) {
            for (String port : PortsText.lines(live.ports())) {
                lines.add(label("port") + port);
            }
        }
        Duration idleStop = spec.idleStop();
        if (idleStop != null) {
            lines.add(label("idle stop") + "after " + Ages.rough(idleStop) + " without use");
        }
        lines.add(label("git") + git(spec.git(), live));
        identity(sandbox).ifPresent(lines::add);
        lines.add(label("network") + network(spec.egress(), live));
        lines.add(label("image") + spec.image().brief());
        lines.add(label("build id") + spec.buildId());
        return lines;
    }

    /// Its supervisor was started before another keystone-agent was installed.
    private Optional<String> otherProgram(Intact sandbox) {
        Program program = sandbox.program();
        Program here = call.around().program().get();
        return program == null || program.equals(here)
                ? Optional.empty()
                : Optional.of(
                        label("supervisor")
                                + Printable.of(program.toString())
                                + ", and this is %s: keystone-agent restart %s"
                                        .formatted(here, sandbox.name()));
    }

    /// Who commits inside: `start` prints it too.
    Optional<String> identity(Intact sandbox) {
        LiveFacts live = sandbox.live();
        if (live == null) {
            return Optional.empty();
        }
        String identity = live.identity();
        return Optional.of(
                label("identity")
                        + (identity == null
                                ? "nobody: git will ask for a name"
                                : Printable.of(identity)));
    }

    private static String git(GitMode asked, @Nullable LiveFacts live) {
        return live == null
                ? switch (asked) {
                    case AUTO -> "protected where that is possible";
                    case DIRECT -> "direct: it shares the project's .git";
                    case PROTECTED -> "protected: the project's .git is out of its reach";
                }
                : live.git() + ": " + Printable.of(live.gitReason());
    }

    private static String network(EgressPolicy policy, @Nullable LiveFacts live) {
        if (live != null) {
            return live.net() + ": " + Printable.of(live.netReason());
        }
        int rules = policy.allowed().size() + policy.denied().size();
        String more = rules == 0 ? "" : ", and %d rules: keystone-agent net list".formatted(rules);
        return policy.mode().word() + more;
    }

    private String stateInDetail(SandboxState state) {
        return switch (state) {
            case SandboxState.Running _ -> state(state) + " for " + uptime(state);
            case SandboxState.Starting(String step) -> state(state) + ": " + Printable.of(step);
            case SandboxState.Broken _, SandboxState.Stopping _, SandboxState.Stopped _ ->
                    state(state);
        };
    }

    /// What the guest sees of the host: `start` prints it too.
    List<String> shares(Intact sandbox) {
        var lines = new ArrayList<String>();
        LiveFacts live = sandbox.live();
        String how = live == null ? "" : " over " + driver(live);
        lines.add(
                label("project")
                        + shortened(sandbox.spec().project())
                        + (sandbox.spec().share() == ShareDriver.CLONE
                                ? " cloned to " + SandboxSpec.WORKSPACE
                                : " at " + SandboxSpec.WORKSPACE + how));
        for (Share mount : sandbox.spec().mounts()) {
            String access = mount.access() == Access.READ_ONLY ? ", read-only" : "";
            lines.add(label("mount") + shortened(mount.host()) + " at " + mount.guest() + access);
        }
        if (live != null) {
            lines.addAll(masking(live.masking()));
        }
        return lines;
    }

    private static List<String> masking(Masking masking) {
        var lines = new ArrayList<String>();
        List<String> masked = masking.masked();
        if (!masked.isEmpty()) {
            String some = String.join(", ", masked.subList(0, Math.min(MOST_NAMED, masked.size())));
            int more = masked.size() - MOST_NAMED;
            lines.add(
                    label("masked")
                            + Printable.of(some)
                            + (more > 0 ? " and " + more + " more" : ""));
        }
        for (Masking.Exposed each : masking.readable()) {
            lines.add(label("not masked") + Printable.of(each.path() + ": " + each.why()));
        }
        if (masking.problem() != null) {
            lines.add(label("not masked") + Printable.of("perhaps others: " + masking.problem()));
        }
        return lines;
    }

    private static String driver(LiveFacts live) {
        String reason = Printable.of(live.shareReason());
        return Printable.of(live.shareDriver()) + (reason.isEmpty() ? "" : " (" + reason + ")");
    }

    private List<String> running(Intact sandbox, LiveFacts live) {
        return List.of(
                label("ssh")
                        + "keystone-agent ssh "
                        + sandbox.name()
                        + ", over 127.0.0.1 port "
                        + live.sshPort(),
                label("process")
                        + "QEMU "
                        + live.machinePid()
                        + ", supervisor "
                        + live.supervisorPid(),
                label("accelerator")
                        + Printable.of(live.accelerator())
                        + ": "
                        + Printable.of(live.acceleratorReason()),
                label("confined by") + Printable.of(String.join(", ", live.confinement())),
                label("watchers") + watchers(live.watching()),
                label("secrets") + secrets(live),
                label("sessions") + live.sessions());
    }

    private static String secrets(LiveFacts live) {
        var words = new ArrayList<String>();
        if (!live.secrets().isEmpty()) {
            words.add("placeholders for " + String.join(", ", live.secrets()));
        }
        if (!live.secretsInGuest().isEmpty()) {
            words.add("the guest has " + String.join(", ", live.secretsInGuest()) + " itself");
        }
        return words.isEmpty() ? "none" : Printable.of(String.join("; ", words));
    }

    /// What programs that watch files in the guest know of the host's changes.
    private static String watchers(Watching watching) {
        String what =
                switch (watching.how()) {
                    case EVENTS -> "told of the host's changes";
                    case POLLING -> "have to poll";
                    case NONE -> "not told of the host's changes";
                };
        return what + ": " + Printable.of(watching.reason());
    }

    private static String label(String word) {
        return word + " ".repeat(LABEL + 1 - word.length());
    }
}
