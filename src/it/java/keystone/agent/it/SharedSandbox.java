package keystone.agent.it;

import java.io.IOException;

/// A running sandbox for every test that needs *a* guest and leaves it as it was; booted once.
///
/// A test that stops it, fills its disk or kills its processes takes an [Installation] instead.
public final class SharedSandbox implements AutoCloseable {
    private final Installation home;
    private final Sandbox sandbox;

    private SharedSandbox(Installation home, Sandbox sandbox) {
        this.home = home;
        this.sandbox = sandbox;
    }

    static SharedSandbox start() throws IOException, InterruptedException {
        Installation home = Installation.create();
        return new SharedSandbox(home, home.start(home.project("shared")));
    }

    public Installation home() {
        return home;
    }

    public Sandbox sandbox() {
        return sandbox;
    }

    public Project project() {
        return sandbox.project();
    }

    @Override
    public void close() {
        home.close();
    }
}
