package keystone.agent.image;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import keystone.agent.process.Owned;

/// A booted guest in which a layer is made: it runs the base image, has a new writable disk of its
/// own, the ids of `sandbox` are 1000, and nobody else uses it. Closing discards it with its disk.
public interface LayerGuest extends Owned.Ending {
    /// Runs a command as root and waits for its end.
    ///
    /// @param input read to its end and passed on; the command may end without reading it
    /// @param output receives what the command prints, as it comes
    /// @param errors likewise, apart from the output
    /// @return the command's exit status
    /// @throws IOException when the guest cannot be reached any more, or a stream fails
    int run(List<String> command, InputStream input, OutputStream output, OutputStream errors)
            throws IOException, InterruptedException;
}
