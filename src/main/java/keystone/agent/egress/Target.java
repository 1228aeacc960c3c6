package keystone.agent.egress;

import keystone.agent.model.HostName;
import keystone.agent.model.UserError;

/// Where a connection is to go, as the guest says it.
public record Target(HostName host, int port) {
    public Target {
        if (port < 1 || port > 65535) {
            throw UserError.usage("there is no port " + port, "use a port from 1 to 65535");
        }
    }

    @Override
    public String toString() {
        return host.authority() + ":" + port;
    }
}
