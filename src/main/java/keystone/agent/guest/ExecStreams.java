package keystone.agent.guest;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;

/// Where a command's input comes from and its two outputs go.
///
/// ssh never gets these themselves: its shared connection would make a user's pipe non-blocking for
/// everybody who holds it, and would stall on it together with every other session.
///
/// @param output unbuffered, or flushed by whoever made it
public record ExecStreams(InputStream input, OutputStream output, OutputStream errors) {
    /// This process's own, without the buffers and the encodings of `System.in` and `System.out`.
    public static ExecStreams ofThisProcess() {
        return new ExecStreams(
                new FileInputStream(FileDescriptor.in),
                new FileOutputStream(FileDescriptor.out),
                new FileOutputStream(FileDescriptor.err));
    }
}
