package keystone.agent.cli;

import keystone.agent.model.EgressPolicy.Effect;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        description = {
            "Lets a sandbox reach a host: at once, and at its next starts too. Without a port that is",
            "80 and 443. What is not public stays out of reach, whatever its name; but a service of this",
            "host's loopback can be named by its port, and is at host.keystone.internal in the sandbox."
        },
        footer = {
            "keystone-agent net allow registry.example.org",
            "keystone-agent net allow '*.example.org:5432' --once",
            "keystone-agent net allow --host-port 5432"
        })
final class NetAllowCommand implements Action {
    @Mixin NetRule rule = new NetRule();

    @Override
    public int run(Call call) throws InterruptedException {
        return rule.add(call, Effect.ALLOW);
    }
}
