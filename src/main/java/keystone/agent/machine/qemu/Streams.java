package keystone.agent.machine.qemu;

import java.time.Duration;
import keystone.agent.machine.Machine;
import keystone.agent.process.Complaints;
import keystone.agent.process.OwnedProcess;
import keystone.agent.process.PipeThread;

/// Drains what QEMU writes, the guest's serial port and QEMU's own complaints, while it lives.
record Streams(Thread console, Thread errors, Complaints complaints) {
    private static final Duration DRAIN = Duration.ofSeconds(2);

    static Streams of(OwnedProcess process, Machine.Listener listener) {
        var console = new Console(listener::console);
        var complaints = new Complaints(QemuHost.SPEAKER);
        return new Streams(
                PipeThread.start("console", () -> console.read(process.output())),
                PipeThread.start("errors", () -> complaints.read(process.errors())),
                complaints);
    }

    /// After QEMU's end: waits until the last words were heard.
    void drain() throws InterruptedException {
        console.join(DRAIN);
        errors.join(DRAIN);
    }
}
