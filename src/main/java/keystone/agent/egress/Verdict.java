package keystone.agent.egress;

import java.net.InetSocketAddress;
import java.util.List;

/// What was decided of one connection. Every path out of the guest gives the same words.
public sealed interface Verdict {
    /// In few words, as the log has it.
    String why();

    /// It may go, and this way only.
    record Allow(Route route, String why) implements Verdict {}

    /// It may not.
    ///
    /// @param fix what to type on the host, or to do instead
    record Deny(String why, String fix) implements Verdict {}

    /// It may, but there is no way there.
    record Lost(String why) implements Verdict {}

    /// How an allowed connection is made.
    sealed interface Route {
        /// To one of these addresses, which were looked at: nothing is looked up again.
        record Direct(List<InetSocketAddress> addresses) implements Route {
            public Direct {
                addresses = List.copyOf(addresses);
            }
        }

        /// Through the host's own proxy, which looks the name up.
        record Through(Upstream.Proxy proxy) implements Route {}
    }
}
