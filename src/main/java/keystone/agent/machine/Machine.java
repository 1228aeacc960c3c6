package keystone.agent.machine;

import java.time.Duration;
import java.util.List;
import keystone.agent.model.Owner;
import keystone.agent.process.Owned;

/// One virtual machine, from its boot to its end. Thread-safe.
public interface Machine extends Owned.Ending {
    /// What a machine tells its owner; called on the machine's own threads, which must not be held
    /// up.
    interface Listener {
        /// Its first process has just been started.
        ///
        /// @param session which that process leads, and which all that it starts are born into
        void began(long session);

        /// A line on the guest's console, without its line end; hostile, and cut at 4096 bytes.
        void console(String line);

        /// The guest runs again after it was paused.
        void resumed();

        /// The guest was paused because this host has no room for what it writes to its disk; it
        /// goes on when it is resumed.
        void held();

        /// Its process ended in good order: the guest powered off, or it was asked to quit.
        void ended();

        /// Its process ended in any other way.
        ///
        /// @param how the end of a sentence, such as `was killed by signal 9`
        void died(String how);
    }

    /// Starts its process; returns once the virtual machine monitor answers, long before the guest
    /// does.
    ///
    /// @throws keystone.agent.model.UserError when it cannot start
    void boot(Listener listener) throws InterruptedException;

    /// As which user and group the guest sees the owner's files: 1000 where a user namespace maps
    /// them, the owner's own ids on a host without. Known before [#boot]: found by trying what this
    /// host permits.
    ///
    /// @throws keystone.agent.model.UserError when nothing can be confined here
    Owner shownOwner() throws InterruptedException;

    /// The port on 127.0.0.1 that leads to the guest's port 22.
    ///
    /// @throws IllegalStateException before [#boot]
    int sshPort();

    /// The virtual machine monitor's own process id, as this host numbers it.
    ///
    /// @throws IllegalStateException before [#boot]
    long pid();

    Acceleration acceleration();

    /// What holds around its process, a short phrase each, for people and for `status --json`.
    List<String> confinement();

    /// Presses the power button.
    void pressPowerButton() throws InterruptedException;

    /// Waits for its process to end; false when the limit passed first.
    boolean awaitEnd(Duration limit) throws InterruptedException;

    /// Asks the monitor to end at once, with the disk's file in order.
    void quit() throws InterruptedException;

    /// Ends its process and everything it started, whatever it takes; verified.
    @Override
    void close();
}
