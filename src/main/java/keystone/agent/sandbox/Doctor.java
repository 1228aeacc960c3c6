package keystone.agent.sandbox;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import keystone.agent.model.Check;

/// Looks at what sandboxes need from this host, and repairs what is safe to repair without asking.
public final class Doctor {
    /// A part that knows what it needs.
    @FunctionalInterface
    public interface Part {
        List<Check> checks() throws InterruptedException;
    }

    private final HostFacts host;
    private final List<Part> parts;

    /// Asks the parts too, in this order, before what belongs to no part.
    public Doctor(HostFacts host, List<Part> parts) {
        this.host = host;
        this.parts = List.copyOf(parts);
    }

    /// Every name once: where two parts need the same program, the worse finding is told.
    public List<Check> checks() throws InterruptedException {
        var checks = new LinkedHashMap<String, Check>();
        for (Part part : parts) {
            add(part.checks(), checks);
        }
        add(new ProgramChecks(host).all(), checks);
        add(new ResourceChecks(host).all(), checks);
        add(new DirectoryChecks(host).all(), checks);
        add(new SystemdChecks(host).all(), checks);
        return List.copyOf(checks.values());
    }

    private static void add(List<Check> found, Map<String, Check> checks) {
        for (Check check : found) {
            checks.merge(check.name(), check, Doctor::worse);
        }
    }

    private static Check worse(Check first, Check second) {
        return second.status().compareTo(first.status()) > 0 ? second : first;
    }

    /// Makes our directories, private, and corrects their modes; then looks.
    public List<Check> fix(StartListener listener) throws InterruptedException {
        new DirectoryChecks(host).repair().forEach(listener::notice);
        return checks();
    }

    /// The fixes that need an administrator.
    public RootFixes rootFixes() {
        return new RootFixes(host);
    }
}
