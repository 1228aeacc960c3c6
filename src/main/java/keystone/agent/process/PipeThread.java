package keystone.agent.process;

/// A thread that reads or writes a child's pipes.
///
/// Never a virtual one: in a pipe a virtual thread blocks with its carrier, of which there are as
/// many as processors; a few silent children would hold up every other virtual thread of the
/// process.
public final class PipeThread {
    private PipeThread() {}

    /// Starts one; the process does not wait for it when it ends.
    public static Thread start(String name, Runnable work) {
        return Thread.ofPlatform().daemon().name(name).start(work);
    }
}
