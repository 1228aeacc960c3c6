package keystone.agent.egress;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import keystone.agent.model.HostName;

/// Looks names up.
interface Names {
    /// All that the name stands for, in the order of preference.
    ///
    /// @throws UnknownHostException when nobody knows the name, or nobody answered in time
    List<InetAddress> addresses(HostName name) throws UnknownHostException, InterruptedException;
}
