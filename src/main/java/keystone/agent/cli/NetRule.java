package keystone.agent.cli;

import keystone.agent.model.EgressPolicy;
import keystone.agent.model.EgressPolicy.Effect;
import keystone.agent.model.EgressPolicy.Holding;
import keystone.agent.model.EgressPolicy.Rule;
import keystone.agent.model.HostPattern;
import keystone.agent.model.SandboxName;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// What `net allow` and `net deny` have in common.
final class NetRule {
    @Parameters(
            index = "0",
            paramLabel = "HOST[:PORT]",
            description = "A host, an address, or *.example.org for all that is below it.")
    String host = "";

    @Option(names = "--once", description = "Only until the sandbox stops.")
    boolean once;

    @Option(names = "--name", paramLabel = "NAME", description = "The sandbox.")
    @Nullable String name;

    @Option(names = "--json", description = "Print a JSON object.")
    boolean json;

    int add(Call call, Effect effect) throws InterruptedException {
        var rule = new Rule(HostPattern.parse(host), effect);
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
        return 0;
    }
}
