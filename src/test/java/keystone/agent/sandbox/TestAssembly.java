package keystone.agent.sandbox;

import java.time.Clock;
import java.util.Map;
import keystone.agent.store.Places;

/// The use cases over sandboxes that are on the disk, none of which can be started.
public final class TestAssembly {
    private TestAssembly() {}

    public static Assembly at(Places places) {
        return new Assembly(
                places,
                () -> {
                    throw new IllegalStateException("nothing is started here");
                },
                Map.of(),
                Clock.systemUTC(),
                "/bin/false",
                "1");
    }
}
