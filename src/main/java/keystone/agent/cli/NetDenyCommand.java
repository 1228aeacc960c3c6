package keystone.agent.cli;

import keystone.agent.model.EgressPolicy.Effect;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        description = {
            "Keeps a sandbox from a host, also when its mode allows that: at once, and at its next",
            "starts too. Connections that are there already stay."
        },
        footer = "keystone-agent net deny '*.example.org'")
final class NetDenyCommand implements Action {
    @Mixin NetRule rule = new NetRule();

    @Override
    public int run(Call call) throws InterruptedException {
        return rule.add(call, Effect.DENY);
    }
}
