package keystone.agent.cli;

import java.util.ArrayList;
import java.util.List;
import keystone.agent.model.Check;
import keystone.agent.sandbox.StartListener;

/// A host whose checks a test decides.
final class FakeHost implements UseCases.OfHost {
    final List<String> calls = new ArrayList<>();
    final List<Check> checks = new ArrayList<>();

    @Override
    public List<Check> checks() {
        return List.copyOf(checks);
    }

    @Override
    public List<Check> fix(StartListener listener) {
        listener.notice("made /state");
        return checks();
    }

    @Override
    public boolean canRun(List<String> command) {
        return !command.isEmpty();
    }

    /// Running a fix helps.
    @Override
    public void runFix(List<String> command) {
        calls.add("run " + String.join(" ", command));
        checks.removeIf(check -> command.equals(check.command()));
    }
}
