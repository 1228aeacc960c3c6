package keystone.agent.egress;

import java.time.Duration;

/// What one guest may have of its supervisor.
///
/// @param connections at once; each costs two threads and 32 KiB, and one to a host with a secret
///     more: see [SecretTunnel#MOST]
/// @param headBytes of a request's or an answer's first part
/// @param request until somebody who connected has said where to
/// @param connect until a connection is made, whatever is tried
/// @param idle without a byte in either direction
record Limits(int connections, int headBytes, Duration request, Duration connect, Duration idle) {
    /// A model may think for minutes without a word.
    static final Limits USUAL =
            new Limits(
                    256,
                    32 << 10,
                    Duration.ofSeconds(15),
                    Duration.ofSeconds(20),
                    Duration.ofMinutes(15));

    /// How often it is looked whether some time is over.
    Duration look() {
        Duration shortest = request.compareTo(idle) < 0 ? request : idle;
        return shortest.dividedBy(10);
    }
}
