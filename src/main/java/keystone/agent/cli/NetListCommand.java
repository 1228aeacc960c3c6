package keystone.agent.cli;

import java.util.List;
import keystone.agent.json.Json;
import keystone.agent.model.EgressMode;
import keystone.agent.model.EgressPolicy;
import keystone.agent.model.HostPattern;
import keystone.agent.model.SandboxName;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        description = {
            "Lists the rules of the sandbox, then what its mode allows besides. Where two speak of one",
            "host, the closer one holds. A host without a port means 80 and 443, or, denied, every port.",
            "What is not public is reached in no mode: see docs/net.md."
        },
        footer = "keystone-agent net list")
final class NetListCommand implements Action {
    @Parameters(arity = "0..1", paramLabel = "NAME", description = "The sandbox.")
    @Nullable String name;

    @Option(names = "--json", description = "Print a JSON object.")
    boolean json;

    @Override
    public int run(Call call) throws InterruptedException {
        SandboxName sandbox = call.sandbox(name);
        EgressPolicy policy = call.use().networks().policy(sandbox);
        List<HostPattern> besides =
                policy.mode() == EgressMode.BALANCED ? call.use().networks().balanced() : List.of();
        if (json) {
            call.print(json(policy).with("byMode", array(besides)));
            return 0;
        }
        var table = new Table("RULE", "HOST", "BY");
        policy.allowed().forEach(each -> table.row("allow", each.toString(), "you"));
        policy.denied().forEach(each -> table.row("deny", each.toString(), "you"));
        String mode = policy.mode().word();
        besides.forEach(each -> table.row("allow", each.toString(), mode));
        switch (policy.mode()) {
            case BALANCED -> {}
            case OPEN -> table.row("allow", "every public address", mode);
            case NONE -> table.row("deny", "everything", mode);
        }
        table.lines().forEach(call.out()::println);
        return 0;
    }

    static Json.Obj json(EgressPolicy policy) {
        return Json.object()
                .with("mode", policy.mode().word())
                .with("allow", array(policy.allowed()))
                .with("deny", array(policy.denied()));
    }

    private static Json array(List<HostPattern> patterns) {
        return Json.array(patterns, each -> Json.string(each.toString()));
    }
}
