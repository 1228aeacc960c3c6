package keystone.agent.cli;

import keystone.agent.model.EgressPolicy;
import keystone.agent.model.EgressPolicy.Effect;
import keystone.agent.model.EgressPolicy.Holding;
import keystone.agent.model.EgressPolicy.Rule;
import keystone.agent.model.HostPattern;
import keystone.agent.model.NetCheck;
import keystone.agent.model.Printable;
import keystone.agent.model.SandboxName;
import keystone.agent.model.UserError;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// What `net allow` and `net deny` have in common.
final class NetRule {
    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "HOST[:PORT]",
            description = "A host, an address, or *.example.org for all that is below it.")
    @Nullable String host;

    @Option(
            names = "--host-port",
            paramLabel = "PORT",
            description = "Instead of HOST: a service of this host's loopback.")
    @Nullable Integer hostPort;

    @Option(names = "--once", description = "Only until the sandbox stops.")
    boolean once;

    @Option(names = "--name", paramLabel = "NAME", description = "The sandbox.")
    @Nullable String name;

    @Option(names = "--json", description = "Print a JSON object.")
    boolean json;

    int add(Call call, Effect effect) throws InterruptedException {
        var rule = new Rule(pattern(effect), effect);
        SandboxName sandbox = call.sandbox(name);
        EgressPolicy now =
                call.use().networks().add(sandbox, rule, once ? Holding.ONCE : Holding.ALWAYS);
        if (json) {
            call.print(NetListCommand.json(now));
            return 0;
        }
        call.out()
                .println(
                        "%s: %s is %s%s"
                                .formatted(
                                        sandbox,
                                        rule.pattern(),
                                        effect == Effect.ALLOW ? "allowed" : "denied",
                                        once ? " until it stops" : ""));
        if (effect == Effect.ALLOW) {
            sayWhatStops(call, sandbox, rule.pattern());
        }
        return 0;
    }

    /// No rule opens an address that is not public. A name's are looked up when it is connected to.
    private static void sayWhatStops(Call call, SandboxName sandbox, HostPattern pattern)
            throws InterruptedException {
        if (pattern.host().address().isEmpty()) {
            return;
        }
        NetCheck check = call.use().networks().check(sandbox, pattern.toString());
        if (check.outcome() == NetCheck.Outcome.REFUSED) {
            call.say("this does not help: " + Printable.of(check.why()));
        }
    }

    private HostPattern pattern(Effect effect) {
        if (host != null && hostPort != null) {
            throw UserError.usage(
                    "a rule is about a HOST or a port of this host, not both",
                    "leave out " + Printable.of(host) + ", or --host-port");
        }
        String verb = effect == Effect.ALLOW ? "allow" : "deny";
        if (hostPort != null) {
            return EgressPolicy.hostPort(hostPort);
        }
        if (host == null) {
            throw UserError.usage(
                    "`net %s` needs a host or --host-port".formatted(verb),
                    "keystone-agent net %s registry.example.org".formatted(verb));
        }
        HostPattern named = HostPattern.parse(host);
        if (named.host().equals(EgressPolicy.THIS_HOST) && named.port() == null) {
            throw UserError.usage(
                    "`%s` is this host, which is opened port by port".formatted(named.host()),
                    "keystone-agent net %s --host-port 5432".formatted(verb));
        }
        if (named.host().isLoopback() && effect == Effect.ALLOW) {
            throw HostPattern.ofThisHost(named.host());
        }
        return named;
    }
}
