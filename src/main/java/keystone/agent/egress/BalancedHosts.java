package keystone.agent.egress;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import keystone.agent.model.EgressMode;
import keystone.agent.model.EgressPolicy;
import keystone.agent.model.HostName;
import keystone.agent.model.HostPattern;

/// The hosts that the mode `balanced` allows: the resource `egress/balanced`.
public final class BalancedHosts {
    private static final String FILE = "/egress/balanced";

    private final EgressPolicy list;

    private BalancedHosts(List<HostPattern> patterns) {
        this.list = new EgressPolicy(EgressMode.BALANCED, patterns, List.of());
    }

    public static BalancedHosts read() {
        try (var lines =
                new BufferedReader(
                        new InputStreamReader(
                                Objects.requireNonNull(
                                        BalancedHosts.class.getResourceAsStream(FILE)),
                                StandardCharsets.UTF_8))) {
            return new BalancedHosts(
                    lines.lines()
                            .map(line -> line.replaceFirst("#.*", "").strip())
                            .filter(line -> !line.isEmpty())
                            .map(HostPattern::parse)
                            .toList());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + FILE, e);
        }
    }

    public List<HostPattern> patterns() {
        return list.allowed();
    }

    Set<Integer> portsOf(HostName host) {
        return list.portsOf(host);
    }

    boolean allow(HostName host, int port) {
        return list.ruleFor(host, port).isPresent();
    }
}
