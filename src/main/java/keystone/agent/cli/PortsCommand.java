package keystone.agent.cli;

import java.util.ArrayList;
import java.util.List;
import keystone.agent.json.Json;
import keystone.agent.model.AutoPorts;
import keystone.agent.model.PortsChange;
import keystone.agent.model.PortsNow;
import keystone.agent.model.Printable;
import keystone.agent.model.Publication;
import keystone.agent.model.PublishedPort;
import keystone.agent.model.SandboxName;
import keystone.agent.model.UserError;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        description = {
            "What listens in a guest is on this host's loopback (127.0.0.1 and ::1), with the same number",
            "where that is free. This shows where, or changes it: at once, and at the next starts too.",
            "Nobody beyond this host gets there, but each user of this host: see docs/ports.md."
        },
        footer = {
            "keystone-agent ports",
            "keystone-agent ports blue --publish 8080:80",
            "keystone-agent ports -f"
        })
final class PortsCommand implements Action {
    @Parameters(arity = "0..1", paramLabel = "NAME", description = "The sandbox.")
    @Nullable String name;

    @Option(
            names = "--publish",
            paramLabel = "HOST:GUEST",
            description =
                    "Have the guest's port GUEST at HOST, whether something listens there or not. May be"
                            + " repeated.")
    List<String> published = new ArrayList<>();

    @Option(
            names = "--unpublish",
            paramLabel = "GUEST",
            description =
                    "Leave the guest's port GUEST off this host, also when something listens there. May be"
                            + " repeated.")
    List<Integer> unpublished = new ArrayList<>();

    @Option(names = "--auto", description = "Publish what listens, by itself.")
    boolean auto;

    @Option(names = "--no-auto", description = "Publish only what --publish has named.")
    boolean noAuto;

    @Option(
            names = {"-f", "--follow"},
            description = "Say so when a port comes or goes, until the sandbox stops.")
    boolean follow;

    @Option(names = "--json", description = "Print a JSON object; with -f, one more for each news.")
    boolean json;

    @Override
    public int run(Call call) throws InterruptedException {
        SandboxName sandbox = call.sandbox(name);
        PortsChange change = change();
        UseCases.OfPorts ports = call.use().ports();
        PortsNow now = change.isNothing() ? null : ports.change(sandbox, change);
        if (follow) {
            follow(call, sandbox);
        } else {
            print(call, now == null ? ports.now(sandbox) : now);
        }
        return 0;
    }

    private void follow(Call call, SandboxName sandbox) throws InterruptedException {
        try {
            call.use()
                    .ports()
                    .follow(
                            sandbox,
                            first -> print(call, first),
                            sentence -> print(call, sentence));
        } catch (LogLines.NobodyReads ended) {
            // As with `head`.
        }
    }

    private PortsChange change() {
        if (auto && noAuto) {
            throw UserError.usage("--auto and --no-auto exclude each other", "choose one of them");
        }
        AutoPorts wanted = auto ? AutoPorts.AUTO : noAuto ? AutoPorts.NONE : null;
        // A port of which there is none is refused as such.
        return new PortsChange(
                wanted,
                published.stream().map(Publication::parse).toList(),
                unpublished.stream().map(each -> new Publication(each, each).guest()).toList());
    }

    private void print(Call call, PortsNow now) {
        if (json) {
            call.print(PortsJson.of(now));
            return;
        }
        var table = new Table("GUEST", "PROGRAM", "HOST", "BY", "NOTE");
        for (PublishedPort each : now.ports()) {
            String url = each.url();
            table.row(
                    Integer.toString(each.guest()),
                    each.program().isEmpty() ? "-" : Printable.of(each.program()),
                    url == null ? "-" : url,
                    each.by().word(),
                    Printable.of(each.note()));
        }
        table.lines().forEach(call.out()::println);
        if (!now.note().isEmpty()) {
            call.say(Printable.of(now.note()));
        }
        if (now.policy().auto() == AutoPorts.NONE) {
            call.say("only what --publish names is published");
        }
    }

    private void print(Call call, String sentence) {
        if (json) {
            call.print(Json.object().with("said", sentence));
        } else {
            call.out().println(Printable.of(sentence));
        }
        LogLines.requireReader(call);
    }
}
