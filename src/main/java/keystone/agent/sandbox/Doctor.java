package keystone.agent.sandbox;

import java.util.ArrayList;
import java.util.List;
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

    public List<Check> checks() throws InterruptedException {
        var checks = new ArrayList<Check>();
        for (Part part : parts) {
            checks.addAll(part.checks());
        }
        checks.addAll(new ProgramChecks(host).all());
        checks.addAll(new ResourceChecks(host).all());
        checks.addAll(new DirectoryChecks(host).all());
        checks.addAll(new SystemdChecks(host).all());
        return checks;
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
