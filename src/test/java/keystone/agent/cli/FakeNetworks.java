package keystone.agent.cli;

import java.util.ArrayList;
import java.util.List;
import keystone.agent.model.EgressPolicy;
import keystone.agent.model.HostPattern;
import keystone.agent.model.NetCheck;
import keystone.agent.model.SandboxName;

/// A policy that exists only in memory, and a record of what was asked.
final class FakeNetworks implements UseCases.OfNetworks {
    final List<String> calls = new ArrayList<>();
    EgressPolicy policy = EgressPolicy.USUAL;
    NetCheck check = new NetCheck(NetCheck.Outcome.ALLOWED, "the mode balanced", null, List.of());

    @Override
    public EgressPolicy policy(SandboxName name) {
        return policy;
    }

    @Override
    public List<HostPattern> balanced() {
        return List.of(HostPattern.parse("github.com"), HostPattern.parse("github.com:22"));
    }

    @Override
    public EgressPolicy add(
            SandboxName name, EgressPolicy.Rule rule, EgressPolicy.Holding holding) {
        calls.add("%s %s %s %s".formatted(rule.effect(), rule.pattern(), name, holding));
        policy = policy.with(rule);
        return policy;
    }

    @Override
    public NetCheck check(SandboxName name, String url) {
        calls.add("check " + url + " " + name);
        return check;
    }
}
