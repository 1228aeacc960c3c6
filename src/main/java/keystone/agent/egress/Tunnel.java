package keystone.agent.egress;

import java.io.IOException;
import java.util.Optional;

/// What happens in an allowed tunnel, once both its ends are there.
@FunctionalInterface
interface Tunnel {
    /// Everything passes as it is.
    Tunnel PLAIN = (_, exchange, server, _) -> new Relay(exchange, server).run(Relay::all);

    /// Reserves a slot before the guest is told that the tunnel stands.
    ///
    /// @return why no slot is free; empty when one was reserved
    default Optional<String> enter(Target target, Passage passage, Exchange exchange)
            throws InterruptedException {
        return Optional.empty();
    }

    /// Returns when all has passed that will.
    ///
    /// @param exchange with the guest's end, which was told that the tunnel is there
    /// @param server the other end; it belongs to the exchange
    void pass(Target target, Exchange exchange, Line server, Report report)
            throws IOException, InterruptedException;

    /// Passes a single request and its answer, which need no tunnel, when there is something to do
    /// with them.
    ///
    /// @param request in the form that servers get; its body has not been read
    /// @return false when nothing was done
    default boolean passRequest(
            HttpHead request, Target target, Exchange exchange, Line server, Report report)
            throws IOException, InterruptedException {
        return false;
    }
}
