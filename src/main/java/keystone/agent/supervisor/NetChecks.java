package keystone.agent.supervisor;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import keystone.agent.egress.Gate;
import keystone.agent.egress.Passage;
import keystone.agent.egress.Target;
import keystone.agent.egress.Upstream;
import keystone.agent.egress.Verdict;
import keystone.agent.json.Json;
import keystone.agent.model.HostName;
import keystone.agent.model.NetCheck;
import keystone.agent.model.NetCheck.Outcome;
import keystone.agent.model.SandboxSpec;

/// Finds out what would become of a connection.
public final class NetChecks {
    private NetChecks() {}

    /// For a sandbox that does not run, as if it did.
    ///
    /// @param proxies this host's own, as in [BootOrder]
    public static NetCheck of(
            SandboxSpec spec, Map<String, String> proxies, HostName host, int port)
            throws InterruptedException {
        try (Gate gate = Gate.open(spec.name(), spec.egress(), Upstream.from(proxies))) {
            return of(gate, host, port);
        }
    }

    static NetCheck of(Gate gate, HostName host, int port) throws InterruptedException {
        return switch (gate.decide(new Target(host, port), Passage.TUNNEL)) {
            case Verdict.Allow(Verdict.Route route, String why) ->
                    new NetCheck(Outcome.ALLOWED, why, null, to(route));
            case Verdict.Deny(String why, String fix) ->
                    new NetCheck(Outcome.REFUSED, why, fix, List.of());
            case Verdict.Lost(String why) ->
                    new NetCheck(Outcome.UNREACHABLE, why, null, List.of());
        };
    }

    private static List<String> to(Verdict.Route route) {
        return switch (route) {
            case Verdict.Route.Direct(List<InetSocketAddress> addresses) ->
                    addresses.stream()
                            .map(InetSocketAddress::getAddress)
                            .map(Objects::requireNonNull)
                            .map(InetAddress::getHostAddress)
                            .toList();
            case Verdict.Route.Through(Upstream.Proxy proxy) ->
                    List.of("this host's proxy " + proxy);
        };
    }

    static Json.Obj toJson(NetCheck check) {
        return Json.object()
                .with("verdict", check.outcome().word())
                .with("why", check.why())
                .with("fix", check.fix())
                .with("to", Json.array(check.to(), Json::string));
    }

    static NetCheck fromJson(Json.Obj json) {
        String word = json.string("verdict");
        return new NetCheck(
                Arrays.stream(Outcome.values())
                        .filter(each -> each.word().equals(word))
                        .findFirst()
                        .orElse(Outcome.REFUSED),
                json.string("why"),
                json.stringOrNull("fix"),
                json.array("to").stream().map(each -> each.asString("to")).toList());
    }
}
