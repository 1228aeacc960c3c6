package keystone.agent.image;

import keystone.agent.it.Ended;
import keystone.agent.it.Invocation;
import org.junit.jupiter.api.Assumptions;

/// Runs commands in a network namespace that has nothing but its own loopback.
final class Offline {
    private Offline() {}

    static void required() {
        Assumptions.assumeTrue(HostTools.weAreRoot(), "only root may take the network away");
    }

    static Ended run(Invocation invocation) throws InterruptedException {
        return invocation
                .through("unshare", "--net", "sh", "-c", "ip link set lo up && exec \"$@\"", "sh")
                .run();
    }
}
