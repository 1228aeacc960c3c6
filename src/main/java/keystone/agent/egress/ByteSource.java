package keystone.agent.egress;

import java.io.IOException;

/// Bytes, one after the other.
interface ByteSource {
    /// The next byte, or -1 at the end.
    int read() throws IOException;
}
