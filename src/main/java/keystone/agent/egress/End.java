package keystone.agent.egress;

import java.io.IOException;
import java.nio.ByteBuffer;

/// One end of what is looked into: read by one thread, written by one. What is written goes out
/// with [#flush].
interface End extends ByteSource {
    /// What has come and was not taken yet; waits for some. Empty only at the end.
    ByteBuffer some() throws IOException;

    /// Whether it came to its end too early: something may be missing.
    boolean isCutOff();

    /// Whether the next byte may take a while.
    boolean isDrained();

    void write(byte[] bytes) throws IOException;

    /// So many of them, which are taken.
    void write(ByteBuffer bytes, int count) throws IOException;

    void flush() throws IOException;

    /// Whether it took no more of what was written. It may have said something before.
    boolean isDeaf();

    /// Says that nothing more is written.
    void finish();
}
